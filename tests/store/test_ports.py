"""What the ports for what is kept promise, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings

from bot.model import Commit, PullRequest
from bot.ports import Upkeep
from bot.store import Retention, Store
from tests.store.support import FULL, NASTY, REPOSITORY, UNREAD, Location, StoppedClock, any_noun, change, sha

# The open store is shared by the examples on purpose: opening one takes longer than all of them.
_MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def test_a_name_is_recalled_without_regard_to_case(store: Store) -> None:
    """A name that was remembered is recalled in any case, in its own scope alone, until it is forgotten."""
    await store.names.remember("Rocket", REPOSITORY)
    await store.names.remember("rocket", "code.example/other/rocket", scope="slack:T1/C1")

    assert await store.names.recall("rOCKET") == REPOSITORY
    assert await store.names.recall("rocket", scope="slack:T1/C1") == "code.example/other/rocket"
    assert await store.names.recall("rocket", scope="slack:T1/C2") is None
    await store.names.forget("ROCKET")
    assert await store.names.recall("rocket") is None
    assert await store.names.recall("rocket", scope="slack:T1/C1") == "code.example/other/rocket"


async def test_a_name_is_remembered_anew(store: Store) -> None:
    """The last meaning of a name replaces the one before."""
    await store.names.remember("rocket", "code.example/old/rocket")
    await store.names.remember("rocket", REPOSITORY)

    assert await store.names.recall("rocket") == REPOSITORY


async def test_a_name_is_recalled_by_its_age(store: Store, clock: StoppedClock) -> None:
    """A name that was remembered before the moment asked for is not recalled, until it is remembered anew."""
    await store.names.remember("rocket", REPOSITORY)
    first, clock.moment = clock.moment, clock.moment + timedelta(days=1)

    assert await store.names.recall("rocket", since=first) == REPOSITORY
    assert await store.names.recall("rocket", since=clock.moment) is None
    await store.names.remember("rocket", REPOSITORY)
    assert await store.names.recall("rocket", since=clock.moment) == REPOSITORY


async def test_names_of_any_text(store: Store) -> None:
    """A name with NUL characters and lone surrogates is kept without loss, and is not taken for its escaped form."""
    await store.names.remember(NASTY, NASTY, scope=NASTY)

    assert await store.names.recall(NASTY, scope=NASTY) == NASTY
    assert await store.names.recall(NASTY.encode("unicode_escape").decode(), scope=NASTY) is None


async def test_pull_requests_that_do_not_exist_are_known_not_to(store: Store) -> None:
    """Of a change without a pull request None is known; a change that was never asked about is absent."""
    await store.pull_requests.keep(REPOSITORY, {sha(1): FULL, sha(2): None})

    assert await store.pull_requests.known(REPOSITORY, map(sha, range(4))) == {sha(1): FULL, sha(2): None}
    assert await store.pull_requests.known("code.example/acme/other", [sha(1)]) == {}


async def test_a_pull_request_is_replaced(store: Store) -> None:
    """The last answer about a pull request replaces the one before, in either direction."""
    await store.pull_requests.keep(REPOSITORY, {sha(1): None, sha(2): FULL})
    await store.pull_requests.keep(REPOSITORY, {sha(1): FULL, sha(2): None})

    assert await store.pull_requests.known(REPOSITORY, [sha(1), sha(2)]) == {sha(1): FULL, sha(2): None}


async def test_a_change_is_kept_with_the_number_of_its_pull_request_alone(store: Store) -> None:
    """A change comes back as it was, but what a code host said of its pull request is left to the other table."""
    await store.changes.keep(REPOSITORY, [replace(change(1), pull_request=FULL), change(2)])

    known = await store.changes.known(REPOSITORY, [sha(1), sha(2), sha(3)])

    assert known == {sha(1): replace(change(1), pull_request=PullRequest(7)), sha(2): change(2)}


async def test_an_unread_change_is_not_kept(store: Store) -> None:
    """A change whose files could not be read is asked of the source again the next time."""
    await store.changes.keep(REPOSITORY, [replace(change(1), unread=UNREAD), change(2)])

    assert await store.changes.known(REPOSITORY, [sha(1), sha(2)]) == {sha(2): change(2)}


async def test_more_changes_than_a_statement_takes(store: Store) -> None:
    """A thousand changes and a change given twice are kept and found, and nothing at all is no error."""
    changes = [change(number) for number in range(1001)]
    await store.changes.keep(REPOSITORY, [*changes, change(1000)])
    await store.changes.keep(REPOSITORY, [])

    known = await store.changes.known(REPOSITORY, [commit.sha for commit in changes])

    assert list(known.values()) == sorted(changes, key=lambda commit: commit.sha)
    assert await store.changes.known(REPOSITORY, []) == {}


async def test_changes_and_pull_requests_of_any_text(store: Store) -> None:
    """Text with NUL characters, and with halves of characters side by side, comes back as the same code points."""
    strange = replace(change(1), message=NASTY)
    await store.changes.keep(NASTY, [strange])
    await store.pull_requests.keep(NASTY, {sha(1): PullRequest(1, title=NASTY)})

    assert await store.changes.known(NASTY, [sha(1)]) == {sha(1): strange}
    assert await store.pull_requests.known(NASTY, [sha(1)]) == {sha(1): PullRequest(1, title=NASTY)}


async def test_writers_do_not_wait_in_a_circle(store: Store) -> None:
    """Writers of the same changes in opposite orders, and a renaming among them, all come to their end."""
    changes = [change(number) for number in range(300)]
    renamed = "code.example/acme/booster"
    for _ in range(3):
        await asyncio.gather(
            store.changes.keep(REPOSITORY, changes),
            store.changes.keep(REPOSITORY, reversed(changes)),
            store.rename(REPOSITORY, renamed),
            store.changes.keep(REPOSITORY, reversed(changes)),
            store.changes.keep(REPOSITORY, changes),
        )

    kept = [await store.changes.known(name, [commit.sha for commit in changes]) for name in (REPOSITORY, renamed)]
    assert set(kept[0]) | set(kept[1]) == {commit.sha for commit in changes}


@_MANY
@given(commit=any_noun(Commit))
async def test_any_change_survives(store: Store, commit: Commit) -> None:
    """Whatever a change that was read holds, it comes back equal."""
    commit = replace(commit, unread=None)
    await store.changes.keep(REPOSITORY, [commit])

    bare = replace(commit, pull_request=commit.pull_request and PullRequest(commit.pull_request.number))

    assert await store.changes.known(REPOSITORY, [commit.sha]) == {commit.sha: bare}


@_MANY
@given(pull_request=any_noun(PullRequest))
async def test_any_pull_request_survives(store: Store, pull_request: PullRequest) -> None:
    """Whatever a pull request holds, it comes back equal."""
    await store.pull_requests.keep(REPOSITORY, {sha(1): pull_request})

    assert await store.pull_requests.known(REPOSITORY, [sha(1)]) == {sha(1): pull_request}


async def test_a_renamed_repository_keeps_its_rows(store: Store) -> None:
    """After a renaming everything is found under the new name, and nothing under the old one."""
    new = "code.example/acme/booster"
    await store.names.remember("rocket", REPOSITORY)
    await store.pull_requests.keep(REPOSITORY, {sha(1): FULL})
    await store.changes.keep(REPOSITORY, [change(1), change(2)])
    await store.changes.keep(new, [replace(change(2), message="Other"), change(3)])

    upkeep: Upkeep = store
    await upkeep.rename(REPOSITORY, new)
    await upkeep.rename(new, new)

    assert await store.names.recall("rocket") == new
    assert await store.pull_requests.known(new, [sha(1)]) == {sha(1): FULL}
    assert await store.changes.known(new, map(sha, range(5))) == {sha(n): change(n) for n in (1, 2, 3)}
    assert await store.changes.known(REPOSITORY, map(sha, range(5))) == {}


async def test_what_is_old_is_dropped(location: Location, clock: StoppedClock) -> None:
    """What was kept longer ago than its kind is kept for is dropped; keeping it again makes it young."""
    retention = Retention(names=timedelta(days=1), pull_requests=timedelta(days=2), changes=timedelta(days=3))
    async with location.open(retention=retention) as store:
        await store.names.remember("rocket", REPOSITORY)
        await store.pull_requests.keep(REPOSITORY, {sha(1): FULL, sha(2): None})
        await store.changes.keep(REPOSITORY, [change(1), change(2)])
        clock.moment += timedelta(days=2, seconds=1)
        await store.pull_requests.keep(REPOSITORY, {sha(2): None})

        dropped = await store.prune()

        assert dropped == 2
        assert await store.names.recall("rocket") is None
        assert await store.pull_requests.known(REPOSITORY, [sha(1), sha(2)]) == {sha(2): None}
        assert set(await store.changes.known(REPOSITORY, [sha(1), sha(2)])) == {sha(1), sha(2)}


async def test_pruning_happens_once_a_day(location: Location, clock: StoppedClock) -> None:
    """Within a day of one pruning, another does nothing, in whichever process; after the day it does."""
    retention = Retention(names=timedelta(0))
    async with location.open(retention=retention) as one, location.open(retention=retention) as other:
        assert await one.prune() == 0
        await one.names.remember("rocket", REPOSITORY)
        clock.moment += timedelta(hours=23)

        assert await other.prune() == 0
        clock.moment += timedelta(hours=1)
        assert await other.prune() == 1


async def test_a_row_of_another_version_counts_as_absent(location: Location) -> None:
    """What a version of the program with other fields has kept is absent, until it is kept again."""
    async with location.open() as store:
        await store.changes.keep(REPOSITORY, [change(1)])
        await store.pull_requests.keep(REPOSITORY, {sha(1): FULL})
    await location.execute("UPDATE changes SET version = version - 1")
    await location.execute("UPDATE pull_requests SET version = version - 1")

    async with location.open() as store:
        assert await store.changes.known(REPOSITORY, [sha(1)]) == {}
        assert await store.pull_requests.known(REPOSITORY, [sha(1)]) == {}
        await store.changes.keep(REPOSITORY, [change(1)])
        await store.pull_requests.keep(REPOSITORY, {sha(1): FULL})
        assert await store.changes.known(REPOSITORY, [sha(1)]) == {sha(1): change(1)}
        assert await store.pull_requests.known(REPOSITORY, [sha(1)]) == {sha(1): FULL}
