"""A day of many subscriptions, event by event, without waiting: what is due and at which pace calls go is our own code.

The schedule (`bot.engine.schedule.due`), the pace (`Pacer`, with the traits of the Slack adapter) and how much a
process does at a time are the program's. How long a build and a call take, and how many changes a day has, is assumed.
"""

import heapq
import random
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import count

from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.settings import SlackSettings
from bot.engine.delivery.pacing import Pacer
from bot.engine.schedule import Run, due, first_delivered, next_due
from bot.engine.workflows import AT_ONCE, Queue
from bot.model import Place, Rhythm, Schedule, Subscription
from bot.ports import Call

ZONES = {
    "America/Los_Angeles": 15,
    "America/New_York": 15,
    "Europe/London": 10,
    "Europe/Berlin": 15,
    "Asia/Kolkata": 15,
    "Asia/Shanghai": 25,
    "Asia/Tokyo": 5,
}
"""Where workspaces are, in percent. Each wants its digests at nine in the morning."""

BUILD_SECONDS = 30.0
"""Reading a day of forty changes, and the rounds of calls to a model that answers within seconds."""
POSTS, PINS = 10, 4
"""The posts of a thread, and how many of them are pinned."""
CALL_SECONDS = 0.2
CHANNELS_OF_WORKSPACE = 10
FOLLOWERS = 10
"""Channels, on average, for each repository."""

MIDNIGHT = datetime(2026, 1, 14, tzinfo=UTC)


@dataclass
class _Now:
    """The clock of the simulation."""

    moment: datetime = MIDNIGHT

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


@dataclass
class Outcome:
    """What a day came to."""

    lags: list[float] = field(default_factory=list)
    """Seconds from when each thread was due until it was whole, with its pins."""
    builds: Counter[datetime] = field(default_factory=Counter)
    """By the hour in which they began."""
    pins: Counter[tuple[str, datetime]] = field(default_factory=Counter)
    """By the workspace and the minute."""


def population(channels: int, seed: int = 0) -> list[Subscription]:
    """Return one subscription for each channel, all of which are a day old."""
    chance = random.Random(seed)  # noqa: S311 # no secret depends on it
    workspaces = -(-channels // CHANNELS_OF_WORKSPACE)
    zones = chance.choices(list(ZONES), list(ZONES.values()), k=workspaces)
    repositories = max(1, channels // FOLLOWERS)
    return [
        _subscription(number, zones[number // CHANNELS_OF_WORKSPACE], chance, repositories)
        for number in range(channels)
    ]


def _subscription(number: int, zone: str, chance: random.Random, repositories: int) -> Subscription:
    schedule = Schedule(Rhythm.DAILY, time(9), zone)
    place = Place("slack", f"T{number // CHANNELS_OF_WORKSPACE}", f"C{number}")
    repository = f"repository-{chance.randrange(repositories)}"
    delivered = {repository: first_delivered(schedule, MIDNIGHT)}
    return Subscription(f"{number}", place, (repository,), schedule, "en", MIDNIGHT, delivered)


class Simulation:
    """A day, done by so many processes."""

    def __init__(self, subscriptions: Iterable[Subscription], processes: int) -> None:
        """Take the subscriptions; each is due once."""
        self._clock = _Now()
        self._pacers = [Pacer(SlackChat(SlackSettings()).traits, self._clock) for _ in range(processes)]
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._subscriptions = {each.id: each for each in subscriptions}
        self._deliveries: deque[tuple[Run, datetime]] = deque()
        self._waiting: deque[str] = deque()
        self._built: dict[str, bool] = {}
        self._wait_for: dict[str, list[Callable[[], None]]] = {}
        self._idle = deque(process for process in range(processes) for _ in range(AT_ONCE[Queue.DELIVERIES]))
        self._free_builds = processes * AT_ONCE[Queue.SCHEDULES]
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Let the day pass."""
        moments: dict[datetime, list[Subscription]] = {}
        for subscription in self._subscriptions.values():
            if moment := next_due(subscription, MIDNIGHT):
                moments.setdefault(moment, []).append(subscription)
        for moment, group in moments.items():
            self._at(moment, partial(self._tick, moment, group))
        while self._events:
            self._clock.moment, _, act = heapq.heappop(self._events)
            act()
        return self.outcome

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._numbers), act))

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._at(self._clock.moment + timedelta(seconds=seconds), act)

    def _tick(self, moment: datetime, group: list[Subscription]) -> None:
        runs = due(moment, group)
        for run in runs:
            self._subscriptions[run.subscription] = replace(self._subscriptions[run.subscription], last_day=run.day)
        self._deliveries.extend((run, moment) for run in runs)
        self._begin_deliveries()

    def _begin_deliveries(self) -> None:
        while self._deliveries and self._idle:
            run, moment = self._deliveries.popleft()
            self._step(self._delivery(run, moment, self._idle.popleft()))

    def _step(self, work: Generator[float | str, None, None]) -> None:
        """Go on with a delivery until it waits: for so many seconds, or for a build."""
        for wanted in work:
            if isinstance(wanted, float):
                self._after(wanted, lambda: self._step(work))
                return
            if not self._built.get(wanted):
                self._wait_for.setdefault(wanted, []).append(lambda: self._step(work))
                return

    def _delivery(self, run: Run, moment: datetime, process: int) -> Generator[float | str, None, None]:
        place, pacer = self._subscriptions[run.subscription].place, self._pacers[process]
        for portion in run.portions:
            key = f"{portion.repository} {portion.window.start} {portion.window.end}"
            self._submit(key)
            yield key
            for call in [Call.POST] * POSTS + [Call.PIN] * PINS:
                seconds = pacer.reserve(call, place)
                if call is Call.PIN:
                    self.outcome.pins[place.workspace, _minute(self._clock.moment + timedelta(seconds=seconds))] += 1
                yield seconds + CALL_SECONDS
        self.outcome.lags.append((self._clock.moment - moment).total_seconds())
        self._idle.append(process)
        self._begin_deliveries()

    def _submit(self, key: str) -> None:
        if key not in self._built:
            self._built[key] = False
            self._waiting.append(key)
            self._begin_builds()

    def _begin_builds(self) -> None:
        while self._waiting and self._free_builds:
            self._free_builds -= 1
            key = self._waiting.popleft()
            self.outcome.builds[_minute(self._clock.moment).replace(minute=0)] += 1
            self._after(BUILD_SECONDS, partial(self._end_build, key))

    def _end_build(self, key: str) -> None:
        self._built[key] = True
        self._free_builds += 1
        self._begin_builds()
        for go_on in self._wait_for.pop(key, []):
            go_on()


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
