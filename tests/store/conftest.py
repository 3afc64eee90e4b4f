"""The places where a store can be: a folder, and a database of a real PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from bot.store import Store
from tests.store.postgresql import NotAvailable, Server, running_server
from tests.store.support import Location, NewDatabase, StoppedClock

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """Return a server for the whole run."""
    try:
        with running_server() as server:
            yield server
    except NotAvailable as error:
        pytest.skip(f"PostgreSQL cannot be started here: {error}")


@pytest.fixture
def clock() -> StoppedClock:
    """Return a clock that stands still."""
    return StoppedClock()


@pytest.fixture
def folder(tmp_path: Path, clock: StoppedClock) -> Location:
    """Return a store in SQLite."""
    return Location(tmp_path / "data", None, clock)


@pytest.fixture
def new_database(postgresql: Server, tmp_path: Path, clock: StoppedClock) -> NewDatabase:
    """Return what makes stores in PostgreSQL."""

    def make(options: str = "") -> Location:
        name = f"store{next(_NUMBERS)}"
        postgresql.execute(f"CREATE DATABASE {name} {options}")
        return Location(tmp_path / "unused", postgresql.url(name), clock)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest) -> Location:
    """Return a store in either."""
    if request.param == "sqlite":
        return request.getfixturevalue("folder")  # type: ignore[no-any-return] # it has no types for that
    return request.getfixturevalue("new_database")()  # type: ignore[no-any-return] # likewise


@pytest.fixture
async def store(location: Location) -> AsyncIterator[Store]:
    """Return an open store."""
    async with location.open() as store:
        yield store
