"""A whole day from its short name to its changes: how often GitHub is asked, and what comes of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.source.git import GitSettings, GitSource
from bot.contracts.repositories import BuiltRepository, Story
from bot.contracts.source import Steps
from bot.digest.collect import EnrichedSource, Kept
from bot.model import Collection, Window
from bot.names import RepositoryNames
from bot.store import Store, open_store
from tests.adapters.source.github.conftest import BEGINNING, TOKEN, Clock, Opened
from tests.fakes.github import FakeGitHub
from tests.fakes.github_answers import server_error
from tests.fakes.github_world import Repository

DAY = Window(BEGINNING - timedelta(hours=12), BEGINNING + timedelta(hours=12), "UTC", "today")


class Bot:
    """What a digest is made with, as the composition root puts it together; each one knows only what is kept."""

    def __init__(self, opened: Opened, store: Store, clock: Clock, data_dir: Path, token: str | None) -> None:
        host = opened(token=token)
        git = GitSource(GitSettings(), data_dir=data_dir)
        self._names = RepositoryNames(git, host, store.names, store, clock, aliases={})
        self._source = EnrichedSource(git, host, Kept(store.pull_requests, store.changes, store))

    async def day(self, name: str) -> Collection:
        """Return the changes of the day of a repository."""
        found = await self._names.find(name)
        return await self._source.collect(found.repository, DAY, Steps())


def told(story: Story, first: int, last: int) -> None:
    """Add changes, each through the pull request of its number."""
    for number in range(first, last + 1):
        at = BEGINNING + timedelta(minutes=number)
        story.commit(f"Change {number} (#{number})", {f"{number}.py": "x\n"}, at=at)


@pytest.fixture
def busy(hub: FakeGitHub, tmp_path: Path) -> BuiltRepository:
    """Return a repository with a day of 20 changes, which GitHub knows too."""
    story = Story()
    story.commit("Begin", {"a.py": "x\n"}, at=BEGINNING - timedelta(days=2))
    told(story, 1, 20)
    built = story.write(tmp_path / "busy")
    known = Repository("sgl-project/sglang", built.path, stars=900)
    known.adopt_pull_requests()
    hub.world.repositories.append(known)
    return built


def landed_later(busy: BuiltRepository, hub: FakeGitHub) -> None:
    """Let three more changes land."""
    story = Story()
    at = BEGINNING + timedelta(hours=1)
    parent: int | str = busy.git("rev-parse", "main").strip()
    for number in (21, 22, 23):
        parent = story.commit(f"Change {number} (#{number})", {f"{number}.py": "x\n"}, at=at, parents=[parent])
    busy.add(story)
    hub.world.repositories[-1].adopt_pull_requests()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    """Return an empty store."""
    async with open_store(tmp_path / "data", clock=clock) as store:
        yield store


def titles(collection: Collection) -> list[str | None]:
    """Return the title of the pull request of each change."""
    return [each.pull_request.title if each.pull_request else None for each in collection.commits]


async def test_cold_and_warm(
    opened: Opened, hub: FakeGitHub, store: Store, clock: Clock, tmp_path: Path, busy: BuiltRepository
) -> None:
    """A day costs two requests the first time, one when more has landed, and none when nothing has."""
    costs = []
    for new in (False, True, False):
        if new:
            landed_later(busy, hub)
        hub.log.clear()
        collection = await Bot(opened, store, clock, tmp_path / "data", TOKEN).day("sglang")
        costs.append(len(hub.requests("rest")) + len(hub.requests("graphql")))
    assert costs == [2, 1, 0]
    assert titles(collection) == [f"Change {number}" for number in range(23, 0, -1)]
    assert collection.repository.name == "sgl-project/sglang"


@pytest.mark.usefixtures("busy")
async def test_a_day_without_a_token(
    opened: Opened, hub: FakeGitHub, store: Store, clock: Clock, tmp_path: Path
) -> None:
    """Without a token a day fits into the sixty requests of an hour, and is not paid for twice."""
    for _ in range(2):
        collection = await Bot(opened, store, clock, tmp_path / "data", None).day("sglang")
    assert (titles(collection).count(None), collection.notes) == (0, ())
    assert len(hub.requests("rest")) == 21


@pytest.mark.usefixtures("busy")
async def test_without_the_api(opened: Opened, hub: FakeGitHub, store: Store, clock: Clock, tmp_path: Path) -> None:
    """While the API fails, git alone brings every change of a repository whose full name is known, with a note."""
    hub.faults.add(*[server_error()] * 100, on="repos/|graphql|pulls")
    bot = Bot(opened, store, clock, tmp_path / "data", TOKEN)
    collection = await bot.day("sgl-project/sglang")
    assert len(collection.commits) == 20
    assert [note.id for note in collection.notes] == ["pull-requests-unavailable"]


async def test_renamed_meanwhile(
    opened: Opened, hub: FakeGitHub, store: Store, clock: Clock, tmp_path: Path, busy: BuiltRepository
) -> None:
    """A rename between two digests is noticed with the new changes, and the name means the new one from then on."""
    bot = Bot(opened, store, clock, tmp_path / "data", TOKEN)
    await bot.day("sglang")
    landed_later(busy, hub)
    hub.world.repositories[-1].rename("newco/sglang")
    collection = await bot.day("sglang")
    assert [note.id for note in collection.notes] == ["repository-renamed"]
    assert (await bot.day("sglang")).repository.name == "newco/sglang"
