"""The contract of every Archive, for the ways in which git can be given a repository."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.source.git import GitArchive, GitSettings, GitSource
from bot.contracts.archive import EVERY, ArchiveContract
from bot.contracts.repositories import BuiltRepository, Story
from bot.contracts.source import DAY, Offer, Steps, window
from bot.errors import SourceUnavailable


@pytest.fixture
def archive(data_dir: Path) -> GitArchive:
    """Return an archive of what the source has read."""
    return GitArchive(GitSettings(), data_dir=data_dir)


class TestBarePath(ArchiveContract):
    """A bare repository on this disk."""

    @pytest.fixture
    def offer(self) -> Offer:
        """By its path."""
        return lambda repository: str(repository.path)


class TestServer(ArchiveContract):
    """A repository behind a URL, whose server gives contents out one by one."""

    @pytest.fixture
    def offer(self, served: Offer) -> Offer:
        """By its URL, filters allowed."""

        def allowed(repository: BuiltRepository) -> str:
            repository.git("config", "uploadpack.allowFilter", "true")
            return served(repository)

        return allowed


async def test_where_a_history_is_cut_off(archive: GitArchive, source: GitSource, served: Offer, folder: Path) -> None:
    """The last commit of a shallow mirror is not said to have made every file."""
    story = Story()
    story.commit("make", {"a": "1", "b": "1"}, at=DAY - timedelta(days=30))
    for number in range(400):
        story.commit(f"b {number}", {"b": str(number)}, at=DAY - timedelta(days=20))
    story.commit("today", {"a": "2"}, at=DAY)
    repository = await source.find(served(story.write(folder)))
    await source.collect(repository, window(), Steps())

    assert [commit.subject for commit in await archive.history(repository, "a", 5)] == ["today"]


async def test_nothing_was_read_yet(archive: GitArchive, source: GitSource, served: Offer, folder: Path) -> None:
    """Of a repository that nobody has digested nothing is there, and its server is not asked."""
    story = Story()
    mark = story.commit("base", {"a": "1"}, at=DAY)
    built = story.write(folder)
    repository = replace(await source.find(served(built)), location="https://code.invalid/acme/rocket.git")

    assert await archive.commit(repository, built.sha(mark)) is None
    assert await archive.history(repository, "a", 5) == ()


async def test_a_server_that_is_gone(source: GitSource, archive: GitArchive, folder: Path) -> None:
    """A file whose content would have to come from a server that is not there is no missing file but an error."""
    story = Story()
    story.commit("old", {"a": "1", "never/compared": "text"})
    mark = story.commit("new", {"a": "2"}, at=DAY)
    built = story.write(folder)
    built.git("config", "uploadpack.allowFilter", "true")
    repository = await source.find(built.url)
    await source.collect(repository, window(), Steps())
    built.path.rename(folder.with_name("gone"))

    with pytest.raises(SourceUnavailable):
        await archive.file(repository, built.sha(mark), "never/compared", *EVERY)
