"""When subscriptions are due, and for which windows."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.engine.schedule import Run, changed, due, first_delivered, moment_of, next_due
from bot.model import Delivered, Place, Rhythm, Schedule, Subscription
from bot.ports import Gap

PLACE = Place("slack", "T1", "C1")
TIP = "a" * 40


def subscription(
    made: datetime, at: time, rhythm: Rhythm = Rhythm.DAILY, zone: str = "UTC", weekday: int = 0
) -> Subscription:
    """Return a subscription that was made at a moment."""
    schedule = Schedule(rhythm, at, zone, weekday)
    return Subscription(
        id="s",
        place=PLACE,
        repositories=("acme/rocket",),
        schedule=schedule,
        language="en",
        effective_from=made,
        delivered={"acme/rocket": first_delivered(schedule, made)},
    )


def after(subscription: Subscription, run: Run, *, delivered: bool = True) -> Subscription:
    """Return what is kept of a subscription after a run."""
    ends = {portion.repository: Delivered(portion.window.end, TIP) for portion in run.portions} if delivered else {}
    return replace(subscription, last_day=run.day, delivered={**subscription.delivered, **ends})


def only_run(now: datetime, subscription: Subscription) -> Run:
    """Return the run that is due."""
    (run,) = due(now, [subscription])
    return run


def window(run: Run) -> tuple[datetime, datetime]:
    """Return the first window of a run."""
    return run.portions[0].window.start, run.portions[0].window.end


def utc(*parts: int) -> datetime:
    """Return a moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc] # mypy takes the parts for the zone


def test_a_morning_covers_the_day_before() -> None:
    """What is due before noon covers up to the last midnight, and at first the day before that."""
    wish = subscription(utc(2026, 1, 14, 12), time(9))

    assert due(utc(2026, 1, 15, 8, 59), [wish]) == []
    run = only_run(utc(2026, 1, 15, 9), wish)
    assert (run.day, run.key) == (date(2026, 1, 15), "s:2026-01-15")
    assert window(run) == (utc(2026, 1, 14), utc(2026, 1, 15))
    assert run.portions[0].window.label == "2026-01-14"
    assert run.portions[0].tip is None


def test_an_evening_loses_no_night() -> None:
    """What is due at noon or later covers up to that moment, from the same time of the day before."""
    wish = subscription(utc(2026, 1, 14, 19), time(18))
    first = only_run(utc(2026, 1, 15, 18, 5), wish)
    second = only_run(utc(2026, 1, 16, 18, 1), after(wish, first))

    assert window(first) == (utc(2026, 1, 14, 18), utc(2026, 1, 15, 18))
    assert window(second) == (utc(2026, 1, 15, 18), utc(2026, 1, 16, 18))
    assert second.portions[0].window.label == "2026-01-15T18:00..2026-01-16T18:00"
    assert second.portions[0].tip == TIP


def test_weekdays_lose_no_weekend() -> None:
    """After Friday's run comes Monday's, which covers Friday to Sunday."""
    wish = subscription(utc(2026, 1, 15, 12), time(9), Rhythm.WEEKDAYS)
    friday = only_run(utc(2026, 1, 16, 9), wish)
    wish = after(wish, friday)

    assert due(utc(2026, 1, 18, 23), [wish]) == []
    monday = only_run(utc(2026, 1, 19, 9), wish)
    assert window(monday) == (utc(2026, 1, 16), utc(2026, 1, 19))
    assert monday.portions[0].window.label == "2026-01-16..2026-01-18"


def test_a_week_is_due_on_its_day() -> None:
    """A weekly subscription is due on its weekday, and covers the seven days before."""
    wish = subscription(utc(2026, 1, 13), time(9), Rhythm.WEEKLY, weekday=4)

    assert next_due(wish, utc(2026, 1, 13)) == utc(2026, 1, 16, 9)
    assert window(only_run(utc(2026, 1, 18), wish)) == (utc(2026, 1, 9), utc(2026, 1, 16))


def test_the_same_date_is_never_due_twice() -> None:
    """What was acted on is not due again, whether it went well or not."""
    wish = subscription(utc(2026, 1, 14, 12), time(9))
    run = only_run(utc(2026, 1, 15, 9), wish)

    assert due(utc(2026, 1, 15, 9, 1), [after(wish, run)]) == []
    assert due(utc(2026, 1, 15, 9, 1), [after(wish, run, delivered=False)]) == []


