"""A process of the chaos harness: engine, store and jobs as the program has them, and a chat that goes wrong.

`python -m tests.chaos.worker SETTINGS`, where the settings are JSON. It writes down every step that it begins.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Protocol

from adapters.source.git import GitSettings, GitSource
from bot.digest.build import DigestBuilder
from bot.engine.delivery import Delivery, show
from bot.engine.jobs import Jobs
from bot.engine.kit import Kit
from bot.engine.orders import Orders
from bot.engine.places import Places
from bot.engine.process import Process
from bot.engine.roles import Role
from bot.engine.wishes import Target, Wish
from bot.engine.workflows import Engine, Job, Json, Run
from bot.model import Digest, Place, Subscription
from bot.ports import Chat, Clock, FoundRepository, Progress, Showing
from bot.present.blocks import Block, Message
from bot.present.labels import Labels
from bot.present.layout import lay_out
from bot.store import Store, engine_url, open_processes, open_store
from tests.chaos.chats import opened as open_chat
from tests.chaos.clock import SharedClock


@dataclass
class Settings:
    """How the process is to run.

    `chat` is the URL of the platform, which `token` lets in. `naive` is to post without an outbox, which the
    harness must notice.
    """

    folder: str
    chat: str
    epoch: float
    factor: float
    database_url: str | None = None
    naive: bool = False
    model_seconds: float = 0.0
    upgrades: list[float] = field(default_factory=list)
    platform: str = "plain"
    token: str = ""

    @property
    def log(self) -> Path:
        """Where begun steps are written down."""
        return Path(self.folder) / "steps"

    def ready(self, process: int) -> Path:
        """Return a file that is there once a process works."""
        return Path(self.folder) / f"ready-{process}"

    @property
    def model_is_down(self) -> Path:
        """A file that is there while the model is not."""
        return Path(self.folder) / "model-is-down"


class LoggedRun:
    """A run whose steps are written down before they are taken: when, by whom, of which work, and the how manieth."""

    def __init__(self, run: Run, work: str, log: Path) -> None:
        self._run = run
        self._work = work
        self._log = log
        self._numbers = count(1)
        self.submit = run.submit
        self.call = run.call
        self.has = run.has

    async def step(self, name: str, act: Callable[[], Awaitable[Json]]) -> Json:
        """Take a step."""
        number = next(self._numbers)

        async def logged() -> Json:
            line = json.dumps([time.time(), os.getpid(), self._work, number, name])
            with self._log.open("a") as log:
                log.write(line + "\n")
            return await act()

        return await self._run.step(name, logged)


class LoggingEngine(Engine):
    """The engine, with every step written down."""

    def __init__(self, url: str, process: str, log: Path) -> None:
        super().__init__(url, process, poll=timedelta(milliseconds=200))
        self._log = log

    def register(self, name: str, job: Job, *, formerly: Iterable[str] = ()) -> None:
        """Register a job that writes its steps down."""
        super().register(name, self.logged(name, job), formerly=formerly)

    def logged(self, name: str, job: Job) -> Job:
        """Return a job that writes its steps down, as those of this name."""

        async def logged(run: Run, payload: Json) -> Json:
            work = f"{name} {json.dumps(payload, sort_keys=True)}"
            return await job(LoggedRun(run, work, self._log), payload)

        return logged


@dataclass
class NaivePlaces:
    """Posts and remembers nothing: what the outbox is there to prevent."""

    chat: Chat

    async def begin(self, key: str, place: Place, root: Message, *, anew: bool = True) -> None:
        """Do nothing."""

    async def withdraw(self, key: str, place: Place) -> None:
        """Do nothing."""

    def live(self, key: str, place: Place) -> "nullcontext[Shown]":  # noqa: ARG002 - the port's
        """Show nothing."""
        return nullcontext(Shown())

    def growing(self, key: str, place: Place, reader: str, waiting: Block) -> "nullcontext[Shown]":  # noqa: ARG002 - likewise
        """Show nothing."""
        return self.live(key, place)

    async def say(self, key: str, place: Place, root: Message) -> None:
        """Do nothing."""

    async def deliver(self, wish: Wish, digest: Digest) -> str | None:
        """Post all of it."""
        await show(self.chat, wish.place, lay_out(digest, Labels(wish.target.language), self.chat.traits.asking))
        return None

    async def answer(self, key: str, place: Place, message: Message) -> str | None:
        """Say nothing: nobody asks."""
        raise NotImplementedError

    async def showing(self, key: str, place: Place) -> Showing | None:  # noqa: ARG002 - the port's
        """Know of nothing."""
        return None

    async def link(self, key: str, place: Place) -> str | None:  # noqa: ARG002 - the port's
        """Know no address."""
        return None


class Shown:
    """Shows nothing."""

    def show(self, message: Message) -> None:
        """Show nothing."""


class OpenStore(Protocol):
    """Opens a store, as `bot.store.open_store` does."""

    def __call__(self, data_dir: Path, database_url: str | None, *, clock: Clock) -> AbstractAsyncContextManager[Store]:
        """Open it."""
        ...


async def work(settings: Settings, kind: type[LoggingEngine] = LoggingEngine, opened: OpenStore = open_store) -> None:
    """Do the work until told to stop."""
    clock = SharedClock(settings.epoch, settings.factor)
    data_dir, url = Path(settings.folder) / "data", settings.database_url
    source = GitSource(GitSettings(), data_dir=data_dir)

    async def find(name: str, _: Subscription) -> FoundRepository:
        return FoundRepository(await source.find(name))

    async def digest(target: Target, progress: Progress) -> Digest:
        await asyncio.sleep(settings.model_seconds)
        made = await DigestBuilder(source).build(target, progress)
        if not settings.model_is_down.exists():
            return made
        return replace(made, receipt=replace(made.receipt, fallback=tuple(each.commit.sha for each in made.entries)))

    async with AsyncExitStack() as stack:
        processes = await stack.enter_async_context(open_processes(data_dir, url))
        store = await stack.enter_async_context(opened(data_dir, url, clock=clock))
        chat = await stack.enter_async_context(
            open_chat(settings.platform, settings.chat, settings.token, settings.factor)
        )
        careful = Places({settings.platform: Delivery(chat, store.outbox, clock, processes.name)})
        places = NaivePlaces(chat) if settings.naive else careful
        upgrades = tuple(timedelta(seconds=seconds) for seconds in settings.upgrades)
        kit = Kit(find, digest, source, store.builds, places, store.subscriptions, clock, upgrades, upkeep=store)
        engine = kind(await engine_url(data_dir, url), processes.name, settings.log)
        Jobs(kit, engine)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)

        async def ready() -> None:
            settings.ready(os.getpid()).touch()
            await stop.wait()

        await Process(engine, Orders(engine, kit), processes, store, clock, Role.ALL, [ready]).run(stop)


if __name__ == "__main__":
    asyncio.run(work(Settings(**json.loads(sys.argv[1]))))
