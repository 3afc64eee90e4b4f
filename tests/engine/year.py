"""Years of subscriptions, with a clock that is set: zones, downtime, failures, late pushes and dates of the future.

    python -m tests.engine.year --years 20 --seed 7

Which days there are is told by an oracle of its own, which asks the zone database for the local date, hour by hour.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

from bot.engine.schedule import Portion, Run, changed, due, first_delivered, next_due
from bot.model import Delivered, Place, Rhythm, Schedule, Subscription

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
)
TIMES = (time(0), time(0, 30), time(2, 30), time(9), time(11, 59), time(12), time(18, 30), time(23, 59))
REPOSITORY = "acme/rocket"
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Landing:
    """A change: its place in the branch, when it is dated, and when it came into the branch."""

    number: int
    dated: datetime
    landed: datetime


class Branch:
    """Changes in the order in which they landed, some of them dated long before or ahead of that."""

    def __init__(self, dice: random.Random, start: datetime, end: datetime) -> None:
        self.landings: list[Landing] = []
        now = start - 30 * _DAY
        while now < end:
            kind = dice.random()
            off = dice.uniform(-20, 0) if kind < 0.15 else dice.uniform(0, 12) if kind < 0.22 else 0.0
            self.landings.append(Landing(len(self.landings), now + off * _DAY, now))
            now += dice.expovariate(3) * _DAY

    def tip(self, now: datetime) -> int:
        """Return how many changes there are at a moment."""
        return sum(landing.landed <= now for landing in self.landings)

    def collect(self, portion: Portion, tip: int) -> list[int]:
        """Return what a digest of the portion has: by the rule of every source, on a history without merges."""
        start, end = portion.window.start, portion.window.end
        seen = tip if portion.tip is None else int(portion.tip)
        return [
            landing.number
            for landing in self.landings[:tip]
            if start <= landing.dated < end or (landing.dated < start and landing.number >= seen)
        ]


@dataclass
class Life:
    """A subscription that lives through years, and what was posted for it. A `restless` one is changed and paused."""

    dice: random.Random
    branch: Branch
    subscription: Subscription
    restless: bool = False
    posts: Counter[int] = field(default_factory=Counter)
    runs: list[tuple[datetime, Run]] = field(default_factory=list)
    first_tip: int | None = None

    def live(self, now: datetime, until: datetime) -> None:
        """Live from a moment to another, occasion by occasion."""
        while True:
            if self.restless and self.dice.random() < 0.03:
                now = self._change(now)
            moment = next_due(self.subscription, now)
            assert moment is not None
            if moment >= until:
                return
            assert moment <= now or not due(moment - _MINUTE, [self.subscription]), "due before its time"
            now = max(moment, now) + self.dice.random() * _MINUTE
            if self.dice.random() < 0.06:
                now += self.dice.expovariate(1 / 3) * _DAY  # the program is down
            self._tick(now)

    def _tick(self, now: datetime) -> None:
        (run,) = due(now, [self.subscription])
        if self.dice.random() < 0.05:  # stopped after the run was handed over, before that was noted
            assert due(now + _MINUTE, [self.subscription])[0].key == run.key
        self.subscription = replace(self.subscription, last_day=run.day)
        assert all(again.day > run.day for again in due(now + _MINUTE, [self.subscription])), "due twice"
        self.runs.append((now, run))
        if self.dice.random() < 0.9:
            self._deliver(run, now)

    def _deliver(self, run: Run, now: datetime) -> None:
        tip = self.branch.tip(now)
        self.first_tip = tip if self.first_tip is None else self.first_tip
        (portion,) = run.portions
        self.posts.update(self.branch.collect(portion, tip))
        reached = {REPOSITORY: Delivered(portion.window.end, str(tip))}
        self.subscription = replace(self.subscription, delivered=reached)

    def _change(self, now: datetime) -> datetime:
        old = self.subscription
        if self.dice.random() < 0.5:
            schedule = replace(old.schedule, at=self.dice.choice(TIMES), timezone=self.dice.choice(ZONES))
            self.subscription = changed(old, replace(old, schedule=schedule), now)
            return now
        paused = changed(old, replace(old, paused=True), now)
        later = now + self.dice.uniform(0, 5) * _DAY
        assert not due(later, [paused])
        self.subscription = changed(paused, replace(paused, paused=False), later)
        return later

    def wrong_changes(self) -> list[int]:
        """Return the changes that are not in exactly one post, of those that have to be by the last delivery."""
        reached, begin = self.subscription.delivered[REPOSITORY], self.runs[0][1].portions[0].window.start
        assert self.first_tip is not None
        owed = {
            landing.number
            for landing in self.branch.landings[: int(reached.tip or 0)]
            if landing.dated < reached.end and (landing.dated >= begin or landing.number >= self.first_tip)
        }
        return [number for number in owed | self.posts.keys() if self.posts[number] != (number in owed)]

    def wrong_days(self) -> list[date]:
        """Return the days whose run is not there, or there twice, although the program was not down."""
        schedule = self.subscription.schedule
        wrong = []
        for (before, earlier), (now, run) in pairwise(self.runs):
            days = [day for day in local_days(schedule.zone, before, now) if self._counts(day)]
            local = now.astimezone(schedule.zone).replace(tzinfo=None)
            # Where clocks go forward, what is due in the hour that is missing comes within the next.
            owed = [day for day in days if datetime.combine(day, schedule.at) <= local]
            surely = [day for day in owed if datetime.combine(day, schedule.at) <= local - _HOUR]
            if run.day <= earlier.day or run.day not in owed or any(day > run.day for day in surely):
                wrong.append(run.day)
        return wrong

    def _counts(self, day: date) -> bool:
        match self.subscription.schedule.rhythm:
            case Rhythm.DAILY:
                return True
            case Rhythm.WEEKDAYS:
                return day.weekday() < _SATURDAY
            case Rhythm.WEEKLY:
                return day.weekday() == self.subscription.schedule.weekday


def local_days(zone: ZoneInfo, start: datetime, end: datetime) -> list[date]:
    """Return the dates that clocks of a zone show between two moments, both included."""
    days, now = {end.astimezone(zone).date()}, start
    while now < end:
        days.add(now.astimezone(zone).date())
        now += _HOUR
    return sorted(days)


def lives(seed: int, start: datetime, years: float, *, restless: bool) -> Iterator[Life]:
    """Yield a life for every zone and rhythm."""
    dice = random.Random(seed)  # noqa: S311 -- no secret
    end = start + years * 365 * _DAY
    branch = Branch(dice, start, end)
    for zone, rhythm in product(ZONES, Rhythm):
        schedule = Schedule(rhythm, dice.choice(TIMES), zone, dice.randrange(7))
        begin = {REPOSITORY: first_delivered(schedule, start)}
        place = Place("console", "", "")
        wish = Subscription("s", place, (REPOSITORY,), schedule, "en", effective_from=start, delivered=begin)
        life = Life(dice, branch, wish, restless)
        life.live(start, end)
        yield life


def main() -> None:
    """Live for as long as one wishes, and tell what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from-year", type=int, default=2011, help="in 2011, Apia skipped a day")
    options = parser.parse_args()
    start = datetime(options.from_year, 1, 5, 13, 37, tzinfo=UTC)
    for restless in (False, True):
        for life in lives(options.seed, start, options.years, restless=restless):
            wrong_days = [] if restless else life.wrong_days()
            schedule = life.subscription.schedule
            print(  # noqa: T201 -- a report
                f"{schedule.timezone:22}{schedule.rhythm:10}{len(life.runs):6} runs{len(life.posts):8} changes",
                f"{len(life.wrong_changes())} wrong, {len(wrong_days)} days wrong",
            )


if __name__ == "__main__":
    main()
