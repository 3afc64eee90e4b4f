"""Kills processes at random while they deliver, and counts what went wrong.

Every subscription has a channel of its own and is due once, a few in each minute. When all kills are done, and every
channel shows its digest or the time is up, what the channels show is compared to what they should.
"""

import asyncio
import json
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as local_time
from pathlib import Path
from random import Random

from adapters.source.git import GitSettings, GitSource
from bot.cli.progress import NoProgress
from bot.contracts.repositories import Story
from bot.digest.build import DigestBuilder
from bot.digest.build import Wish as DigestWish
from bot.model import Delivered, Digest, Rhythm, Schedule, Subscription, Window
from bot.ports import FoundRepository
from bot.present.labels import Labels
from bot.present.layout import lay_out
from bot.present.report import render
from bot.store import Store, open_store
from tests.chaos.chats import opened
from tests.chaos.clock import NOON, SharedClock
from tests.chaos.platforms import Platform, running, said
from tests.chaos.worker import OpenStore, Settings
from tests.chaos.workers import Workers

DAY = datetime(2026, 1, 14, tzinfo=UTC)
MIDNIGHT = DAY + timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """What a run does.

    `factor` is how much faster the clock goes, `faults` the share of chat calls that go wrong, `life` how many
    seconds a process that is ready lives at least and at most, `model_seconds` how long a build waits for the model,
    `chat` one of `chats.CHATS`.
    """

    kills: int
    processes: int = 1
    subscriptions: int = 20
    repositories: int = 2
    a_minute: int = 4
    factor: float = 4.0
    faults: float = 0.3
    seed: int = 1
    seconds: float = 120.0
    naive: bool = False
    restarts: int = 0
    life: tuple[float, float] = (0.1, 1.5)
    model_seconds: float = 0.1
    chat: str = "plain"


