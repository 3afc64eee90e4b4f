"""The chat platforms that are set up: how each is posted to, and how each hands over what people say."""

import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack

from adapters.chat.console import ConsoleChat
from adapters.chat.slack.settings import SlackSettings
from bot.ports import Platform
from bot.settings import ConfigurationFile

SECTIONS = frozenset({"slack"})


async def connect(stack: AsyncExitStack, file: ConfigurationFile) -> Mapping[str, Platform]:
    """Return the platforms whose token is set, by name, until the stack is left. Raises ConfigurationError.

    The terminal of `digestbot run` always is set up.
    """
    platforms = {"console": Platform(ConsoleChat(sys.stdout))}
    slack = file.section(SlackSettings, "slack")
    if slack.bot_token:
        platforms["slack"] = await _slack(stack, slack)
    return platforms


async def _slack(stack: AsyncExitStack, settings: SlackSettings) -> Platform:
    from adapters.chat.slack.chat import SlackChat  # noqa: PLC0415 - takes long to load

    return Platform(await stack.enter_async_context(SlackChat(settings)))
