"""What is remembered of changes, on both databases."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings

from bot.model import ChangeType, PastChange
from bot.store import Retention, Store
from tests.store.support import NASTY, NOON, REPOSITORY, StoppedClock, any_noun, sha

CHANGE = PastChange(sha(1), NASTY, NOON, ChangeType.FIX, 7, ("engine/queue.py", NASTY))


async def test_changes_are_found_by_their_names(store: Store) -> None:
    """A change is found by all or the first digits of its sha and by its number, once, in its repository alone."""
    others = [replace(CHANGE, sha=f"{number}" + "a" * 39, pull_request=number) for number in (2, 3)]
    await store.past_changes.keep(REPOSITORY, [CHANGE, *others])
    await store.past_changes.keep("code.example/acme/other", [replace(CHANGE, sha="2b" * 20)])

    assert await store.past_changes.named(REPOSITORY, [sha(1), sha(1)[:9], "9"], [7]) == [CHANGE]
    assert await store.past_changes.named(REPOSITORY, ["2aaaaaa", "2aaaaab"], [3, 8, 10**12, -1]) == others
    assert await store.past_changes.named(REPOSITORY, [], []) == []


async def test_fixes_are_found_by_their_date(store: Store) -> None:
    """Fixes of a moment or later are found, those of security among them, and nothing else."""
    later = NOON + timedelta(days=1)
    secure = replace(CHANGE, sha=sha(2), committed_at=later, change_type=ChangeType.SECURITY)
    feature = replace(CHANGE, sha=sha(3), committed_at=later, change_type=ChangeType.FEATURE)
    await store.past_changes.keep(REPOSITORY, [CHANGE, secure, feature])

    assert await store.past_changes.fixes_since(REPOSITORY, NOON) == [CHANGE, secure]
    assert await store.past_changes.fixes_since(REPOSITORY, NOON + timedelta(seconds=1)) == [secure]


async def test_the_last_word_is_kept(store: Store) -> None:
    """What is kept again takes the place of what was kept, and follows its repository to another name."""
    await store.past_changes.keep(REPOSITORY, [CHANGE])
    await store.past_changes.keep(REPOSITORY, [replace(CHANGE, headline="Better words", pull_request=8)])
    await store.rename(REPOSITORY, "code.example/acme/starship")

    assert await store.past_changes.named(REPOSITORY, [sha(1)], []) == []
    (found,) = await store.past_changes.named("code.example/acme/starship", [], [8])
    assert found.headline == "Better words"


async def test_changes_are_forgotten_with_age(store: Store, clock: StoppedClock) -> None:
    """What was kept too long ago is dropped."""
    await store.past_changes.keep(REPOSITORY, [CHANGE])
    clock.moment += Retention().past_changes + timedelta(seconds=1)
    await store.prune()

    assert await store.past_changes.named(REPOSITORY, [sha(1)], []) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=any_noun(PastChange))
async def test_any_change_comes_back_as_it_was(store: Store, change: PastChange) -> None:
    """Texts of any kind, and numbers that no database has room for, come back unchanged."""
    named = replace(change, sha=sha(5), committed_at=NOON)
    await store.past_changes.keep(REPOSITORY, [named])

    assert await store.past_changes.named(REPOSITORY, [sha(5)], []) == [named]
