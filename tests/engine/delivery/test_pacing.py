"""How often a platform is called."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.engine.delivery.pacing import Pacer
from bot.model import Place
from bot.ports import Call, ChatTraits
from tests.store.support import StoppedClock

TRAITS = ChatTraits(post_interval=1.5, calls={Call.EDIT: 4, Call.ATTACH: 3})
ANYWHERE = st.builds(
    Place, st.just("chaos"), st.sampled_from("AB"), st.sampled_from("CD"), st.sampled_from([None, "1"])
)
CALLS = st.lists(st.tuples(st.sampled_from(Call), ANYWHERE, st.floats(0, 30)), max_size=40)


def most_within(moments: Sequence[datetime], seconds: float) -> int:
    """Return how many of the moments lie within so many seconds, at most."""
    span = timedelta(seconds=seconds)
    return max((sum(first <= moment < first + span for moment in moments) for first in moments), default=0)


@given(CALLS)
def test_no_limit_is_passed(calls: list[tuple[Call, Place, float]]) -> None:
    """No minute of a workspace sees more calls of a kind than declared, and no two posts of a channel are too close."""
    clock = StoppedClock()
    pacer = Pacer(TRAITS, clock)
    made = []
    for call, place, later in calls:
        made.append((call, place, clock.now() + timedelta(seconds=pacer.reserve(call, place))))
        clock.moment += timedelta(seconds=later)
    for call, most in TRAITS.calls.items():
        for workspace in "AB":
            ours = [moment for kind, place, moment in made if (kind, place.workspace) == (call, workspace)]
            assert most_within(ours, 60) <= most
    for channel in {place.channel_key for _, place, _ in made}:
        posts = [at for kind, place, at in made if kind in (Call.POST, Call.ATTACH) and place.channel_key == channel]
        assert posts == sorted(posts)
        assert most_within(posts, 1.5) <= 1


def test_nobody_waits_for_nothing() -> None:
    """What is within the limits is done at once: another channel, another workspace, a kind without a limit."""
    clock = StoppedClock()
    pacer = Pacer(TRAITS, clock)
    here, there, elsewhere = Place("chaos", "A", "C"), Place("chaos", "A", "D"), Place("chaos", "B", "C")
    assert [pacer.reserve(Call.POST, here), pacer.reserve(Call.POST, here)] == [0, 1.5]
    assert [pacer.reserve(Call.POST, there), pacer.reserve(Call.POST, elsewhere)] == [0, 0]
    assert [pacer.reserve(Call.EDIT, here) for _ in range(5)] == [0, 0, 0, 0, 60]
    assert pacer.reserve(Call.EDIT, elsewhere) == 0
    assert [pacer.reserve(Call.FIND, here) for _ in range(100)] == [0] * 100
    clock.moment += timedelta(seconds=90)
    assert [pacer.reserve(Call.POST, here), pacer.reserve(Call.EDIT, here)] == [0, 0]


def test_what_can_be_left_undone_leaves_room() -> None:
    """Progress takes half of the calls of a kind at most, so that the others find room."""
    clock = StoppedClock()
    pacer = Pacer(TRAITS, clock)
    place = Place("chaos", "A", "C")
    for _ in range(2):
        assert pacer.spare(Call.EDIT, place)
        assert pacer.reserve(Call.EDIT, place) == 0
    assert not pacer.spare(Call.EDIT, place)
    assert pacer.spare(Call.FIND, place)
    clock.moment += timedelta(seconds=61)
    assert pacer.spare(Call.EDIT, place)


def test_what_grows_never_comes_to_a_stop() -> None:
    """For as long as an answer grows it is edited: every second at first, then less often."""
    clock = StoppedClock()
    pacer = Pacer(ChatTraits(calls={Call.EDIT: 50}, edit_interval=1.0), clock)
    here = Place("chaos", "A", "C")
    edits: list[datetime] = []
    while len(edits) < 100:
        if pacer.spare(Call.EDIT, here):
            assert pacer.reserve(Call.EDIT, here) == 0
            edits.append(clock.now())
        clock.moment += timedelta(seconds=pacer.pause(Call.EDIT, here))
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(edits)]
    assert gaps[:5] == [1.0] * 5
    assert max(gaps) < 5
    assert most_within(edits, 60) <= 25
