"""The contract of every Source, for the ways in which git can be given a repository."""

from pathlib import Path

import pytest

from adapters.source.git import GitSource
from bot.contracts.repositories import BuiltRepository, Story
from bot.contracts.source import Offer, SourceContract


class TestBarePath(SourceContract):
    """A bare repository on this disk."""

    @pytest.fixture
    def offer(self) -> Offer:
        """By its path."""
        return lambda repository: str(repository.path)


class TestMirror(SourceContract):
    """A repository behind a URL, whose server gives contents out one by one."""

    @pytest.fixture
    def offer(self) -> Offer:
        """By its URL, filters allowed."""

        def allowed(repository: BuiltRepository) -> str:
            if repository.path.exists():
                repository.git("config", "uploadpack.allowFilter", "true")
            return repository.url

        return allowed


class TestMirrorWithoutFilter(SourceContract):
    """A repository behind a URL, whose server knows no filters."""

    @pytest.fixture
    def offer(self) -> Offer:
        """By its URL."""
        return lambda repository: repository.url


class TestServer(SourceContract):
    """A repository behind a URL, whose server speaks the smart HTTP protocol."""

    @pytest.fixture
    def offer(self, served: Offer) -> Offer:
        """By its URL."""
        return served


async def test_a_work_tree_and_its_folders(source: GitSource, tmp_path: Path) -> None:
    """A work tree is found by its folder, by anything within and by its .git, and named by the folder."""
    story = Story()
    story.commit("base", {"deep/down/a": "1"})
    built = story.write(tmp_path / "rocket", bare=False)
    found = [await source.find(str(built.path / part)) for part in ("", "deep/down", "deep/down/a")]
    assert {(repository.name, repository.location) for repository in found} == {("rocket", str(built.path))}
    assert (await source.find(str(built.path / ".git"))).name == "rocket"
