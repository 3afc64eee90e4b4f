"""Which processes do the work of a database. See `bot.ports.Processes`.

On SQLite it is one, which holds a lock on a file in the data directory. On PostgreSQL there may be many, each of which
holds an advisory lock on a connection of its own: the server lets go of it when the process dies, or cannot be reached.
"""

import asyncio
import fcntl
import os
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AlreadyRunning, StoreError
from bot.ports import Processes, RunningProcess
from bot.store.engine import Database, open_postgresql
from bot.store.faults import translated

LOCK_FILE_NAME = "run.lock"
_CLASS = 724_603  # of advisory locks: any number that no other program locks by
_APPLICATION = "digestbot "
_EVERYTHING = "all"
"""The role of a process that is alone."""
# Whoever tries the lock of another holds it for a moment, and has no such name.
_RUNNING = """
    SELECT application_name, backend_start FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND classid = :class AND granted AND datname = current_database()
        AND starts_with(application_name, :application)
    ORDER BY application_name
"""
# A machine that vanishes says no goodbye: after these seconds of silence its connection counts as closed.
_KEEPALIVES = {"tcp_keepalives_idle": 5, "tcp_keepalives_interval": 3, "tcp_keepalives_count": 3}


@asynccontextmanager
async def open_processes(
    data_dir: Path, database_url: str | None = None, role: str = _EVERYTHING
) -> AsyncIterator[Processes]:
    """Become one of the processes that do the work, and cease to be one at the end. The role is told to who asks.

    Raises AlreadyRunning, StoreError, StoreUnavailable, ConfigurationError.
    """
    if database_url is None:
        lock = await asyncio.to_thread(_lock, data_dir)
        try:
            yield _OneProcess()
        finally:
            os.close(lock)
        return
    database = open_postgresql(database_url)
    processes = _ManyProcesses(database, role)
    try:
        await processes.hold()
        yield processes
    finally:
        await processes.let_go()
        await database.close()


async def running_processes(data_dir: Path, database_url: str | None = None) -> list[RunningProcess]:
    """Return the processes that do the work now.

    Raises StoreError, StoreUnavailable, ConfigurationError.
    """
    if database_url is None:
        try:
            os.close(await asyncio.to_thread(_lock, data_dir))
        except AlreadyRunning as error:
            # Nobody but its holder writes to the file, which it does when it begins.
            began = (data_dir / LOCK_FILE_NAME).stat().st_mtime
            return [RunningProcess(error.holder, _EVERYTHING, datetime.fromtimestamp(began, UTC))]
        return []
    database = open_postgresql(database_url)
    try:
        async with database.reading() as connection:
            rows = await connection.execute(text(_RUNNING), {"class": _CLASS, "application": _APPLICATION})
            return [_running(name, began) for name, began in rows]
    finally:
        await database.close()


class _OneProcess:
    """The process that alone works on a file; it goes on with what the one before it left, under the same name."""

    name = "digestbot"

    async def hold(self) -> None:
        """Do nothing: the lock is held until the process ends."""

    async def gone(self, names: Iterable[str]) -> set[str]:
        """Return all others."""
        return set(names) - {self.name}


class _ManyProcesses:
    """One of the processes that work on a PostgreSQL database."""

    def __init__(self, database: Database, role: str) -> None:
        self._role = role
        self.name = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
        self._database = database
        self._held: AsyncConnection | None = None

    async def hold(self) -> None:
        """See that the connection with the lock is there, or make another."""
        with translated(self._database.name):
            if self._held is not None:
                try:
                    await self._held.execute(text("SELECT 1"))
                except SQLAlchemyError:
                    await self.let_go()
            if self._held is None:
                connection = await self._database.connect()
                self._held = connection
                for name, seconds in _KEEPALIVES.items():
                    await connection.exec_driver_sql(f"SET {name} = {seconds}")
                told = f"{_APPLICATION}{self._role} {self.name}"  # PostgreSQL cuts it after 63 characters
                await connection.execute(text("SELECT set_config('application_name', :told, false)"), {"told": told})
                await connection.execute(text("SELECT pg_advisory_lock(:class, hashtext(:name))"), self._key(self.name))

    async def gone(self, names: Iterable[str]) -> set[str]:
        """Try the locks of others: whoever can take one knows that its process is dead."""
        gone = set()
        async with self._database.reading() as connection:
            for name in names:
                free = text("SELECT pg_try_advisory_xact_lock(:class, hashtext(:name))")
                if await connection.scalar(free, self._key(name)):
                    gone.add(name)
        return gone

    async def let_go(self) -> None:
        """Close the connection, and with it give up the name."""
        held, self._held = self._held, None
        if held is not None:
            with suppress(SQLAlchemyError):
                await held.invalidate()
                await held.close()

    @staticmethod
    def _key(name: str) -> dict[str, int | str]:
        return {"class": _CLASS, "name": name}


def _running(application: str, began: datetime) -> RunningProcess:
    """Return the process behind a connection's name. Those of older versions did not tell their role in it."""
    role, _, name = application.removeprefix(_APPLICATION).rpartition(" ")
    return RunningProcess(name, role or None, began.astimezone(UTC))


def _lock(data_dir: Path) -> int:
    """Take the lock of a data directory, and return its descriptor. Raises AlreadyRunning, StoreError."""
    path = data_dir.absolute() / LOCK_FILE_NAME
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}.", remedy="Make its folder writable.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 200).decode("utf-8", "replace").strip()
        os.close(lock)
        raise AlreadyRunning(
            f"digestbot already runs on {data_dir}: {holder or 'another process'}.",
            remedy="Stop it first, or set DATABASE_URL to a PostgreSQL database, which several may work on.",
            holder=holder or "another process",
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
    return lock
