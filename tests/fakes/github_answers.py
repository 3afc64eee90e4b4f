"""What the fake GitHub answers with, and the errors that several of its parts share."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

_DOCUMENTATION = "https://docs.github.com/rest"
_ABOUT_LIMITS = f"{_DOCUMENTATION}/using-the-rest-api/rate-limits-for-the-rest-api"


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
        """The type of the body: the headers say it, or it is JSON."""
        return self.headers.get("content-type", "application/json; charset=utf-8")

    def with_headers(self, headers: Mapping[str, str]) -> "Answer":
        """Return the same answer with more headers; its own win."""
        return replace(self, headers={**headers, **self.headers})


class Refusal(Exception):
    """Raised where a request cannot be served, with the answer that says so."""

    def __init__(self, answer: Answer) -> None:
        """Keep the answer."""
        super().__init__(answer.status)
        self.answer = answer


def error(status: int, message: str, *, documentation: str = _DOCUMENTATION, **headers: str) -> Answer:
    """Return an error as the API words it; header names are given with underscores."""
    body = {"message": message, "documentation_url": documentation, "status": str(status)}
    return Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def not_found() -> Answer:
    """Return what is said of a missing repository, and of one that may not be seen."""
    return error(404, "Not Found")


def bad_credentials() -> Answer:
    """Return what is said of a token that is wrong, revoked or expired."""
    return error(401, "Bad credentials")


def blocked(reason: str = "dmca") -> Answer:
    """Return what is said of a repository whose content may not be shown."""
    block = {"reason": reason, "created_at": "2025-06-01T00:00:00Z", "html_url": f"https://github.com/github/{reason}"}
    return Answer(451, {"message": "Repository access blocked", "block": block})


def primary_limit(who: str, headers: Mapping[str, str]) -> Answer:
    """Return what is said when a quota is used up; the headers are those of the quota."""
    answer = error(403, f"API rate limit exceeded for {who}.", documentation=f"{_ABOUT_LIMITS}#primary-rate-limits")
    return answer.with_headers(headers)


def secondary_limit(retry_after: int | None = 60, status: int = 403) -> Answer:
    """Return what is said when requests come too fast: the status is 403 or 429, Retry-After may be missing."""
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    answer = error(status, message, documentation=f"{_ABOUT_LIMITS}#about-secondary-rate-limits")
    return answer if retry_after is None else answer.with_headers({"retry-after": str(retry_after)})


def server_error(status: int = 500) -> Answer:
    """Return what is said when a server fails: as JSON by the API itself, as a page by what is in front of it (502)."""
    if status in (500, 503):
        return error(status, "Server Error")
    page = b"<html><head><title>Unicorn!</title></head><body><p>We had issues producing the response.</p></body></html>"
    return Answer(status, page, {"content-type": "text/html; charset=utf-8"})
