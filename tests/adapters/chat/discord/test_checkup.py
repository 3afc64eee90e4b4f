"""Each set-up that is broken is named, with what to do."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from adapters.chat.discord.chat import DiscordChat
from adapters.chat.discord.checkup import check
from adapters.chat.discord.settings import DiscordSettings
from bot.model import Place
from bot.ports import Finding
from tests.adapters.chat.discord.test_chat import forbid, post
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_answers import server_error
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Overwrite


async def found(settings: DiscordSettings, *places: Place) -> list[Finding]:
    """Return what is wrong."""
    return [finding async for finding in check(settings, places) if finding.problem]


def _channel(town: Town) -> Place:
    return Place("discord", str(town.guild.id), str(town.general.id))


def _forum(town: Town) -> Place:
    return Place("discord", str(town.guild.id), str(town.forum.id))


@dataclass(frozen=True)
class Broken:
    """A set-up: what is done to Discord, which settings are other ones, and a word of what is wrong and of the remedy.

    The settings may depend on the town; `place` is what is to be posted to.
    """

    problem: str
    remedy: str
    town: Callable[[Town], object] = lambda _: None
    settings: dict[str, object] = field(default_factory=dict)
    place: Callable[[Town], Place] = _channel


def _forbidden(*denied: Permission) -> Callable[[Town], None]:
    return lambda town: forbid(town, town.general, *denied)


def _forbidden_to_all(town: Town) -> None:
    town.general.overwrites = [Overwrite(town.guild.id, 0, deny=Permission.SEND_MESSAGES)]


def _unpinning(town: Town) -> None:
    town.bot_role.permissions &= ~Permission.PIN_MESSAGES


def _left(town: Town) -> None:
    del town.guild.members[town.world.bot.id]


def _tagless(town: Town) -> None:
    town.forum.requires_tag, town.forum.tags = True, []


def _silent_forum(town: Town) -> None:
    forbid(town, town.forum, Permission.SEND_MESSAGES)


LACKING = {
    Permission.SEND_MESSAGES: "Send Messages",
    Permission.CREATE_PUBLIC_THREADS: "Create Public Threads",
    Permission.SEND_MESSAGES_IN_THREADS: "Send Messages in Threads",
    Permission.EMBED_LINKS: "Embed Links",
    Permission.ATTACH_FILES: "Attach Files",
    Permission.READ_MESSAGE_HISTORY: "Read Message History",
    Permission.PIN_MESSAGES: "Pin Messages",
}

BROKEN = {
    "the token is of nobody": Broken(
        "does not know the bot's token", "DISCORD_TOKEN", settings={"token": SecretStr("mistyped")}
    ),
    "nobody is there": Broken("cannot be reached", "Try again", settings={"api_url": "http://127.0.0.1:9/api/v10"}),
    "the gateway cannot be reached": Broken(
        "gateway cannot be reached", "DISCORD_GATEWAY_URL", settings={"gateway_url": "ws://127.0.0.1:9/"}
    ),
    "the gateway is at no address": Broken(
        "gateway cannot be reached", "DISCORD_GATEWAY_URL", settings={"gateway_url": "gateway"}
    ),
    "it is to read threads and may not": Broken(
        "message content intent is off", "Switch it on", settings={"answer_threads": True}
    ),
    "it is not on the server": Broken("not on the server", "digestbot discord invite", _left),
    "there is no such server": Broken(
        "not on the server 1",
        "digestbot discord invite",
        place=lambda town: Place("discord", "1", str(town.general.id)),
    ),
    "a server for the commands is another": Broken(
        "not on the server 7", "digestbot discord invite", settings={"guilds": (7,)}
    ),
    "the place is of names": Broken(
        "by ids", "discord:SERVER/CHANNEL", place=lambda _: Place("discord", "rocketry", "general")
    ),
    "there is no such channel": Broken(
        "is gone", "another channel", place=lambda town: Place("discord", str(town.guild.id), "1")
    ),
    "the channel is of no server": Broken(
        "is not where discord:",
        "Write discord:/",
        place=lambda town: Place("discord", str(town.guild.id), str(town.world.conversation(town.ada).id)),
    ),
    "it does not see the channel": Broken("does not show", "View Channel", _forbidden(Permission.VIEW_CHANNEL)),
    "nobody may post there": Broken("lacks", "Send Messages.", _forbidden_to_all),
    "its role may not pin": Broken("pin what is of high importance", "Pin Messages.", _unpinning),
    "it lacks two permissions": Broken(
        "attach the full report", "Attach Files, Pin", _forbidden(Permission.ATTACH_FILES, Permission.PIN_MESSAGES)
    ),
    **{f"it lacks {name}": Broken("lacks", f": {name}.", _forbidden(each)) for each, name in LACKING.items()},
    "it may not post to the forum": Broken("lacks", ": Send Messages.", _silent_forum, place=_forum),
    "the forum asks for a tag": Broken("asks for a tag", "Make a tag", _tagless, place=_forum),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_set_up(fake: FakeDiscord, town: Town, settings: DiscordSettings, name: str) -> None:
    """It is the one thing that is said to be wrong, and what to do is said."""
    broken = BROKEN[name]
    broken.town(town)
    (wrong,) = await found(settings.model_copy(update=broken.settings), broken.place(town))
    assert broken.problem in wrong.problem
    assert broken.remedy in wrong.remedy
    assert fake.world.application.token not in f"{wrong}"


async def _subjects(settings: DiscordSettings, *places: Place) -> list[str]:
    findings = [finding async for finding in check(settings, places)]
    assert [finding.problem for finding in findings] == [""] * len(findings)
    return [finding.subject for finding in findings]


async def test_a_set_up_in_order(
    fake: FakeDiscord, town: Town, settings: DiscordSettings, general: Place, forum: Place
) -> None:
    """Nothing is wrong where nothing is, each part is named, and no session is begun at the gateway."""
    subjects = await _subjects(settings, general, forum)
    assert subjects[:1] + subjects[2:] == [
        "Discord: the bot's token",
        "Discord: gateway",
        f"Discord: server {town.guild.id}",
        f"Discord: {general.channel_key}",
        f"Discord: {forum.channel_key}",
    ]
    assert not fake.gateway.sessions


async def test_without_the_intent(town: Town, settings: DiscordSettings) -> None:
    """The message content intent may be off: what works without it is said, and with it there is nothing to say."""
    assert "mentions and direct messages are answered without it" in (await _subjects(settings))[1]
    town.world.application.message_content = True
    reading = settings.model_copy(update={"answer_threads": True})
    assert (await _subjects(reading))[1] == "Discord: message content intent"


async def test_no_server(town: Town, settings: DiscordSettings) -> None:
    """A bot that is on no server is to be invited, even where no channel is named."""
    assert (await _subjects(settings))[-1] == "Discord: servers"
    del town.guild.members[town.world.bot.id]
    (wrong,) = await found(settings)
    assert "digestbot discord invite" in wrong.remedy


async def test_an_administrator(town: Town, settings: DiscordSettings, general: Place) -> None:
    """An administrator may everything, whatever the channel denies."""
    town.bot_role.permissions |= Permission.ADMINISTRATOR
    forbid(town, town.general, Permission.SEND_MESSAGES)
    assert (await _subjects(settings, general))[-1] == f"Discord: {general.channel_key}"


async def test_a_role_that_is_allowed(town: Town, settings: DiscordSettings, general: Place) -> None:
    """What a channel denies everybody it may allow the bot's role."""
    town.general.overwrites = [
        Overwrite(town.bot_role.id, 0, allow=Permission.SEND_MESSAGES),
        Overwrite(town.guild.id, 0, deny=Permission.SEND_MESSAGES),
    ]
    assert (await _subjects(settings, general))[-1] == f"Discord: {general.channel_key}"


