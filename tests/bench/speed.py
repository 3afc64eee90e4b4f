"""What a digest costs: against git itself, and as the number of commits grows.

    python -m tests.bench.speed [REPOSITORY] [--commits N]

The yardstick is `git log -p --numstat` over the same commits. Without a repository one is made, with source files that
grow and change as people's do.
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from bot.contracts.repositories import BEGINNING, Story, run_git
from tests.bench.timing import Comparison, compare

WALL_TIME_LIMIT = 1.5
MEMORY_LIMIT = 250
LINEARITY_LIMIT = 1.3
START_LIMIT = 4.0
BOT = (sys.executable, "-m", "bot")


def main(arguments: list[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.speed", description=__doc__.partition("\n")[0])
    parser.add_argument("repository", nargs="?", type=Path)
    parser.add_argument("--commits", type=int, default=4000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        repository = options.repository or Path(folder) / "made"
        if not options.repository:
            # A process of its own: what a child's memory peaked at begins with what its parent holds when it forks.
            maker = multiprocessing.get_context("spawn").Process(target=make, args=(repository, options.commits + 100))
            maker.start()
            maker.join()
        whole = _digest(repository, options.commits)
        quarter = _digest(repository, options.commits // 4)
    start = compare((*BOT, "--help"), (sys.executable, "-c", "pass"), runs=15)
    growth = whole.seconds / quarter.seconds / 4
    checks = (
        (f"{options.commits} commits, wall time against git log -p --numstat", whole.ratio, WALL_TIME_LIMIT),
        (f"{options.commits} commits, memory of the largest process in MB", whole.megabytes, MEMORY_LIMIT),
        (f"time a commit, {options.commits} commits against {options.commits // 4}", growth, LINEARITY_LIMIT),
        ("--help against a bare interpreter", start.ratio, START_LIMIT),
    )
    for name, figure, limit in checks:
        print(f"{'ok  ' if figure <= limit else 'OVER'} {figure:8.2f} (at most {limit}) {name}")
    return int(any(figure > limit for _, figure, limit in checks))


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
