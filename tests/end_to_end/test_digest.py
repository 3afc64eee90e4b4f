"""A day by the short name of its repository, from an empty data directory on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.contracts.repositories import BuiltRepository, Story, run_git
from tests.end_to_end.conftest import CHANGES, DAY, Bot
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository


def zone_where_it_is_noon() -> str:
    """Return a zone in which yesterday does not become another day while a test runs."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


def requests(hub: FakeGitHub) -> tuple[int, int]:
    """Return how many requests the API and git's server got, and forget them."""
    git = len(hub.requests("git"))
    api = len(hub.log) - git
    hub.log.clear()
    return api, git


def test_yesterday_and_what_lands_later(bot: Bot, hub: FakeGitHub, tmp_path: Path) -> None:
    """A short name is found, said and remembered; the API is asked twice, once for what is new, and else not at all."""
    story, noon = Story(), datetime.now(UTC) - timedelta(days=1)
    first = [story.commit(f"Fix fault {n} (#{n})", {"a": f"{n}\n"}, at=noon) for n in (1, 2)]
    built = story.write(tmp_path / "sglang.git")
    sglang = Repository("sgl-project/sglang", built.path, stars=20_000)
    hub.world.repositories += [sglang, Repository("somebody/sglang", built.path, stars=3)]
    yesterday = ("sglang", "yesterday", "--timezone", zone_where_it_is_noon())

    def land(*numbers: int) -> None:
        for number in numbers:
            story = Story()
            story.commit(f"Add part {number} (#{number})", {"b": f"{number}\n"}, at=noon, parents=[sglang.tip or ""])
            built.add(story)
        sglang.adopt_pull_requests()

    sglang.adopt_pull_requests()
    cold = bot(*yesterday)
    assert (cold.code, cold.err) == (0, "")
    assert cold.digest["repository"] == "sgl-project/sglang"
    assert "sglang is `sgl-project/sglang`" in cold.notes
    assert [entry["pull_request"] for entry in cold.digest["entries"]] == [2, 1]
    assert cold.digest["tip"] == built.sha(first[-1])
    api, git = requests(hub)
    assert 0 < api <= 3
    assert git > 0
    land(3, 4, 5)
    warm = bot(*yesterday)
    assert [entry["pull_request"] for entry in warm.digest["entries"]] == [5, 4, 3, 2, 1]
    assert (warm.code, requests(hub)[0]) == (0, 1)
    assert "sglang is `sgl-project/sglang`" in warm.notes
    again = bot(*yesterday)
    assert again.digest == warm.digest
    assert requests(hub)[0] == 0


def test_what_the_api_knows(bot: Bot, hub: FakeGitHub, tmp_path: Path) -> None:
    """Labels and accounts are in the JSON, and a label and a link are in the report."""
    entry = bot("acme/rocket", DAY).digest["entries"][0]
    assert entry["labels"] == ["breaking-change"]
    assert entry["author"]["login"] == "grace-hopper"
    assert entry["breaking"]
    assert entry["pull_request"] == 300
    report = tmp_path / "report.md"
    bot("acme/rocket", DAY, "--format", "markdown", "--output", str(report))
    text = report.read_text("utf-8")
    assert f"{hub.url}/acme/rocket/pull/300" in text
    assert "breaking-change" in text


def test_a_mirror_is_shallow_and_without_contents(bot: Bot, built: BuiltRepository, tmp_path: Path) -> None:
    """A mirror has a part of the history, and of the contents only those that the day's differences are made of."""
    assert bot("acme/rocket", DAY).digest["receipt"]["found"] == CHANGES
    (mirror,) = (path for path in (tmp_path / "data" / "mirrors").iterdir() if path.is_dir())
    assert 0 < int(run_git("rev-list", "--count", "refs/digestbot/tip", folder=mirror)) < 300
    kinds = run_git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)", folder=mirror)
    blobs = {name for kind, name in (line.split() for line in kinds.splitlines()) if kind == "blob"}
    raw = built.git("log", "-10", "--raw", "--no-abbrev", "--format=").splitlines()
    assert blobs == {name for line in raw for name in line.split()[2:4]} - {"0" * 40}


def test_without_a_token(bot: Bot, hub: FakeGitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the sixty requests an hour of somebody unknown, a day still comes with its pull requests."""
    monkeypatch.setenv("GITHUB_TOKEN", "")
    done = bot("rocket", DAY)
    assert done.code == 0
    assert {tuple(entry["labels"]) for entry in done.digest["entries"]} == {("breaking-change",)}
    assert requests(hub)[0] == CHANGES + 1
