"""Backups brought back, in place of what is there; see `bot.store.backup`."""

import asyncio
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from bot.ports import Clock
from bot.store.backup import DATABASES, disk_errors, scratch, unpack
from bot.store.engine import FILE_NAME, RESTORING
from bot.store.faults import translated
from bot.store.processes import open_processes
from bot.store.store import open_store

_BESIDE = ("", "-wal", "-shm")
"""The ends of the names of what makes up a database of SQLite."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back: as of when (UTC), and where that is which it replaced, if there was something."""

    taken_at: datetime
    replaced: Path | None


async def restore(data_dir: Path, stream: IO[bytes], clock: Clock) -> Restored:
    """Bring a backup back, with the schema of this program; what is there is moved into a folder beside it.

    Raises AlreadyRunning while a process works on the data directory,
    ConfigurationError for what is no backup or one of a newer program, StoreError and StoreUnavailable. What is there
    is not touched then.
    """
    async with open_processes(data_dir):
        with scratch(data_dir, ".restore-") as folder:
            with disk_errors(data_dir):
                taken_at = await asyncio.to_thread(_unpack, stream, folder)
            async with open_store(folder, clock=clock) as store:
                await store.mark_restored()
            await asyncio.to_thread(_have_alone, data_dir / FILE_NAME)
            with disk_errors(data_dir):
                return Restored(taken_at, await asyncio.to_thread(_replace, data_dir, folder, clock.now()))


def _unpack(stream: IO[bytes], folder: Path) -> datetime:
    """Unpack a backup, of which an archive is read from its end: what comes through a pipe is kept first."""
    if stream.seekable():
        return unpack(stream, folder)
    with tempfile.TemporaryFile(dir=folder) as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        return unpack(copy, folder)


def _have_alone(path: Path) -> None:
    """See that nobody has a database open, who would take the new files for those beside the old one.

    Raises StoreUnavailable. A database that cannot be read is nobody's.
    """
    if not path.exists():
        return
    with (
        translated(f"The database {path}"),
        closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as database,
    ):
        try:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise


def _replace(data_dir: Path, folder: Path, now: datetime) -> Path | None:
    """Put the databases of a folder in place of those that are there, and return where those are now.

    A kill in between leaves a folder that keeps everybody from opening what is there by half.
    """
    replaced = data_dir / f"replaced-{now:%Y%m%dT%H%M%S.%fZ}"
    old = [path for name in DATABASES for end in _BESIDE if (path := data_dir / f"{name}{end}").exists()]
    if old:
        replaced.mkdir(mode=0o700)
    restoring = data_dir / RESTORING
    with suppress(FileNotFoundError):
        shutil.rmtree(restoring)
    folder.replace(restoring)
    for path in old:
        path.replace(replaced / path.name)
    for name in DATABASES:
        with suppress(FileNotFoundError):
            (restoring / name).replace(data_dir / name)
    shutil.rmtree(restoring)
    return replaced if old else None
