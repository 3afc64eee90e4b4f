"""discord.py led to the fake Discord, for tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import pytest
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from tests.fakes.discord import FakeDiscord

CONTENT = discord.Intents.default() | discord.Intents(message_content=True)


class Bot(discord.Client):
    """A client with a tree of commands, which keeps the messages that it was told of."""

    def __init__(self, intents: discord.Intents) -> None:
        """Take the intents; servers are there as soon as the gateway introduced them."""
        super().__init__(intents=intents, guild_ready_timeout=0.02)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[discord.Message] = []
        self.happened: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once: discord.py waits for five seconds before a second session."""

    async def on_message(self, message: discord.Message) -> None:
        """Keep a message."""
        self.heard.append(message)

    async def on_socket_event_type(self, event: str) -> None:
        """Keep the name of an event."""
        self.happened.append(event)

    def channel(self, number: int) -> discord.TextChannel:
        """Return a text channel that the gateway introduced."""
        found = self.get_channel(number)
        assert isinstance(found, discord.TextChannel)
        return found


def lead(monkeypatch: pytest.MonkeyPatch, fake: FakeDiscord) -> None:
    """Lead discord.py to a fake."""
    monkeypatch.setattr(Route, "BASE", fake.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(fake.gateway_url))


@asynccontextmanager
async def connected(fake: FakeDiscord, intents: discord.Intents | None = None) -> AsyncIterator[Bot]:
    """Log in and wait until the bot is ready; log out at the end."""
    bot = Bot(intents or discord.Intents.default())
    running = asyncio.create_task(bot.start(fake.world.application.token))
    ready = asyncio.create_task(bot.wait_until_ready())
    try:
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=60)
        if running.done():
            await running
        assert ready.done()
        yield bot
    finally:
        ready.cancel()
        await bot.close()
        await asyncio.gather(running, ready, return_exceptions=True)
