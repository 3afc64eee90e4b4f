"""When subscriptions are due, and for which windows. Pure: the present moment is an argument.

An *occasion* is a local date on which a subscription is due. Whatever was missed is made up for by one run, that of the
latest occasion. The windows of a repository tile: each begins where the last delivered one ended. One ends at the last
local midnight, or, if the subscription is due at noon or later, when it is due.

After a backup was brought back there is a time of which nothing is known. Each occasion in it may have had its run, and
has it again, so that it comes to the thread that is there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.model import Delivered, Rhythm, Schedule, Subscription, Window
from bot.ports import Gap
from bot.talk.zones import midnight

_NOON = time(12)
_DAY = timedelta(days=1)
_SATURDAY = 5
_LOOKED_AT = 16  # days: two weeks and more, so that a week whose day a zone skipped is passed over


@dataclass(frozen=True, slots=True)
class Portion:
    """What a run owes of one repository: a window, and what landed late in the history above `tip`."""

    repository: str
    window: Window
    tip: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a subscription, for the occasion of a local date."""

    subscription: str
    day: date
    portions: tuple[Portion, ...]

    @property
    def key(self) -> str:
        """What makes it happen once: no two runs of a subscription are for the same local date."""
        return f"{self.subscription}:{self.day.isoformat()}"


def due(now: datetime, subscriptions: Iterable[Subscription], gap: Gap | None = None) -> list[Run]:
    """Return the runs to begin at a moment (aware): of each subscription one at most.

    It is that of its latest occasion, or of the first one in the gap that it has not made up for.
    """
    runs = (_due(now, subscription, gap) for subscription in subscriptions if not subscription.paused)
    return [run for run in runs if run]


def next_due(subscription: Subscription, now: datetime) -> datetime | None:
    """Return when a subscription is due next, in UTC: a moment of the past if it is due now, None if it is paused."""
    if subscription.paused:
        return None
    if run := _due(now, subscription):
        return moment_of(subscription.schedule, run.day)
    after = max(now, subscription.effective_from)
    last = subscription.last_day or date.min
    return next(
        moment
        for day, moment in _forward(subscription.schedule, after)
        if day > last and moment >= after and any(_portions(subscription, _end_of_window(subscription.schedule, day)))
    )


def first_delivered(schedule: Schedule, now: datetime) -> Delivered:
    """Return where the first window of a subscription begins that is made now: where the occasion before would end."""
    first = next(day for day, moment in _forward(schedule, now) if moment >= now)
    before = next(_backward(schedule, first - _DAY))
    return Delivered(_end_of_window(schedule, before))


def changed(old: Subscription, new: Subscription, now: datetime) -> Subscription:
    """Return a subscription with another wish in it that goes on where it was, and what is new to it beginning now.

    With another schedule, or no longer paused, it is due next when an occasion comes that is still ahead.
    """
    anew = old.schedule != new.schedule or (old.paused and not new.paused)
    begin = first_delivered(new.schedule, now)
    return replace(
        new,
        effective_from=now if anew else old.effective_from,
        delivered={name: old.delivered.get(name, begin) for name in new.repositories},
        last_day=old.last_day,
        last_run=old.last_run,
        last_error=old.last_error,
        told=old.told,
    )


def moment_of(schedule: Schedule, day: date) -> datetime:
    """Return the moment, in UTC, at which a subscription is due on a local date.

    Of a time that comes twice it is the first, and one that clocks skip comes as much later as they were put forward.
    """
    return datetime.combine(day, schedule.at, schedule.zone).astimezone(UTC)


def _due(now: datetime, subscription: Subscription, gap: Gap | None = None) -> Run | None:
    schedule = subscription.schedule
    today = now.astimezone(schedule.zone).date()
    latest = next(day for day in _backward(schedule, today) if moment_of(schedule, day) <= now)
    for day in (*_forgotten(now, subscription, gap), latest):
        acted_on = subscription.last_day is not None and day <= subscription.last_day
        if acted_on or moment_of(schedule, day) < subscription.effective_from:
            continue
        if portions := tuple(_portions(subscription, _end_of_window(schedule, day))):
            return Run(subscription.id, day, portions)
    return None


def _forgotten(now: datetime, subscription: Subscription, gap: Gap | None) -> Iterator[date]:
    """Yield the next occasions of a time of which nothing is known."""
    if gap is None:
        return
    schedule, since = subscription.schedule, gap.since
    if subscription.last_day:
        since = max(since, moment_of(schedule, subscription.last_day))
    for day, moment in _forward(schedule, since):
        if since < moment <= min(now, gap.until):
            yield day


def _portions(subscription: Subscription, end: datetime) -> Iterator[Portion]:
    for name in subscription.repositories:
        delivered = subscription.delivered[name]
        if delivered.end < end:
            yield Portion(name, _window(subscription.schedule, delivered.end, end), delivered.tip)


def _window(schedule: Schedule, start: datetime, end: datetime) -> Window:
    first, last = (moment.astimezone(schedule.zone) for moment in (start, end))
    label = f"{first:%Y-%m-%dT%H:%M}..{last:%Y-%m-%dT%H:%M}"
    if midnight(first.date(), schedule.zone) == start and midnight(last.date(), schedule.zone) == end:
        days = (first.date(), (end - timedelta(microseconds=1)).astimezone(schedule.zone).date())
        label = "..".join(day.isoformat() for day in dict.fromkeys(days))
    return Window(start, end, schedule.timezone, label)


def _end_of_window(schedule: Schedule, day: date) -> datetime:
    return midnight(day, schedule.zone) if schedule.at < _NOON else moment_of(schedule, day)


def _is_occasion(schedule: Schedule, day: date) -> bool:
    if midnight(day, schedule.zone) == midnight(day + _DAY, schedule.zone):
        return False  # the zone skipped this date
    match schedule.rhythm:
        case Rhythm.DAILY:
            return True
        case Rhythm.WEEKDAYS:
            return day.weekday() < _SATURDAY
        case Rhythm.WEEKLY:
            return day.weekday() == schedule.weekday


def _backward(schedule: Schedule, day: date) -> Iterator[date]:
    """Yield the occasions from a date back."""
    return (each for ago in range(_LOOKED_AT) if _is_occasion(schedule, each := day - timedelta(ago)))


def _forward(schedule: Schedule, now: datetime) -> Iterator[tuple[date, datetime]]:
    """Yield the occasions from the local date of a moment on, with the moments at which they are due."""
    today = now.astimezone(schedule.zone).date()
    days = (today + timedelta(ahead) for ahead in range(_LOOKED_AT))
    return ((day, moment_of(schedule, day)) for day in days if _is_occasion(schedule, day))
