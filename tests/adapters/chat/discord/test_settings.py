"""The settings of Discord, and the link that invites the bot."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.chat.discord.invite import invitation, invite
from adapters.chat.discord.settings import DiscordSettings
from bot.errors import ConfigurationError
from bot.settings import ConfigurationFile
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_permissions import Permission


def read(**table: object) -> DiscordSettings:
    """Return the settings of a file with this table, and of the environment."""
    return ConfigurationFile(Path("digestbot.toml"), {"discord": table}).section(DiscordSettings, "discord")


def test_the_invitation_asks_for_what_is_needed() -> None:
    """The link names the bot, the two scopes and the permissions that the adapter uses, and no other."""
    link = urlsplit(invitation(1234))
    asked = parse_qs(link.query)
    assert (link.netloc, asked["client_id"]) == ("discord.com", ["1234"])
    assert set(asked["scope"][0].split()) == {"bot", "applications.commands"}
    needed = (
        Permission.VIEW_CHANNEL
        | Permission.SEND_MESSAGES
        | Permission.SEND_MESSAGES_IN_THREADS
        | Permission.CREATE_PUBLIC_THREADS
        | Permission.EMBED_LINKS
        | Permission.ATTACH_FILES
        | Permission.READ_MESSAGE_HISTORY
        | Permission.PIN_MESSAGES
    )
    assert int(asked["permissions"][0]) == needed


async def test_the_bot_knows_its_invitation(fake: FakeDiscord, settings: DiscordSettings) -> None:
    """With its token the bot finds out which application it is; without one there is none to invite."""
    assert f"client_id={fake.world.application.id}&" in await invite(settings)
    with pytest.raises(ConfigurationError, match="DISCORD_TOKEN"):
        await invite(settings.model_copy(update={"token": None}))


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token Discord is off; an API's URL ends without a slash, as paths begin with one."""
    monkeypatch.setenv("DISCORD_API_URL", "http://127.0.0.1:1/api/v10/")
    assert (read().token, read().api_url, read().guilds) == (None, "http://127.0.0.1:1/api/v10", ())


def test_a_call_takes_no_longer_than_the_core_waits() -> None:
    """A call is given up after thirty seconds at most."""
    with pytest.raises(ConfigurationError, match="timeout"):
        read(timeout=31)
