"""A delivery that dies anywhere, on a platform where everything goes wrong: each message is there once, in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from inspect import iscoroutinefunction
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from psycopg.errors import DuplicateDatabase

from bot.engine.delivery import Attachment, Delivery, show
from bot.errors import ChatUnavailable, TemporaryError
from bot.present.blocks import Thread
from bot.store import Store, open_store
from tests.chaos.chat import ChaosChat
from tests.chaos.chat_server import ChatServer, Counts, Faults
from tests.chaos.clock import FastClock
from tests.engine.delivery.support import CHANNEL, REPOSITORY, Bench, message, thread
from tests.store.conftest import postgresql  # noqa: F401 - a fixture
from tests.store.postgresql import Server

FIRST = thread(message("high/1", pinned=True), "medium/1", message("low/1", "one\ntwo\nthree\nfour"), "table/1")
GROWN = thread(
    message("high/2", pinned=True),
    message("high/1", "high 1 is second", pinned=True),
    "medium/1",
    "table/1",
    root="more",
)
FIRST_TEXTS = ["root", "high/1", "medium/1", "one\ntwo\nthree\n", "four", "table/1", "report"]
GROWN_TEXTS = ["more", "high 1 is second", "medium/1", "table/1", "high/2", "longer report"]
REPORT, LONGER = Attachment("report.md", "report"), Attachment("report.md", "longer report")
LONGEST = 16
_NAMES = count()


class Killed(BaseException):
    """The process is dead."""


class Life:
    """Ends at a step, and never goes on."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self) -> None:
        """Live on, or not."""
        self.left -= 1
        if self.left < 0:
            raise Killed


