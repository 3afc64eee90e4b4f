"""Where questions are asked end to end: in a thread of the fake Slack or Discord, or at a terminal.

The program runs as a process of its own, by the machine's clock, and can be started again in between.
"""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.end_to_end.conftest import DAY, REPOSITORY
from tests.fakes import discord_reading
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Channel
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_reading import Reading, read
from tests.fakes.slack_world import Message

_WAITING = "Reading…"
_LONG = 90.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is read, and where it leads."""

    text: str
    links: tuple[str, ...]


class Venue(Protocol):
    """A place to ask in about the digest of the day."""

    async def ask(self, question: str) -> Answer:
        """Ask, and return the answer when it is whole."""
        ...

    async def restart(self) -> None:
        """Stop the program, and start it again."""
        ...


async def start(*arguments: str) -> Process:
    """Start the program."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments), env=environment, stdout=PIPE, stderr=PIPE
    )


@dataclass
class Run:
    """`digestbot run`, which `is_ready` tells to be listening."""

    is_ready: Callable[[], object]
    process: Process | None = None
    said: list[str] = field(default_factory=list)

    async def begin(self) -> None:
        """Start it."""
        self.process = await start("run")
        await until(self.is_ready)

    async def end(self) -> None:
        """Let it stop."""
        if self.process is None:
            return
        process, self.process = self.process, None
        process.terminate()
        async with asyncio.timeout(_LONG):
            _, said = await process.communicate()
        self.said.append(said.decode())
        assert process.returncode == 0, said.decode()


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(_LONG):
        while not holds():  # noqa: ASYNC110 - the program tells nobody
            await asyncio.sleep(0.02)


@dataclass
class SlackThread:
    """A digest's thread on Slack."""

    slack: FakeSlack
    run: Run
    root: Message

    @classmethod
    @asynccontextmanager
    async def opened(cls, slack: FakeSlack) -> AsyncIterator["SlackThread"]:
        """Let the program run, and the digest be posted."""
        run, general = Run(lambda: slack.sockets.connections), slack.world.channels["C0GENERAL"]
        await run.begin()
        try:
            await slack.people.command("/digest", f"{REPOSITORY} {DAY}")
            await until(lambda: any(message.files for message in general.messages.values()))
            (root,) = [message for message in general.timeline() if message.user == slack.world.bot_user]
            yield cls(slack, run, root)
        finally:
            await run.end()

    async def ask(self, question: str) -> Answer:
        """Ask by a mention."""
        before = len(self.replies())
        await self.slack.people.say(f"@digestbot {question}", thread=self.root.ts)
        await until(lambda: len(self.replies()) > before and _WAITING not in self._read(-1).text)
        reading = self._read(-1)
        return Answer(reading.text, tuple(link.url for link in reading.links))

    async def restart(self) -> None:
        """Stop the program, and start it again."""
        await self.run.end()
        await until(lambda: not self.slack.sockets.connections)
        await self.run.begin()

    def replies(self) -> list[Message]:
        """Return what the bot posted beneath the digest."""
        replies = self.slack.world.channels[self.root.channel].replies(self.root.ts)
        return [reply for reply in replies if reply.user == self.slack.world.bot_user]

    def _read(self, at: int) -> Reading:
        return read(self.replies()[at], self.slack.world)


@dataclass
class DiscordThread:
    """A digest's thread on Discord."""

    discord: FakeDiscord
    town: Town
    run: Run
    thread: Channel

    @classmethod
    @asynccontextmanager
    async def opened(cls, discord: FakeDiscord, town: Town) -> AsyncIterator["DiscordThread"]:
        """Let the program run, and the digest be posted."""
        run = Run(lambda: discord.gateway.connected and town.world.commands)
        await run.begin()
        try:
            discord.command(town.ada, town.general, f"/digest repository:{REPOSITORY} period:{DAY}")
            await until(lambda: list(town.world.threads(parent_id=town.general.id)))
            (thread,) = town.world.threads(parent_id=town.general.id)
            await until(lambda: any(message.attachments for message in thread.visible))
            yield cls(discord, town, run, thread)
        finally:
            await run.end()

    async def ask(self, question: str) -> Answer:
        """Ask by a mention."""
        asked = self.discord.say(self.town.ada, self.thread, f"<@{self.town.world.bot.id}> {question}")
        await until(lambda: self.thread.visible[-1] is not asked and _WAITING not in self._read())
        return Answer(self._read(), tuple(discord_reading.links(self.thread.visible[-1])))

    async def restart(self) -> None:
        """Stop the program, and start it again."""
        await self.run.end()
        await until(lambda: not self.discord.gateway.connected)
        await self.run.begin()

    def _read(self) -> str:
        return discord_reading.visible(self.thread.visible[-1], self.town.world)


@dataclass
class Terminal:
    """A terminal, where every question is a process of its own."""

    async def ask(self, question: str) -> Answer:
        """Ask by a command."""
        process = await start("ask", REPOSITORY, DAY, question)
        async with asyncio.timeout(_LONG):
            out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return Answer(out.decode(), tuple(re.findall(r"https?://[^\s)>]+", out.decode())))

    async def restart(self) -> None:
        """Do nothing: nothing runs between two questions."""
