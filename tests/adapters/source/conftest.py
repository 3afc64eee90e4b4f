"""What the tests of the git source share."""

from pathlib import Path

import pytest

from adapters.source.git import GitSettings, GitSource


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
