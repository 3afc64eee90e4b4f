"""python -m tests.fakes.slack: a person types messages and commands, and sees what the bot answers.

What is typed is a message in the current channel, unless it begins with one of these:

  /digest TEXT      the bot's command (so is every other word with a slash)
  > TEXT            a reply in the thread that was seen last
  .as NAME          be somebody else
  .in CHANNEL       go to another channel, or to somebody's direct conversation
  .join             let the bot into the channel
  .press ID [VALUE] press the last button with this action
  .drop  .refresh   cut the bot's sockets; ask it to connect anew
  .help             this
"""

import argparse
import asyncio
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from tests.fakes.slack_delivery import Deliveries
from tests.fakes.slack_people import People
from tests.fakes.slack_reading import read
from tests.fakes.slack_socket import Sockets
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Channel, Message, World


class Server(Protocol):
    """What the console needs of the fake."""

    world: World
    people: People
    sockets: Sockets
    deliveries: Deliveries
    answered: Callable[[Any], object]

    def save(self) -> None:
        """Keep the world."""
        ...


class Console:
    """One person at a time, in one channel at a time."""

    def __init__(self, slack: Server, say: Callable[[str], object]) -> None:
        """Take the fake, and where to show things."""
        self._slack = slack
        self._say = say
        self._user = "U0ADA"
        self._place: Channel = next(iter(slack.world.channels.values()))
        self._last: Message | None = None
        self._seen: dict[tuple[str, str], str] = {}
        self._words: dict[str, Callable[[str], object]] = {
            ".as": self._as,
            ".in": self._in,
            ".join": self._join,
            ".press": self._press,
            ".drop": lambda _: slack.sockets.drop(),
            ".refresh": lambda _: slack.sockets.disconnect(),
            ".help": lambda _: say(__doc__ or ""),
        }
        slack.answered = lambda _: self.show()

    async def take(self, line: str) -> None:
        """Do what a line says."""
        word, _, rest = line.partition(" ")
        people, place = self._slack.people, self._place.id
        if word in self._words:
            done = self._words[word](rest.strip())
            if asyncio.iscoroutine(done):
                await done
        elif word.startswith("/"):
            await people.command(word, rest.strip(), user=self._user, channel=place)
        elif word == ">" and self._last:
            thread = self._last.thread_ts or self._last.ts
            await people.say(rest, user=self._user, channel=self._last.channel, thread=thread)
        elif line.strip():
            await people.say(line, user=self._user, channel=place)
        self.show()
        self._slack.save()

    def show(self) -> None:
        """Show every message that is new or was changed."""
        world = self._slack.world
        for channel in world.channels.values():
            for message in [*channel.messages.values(), *channel.ephemeral]:
                key, text = (channel.id, message.ts), read(message, world).text
                text += "".join(f"\n[{world.files[id_].name}]" for id_ in message.files)
                text += "\n(pinned)" if any(pin.ts == message.ts for pin in channel.pins) else ""
                if self._seen.get(key) != text:
                    self._show(channel, message, text, edited=key in self._seen)
                    self._seen[key] = text

    def _show(self, channel: Channel, message: Message, text: str, *, edited: bool) -> None:
        user = self._slack.world.users.get(message.user)
        where = f"#{channel.name}" if channel.name else "direct"
        head = f"{where} {user.name if user else message.user}"
        head += " (only to you)" if message.only_for else ""
        head += " (edited)" if edited else ""
        indent = "    " if message.is_reply else ""
        self._say("\n".join(f"{indent}{line}" for line in (f"{head}:", *(f"  {part}" for part in text.splitlines()))))
        self._last = None if message.only_for else message

    def _as(self, name: str) -> None:
        self._user = next((user.id for user in self._slack.world.users.values() if user.name == name), self._user)
        self._say(f"You are {self._slack.world.users[self._user].name}.")

    def _in(self, name: str) -> None:
        world = self._slack.world
        person = next((user.id for user in world.users.values() if user.name == name), None)
        self._place = world.direct(person) if person else world.channel(name) or self._place
        self._say(f"You are in {self._place.name or 'a direct conversation'}.")

    def _join(self, _rest: str) -> None:
        bot = self._slack.world.bot_user
        if bot not in self._place.members:
            self._place.members.append(bot)

    async def _press(self, rest: str) -> None:
        action, _, value = rest.partition(" ")
        for message in reversed([*self._place.messages.values(), *self._place.ephemeral]):
            with suppress(LookupError):
                await self._slack.people.press(message, action, user=self._user, value=value or None)
                return
        self._say(f"There is no {action} here.")


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fakes.slack",
        description="A Slack on 127.0.0.1.",
        epilog=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="any that is free, unless given")
    parser.add_argument("--state", type=Path, metavar="FILE", help="read everything from this file, and keep it there")
    parser.add_argument("--record", type=Path, metavar="FILE", help="append the API's traffic as lines of JSON")
    parser.add_argument("--app-url", metavar="URL", help="tell the bot by HTTP, at this address, and not on sockets")
    parser.add_argument("--scale", type=float, default=1.0, help="how many of Slack's seconds pass in one (1)")
    return parser.parse_args(given)


def introduce(url: str, say: Callable[[str], object]) -> None:
    """Say where the fake is, and how the bot is pointed at it."""
    say(f"{url}/view/")
    say(f"SLACK_API_URL={url}/api/ SLACK_BOT_TOKEN={BOT_TOKEN} SLACK_APP_TOKEN={APP_TOKEN} \\")
    say(f"SLACK_SIGNING_SECRET={SIGNING_SECRET}")
    say("Type a message, a command such as /digest sglang today, or .help")


async def talk(slack: Server, say: Callable[[str], object]) -> None:
    """Take lines from the standard input, and go on serving when it ends."""
    console = Console(slack, say)
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str]()

    def listen() -> None:
        # Not sys.stdin: a thread that waits in there would keep the process from ending.
        rest = b""
        while chunk := os.read(0, 65_536):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                loop.call_soon_threadsafe(lines.put_nowait, line.decode(errors="replace"))

    threading.Thread(target=listen, daemon=True).start()
    while True:
        await console.take(await lines.get())
