"""The chat platforms that are set up: how each is posted to, and how each hands over what people say."""

import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack

from adapters.chat.console import ConsoleChat
from adapters.chat.slack.settings import SlackSettings
from bot.ports import Clock, Platform
from bot.settings import ConfigurationFile

SECTIONS = frozenset({"slack"})


async def connect(stack: AsyncExitStack, file: ConfigurationFile, clock: Clock) -> Mapping[str, Platform]:
    """Return the platforms whose token is set, by name, until the stack is left. Raises ConfigurationError.

    The terminal of `digestbot run` always is set up.
    """
    platforms = {"console": Platform(ConsoleChat(sys.stdout))}
    slack = file.section(SlackSettings, "slack")
    if slack.bot_token:
        platforms["slack"] = await _slack(stack, slack, clock)
    return platforms


async def _slack(stack: AsyncExitStack, settings: SlackSettings, clock: Clock) -> Platform:
    from adapters.chat.slack.chat import SlackChat  # noqa: PLC0415 - takes long to load
    from adapters.chat.slack.listener import SlackListener  # noqa: PLC0415 - likewise

    chat = await stack.enter_async_context(SlackChat(settings))
    return Platform(chat, SlackListener(settings, chat, clock).listen)
