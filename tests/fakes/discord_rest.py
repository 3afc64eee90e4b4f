"""The fake Discord's REST API: the table of its endpoints, and the few that belong to nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.fakes import discord_channels, discord_commands, discord_interactions, discord_messages
from tests.fakes import discord_shapes as shapes
from tests.fakes.discord_answers import Answer, error, method_not_allowed, refuse
from tests.fakes.discord_call import Call, Endpoint, Route
from tests.fakes.discord_types import SNOWFLAKE, checked

_PARTS = {
    "emoji": r"[^/]+",
    "token": r"[^/]+",
    "user": r"(?:\d{1,20}|@me)",
}
_ORIGINAL = r"(?:\d{1,20}|@original)"
_NUMBER = r"\d{1,20}"


def me(call: Call) -> Answer:
    """Return the bot's account."""
    return Answer(200, shapes.own_user(call.bot))


def account(call: Call) -> Answer:
    """Return an account."""
    if call.part["user"] == "@me":
        return me(call)
    found = call.world.users.get(int(call.part["user"]))
    return Answer(200, shapes.user(found)) if found else error(10013)


def my_guilds(call: Call) -> Answer:
    """List the servers that the bot is in."""
    mine = [each for each in call.world.guilds.values() if call.bot.id in each.members]
    return Answer(
        200,
        [
            {
                "id": str(each.id),
                "name": each.name,
                "icon": None,
                "banner": None,
                "owner": each.owner_id == call.bot.id,
                "permissions": str(sum(each.roles[role].permissions for role in each.members[call.bot.id])),
                "features": [],
            }
            for each in mine
        ],
    )


def conversation(call: Call) -> Answer:
    """Open the direct messages with a person."""
    number = checked(call.form, {"recipient_id": SNOWFLAKE}).get("recipient_id")
    person = call.world.users.get(int(number or 0))
    if person is None or person.bot:
        raise refuse(10013)
    return Answer(200, shapes.channel(call.world.conversation(person), call.world))


def gateway(call: Call) -> Answer:
    """Say where the gateway is."""
    return Answer(200, {"url": call.at.replace("http", "ws", 1) + "/gateway"})


def gateway_for_bots(call: Call) -> Answer:
    """Say where the gateway is, how many shards are advised, and how many sessions may be begun."""
    start = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    return Answer(200, gateway(call).body | {"shards": 1, "session_start_limit": start})


_ROUTES: tuple[Route, ...] = (
    ("GET", "/users/@me", me),
    ("GET", "/users/@me/guilds", my_guilds),
    ("POST", "/users/@me/channels", conversation),
    ("GET", "/users/{user}", account),
    ("GET", "/gateway", gateway),
    ("GET", "/gateway/bot", gateway_for_bots),
    *discord_messages.ROUTES,
    *discord_channels.ROUTES,
    *discord_commands.ROUTES,
    *discord_interactions.ROUTES,
)


@dataclass(frozen=True, slots=True)
class Match:
    """An endpoint, its path with the parts by name, and what they are."""

    endpoint: Endpoint
    template: str
    part: Mapping[str, str]

    @property
    def public(self) -> bool:
        """Whether the path itself carries the credential."""
        return self.template.startswith(("/webhooks/", "/interactions/")) or self.template == "/gateway"


def find(method: str, path: str) -> Match | Answer:
    """Return what answers a request, or the answer where nothing does."""
    known = False
    for wanted, template, pattern, endpoint in _TABLE:
        if match := pattern.fullmatch(path):
            if wanted == method:
                return Match(endpoint, template, match.groupdict())
            known = True
    return method_not_allowed() if known else error(0)


def _pattern(template: str) -> re.Pattern[str]:
    def part(match: re.Match[str]) -> str:
        name = match[1]
        original = name == "message" and template.startswith("/webhooks/")
        return f"(?P<{name}>{_ORIGINAL if original else _PARTS.get(name, _NUMBER)})"

    return re.compile(re.sub(r"\{(\w+)\}", part, template))


_TABLE = tuple((method, template, _pattern(template), endpoint) for method, template, endpoint in _ROUTES)
