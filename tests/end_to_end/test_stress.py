"""A day of everything that is hard to read, through the whole program."""

import os
from pathlib import Path

import pytest

from bot.contracts.repositories import BuiltRepository, Story, executable, submodule, symlink
from bot.contracts.source import DAY as MIDNIGHT
from tests.end_to_end.conftest import DAY, Bot
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository

MEGABYTE = 1 << 20


@pytest.fixture
def odd(hub: FakeGitHub, tmp_path: Path) -> BuiltRepository:
    """Return a repository that GitHub has, with a day of commits of every odd kind."""
    story = Story()
    root = story.commit("Begin (#1)", {"moved": "x\n" * 50, "mode": "m\n", "turned": "t\n"}, at=MIDNIGHT)
    story.commit("修复".encode("gb18030"), {"a": "1\n"}, encoding="gb18030")
    story.commit(b"\xff\xfe\r\n\r\nbody\r\n", {"latin": "Größe\n".encode("latin-1")}, author=b"\xff <x@example.org>")
    story.commit("", {'say "hi"': "1\n", "two\nlines": "2\n", "ünï/文件": "3\n", os.fsdecode(b"\xff\xfe"): "4\n"})
    story.commit("Huge", {"huge": b"x" * 79 + b"\n" + (b"y" * 79 + b"\n") * (8 * MEGABYTE // 80)})
    story.commit("One line", {"line": b"z" * (4 * MEGABYTE)})
    story.commit("Many files", {f"{number % 50}/{number}": f"{number}\n" for number in range(2500)})
    story.commit("Nothing")
    story.commit("Mode", {"mode": executable("m\n")})
    story.commit("Kinds", {"turned": symlink("mode"), "module": submodule("1" * 40)})
    last = story.commit("Rename", renames={"moved": "to/there"})
    sides = [story.commit(f"Side {n}", {f"s{n}": "1\n"}, branch=f"side-{n}", parents=[root]) for n in range(3)]
    story.commit("Octopus", {f"s{n}": "1\n" for n in range(3)}, parents=[last, *sides])
    built = story.write(tmp_path / "odd.git")
    hub.world.repositories.append(Repository("acme/odd", built.path))
    return built


def test_everything_odd(bot: Bot, odd: BuiltRepository) -> None:
    """Every change comes, none of them failed, and the receipt says how many were too large to be read in full."""
    done = bot("acme/odd", DAY)
    assert (done.code, done.err) == (0, "")
    shas = [entry["sha"] for entry in done.digest["entries"]]
    assert shas == odd.git("log", "--first-parent", "--format=%H").split()
    receipt = done.digest["receipt"]
    assert (receipt["found"], receipt["analysed"], receipt["failed"]) == (12, 12, 0)
    assert receipt["cut"] >= 2


@pytest.mark.parametrize("form", ["thread", "markdown"])
def test_everything_odd_is_shown(bot: Bot, odd: BuiltRepository, form: str) -> None:
    """What people read of such a day is made without an error, too."""
    done = bot("acme/odd", DAY, "--format", form)
    assert (done.code, done.err) == (0, "")
    assert odd.git("rev-parse", "--short=7", "main") in done.out


def test_an_empty_repository(bot: Bot, hub: FakeGitHub, tmp_path: Path) -> None:
    """A repository without a commit is an empty digest that says why."""
    hub.world.repositories.append(Repository("acme/empty", Story().write(tmp_path / "empty.git").path))
    done = bot("acme/empty", DAY)
    assert (done.code, done.digest["entries"]) == (0, [])
    assert "no commits" in done.notes