def test_a_failed_run_leaves_its_window_owed() -> None:
    """The run after one that failed covers both windows; so it is when the first one failed."""
    wish = subscription(utc(2026, 1, 14, 12), time(9))
    failed = only_run(utc(2026, 1, 15, 9), wish)

    assert window(only_run(utc(2026, 1, 16, 9), after(wish, failed, delivered=False))) == (
        utc(2026, 1, 14),
        utc(2026, 1, 16),
    )


def test_a_repository_that_failed_is_owed_alone() -> None:
    """Where one of two repositories was delivered, the other's next window is the longer one."""
    wish = subscription(utc(2026, 1, 14, 12), time(9))
    begin = wish.delivered["acme/rocket"]
    wish = replace(wish, repositories=("acme/rocket", "acme/gears"), delivered={**wish.delivered, "acme/gears": begin})
    run = only_run(utc(2026, 1, 15, 9), wish)
    half = replace(after(wish, run), delivered={**wish.delivered, "acme/rocket": Delivered(utc(2026, 1, 15), TIP)})

    starts = [portion.window.start for portion in only_run(utc(2026, 1, 16, 9), half).portions]
    assert starts == [utc(2026, 1, 15), utc(2026, 1, 14)]


def test_downtime_is_made_up_for_once() -> None:
    """After ten days without a run there is one, for all of them."""
    wish = subscription(utc(2026, 1, 14, 12), time(9))
    wish = after(wish, only_run(utc(2026, 1, 15, 9), wish))
    run = only_run(utc(2026, 1, 25, 17), wish)

    assert run.day == date(2026, 1, 25)
    assert window(run) == (utc(2026, 1, 15), utc(2026, 1, 25))
    assert next_due(after(wish, run), utc(2026, 1, 25, 17)) == utc(2026, 1, 26, 9)


def test_nothing_is_due_that_was_over_before() -> None:
    """A subscription that is made after today's time is due tomorrow."""
    wish = subscription(utc(2026, 1, 14, 12), time(9))

    assert due(utc(2026, 1, 14, 12), [wish]) == []
    assert next_due(wish, utc(2026, 1, 14, 12)) == utc(2026, 1, 15, 9)


@pytest.mark.parametrize(
    ("zone", "day", "at", "moment"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), utc(2026, 3, 29, 1, 30)),  # does not exist: 03:30
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),  # comes twice: the first
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), utc(2026, 10, 3, 15, 45)),  # half an hour missing
    ],
)
def test_clocks_that_are_put_forward_or_back_change_nothing(zone: str, day: date, at: time, moment: datetime) -> None:
    """A time that clocks skip, or show twice, is due once."""
    wish = subscription(moment - timedelta(hours=30), at, zone=zone)
    assert moment_of(wish.schedule, day) == moment

    runs = []
    for minutes in range(0, 3 * 24 * 60, 5):
        for run in due(moment - timedelta(hours=30) + timedelta(minutes=minutes), [wish]):
            runs.append(run.day)
            wish = after(wish, run)
    assert runs == [day + timedelta(ahead) for ahead in (-1, 0, 1)]


def test_a_date_that_a_zone_skipped_is_not_due() -> None:
    """Apia had no 30 December 2011: the run of the 31st covers the 29th alone."""
    zone = "Pacific/Apia"
    wish = subscription(datetime(2011, 12, 28, 12, tzinfo=ZoneInfo(zone)), time(9), zone=zone)
    days, ends = [], []
    for hours in range(24 * 5):
        for run in due(utc(2011, 12, 28, 22) + timedelta(hours=hours), [wish]):
            wish = after(wish, run)
            days.append(run.day.day)
            ends.append(run.portions[0].window.end - run.portions[0].window.start)
    assert days == [29, 31, 1, 2, 3]
    assert set(ends) == {timedelta(days=1)}


def test_a_paused_subscription_is_not_due_and_goes_on_where_it_was() -> None:
    """Once it is resumed, the next occasion covers the time of the pause."""
    wish = subscription(utc(2026, 1, 14, 12), time(9))
    wish = after(wish, only_run(utc(2026, 1, 15, 9), wish))
    paused = changed(wish, replace(wish, paused=True), utc(2026, 1, 15, 10))
    resumed = changed(paused, replace(paused, paused=False), utc(2026, 1, 20, 10))

    assert due(utc(2026, 1, 20, 10), [paused]) == []
    assert next_due(paused, utc(2026, 1, 20, 10)) is None
    assert due(utc(2026, 1, 20, 10), [resumed]) == []
    assert window(only_run(utc(2026, 1, 21, 9), resumed)) == (utc(2026, 1, 15), utc(2026, 1, 21))


