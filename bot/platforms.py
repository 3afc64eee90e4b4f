"""The chat platforms that are set up: how each is posted to, and how each hands over what people say."""

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from adapters.chat.console import ConsoleChat
from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.slack.settings import SlackSettings
from bot.model import Place
from bot.ports import Clock, Finding, Platform
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


async def check(file: ConfigurationFile, places: Sequence[Place]) -> AsyncIterator[Finding]:
    """Yield what is found of the platforms that are set up; `places` are the channels that are to be posted to."""
    slack, discord = file.section(SlackSettings, "slack"), file.section(DiscordSettings, "discord")
    on_slack, on_discord = ([place for place in places if place.platform == name] for name in ("slack", "discord"))
    if slack.bot_token:
        from adapters.chat.slack.checkup import check as check_slack  # noqa: PLC0415 - takes long to load

        async for finding in check_slack(slack, on_slack):
            yield finding
    elif on_slack:
        yield _without_a_token("Slack", "Set SLACK_BOT_TOKEN; see docs/slack.md.")
    if discord.token:
        from adapters.chat.discord.checkup import check as check_discord  # noqa: PLC0415 - likewise

        async for finding in check_discord(discord, on_discord):
            yield finding
    elif on_discord:
        yield _without_a_token("Discord", "Set DISCORD_TOKEN; see docs/discord.md.")


def _without_a_token(platform: str, remedy: str) -> Finding:
    return Finding(platform, f"There are channels of {platform} in the settings, and no token.", remedy)


def slack_manifest(url: str | None) -> Mapping[str, Any]:
    """Return the manifest of a Slack app, which is reached at a URL or else over a socket."""
    from adapters.chat.slack.manifest import manifest  # noqa: PLC0415 - only for this

    return manifest(url=url)


async def invite_discord(file: ConfigurationFile) -> str:
    """Return the link that invites the bot to a Discord server. Raises ConfigurationError and ChatUnavailable."""
    from adapters.chat.discord.invite import invite  # noqa: PLC0415 - takes long to load

    return await invite(file.section(DiscordSettings, "discord"))


def _words(language: str, name: str) -> str:
    return Labels(language).text(name)
