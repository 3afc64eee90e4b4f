"""What can go wrong when GitHub is asked, what is worth another attempt, and how it is said. Pure.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api and
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api are the source of the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, auto

_PATIENCE = 60.0
"""Seconds to wait for after a secondary limit that does not say: GitHub asks for a minute at least."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0


class Kind(StrEnum):
    """How a request failed."""

    UNAVAILABLE = auto()  # no answer, an answer of the servers in front, or one that is cut off
    SLOW_DOWN = auto()  # a secondary limit: it passes within minutes
    LIMITED = auto()  # the quota of the hour is used up
    UNAUTHORISED = auto()  # the credential is wrong, revoked or expired
    FORBIDDEN = auto()  # the credential is good, but not for this
    MISSING = auto()  # there is no such thing, or it may not be known of
    BLOCKED = auto()  # nobody may see it: a takedown, or a breach of the terms
    REFUSED = auto()  # the request itself is not accepted
    MISDIRECTED = auto()  # GitHub leads elsewhere than to its own API


@dataclass(frozen=True, slots=True)
class Failure:
    """How a request failed; `retry_after` is in seconds and `resets_at` in UTC, both None where GitHub did not say."""

    kind: Kind
    retry_after: float | None = None
    resets_at: datetime | None = None


class RequestFailed(Exception):
    """A request that has no usable answer, and how it failed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind)
        self.failure = failure

    @classmethod
    def because(cls, kind: Kind) -> "RequestFailed":
        """Return the failure of a kind that comes with nothing else."""
        return cls(Failure(kind))


def failure_of_answer(status: int, headers: Mapping[str, str], body: object) -> Failure:
    """Return what an answer of 400 and above means; the names of headers are in lower case."""
    if status in (403, 429):
        return _failure_of_refusal(status, headers, body)
    if status >= 500:
        return Failure(Kind.UNAVAILABLE)
    kinds = {401: Kind.UNAUTHORISED, 404: Kind.MISSING, 410: Kind.MISSING, 451: Kind.BLOCKED}
    return Failure(kinds.get(status, Kind.REFUSED))


def _failure_of_refusal(status: int, headers: Mapping[str, str], body: object) -> Failure:
    said = body if isinstance(body, Mapping) else {}
    message = str(said.get("message") or "").lower()
    if "retry-after" in headers:
        return Failure(Kind.SLOW_DOWN, retry_after=_number(headers["retry-after"]) or _PATIENCE)
    if headers.get("x-ratelimit-remaining") == "0" and "secondary" not in message:
        return Failure(Kind.LIMITED, resets_at=reset_of(headers))
    if status == 429 or "rate limit" in message:
        return Failure(Kind.SLOW_DOWN, retry_after=_PATIENCE)
    return Failure(Kind.BLOCKED if "block" in said else Kind.FORBIDDEN)


def reset_of(headers: Mapping[str, str]) -> datetime | None:
    """Return when a quota is full again, by the header that says so."""
    seconds = _number(headers.get("x-ratelimit-reset", ""))
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _number(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 11 else None


def pause_before_retry(
    failure: Failure, attempt: int, waited: float, longest_wait: float, chance: float
) -> float | None:
    """Return how many seconds to wait before the next attempt, or None if there is to be none.

    `attempt` counts from 1, `waited` is what this request has waited for already because GitHub asked for it, and
    `chance` (0 to 1) spreads those who failed together. The quota of the hour is never waited for.
    """
    if failure.kind is Kind.UNAVAILABLE:
        return float(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1)) * (0.5 + chance / 2))
    if failure.kind is Kind.SLOW_DOWN:
        pause = failure.retry_after or _PATIENCE
        return pause if waited + pause <= longest_wait else None
    return None
