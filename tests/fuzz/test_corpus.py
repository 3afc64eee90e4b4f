"""The corpus: whatever was once found holds, and each target holds for a first few examples."""

import pytest

from tests.fuzz.fuzzing import checked, fuzz
from tests.fuzz.keeping import CORPUS, Kept, kept
from tests.fuzz.target import Target, targets

_TARGETS = list(targets().values())
_KEPT = [(target, each) for target in _TARGETS for each in kept(target.name)]


@pytest.mark.parametrize(("target", "each"), _KEPT, ids=[f"{target.name}/{each.path.stem}" for target, each in _KEPT])
def test_what_was_found_holds(target: Target, each: Kept) -> None:
    """An input of the corpus does what its target states."""
    checked(target, each.value)


@pytest.mark.parametrize("target", _TARGETS, ids=[target.name for target in _TARGETS])
def test_a_first_round(target: Target) -> None:
    """The first examples of each target, the same every time, do what it states."""
    outcome = fuzz(target, 0, first_seed=1, examples_a_round=30)
    assert outcome.finding is None


def test_nothing_is_kept_for_nobody() -> None:
    """Each folder of the corpus belongs to a target."""
    assert {folder.name for folder in CORPUS.iterdir()} <= {target.name for target in _TARGETS}
