"""A process that answers in the threads of digests, on any chat, put together as the program is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.model.openai import ModelSettings, OpenAIModel
from adapters.source.git import GitArchive, GitSettings, GitSource
from bot.answer.answering import Answerer
from bot.answer.commanding import ThreadDesk
from bot.answer.hearing import Hearing
from bot.answer.library import Shelves
from bot.contracts.repositories import BuiltRepository, Story
from bot.digest.build import DigestBuilder
from bot.engine.answering import Answering
from bot.engine.delivery import Delivery
from bot.engine.jobs import Jobs
from bot.engine.kit import Kit
from bot.engine.orders import Orders
from bot.engine.places import Places
from bot.engine.wishes import Target, Wish
from bot.engine.workflows import Engine, Queue
from bot.model import Place, Subscription, Window
from bot.ports import Archive, Chat, Clock, FoundRepository
from bot.store import Store, engine_url, open_store
from tests.engine.support import SOON

DAY = datetime(2026, 1, 14, tzinfo=UTC)


@dataclass
class Running:
    """A process at work."""

    orders: Orders
    answering: Answering
    engine: Engine
    store: Store
    source: GitSource

    async def over(self, prefix: str, seconds: float = 60) -> None:
        """Wait until all work of a prefix is over."""
        async with asyncio.timeout(seconds):
            while True:
                works = await self.engine.works(prefix)
                if works and all(work.state.over for work in works):
                    return
                await asyncio.sleep(0.02)

    async def digest(self, rocket: BuiltRepository, place: Place, seconds: float = 60) -> None:
        """Let the day be posted in a channel."""
        found = FoundRepository(await self.source.find(str(rocket.path)))
        target = Target(found, Window(DAY, DAY + timedelta(days=1), "UTC", "2026-01-14"), "en")
        await self.orders.ask(Wish(target, place, awaited=True))
        await self.over("deliver:", seconds)


def written(folder: Path) -> BuiltRepository:
    """Return a repository with a change on the day."""
    story = Story()
    story.commit("Order requests by deadline (#17)", {"a.py": "limit = 32\n"}, at=DAY + timedelta(hours=9))
    return story.write(folder)


@asynccontextmanager
async def assembled(
    name: str,
    folder: Path,
    chat: Chat,
    platform: str,
    model: str,
    clock: Clock,
    *,
    database_url: str | None = None,
    patience: float = 30,
    archive: Archive | None = None,
) -> AsyncIterator[Running]:
    """Put a process together that does nothing yet. `model` is the URL of one, which is waited for so many seconds.

    `archive` reads what is asked about, in place of the one of the process.
    """
    data = folder / "data"
    source = GitSource(GitSettings(), data_dir=data)
    given = {"base_url": model, "key": "sk-1", "name": "large", "attempts": 1, "timeout": patience}

    async def find(name: str, _: Subscription) -> FoundRepository:
        return FoundRepository(await source.find(name))

    async with (
        open_store(data, database_url, clock=clock) as store,
        OpenAIModel(ModelSettings.model_validate(given), clock=clock) as opened,
    ):
        builder = DigestBuilder(source, None, store.past_changes, store.change_index)
        reads = archive or GitArchive(GitSettings(), data_dir=data)
        shelves = Shelves(store.change_index, reads, source, store.pull_requests)
        answerer = Answerer(opened, store.conversations, store.spending, clock)
        desk = ThreadDesk(store.conversations, store.tier_opinions, builder.deepen, clock)
        kit = Kit(
            find,
            builder.build,
            source,
            store.builds,
            Places({platform: Delivery(chat, store.outbox, clock, name)}),
            store.subscriptions,
            clock,
            threads=store.threads,
            hearing=Hearing(answerer, desk, shelves, clock),
        )
        engine = Engine(await engine_url(data, database_url), name, poll=SOON)
        Jobs(kit, engine)
        yield Running(Orders(engine, kit), Answering(kit, engine), engine, store, source)


@asynccontextmanager
async def working(put_together: AbstractAsyncContextManager[Running]) -> AsyncIterator[Running]:
    """Let a process work that was put together, and stop it at once at the end, whatever it does."""
    async with put_together as running:
        await running.engine.launch(Queue)
        try:
            yield running
        finally:
            await running.engine.close(timedelta())
