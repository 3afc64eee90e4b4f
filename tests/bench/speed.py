"""What a digest costs: against git itself, and as the number of commits grows.

    python -m tests.bench.speed [REPOSITORY] [--commits N]

The yardstick is `git log -p --numstat` over the same commits. Without a repository one is made, with source files that
grow and change as people's do.
"""

import multiprocessing
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from bot.contracts.repositories import BEGINNING, Story, run_git
from tests.bench.rows import Bound, Row, parser, report
from tests.bench.timing import Comparison, compare, run

WALL_TIME_LIMIT = 1.5
MEMORY_LIMIT = 250
LINEARITY_LIMIT = 1.3
START_LIMIT = 4.0
FIRST_LIMIT = 5.0
BOT = (sys.executable, "-m", "bot")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    takes = parser("tests.bench.speed", __doc__)
    takes.add_argument("repository", nargs="?", type=Path)
    takes.add_argument("--commits", type=int, default=4000)
    options = takes.parse_args(arguments)
    return report(rows(options.repository, options.commits), as_json=options.json)


def rows(given: Path | None, commits: int) -> Iterator[Row]:
    """Yield what many commits cost, what few do, and what a start does."""
    interpreter = (sys.executable, "-c", "pass")
    yield _seconds("--help", compare((*BOT, "--help"), interpreter, runs=9), "a bare interpreter", START_LIMIT)
    with tempfile.TemporaryDirectory() as folder:
        repository = given or Path(folder) / "made"
        if not given:
            # A process of its own: what a child's memory peaked at begins with what its parent holds when it forks.
            maker = multiprocessing.get_context("spawn").Process(target=make, args=(repository, commits + 100))
            maker.start()
            maker.join()
        yield from _first_digest(repository, Path(folder) / "data")
        whole, quarter = _digest(repository, commits), _digest(repository, commits // 4)
    log = "git log -p --numstat"
    yield _seconds(f"a digest of {commits:,} commits", whole, log, WALL_TIME_LIMIT)
    memory = Bound.OURS_AT_MOST
    yield Row("its memory", whole.megabytes, log, whole.yardstick_megabytes, MEMORY_LIMIT, "MB", memory)
    each = [1000 * comparison.seconds / count for comparison, count in ((whole, commits), (quarter, commits // 4))]
    yield Row("time for each of them", each[0], f"each of {commits // 4:,}", each[1], LINEARITY_LIMIT, "ms")


def _seconds(what: str, comparison: Comparison, compared: str, limit: float) -> Row:
    """Return a row whose ratio is the median of the pairs' ratios."""
    seconds = comparison.seconds
    return Row(what, seconds, compared, seconds / comparison.ratio, limit, "s")


def _first_digest(repository: Path, data: Path) -> Iterator[Row]:
    """Yield what the first digest takes, of one commit and with an empty data directory, against a later one."""
    command = (*BOT, "digest", str(repository), f"since {run_git('rev-parse', 'HEAD~1', folder=repository)}")
    environment = os.environ | {"DIGESTBOT_DATA_DIR": str(data)}
    first, later = run(command, environment=environment), run(command, environment=environment)
    yield Row("the first digest", first.seconds, "a later one", later.seconds, FIRST_LIMIT, "s", Bound.OURS_AT_MOST)


def _digest(repository: Path, commits: int) -> Comparison:
    """Return the cost of the newest commits, named by the one before them."""
    first = run_git("rev-parse", f"HEAD~{commits}", folder=repository)
    log = ("git", "-C", str(repository), "log", "--first-parent", "-m", "-p", "--numstat", f"{first}..HEAD")
    bot = (*BOT, "digest", str(repository), f"since {first}", "--format", "json")
    return compare(bot, log, runs=3)


def make(path: Path, commits: int) -> None:
    """Make a repository of a few hundred files, each commit changing some lines of a few of them."""
    chance = random.Random(20260115)  # noqa: S311 - the same repository every time
    files = {
        f"{area}/part_{number}.py": _lines(chance, 200) for area in ("engine", "api", "tests") for number in range(80)
    }
    story = Story()
    story.commit("Begin", {name: "\n".join(lines) for name, lines in files.items()}, at=BEGINNING)
    for number in range(commits):
        touched = chance.sample(sorted(files), chance.choice((1, 1, 2, 3, 8)))
        for name in touched:
            lines = files[name]
            at = chance.randrange(len(lines))
            lines[at : at + chance.randrange(20)] = _lines(chance, chance.randrange(1, 40))
        message = f"fix({touched[0].partition('/')[0]}): keep part {number} in order (#{number})"
        changed = {name: "\n".join(files[name]) for name in touched}
        story.commit(message, changed, at=BEGINNING + timedelta(minutes=number + 1))
    story.write(path)


def _lines(chance: random.Random, count: int) -> list[str]:
    return [f"value_{chance.randrange(10_000)} = call_{chance.randrange(1000)}(argument)" for _ in range(count)]


if __name__ == "__main__":
    raise SystemExit(main())
