"""A backup is taken while the program delivers, everything is lost later, and the backup is brought back."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli import main
from bot.store import Store, open_store
from tests.chaos.chats import CHATS
from tests.chaos.clock import SharedClock
from tests.chaos.harness import Harness, Plan, Result
from tests.chaos.platforms import Platform
from tests.store.conftest import postgresql  # noqa: F401 - a fixture
from tests.store.postgresql import Server

pytestmark = pytest.mark.long

PLAN = Plan(kills=1, subscriptions=8, a_minute=2, factor=12, faults=0.1)


class Restore(Harness):
    """The program is killed some while after a backup, its data deleted, the backup brought back, and it goes on."""

    posted_at_backup = 0
    posted_at_loss = 0

    async def run(self, folder: Path) -> Result:
        """Run."""
        self._data = folder / "data"
        self._backup = folder / "backup"
        return await super().run(folder)

    async def _strike(self, server: Platform, began: float) -> None:  # noqa: ARG002 - it is bounded below
        doomed = await self._workers.start(self.program)
        await _until(lambda: self._posted(server) >= 5)
        await asyncio.to_thread(self._back_up)
        self.posted_at_backup = self._posted(server)
        await _until(lambda: self._posted(server) >= self.posted_at_backup + 6)
        doomed.kill()
        await doomed.wait()
        self.posted_at_loss = self._posted(server)
        await asyncio.to_thread(self._lose_and_restore)
        self._settings.model_is_down.unlink(missing_ok=True)
        await self._workers.start(self.program)
        await _until(lambda: self._complete(server))

    def _posted(self, server: Platform) -> int:
        return sum(len(server.shown(channel)) for channel in self._expected)

    def _back_up(self) -> None:
        self._digestbot("backup", str(self._backup))

    def _lose_and_restore(self) -> None:
        shutil.rmtree(self._data)
        self._digestbot("restore", str(self._backup))

    def _digestbot(self, *words: str) -> None:
        """Run a command of the program, not as a process of its own, since the work is done while one starts."""
        settings = {"DIGESTBOT_DATA_DIR": str(self._data), "DATABASE_URL": self._url or ""}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            assert main(list(words)) == 0

    async def _judge(self, server: Platform, store: Store) -> None:  # noqa: ARG002 - of what is lost
        clock = SharedClock(self._settings.epoch, self._plan.factor)
        async with open_store(self._data, self._url, clock=clock) as restored:
            await super()._judge(server, restored)


class RestoreByHand(Restore):
    """The databases are put back without a word to the program."""

    def _lose_and_restore(self) -> None:
        shutil.rmtree(self._data)
        shutil.unpack_archive(self._backup, self._data, "zip")


class RestoreOfPostgresql(Restore):
    """As docs/operate.md says it is done with PostgreSQL. `server` is the server."""

    server: Server

    def _back_up(self) -> None:
        self.server.run("pg_dump", "--format=custom", f"--file={self._backup}", "chaos")

    def _lose_and_restore(self) -> None:
        self.server.execute("DROP DATABASE chaos WITH (FORCE)")
        self.server.execute("CREATE DATABASE chaos")
        self.server.run("pg_restore", "--dbname=chaos", str(self._backup))
        self._digestbot("restore")


@pytest.mark.parametrize("chat", CHATS)
async def test_a_restore_on_sqlite(tmp_path: Path, chat: str) -> None:
    """What was posted since the backup is found and not posted again, and what is missing is posted."""
    harness = Restore(_plan(chat), None, None)
    _judge(harness, await harness.run(tmp_path))


async def test_a_restore_on_postgresql(tmp_path: Path, postgresql: Server) -> None:  # noqa: F811 - the fixture
    """It is so for a dump of PostgreSQL, once the program is told that it was brought back."""
    postgresql.execute("CREATE DATABASE chaos")
    harness = RestoreOfPostgresql(PLAN, postgresql.url("chaos"), None)
    harness.server = postgresql
    _judge(harness, await harness.run(tmp_path))


async def test_a_restore_that_nobody_was_told_of(tmp_path: Path) -> None:
    """Copied back by hand, the same backup leads to posts that are doubled: that is what the marking is for."""
    result = await RestoreByHand(PLAN, None, None).run(tmp_path)

    assert result.doubled
    assert not result.missing


def _plan(chat: str) -> Plan:
    return replace(PLAN, chat=chat)


def _judge(harness: Restore, result: Result) -> None:
    assert 0 < harness.posted_at_backup < harness.posted_at_loss
    assert result.evidence == []
    # Steps that were finished since the backup are done again: what is not is posting.
    assert (result.doubled, result.missing, result.out_of_order) == (0, 0, 0), result
    assert (result.runs_missed, result.builds_doubled) == (0, 0), result


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(90):
        while True:
            if holds():
                return
            await asyncio.sleep(0.05)
