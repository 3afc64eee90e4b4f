"""`digestbot backup` and `digestbot restore`, as a person at a terminal uses them."""

import os
import pty
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest


class Program:
    """Runs `digestbot`, which `command` is for, with a data directory."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.command = command
        self.folder = folder
        others = {name: value for name, value in os.environ.items() if not name.startswith(("DIGESTBOT_", "DATABASE_"))}
        self.environment = others | {"DIGESTBOT_DATA_DIR": str(folder / "data")}

    def __call__(
        self, *words: str, stdin: IO[bytes] | int | None = None, **variables: str
    ) -> "subprocess.CompletedProcess[bytes]":
        """Run it to its end."""
        command = [*self.command, *words]
        environment = self.environment | variables
        return subprocess.run(
            command, cwd=self.folder, env=environment, stdin=stdin, capture_output=True, check=False, timeout=120
        )

    @property
    def listed(self) -> bytes:
        """What `digestbot list` says."""
        return self("list").stdout


@pytest.fixture
def digestbot(tmp_path: Path, forked: list[str]) -> Program:
    """Return the program, with a subscription."""
    program = Program(forked, tmp_path)
    assert program("subscribe", str(tmp_path), "--place", "console:").returncode == 0
    return program


def test_a_backup_and_a_restore(digestbot: Program, tmp_path: Path) -> None:
    """A backup is a file for its owner alone; brought back, what was kept is there, and it is said what to do next."""
    before = digestbot.listed
    made = digestbot("backup", "backup")
    digestbot("subscribe", "acme/rocket", "--place", "console:")
    changed = digestbot.listed
    restored = digestbot("restore", "backup")

    assert made.stdout.startswith(b"Backed up to backup, ")
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600
    assert restored.returncode == 0
    assert b"Start it with `digestbot run`." in restored.stdout
    assert f"{tmp_path}/data/replaced-".encode() in restored.stdout
    assert digestbot.listed == before != changed


def test_through_a_pipe(digestbot: Program) -> None:
    """A backup goes through standard output and comes back through standard input, as from a container."""
    before = digestbot.listed
    made = digestbot("backup", "-")
    read, write = os.pipe()
    with os.fdopen(write, "wb") as pipe:
        assert len(made.stdout) < 60_000  # what a pipe takes with nobody reading
        pipe.write(made.stdout)
    restored = digestbot("restore", "-", stdin=read)
    os.close(read)

    assert made.stderr == b""
    assert restored.returncode == 0, restored.stderr
    assert digestbot.listed == before


def test_a_terminal_is_spared(digestbot: Program) -> None:
    """A backup is not written to a terminal."""
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [*digestbot.command, "backup", "-"],
        env=digestbot.environment,
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(theirs)
    os.close(ours)

    assert done.returncode == 6
    assert b"not for a terminal" in done.stderr


def test_what_cannot_be(digestbot: Program, tmp_path: Path) -> None:
    """What cannot be backed up or brought back ends with a sentence that names the next thing to do."""
    (tmp_path / "other").write_text("something else")
    refused = {
        ("restore", "missing"): b"cannot be read: No such file or directory. Name the file that",
        ("restore", "other"): b"no backup that `digestbot backup` has written, or it is damaged.",
        ("backup", "missing/backup"): b"cannot be written to missing/backup: No such file or directory.",
    }
    for words, sentence in refused.items():
        done = digestbot(*words)
        assert (done.returncode != 0, sentence in done.stderr) == (True, True), done
    postgresql = "postgresql://ada:hunter2@db.example/digestbot"
    for words in (("backup", "backup"), ("restore", "other")):
        done = digestbot(*words, DATABASE_URL=postgresql)
        assert done.returncode == 5
        assert b"pg_" in done.stderr
        assert b"hunter2" not in done.stderr


def test_the_database_is_told(digestbot: Program) -> None:
    """Without a file, the database is told that it was brought back by other means, and since when it knows nothing."""
    done = digestbot("restore")
    assert done.returncode == 0
    assert done.stdout.startswith(b"Nothing is known of what happened since 20")


@pytest.mark.parametrize("words", [("run",), ("list",), ("backup", "backup"), ("restore",)])
def test_an_older_program_does_no_harm(digestbot: Program, tmp_path: Path, words: tuple[str, ...]) -> None:
    """After an upgrade the older program says what it needs, and touches nothing; it can take a backup."""
    with closing(sqlite3.connect(tmp_path / "data" / "digestbot.sqlite3")) as database, database:
        database.execute("UPDATE digestbot_version SET version_num = '9999'")

    done = digestbot(*words)

    if words[0] == "backup":
        assert done.returncode == 0
        return
    assert done.returncode == 5
    assert b"belongs to a newer digestbot: its schema is 9999, and this program knows 00" in done.stderr
    assert b"Install the newer version, or restore a backup of before." in done.stderr
