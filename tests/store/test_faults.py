"""What goes wrong with a database is said in a sentence, and costs nothing that was kept before."""

import asyncio
import os
import pwd
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from bot.errors import StoreError, StoreUnavailable
from bot.store.engine import open_sqlite
from bot.store.faults import translated
from tests.store.postgresql import Server
from tests.store.support import REPOSITORY, Location, NewDatabase, StoppedClock, change, sha

_AT_ONCE = timedelta(milliseconds=50)
# Beginnings, since most have finer codes beneath them.
_OUTSIDE = (
    "SQLITE_AUTH",
    "SQLITE_BUSY",
    "SQLITE_CANTOPEN",
    "SQLITE_CORRUPT",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_LOCKED",
    "SQLITE_NOTADB",
    "SQLITE_PERM",
    "SQLITE_PROTOCOL",
    "SQLITE_READONLY",
)
# What triggers, functions, foreign tables, limits of a statement and the server's own files cause: none are ours.
_ELSEWHERE = ("27", "2F", "38", "39", "3B", "54", "F0", "HV")
_OPERATIONAL = [
    kind
    for kind in vars(psycopg.errors).values()
    if isinstance(kind, type) and issubclass(kind, psycopg.OperationalError)
    if kind.sqlstate and not kind.sqlstate.startswith(_ELSEWHERE)
]


@pytest.fixture
def path(folder: Location) -> Path:
    """Return the file of the database, in a folder that exists."""
    folder.data_dir.mkdir()
    return folder.data_dir / "digestbot.sqlite3"


@pytest.fixture
def unprivileged(clock: StoppedClock) -> Iterator[Location]:
    """Make modes count: root, who may do everything, becomes another user for the test, and gives that one a folder."""
    with tempfile.TemporaryDirectory() as own:
        if os.geteuid() != 0:
            yield Location(Path(own) / "data", None, clock)
            return
        user = pwd.getpwnam("nobody")
        os.chown(own, user.pw_uid, user.pw_gid)
        os.seteuid(user.pw_uid)
        try:
            yield Location(Path(own) / "data", None, clock)
        finally:
            os.seteuid(0)


async def _open(location: Location) -> None:
    async with location.open(patience=_AT_ONCE):
        pass


async def test_a_file_that_is_no_database(folder: Location, path: Path) -> None:
    """A file of another kind in the database's place is named, and left as it was."""
    path.write_text(notes := "These are the notes of somebody else. " * 100)

    with pytest.raises(StoreError, match=f"{path} is not a database"):
        await _open(folder)

    assert path.read_text() == notes


async def test_a_damaged_database(folder: Location) -> None:
    """A database whose pages were overwritten is said to be damaged."""
    async with folder.open() as store:
        await store.changes.keep(REPOSITORY, map(change, range(100)))
    path = folder.data_dir / "digestbot.sqlite3"
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))

    with pytest.raises(StoreError, match=f"{path} is damaged"):
        await _open(folder)


async def test_a_folder_in_place_of_the_file(folder: Location, path: Path) -> None:
    """A folder in the database's place is an error that names it."""
    path.mkdir()

    with pytest.raises(StoreError, match=f"{path} "):
        await _open(folder)


async def test_a_file_in_place_of_the_folder(folder: Location) -> None:
    """A data directory that is a file is an error that names it and says which setting to change."""
    folder.data_dir.write_text("")

    with pytest.raises(StoreError, match=f"{folder.data_dir}.*DIGESTBOT_DATA_DIR"):
        await _open(folder)


async def test_a_folder_that_may_not_be_written(unprivileged: Location) -> None:
    """A folder without the right to write is an error that says which setting to change."""
    unprivileged.data_dir.mkdir(mode=0o500)

    with pytest.raises(StoreError, match=r"cannot be opened: Permission denied\..*DIGESTBOT_DATA_DIR"):
        await _open(unprivileged)


async def test_a_file_that_may_not_be_written(unprivileged: Location) -> None:
    """A database without the right to write is an error, before anything is kept."""
    unprivileged.data_dir.mkdir()
    (unprivileged.data_dir / "digestbot.sqlite3").touch(mode=0o400)

    with pytest.raises(StoreError, match="may not be written by this user"):
        await _open(unprivileged)