def test_windows_tile_when_the_schedule_changes() -> None:
    """With another time and zone, the next window begins where the last ended."""
    wish = subscription(utc(2026, 1, 14, 12), time(9))
    wish = after(wish, only_run(utc(2026, 1, 15, 9), wish))
    schedule = Schedule(Rhythm.DAILY, time(18, 30), "Asia/Shanghai")
    moved = changed(wish, replace(wish, schedule=schedule), utc(2026, 1, 15, 11))

    assert due(utc(2026, 1, 15, 11), [moved]) == []
    assert next_due(moved, utc(2026, 1, 15, 11)) == utc(2026, 1, 16, 10, 30)
    assert window(only_run(utc(2026, 1, 16, 10, 30), moved)) == (utc(2026, 1, 15), utc(2026, 1, 16, 10, 30))


def test_an_occasion_that_has_nothing_to_cover_is_passed_over() -> None:
    """Whoever moves from evenings to a morning that covers less than was delivered is served the morning after."""
    wish = subscription(utc(2026, 1, 14, 12), time(23))
    wish = after(wish, only_run(utc(2026, 1, 14, 23), wish))
    moved = changed(
        wish, replace(wish, schedule=Schedule(Rhythm.DAILY, time(9), "Asia/Tokyo")), utc(2026, 1, 14, 23, 5)
    )

    assert due(utc(2026, 1, 15, 0), [moved]) == []
    assert next_due(moved, utc(2026, 1, 14, 23, 5)) == utc(2026, 1, 16, 0)
    assert window(only_run(utc(2026, 1, 16, 0), moved)) == (utc(2026, 1, 14, 23), utc(2026, 1, 15, 15))


def test_a_repository_that_is_added_begins_now() -> None:
    """A repository that is new to a subscription has its first window where a new subscription would."""
    wish = subscription(utc(2026, 1, 14, 12), time(9))
    wish = after(wish, only_run(utc(2026, 1, 15, 9), wish))
    more = changed(wish, replace(wish, repositories=("acme/rocket", "acme/gears")), utc(2026, 1, 20, 10))

    assert more.delivered["acme/rocket"] == Delivered(utc(2026, 1, 15), TIP)
    assert more.delivered["acme/gears"] == Delivered(utc(2026, 1, 20))


def test_after_a_restore_each_occasion_gets_its_thread() -> None:
    """In a time of which nothing is known each occasion has its run again, in order; what was missed later is one."""
    wish = subscription(utc(2026, 1, 9, 12), time(9))
    gap = Gap(utc(2026, 1, 11, 12), utc(2026, 1, 13, 12))
    wish = after(wish, only_run(utc(2026, 1, 11, 9), wish))
    windows, days = [], []
    now = utc(2026, 1, 16, 10)
    while runs := due(now, [wish], gap):
        windows += [window(runs[0])]
        days += [runs[0].day.day]
        wish = after(wish, runs[0])

    assert days == [12, 13, 16]
    assert windows == [
        (utc(2026, 1, 11), utc(2026, 1, 12)),
        (utc(2026, 1, 12), utc(2026, 1, 13)),
        (utc(2026, 1, 13), utc(2026, 1, 16)),
    ]


def test_a_gap_of_months_is_made_up_for() -> None:
    """However long the time is of which nothing is known, every week of it has its run."""
    wish = subscription(utc(2026, 1, 1), time(9), Rhythm.WEEKLY, weekday=4)
    gap = Gap(utc(2026, 1, 3), utc(2026, 3, 4))
    wish = after(wish, only_run(utc(2026, 1, 2, 9), wish))
    days = []
    while runs := due(gap.until, [wish], gap):
        days += [runs[0].day]
        wish = after(wish, runs[0])

    assert days == [date(2026, 1, 9) + timedelta(weeks=week) for week in range(8)]


def test_a_gap_changes_nothing_for_what_was_made_after_it() -> None:
    """A subscription that was made, or had its run, after the restore is due as any other."""
    gap = Gap(utc(2026, 1, 5), utc(2026, 1, 10, 12))
    wish = subscription(utc(2026, 1, 12, 12), time(9))

    for now in (utc(2026, 1, 12, 13), utc(2026, 1, 13, 8)):
        assert due(now, [wish], gap) == due(now, [wish]) == []
    assert due(utc(2026, 1, 15, 9), [wish], gap) == due(utc(2026, 1, 15, 9), [wish])
