"""Which repository a name means."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import AmbiguousName, CodeHostUnavailable, RateLimited, RepositoryNotFound
from bot.model import Collection, Commit, Patch, Period, Phrase, Repository
from bot.names import RepositoryNames
from bot.ports import FoundPullRequests, FoundRepository, PatchLimits, Progress
from bot.store import Store, open_store

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def repository(name: str) -> Repository:
    """Return a repository of the host."""
    return Repository(name, f"https://code.example/{name}.git", f"https://code.example/{name}")


ROCKET = repository("acme/rocket")
LOCAL = Repository("rocket", "/srv/rocket")


class Clock:
    """Shows the time that a test sets."""

    moment = NOON

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.moment += timedelta(seconds=seconds)


class Host:
    """A code host of a few names, that counts how often it is asked and fails when a test says so."""

    def __init__(self) -> None:
        self.names = {"rocket": FoundRepository(ROCKET), "acme/rocket": FoundRepository(ROCKET)}
        self.asked: list[str] = []
        self.failure: Exception | None = None

    def locate(self, name: str) -> Repository | None:
        """Return what an owner/name, or an address of the host, leads to."""
        bare = name.removeprefix("https://").removeprefix("code.example/").removesuffix(".git")
        return repository(bare) if bare.count("/") == 1 and not bare.startswith((".", "/")) else None

    async def find(self, name: str) -> FoundRepository:
        """Return what a test has put there."""
        self.asked.append(name)
        if self.failure:
            raise self.failure
        located = self.locate(name)
        try:
            return self.names[located.name if located else name]
        except KeyError:
            raise RepositoryNotFound(f"There is no {name}.") from None

    async def pull_requests(self, repository: Repository, commits: object) -> FoundPullRequests:  # noqa: ARG002 - none
        """Know of no pull request."""
        return FoundPullRequests(repository, {}, {})


class Folders:
    """A source of one folder, that takes clone URLs of any host."""

    async def find(self, name: str) -> Repository:
        """Return what is at a path or a clone URL."""
        if name == "/srv/rocket":
            return LOCAL
        if "://" in name or "@" in name:
            return Repository("elsewhere/rocket", name)
        raise RepositoryNotFound(f"There is no folder {name}.")

    async def collect(
        self, repository: Repository, period: Period, progress: Progress, *, after: str | None = None
    ) -> Collection:
        """Not for these tests."""
        raise NotImplementedError

    def read(
        self, repository: Repository, commits: object, limits: PatchLimits
    ) -> AsyncGenerator[tuple[Commit, Patch], None]:
        """Not for these tests."""
        raise NotImplementedError


@pytest.fixture
def clock() -> Clock:
    """Return the clock."""
    return Clock()


@pytest.fixture
def host() -> Host:
    """Return the host."""
    return Host()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncGenerator[Store]:
    """Return an empty store."""
    async with open_store(tmp_path, clock=clock) as store:
        yield store


@pytest.fixture
def names(host: Host, store: Store, clock: Clock) -> RepositoryNames:
    """Return what is tested, with three aliases."""
    aliases = {"Home": "/srv/rocket", "r": "acme/rocket", "other": "https://elsewhere.example/a/b.git"}
    return RepositoryNames(Folders(), host, store.names, store, clock, aliases=aliases)


@pytest.mark.parametrize("name", ["rocket", "acme/rocket", "https://code.example/acme/rocket"])
async def test_asked_once_a_day(names: RepositoryNames, host: Host, clock: Clock, name: str) -> None:
    """A name is asked for once, and again after a day."""
    assert (await names.find(name)).repository == ROCKET
    await clock.sleep(24 * 3600)
    assert (await names.find(name.upper().replace("HTTPS://CODE.EXAMPLE", "https://code.example"))).repository == ROCKET
    assert len(host.asked) == 1
    await clock.sleep(1)
    await names.find(name)
    assert len(host.asked) == 2


async def test_aliases(names: RepositoryNames, host: Host) -> None:
    """An alias leads to a folder, to a URL or to a name of the host, also for somebody in a chat."""
    assert (await names.find("HOME")).repository == LOCAL
    assert (await names.find("other")).repository.location == "https://elsewhere.example/a/b.git"
    assert (await names.find("r")).repository == ROCKET
    assert host.asked == ["acme/rocket"]


async def test_a_channel_goes_first(names: RepositoryNames, store: Store) -> None:
    """What a name means in a channel goes before the aliases, and only there."""
    await store.names.remember("home", "code.example/acme/rocket", scope="slack:T1/C1")
    assert (await names.find("home", scope="slack:T1/C1")).repository == ROCKET
    assert (await names.find("home", scope="slack:T1/C2")).repository == LOCAL


@pytest.mark.parametrize(
    "name", ["/srv/rocket", "https://elsewhere.example/a/b.git", "git@code.example:acme/rocket.git"]
)
async def test_paths_are_not_for_a_chat(names: RepositoryNames, name: str) -> None:
    """Paths and URLs of other hosts are read for somebody at the machine, and not found for anybody else."""
    assert (await names.find(name, anywhere=True)).repository.location
    with pytest.raises(RepositoryNotFound):
        await names.find(name)


async def test_no_folder_but_a_name(names: RepositoryNames, host: Host) -> None:
    """At the machine, a word that is no folder is a name; a path that is no folder is an error of the source."""
    assert (await names.find("rocket", anywhere=True)).repository == ROCKET
    with pytest.raises(RepositoryNotFound, match="no folder"):
        await names.find("./rocket", anywhere=True)
    assert host.asked == ["rocket"]


async def test_renamed(names: RepositoryNames, host: Host, store: Store) -> None:
    """What was kept under a former name counts for the new one."""
    await store.names.remember("r2", "code.example/acme/rocket")
    await store.pull_requests.keep("code.example/acme/rocket", {"a" * 40: None})
    new = repository("newco/starship")
    host.names["acme/rocket"] = FoundRepository(new, renamed=True)
    assert (await names.find("acme/rocket")).repository == new
    assert await store.pull_requests.known("code.example/newco/starship", ["a" * 40]) == {"a" * 40: None}
    assert (await names.find("r2")).repository == new


async def test_private_is_asked_every_time(names: RepositoryNames, host: Host, store: Store, clock: Clock) -> None:
    """Whether a private repository may be shown is never remembered, not even from when it was public."""
    await names.find("rocket")
    await clock.sleep(2 * 24 * 3600)
    host.names["rocket"] = FoundRepository(ROCKET, private=True)
    for _ in range(2):
        assert (await names.find("rocket")).private
    assert (len(host.asked), await store.names.recall("rocket")) == (3, None)


async def test_a_host_that_is_down(names: RepositoryNames, host: Host, clock: Clock) -> None:
    """While the host does not answer, an old memory and a full name serve, with a note; a new short name fails."""
    await names.find("rocket")
    await clock.sleep(2 * 24 * 3600)
    host.failure = CodeHostUnavailable("The API does not answer.")
    note = Phrase.of("name-unchecked", repository="acme/rocket")
    assert await names.find("rocket") == FoundRepository(ROCKET, notes=(note,))
    assert await names.find("acme/rocket") == FoundRepository(ROCKET, notes=(note,))
    with pytest.raises(CodeHostUnavailable):
        await names.find("probe")


async def test_a_limit_that_is_reached(names: RepositoryNames, host: Host) -> None:
    """The note says when the host can be asked again."""
    host.failure = RateLimited("No requests left.", resets_at=NOON + timedelta(minutes=5))
    note = Phrase.of("name-unchecked-limited", repository="acme/rocket", reset="12:05 UTC")
    assert (await names.find("acme/rocket")).notes == (note,)


async def test_errors_are_not_remembered(names: RepositoryNames, host: Host) -> None:
    """A name that was refused is asked for again the next time."""
    host.failure = AmbiguousName("There are several.")
    with pytest.raises(AmbiguousName):
        await names.find("rocket")
    host.failure = None
    assert (await names.find("rocket")).repository == ROCKET


def test_full_names() -> None:
    """What is kept of a repository is kept by host/owner/name, whatever the host's scheme; a folder has its name."""
    local = Repository("acme/rocket", "http://127.0.0.1:80/acme/rocket.git", "http://127.0.0.1:80/acme/rocket")
    assert [each.full_name for each in (ROCKET, local, LOCAL)] == [
        "code.example/acme/rocket",
        "127.0.0.1:80/acme/rocket",
        "rocket",
    ]
