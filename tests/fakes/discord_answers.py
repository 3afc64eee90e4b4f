"""What the fake Discord answers with, and the errors that its parts share, numbered and worded as Discord's."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

FormErrors = Mapping[str, tuple[str, str]]
"""What is wrong with a form: a path ("embeds.0.title") to a code and a sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body is sent as it is (bytes), as JSON (anything else), or not at all (None)."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def payload(self) -> bytes:
        """The body in bytes."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()

    @property
    def content_type(self) -> str:
        """The type of the body: discord.py takes for JSON only what says so exactly."""
        return self.headers.get("content-type", "application/json")

    def with_headers(self, headers: Mapping[str, str]) -> "Answer":
        """Return the same answer with more headers; its own win."""
        return replace(self, headers={**headers, **self.headers})


class Refusal(Exception):
    """Raised where a request cannot be served, with the answer that says so."""

    def __init__(self, answer: Answer) -> None:
        """Keep the answer."""
        super().__init__(answer.status, answer.body)
        self.answer = answer


_ERRORS = {
    0: (404, "404: Not Found"),
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30003: (400, "Maximum number of pins reached for the channel (250)"),
    30032: (400, "Maximum number of application commands reached (100)"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50019: (403, "A message can only be pinned to the channel in which it was sent"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "Thread is locked"),
}


def error(code: int) -> Answer:
    """Return the error of a number."""
    status, message = _ERRORS[code]
    return Answer(status, {"message": message, "code": code})


def refuse(code: int) -> Refusal:
    """Return the refusal that says an error."""
    return Refusal(error(code))


def unauthorized() -> Answer:
    """Return what is said of a token that is wrong or missing."""
    return Answer(401, {"message": "401: Unauthorized", "code": 0})


def method_not_allowed() -> Answer:
    """Return what is said of a known path that does not know the method."""
    return Answer(405, {"message": "405: Method Not Allowed", "code": 0})


def invalid_form(errors: FormErrors) -> Answer:
    """Return what is said of a form, with each error at its path."""
    tree: dict[str, Any] = {}
    for path, (code, message) in errors.items():
        node = tree
        for step in path.split("."):
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})
    return Answer(400, {"message": "Invalid Form Body", "code": 50035, "errors": tree})


def too_long(limit: int) -> tuple[str, str]:
    """Return the error of a text or a list that has more than so many."""
    return "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length."


def bad_length(least: int, most: int) -> tuple[str, str]:
    """Return the error of a text or a list whose length is out of bounds on either side."""
    return "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length."


def required() -> tuple[str, str]:
    """Return the error of a field that is missing."""
    return "BASE_TYPE_REQUIRED", "This field is required"


def not_a_choice(choices: Sequence[object]) -> tuple[str, str]:
    """Return the error of a value that is not among those that are known."""
    return "BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(map(repr, choices))}}}."


def limited(retry_after: float, *, everywhere: bool = False, scope: str = "user") -> Answer:
    """Return what is said when requests come too fast: seconds to wait, for one route or for all."""
    body = {"message": "You are being rate limited.", "retry_after": round(retry_after, 3), "global": everywhere}
    headers = {"retry-after": str(max(1, round(retry_after))), "x-ratelimit-scope": scope, "via": "1.1 google"}
    return Answer(429, body, headers | ({"x-ratelimit-global": "true"} if everywhere else {}))


def banned() -> Answer:
    """Return what the guard in front of Discord says to an address with too many invalid requests."""
    return Answer(429, b"error code: 1015", {"content-type": "text/plain; charset=UTF-8", "retry-after": "600"})


def server_error(status: int = 500) -> Answer:
    """Return what is said when a server fails: as JSON by the API itself (500), as a page by what is in front of it."""
    if status == 500:
        return Answer(500, {"message": "500: Internal Server Error", "code": 0})
    page = f"<html><head><title>{status}</title></head><body>upstream connect error</body></html>"
    return Answer(status, page.encode(), {"content-type": "text/html"})
