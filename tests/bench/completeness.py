"""Whether the git source finds what git's own list has: from a path, and from mirrors that start empty, file and HTTP.

    python -m tests.bench.completeness [REPOSITORY] [--windows 100]

The repository is a path; without one, a repository with merges and dates out of order is made. The reference is every
first-parent commit whose own committer date lies in the window, by git's list of the whole branch.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.source.git import GitSettings, GitSource
from bot.contracts.repositories import BEGINNING, Story, run_git
from bot.contracts.source import Steps
from bot.model import Window
from tests.bench.rows import Row, parser, report
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository, World

_WIDTHS = (timedelta(hours=1), timedelta(days=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
_MADE = 1500


@dataclass(frozen=True, slots=True)
class Landed:
    """A commit of git's own list."""

    sha: str
    at: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print what was found, and return 1 if anything differs."""
    takes = parser("tests.bench.completeness", __doc__)
    takes.add_argument("repository", nargs="?", type=Path, help="the path of a repository")
    takes.add_argument("--windows", type=int, default=100, help="how many windows are drawn")
    takes.add_argument("--seed", type=int, default=1)
    options = takes.parse_args(arguments)
    return report(measure(options.repository, options.windows, options.seed), as_json=options.json)


def measure(repository: Path | None, count: int, seed: int) -> Iterator[Row]:
    """Yield how many of `count` windows differ, by the way in which the repository is reached."""
    with tempfile.TemporaryDirectory() as scratch:
        path = repository or make_repository(Path(scratch) / "made")
        landed = landed_changes(path)
        windows = draw_windows(landed, count, random.Random(seed))  # noqa: S311 -- no secret
        with FakeGitHub(World([Repository("made/up", path)])).in_thread() as server:
            ways = {"path": str(path), "file": path.absolute().as_uri(), "HTTP": f"{server.url}/made/up.git"}
            for way, name in ways.items():
                source = GitSource(GitSettings(), data_dir=Path(scratch) / f"data-{way}")
                differ = asyncio.run(compare(source, name, landed, windows))
                yield Row(f"windows that differ, {way}", differ, "windows of git's own list", len(windows), limit=0)


async def compare(source: GitSource, name: str, landed: Sequence[Landed], windows: Sequence[Window]) -> int:
    """Collect every window, say what was found, and return how many differ from git's list."""
    repository = await source.find(name)
    begun, found, unread, differences = time.perf_counter(), 0, 0, 0
    for window in windows:
        collection = await source.collect(repository, window, Steps())
        expected = [one.sha for one in landed if window.start.timestamp() <= one.at < window.end.timestamp()]
        shas = [commit.sha for commit in collection.commits]
        found += len(shas)
        unread += sum(commit.unread is not None for commit in collection.commits)
        if shas != expected:
            differences += 1
            print(f"{window.start} to {window.end}: {len(shas)} found, {len(expected)} expected", file=sys.stderr)
    print(
        f"{name}: {len(windows)} windows, {found} changes, {unread} of them unread, {differences} windows differ, "
        f"{time.perf_counter() - begun:.1f} s",
        file=sys.stderr,
    )
    return differences


def landed_changes(path: Path) -> list[Landed]:
    """Return git's own list of the first parents of the branch, newest first."""
    lines = run_git("log", "--first-parent", "--format=%H %ct", folder=path).splitlines()
    return [Landed(sha, int(at)) for sha, at in (line.split() for line in lines)]


def draw_windows(landed: Sequence[Landed], count: int, dice: random.Random) -> list[Window]:
    """Draw windows of an hour to a month; half of them begin or end at the very second of a change."""
    windows = []
    for _ in range(count):
        at = datetime.fromtimestamp(dice.choice(landed).at, UTC)
        start = at + dice.choice((timedelta(0), timedelta(0), -dice.random() * timedelta(days=2)))
        end = start + dice.choice(_WIDTHS)
        if dice.random() < 0.25:
            start, end = at - dice.choice(_WIDTHS), at
        windows.append(Window(start.replace(microsecond=0), end.replace(microsecond=0), "UTC", "drawn"))
    return windows


def make_repository(path: Path, seed: int = 1) -> Path:
    """Make a repository whose branches live long, whose merges nest, and whose dates go back by up to three days."""
    dice, story = random.Random(seed), Story()  # noqa: S311 -- no secret
    main_line = [story.commit("Begin", {"a": "0\n"})]
    sides: list[int] = []
    for number in range(_MADE):
        at = BEGINNING + timedelta(hours=3 * number) - dice.random() * timedelta(days=3)
        change = {f"{number % 40}/file": f"{number}\n"}
        if dice.random() < 0.3 or not sides:
            sides.append(
                story.commit(f"Side {number}", change, at=at, branch=f"side-{number}", parents=[_one(dice, main_line)])
            )
        elif dice.random() < 0.4:
            merged = [sides.pop(dice.randrange(len(sides))) for _ in range(min(len(sides), dice.choice((1, 1, 1, 2))))]
            main_line.append(story.commit(f"Merge {number}", change, at=at, parents=[main_line[-1], *merged]))
        else:
            main_line.append(story.commit(f"Change {number} (#{number})", change, at=at, parents=[main_line[-1]]))
    repository = story.write(path)
    repository.git("config", "uploadpack.allowFilter", "true")
    return path


def _one(dice: random.Random, main_line: Sequence[int]) -> int:
    return main_line[max(0, len(main_line) - 1 - int(dice.expovariate(0.1)))]


if __name__ == "__main__":
    sys.exit(main())
