"""Which processes are alive, on either kind of database."""

import os
import socket
import subprocess
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from bot.errors import AlreadyRunning
from bot.store import open_processes, running_processes
from tests.store.support import NewDatabase

_HOLD = """
import asyncio, sys
from pathlib import Path
from bot.store import open_processes
async def hold():
    async with open_processes(Path(sys.argv[1]), sys.argv[2] or None, *sys.argv[3:]) as processes:
        print(processes.name, flush=True)
        await asyncio.sleep(60)
asyncio.run(hold())
"""


def _holder(folder: Path, url: str | None, *role: str) -> tuple[subprocess.Popen[str], str]:
    """Start a process that holds its name, and return it with the name."""
    command = [sys.executable, "-c", _HOLD, str(folder), url or "", *role]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    return holder, holder.stdout.readline().strip()


async def test_one_process_works_on_a_file(tmp_path: Path) -> None:
    """On SQLite a second process is refused, with the number and the host of the first, until that is gone."""
    holder, _ = _holder(tmp_path, None)
    with holder:
        with pytest.raises(AlreadyRunning, match=f"process {holder.pid} on {socket.gethostname()}"):
            async with open_processes(tmp_path):
                pass
        holder.kill()
        holder.wait(timeout=60)
        async with open_processes(tmp_path) as processes:
            assert await processes.gone([processes.name, "older"]) == {"older"}
    assert (tmp_path / "run.lock").stat().st_mode & 0o077 == 0


async def test_many_processes_work_on_a_server(tmp_path: Path, new_database: NewDatabase) -> None:
    """On PostgreSQL a process counts as gone once it was killed, and not before."""
    url = new_database().url
    holder, name = _holder(tmp_path, url)
    with holder:
        async with open_processes(tmp_path, url) as processes:
            assert str(os.getpid()) in processes.name
            assert await processes.gone([name, processes.name, "never:1:ab"]) == {"never:1:ab"}
            holder.kill()
            holder.wait(timeout=60)
            while not await processes.gone([name]):
                pass  # the server notices in its own time


async def test_a_lost_name_is_taken_again(tmp_path: Path, new_database: NewDatabase) -> None:
    """A process whose connection the server ended is alive again as soon as it looks after its name."""
    location = new_database()
    async with open_processes(tmp_path, location.url) as one, open_processes(tmp_path, location.url) as other:
        await location.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        assert await other.gone([one.name]) == {one.name}

        await one.hold()

        assert await other.gone([one.name]) == set()


async def test_the_process_of_a_file_is_told(tmp_path: Path) -> None:
    """On SQLite the one process is told with its role and since when it runs, and none when it is gone."""
    assert await running_processes(tmp_path) == []
    before = datetime.now(UTC) - timedelta(seconds=1)  # disks keep times less exactly than clocks
    holder, _ = _holder(tmp_path, None)
    with holder:
        for _ in range(2):
            (process,) = await running_processes(tmp_path)
            assert (process.name, process.role) == (f"process {holder.pid} on {socket.gethostname()}", "all")
            assert before < process.since <= datetime.now(UTC)
        holder.kill()
    assert await running_processes(tmp_path) == []


async def test_the_processes_of_a_server_are_told(tmp_path: Path, new_database: NewDatabase) -> None:
    """On PostgreSQL every process is told with its role and since when."""
    location = new_database()
    before = datetime.now(UTC)
    async with open_processes(tmp_path, location.url, "chat") as one, open_processes(tmp_path, location.url, "worker"):
        found = await running_processes(tmp_path, location.url)

    assert [process.role for process in found] == ["chat", "worker"]
    assert found[0].name == one.name
    assert all(before < process.since <= datetime.now(UTC) for process in found)
    assert await running_processes(tmp_path, location.url) == []


async def test_other_connections_with_locks(tmp_path: Path, new_database: NewDatabase) -> None:
    """A process that did not tell its role is told without one; whoever merely tries a lock is not told of."""
    location = new_database()
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(open_processes(tmp_path, location.url))
        for number, name in enumerate(("digestbot falcon:12:ab", "")):
            connection = await psycopg.AsyncConnection.connect(location.url or "", autocommit=True)
            await stack.enter_async_context(connection)
            await connection.execute("SELECT set_config('application_name', %s, false)", (name,))
            await connection.execute("SELECT pg_advisory_lock(724603, %s)", (number,))
        found = await running_processes(tmp_path, location.url)
    assert [(process.name, process.role) for process in found] == [(one.name, "all"), ("falcon:12:ab", None)]
