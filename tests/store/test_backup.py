"""Backups of SQLite: of one moment, whole or refused, and brought back in place of what is there."""

import asyncio
import io
import json
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from bot.errors import AlreadyRunning, ConfigurationError, StoreError, StoreUnavailable
from bot.ports import Gap
from bot.store import back_up, engine_url, open_processes, restore
from tests.store.support import NOON, REPOSITORY, Location, StoppedClock

LATER = NOON + timedelta(hours=1)


async def kept(folder: Location, name: str = "rocket") -> None:
    """Let a name be kept in a data directory, and work be under way."""
    async with folder.open() as store:
        await store.names.remember(name, REPOSITORY)
    await engine_url(folder.data_dir, None)


def backup_of(folder: Location) -> io.BytesIO:
    """Return a backup."""
    stream = io.BytesIO()
    back_up(folder.data_dir, stream, NOON)
    return stream


async def names(folder: Location) -> list[str]:
    """Return the names that are kept."""
    return [name for (name,) in await folder.execute("SELECT name FROM resolved_names")]


async def test_a_backup_is_brought_back(folder: Location) -> None:
    """What was kept is there again, and what replaced it since is put aside, both for their owner alone."""
    await kept(folder)
    backup = backup_of(folder)
    await kept(folder, "later")

    restored = await restore(folder.data_dir, backup, folder.clock)

    assert await names(folder) == ["rocket"]
    assert restored.taken_at == NOON
    assert restored.replaced is not None
    there = {path.name for path in restored.replaced.iterdir()}
    assert {"digestbot.sqlite3", "engine.sqlite3"} <= there
    with closing(sqlite3.connect(restored.replaced / "digestbot.sqlite3")) as replaced:
        assert len(replaced.execute("SELECT name FROM resolved_names").fetchall()) == 2
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.data_dir.iterdir() if path.is_file()}
    assert modes == {0o600}
    assert stat.S_IMODE(restored.replaced.stat().st_mode) == 0o700
    assert not [path for path in folder.data_dir.iterdir() if path.name.startswith((".", "restoring"))]


async def test_a_backup_is_brought_back_where_nothing_is(folder: Location, tmp_path: Path) -> None:
    """On a new machine nothing is replaced."""
    await kept(folder)
    restored = await restore(tmp_path / "new" / "data", backup_of(folder), folder.clock)

    assert restored.replaced is None
    assert await names(Location(tmp_path / "new" / "data", None, folder.clock)) == ["rocket"]


async def test_a_restore_leaves_a_gap(folder: Location, clock: StoppedClock) -> None:
    """What is restored knows since when it knows nothing, for a month, also from a backup that knew so of itself."""
    async with folder.open() as store:
        assert await store.gap() is None
        await store.outbox.lease("t", "one", timedelta(minutes=1))
    clock.moment = LATER
    await restore(folder.data_dir, backup_of(folder), clock)
    async with folder.open() as store:
        assert await store.gap() == Gap(NOON, LATER)
        lease = await store.outbox.lease("t", "one", timedelta(minutes=1))
    assert lease is not None
    assert lease.gap == Gap(NOON, LATER)

    clock.moment = LATER + timedelta(days=1)
    await restore(folder.data_dir, backup_of(folder), clock)
    async with folder.open() as store:
        assert await store.gap() == Gap(NOON, clock.moment)
        clock.moment += timedelta(days=30)
        assert await store.gap() is None


async def test_a_backup_is_of_one_moment(folder: Location) -> None:
    """While both databases are written all the time, a backup has neither more of one nor of the other."""
    await kept(folder)
    files = [folder.data_dir / name for name in ("digestbot.sqlite3", "engine.sqlite3")]
    for file in files:
        with closing(sqlite3.connect(file)) as database:
            database.execute("CREATE TABLE counted (n INTEGER)")
    stop, begun = Event(), Event()
    writer = Thread(target=_count, args=(files, stop, begun))
    writer.start()
    try:
        assert begun.wait(30)
        backups = [await asyncio.to_thread(backup_of, folder) for _ in range(8)]
    finally:
        stop.set()
        writer.join()

    counts = [[_newest(backup, file.name) for file in files] for backup in backups]
    # The second follows the first, and each write is one transaction: they differ by the one in between at most.
    assert all(0 <= first - second <= 1 for first, second in counts), counts
    assert len({first for first, _ in counts}) > 1


def _count(files: list[Path], stop: Event, begun: Event) -> None:
    databases = [sqlite3.connect(file, timeout=30) for file in files]
    number = 0
    while not stop.is_set():
        number += 1
        for database in databases:
            with database:
                database.execute("INSERT INTO counted VALUES (?)", (number,))
        begun.set()
    for database in databases:
        database.close()


