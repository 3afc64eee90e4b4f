"""A source whose changes come with their pull requests."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.digest.collect import EnrichedSource, Kept
from bot.errors import CodeHostUnavailable, RepositoryBlocked, RepositoryNotFound, StoreError
from bot.model import (
    BroughtCommit,
    Collection,
    Commit,
    LinkedIssue,
    Patch,
    Period,
    Person,
    Phrase,
    PullRequest,
    Repository,
    Window,
)
from bot.ports import FoundPullRequests, FoundRepository, PatchLimits, Progress, Stage
from bot.store import Store, open_store
from tests.fakes.digests import ROCKET, commit

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
DAY = Window(NOON, NOON + timedelta(days=1), "UTC", "today")
LIMITS = PatchLimits(1, 1)
QUEUED = PullRequest(
    12,
    "Order requests by deadline",
    "Body",
    ("scheduler",),
    "ada",
    ("bob",),
    (LinkedIssue("acme/rocket", 7, "Slow"),),
    "1.0",
)
STARSHIP = Repository("newco/starship", "https://github.com/newco/starship.git", "https://github.com/newco/starship")
ADA = Person("Ada Lovelace", "ada.lovelace@example.org", "ada")


class Clock:
    """Stands still."""

    def now(self) -> datetime:
        """Return the moment."""
        return NOON

    async def sleep(self, seconds: float) -> None:
        """Not for these tests."""
        raise NotImplementedError


class NoProgress:
    """Says nothing."""

    def begin(self, stage: Stage, subject: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, steps: int = 1) -> None:
        """Say nothing."""


class Branch:
    """A source of the changes that a test puts there."""

    def __init__(self) -> None:
        self.commits: tuple[Commit, ...] = ()
        self.moved: Repository | None = None
        self.asked_after: str | None = None

    async def find(self, name: str) -> Repository:
        """Return a repository of that name."""
        return replace(ROCKET, name=name)

    async def collect(
        self, repository: Repository, period: Period, progress: Progress, *, after: str | None = None
    ) -> Collection:
        """Return all changes, whatever the period, unless the repository has moved."""
        self.asked_after = after
        progress.begin(Stage.COLLECT, repository.name)
        if self.moved not in (None, repository):
            raise RepositoryNotFound(f"{repository.name} has moved.")
        window = period if isinstance(period, Window) else DAY
        return Collection(repository, window, None, None, self.commits, (Phrase.of("brought-incomplete"),))

    async def read(
        self, repository: Repository, commits: Sequence[Commit], limits: PatchLimits
    ) -> AsyncGenerator[tuple[Commit, Patch], None]:
        """Yield patches without files."""
        assert (repository, limits) == (ROCKET, LIMITS)
        for each in commits:
            yield each, Patch(each.sha)


class Host:
    """A code host that answers what a test has put there, and keeps what it was asked about."""

    def __init__(self) -> None:
        self.known: dict[str, PullRequest | None] = {}
        self.logins: dict[str, str] = {}
        self.notes: tuple[Phrase, ...] = ()
        self.now_called: Repository | None = None
        self.failure: Exception | None = None
        self.asked: list[list[str]] = []

    def locate(self, name: str) -> Repository | None:
        """Return the repository of a clone URL of the host."""
        return next((each for each in (ROCKET, STARSHIP) if name == each.location), None)

    async def find(self, name: str) -> FoundRepository:
        """Return the repository by the name that it has now, or fail as a test wants it."""
        if self.failure:
            raise self.failure
        assert name == ROCKET.name
        return FoundRepository(self.now_called or ROCKET, renamed=self.now_called is not None)

    async def pull_requests(self, repository: Repository, commits: Sequence[Commit]) -> FoundPullRequests:
        """Return what is known of those that are asked about."""
        self.asked.append([each.subject for each in commits])
        found = {each.sha: self.known[each.sha] for each in commits if each.sha in self.known}
        return FoundPullRequests(self.now_called or repository, found, self.logins, self.notes)


@pytest.fixture
def branch() -> Branch:
    """Return a source of two changes."""
    branch = Branch()
    branch.commits = (commit("Name the queue"), commit("Order requests by deadline", number=12))
    return branch


@pytest.fixture
def host(branch: Branch) -> Host:
    """Return a host that knows both changes."""
    host = Host()
    host.known = {branch.commits[0].sha: None, branch.commits[1].sha: QUEUED}
    return host


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    """Return an empty store."""
    async with open_store(tmp_path, clock=Clock()) as store:
        yield store


@pytest.fixture
def source(branch: Branch, host: Host, store: Store) -> EnrichedSource:
    """Return what is tested."""
    return EnrichedSource(branch, host, Kept(store.pull_requests, store.changes, store))


async def collected(source: EnrichedSource, repository: Repository = ROCKET) -> Collection:
    """Return the changes of the day."""
    return await source.collect(repository, DAY, NoProgress())


async def test_pull_requests_are_merged_in(source: EnrichedSource) -> None:
    """Each change carries all that the host knows of its pull request, and nothing else about it changes."""
    collection = await collected(source)
    assert [each.pull_request for each in collection.commits] == [None, QUEUED]
    assert [each.subject for each in collection.commits] == ["Name the queue", "Order requests by deadline"]


async def test_the_former_tip_is_handed_on(source: EnrichedSource, branch: Branch) -> None:
    """What landed late since a former tip is for the source to say."""
    await source.collect(ROCKET, DAY, NoProgress(), after="a" * 40)
    assert branch.asked_after == "a" * 40


async def test_only_new_changes_are_asked_about(source: EnrichedSource, branch: Branch, host: Host) -> None:
    """What was asked once, also that there is no pull request, is not asked again."""
    first = await collected(source)
    assert await collected(source) == first
    new = commit("Drop the queue")
    branch.commits = (new, *branch.commits)
    host.known[new.sha] = None
    await collected(source)
    assert host.asked == [["Name the queue", "Order requests by deadline"], ["Drop the queue"]]


async def test_what_could_not_be_asked(source: EnrichedSource, branch: Branch, host: Host) -> None:
    """A change that the host could not answer for keeps the number of its message, and is asked about again."""
    note = host.notes = (Phrase.of("pull-requests-unavailable", count=1, host="github.com"),)
    queued = host.known.pop(branch.commits[1].sha)
    collection = await collected(source)
    assert collection.commits[1].pull_request == PullRequest(12)
    assert collection.notes == (Phrase.of("brought-incomplete"), *note)
    host.known[branch.commits[1].sha] = queued
    host.notes = ()
    again = await collected(source)
    assert (again.commits[1].pull_request, again.notes) == (QUEUED, (Phrase.of("brought-incomplete"),))


async def test_a_number_that_is_none(source: EnrichedSource, branch: Branch, host: Host) -> None:
    """Where the host says that a change came through no pull request, the number in its message is no link."""
    host.known[branch.commits[1].sha] = None
    assert (await collected(source)).commits[1].pull_request is None


async def test_logins(source: EnrichedSource, branch: Branch, host: Host) -> None:
    """Authors, co-authors and those whose commits a merge brought get their accounts, now and from the store."""
    nobody = Person("Ada Lovelace", "ADA.lovelace@example.org")
    merge = replace(branch.commits[0], co_authors=(nobody,), brought=(BroughtCommit("0" * 40, "Fix", nobody),))
    branch.commits = (merge, *branch.commits[1:])
    host.logins = {"ada.lovelace@example.org": "ada"}
    for _ in range(2):
        first, second = (await collected(source)).commits
        people = [first.author, *first.co_authors, first.brought[0].author, second.author]
        assert [person.login for person in people] == ["ada"] * 4
    assert second.author == ADA
    assert len(host.asked) == 1


async def test_another_host(source: EnrichedSource, host: Host, branch: Branch) -> None:
    """A repository that is not on the host is left as it was read, and nobody is asked."""
    collection = await collected(source, replace(ROCKET, location="/srv/rocket"))
    assert (collection.commits, host.asked) == (branch.commits, [])


async def test_an_empty_day(source: EnrichedSource, host: Host, branch: Branch) -> None:
    """Without changes nobody is asked."""
    branch.commits = ()
    assert (await collected(source)).commits == ()
    assert host.asked == []


async def test_renamed(source: EnrichedSource, host: Host, store: Store) -> None:
    """A name that changed meanwhile is said, and what is kept, is kept for the new one."""
    await store.names.remember("rocket", ROCKET.full_name)
    host.now_called = STARSHIP
    collection = await collected(source)
    assert collection.notes[-1] == Phrase.of("repository-renamed", old="acme/rocket", new="newco/starship")
    assert collection.repository == ROCKET
    assert await store.names.recall("rocket") == "github.com/newco/starship"
    assert len(await store.pull_requests.known("github.com/newco/starship", host.known)) == 2


async def test_renamed_where_git_does_not_follow(
    source: EnrichedSource, branch: Branch, host: Host, store: Store
) -> None:
    """A repository that the source does not find any more is read by its new name, which is said and kept."""
    await store.names.remember("rocket", ROCKET.full_name)
    branch.moved = host.now_called = STARSHIP
    collection = await collected(source)
    assert collection.repository == STARSHIP
    assert collection.notes[-1] == Phrase.of("repository-renamed", old="acme/rocket", new="newco/starship")
    assert [each.pull_request for each in collection.commits] == [None, QUEUED]
    assert await store.names.recall("rocket") == "github.com/newco/starship"


async def test_the_host_knows_why(source: EnrichedSource, branch: Branch, host: Host) -> None:
    """Why a repository cannot be read is for the host to say; if it cannot, the source's own error stands."""
    branch.moved = STARSHIP
    host.failure = RepositoryBlocked("It was taken down.")
    with pytest.raises(RepositoryBlocked):
        await collected(source)
    for host.failure in (CodeHostUnavailable("The API does not answer."), None):
        with pytest.raises(RepositoryNotFound, match="has moved"):
            await collected(source)


