"""Backups of SQLite: what is kept and the work under way, as of one moment, in one file; also while both are in use.

The file is a ZIP archive of the two databases and a manifest. PostgreSQL has tools of its own for this.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from bot.errors import ConfigurationError, StoreError
from bot.store.engine import ENGINE_FILE_NAME, FILE_NAME, PATIENCE
from bot.store.faults import translated

DATABASES = (FILE_NAME, ENGINE_FILE_NAME)
_MANIFEST = "backup.json"
_FORMAT = 1
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,  # a member is missing
    NotImplementedError,  # a compression that nobody here knows
    RuntimeError,  # it is encrypted
    TypeError,  # the manifest is not what it should be
    ValueError,
)


def back_up(data_dir: Path, stream: IO[bytes], now: datetime) -> None:
    """Write a backup of a data directory to a stream, while whoever works on it is held up for no more than a moment.

    Raises ConfigurationError, StoreError and StoreUnavailable, and the OSError of a stream that cannot be written.
    """
    if not (data_dir / FILE_NAME).exists():
        message = f"There is nothing to back up in {data_dir}."
        raise ConfigurationError(message, remedy="Set DIGESTBOT_DATA_DIR to the folder that the bot runs with.")
    with scratch(data_dir, ".backup-") as folder:
        _copy(data_dir, folder)
        _pack(folder, stream, now)


def unpack(stream: IO[bytes], folder: Path) -> datetime:
    """Unpack a backup into a folder, see that it is sound, and return as of when it is.

    Raises ConfigurationError for one that is none, is damaged, or is of a form that only newer programs know.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            taken_at = datetime.fromisoformat(manifest["taken_at"])
            names = [name for name in DATABASES if name in manifest["databases"]]
            if manifest["format"] == _FORMAT:
                for name in names:
                    _extract(archive, name, folder / name)
    except _UNREADABLE:
        message = "This is no backup that `digestbot backup` has written, or it is damaged."
        raise ConfigurationError(message, remedy="Name another file.") from None
    if manifest["format"] != _FORMAT or FILE_NAME not in names:
        message = f"The backup is of the form {manifest['format']}, and this program knows {_FORMAT}."
        raise ConfigurationError(message, remedy="Restore it with the newer version that has written it.")
    _check(folder)
    return taken_at


@contextmanager
def scratch(data_dir: Path, prefix: str) -> Iterator[Path]:
    """Make a folder on the disk of the data directory, for this user alone, and remove it in the end.

    Raises StoreError if it cannot be made.
    """
    with disk_errors(data_dir):
        folder = Path(tempfile.mkdtemp(dir=data_dir, prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def disk_errors(data_dir: Path) -> Iterator[None]:
    """Raise StoreError where the disk of the data directory fails."""
    try:
        yield
    except OSError as error:
        message = f"{data_dir} cannot be written: {error.strerror or error}."
        raise StoreError(message, remedy="Make the folder writable, with room on its disk.") from None


def _copy(data_dir: Path, folder: Path) -> None:
    """Copy the databases as they are at one moment: work is neither done nor counted in one and not in the other."""
    with ExitStack() as stack, translated(f"The database in {data_dir}"):
        present = {name: data_dir.absolute() / name for name in DATABASES if (data_dir / name).exists()}
        with ExitStack() as locks:
            # Nobody writes to any of them until of each a reading has begun, which then stays as it is.
            for path in present.values():
                locks.enter_context(closing(_opened(path))).execute("BEGIN IMMEDIATE")
            readings = {name: stack.enter_context(closing(_opened(path))) for name, path in present.items()}
            for reading in readings.values():
                reading.execute("BEGIN")
                reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for name, reading in readings.items():
            with closing(sqlite3.connect(folder / name)) as copy:
                reading.backup(copy)
    _check(folder)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=PATIENCE.total_seconds(), isolation_level=None)


def _check(folder: Path) -> None:
    """See that the databases in a folder are sound. Raises StoreError."""
    for name in DATABASES:
        if (folder / name).exists():
            with translated(f"The database {name} of the backup"), closing(sqlite3.connect(folder / name)) as database:
                (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                message = f"The database {name} is damaged: {found}."
                raise StoreError(message, remedy="Restore a backup of before.")


def _pack(folder: Path, stream: IO[bytes], now: datetime) -> None:
    names = [name for name in DATABASES if (folder / name).exists()]
    manifest = {"format": _FORMAT, "taken_at": now.isoformat(), "databases": names}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=2) + "\n")
        for name in names:
            archive.write(folder / name, name)


def _extract(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    """Write a member to a file for this user alone, and see that it reaches the disk."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file, archive.open(name) as member:
        shutil.copyfileobj(member, file)
        file.flush()
        os.fsync(file.fileno())
