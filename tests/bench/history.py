"""Reads the newest landed changes of a local repository as the program itself does."""

import asyncio
import subprocess
from collections import Counter
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.source.git import GitSettings, GitSource
from bot.cli.progress import NoProgress
from bot.model import Commit, Patch, Period, Since, Window
from bot.ports import PatchLimits


def git(repository: Path, *arguments: str) -> str:
    """Return what a git command prints, decoded leniently."""
    done = subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True)
    return done.stdout.decode(errors="backslashreplace")


def newest_changes(repository: Path, limit: int, limits: PatchLimits) -> tuple[list[Commit], dict[str, Patch]]:
    """Return the newest `limit` changes, newest first, and their patches by sha; none that could not be read."""
    return read_changes(repository, _period(repository, limit), limits)


def read_changes(repository: Path, period: Period, limits: PatchLimits) -> tuple[list[Commit], dict[str, Patch]]:
    """Return the changes of a period, newest first, and their patches by sha; none that could not be read."""
    return asyncio.run(_read(repository, period, limits))


def busiest_day(repository: Path, among: int = 1_000) -> Window:
    """Return the day (UTC) on which most of the newest changes landed, the latest if there are several."""
    stamps = git(repository, "log", "--first-parent", f"-{among}", "--format=%ct", "HEAD", "--").split()
    days = Counter(datetime.fromtimestamp(int(stamp), UTC).date() for stamp in stamps)
    day = max(days, key=lambda day: (days[day], day))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Window(start, start + timedelta(days=1), "UTC", day.isoformat())


async def _read(repository: Path, period: Period, limits: PatchLimits) -> tuple[list[Commit], dict[str, Patch]]:
    with TemporaryDirectory() as data_dir:
        source = GitSource(GitSettings(), data_dir=Path(data_dir))
        found = await source.find(str(repository.resolve()))
        collection = await source.collect(found, period, NoProgress())
        async with aclosing(source.read(found, collection.commits, limits)) as changes:
            read = [(commit, patch) async for commit, patch in changes if not commit.unread]
    return [commit for commit, _ in read], {patch.sha: patch for _, patch in read}


def _period(repository: Path, limit: int) -> Period:
    """Return the period of the newest changes: of all, where there are no more than the limit."""
    now = datetime.now(UTC)
    shas = git(repository, "rev-list", "--first-parent", f"-{limit + 1}", "HEAD", "--").split()
    if len(shas) > limit:
        return Since(shas[-1], now, "UTC", f"since {shas[-1]}")
    return Window(datetime.fromtimestamp(0, UTC), datetime.max.replace(tzinfo=UTC), "UTC", "all")
