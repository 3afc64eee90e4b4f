"""The harness itself: it finds, keeps what it found, and finds it again in what it kept."""

import time
from pathlib import Path

import pytest
from hypothesis import strategies as st

from tests.fuzz.fuzzing import TooSlow, checked, fuzz
from tests.fuzz.inputs import edited
from tests.fuzz.keeping import keep, kept
from tests.fuzz.target import Target


def refuses_dots(value: bytes) -> None:
    """Fail for a text with two dots."""
    if b".." in value:
        raise LookupError("two dots")


DOTS = Target("dots", edited((b"a.b", b"c"), st.sampled_from((b".", b"x"))), refuses_dots)


def test_a_finding_is_small_and_kept(tmp_path: Path) -> None:
    """The smallest input is found, is written as it is, and fails again when it is read."""
    outcome = fuzz(DOTS, 60, first_seed=1)
    assert outcome.finding
    assert len(outcome.finding.value) <= len(b"a.b..")
    assert isinstance(outcome.finding.error, LookupError)
    keep("dots", outcome.finding.value, "two dots", tmp_path)
    (again,) = kept("dots", tmp_path)
    assert (again.value, again.note) == (outcome.finding.value, "two dots")
    with pytest.raises(LookupError):
        checked(DOTS, again.value)


@pytest.mark.parametrize(
    "value",
    ["\ud800 \x00 é 日", b"\x00\xff", [1, [b"x", None], {"a": {"b": 1.5}}], {"bytes as latin-1": "x", "other": True}],
)
def test_any_input_is_kept_as_it_is(value: object, tmp_path: Path) -> None:
    """Text with half characters, bytes, and values within values come back unchanged."""
    keep("any", value, "any", tmp_path)
    assert [each.value for each in kept("any", tmp_path)] == [value]


def test_an_input_that_takes_long_is_a_finding() -> None:
    """It is the time of the processor that counts, so that a busy machine finds nothing."""

    def works(_: int) -> None:
        begun = time.process_time()
        while time.process_time() - begun < 0.02:
            pass

    target = Target("slow", st.integers(), works)
    with pytest.raises(TooSlow):
        checked(target, 1, longest=0.01)
    outcome = fuzz(target, 60, first_seed=1, longest=0.01)
    assert outcome.finding
    assert isinstance(outcome.finding.error, TooSlow)
