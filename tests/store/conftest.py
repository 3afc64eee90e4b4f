"""The places where a store can be: a folder, and a database of a real PostgreSQL."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.store import Retention, Store, open_store
from bot.store.engine import PATIENCE, open_postgresql, open_sqlite
from tests.store.postgresql import NotAvailable, Server, running_server
from tests.store.support import StoppedClock

RETENTION = Retention()
_NUMBERS = count(1)


@dataclass(frozen=True)
class Location:
    """Where a store is; opening it twice opens the same one."""

    data_dir: Path
    url: str | None
    clock: StoppedClock

    def open(
        self, *, retention: Retention = RETENTION, patience: timedelta = PATIENCE
    ) -> AbstractAsyncContextManager[Store]:
        """Open it."""
        return open_store(self.data_dir, self.url, clock=self.clock, retention=retention, patience=patience)

    async def execute(self, statement: str) -> list[Any]:
        """Run a statement of the test's own, behind the store's back, and return its rows."""
        database = open_postgresql(self.url) if self.url else await open_sqlite(self.data_dir)
        async with database.writing() as connection:
            result = await connection.exec_driver_sql(statement)
            rows = list(result) if result.returns_rows else []
        await database.close()
        return rows


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
def new_database(postgresql: Server, tmp_path: Path, clock: StoppedClock) -> Callable[..., Location]:
    """Return a function that makes a store in PostgreSQL; it takes options of CREATE DATABASE."""

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
