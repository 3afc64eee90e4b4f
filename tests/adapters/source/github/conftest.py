"""A fake GitHub on 127.0.0.1 with a few repositories, and the adapter that asks it."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.source.github import GitHub, GitHubSettings
from bot.contracts.repositories import BuiltRepository, Story
from bot.model import Commit, Person
from bot.model import PullRequest as Landed
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Account, Issue, PullRequest, Repository, Review, Token, World

TOKEN = "ghp_of-ada"  # noqa: S105 - good for nothing but the fake
OUTSIDER = "ghp_of-bob"
WRONG = "ghp_of-nobody"
BEGINNING = datetime(2026, 1, 15, 12, 5, tzinfo=UTC)

Opened = Callable[..., GitHub]


class Clock:
    """Shows the time that a test sets; whoever sleeps is not kept waiting, but `slept` tells for how long."""

    def __init__(self) -> None:
        """Begin at a moment of no importance."""
        self.moment = BEGINNING
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def _no_account_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TOKEN", "API_URL", "APP_ID", "APP_PRIVATE_KEY", "APP_PRIVATE_KEY_PATH", "APP_INSTALLATION_ID"):
        monkeypatch.delenv(f"GITHUB_{name}", raising=False)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltRepository:
    """Return a repository of three changes."""
    story = Story()
    story.commit("Begin", {"queue.py": "list\n"})
    story.commit("Order requests by deadline (#12)", {"queue.py": "heap\n"})
    story.commit("Name the queue", {"queue.py": "named heap\n"}, author="Bob <bob@example.org>")
    return story.write(tmp_path_factory.mktemp("rocket") / "rocket.git")


@pytest.fixture
def rocket(built: BuiltRepository) -> Repository:
    """Return what GitHub knows of the repository: two changes came through pull requests, the first did not."""
    rocket = Repository("acme/rocket", built.path, stars=500)
    rocket.add(
        PullRequest(
            12,
            "Order requests by deadline",
            "Pop is O(log n).",
            "ada",
            built.sha(2),
            labels=("scheduler", "breaking-change"),
            milestone="1.0",
            reviews=(Review("bob", "COMMENTED"), Review("bob"), Review("ada", "COMMENTED"), Review("fixer[bot]")),
            requested_reviewers=("mallory",),
            closes=(Issue(7, "Old requests starve"),),
        ),
        PullRequest(13, "Give it a name", None, "renamer[bot]", built.sha(3)),
    )
    return rocket


@pytest.fixture
def commits(built: BuiltRepository) -> list[Commit]:
    """Return the changes as a source reads them, newest first."""
    return [
        change(built.sha(3), "Name the queue", address="Bob@Example.org"),
        change(built.sha(2), "Order requests by deadline (#12)", number=12),
        change(built.sha(1), "Begin"),
    ]


def change(sha: str, message: str, *, number: int | None = None, address: str = "ada@example.org") -> Commit:
    """Return a change without files."""
    return Commit(
        sha=sha,
        parents=(),
        author=Person("Somebody", address),
        co_authors=(),
        authored_at=BEGINNING,
        committed_at=BEGINNING,
        message=message,
        pull_request=Landed(number) if number else None,
    )


@pytest.fixture
def world(rocket: Repository) -> World:
    """Return a world of one repository, a token that sees everything, and one that sees only what is public."""
    world = World([rocket], [Account("acme", "Organization"), Account("bob", emails=frozenset({"bob@example.org"}))])
    world.tokens |= {TOKEN: Token("ada"), OUTSIDER: Token("bob", private_repositories=frozenset())}
    return world


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the adapter."""
    return Clock()


@pytest.fixture
def seconds(clock: Clock) -> Callable[[], float]:
    """Return the clock of the fake, which shows the same time."""
    return lambda: clock.now().timestamp()


@pytest.fixture
def traffic(tmp_path: Path) -> Path:
    """Return the file in which the fake records what it is asked and what it answers."""
    return tmp_path / "traffic.jsonl"


@pytest.fixture
async def hub(world: World, seconds: Callable[[], float], traffic: Path) -> AsyncIterator[FakeGitHub]:
    """Return a running fake."""
    async with FakeGitHub(world, clock=seconds, record_to=traffic) as hub:
        yield hub


@pytest.fixture
async def opened(hub: FakeGitHub, clock: Clock) -> AsyncIterator[Opened]:
    """Return a function that makes an adapter for the fake: with a token unless told otherwise."""
    made: list[GitHub] = []

    def make(**settings: object) -> GitHub:
        wanted = {"api_url": hub.url, "token": TOKEN, "seconds_between_requests": 0, "timeout": 5, **settings}
        github = GitHub(GitHubSettings.model_validate(wanted), clock=clock)
        made.append(github)
        return github

    yield make
    for github in made:
        await github.__aexit__(None, None, None)


@pytest.fixture
def github(opened: Opened) -> GitHub:
    """Return the adapter, with a token."""
    return opened()
