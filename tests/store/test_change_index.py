"""Changes by their words, on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from bot.lexemes import terms
from bot.model import ChangeType, Tier
from bot.ports import IndexedChange
from bot.store import Retention, Store
from bot.store.change_index import MOST_BROUGHT
from tests.store.support import NASTY, NOON, REPOSITORY, StoppedClock, any_noun, sha

OTHER = "code.example/acme/other"
CHANGE = IndexedChange(
    sha=sha(1),
    committed_at=NOON,
    subject="Add order_by_deadline and --fifo to /v1/fuel",
    body="Closes #1412. 修复调度器死锁。",
    change_type=ChangeType.FEATURE,
    tier=Tier.HIGH,
    headline="Requests are ordered by deadline",
    pull_request=1500,
    paths=("engine/queue.py",),
    authors=("Ada Lovelace",),
)


def numbered(number: int, subject: str) -> IndexedChange:
    """Return the n-th change, which landed n hours after noon."""
    bare = IndexedChange(sha(number), NOON, "", "", ChangeType.FIX, Tier.LOW, "")
    return replace(bare, subject=subject, committed_at=NOON + timedelta(hours=number))


async def found(store: Store, text: str, repositories: Sequence[str] = (REPOSITORY,)) -> list[str]:
    """Return the shas of what a text is found in."""
    matches = await store.change_index.matching(repositories, terms(text))
    return [change.sha for _, change in matches.changes]


@pytest.mark.parametrize(
    "text",
    [
        "order_by_deadline",
        "--fifo",
        "/v1/fuel",
        "#1412",
        "#1500",
        "engine/queue.py",
        "queue.py",
        "Deadlines",
        "死锁",
        "调度器",
        "lovelace",
        "ordering",
        "feature",
    ],
)
async def test_a_change_is_found_by_whatever_it_holds(store: Store, text: str) -> None:
    """Identifiers, flags, paths, numbers, Chinese words, people and other forms of a word lead to the change."""
    await store.change_index.keep(REPOSITORY, [CHANGE, numbered(2, "Unrelated")])

    assert await found(store, text) == [sha(1)]


@pytest.mark.parametrize("text", ["#1413", "--lifo", "锁死", "' OR 1", '" OR "', "change_words:*", "NEAR(a b)"])
async def test_a_change_is_not_found_by_what_it_lacks(store: Store, text: str) -> None:
    """What no change holds finds nothing, the databases' own language of queries included."""
    await store.change_index.keep(REPOSITORY, [replace(CHANGE, body="")])

    assert await found(store, text) == []


async def test_what_ranks_the_matches(store: Store) -> None:
    """The newest come first; each term has the number of changes that hold it, in these repositories and days alone."""
    changes = [numbered(1, "fix the queue"), numbered(2, "fix the parser"), numbered(3, "fix the lexer")]
    await store.change_index.keep(REPOSITORY, changes)
    await store.change_index.keep(OTHER, [numbered(4, "fix the queue")])
    within = {"since": NOON + timedelta(hours=2), "until": NOON + timedelta(hours=3)}

    every = await store.change_index.matching([REPOSITORY], ["fix", "queu", "nothing"])
    day = await store.change_index.matching([REPOSITORY], ["fix"], **within)
    newest = await store.change_index.matching([REPOSITORY, OTHER], [], since=within["since"])

    assert [change.sha for _, change in every.changes] == [sha(3), sha(2), sha(1)]
    assert (every.frequencies, every.total, every.left) == ({"fix": 3, "queu": 1, "nothing": 0}, 3, 0)
    assert [change.sha for _, change in day.changes] == [sha(2)]
    assert (day.frequencies, day.total) == ({"fix": 1}, 1)
    assert [(name, change.sha) for name, change in newest.changes] == [
        (OTHER, sha(4)),
        (REPOSITORY, sha(3)),
        (REPOSITORY, sha(2)),
    ]


async def test_the_rarest_words_bring_the_changes(store: Store) -> None:
    """Where a word is in too many changes, those with a rarer one are brought, and the others are counted."""
    common = [numbered(number, "mend it") for number in range(1, MOST_BROUGHT + 20)]
    await store.change_index.keep(REPOSITORY, [*common, numbered(9_000, "mend the queue"), numbered(0, "old queue")])

    both = await store.change_index.matching([REPOSITORY], ["mend", "queu"])
    alone = await store.change_index.matching([REPOSITORY], ["mend"])

    assert [change.sha for _, change in both.changes] == [sha(9_000), sha(0)]
    assert both.left == MOST_BROUGHT + 19
    assert len(alone.changes) == MOST_BROUGHT
    assert alone.left == 20


async def test_changes_are_found_by_their_names(store: Store) -> None:
    """A change is found by the first digits of its sha and by its number, once, in these repositories alone."""
    await store.change_index.keep(REPOSITORY, [CHANGE])
    await store.change_index.keep(OTHER, [replace(CHANGE, pull_request=None)])

    assert await store.change_index.named([REPOSITORY], [sha(1), sha(1)[:9]], [1500]) == [(REPOSITORY, CHANGE)]
    assert [name for name, _ in await store.change_index.named([REPOSITORY, OTHER], [sha(1)], [])] == [
        OTHER,
        REPOSITORY,
    ]
    assert await store.change_index.named([REPOSITORY], ["f"], [7, -1, 10**12]) == []


async def test_the_last_word_is_kept(store: Store) -> None:
    """What is kept again takes the place of what was kept, its words too, and follows its repository's new name."""
    await store.change_index.keep(REPOSITORY, [CHANGE])
    await store.change_index.keep(REPOSITORY, [replace(CHANGE, subject="Something else")])
    assert await found(store, "--fifo") == []
    await store.rename(REPOSITORY, OTHER)
    assert await found(store, "something") == []
    await store.change_index.keep(REPOSITORY, [CHANGE])

    assert await found(store, "something", [OTHER]) == [sha(1)]
    assert await found(store, "--fifo") == [sha(1)]
    await store.rename(REPOSITORY, OTHER)
    assert await found(store, "something", [OTHER]) == []
    assert await found(store, "--fifo", [OTHER]) == [sha(1)]


async def test_changes_are_forgotten_with_age(store: Store, clock: StoppedClock) -> None:
    """What was kept too long ago is dropped, and its words with it."""
    await store.change_index.keep(REPOSITORY, [CHANGE])
    clock.moment += Retention().change_index + timedelta(seconds=1)
    await store.change_index.keep(REPOSITORY, [numbered(2, "A later deadline")])
    await store.prune()

    assert await found(store, "deadline") == [sha(2)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=any_noun(IndexedChange))
async def test_any_change_comes_back_as_it_was(store: Store, change: IndexedChange) -> None:
    """Text of any kind comes back unchanged, and is found by each of its terms."""
    change = replace(change, sha=sha(5), committed_at=NOON, subject=f"{change.subject} {NASTY}")
    await store.change_index.keep(NASTY, [change])

    matches = await store.change_index.matching([NASTY], list(terms(change.subject))[:20])

    assert matches.changes == [(NASTY, change)]
    assert set(matches.frequencies.values()) == {1}
