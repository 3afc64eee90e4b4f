"""What a change has to do with earlier ones."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.source.git import GitSettings, GitSource
from bot.contracts.repositories import Story
from bot.contracts.source import Steps, window
from bot.digest.build import DigestBuilder, Wish
from bot.digest.memory import Note, notes, recall, remember, with_links
from bot.digest.references import Reference, references
from bot.model import Audience, ChangeType, Commit, Earlier, Entry, Phrase, PullRequest, Relation, Repository
from bot.ports import FoundRepository
from bot.store import Store, open_store
from tests.fakes.digests import NOON, ROCKET, analysis, changed, commit, digest
from tests.store.support import StoppedClock

REVERTS, RELANDS, FIXES = Relation
SHA = "1a2b3c4d5e6f" + "0" * 28
GITLAB = Repository("acme/rocket", "https://gitlab.com/acme/rocket.git", "https://gitlab.com/acme/rocket")


def said(message: str, *, number: int | None = 9, body: str = "") -> Commit:
    """Return a change with a message."""
    request = PullRequest(number, body=body) if number else None
    return replace(commit(message), message=message, pull_request=request)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('Revert "Order requests (#7)" (#9)', [Reference(REVERTS, number=7)]),
        (f'Revert "Order requests"\n\nThis reverts commit {SHA}.', [Reference(REVERTS, digits=SHA)]),
        ("Take it back\n\nReverts acme/rocket#7", [Reference(REVERTS, number=7)]),
        ("Take it back\n\nReverts acme/other#7", []),
        (
            'Revert "Revert "Order requests (#5)" (#7)" (#9)',
            [Reference(REVERTS, number=7), Reference(RELANDS, number=5)],
        ),
        ('Merge pull request #9 from acme/revert-7-order\n\nRevert "Order requests"', [Reference(REVERTS, number=7)]),
        ("[Reland] Order requests (#7) (#9)", [Reference(RELANDS, number=7)]),
        ("Reland #7: order requests (#9)", [Reference(RELANDS, number=7)]),
        ('Reapply "Order requests (#7)" (#9)', [Reference(RELANDS, number=7)]),
        (f"Order requests again\n\nOriginal commit: {SHA[:12]}", [Reference(RELANDS, digits=SHA[:12])]),
        (f'Do not lock twice\n\nFixes: {SHA[:12]} ("Order requests")', [Reference(FIXES, digits=SHA[:12])]),
        ("Fix a crash introduced in #7 (#9)", [Reference(FIXES, number=7)]),
        ("Fix what was broken by PR #7", [Reference(FIXES, number=7)]),
        ("Fix a leak (#9)\n\nFixes #7", []),
        ("Order requests (#9)", []),
        ("Explain how to revert #", []),
        ("", []),
    ],
)
def test_what_messages_say(message: str, expected: Sequence[Reference]) -> None:
    """A message names what it reverts, relands or fixes, by sha or number; an issue that it closes is none of it."""
    assert list(references(said(message), ROCKET)) == expected


def test_what_a_pull_request_says() -> None:
    """The text of the pull request counts as the message does."""
    assert references(said("Take it back", body="Reverts #7."), ROCKET) == (Reference(REVERTS, number=7),)


def test_numbers_on_gitlab() -> None:
    """Where issues have numbers of their own, only those of merge requests count."""
    assert references(said("Back\n\nReverts #7, reverts !8"), GITLAB) == (Reference(REVERTS, number=8),)


def test_messages_that_take_long() -> None:
    """A message of any size is read in little time, and no more than twenty references are taken from it."""
    text = "reverts " + "a/" * 50_000 + '\nRevert "' * 20_000 + "".join(f"reverts #{number}\n" for number in range(900))
    assert len(references(said(text[:80_000]), ROCKET)) <= 20
    assert len(references(said("x\n" + text[-15_000:]), ROCKET)) == 20


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Return an open store."""
    async with open_store(tmp_path / "data", clock=StoppedClock()) as store:
        yield store


def entry(message: str, number: int, day: float = 0, kind: ChangeType = ChangeType.FEATURE, *paths: str) -> Entry:
    """Return a change of a day, counted from noon of the first."""
    one = replace(said(message, number=number), committed_at=NOON + timedelta(days=day))
    files = tuple(changed(path) for path in paths)
    return Entry(replace(one, files=files), replace(analysis(message.partition("\n")[0]), change_type=kind))


async def recalled(store: Store, *entries: Entry) -> tuple[Entry, ...]:
    """Return what a digest knows of its changes."""
    await remember(store.past_changes, ROCKET, entries)
    return await recall(store.past_changes, ROCKET, entries)


