"""Discord, as the program finds it. Only the settings are loaded with it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from adapters.chat.discord.settings import DiscordSettings
from bot.model import Place
from bot.ports import API, ChatPlugin, Finding, Platform, Surroundings


@asynccontextmanager
async def _connect(settings: DiscordSettings, surroundings: Surroundings) -> AsyncIterator[Platform]:
    from adapters.chat.discord.chat import DiscordChat  # noqa: PLC0415 - takes long to load
    from adapters.chat.discord.listener import DiscordListener  # noqa: PLC0415 - likewise

    listener = DiscordListener(settings, surroundings.clock, surroundings.grammar, surroundings.words)
    async with DiscordChat(settings) as chat:
        yield Platform(chat, listener.listen, lambda: listener.connected)


async def _check(settings: DiscordSettings, places: Sequence[Place]) -> AsyncIterator[Finding]:
    from adapters.chat.discord.checkup import check  # noqa: PLC0415 - takes long to load

    async for finding in check(settings, places):
        yield finding


PLUGIN = ChatPlugin(
    api=API,
    settings=DiscordSettings,
    configured=lambda settings: settings.token is not None,
    connect=_connect,
    check=_check,
    remedy="Set DISCORD_TOKEN; see docs/discord.md.",
)
