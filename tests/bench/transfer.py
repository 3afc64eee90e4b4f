"""How much goes over the wire for one day of a long history, against a full clone of it.

    python -m tests.bench.transfer [--commits 20000]

Both are served by the fake GitHub, from a repository that is packed as a server's is. The day is digested by the
program itself, with a token: first with an empty data directory, then again when nothing is new.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.contracts.repositories import Story, run_git
from tests.bench.rows import Bound, Row, parser, report
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository, Token, World

BYTES_LIMIT = 0.05
AGAIN_LIMIT = 0.001
REQUESTS_LIMITS = (3, 0)
_TOKEN = "ghp_of-ada"  # noqa: S105 -- good for nothing but the fake
_BEGINNING = datetime(2023, 1, 2, tzinfo=UTC)
_A_DAY = 20
_FILES = 200
_LINES = 60


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took: bytes both ways to and from git's server, requests to the API, and the changes found."""

    transferred: int
    requests: int
    found: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    takes = parser("tests.bench.transfer", __doc__)
    takes.add_argument("--commits", type=int, default=20_000)
    options = takes.parse_args(arguments)
    return report(rows(options.commits), as_json=options.json)


def rows(commits: int) -> Iterator[Row]:
    """Yield what a day costs, cold and again."""
    with tempfile.TemporaryDirectory() as scratch:
        clone, cold, warm = measure(Path(scratch), commits)
    full = clone.transferred / 1024
    day = f"a day of {_A_DAY} changes"
    yield Row(f"transfer for {day}, nothing kept", cold.transferred / 1024, "a full clone", full, BYTES_LIMIT, "kB")
    yield Row(f"transfer for {day} again", warm.transferred / 1024, "a full clone", full, AGAIN_LIMIT, "kB")
    # Whoever lists commits by the API gets no files with them, and has to ask for each.
    each = "a list, and a request a change"
    for when, cost, limit in zip(("nothing kept", "again"), (cold, warm), REQUESTS_LIMITS, strict=True):
        yield Row(f"requests to the API, {when}", cost.requests, each, 1 + _A_DAY, limit, bound=Bound.OURS_AT_MOST)
    missed = 2 * _A_DAY - cold.found - warm.found
    yield Row("changes that were missed", missed, "changes of the day, twice", 2 * _A_DAY, limit=0)


def measure(folder: Path, commits: int) -> tuple[Cost, Cost, Cost]:
    """Return the costs of a clone, of the last day with an empty data directory, and of the same day once more."""
    repository = Repository("made/up", make(folder / "made", commits))
    repository.adopt_pull_requests()
    world = World([repository])
    world.tokens[_TOKEN] = Token("ada")
    with FakeGitHub(world).in_thread() as server:
        run_git("clone", "--quiet", "--bare", f"{server.url}/made/up.git", str(folder / "clone"))
        clone = _cost(server)
        day = (_BEGINNING + timedelta(days=commits // _A_DAY - 1)).date().isoformat()
        cold, warm = (_cost(server, _digest(server, day, folder / "data")) for _ in range(2))
    return clone, cold, warm


def make(path: Path, commits: int) -> Path:
    """Make a repository of files that are edited a few lines at a time, a pull request a commit, packed."""
    dice, story = random.Random(1), Story()  # noqa: S311 -- no secret
    names = [f"src/package_{number % 12}/module_{number}.py" for number in range(_FILES)]
    contents = {name: [_line(dice) for _ in range(_LINES)] for name in names}
    story.commit("Begin", {name: "".join(lines) for name, lines in contents.items()}, at=_BEGINNING - timedelta(days=1))
    for number in range(commits):
        touched = dice.sample(names, dice.choice((1, 1, 2, 3)))
        for name in touched:
            contents[name][dice.randrange(_LINES)] = _line(dice)
        files = {name: "".join(contents[name]) for name in touched}
        at = _BEGINNING + number * timedelta(days=1) / _A_DAY
        story.commit(f"Change what {_line(dice).strip()} (#{number + 1})", files, at=at)
    story.write(path)
    run_git("repack", "-adfq", folder=path)
    return path


def _line(dice: random.Random) -> str:
    return " ".join(f"{dice.getrandbits(28):x}" for _ in range(6)) + "\n"


def _digest(server: FakeGitHub, day: str, data_dir: Path) -> int:
    """Digest a day by the program, and return how many changes it found."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DIGESTBOT_", "GITHUB_"))},
        "DIGESTBOT_DATA_DIR": str(data_dir),
        "GITHUB_API_URL": server.url,
        "GITHUB_TOKEN": _TOKEN,
    }
    command = (sys.executable, "-m", "bot", "digest", "up", day, "--format", "json")
    done = subprocess.run(command, env=environment, check=True, capture_output=True)
    found: int = json.loads(done.stdout)["digests"][0]["receipt"]["found"]
    return found


def _cost(server: FakeGitHub, found: int = 0) -> Cost:
    """Return what the server was asked, and forget it."""
    asked = list(server.log)
    server.log.clear()
    git = [exchange for exchange in asked if exchange.kind == "git"]
    return Cost(sum(each.received + each.sent for each in git), len(asked) - len(git), found)


if __name__ == "__main__":
    sys.exit(main())
