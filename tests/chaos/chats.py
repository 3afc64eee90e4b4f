"""The adapters that the harness delivers through, by the names of the platforms."""

from contextlib import AbstractAsyncContextManager

from bot.ports import Chat
from tests.chaos.chat import ChaosChat

CHATS = ("plain", "slack", "discord")


def opened(chat: str, url: str, token: str, factor: float) -> AbstractAsyncContextManager[Chat]:
    """Return the adapter, open while it is entered; it waits for an answer for 30 s of a clock so much faster."""
    # A process that is killed and started all the time is not to load what it does not use.
    if chat == "slack":
        from adapters.chat.slack.chat import SlackChat  # noqa: PLC0415 - see above
        from adapters.chat.slack.settings import SlackSettings  # noqa: PLC0415 - see above

        # The other token is for listening, which nobody does here.
        given = {"bot_token": token, "app_token": token, "api_url": url, "timeout": max(1, round(30 / factor))}
        return SlackChat(SlackSettings.model_validate(given))
    if chat == "discord":
        from adapters.chat.discord.chat import DiscordChat  # noqa: PLC0415 - see above
        from adapters.chat.discord.settings import DiscordSettings  # noqa: PLC0415 - see above

        given = {"token": token, "api_url": url, "timeout": min(30.0, 30 / factor)}
        return DiscordChat(DiscordSettings.model_validate(given))
    return ChaosChat.opened(url, patience=30 / factor)
