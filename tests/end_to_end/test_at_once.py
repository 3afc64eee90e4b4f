"""Several digests at the same time."""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.cli import main
from bot.contracts.repositories import Story
from tests.end_to_end.conftest import DAY, Bot
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository

OTHER = "acme/other"
HISTORY = 8192
"""Bytes that no answer of git's server has but that with the commits."""


@pytest.fixture
def names(hub: FakeGitHub, tmp_path: Path) -> list[str]:
    """Return the names to digest at once: the same repository twice, and another with changes of the same day."""
    story = Story()
    for number in range(3):
        story.commit(f"Lower limit {number} (#{number + 1})", {"b": f"{number}\n"}, at=story.clock.replace(day=15))
    other = Repository(OTHER, story.write(tmp_path / "other.git").path)
    other.adopt_pull_requests()
    hub.world.repositories.append(other)
    return ["acme/rocket", OTHER, "acme/rocket", OTHER]


def alone(bot: Bot, names: Sequence[str], monkeypatch: pytest.MonkeyPatch, data: Path) -> dict[str, object]:
    """Return the digests of a data directory in which nothing else happens."""
    monkeypatch.setenv("DIGESTBOT_DATA_DIR", str(data))
    return {name: bot(name, DAY).digest for name in sorted(set(names))}


def fetches(hub: FakeGitHub) -> list[str]:
    """Return the repositories whose commits were fetched, as often as they were, and forget what was asked."""
    fetched = [exchange.path for exchange in hub.requests("git") if exchange.sent > HISTORY]
    hub.log.clear()
    return sorted(fetched)


def test_in_threads(
    bot: Bot, hub: FakeGitHub, names: Sequence[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Threads with event loops of their own fetch a repository once, and each gets what it asked for."""

    def digest(number: int) -> object:
        output = tmp_path / f"{number}.json"
        assert main(["digest", names[number], DAY, "--output", str(output), "--quiet"]) == 0
        return json.loads(output.read_text("utf-8"))["digests"][0]

    with ThreadPoolExecutor(len(names)) as threads:
        digests = list(threads.map(digest, range(len(names))))
    at_once = fetches(hub)
    expected = alone(bot, names, monkeypatch, tmp_path / "alone")
    assert at_once == fetches(hub)
    assert len(at_once) == len(set(at_once)) > 0
    assert digests == [expected[name] for name in names]


def test_in_processes(
    bot: Bot, hub: FakeGitHub, names: Sequence[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Processes with the same data directory fetch a repository once, and each gets what it asked for."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    commands = [(sys.executable, "-m", "bot", "digest", name, DAY, "--format", "json") for name in names]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for command in commands]
    printed = [process.communicate(timeout=120) for process in running]
    at_once = fetches(hub)
    expected = alone(bot, names, monkeypatch, tmp_path / "alone")
    assert at_once == fetches(hub)
    assert len(at_once) == len(set(at_once)) > 0
    assert [err for _, err in printed] == [b""] * len(names)
    assert [json.loads(out)["digests"][0] for out, _ in printed] == [expected[name] for name in names]
