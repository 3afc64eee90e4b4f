"""Headlines, areas, and how authors mark a change as breaking."""

import pytest

from bot.digest.rules import analyse
from bot.model import BroughtCommit, PullRequest
from tests.digest.written import MIRA, change


@pytest.mark.parametrize(
    ("message", "headline", "area"),
    [
        ("feat(scheduler)!: order requests by deadline (#1412)", "order requests by deadline", "scheduler"),
        ("Fix the gauge when the tank is empty. (#9)", "Fix the gauge when the tank is empty", "engine"),
        ("[Pump] [CI] run the slow tests at night", "run the slow tests at night", "pump"),
        ("[`valves`] Open slowly (`VLV01`) (#77)", "Open slowly (`VLV01`)", "valves"),
        ("engine/pump: stop when the tank is dry", "stop when the tank is dry", "engine/pump"),
        ("pump, valve: share the timer", "share the timer", "pump"),
        ("BUG: gauge shows yesterday's level", "gauge shows yesterday's level", "engine"),
        ("gh-10234: Add a second gauge (GH-10240)", "Add a second gauge", "engine"),
        ("Fixed #33123 -- Made the pump wait", "Made the pump wait", "engine"),
        ("TANK-512: show litres [skip ci]", "show litres", "engine"),
        (":bug: stop the drip", "stop the drip", "engine"),
        ("✨ count the drips", "count the drips", "engine"),
        ("fix(泵): 修复读数错误", "修复读数错误", "泵"),
        ("FIX drips of the tank", "drips of the tank", "engine"),
        ("Fix regression: the pump stops", "Fix regression: the pump stops", "engine"),
        ("sort: keep equal tanks in order", "keep equal tanks in order", "sort"),
        ("fix: CI failure", "CI failure", "engine"),
        ("Wait for it...", "Wait for it...", "engine"),
    ],
)
def test_headline_is_the_subject_without_the_marks_around_it(message: str, headline: str, area: str) -> None:
    """A headline is the author's subject without type, scope, tags, ticket, number and full stop."""
    analysis = analyse(change(message, "src/engine/tank.py"), None)
    assert (analysis.headline, analysis.area) == (headline, area)


@pytest.mark.parametrize(
    ("message", "headline"),
    [
        ("Merge pull request #12 from mira/tank\n\nRefill the tank at night", "Refill the tank at night"),
        ("Merge PR #12: Refill the tank at night", "Refill the tank at night"),
        ("Merge branch 'night' into 'main'\n\nRefill at night\n\nSee merge request acme/tank!7", "Refill at night"),
        (
            (
                "Merge branch 'ml/night'\n\nThe tank is refilled at night, when water is cheap and nobody\n"
                "listens to the pump. It was at noon.\n\n* ml/night:\n  tank: refill at night"
            ),
            "The tank is refilled at night, when water is cheap and nobody listens to the pump",
        ),
    ],
)
def test_merge_is_named_by_what_it_brings(message: str, headline: str) -> None:
    """A merge takes its headline from the title in its body, whole even where that is wrapped."""
    assert analyse(change(message, "src/tank.c"), None).headline == headline


def test_merge_without_a_title_takes_that_of_its_only_commit() -> None:
    """A merge that says nothing is named by the one commit that it brings."""
    brought = (BroughtCommit("ab" * 20, "Refill at night", MIRA),)
    merge = change("Merge branch 'night'", "src/tank.c", brought=brought)
    assert analyse(merge, None).headline == "Refill at night"


def test_merge_takes_the_title_of_its_pull_request_where_that_is_known() -> None:
    """A merge that says nothing is named by the title that the code host knows."""
    merge = change(
        "Merge pull request #4 from mira/night", "src/tank.c", pull_request=PullRequest(4, "Refill at night")
    )
    assert analyse(merge, None).headline == "Refill at night"


def test_merge_that_says_nothing_keeps_its_subject_and_is_low() -> None:
    """A merge of which nothing is known is shown as it is, and asks for no attention."""
    analysis = analyse(change("Merge branch 'night' into main"), None)
    assert (analysis.headline, analysis.tier.value) == ("Merge branch 'night' into main", "low")
    assert "reason-merge" in [reason.id for reason in analysis.reasons if not isinstance(reason, str)]


@pytest.mark.parametrize(
    "message",
    [
        "feat!: drop the fifo flag",
        "feat(queue)!: drop the fifo flag",
        "refactor: drop the fifo flag\n\nBREAKING CHANGE: start scripts with --fifo stop",
        "[breaking] drop the fifo flag",
        "breaking(queue): drop the fifo flag",
        "Drop the fifo flag (breaking change)",
    ],
)
def test_author_marks_a_change_as_breaking(message: str) -> None:
    """Each way of marking a change as breaking makes it breaking and high, and the first reason says so."""
    analysis = analyse(change(message, "src/queue.py"), None)
    first = analysis.reasons[0]
    assert analysis.breaking
    assert analysis.tier.value == "high"
    assert not isinstance(first, str)
    assert first.id == "reason-breaking"


def test_label_marks_a_change_as_breaking() -> None:
    """A label of the pull request that says breaking makes the change breaking, and is named as the reason."""
    labelled = PullRequest(4, labels=("bug", "breaking-change"))
    analysis = analyse(change("Order by deadline", "src/queue.py", pull_request=labelled), None)
    first = analysis.reasons[0]
    assert analysis.breaking
    assert not isinstance(first, str)
    assert (first.id, dict(first.values)) == ("reason-label", {"label": "breaking-change"})


@pytest.mark.parametrize(
    "message",
    [
        "Avoid breaking the queue",
        "docs: list breaking changes",
        "Fix line breaking out of cells",
        "Add a non-breaking space",
    ],
)
def test_talk_of_breaking_does_not_make_a_change_breaking(message: str) -> None:
    """A subject that speaks of breaking without breaking anything is not breaking."""
    assert not analyse(change(message, "src/queue.py"), None).breaking
