"""Slack, as the program finds it. Only the settings are loaded with it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from adapters.chat.slack.settings import SlackSettings
from bot.model import Place
from bot.ports import API, ChatPlugin, Finding, Platform, Surroundings


@asynccontextmanager
async def _connect(settings: SlackSettings, surroundings: Surroundings) -> AsyncIterator[Platform]:
    from adapters.chat.slack.chat import SlackChat  # noqa: PLC0415 - takes long to load
    from adapters.chat.slack.listener import SlackListener  # noqa: PLC0415 - likewise

    async with SlackChat(settings) as chat:
        listener = SlackListener(settings, chat, surroundings.clock)
        yield Platform(chat, listener.listen, lambda: listener.connected)


async def _check(settings: SlackSettings, places: Sequence[Place]) -> AsyncIterator[Finding]:
    from adapters.chat.slack.checkup import check  # noqa: PLC0415 - takes long to load

    async for finding in check(settings, places):
        yield finding


PLUGIN = ChatPlugin(
    api=API,
    settings=SlackSettings,
    configured=lambda settings: settings.bot_token is not None,
    connect=_connect,
    check=_check,
    remedy="Set SLACK_BOT_TOKEN; see docs/slack.md.",
)