async def test_a_revert_names_what_an_earlier_digest_told(store: Store) -> None:
    """A change that takes back one of an earlier day has that one's headline, day and number."""
    first = entry("Order requests", 7)
    await recalled(store, first)
    (revert,) = await recalled(store, entry('Revert "Order requests (#7)" (#9)', 9, 2, ChangeType.REVERT))

    assert revert.earlier == (Earlier(REVERTS, first.commit.sha, "Order requests", NOON, 7),)
    of_revert = digest([revert])
    assert notes(of_revert) == (Note(revert.earlier[0], revert.commit),)
    (linked,) = with_links(of_revert, {first.commit.sha: "https://chat.example/p1"}).entries
    assert [each.link for each in linked.earlier] == ["https://chat.example/p1"]


async def test_a_digest_knows_its_own_changes(store: Store) -> None:
    """What is reverted on the day on which it landed is known, too; each earlier change is named once."""
    first = entry("Order requests", 7)
    message = f'Revert "Order requests (#7)" (#9)\n\nThis reverts commit {first.commit.sha}.'
    _, revert = await recalled(store, first, entry(message, 9))
    assert [each.sha for each in revert.earlier] == [first.commit.sha]


async def test_what_is_not_known_is_not_said(store: Store) -> None:
    """A number that is no change, a sha that is not there or too short, and another repository's change say nothing."""
    first = entry("Order requests", 7)
    await remember(store.past_changes, GITLAB, [first])
    found = await recalled(
        store,
        entry("Fix a crash introduced in #7", 9),
        entry(f"Back\n\nThis reverts commit {SHA}.", 10),
        entry("Back\n\nThis reverts commit 12.", 11),
    )
    assert [each.earlier for each in found] == [(), (), ()]


async def test_digits_that_several_changes_have_say_nothing(store: Store) -> None:
    """A short sha that could be either of two changes is not taken for one of them."""
    twins = [entry(f"Twin {number}", number) for number in (1, 2)]
    twins = [
        replace(twin, commit=replace(twin.commit, sha=SHA[:12] + str(number) * 28)) for number, twin in enumerate(twins)
    ]
    await recalled(store, *twins)
    both, one = await recalled(store, entry(f"Fix\n\nFixes: {SHA[:12]}", 9), entry(f"Fix\n\nFixes: {SHA[:12]}1", 10))
    assert both.earlier == ()
    assert [each.headline for each in one.earlier] == ["Twin 2"]


async def test_the_third_fix_of_a_file_within_a_week(store: Store) -> None:
    """The third fix of a file of source within seven days says so, and counts those of earlier digests."""
    fix = ChangeType.FIX
    first, second = await recalled(
        store,
        entry("Fix one", 1, 0, fix, "engine/queue.py", "CHANGELOG.md"),
        entry("Fix two", 2, 3, fix, "engine/queue.py", "CHANGELOG.md"),
    )
    third, other, feature, late = await recalled(
        store,
        entry("Fix three", 3, 6, fix, "engine/other.py", "engine/queue.py", "CHANGELOG.md"),
        entry("Fix elsewhere", 4, 6.5, fix, "api/routes.py", "CHANGELOG.md"),
        entry("Change it", 5, 6.6, ChangeType.FEATURE, "engine/queue.py"),
        entry("Fix four", 6, 12, fix, "engine/queue.py"),
    )
    assert third.remarks == (Phrase.of("remark-fixed-again", count=3, path="engine/queue.py"),)
    assert [each.remarks for each in (first, second, other, feature, late)] == [()] * 5


async def test_a_digest_that_is_built_again_says_the_same(store: Store) -> None:
    """A digest of the same changes, built again later, has the same remarks."""
    fixes = [entry(f"Fix {number}", number, number, ChangeType.FIX, "engine/queue.py") for number in range(4)]
    once = await recalled(store, *fixes)
    assert await recalled(store, *fixes) == once
    assert [len(each.remarks) for each in once] == [0, 0, 1, 1]


async def test_digests_of_two_days(store: Store, tmp_path: Path) -> None:
    """A digest knows what the digest of the day before was of, also what that left out for its audience."""
    story = Story()
    story.commit("Begin", {"README.md": "1"}, at=NOON - timedelta(days=9))
    first = story.commit("feat: order requests (#7)", {"engine/queue.py": "1\n"}, at=NOON)
    message = 'Revert "feat: order requests (#7)" (#9)'
    story.commit(message, {"engine/queue.py": None}, at=NOON + timedelta(days=1))
    built = story.write(tmp_path / "rocket")
    source = GitSource(GitSettings(), data_dir=tmp_path / "mirrors")
    found = FoundRepository(await source.find(str(built.path)))
    builder = DigestBuilder(source, past=store.past_changes)
    nobody = Audience(exclude_authors=("Ada Lovelace",))

    before = await builder.build(Wish(found, window(start=NOON), "en", nobody), Steps())
    after = await builder.build(Wish(found, window(start=NOON + timedelta(days=1)), "en"), Steps())
    assert before.entries == ()
    assert [(each.relation, each.sha) for each in after.entries[0].earlier] == [(REVERTS, built.sha(first))]
