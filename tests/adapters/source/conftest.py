"""What the tests of the git source share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.source.git import GitSettings, GitSource
from bot.contracts.repositories import BuiltRepository
from bot.contracts.source import Offer
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository, World


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Where mirrors go; empty at first."""
    return tmp_path / "data"


@pytest.fixture
def source(data_dir: Path) -> GitSource:
    """Return a source whose mirrors are empty."""
    return GitSource(GitSettings(), data_dir=data_dir)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test makes its repository."""
    return tmp_path / "rocket"


@pytest.fixture(scope="session")
def server() -> Iterator[FakeGitHub]:
    """Yield a server that speaks git's smart HTTP protocol."""
    with FakeGitHub(World()).in_thread() as server:
        yield server


@pytest.fixture
def served(server: FakeGitHub) -> Offer:
    """Offer repositories on the server, each by a URL of its own."""

    def serve(repository: BuiltRepository) -> str:
        repositories = server.world.repositories
        repositories.append(Repository(f"acme/rocket-{len(repositories)}", repository.path))
        return f"{server.url}/{repositories[-1].full_name}.git"

    return serve
