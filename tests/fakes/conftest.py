"""A fake GitHub with one repository, a fake Slack, and a fake Discord with one server, for the tests of the fakes."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.contracts.repositories import BuiltRepository, Story
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import Bot, connected, lead
from tests.fakes.discord_town import Town
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Account, Issue, PullRequest, Repository, Review, Token, World
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_client import client

TOKEN = "ghp_of-ada"  # noqa: S105 - good for nothing but the fake
OUTSIDER = "ghp_of-bob"
WRONG = "ghp_of-nobody"
NOISE = "".join(f"{n:x} {n * n:x}\n" for n in range(40_000))


@dataclass
class Clock:
    """A clock that a test sets."""

    seconds: float = 1_768_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


@pytest.fixture(scope="session")
def rocket(tmp_path_factory: pytest.TempPathFactory) -> BuiltRepository:
    """Return a repository of three changes, the first of which weighs half a megabyte."""
    story = Story()
    story.commit("Begin", {"noise.txt": NOISE})
    story.commit("Order requests by deadline (#12)", {"queue.py": "heap\n", "noise.txt": "quiet\n"})
    story.commit("Name the queue (#13)", {"queue.py": "named heap\n"}, author="Bob <bob@example.org>")
    story.tag("v1.0", 2)
    return story.write(tmp_path_factory.mktemp("rocket") / "rocket.git")


@pytest.fixture
def world(rocket: BuiltRepository) -> World:
    """Return a world with a public repository of two pull requests, a private one, and the tokens of two people."""
    public = Repository("acme/rocket", rocket.path, stars=5)
    public.add(
        PullRequest(
            12,
            "Order requests by deadline",
            "Pop is O(log n).",
            "ada",
            rocket.sha(2),
            labels=("scheduler", "breaking-change"),
            milestone="1.0",
            reviews=(Review("bob", "COMMENTED"), Review("bob", "APPROVED"), Review("eve", "CHANGES_REQUESTED")),
            requested_reviewers=("mallory",),
            closes=(Issue(7, "Old requests starve"),),
        ),
        PullRequest(13, "Name the queue", None, "renamer[bot]", rocket.sha(3)),
        PullRequest(14, "Drop the queue", "", None, state="OPEN"),
    )
    private = Repository("acme/secret", rocket.path, private=True)
    world = World(
        [public, private], [Account("acme", "Organization"), Account("bob", emails=frozenset({"bob@example.org"}))]
    )
    world.tokens |= {TOKEN: Token("ada"), OUTSIDER: Token("bob", private_repositories=frozenset())}
    return world


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the fake."""
    return Clock()


@pytest.fixture
def hub(world: World, clock: Clock) -> Iterator[FakeGitHub]:
    """Return a running fake."""
    with FakeGitHub(world, clock=clock).in_thread() as hub:
        yield hub


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """Return a running fake whose minutes pass in 60 ms."""
    async with FakeSlack(scale=1000) as slack:
        yield slack


@pytest.fixture
def api(slack: FakeSlack) -> AsyncWebClient:
    """Return the client of the bot."""
    return client(slack)


@pytest.fixture
def town(clock: Clock) -> Town:
    """Return a server with its people."""
    return Town(clock)


@pytest.fixture
async def fake(town: Town, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    """Return a running fake to which discord.py is led."""
    async with FakeDiscord(town.world) as fake:
        lead(monkeypatch, fake)
        yield fake


@pytest.fixture
async def bot(fake: FakeDiscord) -> AsyncIterator[Bot]:
    """Return a bot that is ready."""
    async with connected(fake) as bot:
        yield bot
