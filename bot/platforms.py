"""The chat platforms that are set up: how each is posted to, and how each hands over what people say."""

import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack

from adapters.chat.console import ConsoleChat
from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.slack.settings import SlackSettings
from bot.ports import Clock, Platform
from bot.present.labels import Labels
from bot.settings import ConfigurationFile
from bot.talk.commands import GRAMMAR

SECTIONS = frozenset({"discord", "slack"})


async def connect(stack: AsyncExitStack, file: ConfigurationFile, clock: Clock) -> Mapping[str, Platform]:
    """Return the platforms whose token is set, by name, until the stack is left. Raises ConfigurationError.

    The terminal of `digestbot run` always is set up.
    """
    platforms = {"console": Platform(ConsoleChat(sys.stdout))}
    slack = file.section(SlackSettings, "slack")
    if slack.bot_token:
        platforms["slack"] = await _slack(stack, slack, clock)
    discord = file.section(DiscordSettings, "discord")
    if discord.token:
        platforms["discord"] = await _discord(stack, discord, clock)
    return platforms


async def _slack(stack: AsyncExitStack, settings: SlackSettings, clock: Clock) -> Platform:
    from adapters.chat.slack.chat import SlackChat  # noqa: PLC0415 - takes long to load
    from adapters.chat.slack.listener import SlackListener  # noqa: PLC0415 - likewise

    chat = await stack.enter_async_context(SlackChat(settings))
    return Platform(chat, SlackListener(settings, chat, clock).listen)


async def _discord(stack: AsyncExitStack, settings: DiscordSettings, clock: Clock) -> Platform:
    from adapters.chat.discord.chat import DiscordChat  # noqa: PLC0415 - takes long to load
    from adapters.chat.discord.listener import DiscordListener  # noqa: PLC0415 - likewise

    chat = await stack.enter_async_context(DiscordChat(settings))
    return Platform(chat, DiscordListener(settings, clock, GRAMMAR, _words).listen)


async def invite_discord(file: ConfigurationFile) -> str:
    """Return the link that invites the bot to a Discord server. Raises ConfigurationError and ChatUnavailable."""
    from adapters.chat.discord.invite import invite  # noqa: PLC0415 - takes long to load

    return await invite(file.section(DiscordSettings, "discord"))


def _words(language: str, name: str) -> str:
    return Labels(language).text(name)