async def test_the_rest_is_the_sources(source: EnrichedSource, branch: Branch) -> None:
    """Finding by location and reading patches are left to the source."""
    assert (await source.find("acme/rocket")).name == "acme/rocket"
    read = [patch async for _, patch in source.read(ROCKET, branch.commits, LIMITS)]
    assert [patch.sha for patch in read] == [each.sha for each in branch.commits]


class FullDisk:
    """Keeps no changes."""

    async def known(self, repository: str, shas: Iterable[str]) -> Mapping[str, Commit]:  # noqa: ARG002 - none
        """Know of none."""
        return {}

    async def keep(self, repository: str, commits: Iterable[Commit]) -> None:  # noqa: ARG002 - likewise
        """Fail."""
        raise StoreError("The disk is full.")


async def test_half_of_what_is_to_be_kept(branch: Branch, host: Host, store: Store, source: EnrichedSource) -> None:
    """Whoever comes between what is kept of a change, or after it was kept in part, asks about the change again."""
    host.logins = {branch.commits[0].author.email.lower(): "ada"}
    failing = EnrichedSource(branch, host, Kept(store.pull_requests, FullDisk(), store))
    with pytest.raises(StoreError):
        await failing.collect(ROCKET, DAY, NoProgress())
    found = await source.collect(ROCKET, DAY, NoProgress())
    assert [each.author.login for each in found.commits] == ["ada", "ada"]
    assert len(host.asked) == 2