class Mortal:
    """What a process uses as long as it lives; it may die before each call. After one is before the next."""

    def __init__(self, target: object, life: Life) -> None:
        self._target = target
        self._life = life

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the target has
        """Return what the target has, with a step before what takes time."""
        attribute = getattr(self._target, name)
        if not iscoroutinefunction(attribute):
            return attribute

        async def call(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - likewise
            self._life.step()
            return await attribute(*arguments, **named)

        return call


async def deliver(delivery: Delivery, key: str, plan: Thread, report: Attachment) -> None:
    """Deliver to a channel of the key's name."""
    place = replace(CHANNEL, channel=key)
    await delivery.deliver(key, place, plan, repository=REPOSITORY, attachment=report)


@pytest.fixture
async def chat(server: ChatServer) -> AsyncIterator[ChaosChat]:
    """Return the platform as its adapter sees it, whose messages are short."""
    async with ChaosChat.opened(server.url, patience=5, longest=LONGEST) as chat:
        yield chat


@pytest.mark.parametrize("grown", [False, True])
async def test_a_delivery_killed_at_any_step(
    grown: bool, server: ChatServer, chat: ChaosChat, store: Store, clock: FastClock
) -> None:
    """Whatever step is the last of a process, the next process makes of it exactly the thread that was to be."""
    plan, report, texts = (GROWN, LONGER, GROWN_TEXTS) if grown else (FIRST, REPORT, FIRST_TEXTS)
    for steps in count():
        key = f"C{next(_NAMES)}"
        if grown:
            await deliver(Delivery(chat, store.outbox, clock, "one"), key, FIRST, REPORT)
        life = Life(steps)
        mortal = Delivery(Mortal(chat, life), Mortal(store.outbox, life), clock, "one")
        with suppress(Killed):
            await deliver(mortal, key, plan, report)
        await deliver(Delivery(chat, store.outbox, clock, "one"), key, plan, report)

        assert [post.body["text"] for post in server.shown(key)] == texts, steps
        assert [post.body["text"] for post in server.shown(key) if post.pinned] == [
            text for text in texts if "high" in text
        ], steps
        if life.left >= 0:
            break
    assert steps > 25


async def until_done(work: Callable[[], Awaitable[None]], random: Random) -> None:
    """Repeat work that is cancelled at random moments, until it comes to its end."""
    for _ in range(50):
        task = asyncio.ensure_future(work())
        if random.random() < 0.6:
            await asyncio.wait([task], timeout=random.random() / 10)
            task.cancel()
        with suppress(asyncio.CancelledError, TemporaryError):
            await task
            return
    raise AssertionError


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
async def test_a_random_schedule(seed: int, store: Store, clock: FastClock) -> None:
    """Whatever fails, comes late or is cancelled: nothing is doubled, missing or out of order."""
    random = Random(seed)  # noqa: S311 - no secret comes of it
    async with (
        ChatServer(clock, Faults.all(0.4), seed).running() as server,
        ChaosChat.opened(server.url, patience=5, longest=LONGEST) as chat,
    ):

        async def work(plan: Thread, report: Attachment) -> None:
            await deliver(Delivery(chat, store.outbox, clock, "one"), "C", plan, report)

        await until_done(lambda: work(FIRST, REPORT), random)
        assert [post.body["text"] for post in server.shown("C")] == FIRST_TEXTS
        await until_done(lambda: work(GROWN, LONGER), random)
        assert [post.body["text"] for post in server.shown("C")] == GROWN_TEXTS
        assert server.counts("C", GROWN_TEXTS) == Counts()


async def test_without_an_outbox_it_doubles(clock: FastClock) -> None:
    """A delivery that remembers nothing doubles posts in the same schedules: they can tell."""
    async with (
        ChatServer(clock, Faults.all(0.4)).running() as server,
        ChaosChat.opened(server.url, patience=5, longest=LONGEST) as chat,
    ):

        async def work() -> None:
            with suppress(ChatUnavailable):
                return await show(chat, CHANNEL, FIRST)
            return await work()

        await work()
        assert server.counts("C", FIRST_TEXTS[:-1]).doubled > 0


@asynccontextmanager
async def database(kind: str, request: pytest.FixtureRequest, folder: Path, clock: FastClock) -> AsyncIterator[Store]:
    """Open one and the same store, as one more process does."""
    url = None
    if kind == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        with suppress(DuplicateDatabase):
            server.execute("CREATE DATABASE crashes")
        url = server.url("crashes")
    async with open_store(folder, url, clock=clock) as store:
        yield store


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_three_processes_at_one_thread(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Processes that deliver the same thread at the same time post it once, whatever goes wrong."""
    clock = FastClock(200)
    async with (
        ChatServer(clock, Faults.all(0.2)).running() as server,
        database(kind, request, tmp_path, clock) as first,
        database(kind, request, tmp_path, clock) as second,
        database(kind, request, tmp_path, clock) as third,
        ChaosChat.opened(server.url, patience=5, longest=LONGEST) as chat,
    ):
        random = Random(1)  # noqa: S311 - no secret comes of it

        async def work(store: Store, owner: str) -> None:
            await deliver(Delivery(chat, store.outbox, clock, owner), "C", FIRST, REPORT)

        stores = {"first": first, "second": second, "third": third}
        await asyncio.gather(
            *(until_done(lambda s=store, o=owner: work(s, o), random) for owner, store in stores.items())  # type: ignore[misc] # a lambda's types
        )
        assert [post.body["text"] for post in server.shown("C")] == FIRST_TEXTS


async def test_a_lease_outlives_its_process(bench: Bench, store: Store) -> None:
    """What a dead process had leased is taken over when the lease has run out, and not before."""
    life = Life(6)
    mortal = Delivery(Mortal(bench.chat, life), Mortal(store.outbox, life), bench.clock, "dead")
    with pytest.raises(Killed):
        await mortal.deliver("thread", CHANNEL, FIRST, repository=REPOSITORY)
    began = bench.clock.now()
    await bench.deliver(FIRST)
    assert (bench.clock.now() - began).total_seconds() > 30
    assert sorted(bench.texts) == sorted(["root", "high/1", "medium/1", "one\ntwo\nthree\nfour", "table/1"])