async def test_a_database_that_is_locked(folder: Location) -> None:
    """While another process writes for longer than one waits, keeping fails for now and reading goes on."""
    async with folder.open(patience=_AT_ONCE) as store:
        await store.changes.keep(REPOSITORY, [change(1)])
        other = sqlite3.connect(folder.data_dir / "digestbot.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnavailable, match="is locked by another process"):
            await store.changes.keep(REPOSITORY, [change(2)])
        assert await store.changes.known(REPOSITORY, [sha(1), sha(2)]) == {sha(1): change(1)}

        other.close()
        await store.changes.keep(REPOSITORY, [change(2)])
        assert len(await store.changes.known(REPOSITORY, [sha(1), sha(2)])) == 2


async def test_a_postgresql_table_that_is_locked(new_database: NewDatabase) -> None:
    """While somebody has locked a table of PostgreSQL for longer than one waits, its use fails for now."""
    location = new_database()
    async with location.open(patience=_AT_ONCE) as store:
        with psycopg.connect(str(location.url)) as other:
            other.execute("LOCK TABLE changes")

            with pytest.raises(StoreUnavailable, match="is locked by another process"):
                await store.changes.known(REPOSITORY, [sha(1)])

        assert await store.changes.known(REPOSITORY, [sha(1)]) == {}


async def test_a_disk_that_is_full(folder: Location) -> None:
    """When the disk is full, all of what was to be kept is given up, and what was kept before is there."""

    def fill_the_disk(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.cursor().execute("PRAGMA max_page_count = 20")

    async with folder.open() as store:
        await store.changes.keep(REPOSITORY, [change(1)])
    event.listen(Pool, "connect", fill_the_disk)
    try:
        async with folder.open() as store:
            with pytest.raises(StoreError, match="its disk is full"):
                await store.changes.keep(REPOSITORY, map(change, range(2, 2000)))

            assert await store.changes.known(REPOSITORY, map(sha, range(2000))) == {sha(1): change(1)}
            await store.pull_requests.keep(REPOSITORY, {sha(1): None})
    finally:
        event.remove(Pool, "connect", fill_the_disk)


async def test_a_server_that_restarts(new_database: NewDatabase, postgresql: Server) -> None:
    """When PostgreSQL has ended the connections, the next use opens new ones."""
    location = new_database()
    async with location.open() as store:
        await store.changes.keep(REPOSITORY, [change(1)])
        ended = postgresql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

        assert (True,) in ended
        assert await store.changes.known(REPOSITORY, [sha(1)]) == {sha(1): change(1)}


async def test_a_postgresql_that_only_reads(new_database: NewDatabase) -> None:
    """A database that may only be read is an error of the operator's."""
    location = new_database()
    async with location.open():
        pass
    name = (await location.execute("SELECT current_database()"))[0][0]
    await location.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")

    async with location.open() as store:
        with pytest.raises(StoreError, match="may not be written"):
            await store.names.remember("rocket", REPOSITORY)


@pytest.mark.parametrize("name", [name for name in dir(sqlite3) if name.startswith(_OUTSIDE)])
def test_every_failure_of_sqlite_has_its_sentence(name: str) -> None:
    """Of SQLite's result codes, all that lie outside the program become errors of the project."""
    error = sqlite3.OperationalError("said by SQLite")
    error.sqlite_errorcode = getattr(sqlite3, name)

    with pytest.raises((StoreError, StoreUnavailable), match=r"^The database "), translated("The database"):
        raise OperationalError("SELECT", {}, error)


@pytest.mark.parametrize("kind", _OPERATIONAL, ids=lambda kind: kind.__name__)
def test_every_failure_of_postgresql_has_its_sentence(kind: type[psycopg.OperationalError]) -> None:
    """Of PostgreSQL's error codes, all that its driver calls operational become errors of the project."""
    with pytest.raises((StoreError, StoreUnavailable), match=r"^The database "), translated("The database"):
        raise OperationalError("SELECT", {}, kind("said by PostgreSQL"))


def test_a_fault_of_the_program_passes() -> None:
    """An error that no operator can put right is not dressed up as one."""
    with pytest.raises(IntegrityError), translated("The database"):
        raise IntegrityError("INSERT", {}, psycopg.errors.UniqueViolation())


async def test_a_cancelled_write_locks_nobody_out(folder: Location) -> None:
    """A task that is cancelled in the middle of a statement leaves the database to the others at once."""
    slow = """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
        INSERT INTO upkeep SELECT i, i FROM n RETURNING task
    """
    async with folder.open(patience=timedelta(milliseconds=100)) as store:
        database = await open_sqlite(folder.data_dir)

        async def write() -> None:
            async with database.writing() as connection:
                await connection.exec_driver_sql(slow)

        task = asyncio.create_task(write())
        await asyncio.wait([task], timeout=0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await task
        await store.names.remember("rocket", REPOSITORY)
        await database.close()
    assert cancelled.tb is not None  # as long as this is known, so is the cursor
