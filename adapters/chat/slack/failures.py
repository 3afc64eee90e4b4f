"""What Slack's answers mean: the one place where its errors become ours.

The codes are those of the methods' pages (https://docs.slack.dev/reference/methods) and of
https://docs.slack.dev/apis/web-api/rate-limits.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import (
    ChatError,
    ChatUnavailable,
    CredentialRefused,
    DigestbotError,
    MessageTooLong,
    NotAllowed,
    PlaceGone,
    PostGone,
    TooManyPins,
)
from bot.present.characters import visible

_PATIENCE = 30
"""Seconds to wait after a 429 that does not say for how long."""

_REINSTALL = "Install the app to the workspace again, and set SLACK_BOT_TOKEN to its bot token."
_INVITE = "Write /invite @digestbot in that channel."

_CREDENTIALS = {
    "invalid_auth": "Slack does not know the bot's token.",
    "not_authed": "Slack was sent no token.",
    "token_revoked": "The bot's token was revoked.",
    "token_expired": "The bot's token has expired.",
    "account_inactive": "The app was removed from the workspace.",
    "not_allowed_token_type": "SLACK_BOT_TOKEN is not the token of a bot.",
    "app_not_installed": "The app is not installed to the workspace.",
}
_PLACES = {
    "channel_not_found": ("Slack does not show that channel to the bot.", _INVITE),
    "not_in_channel": ("The bot is not in that channel.", _INVITE),
    "is_archived": ("The channel is archived.", "Unarchive it, or unsubscribe it."),
    "thread_not_found": ("The thread is gone.", "Ask for the digest again."),
    "method_not_supported_for_channel_type": ("Slack does not let bots do this there.", "Use another channel."),
}
_RIGHTS = {
    "no_permission": ("Slack does not let the bot do this in that channel.", _INVITE),
    "restricted_action": ("The workspace does not allow this.", "Ask an administrator to allow it to the app."),
    "restricted_action_read_only_channel": ("Few people may post there.", "Ask an administrator to let the app."),
    "restricted_action_thread_only_channel": ("Only threads may be posted to there.", "Use another channel."),
    "not_allowed": ("The workspace does not allow this.", "Ask an administrator to allow it to the app."),
    "access_denied": ("Slack denies the bot access.", "Ask an administrator to allow it to the app."),
    "not_pinnable": ("Slack does not let that message be pinned.", "Pin it by hand."),
    "ekm_access_denied": ("An administrator has suspended posting there.", "Ask an administrator."),
}
_GONE = frozenset(
    {"message_not_found", "cant_update_message", "cant_delete_message", "edit_window_closed"}
) | frozenset({"file_not_found", "file_deleted", "bad_timestamp"})
_TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long"})
_FAILING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "timeout"}
)


@contextmanager
def translated(method: str) -> Iterator[None]:
    """Raise our error in place of whatever slack-sdk and aiohttp raise while a method is called."""
    try:
        yield
    except SlackApiError as error:
        raise _error_of_answer(method, error) from None
    except (aiohttp.ClientConnectorError, aiohttp.ClientSSLError):
        raise ChatUnavailable("Slack cannot be reached.", unknown=False, remedy="Try again later.") from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        message = f"Slack did not answer {method}."
        raise ChatUnavailable(message, unknown=True, remedy="Try again later.") from None
    except SlackClientError as error:
        raise ChatError(f"slack-sdk does not send {method}: {_excerpt(str(error))}.") from None


def code_of(error: SlackApiError) -> str:
    """Return the code that Slack calls an error by; empty if the answer has none."""
    code = error.response.get("error") if hasattr(error.response, "get") else None
    return code if isinstance(code, str) else ""


def _error_of_answer(method: str, error: SlackApiError) -> DigestbotError:
    response = error.response
    status: int = getattr(response, "status_code", None) or getattr(response, "status", None) or 0
    code = code_of(error)
    if status == 429 or code in ("ratelimited", "rate_limited"):
        wait = timedelta(seconds=_seconds(getattr(response, "headers", {})))
        return ChatUnavailable(f"Slack asks to slow down ({method}).", unknown=False, retry_after=wait)
    if status >= 500 or not code or code in _FAILING:
        return ChatUnavailable(f"Slack fails ({method}: {code or status}).", unknown=True, remedy="Try again later.")
    return _final(method, code, response)


def _final(method: str, code: str, response: object) -> DigestbotError:
    if code in _CREDENTIALS:
        return CredentialRefused(_CREDENTIALS[code], remedy=_REINSTALL)
    if code in _PLACES:
        sentence, remedy = _PLACES[code]
        return PlaceGone(sentence, remedy=remedy)
    if code in _RIGHTS:
        sentence, remedy = _RIGHTS[code]
        return NotAllowed(sentence, remedy=remedy)
    if code == "missing_scope":
        needed = response.get("needed", "") if hasattr(response, "get") else ""
        message = f"The app lacks the scope {_excerpt(str(needed))}, which {method} takes."
        return NotAllowed(message, remedy="Add it to the app, and install it to the workspace again.")
    if code == "too_many_pins":
        return TooManyPins("The channel has as many pins as Slack allows.", remedy="Unpin some of them.")
    if code in _TOO_LONG:
        return MessageTooLong(f"Slack finds the message too long ({code}).")
    kind = PostGone if code in _GONE else ChatError
    return kind(f"Slack does not take {method}: {_excerpt(code)}.")


def _seconds(headers: Mapping[str, str]) -> int:
    value = headers.get("Retry-After") or headers.get("retry-after") or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else _PATIENCE


def _excerpt(text: str) -> str:
    return " ".join(visible(text).split())[:120]
