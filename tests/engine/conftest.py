"""Where an engine can keep its work: a file, and a database of a real PostgreSQL."""

from itertools import count
from pathlib import Path

import pytest

from bot.store import engine_url
from tests.store.conftest import postgresql  # noqa: F401 - a fixture
from tests.store.postgresql import Server

_NUMBERS = count(1)


@pytest.fixture
async def file_url(tmp_path: Path) -> str:
    """Return the URL of a new file."""
    return await engine_url(tmp_path / "data", None)


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a new database, of either kind."""
    if request.param == "sqlite":
        return await engine_url(tmp_path / "data", None)
    server: Server = request.getfixturevalue("postgresql")
    name = f"engine{next(_NUMBERS)}"
    server.execute(f"CREATE DATABASE {name}")
    return await engine_url(tmp_path, server.url(name))
