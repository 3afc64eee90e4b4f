"""The app manifest: what a Slack workspace has to allow, and no more (https://docs.slack.dev/reference/app-manifest)."""

from typing import Any

SCOPES = {
    "app_mentions:read": "be asked by mention",
    "channels:history": "read the questions in its threads, and find its own posts again, in public channels",
    "channels:read": "know a public channel, and whether it is a member",
    "chat:write": "post digests and answers",
    "commands": "be asked with /digest",
    "files:write": "attach the full report",
    "groups:history": "the same as channels:history in private channels",
    "groups:read": "the same as channels:read in private channels",
    "im:history": "be asked in a direct message",
    "pins:write": "pin what is of high importance",
    "users:read": "know the time zone and the language of who asks",
}
"""What the bot's token may do, by scope, and what for."""

EVENTS = ("app_mention", "message.channels", "message.groups", "message.im")
"""What Slack tells the bot of."""

COMMAND = "/digest"


def manifest(name: str = "digestbot", url: str | None = None) -> dict[str, Any]:
    """Return the manifest of an app of this name: over a socket, or over HTTP at the URL at which Slack reaches it."""
    address = {"url": url} if url else {}
    request = {"request_url": url} if url else {}
    return {
        "display_information": {
            "name": name,
            "description": "Ranked digests of a repository's work",
            "background_color": "#1f2937",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "Post the ranked changes of a repository",
                    "usage_hint": "sglang today",
                    "should_escape": False,
                    **address,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }
