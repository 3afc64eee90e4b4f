"""`digestbot run` as a process: it posts what is due, is alone on SQLite, and stops when it is told to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer

import pytest

from bot.contracts.repositories import BuiltRepository, Story

DAY = datetime(2026, 1, 14, tzinfo=UTC)
FILE = """
[[subscriptions]]
place = "console:"
repositories = ["{repository}"]
at = "09:00"
"""


@pytest.fixture
def rocket(tmp_path: Path) -> BuiltRepository:
    """Return a repository with three changes on the day."""
    story = Story()
    for number in range(3):
        story.commit(f"Add stage {number}", {"a.py": f"x = {number}\n"}, at=DAY + timedelta(hours=9 + number))
    return story.write(tmp_path / "rocket")


_LONGEST = 120.0
"""Seconds that a process may run."""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return what starts the program in a folder of its own, at a moment if one is given.

    All are ended, after two minutes at the latest, so that nobody waits for ever for what they say.
    """
    with _starter(tmp_path) as starter:
        yield starter


@contextmanager
def _starter(folder: Path) -> Iterator[Start]:
    started = []
    watches = []
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DIGESTBOT_", "GITHUB_", "OPENAI_"))
    }
    environment |= {"DIGESTBOT_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(Path.cwd())}

    def start(*arguments: str, at: datetime | None = None) -> "subprocess.Popen[str]":
        command = ["-m", "tests.end_to_end.timed", at.isoformat()] if at else ["-m", "bot"]
        process = subprocess.Popen(
            [sys.executable, *command, *arguments],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        watches.append(Timer(_LONGEST, process.kill))
        watches[-1].start()
        return process

    yield start
    for process, watch in zip(started, watches, strict=True):
        watch.cancel()
        process.kill()
        process.communicate()


def _wait_for(words: str, stream: "subprocess.Popen[str]") -> str:
    """Read what a process logs until it says these words."""
    said = ""
    assert stream.stderr is not None
    while words not in said:
        line = stream.stderr.readline()
        assert line, said
        said += line
    return said


def test_the_daily_digest_of_the_file(tmp_path: Path, rocket: BuiltRepository, start: Start) -> None:
    """From digestbot.toml alone, the day is posted to the terminal when it is due, once, also over a restart."""
    (tmp_path / "digestbot.toml").write_text(FILE.format(repository=rocket.path))
    before_nine = DAY + timedelta(days=1, hours=8, minutes=59, seconds=57)
    process = start("run", at=before_nine)
    assert process.stdout is not None

    shown = ""
    for line in process.stdout:
        shown += line
        if "All changes" in line or "Add stage 0" in line:
            break
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=120)
    again = start("run", at=before_nine + timedelta(minutes=1))
    _wait_for("Running", again)
    time.sleep(1)
    again.send_signal(signal.SIGTERM)
    later, _ = again.communicate(timeout=120)

    assert process.returncode == 0
    assert (shown + rest).count("Wednesday 14 January 2026") >= 1
    assert "3 changes" in shown
    assert later == ""


def test_one_on_sqlite_and_the_others_beside_it(tmp_path: Path, rocket: BuiltRepository, start: Start) -> None:
    """A second `run` is refused by the number and the host of the first; other commands work, and a signal ends it."""
    first = start("run")
    _wait_for("Running", first)

    beside = [start("run"), start("status"), start("digest", str(rocket.path), "2026-01-14")]
    (_, refused), (status, _), (digest, _) = [process.communicate(timeout=120) for process in beside]
    began = time.monotonic()
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=120)
    ended = time.monotonic()

    assert f"process {first.pid} on {socket.gethostname()}" in refused
    assert f"Running: process {first.pid} on {socket.gethostname()} · role all · for " in status
    assert "3 changes" in digest
    assert first.returncode == 0
    assert ended - began < 10
    assert "no process" in start("status").communicate(timeout=120)[0]
    for name in ("engine.sqlite3", "digestbot.sqlite3", "run.lock"):
        assert (tmp_path / "data" / name).stat().st_mode & 0o077 == 0


def test_roles_need_a_server(start: Start) -> None:
    """A role that is not everything is refused on SQLite, with what to do."""
    process = start("run", "--role", "chat")
    _, said = process.communicate(timeout=120)

    assert process.returncode == 5
    assert "The role chat needs a PostgreSQL database" in said