async def test_a_forum_needs_no_right_to_threads(town: Town, settings: DiscordSettings, forum: Place) -> None:
    """In a forum, who may send may begin a post."""
    forbid(town, town.forum, Permission.CREATE_PUBLIC_THREADS)
    assert (await _subjects(settings, forum))[-1] == f"Discord: {forum.channel_key}"


async def test_a_thread(town: Town, settings: DiscordSettings, chat: DiscordChat, general: Place) -> None:
    """A thread that is named as a channel is judged by the channel that it is in."""
    thread = await chat.beneath(await post(chat, general), "name")
    place = Place("discord", general.workspace, str(thread.thread))
    assert (await _subjects(settings, place))[-1] == f"Discord: {place.channel_key}"
    forbid(town, town.general, Permission.PIN_MESSAGES)
    (wrong,) = await found(settings, place)
    assert "Pin Messages" in wrong.remedy


async def test_direct_messages(town: Town, settings: DiscordSettings) -> None:
    """In direct messages there are no permissions to lack."""
    place = Place("discord", "", str(town.world.conversation(town.ada).id))
    assert (await _subjects(settings, place))[-1] == f"Discord: {place.channel_key}"


@pytest.mark.parametrize("path", ["/guilds/", "/members/", "/channels/"])
async def test_a_discord_that_fails(fake: FakeDiscord, settings: DiscordSettings, general: Place, path: str) -> None:
    """Where Discord fails, that is what is said, and not that something is missing."""
    fake.faults.add(server_error(503), on=f"GET {path}" if path != "/members/" else path)
    (wrong,) = await found(settings, general)
    assert "Discord fails" in wrong.problem
