"""What was posted in a time of which nothing is known is found again, and looked for no more than it has to be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.engine.delivery import PinPolicy
from bot.store import Store, open_store
from tests.chaos.chat_server import ChatServer, Counts
from tests.chaos.clock import FastClock
from tests.engine.delivery.support import CHANNEL, KEY, Bench, message, thread
from tests.engine.delivery.test_crashes import FIRST, GROWN, GROWN_TEXTS, LONGER, REPORT


@asynccontextmanager
async def lost(server: ChatServer, clock: FastClock, folder: Path) -> AsyncIterator[tuple[Bench, Store]]:
    """Yield a bench whose store is one that was brought back from before anything was posted."""
    async with open_store(folder, clock=clock) as store:
        await store.outbox.lease("another", "one", PinPolicy().lasting)
        await store.mark_restored()
        async with Bench.opened(server, store.outbox, clock) as bench:
            yield bench, store


async def test_a_thread_is_found(bench: Bench, server: ChatServer, clock: FastClock, tmp_path: Path) -> None:
    """A thread that was posted whole is found whole, each post by one look-up, and becomes what it should be."""
    await clock.sleep(5)
    async with lost(server, clock, tmp_path / "backup") as (again, _):
        await bench.deliver(FIRST, attachment=REPORT)
        there = [post.id for post in server.stored]
        found = server.calls["find"]
        outcome = await again.deliver(FIRST, attachment=REPORT)

        assert [post.id for post in server.stored] == there
        assert outcome.posted == 0
        assert outcome.ended is None
        assert server.calls["find"] - found == len(there)
        await again.deliver(GROWN, attachment=LONGER)
        assert again.counts(GROWN_TEXTS) == Counts()


async def test_half_a_thread_is_completed(bench: Bench, server: ChatServer, clock: FastClock, tmp_path: Path) -> None:
    """Of a thread that was begun, what is there is found and the rest is posted."""
    async with lost(server, clock, tmp_path / "backup") as (again, _):
        await bench.deliver(thread("high/1", "medium/1"))
        await again.deliver(thread("high/1", "medium/1", "low/1", "table/1"))

        assert again.texts == ["root", "high/1", "medium/1", "low/1", "table/1"]


async def test_a_new_thread_is_looked_for_once(server: ChatServer, clock: FastClock, tmp_path: Path) -> None:
    """Of a thread whose root is not found nothing more is looked for, not then and not when it grows."""
    async with lost(server, clock, tmp_path / "backup") as (again, _):
        await clock.sleep(5)
        await again.deliver(thread("high/1", "medium/1"))
        await again.deliver(thread("high/1", "medium/1", "low/1"))

        assert server.calls["find"] == 1
        assert again.texts == ["root", "high/1", "medium/1", "low/1"]


async def test_what_is_waited_for_is_found(bench: Bench, server: ChatServer, clock: FastClock, tmp_path: Path) -> None:
    """Where somebody asks again for what is there, the root that shows that it is waited for is that one."""
    async with lost(server, clock, tmp_path / "backup") as (again, _):
        begun = await bench.delivery.begin(KEY, CHANNEL, message("root", "wait"))
        assert await again.delivery.begin(KEY, CHANNEL, message("root", "wait")) == begun
        await again.delivery.say(KEY, message("root", "stopped"))

        assert again.texts == ["stopped"]


async def test_pins_are_ours_again(bench: Bench, server: ChatServer, clock: FastClock, tmp_path: Path) -> None:
    """What we pinned in that time is taken off when it is no longer wanted."""
    async with lost(server, clock, tmp_path / "backup") as (again, _):
        await bench.deliver(thread(message("high/1", pinned=True)))
        await again.deliver(thread(message("high/1", pinned=True)))
        assert [post.body["text"] for post in server.stored if post.pinned] == ["high/1"]
        await again.deliver(thread("high/1"))

        assert not [post for post in server.stored if post.pinned]
