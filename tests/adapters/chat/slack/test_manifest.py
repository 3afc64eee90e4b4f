"""The app manifest and the settings of Slack."""

from pathlib import Path

import pytest

from adapters.chat.slack.manifest import EVENTS, SCOPES, manifest
from adapters.chat.slack.settings import SlackSettings
from bot.errors import ConfigurationError
from bot.settings import ConfigurationFile

# What each event and feature takes, by Slack's reference of scopes.
NEEDED = {
    "app_mention": {"app_mentions:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
}
FEATURES = {"commands", "chat:write", "pins:write", "files:write", "users:read", "channels:read", "groups:read"}


def read(**table: object) -> SlackSettings:
    """Return the settings of a file with this table, and of the environment."""
    return ConfigurationFile(Path("digestbot.toml"), {"slack": table}).section(SlackSettings, "slack")


def test_the_manifest_asks_for_what_is_needed() -> None:
    """The scopes are those that the events and features need, and no other."""
    made = manifest()
    scopes = set(made["oauth_config"]["scopes"]["bot"])
    assert scopes == set(SCOPES) == FEATURES.union(*(NEEDED[event] for event in EVENTS))
    assert set(made["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)


def test_a_socket_needs_no_address() -> None:
    """Over a socket the manifest names no address; over HTTP each request goes to the one that was given."""
    assert manifest()["settings"]["socket_mode_enabled"]
    assert "http" not in str(manifest())
    url = "https://digest.example.org/slack/events"
    made = manifest(url=url)
    assert not made["settings"]["socket_mode_enabled"]
    assert made["features"]["slash_commands"][0]["url"] == url
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["interactivity"]["request_url"] == url


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token Slack is off; an API's URL is completed by its slash."""
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api")
    assert (read().bot_token, read().api_url) == (None, "http://127.0.0.1:1/api/")


@pytest.mark.parametrize(("mode", "missing"), [("socket", "SLACK_APP_TOKEN"), ("http", "SLACK_SIGNING_SECRET")])
def test_each_mode_names_what_it_lacks(mode: str, missing: str) -> None:
    """A bot token alone is not enough, and the error says which secret is missing."""
    with pytest.raises(ConfigurationError, match=missing):
        read(bot_token="xoxb-1", mode=mode)  # noqa: S106 - no token of anybody