@dataclass
class Result:
    """What a run came to.

    `working` are the seconds from the first step to the last, `memory` is the most that a process had, in MB, and
    `growth` what the databases grew by, in MB, where they are files.
    """

    kills: int = 0
    restarts: int = 0
    doubled: int = 0
    missing: int = 0
    out_of_order: int = 0
    builds: int = 0
    builds_doubled: int = 0
    steps: int = 0
    steps_interrupted: int = 0
    finished_steps_repeated: int = 0
    runs_missed: int = 0
    upgraded: int = 0
    calls: int = 0
    seconds: float = 0.0
    working: float = 0.0
    memory: float = 0.0
    growth: float = 0.0
    takeovers: list[float] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How much is wrong with what people see, and with what was done."""
        seen = self.doubled + self.missing + self.out_of_order
        return seen + self.builds_doubled + self.finished_steps_repeated + self.runs_missed


class Harness:
    """One run. `program` is the module that the processes run."""

    program = "tests.chaos.worker"
    _open: OpenStore = staticmethod(open_store)

    def __init__(self, plan: Plan, database_url: str | None, restart: Callable[[], None] | None) -> None:
        self._plan = plan
        self._url = database_url
        self._restart = restart
        self._random = Random(plan.seed)  # noqa: S311 - no secret comes of it
        self.result = Result()

    async def run(self, folder: Path) -> Result:
        """Run, and return what it came to."""
        began = time.time()
        # The first are due in ten seconds of that clock.
        epoch = began - 50 / self._plan.factor
        clock = SharedClock(epoch, self._plan.factor)
        self._names = [self._repository(folder, number) for number in range(self._plan.repositories)]
        plan = self._plan
        async with (
            running(plan.chat, clock, plan.factor, plan.subscriptions, plan.faults, plan.seed) as server,
            self._open(folder / "data", self._url, clock=clock) as store,
        ):
            await self._subscribe(store, server)
            self._settings = Settings(
                str(folder),
                server.url,
                epoch,
                self._plan.factor,
                self._url,
                self._plan.naive,
                self._plan.model_seconds,
                [1.0] * 60,
                plan.chat,
                server.token,
            )
            self._workers = Workers(
                self._settings, self._random, lambda: asyncio.sleep(self._random.uniform(*self._plan.life))
            )
            self._expected = await self._texts(folder, server)
            if self._plan.kills and not self._plan.naive:
                self._settings.model_is_down.touch()
            before = _size(folder)
            try:
                await self._strike(server, began)
                self.result.memory = self._workers.memory
            finally:
                await self._workers.stop()
            self.result.growth = _size(folder) - before
            await self._judge(server, store)
        self._read_steps()
        self.result.seconds = time.time() - began
        return self.result

    def _repository(self, folder: Path, number: int) -> str:
        story = Story()
        for change in range(2 + number % 3):
            text = f"{'Fix' if change % 2 else 'Add'} part {change} of repository {number}"
            files = {f"src/part{change}.py": f"x = {change}\n" * 30}
            story.commit(text, files, at=DAY + timedelta(hours=9, minutes=change))
        return str(story.write(folder / f"repository{number}").path)

    def _of(self, channel: int) -> str:
        return self._names[channel % len(self._names)]

    async def _subscribe(self, store: Store, server: Platform) -> None:
        for channel in range(self._plan.subscriptions):
            due = NOON + timedelta(minutes=1 + channel // self._plan.a_minute)
            name = self._of(channel)
            # Due after noon, a window ends when it is due; a weekday of next week keeps it from being due again.
            wish = Subscription(
                id=f"s{channel}",
                place=server.place(channel),
                repositories=(name,),
                schedule=Schedule(Rhythm.WEEKLY, local_time(due.hour, due.minute), "UTC", weekday=NOON.weekday()),
                language="en",
                effective_from=DAY,
                delivered={name: Delivered(DAY)},
            )
            await store.subscriptions.keep(wish)

    async def _texts(self, folder: Path, server: Platform) -> dict[str, list[str]]:
        """Return what each channel should show in the end."""
        source = GitSource(GitSettings(), data_dir=folder / "expected")
        digests: dict[tuple[str, datetime], Digest] = {}
        labels, texts = Labels("en"), {}
        async with opened(self._plan.chat, server.url, server.token, self._plan.factor) as chat:
            for channel in range(self._plan.subscriptions):
                name, end = self._of(channel), NOON + timedelta(minutes=1 + channel // self._plan.a_minute)
                if (name, end) not in digests:
                    window = Window(DAY, end, "UTC", f"{DAY:%Y-%m-%dT%H:%M}..{end:%Y-%m-%dT%H:%M}")
                    wish = DigestWish(FoundRepository(await source.find(name)), window, "en")
                    digests[name, end] = await DigestBuilder(source).build(wish, NoProgress())
                digest = digests[name, end]
                thread = lay_out(digest, labels, chat.traits.asking)
                place = server.place(channel)
                messages = (thread.root, *thread.replies)
                shown = [said(body) for message in messages for body in chat.render(place, message)]
                texts[place.channel] = shown if self._plan.naive else [*shown, render([digest], labels)]
        return texts

    async def _strike(self, server: Platform, began: float) -> None:
        """Start the processes and kill them, until the kills are done and everything is there, or time is up."""
        for _ in range(self._plan.processes):
            await self._workers.start(self.program)
        restarts = {
            round(self._plan.kills * (each + 1) / (self._plan.restarts + 1)) for each in range(self._plan.restarts)
        }
        while time.time() - began < self._plan.seconds:
            if self.result.kills < self._plan.kills:
                await self._workers.kill_one(self.program)
                self.result.kills += 1
                if self.result.kills in restarts and self._restart:
                    await asyncio.to_thread(self._restart)
                    self.result.restarts += 1
            else:
                await asyncio.sleep(0.5)
                self._settings.model_is_down.unlink(missing_ok=True)
                if self._complete(server):
                    return

    def _complete(self, server: Platform) -> bool:
        """Tell whether every channel shows its digest; without an outbox, whether any has shown what that is for."""
        counts = [server.counts(channel, texts) for channel, texts in self._expected.items()]
        if self._plan.naive and any(each.doubled for each in counts):
            return True
        return not any(each.missing for each in counts)

    async def _judge(self, server: Platform, store: Store) -> None:
        for channel, texts in self._expected.items():
            counts = server.counts(channel, texts)
            self.result.doubled += counts.doubled
            if counts.doubled:
                self.result.evidence += _doubled(server, channel)
            self.result.missing += counts.missing
            self.result.out_of_order += counts.out_of_order
        self.result.calls = sum(server.calls.values())
        for subscription in await store.subscriptions.all():
            reached = next(iter(subscription.delivered.values())).end
            self.result.runs_missed += reached < NOON or subscription.last_error is not None

    def _read_steps(self) -> None:
        """Look for steps that began after a later one of the same work, and for attempts at builds."""
        furthest: Counter[str] = Counter()
        times: Counter[tuple[str, int]] = Counter()
        last: dict[str, tuple[float, int]] = {}
        builds: defaultdict[str, set[str]] = defaultdict(set)
        for line in self._settings.log.read_text().splitlines():
            at, process, work, number, _ = json.loads(line)
            self.result.finished_steps_repeated += number < furthest[work]
            furthest[work] = max(furthest[work], number)
            times[work, number] += 1
            self._count_takeover(last.get(work), at, process)
            last[work] = (at, process)
            if work.startswith("build "):
                key = json.loads(work.removeprefix("build "))["key"]
                builds[key.rpartition(":")[0]].add(key)
        self.result.steps = len(times)
        self.result.steps_interrupted = sum(times.values()) - len(times)
        self.result.builds = len(builds)
        # The model was down, so that every build has a second attempt, which is the upgrade.
        self.result.upgraded = sum(len(keys) > 1 for keys in builds.values())
        times_of_all = [json.loads(line)[0] for line in self._settings.log.read_text().splitlines()]
        self.result.working = max(times_of_all) - min(times_of_all)
        windows = {(self._of(channel), channel // self._plan.a_minute) for channel in range(self._plan.subscriptions)}
        self.result.builds_doubled = len(builds) - len(windows)

    def _count_takeover(self, before: tuple[float, int] | None, at: float, process: int) -> None:
        if before is None or before[1] == process:
            return
        killed = [moment for moment, pid in self._workers.killed if pid == before[1] and moment <= at]
        if killed:
            self.result.takeovers.append(at - max(killed))


def _size(folder: Path) -> float:
    """Return how large the databases in a folder are, in MB."""
    return sum(file.stat().st_size for file in folder.glob("data/*.sqlite3*")) / 2**20


def _doubled(server: Platform, channel: str) -> list[str]:
    """Return the posts of a channel that say or bear the same, to see what went wrong."""
    shown = server.shown(channel)
    times = Counter(name for post in shown for name in (post.token, str(post.body["text"])))
    return [
        f"{channel}: {post.token} in {post.thread} at {post.at}"
        for post in shown
        if max(times[post.token], times[str(post.body["text"])]) > 1
    ]


async def chaos(plan: Plan, database_url: str | None = None, restart: Callable[[], None] | None = None) -> Result:
    """Do a run in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="chaos") as folder:
        return await Harness(plan, database_url, restart).run(Path(folder))