def _newest(backup: io.BytesIO, name: str) -> int:
    with zipfile.ZipFile(backup) as archive, closing(sqlite3.connect(":memory:")) as database:
        # Bytes cannot be opened in the mode that leaves a journal beside the file.
        data = bytearray(archive.read(name))
        data[18:20] = b"\x01\x01"
        database.deserialize(bytes(data))
        return int(database.execute("SELECT max(n) FROM counted").fetchone()[0])


def _without_databases() -> bytes:
    return _archive({"format": 1, "taken_at": NOON.isoformat(), "databases": []})


def _without_its_file() -> bytes:
    return _archive({"format": 1, "taken_at": NOON.isoformat(), "databases": ["digestbot.sqlite3"]})


def _of_a_newer_form() -> bytes:
    return _archive({"format": 2, "taken_at": NOON.isoformat(), "databases": ["digestbot.sqlite3"]})


def _archive(manifest: object) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("backup.json", json.dumps(manifest))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: b"", "no backup"),
        (lambda: b"something else", "no backup"),
        (lambda: _archive([]), "no backup"),
        (_without_its_file, "no backup"),
        (_without_databases, "is of the form 1"),
        (_of_a_newer_form, "is of the form 2, and this program knows 1"),
    ],
)
async def test_what_is_no_backup_is_refused(folder: Location, made: Callable[[], bytes], words: str) -> None:
    """What is no backup, or one of a form that is not known, is refused, and what is there stays as it is."""
    await kept(folder)
    with pytest.raises(ConfigurationError, match=words):
        await restore(folder.data_dir, io.BytesIO(made()), folder.clock)
    assert await names(folder) == ["rocket"]
    assert not [path for path in folder.data_dir.iterdir() if path.is_dir()]


async def test_a_damaged_backup_is_refused(folder: Location) -> None:
    """Wherever a backup is cut, or a byte of it is changed, it is refused or what it holds is whole."""
    await kept(folder)
    whole, refused = backup_of(folder).getvalue(), 0
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        changed = bytearray(whole)
        changed[at] ^= 0xFF
        for damaged in (whole[:at], bytes(changed)):
            try:
                await restore(folder.data_dir, io.BytesIO(damaged), folder.clock)
            except (ConfigurationError, StoreError):
                refused += 1
            folder.clock.moment += timedelta(seconds=1)
            assert await names(folder) == ["rocket"]
    assert refused > 60


async def test_a_backup_of_a_newer_program_is_refused(folder: Location) -> None:
    """A backup whose schema is newer than the program is refused in a sentence that says so, and nothing changes."""
    await kept(folder)
    backup = backup_of(folder)
    await folder.execute("UPDATE digestbot_version SET version_num = '9999'")
    newer = backup_of(folder)
    await restore(folder.data_dir, backup, folder.clock)

    with pytest.raises(ConfigurationError, match="newer digestbot: its schema is 9999"):
        await restore(folder.data_dir, newer, folder.clock)
    assert await names(folder) == ["rocket"]


async def test_nothing_is_restored_while_a_process_works(folder: Location) -> None:
    """While a process runs, or another command has the database open, nothing is replaced."""
    await kept(folder)
    backup = backup_of(folder)
    async with open_processes(folder.data_dir):
        with pytest.raises(AlreadyRunning):
            await restore(folder.data_dir, backup, folder.clock)
    async with folder.open() as store:
        await store.names.recall("rocket")
        with pytest.raises(StoreUnavailable, match="locked by another process"):
            await restore(folder.data_dir, backup, folder.clock)
        assert await store.names.recall("rocket") == REPOSITORY


async def test_an_interrupted_restore_is_done_again(folder: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a restore is killed, nobody begins with half of it or with nothing, and it can be done again."""
    replace, begun = Path.replace, 0
    await kept(folder)
    backup = backup_of(folder)
    for kill_at in range(1, 10):
        begun = 0

        def killed(path: Path, target: Path, kill_at: int = kill_at) -> Path:
            nonlocal begun
            begun += 1
            if begun == kill_at:
                raise KeyboardInterrupt
            return replace(path, target)

        monkeypatch.setattr(Path, "replace", killed)
        try:
            await restore(folder.data_dir, backup, folder.clock)
        except KeyboardInterrupt:
            monkeypatch.setattr(Path, "replace", replace)
            if (folder.data_dir / "restoring").exists():
                with pytest.raises(StoreError, match="interrupted"):
                    await names(folder)
            else:
                assert await names(folder) == ["rocket"]
            folder.clock.moment += timedelta(seconds=1)
            await restore(folder.data_dir, backup, folder.clock)
        else:
            break
        assert await names(folder) == ["rocket"]
        folder.clock.moment += timedelta(seconds=1)
    assert kill_at > 4


async def test_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    """A folder without data makes no empty backup."""
    with pytest.raises(ConfigurationError, match="nothing to back up"):
        back_up(tmp_path, io.BytesIO(), NOON)
