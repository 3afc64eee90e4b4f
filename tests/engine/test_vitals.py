"""How well a process is, by what its parts say."""

import asyncio
from pathlib import Path

from bot.engine.vitals import ProcessVitals
from bot.errors import StoreUnavailable
from bot.ports import Checkup
from bot.store import open_store
from tests.engine.support import QuickClock


class Silent:
    """A database that never answers."""

    async def ping(self) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


class Locked:
    """A database that cannot answer, and names itself."""

    async def ping(self) -> None:
        """Refuse."""
        raise StoreUnavailable("The database /home/ada/digestbot.sqlite3 is locked by another process.")


async def test_a_store_that_answers(tmp_path: Path) -> None:
    """A process whose database answers lives; it is ready once its engine has begun and its chats are connected."""
    begun, connected = asyncio.Event(), asyncio.Event()
    async with open_store(tmp_path, clock=QuickClock()) as store:
        vitals = ProcessVitals(store, begun.is_set, {"slack": connected.is_set})
        assert await vitals.alive() == Checkup(True, {"store": "answers"})
        assert await vitals.ready() == Checkup(
            False, {"store": "answers", "engine": "beginning", "slack": "not connected"}
        )
        begun.set()
        assert not (await vitals.ready()).well
        connected.set()
        assert await vitals.ready() == Checkup(True, {"store": "answers", "engine": "begun", "slack": "connected"})


async def test_a_store_that_does_not_answer() -> None:
    """A database that stays silent is waited for no longer than the patience, and then the process is not well."""
    vitals = ProcessVitals(Silent(), lambda: True, {}, patience=0.01)
    assert await vitals.alive() == Checkup(False, {"store": "no answer within 0.01 s"})
    assert not (await vitals.ready()).well


async def test_nothing_is_named() -> None:
    """What is wrong with the database is said by its kind, since its sentence may name a file or a host."""
    checkup = await ProcessVitals(Locked(), lambda: True, {}).alive()
    assert checkup == Checkup(False, {"store": "StoreUnavailable"})
