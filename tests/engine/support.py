"""What the tests of the jobs share: an engine with the jobs, a real store, places that remember."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.source.git import GitSettings, GitSource
from bot.digest.build import DigestBuilder
from bot.engine.answering import Answering
from bot.engine.jobs import Jobs
from bot.engine.kit import Kit
from bot.engine.orders import Orders
from bot.engine.wishes import Target, Wish
from bot.engine.workflows import Engine, Queue, State, Work
from bot.errors import DigestbotError
from bot.model import Digest, Place, Receipt, Subscription
from bot.ports import FoundRepository, Progress, Showing
from bot.ports.metering import NoMeter
from bot.present.blocks import Block, Message, Thread
from bot.present.labels import Labels
from bot.present.layout import lay_out
from bot.store import Store, engine_url, open_store

SOON = timedelta(milliseconds=20)


class QuickClock:
    """Shows the moment that a test sets, and waits no longer than a moment."""

    def __init__(self, moment: datetime = datetime(2026, 1, 15, 12, tzinfo=UTC)) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Let others have their turn."""
        await asyncio.sleep(min(seconds, 0.01))


class Shown:
    """Remembers what was to be shown."""

    def __init__(self, log: list[str], key: str) -> None:
        self._log = log
        self._key = key

    def show(self, message: Message) -> None:
        """Remember it."""
        self._log.append(message.title)


@dataclass
class Rooms:
    """Places that remember what is in them.

    `refusing` are channels that take nothing, and why; `linkless` is why no address is told.
    """

    roots: dict[str, str] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    delivered: Counter[str] = field(default_factory=Counter)
    order: list[str] = field(default_factory=list)
    answers: dict[str, Message] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    refusing: dict[str, str] = field(default_factory=dict)
    whole: dict[str, Showing] = field(default_factory=dict)
    linkless: DigestbotError | None = None
    clock: QuickClock = field(default_factory=QuickClock)

    async def begin(self, key: str, place: Place, root: Message, *, anew: bool = True) -> None:  # noqa: ARG002 - likewise
        """Keep a root."""
        self.places.setdefault(key, place)
        self.roots.setdefault(key, root.title)
        self.order.append(f"begin {place.channel}")

    async def withdraw(self, key: str, place: Place) -> None:  # noqa: ARG002 - likewise
        """Drop what was kept."""
        self.roots.pop(key, None)

    @asynccontextmanager
    async def live(self, key: str, place: Place) -> AsyncIterator[Shown]:  # noqa: ARG002 - the port's
        """Remember what is shown."""
        yield Shown(self.shown, key)

    def growing(
        self,
        key: str,
        place: Place,
        reader: str,  # noqa: ARG002 - the port's
        waiting: Block,  # noqa: ARG002 - likewise
    ) -> "AbstractAsyncContextManager[Shown]":
        """Remember what is shown."""
        return self.live(key, place)

    async def say(self, key: str, place: Place, root: Message) -> None:
        """Replace a root that shows no digest."""
        self.places[key] = place
        if key not in self.threads:
            self.roots[key] = root.title

    async def deliver(self, wish: Wish, digest: Digest) -> str | None:
        """Keep a thread."""
        thread = lay_out(digest, Labels(wish.target.language))
        if reason := self.refusing.get(wish.place.channel):
            return reason
        self.delivered[wish.thread] += 1
        self.whole[wish.thread] = Showing(self.clock.now(), wish.target.after)
        self.places[wish.thread] = wish.place
        self.threads[wish.thread] = thread
        self.roots[wish.thread] = thread.root.title
        self.order.append(f"deliver {wish.place.channel}")
        return None

    async def answer(self, key: str, place: Place, message: Message) -> str | None:
        """Keep an answer."""
        assert key in self.roots
        self.answers[key] = message
        self.order.append(f"answer {place.channel}")
        return None

    async def showing(self, key: str, place: Place) -> Showing | None:  # noqa: ARG002 - the port's
        """Return what was delivered."""
        return self.whole.get(key)

    async def link(self, key: str, place: Place) -> str | None:
        """Return an address."""
        if self.linkless:
            raise self.linkless
        return f"https://chat.example/{place.channel}/{key}" if key in self.roots else None

    def of_channel(self, channel: str) -> list[str]:
        """Return the roots of a channel."""
        return [self.roots[key] for key, place in self.places.items() if place.channel == channel]


@dataclass
class Builder:
    """Builds digests by the rules; a test can hold it up, break it, or let the model be away."""

    source: GitSource
    built: Counter[str] = field(default_factory=Counter)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    errors: list[DigestbotError] = field(default_factory=list)
    model_is_away: bool = False
    targets: list[Target] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Hold nothing up."""
        self.gate.set()

    async def __call__(self, target: Target, progress: Progress) -> Digest:
        """Build a digest."""
        self.built[target.found.repository.name] += 1
        self.targets.append(target)
        self.begun.set()
        await self.gate.wait()
        if self.errors:
            raise self.errors.pop(0)
        digest = await DigestBuilder(self.source).build(target, progress)
        if not self.model_is_away:
            return digest
        receipt: Receipt = replace(digest.receipt, fallback=tuple(entry.commit.sha for entry in digest.entries))
        return replace(digest, receipt=receipt)


@dataclass
class Counts(NoMeter):
    """Counts what was not done."""

    not_done: list[tuple[str, str]] = field(default_factory=list)

    def given_up(self, kind: str) -> None:
        """Count a failure."""
        self.not_done.append(("given up", kind))

    def refused(self, kind: str) -> None:
        """Count a refusal."""
        self.not_done.append(("refused", kind))


@dataclass
class Bench:
    """Everything together."""

    engine: Engine
    orders: Orders
    answering: Answering
    store: Store
    rooms: Rooms
    builder: Builder
    clock: QuickClock
    meter: Counts

    async def until(self, prefix: str, *states: State) -> Work:
        """Wait until the newest work of a prefix is in one of these states, or over."""
        async with asyncio.timeout(60):
            while True:
                found = await self.engine.works(prefix)
                if found and (found[0].state in states or (not states and found[0].state.over)):
                    return found[0]
                await asyncio.sleep(0.02)

    async def eventually(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(60):
            while True:
                if holds():
                    return
                await asyncio.sleep(0.02)


@asynccontextmanager
async def bench(folder: Path, *, upgrades: tuple[timedelta, ...] = ()) -> AsyncIterator[Bench]:
    """Open a store, launch an engine with the jobs, and close both."""
    clock = QuickClock()
    rooms = Rooms(clock=clock)
    source = GitSource(GitSettings(), data_dir=folder / "data")
    builder = Builder(source)

    async def find(name: str, _: Subscription) -> FoundRepository:
        return FoundRepository(await source.find(name))

    async with open_store(folder / "data", clock=clock) as store:
        kit = Kit(
            find,
            builder,
            source,
            store.builds,
            rooms,
            store.subscriptions,
            clock,
            upgrades,
            store.tier_opinions,
            upkeep=store,
            meter=(meter := Counts()),
        )
        engine = Engine(await engine_url(folder / "data", None), "one", poll=SOON)
        Jobs(kit, engine)
        answering = Answering(kit, engine)
        await engine.launch(Queue)
        try:
            yield Bench(engine, Orders(engine, kit), answering, store, rooms, builder, clock, meter)
        finally:
            await engine.close(timedelta())
