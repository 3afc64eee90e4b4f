"""Keeps changes in a process of its own, once it is told to: `python -m tests.store.writer FOLDER FIRST COUNT LIMIT`.

The address of PostgreSQL, if any, is in the environment, and LIMIT is the size in bytes that a file may have, or 0.
"""

import asyncio
import os
import resource
import sys
from pathlib import Path

from bot.errors import DigestbotError
from tests.store.support import REPOSITORY, Location, StoppedClock, change


async def write(location: Location, first: int, count: int) -> None:
    """Keep changes one by one, so that the processes take turns."""
    async with location.open() as store:
        await store.names.remember("rocket", REPOSITORY)
        for number in range(first, first + count):
            await store.changes.keep(REPOSITORY, [change(number), change(0)])


def main() -> int:
    """Write, and report an error of the project's in its own words."""
    folder, first, count, limit = sys.argv[1:]
    if int(limit):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
    location = Location(Path(folder), os.environ.get("DATABASE_URL"), StoppedClock())
    print("ready", flush=True)  # noqa: T201 # this is how it talks to the test
    sys.stdin.readline()
    try:
        asyncio.run(write(location, int(first), int(count)))
    except DigestbotError as error:
        print(f"{type(error).__name__}: {error}")  # noqa: T201 # likewise
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
