"""What GitHub's refusals mean, and what is tried again."""

from datetime import UTC, datetime
from importlib import import_module

import github
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.source.github.failures import Failure, Kind, failure_of_answer, pause_before_retry

RESET = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1768482300"}
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (401, {}, {"message": "Bad credentials"}, Kind.UNAUTHORISED),
        (403, {}, {"message": "Resource not accessible by personal access token"}, Kind.FORBIDDEN),
        (403, {"x-ratelimit-remaining": "41"}, {"message": "Must have admin rights"}, Kind.FORBIDDEN),
        (403, {}, {"message": "Repository access blocked", "block": {"reason": "tos"}}, Kind.BLOCKED),
        (403, RESET, {"message": "API rate limit exceeded for 127.0.0.1."}, Kind.LIMITED),
        (429, RESET, {"message": "API rate limit exceeded"}, Kind.LIMITED),
        (403, {"retry-after": "30"}, SECONDARY, Kind.SLOW_DOWN),
        (403, RESET, SECONDARY, Kind.SLOW_DOWN),
        (429, {}, None, Kind.SLOW_DOWN),
        (404, {}, {"message": "Not Found"}, Kind.MISSING),
        (410, {}, {"message": "Gone"}, Kind.MISSING),
        (451, {}, {"message": "Repository access blocked"}, Kind.BLOCKED),
        (422, {}, {"message": "Validation Failed"}, Kind.REFUSED),
        (500, {}, {"data": "<html>"}, Kind.UNAVAILABLE),
        (502, {}, "text", Kind.UNAVAILABLE),
    ],
)
def test_kinds(status: int, headers: dict[str, str], body: object, kind: Kind) -> None:
    """Status, headers and body together say how a request failed."""
    assert failure_of_answer(status, headers, body).kind is kind


def test_when_a_limit_ends() -> None:
    """A used up quota comes with the moment of its reset, a secondary limit with the seconds to wait, or a minute."""
    assert failure_of_answer(403, RESET, {}).resets_at == datetime(2026, 1, 15, 13, 5, tzinfo=UTC)
    assert failure_of_answer(429, {"retry-after": "30"}, {}).retry_after == 30
    assert failure_of_answer(429, {"retry-after": "soon"}, {}).retry_after == 60
    assert failure_of_answer(403, {}, SECONDARY).retry_after == 60


@given(st.integers(400, 599), st.dictionaries(st.sampled_from([*RESET, "retry-after"]), st.text()), st.text())
def test_any_refusal(status: int, headers: dict[str, str], message: str) -> None:
    """Whatever the headers and the message hold, a refusal is a failure and no fault of ours."""
    assert failure_of_answer(status, headers, {"message": message}).kind in Kind


@given(st.integers(1, 20), st.floats(0, 1))
def test_pauses_grow_to_a_limit(attempt: int, chance: float) -> None:
    """Pauses after server errors double, vary by half of themselves, and never exceed eight seconds."""
    pause = pause_before_retry(Failure(Kind.UNAVAILABLE), attempt, 0, 60, chance)
    assert pause is not None
    assert min(8, 0.5 * 2 ** (attempt - 1)) / 2 <= pause <= min(8, 0.5 * 2 ** (attempt - 1))


def test_patience_is_bounded() -> None:
    """A secondary limit is waited for while all waits together stay within the longest wait, a quota never."""
    slow = Failure(Kind.SLOW_DOWN, retry_after=40)
    assert pause_before_retry(slow, 1, 0, 60, 0.5) == 40
    assert pause_before_retry(slow, 2, 40, 60, 0.5) is None
    assert pause_before_retry(Failure(Kind.LIMITED), 1, 0, 60, 0.5) is None


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.UNAVAILABLE, Kind.SLOW_DOWN}))
def test_final_failures(kind: Kind) -> None:
    """What will not go away by itself is not tried again."""
    assert pause_before_retry(Failure(kind), 1, 0, 60, 0.5) is None


def test_every_error_of_pygithub_is_translated() -> None:
    """All errors of PyGithub are of the class that the transport translates, but one that only typed objects raise."""
    module = vars(import_module("github.GithubException"))
    errors = [each for each in module.values() if isinstance(each, type) and issubclass(each, Exception)]
    strangers = {each for each in errors if not issubclass(each, github.GithubException)}
    assert strangers == {github.BadAttributeException}
