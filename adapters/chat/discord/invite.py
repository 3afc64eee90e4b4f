"""The link that invites the bot to a server, with what it may do there, and no more."""

from discord import Permissions
from discord.utils import oauth_url

from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.discord.transport import Transport
from bot.errors import ConfigurationError

PERMISSIONS = {
    "view_channel": "see the channels that it posts to",
    "send_messages": "post digests, in channels and as posts of a forum",
    "send_messages_in_threads": "post what is beneath a digest, answer questions, and open a thread that was archived",
    "create_public_threads": "begin the thread of a digest",
    "embed_links": "show a digest as an embed",
    "attach_files": "attach the full report",
    "read_message_history": "find its own posts again when an answer of Discord was lost",
    "pin_messages": "pin what is of high importance",
}
"""What the bot's role may do, by permission, and what for."""

SCOPES = ("bot", "applications.commands")


async def invite(settings: DiscordSettings) -> str:
    """Return the invitation of the application whose token is set. Raises ConfigurationError, ChatUnavailable."""
    if settings.token is None:
        raise ConfigurationError("There is no token of a Discord application.", remedy="Set DISCORD_TOKEN.")
    transport = Transport(settings)
    try:
        application = await transport.send("GET", "/oauth2/applications/@me")
    finally:
        await transport.close()
    return invitation(int(application["id"]))


def invitation(application_id: int) -> str:
    """Return the address at which somebody who manages a server adds the bot to it."""
    permissions = Permissions(**dict.fromkeys(PERMISSIONS, True))
    return oauth_url(application_id, permissions=permissions, scopes=SCOPES)
