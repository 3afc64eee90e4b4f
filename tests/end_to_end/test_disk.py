"""A data directory without room."""

import os
import random
import resource
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bot.contracts.repositories import BEGINNING, Story
from tests.end_to_end.conftest import Bot
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository

MEGABYTE = 1 << 20
ALONE = ("unshare", "--mount")
"""Runs a command that may mount something, which nobody else sees, and which is gone when the command ends."""

may_mount = subprocess.run((*ALONE, "mount", "-t", "tmpfs", "none", "/mnt"), capture_output=True, check=False)


@pytest.fixture
def huge(hub: FakeGitHub, tmp_path: Path) -> str:
    """Return the name of a repository whose day does not fit into a megabyte, and begin its data directory."""
    story = Story()
    for number in range(4):
        noise = random.Random(number).randbytes(MEGABYTE)  # noqa: S311 - no secret
        story.commit(f"Record {number}", {"record.bin": noise}, at=BEGINNING)
    hub.world.repositories.append(Repository("acme/huge", story.write(tmp_path / "huge.git").path))
    (tmp_path / "data").mkdir(mode=0o700)
    return "acme/huge"


def run(*before: str, name: str, prepare: Callable[[], None] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run the program in a process of its own, behind other commands."""
    command = (*before, sys.executable, "-m", "bot", "digest", name, BEGINNING.date().isoformat(), "--format", "json")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, preexec_fn=prepare, timeout=120
    )


@pytest.mark.usefixtures("bot")
@pytest.mark.skipif(may_mount.returncode != 0, reason="a small disk cannot be mounted here")
@pytest.mark.parametrize("kilobytes", [16, 1024])
def test_a_full_disk(huge: str, kilobytes: int) -> None:
    """Without room for the database, or for the mirror, the operator is told so in a sentence."""
    script = f'mount -t tmpfs -o size={kilobytes}k none "$DIGESTBOT_DATA_DIR" && exec "$@"'
    done = run(*ALONE, "sh", "-c", script, "sh", name=huge)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("digestbot: ")
    assert "room" in done.stderr or "full" in done.stderr


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("kilobytes", [4, 1024])
def test_a_limit_to_the_size_of_files(huge: str, kilobytes: int) -> None:
    """Where files may not become as large as they must, the operator is told so in a sentence."""
    limit = (kilobytes << 10, kilobytes << 10)
    done = run(name=huge, prepare=partial(resource.setrlimit, resource.RLIMIT_FSIZE, limit))
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("digestbot: ")


def test_room_again(bot: Bot, huge: str) -> None:
    """Once there is room, what a full disk left behind is in nobody's way."""
    day = BEGINNING.date().isoformat()
    limit = (MEGABYTE, MEGABYTE)
    assert run(name=huge, prepare=partial(resource.setrlimit, resource.RLIMIT_FSIZE, limit)).returncode == 5
    assert bot(huge, day).digest["receipt"]["found"] == 4
