"""The platforms that the harness delivers to: the one that goes wrong, and the fakes of Slack and Discord, made to.

All of them read the clock of the harness, so that what they limit, forget and answer late is in its seconds.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from random import Random
from typing import Any, Protocol

from bot.model import Place
from bot.ports import Clock
from tests.chaos.chat_server import ChatServer, Counts, Faults, Stored, compare
from tests.fakes import discord_faults, slack_faults
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_answers import limited, server_error
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Channel as DiscordChannel
from tests.fakes.discord_world import Message as DiscordMessage
from tests.fakes.discord_world import MessageType
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_reading import read as read_slack
from tests.fakes.slack_world import BOT_TOKEN, Channel, Message, World

LATE = 3.0
"""Seconds by which what is late is so.

A post that is under way for longer than the delivery waits for it would be doubled, by any sender. On a busy machine
that is held up for a second, which is many here, so that what is late is so by little.
"""
_BUSY = 2


class Platform(Protocol):
    """What the harness sees of a platform. `token` is what the bot shows to be let in."""

    @property
    def url(self) -> str:
        """The address of its API."""
        ...

    @property
    def token(self) -> str:
        """The bot's token."""
        ...

    @property
    def calls(self) -> Counter[str]:
        """How often each method was called."""
        ...

    def place(self, number: int) -> Place:
        """Return the channel of a number; all of them exist."""
        ...

    def shown(self, channel: str) -> Sequence[Stored]:
        """Return what a reader sees of ours in a channel: the roots in order, each with its thread beneath it."""
        ...

    def counts(self, channel: str, expected: Sequence[str]) -> Counts:
        """Compare what is shown to the texts that should be, which are all different."""
        ...


class Slack:
    """The fake Slack."""

    token = BOT_TOKEN

    def __init__(self, server: FakeSlack) -> None:
        self._server = server
        self._world = server.world

    @classmethod
    @asynccontextmanager
    async def running(
        cls, clock: Clock, factor: float, channels: int, faults: float, seed: int
    ) -> AsyncIterator["Slack"]:
        """Answer, and let a share of the calls go wrong."""
        world = World.with_people()
        world.clock = lambda: clock.now().timestamp()
        for number in range(channels):
            world.channels[f"C{number}"] = Channel(f"C{number}", f"c{number}", members=list(world.users))
        kinds = (
            slack_faults.RESET,
            slack_faults.STORED_RESET,
            slack_faults.server_error(503),
            slack_faults.server_error(500, stored=True),
            slack_faults.too_fast(_BUSY),
            slack_faults.Slow(LATE / factor),
            slack_faults.Fault(late=LATE / factor),
        )
        async with FakeSlack(world, scale=factor, seed=seed) as server:
            for kind in kinds:
                server.faults.often(kind, faults / len(kinds))
            yield cls(server)

    @property
    def url(self) -> str:
        """The address of the Web API."""
        return self._server.api

    @property
    def calls(self) -> Counter[str]:
        """How often each method was called."""
        return Counter(exchange.method for exchange in self._server.log)

    def place(self, number: int) -> Place:
        """Return a channel."""
        return Place("slack", self._world.team_id, f"C{number}")

    def shown(self, channel: str) -> Sequence[Stored]:
        """Return the bot's messages and files."""
        there = self._world.channels[channel]
        read = [each for root in there.timeline() for each in (root, *there.replies(root.ts))]
        return [stored for message in read if message.user == self._world.bot_user for stored in self._ours(message)]

    def counts(self, channel: str, expected: Sequence[str]) -> Counts:
        """Compare."""
        return compare(self.shown(channel), expected)

    def _ours(self, message: Message) -> Iterator[Stored]:
        where = (message.ts, message.channel, message.thread_ts if message.is_reply else None)
        if message.metadata:
            token = message.metadata["event_payload"]["token"]
            yield Stored(*where, token, {"text": message.text}, float(message.ts))
        elif message.streaming:
            # One that has not ended bears its token in a block, and has no text beside the blocks.
            text = read_slack(message, self._world).text
            yield Stored(*where, message.blocks[0]["block_id"], {"text": text}, float(message.ts))
        for file in (self._world.files[id_] for id_ in message.files):
            yield Stored(*where, file.name.split(".")[-2], {"text": file.content}, float(message.ts))


class Discord:
    """The fake Discord."""

    def __init__(self, server: FakeDiscord, guild: int, channels: Sequence[DiscordChannel]) -> None:
        self._server = server
        self._world = server.world
        self._guild = guild
        self._channels = channels
        self.token = self._world.application.token

    @classmethod
    @asynccontextmanager
    async def running(
        cls, clock: Clock, factor: float, channels: int, faults: float, seed: int
    ) -> AsyncIterator["Discord"]:
        """Answer, and let a share of the calls go wrong."""
        town = Town(lambda: clock.now().timestamp())
        there = [town.world.add_channel(town.guild, f"c{number}") for number in range(channels)]
        kinds = (
            discord_faults.Drop(),
            discord_faults.Afterwards(discord_faults.Drop()),
            server_error(503),
            discord_faults.Afterwards(server_error()),
            limited(_BUSY),
            discord_faults.Slow(LATE / factor),
        )
        async with FakeDiscord(town.world, speed=1) as server:
            server.limits.clock = town.clock
            random = Random(seed)  # noqa: S311 - no secret comes of it
            server.faults.sometimes(*kinds, probability=faults, random=random)
            yield cls(server, town.guild.id, there)

    @property
    def url(self) -> str:
        """The address of the REST API."""
        return self._server.api_url

    @property
    def calls(self) -> Counter[str]:
        """How often each method was called."""
        return Counter(exchange.method for exchange in self._server.log)

    def place(self, number: int) -> Place:
        """Return a channel."""
        return Place("discord", str(self._guild), str(self._channels[number].id))

    def shown(self, channel: str) -> Sequence[Stored]:
        """Return the bot's messages and files; a thread has the id of its root."""
        shown = []
        for root in self._said(int(channel)):
            shown += [self._stored(root, channel, None)]
            shown += [self._stored(reply, channel, str(root.id)) for reply in self._said(root.id)]
        return shown

    def counts(self, channel: str, expected: Sequence[str]) -> Counts:
        """Compare."""
        return compare(self.shown(channel), expected)

    def _said(self, id_: int) -> Sequence[DiscordMessage]:
        channel = self._world.channels.get(id_)
        return [each for each in channel.messages.values() if each.type is MessageType.DEFAULT] if channel else []

    def _stored(self, message: DiscordMessage, channel: str, thread: str | None) -> Stored:
        files = [self._world.files[int(file["id"])].decode() for file in message.attachments]
        token = message.embeds[-1]["footer"]["text"]
        body = {"text": files[0] if files else said({"embeds": message.embeds})}
        return Stored(str(message.id), channel, thread, token, body, message.sent_at)


def said(body: Mapping[str, Any]) -> str:
    """Return what a message says, of the body that an adapter made for it."""
    if "embeds" not in body:
        return str(body["text"])
    return "\n".join(embed.get(name, "") for embed in body["embeds"] for name in ("title", "description"))


def running(
    chat: str, clock: Clock, factor: float, channels: int, faults: float, seed: int
) -> AbstractAsyncContextManager[Platform]:
    """Return a platform that runs while it is entered. `faults` is the share of its calls that go wrong."""
    if chat == "slack":
        return Slack.running(clock, factor, channels, faults, seed)
    if chat == "discord":
        return Discord.running(clock, factor, channels, faults, seed)
    kinds = Faults.all(faults)
    kinds.seconds = LATE
    return ChatServer(clock, kinds, seed).running()
