"""What Discord's answers mean: the one place where its errors become ours.

The codes are those of https://discord.com/developers/docs/topics/opcodes-and-status-codes#json.
"""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import aiohttp

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

_PATIENCE = 30.0
"""Seconds to wait after a 429 that does not say for how long."""
_LONGEST_PATIENCE = 86_400.0

ARCHIVED = 50083
HAS_THREAD = 160004
NO_THREADS_HERE = 50024

_VIEW = "Let the bot's role view the channel (View Channel)."
_PLACES = {
    10003: ("The channel or thread is gone.", "Ask for the digest in another channel."),
    10004: ("The bot is not on that server.", "Invite it again: digestbot discord invite."),
    50001: ("Discord does not show that channel to the bot.", _VIEW),
    50008: ("Nothing can be posted to a channel of that kind.", "Use a text channel or a forum."),
    ARCHIVED: ("The thread is archived.", "Open it again."),
}
_RIGHTS = {
    50019: ("Discord lets a message be pinned only where it was sent.", "Pin it by hand."),
    50021: ("Discord does not let that be done to a message of its own.", "Do it by hand."),
    160005: ("The thread is locked.", "Unlock it, or let the bot's role manage threads (Manage Threads)."),
    40067: ("The forum asks for a tag.", "Make a tag, or name it in the setting forum_tags."),
    160006: ("The server has as many open threads as Discord allows.", "Close some of them."),
}
_GONE = frozenset({10008, 50005})
_TOO_LONG = frozenset({40005})
_LENGTHS = ("_MAX_LENGTH", "_BAD_LENGTH", "MAX_EMBED_SIZE_EXCEEDED")
"""Endings of the codes by which a form is too long."""

# What each request takes; a thread has a permission of its own (https://discord.com/developers/docs/topics/permissions).
_SEND = "Send Messages, Send Messages in Threads, Embed Links and Attach Files"
_PERMISSIONS = {
    "POST /channels/{channel_id}/messages": _SEND,
    "PATCH /channels/{channel_id}/messages/{message_id}": _SEND,
    "GET /channels/{channel_id}/messages": "Read Message History",
    "GET /channels/{channel_id}/messages/{message_id}": "Read Message History",
    "GET /channels/{channel_id}/threads/archived/public": "Read Message History",
    "POST /channels/{channel_id}/messages/{message_id}/threads": "Create Public Threads",
    "POST /channels/{channel_id}/threads": "Send Messages and Embed Links",
    "PUT /channels/{channel_id}/messages/pins/{message_id}": "Pin Messages",
    "DELETE /channels/{channel_id}/messages/pins/{message_id}": "Pin Messages",
    "PATCH /channels/{channel_id}": "Send Messages in Threads, and where it is locked Manage Threads",
}


class Refused(Exception):
    """Discord answered with something else than success."""

    def __init__(self, status: int, headers: Mapping[str, str], body: Mapping[str, Any] | str) -> None:
        """Keep the answer; a body that is no object says nothing."""
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.body: Mapping[str, Any] = body if isinstance(body, dict) else {}

    @property
    def code(self) -> int:
        """The number that Discord calls the error by; 0 if it has none."""
        code = self.body.get("code")
        return code if isinstance(code, int) else 0


@contextmanager
def translated(method: str, path: str) -> Iterator[None]:
    """Raise our error in place of whatever aiohttp and the transport raise while a request is sent.

    A refusal whose code a caller may expect is the `cause` of its error. What was only asked has had no effect.
    """
    request = f"{method} {path}"
    try:
        yield
    except Refused as refused:
        raise _error_of_answer(request, refused) from refused
    except (aiohttp.ClientConnectorError, aiohttp.ClientSSLError):
        raise ChatUnavailable("Discord cannot be reached.", unknown=False, remedy="Try again later.") from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        message = f"Discord did not answer {request}."
        raise ChatUnavailable(message, unknown=method != "GET", remedy="Try again later.") from None


def code_of(error: DigestbotError) -> int:
    """Return the number by which Discord called the error that became one of ours; 0 if it has none."""
    return error.__cause__.code if isinstance(error.__cause__, Refused) else 0


def _error_of_answer(request: str, refused: Refused) -> DigestbotError:
    status, code = refused.status, refused.code
    if status == 429:
        wait = timedelta(seconds=_seconds(refused))
        return ChatUnavailable(f"Discord asks to slow down ({request}).", unknown=False, retry_after=wait)
    if status >= 500:
        unknown = not request.startswith("GET ")
        return ChatUnavailable(f"Discord fails ({request}: {status}).", unknown=unknown, remedy="Try again later.")
    if status == 401:
        return CredentialRefused("Discord does not know the bot's token.", remedy="Set DISCORD_TOKEN to a new one.")
    return _final(request, code, refused)


def _final(request: str, code: int, refused: Refused) -> DigestbotError:
    if code in _PLACES:
        sentence, remedy = _PLACES[code]
        return PlaceGone(sentence, remedy=remedy)
    if code in _RIGHTS:
        sentence, remedy = _RIGHTS[code]
        return NotAllowed(sentence, remedy=remedy)
    if code == 30003:
        return TooManyPins("The channel or thread has as many pins as Discord allows.", remedy="Unpin some of them.")
    if code in _TOO_LONG or (code == 50035 and _is_too_long(refused.body.get("errors"))):
        return MessageTooLong(f"Discord finds the message too long ({code}).")
    if code == 50013 or (refused.status == 403 and code not in _GONE):
        needed = _PERMISSIONS.get(request, "the permissions of the invitation")
        remedy = f"Allow it to the bot's role in that channel: {needed}."
        return NotAllowed("The bot lacks a permission in that channel.", remedy=remedy)
    kind = PostGone if code in _GONE else ChatError
    return kind(f"Discord does not take {request}: {_excerpt(refused)}.")


def _is_too_long(errors: object) -> bool:
    """Tell whether all that is wrong with a form is how long something is."""
    codes = list(_codes(errors))
    return bool(codes) and all(code.endswith(_LENGTHS) for code in codes)


def _codes(errors: object) -> Iterator[str]:
    if isinstance(errors, dict):
        for name, inner in errors.items():
            if name == "_errors" and isinstance(inner, list):
                yield from (str(each.get("code")) for each in inner if isinstance(each, dict))
            else:
                yield from _codes(inner)


def _seconds(refused: Refused) -> float:
    for value in (refused.body.get("retry_after"), refused.headers.get("Retry-After")):
        try:
            seconds = float(value or "")
        except (TypeError, ValueError):
            continue
        if 0 <= seconds < math.inf:
            return min(seconds, _LONGEST_PATIENCE)
    return _PATIENCE


def _excerpt(refused: Refused) -> str:
    said = f"{refused.code or refused.status} {refused.body.get('message', '')}"
    if errors := refused.body.get("errors"):
        said += f" {json.dumps(errors)}"
    return " ".join(visible(said).split())[:200]
