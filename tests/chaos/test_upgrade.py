"""The program is upgraded while it delivers, from an older schema, older names of jobs and older steps."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.engine.workflows import SCHEMA
from tests.chaos.chat_server import ChatServer
from tests.chaos.harness import Harness, Plan
from tests.chaos.older import open_older
from tests.chaos.platforms import Platform
from tests.store.conftest import postgresql  # noqa: F401 - a fixture
from tests.store.postgresql import Server

pytestmark = pytest.mark.long


class Upgrade(Harness):
    """The older program is killed when it has posted a few messages, and the newer one started."""

    program = "tests.chaos.older"
    _open = staticmethod(open_older)

    async def _strike(self, server: Platform, began: float) -> None:  # noqa: ARG002 - it is bounded below
        assert isinstance(server, ChatServer)
        older = await self._workers.start(self.program)
        await _until(lambda: len(server.stored) >= 5)
        assert not self._complete(server)
        await self._replace(older)
        self._settings.model_is_down.unlink(missing_ok=True)
        await _until(lambda: self._complete(server))

    async def _replace(self, older: asyncio.subprocess.Process) -> None:
        older.kill()
        await older.wait()
        await self._workers.start("tests.chaos.newer")


class RollingUpgrade(Upgrade):
    """The newer program is started, works beside the older one, and that is stopped."""

    async def _replace(self, older: asyncio.subprocess.Process) -> None:
        newer = await self._workers.start("tests.chaos.newer")
        await self._workers.ready(newer)
        await asyncio.sleep(1)
        older.terminate()
        assert await asyncio.wait_for(older.wait(), 60) == 0


WORKS = "SELECT DISTINCT status FROM workflow_status"
PLAN = Plan(kills=1, subscriptions=6, a_minute=3, factor=15, faults=0.1)


async def test_an_upgrade_on_sqlite(tmp_path: Path) -> None:
    """What the older program had begun or put in line is done by the newer one: nothing is lost or posted twice."""
    result = await Upgrade(PLAN, None, None).run(tmp_path)

    with closing(sqlite3.connect(tmp_path / "data" / "engine.sqlite3")) as engine:
        assert engine.execute(WORKS).fetchall() == [("SUCCESS",)]
    assert result.wrong == 0, result
    assert result.steps_interrupted
    assert _workers(tmp_path) == 2


async def test_a_rolling_upgrade_on_postgresql(tmp_path: Path, postgresql: Server) -> None:  # noqa: F811 - the fixture
    """Both programs work at once for a while: nothing is lost or posted twice, and nothing stranded by the older."""
    postgresql.execute("CREATE DATABASE upgrade")
    result = await RollingUpgrade(PLAN, postgresql.url("upgrade"), None).run(tmp_path)

    postgresql.execute(f"ALTER DATABASE upgrade SET search_path = {SCHEMA}")
    assert postgresql.execute(WORKS, "upgrade") == [("SUCCESS",)]
    assert result.wrong == 0, result
    assert _workers(tmp_path) == 2


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


def _workers(folder: Path) -> int:
    """Return how many processes took steps."""
    return len({json.loads(line)[1] for line in (folder / "steps").read_text().splitlines()})
