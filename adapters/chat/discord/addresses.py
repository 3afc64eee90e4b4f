"""Where discord.py finds Discord. It keeps the addresses as attributes of classes: one Discord a process."""

from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from adapters.chat.discord.settings import DiscordSettings


def lead(settings: DiscordSettings) -> None:
    """Lead discord.py to the Discord of the settings."""
    Route.BASE = settings.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.gateway_url)
