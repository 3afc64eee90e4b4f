"""The fake Discord at a terminal: what a person types happens, and what people would see is printed."""

import argparse
import asyncio
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_answers import Refusal
from tests.fakes.discord_people import NotPossible
from tests.fakes.discord_reading import components, visible
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import LOADING, Channel, Event, Interaction, Message

HELP = """\
/digest period:today    use a command        /digest period:? …    ask for what an option may be
words                   write them           @bot words            mention the bot
:press ID               press the button of the last message that has it
:in NAME                go to a channel or a thread (its name or its id)
:direct                 go to the direct messages with the bot
:help  :quit"""
_SHOWN = ("MESSAGE_CREATE", "MESSAGE_UPDATE", "THREAD_CREATE")


class Terminal:
    """A person at the fake: obeys lines, and prints what becomes visible."""

    def __init__(self, fake: FakeDiscord, town: Town, say: Callable[..., object]) -> None:
        """Take the server with its people, and what prints a line."""
        self.fake, self.town, self.world = fake, town, town.world
        self.channel: Channel = town.general
        self._say = say
        self.world.listeners.append(self._show)

    def _show(self, event: Event) -> None:
        if event.name not in _SHOWN or event.channel is None:
            return
        place = f"#{event.channel.name}" if event.channel.name else "direct"
        if event.message is None:
            self._say(f"[{place}] a thread begins: {event.channel.id}")
        elif not event.message.flags & LOADING:
            self._print(place, event.message, edited=event.name == "MESSAGE_UPDATE")

    def _print(self, place: str, message: Message, *, edited: bool = False) -> None:
        pinned = "📌 " if message.id in self.world.channels[message.channel_id].pins else ""
        name = self.world.users[message.author_id].name + (" (edited)" if edited else "")
        rows = visible(message, self.world).splitlines() or [f"({message.type.name.lower()})"]
        self._say(f"[{place}] {pinned}{name}: " + "\n    ".join(rows))
        for each in components(message.components):
            if each.get("custom_id"):
                self._say(f"    :press {each['custom_id']}")

    async def obey(self, line: str) -> None:
        """Do what a line says; what is not possible is said."""
        try:
            await self._obey(line)
        except NotPossible as problem:
            self._say(str(problem))
        except Refusal as refusal:
            self._say(f"Discord refuses: {refusal.answer.body['message']}")

    async def _obey(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == ":in":
            self._go(rest.strip())
        elif word == ":direct":
            self.channel = self.world.conversation(self.town.ada)
        elif word == ":press":
            self._press(rest.strip())
        elif word.startswith(":"):
            self._say(HELP)
        elif line.endswith(":?"):
            await self._suggest(line.removesuffix("?"))
        elif line.startswith("/"):
            await self._answered(self.fake.command(self.town.ada, self.channel, line))
        else:
            words = line.replace("@bot", f"<@{self.world.bot.id}>")
            self.fake.say(self.town.ada, self.channel, words)

    def _go(self, name: str) -> None:
        found = [each for each in self.world.channels.values() if name.lstrip("#") in (each.name, str(each.id))]
        if not found:
            raise NotPossible(f"Nothing is called {name}")
        self.channel = found[-1]
        self._say(f"You are in #{self.channel.name}: {self.fake.url}/view/{self.channel.id}")

    def _press(self, custom_id: str) -> None:
        for message in reversed(self.channel.messages.values()):
            if any(each.get("custom_id") == custom_id for each in components(message.components)):
                self.fake.press(self.town.ada, message, custom_id)
                return
        raise NotPossible(f"No button is called {custom_id}")

    async def _suggest(self, line: str) -> None:
        asked = self.fake.suggest(self.town.ada, self.channel, line)
        await self._answered(asked)
        for choice in asked.choices:
            self._say(f"    {choice['name']} ({choice['value']})")

    async def _answered(self, interaction: Interaction) -> None:
        """Wait for the first answer, as long as Discord does."""
        try:
            await self.fake.until(lambda: interaction.callback, seconds=3)
        except TimeoutError:
            self._say("The application did not respond")
            return
        if interaction.loading:
            self._say(f"{self.world.bot.name} is thinking…")
        elif interaction.original and interaction.original.seen_by:
            self._print("only you", interaction.original)


def main(arguments: Sequence[str], say: Callable[..., object] = print) -> None:
    """Serve what the command line says and obey standard input, until `:quit` or an interrupt."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.discord", description="A Discord on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="any that is free, unless given")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster rate limits forgive")
    parser.add_argument("--message-content", action="store_true", help="let the bot read what others write")
    parser.add_argument("--record", type=Path, metavar="FILE", help="append the traffic as lines of JSON")
    asked = parser.parse_args(arguments)
    town = Town(time.time)
    town.world.application.message_content = asked.message_content

    async def serve() -> None:
        async with FakeDiscord(town.world, port=asked.port, speed=asked.speed, record_to=asked.record) as fake:
            terminal = Terminal(fake, town, lambda text: say(text, flush=True))
            for name, value in settings(fake).items():
                say(f"{name}={value}", flush=True)
            say(f"A picture of the channel: {fake.url}/view/general\n{HELP}", flush=True)
            lines = typed()
            while (line := (await lines.get()).strip()) != ":quit":
                if line:
                    await terminal.obey(line)

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())


def typed() -> asyncio.Queue[str]:
    """Return a queue of the lines of standard input; where that ends, nothing more comes."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)

    # A daemon: a thread of the loop's own would hold up an interrupt until somebody pressed Enter.
    threading.Thread(target=read, daemon=True).start()
    return lines


def settings(fake: FakeDiscord) -> dict[str, str]:
    """Return the environment with which the bot finds the fake."""
    return {
        "DISCORD_TOKEN": fake.world.application.token,
        "DISCORD_API_URL": fake.api_url,
        "DISCORD_GATEWAY_URL": fake.gateway_url,
    }
