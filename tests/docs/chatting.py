"""Ada, who types into a chat what a page shows, and waits for what she gets."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.talk.thread import parse_thread_command
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_reading import visible
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import LOADING, Channel
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_reading import read

FACTOR = 20
"""How many seconds of the bot and of the chats pass in one."""
LONGEST = 60
FAILURES = ("There is no", "There are no", "cannot", "could not", "went wrong", "failed", "did not respond")
"""What is said of a wish that was not fulfilled."""


class Chatting(Protocol):
    """A person in a channel."""

    async def type(self, line: str) -> None:
        """Type a line, and wait until it is answered as a whole."""
        ...

    def seen(self) -> Sequence[str]:
        """Return every text of the bot that she sees."""
        ...


def is_question(line: str) -> bool:
    """Return whether a mention is one for the thread of a digest."""
    words = line.partition(" ")[2]
    return line.startswith("@") and (words.endswith(("?", "？")) or parse_thread_command(words) is not None)


class OnSlack:
    """Ada in #general, in which the bot is not yet."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self._channel = slack.world.channels["C0GENERAL"]
        self._channel.members.remove(slack.world.bot_user)

    async def type(self, line: str) -> None:
        """Type a line, and wait until it is answered as a whole."""
        people, before, files = self._slack.people, self.seen(), self._files()
        word, _, rest = line.partition(" ")
        if word == "/invite":  # Slack's own
            self._channel.members.append(self._slack.world.bot_user)
            return
        async with asyncio.timeout(LONGEST):
            await self._slack.sockets.connected(1)
        if word.startswith("/"):
            delivery = await people.command(word, rest)
            assert delivery.acknowledged, line
        else:
            await people.say(line, thread=self._thread() if is_question(line) else None)
        if is_digest(line):
            await until(lambda: self._files() > files)
        await until(lambda: self._finished() and self.seen() != before)

    def seen(self) -> list[str]:
        """Return every text of the bot that she sees."""
        channel, world = self._channel, self._slack.world
        messages = [*channel.messages.values(), *channel.ephemeral]
        return [read(message, world).text for message in messages if message.user == world.bot_user]

    def _files(self) -> int:
        return sum(len(message.files) for message in self._channel.messages.values())

    def _finished(self) -> bool:
        return not any(text == "Reading…" for text in self.seen())

    def _thread(self) -> str:
        return [each for each in self._channel.timeline() if each.user == self._slack.world.bot_user][-1].ts


class OnDiscord:
    """Ada in #general."""

    def __init__(self, fake: FakeDiscord, town: Town) -> None:
        self._fake, self._town, self._channel = fake, town, town.general

    async def type(self, line: str) -> None:
        """Type a line, and wait until it is answered as a whole."""
        before, files = self.seen(), self._files()
        await until(lambda: self._fake.gateway.connected and self._fake.world.commands)
        if line.startswith("/"):
            used = self._fake.command(self._town.ada, self._channel, line)
            await until(lambda: used.original and not used.original.flags & LOADING)
        else:
            place = self._threads()[-1] if is_question(line) else self._channel
            self._fake.say(self._town.ada, place, line.replace("@digestbot", f"<@{self._town.world.bot.id}>"))
        if is_digest(line):
            await until(lambda: self._files() > files)
        await until(lambda: self.seen() != before)

    def seen(self) -> list[str]:
        """Return every text of the bot that she sees."""
        world = self._town.world
        messages = [message for channel in (self._channel, *self._threads()) for message in channel.messages.values()]
        return [visible(message, world) for message in messages if message.author_id == world.bot.id]

    def _threads(self) -> list[Channel]:
        return list(self._town.world.threads(parent_id=self._channel.id))

    def _files(self) -> int:
        return sum(bool(message.attachments) for thread in self._threads() for message in thread.messages.values())


def is_digest(line: str) -> bool:
    """Return whether a line asks for a digest, at whose end a file comes."""
    return not is_question(line) and not any(
        f" {verb}" in line for verb in ("subscribe", "set", "status", "list", "订阅")
    )


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; a minute of the bot is a moment here."""
    async with asyncio.timeout(LONGEST):
        while not holds():  # noqa: ASYNC110 - a process of somebody else tells nobody
            await asyncio.sleep(1 / FACTOR)
