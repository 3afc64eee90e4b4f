"""A chat server, an open store and a fast clock, and a delivery between them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store, open_store
from tests.chaos.chat_server import ChatServer
from tests.chaos.clock import FastClock
from tests.engine.delivery.support import Bench

FACTOR = 1000


@pytest.fixture
def clock() -> FastClock:
    """Return a clock on which ten seconds are ten milliseconds."""
    return FastClock(FACTOR)


@pytest.fixture
async def server(clock: FastClock) -> AsyncIterator[ChatServer]:
    """Return a chat platform without faults."""
    async with ChatServer(clock).running() as server:
        yield server


@pytest.fixture
async def store(tmp_path: Path, clock: FastClock) -> AsyncIterator[Store]:
    """Return an open store."""
    async with open_store(tmp_path, clock=clock) as store:
        yield store


@pytest.fixture
async def bench(server: ChatServer, store: Store, clock: FastClock) -> AsyncIterator[Bench]:
    """Return all of them together."""
    async with Bench.opened(server, store.outbox, clock) as bench:
        yield bench
