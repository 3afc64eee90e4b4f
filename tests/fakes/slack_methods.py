"""What every method of the Web API shares: its arguments, who may call it, and which conversations it may touch.

The methods themselves are in the modules that `tests.fakes.slack` imports; each is declared with `method`.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_answers import Answer, Refusal
from tests.fakes.slack_limits import Limits
from tests.fakes.slack_schema import at
from tests.fakes.slack_world import Channel, Json, Message, Token, World

KINDS = {"channel": "channels", "group": "groups", "im": "im"}
"""How scopes name the kinds of conversations."""


@dataclass(slots=True)
class Call:
    """A call that is being served. Events that it causes are appended to `events`, as (what they are about, event)."""

    world: World
    limits: Limits
    tickets: set[str]
    url: str
    arguments: Json
    token: Token
    events: list[tuple[str, Json]] = field(default_factory=list)

    def get(self, name: str, default: object = None) -> Any:  # noqa: ANN401 - the declaration says its type
        """Return an argument."""
        return self.arguments.get(name, default)

    def scope(self, *accepted: str) -> None:
        """Demand one of some scopes. Raises Refusal."""
        provided = self.token.scopes.split(",")
        if not set(accepted) & set(provided):
            raise Refusal("missing_scope", needed=",".join(accepted), provided=self.token.scopes)

    def visible(self, name: str | None = None, right: str | None = None) -> Channel:
        """Return the conversation with an id, by default the argument's, if the bot may know of it. Raises Refusal."""
        channel = self.world.channels.get(str(self.get("channel", "") if name is None else name))
        if channel is None or (channel.kind == "group" and not self.is_member(channel)):
            raise Refusal("channel_not_found")
        if right:
            self.scope(f"{KINDS[channel.kind]}:{right}")
        return channel

    def is_member(self, channel: Channel) -> bool:
        """Whether the bot is in a conversation."""
        return self.world.bot_user in channel.members

    def readable(self) -> Channel:
        """Return a conversation whose messages the bot may read. Raises Refusal."""
        self.scope(*(f"{kind}:history" for kind in KINDS.values()))
        channel = self.visible(right="history")
        if not self.is_member(channel):
            raise Refusal("not_in_channel")
        return channel

    def writable(self, name: str | None = None) -> Channel:
        """Return a conversation in which the bot may post. Raises Refusal."""
        channel = self.visible(name)
        if channel.archived:
            raise Refusal("is_archived")
        if not self.is_member(channel) and "chat:write.public" not in self.token.scopes.split(","):
            raise Refusal("not_in_channel")
        return channel

    def addressed(self) -> Channel:
        """Return where a new message goes, by the id or name of a channel or the id of a person. Raises Refusal."""
        name = str(self.get("channel"))
        channel = self.world.direct(name) if name in self.world.users else self.world.channel(name)
        return self.writable(channel.id if channel else name)

    def message(self, channel: Channel, ts: str) -> Message:
        """Return a message of a conversation. Raises Refusal."""
        found = channel.messages.get(ts)
        if found is None or found.subtype == "tombstone":
            raise Refusal("message_not_found")
        return found

    def own(self, channel: Channel, ts: str, refusal: str) -> Message:
        """Return a message of the bot's own. Raises Refusal."""
        found = self.message(channel, ts)
        if found.bot_id != self.world.bot_id:
            raise Refusal(refusal)
        return found


Handler = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A method: what it does, its arguments by type, those it needs, its scope, its kind of token, its rate tier."""

    handler: Handler
    arguments: Mapping[str, str]
    required: tuple[str, ...]
    scope: str | None
    by: str
    tier: int | str | None


METHODS: dict[str, Method] = {}


def method(
    name: str, arguments: str = "", *, scope: str | None = None, by: str = "bot", tier: int | str | None = 3
) -> Callable[[Handler], Handler]:
    """Declare a method. Its arguments are words: `channel! limit:int blocks:json`, with ! for those it needs."""

    def declare(handler: Handler) -> Handler:
        parts = [word.partition(":") for word in arguments.split()]
        types = {word.rstrip("!"): kind or "str" for word, _, kind in parts}
        required = tuple(word.rstrip("!") for word, _, _ in parts if word.endswith("!"))
        METHODS[name] = Method(handler, types, required, scope, by, tier)
        return handler

    return declare


def understand(declared: Method, given: Mapping[str, Any]) -> Json:
    """Return arguments by their types. Raises Refusal for what the method does not know, misses or cannot read."""
    problems: list[str] = []
    understood: Json = {}
    for name, value in given.items():
        if name in ("token", "team_id") or value is None:
            continue
        kind = declared.arguments.get(name)
        if kind is None:
            problems.append(at("", f"invalid additional property: {name}"))
            continue
        try:
            understood[name] = _TYPES[kind](value)
        except (ValueError, TypeError, KeyError):
            problems.append(at(f"/{name}", f"must be {_WORDS[kind]}"))
    problems += [at("", f"missing required field: {name}") for name in declared.required if name not in understood]
    if problems:
        raise Refusal("invalid_arguments", problems)
    return understood


def _string(value: object) -> str:
    if isinstance(value, bool | dict | list):
        raise TypeError
    return str(value)


def _boolean(value: object) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[str(value).lower()]


def _parsed(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


_TYPES: Mapping[str, Callable[[Any], object]] = {"str": _string, "bool": _boolean, "int": int, "json": _parsed}
_WORDS = {"str": "a string", "bool": "a boolean", "int": "an integer", "json": "valid JSON"}


def identify(world: World, declared: Method, token: str | None) -> Token:
    """Return the token of a call, if it is good for the method. Raises Refusal."""
    if not token:
        raise Refusal("not_authed")
    known = world.tokens.get(token)
    if known is None or (known.problem == "invalid_auth"):
        raise Refusal("invalid_auth")
    if known.problem:
        raise Refusal(known.problem)
    if declared.by not in ("any", known.kind):
        raise Refusal("not_allowed_token_type")
    if declared.scope and declared.scope not in known.scopes.split(","):
        raise Refusal("missing_scope", needed=declared.scope, provided=known.scopes)
    return known


def serve(declared: Method, call: Call) -> Answer:
    """Return what a method answers. Raises Refusal."""
    headers = {"x-oauth-scopes": call.token.scopes, "x-accepted-oauth-scopes": declared.scope or ""}
    return Answer(200, {"ok": True, **declared.handler(call)}, headers)


def page(found: list[Any], call: Call, default: int = 100) -> tuple[list[Any], str]:
    """Return the part of a list that `cursor` and `limit` ask for, and the next cursor. Raises Refusal."""
    limit = call.get("limit", default)
    if not 1 <= limit <= 1000:
        raise Refusal("invalid_limit")
    cursor = str(call.get("cursor", "") or "next:0")
    word, _, number = cursor.partition(":")
    if word != "next" or not number.isdecimal():
        raise Refusal("invalid_cursor")
    start = int(number)
    more = start + limit < len(found)
    return found[start : start + limit], f"next:{start + limit}" if more else ""


def timestamps(messages: Iterable[Message], call: Call) -> list[Message]:
    """Return the messages between `oldest` and `latest`. Raises Refusal."""
    bounds = []
    for name, default in (("oldest", 0.0), ("latest", float("inf"))):
        try:
            bounds.append(float(call.get(name) or default))
        except ValueError:
            raise Refusal(f"invalid_ts_{name}") from None
    oldest, latest = bounds
    inclusive = call.get("inclusive", False)
    return [
        message
        for message in messages
        if oldest < float(message.ts) < latest or (inclusive and float(message.ts) in (oldest, latest))
    ]
