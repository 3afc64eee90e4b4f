"""Opens the database and begins its transactions: SQLite in the data directory, or PostgreSQL."""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Table, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import ConfigurationError, StoreError
from bot.store import migrations
from bot.store.faults import translated

FILE_NAME = "digestbot.sqlite3"
ENGINE_FILE_NAME = "engine.sqlite3"
RESTORING = "restoring"
"""A folder that is there while a backup takes the place of what is in the data directory."""

PATIENCE = timedelta(seconds=30)
_CONNECT_SECONDS = 10
_POSTGRESQL_SCHEMES = {"postgres", "postgresql", "postgresql+psycopg"}


class Database:
    """An open database, of one kind or the other. `name` begins a sentence about it."""

    def __init__(self, engine: AsyncEngine, name: str) -> None:
        self.name = name
        self._reads = engine
        self._writes = engine.execution_options(writes=True)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Begin a transaction that only reads; it waits for nobody who writes.

        Raises StoreUnavailable and StoreError, here and from whatever is done within.
        """
        with translated(self.name):
            async with self._reads.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self, *alone_in: Table) -> AsyncIterator[AsyncConnection]:
        """Begin a transaction that may write, and commit it at the end.

        Nobody else writes to the tables `alone_in` meanwhile; on SQLite that is so of all tables. Raises
        StoreUnavailable and StoreError, here and from whatever is done within.
        """
        with translated(self.name):
            async with self._writes.begin() as connection:
                if connection.dialect.name == "postgresql":
                    for table in alone_in:
                        await connection.exec_driver_sql(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE")
                yield connection

    async def connect(self) -> AsyncConnection:
        """Return a connection that ends each statement's transaction with it, and stays with the caller.

        Errors are the driver's own: see `bot.store.faults.translated`.
        """
        return await self._reads.execution_options(isolation_level="AUTOCOMMIT").connect()

    async def migrate(self) -> None:
        """Bring the schema up to date. Raises ConfigurationError if it is newer than the program."""
        async with self.reading() as connection:
            current = await connection.run_sync(migrations.is_current)
        if not current:
            async with self.writing() as connection:
                await connection.run_sync(migrations.upgrade)

    async def close(self) -> None:
        """Close all connections."""
        await self._reads.dispose()


async def open_sqlite(data_dir: Path, patience: timedelta = PATIENCE) -> Database:
    """Open the file in the data directory, and make either if it is missing; for this user alone.

    `patience` is how long to wait for another process that writes. Raises StoreError if the place cannot be used.
    """
    path = await asyncio.to_thread(_prepare_sqlite, data_dir / FILE_NAME, patience)
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        # The driver must leave the beginning of transactions to `_begin_sqlite`.
        connect_args={"timeout": patience.total_seconds(), "isolation_level": None},
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "invalidate", _end_sqlite)
    return Database(engine, _sqlite_name(path))


def open_postgresql(url: str, patience: timedelta = PATIENCE) -> Database:
    """Open the database that a URL of the usual forms names (postgres://, postgresql://), without connecting yet.

    `patience` is how long to wait for a lock. Raises ConfigurationError if the URL is none, or the driver is missing.
    """
    try:
        engine = create_async_engine(
            _postgresql_url(url),
            connect_args={"connect_timeout": _CONNECT_SECONDS},
            hide_parameters=True,
            pool_pre_ping=True,
        )
    except ModuleNotFoundError:
        message = "DATABASE_URL names a PostgreSQL database, but the driver for it is not installed."
        raise ConfigurationError(message, remedy="Install digestbot[postgres].") from None
    milliseconds = round(patience.total_seconds() * 1000)

    def set_up(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.cursor().execute(f"SET lock_timeout = {milliseconds}")
        connection.commit()

    event.listen(engine.sync_engine, "connect", set_up)
    return Database(engine, "The database of DATABASE_URL")


async def engine_url(data_dir: Path, database_url: str | None, patience: timedelta = PATIENCE) -> str:
    """Return the URL of the database in which the workflow engine keeps its own tables, ready to be opened.

    It is a file beside ours, for this user alone since whoever can write to it can run code, or the same PostgreSQL,
    where the engine has a schema of its own. Raises ConfigurationError and StoreError.
    """
    if database_url:
        return _postgresql_url(database_url).render_as_string(hide_password=False)
    path = await asyncio.to_thread(_prepare_sqlite, data_dir / ENGINE_FILE_NAME, patience)
    return URL.create("sqlite", database=str(path)).render_as_string()


async def begun_engine_url(data_dir: Path, database_url: str | None, table: str) -> str | None:
    """Return the URL as `engine_url` does where an engine has made its tables, of which one is named; else None.

    `table` has its schema before it, which SQLite has none of. Raises StoreUnavailable, StoreError, ConfigurationError.
    """
    if database_url:
        database = open_postgresql(database_url)
        try:
            async with database.reading() as connection:
                begun = await connection.scalar(text("SELECT to_regclass(:table)"), {"table": table}) is not None
        finally:
            await database.close()
    else:
        begun = await asyncio.to_thread(_has_table, data_dir / ENGINE_FILE_NAME, table.rpartition(".")[2])
    return await engine_url(data_dir, database_url) if begun else None


@contextmanager
def reading_engine() -> Iterator[None]:
    """Raise StoreUnavailable or StoreError where the engine's database cannot be read."""
    name = "The database of the work under way"
    try:
        with translated(name):
            yield
    except SQLAlchemyError as error:
        # An older version of the engine had other tables, and the next one to begin changes them.
        message = f"{name} cannot be read by this version: {type(error).__name__}."
        raise StoreError(message, remedy="Start `digestbot run`, which brings it up to date.") from None


def _postgresql_url(text: str) -> URL:
    """Return the URL for our driver. The errors show nothing of it, since any part may be a misplaced password."""
    with suppress(ArgumentError, ValueError):
        url = make_url(text)
        # An "@" that is not escaped in the password would end up in the name of the host, and so in errors.
        if url.drivername in _POSTGRESQL_SCHEMES and "@" not in (url.host or ""):
            return url.set(drivername="postgresql+psycopg")
    message = "DATABASE_URL is not the URL of a PostgreSQL database."
    remedy = "Write postgresql://user:password@host/database, with %40 for an @ in the password, or unset it."
    raise ConfigurationError(message, remedy=remedy)


def _prepare_sqlite(file: Path, patience: timedelta) -> Path:
    """Make sure of the folder and of a file that others may read while one writes, and return its absolute path."""
    path = file.absolute()
    if (path.parent / RESTORING).exists():
        message = f"A restore of {path.parent} was interrupted, and has left it by half."
        raise StoreError(message, remedy="Run `digestbot restore` with the same backup once more.")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives the files beside it the same mode. An existing one is not opened here: closing it again would
        # release the locks that another connection of this process holds.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        if path.stat().st_mode & 0o077:
            with suppress(PermissionError):
                path.chmod(0o600)
        # SQLite does not wait for other processes that change the journal's mode at the same moment.
        with os.fdopen(os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _set_journal_mode(path, patience)
    except OSError as error:
        message = f"{_sqlite_name(path)} cannot be opened: {error.strerror}."
        remedy = "Make the folder writable, with room on its disk, or set DIGESTBOT_DATA_DIR to another one."
        raise StoreError(message, remedy=remedy) from None
    return path


def _set_journal_mode(path: Path, patience: timedelta) -> None:
    with translated(_sqlite_name(path)), closing(sqlite3.connect(path, timeout=patience.total_seconds())) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def _has_table(file: Path, table: str) -> bool:
    path = file.absolute()
    if not path.exists():
        return False
    with translated(_sqlite_name(path)), closing(sqlite3.connect(path, timeout=PATIENCE.total_seconds())) as connection:
        found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
        return found.fetchone() is not None


def _sqlite_name(path: Path) -> str:
    return f"The database {path}"


def _set_up_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # Begun as a reader, a transaction that goes on to write fails at once if another has written meanwhile.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _end_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry, _error: BaseException | None) -> None:
    # A connection is thrown away where a task is cancelled while a statement runs. SQLite keeps it, and its lock on the
    # file, for as long as anything refers to a cursor of it; unless its transaction has ended.
    with suppress(sqlite3.Error):
        connection.rollback()
