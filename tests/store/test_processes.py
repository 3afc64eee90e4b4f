"""Several processes use one store."""

import os
import subprocess
import sys
from contextlib import ExitStack

from tests.store.support import REPOSITORY, Location, change, sha


def _run(location: Location, *ranges: tuple[int, int], limit: int = 0) -> list[str]:
    """Let one process for each range of changes write at the same time, and return what each says in the end."""
    command = [sys.executable, "-m", "tests.store.writer", str(location.data_dir)]
    environment = os.environ | ({"DATABASE_URL": location.url} if location.url else {})
    with ExitStack() as stack:
        writers = [
            stack.enter_context(
                subprocess.Popen(
                    [*command, str(first), str(count), str(limit)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    env=environment,
                )
            )
            for first, count in ranges
        ]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        return [writer.communicate(timeout=120)[0] for writer in writers]


async def test_processes_that_start_and_write_together(location: Location) -> None:
    """Processes that make a new store and write to it at the same moment lose nothing, also where they overlap."""
    assert _run(location, (1, 60), (31, 60)) == ["", ""]

    async with location.open() as store:
        known = await store.changes.known(REPOSITORY, map(sha, range(100)))
        assert known == {sha(number): change(number) for number in range(91)}
        assert await store.names.recall("rocket") == REPOSITORY


async def test_a_file_that_may_not_grow(folder: Location) -> None:
    """A process that is stopped by a quota says so in a sentence, and what it kept before is there."""
    assert _run(folder, (1, 5)) == [""]

    said = _run(folder, (100, 400), limit=250_000)

    assert said[0].startswith(f"StoreError: The database {folder.data_dir}/digestbot.sqlite3 cannot ")
    assert "Traceback" not in said[0]
    async with folder.open() as store:
        assert len(await store.changes.known(REPOSITORY, map(sha, range(6)))) == 6
        await store.changes.keep(REPOSITORY, [change(500)])
