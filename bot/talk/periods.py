"""The names of periods, in English and Chinese -> Window or Since.

What is understood, with the canonical label of each (which `parse` reads as the same period again):

- a day: `today`, `yesterday`, `monday` (the most recent one, today included), `2026-01-15`, `15 January`, `3 days ago`;
- days: `2026-01-12..2026-01-15`, both included; `this week`, `last week`, which begin on Monday; `this month`,
  `last month`; `last 7 days`, the seven that end with today; `last 2 weeks`, which is `last 14 days`;
- hours: `last 24 hours`, up to now;
- `since v1.2`: what landed after a tag or a commit; `since monday`: from the beginning of that day to the end of today.
  A tag that is named like a day is written `tags/2026-01-15`.

A period that is not over ends when its last day does, so that its digest grows. Case, extra spaces and the width of
characters do not matter. Weekdays of a stated week (上周一) and dates have their ISO dates as labels.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import ImpossiblePeriod, RequestError, UnknownPeriod
from bot.model import Period, Since, Window
from bot.talk.days import GIT_EPOCH, find_day
from bot.talk.refs import check_ref
from bot.talk.wording import alternatives, quoted
from bot.talk.zones import find_zone, midnight

MAX_DAYS = 366
_MAX_LENGTH = 300


def parse(text: str, now: datetime, timezone: str) -> Period:
    """Return the period that a text names, at a moment (aware) and in an IANA zone.

    Raises UnknownPeriod for a text that names none, ImpossiblePeriod for one that cannot be, UnsafeName for a ref that
    is not handed to git, UnknownTimezone. Each says what would work.
    """
    period = find(text, now, timezone)
    if period is None:
        raise UnknownPeriod(f"{quoted(text)} is not a period.", remedy=_remedy(now, timezone))
    return period


def find(text: str, now: datetime, timezone: str) -> Period | None:
    """Return the period that a text names, or None if it looks like none. Otherwise raises as `parse` does."""
    moment = _Moment.of(now, find_zone(timezone))
    try:
        return _find(text, moment)
    except RequestError as error:
        error.remedy = error.remedy or _remedy(now, timezone)
        raise


def examples(now: datetime, timezone: str) -> tuple[str, ...]:
    """Return texts that `parse` understands at this moment, one of each kind, for help and errors."""
    moment = _Moment.of(now, find_zone(timezone))
    yesterday = moment.today - timedelta(1)
    candidates = (
        "today",
        "yesterday",
        "monday",
        yesterday.isoformat(),
        f"{yesterday - timedelta(3)}..{yesterday}",
        "this week",
        "last 7 days",
        "since v1.2",
    )
    return tuple(text for text in candidates if _works(text, moment))


def _remedy(now: datetime, timezone: str) -> str:
    return f"Try {alternatives(examples(now, timezone))}."


@dataclass(frozen=True, slots=True)
class _Moment:
    """When and where a text was said."""

    now: datetime
    zone: ZoneInfo
    today: date

    @classmethod
    def of(cls, now: datetime, zone: ZoneInfo) -> "_Moment":
        return cls(now.astimezone(UTC), zone, now.astimezone(zone).date())


def _works(text: str, moment: _Moment) -> bool:
    try:
        return _find(text, moment) is not None
    except RequestError:  # such as yesterday, where the zone skipped that day
        return False


def _find(text: str, moment: _Moment) -> Period | None:
    if len(text) > _MAX_LENGTH:
        return None
    # The wave dash is what Japanese and some Chinese input methods write for ~, and NFKC keeps it.
    spoken = " ".join(unicodedata.normalize("NFKC", text).replace("〜", "~").split())
    lowered = spoken.lower()
    return (
        _find_range(lowered, moment)
        or _find_since(spoken, moment)
        or _find_days(lowered, moment)
        or _find_last(lowered, moment)
    )


# --- from one day to another

_RANGE = re.compile(r"(?:from |[从自] ?)?(?P<first>\S.*?) ?(?:\.{2,3}|[~–—至到]| to | - ) ?(?P<last>.*\S)")


def _find_range(text: str, moment: _Moment) -> Window | None:
    match = _RANGE.fullmatch(text)
    if not match:
        return None
    first, last = (find_day(match[side], moment.today) for side in ("first", "last"))
    if first and last:
        if last.on < first.on:
            turned = f"{last.on}..{first.on}"
            raise ImpossiblePeriod(
                f"{quoted(text)} ends on {last.on}, before it begins on {first.on}.",
                remedy=f"Write the earlier day first: {quoted(turned)}." if _works(turned, moment) else "",
            )
        label = f"{first.on}..{last.on}" if first.on < last.on else first.on.isoformat()
        return _window(first.on, last.on, label, moment, whole=True)
    if (first or last) and " " not in text:
        raise ImpossiblePeriod(f"{quoted(match['last'] if first else match['first'])} is not a day.")
    return None


# --- since a day, a tag or a commit

_SINCE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"since (?P<ref>.+)",
        r"(?:自从|自) ?(?P<ref>\S+?) ?(?:以来|之后|开始|起|至今)?",
        r"从 ?(?P<ref>\S+?) ?(?:以来|之后|开始|起|至今)",
        r"(?P<ref>\S+?) ?(?:以来|至今)",
    )
)


def _find_since(text: str, moment: _Moment) -> Period | None:
    for pattern in _SINCE:
        if match := pattern.fullmatch(text):
            ref = match["ref"]
            if window := _find_days(ref.lower(), moment):
                first = window.start.astimezone(moment.zone).date()
                return _window(first, moment.today, f"since {window.label}", moment)
            return Since(check_ref(ref), moment.now, moment.zone.key, f"since {ref}")
    return None


# --- a day, a week, a month

_NAMED = {
    **dict.fromkeys(("this week", "本周", "这周", "这个星期", "本星期", "这个礼拜", "这礼拜"), "this week"),
    **dict.fromkeys(
        ("last week", "previous week", "上周", "上个星期", "上星期", "上个礼拜", "上礼拜", "上个周"), "last week"
    ),
    **dict.fromkeys(("next week", "下周", "下个星期", "下星期", "下个礼拜", "下礼拜"), "next week"),
    **dict.fromkeys(("this month", "本月", "这个月", "这月"), "this month"),
    **dict.fromkeys(("last month", "previous month", "上个月", "上月"), "last month"),
    **dict.fromkeys(("next month", "下个月", "下月"), "next month"),
}
_STEPS = {"this": 0, "last": -1, "next": 1}


def _find_days(text: str, moment: _Moment) -> Window | None:
    if day := find_day(text, moment.today):
        return _window(day.on, day.on, day.label, moment, whole=True)
    if label := _NAMED.get(text):
        step, unit = label.split()
        first, last = (_week if unit == "week" else _month)(moment.today, _STEPS[step])
        return _window(first, last, label, moment)
    return None


def _week(today: date, step: int) -> tuple[date, date]:
    monday = today - timedelta(today.weekday()) + timedelta(weeks=step)
    return monday, monday + timedelta(6)


def _month(today: date, step: int) -> tuple[date, date]:
    return _first_of_month(today, step), _first_of_month(today, step + 1) - timedelta(1)


def _first_of_month(today: date, step: int) -> date:
    year, month = divmod(12 * today.year + today.month - 1 + step, 12)
    return date(year, month + 1, 1)


# --- the last days or hours

_NUMBER = "[0-9]+|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]"
_LAST = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:the )?(?:last|past|previous) (?P<count>{_NUMBER}) ?(?:(?P<hours>hours?|h)|(?P<weeks>weeks?|w)|days?|d)",
        rf"(?:最近|近|过去) ?(?P<count>{_NUMBER}) ?(?:(?P<hours>个?小时)|(?P<weeks>周|个?星期|个?礼拜)|天|日)",
    )
)


def _find_last(text: str, moment: _Moment) -> Window | None:
    for pattern in _LAST:
        if match := pattern.fullmatch(text):
            return _last_hours(match, moment) if match["hours"] else _last_days(match, moment)
    return None


def _last_days(match: re.Match[str], moment: _Moment) -> Window:
    days = _count(match, "day", of=7 if match["weeks"] else 1, most=MAX_DAYS)
    return _window(moment.today - timedelta(days - 1), moment.today, _last_label(days, "day"), moment)


def _last_hours(match: re.Match[str], moment: _Moment) -> Window:
    hours = _count(match, "hour", of=1, most=24 * MAX_DAYS)
    # Commits have whole seconds: the end is the next one, so that what landed within this one is in.
    end = moment.now.replace(microsecond=0) + timedelta(seconds=1)
    return Window(end - timedelta(hours=hours), end, moment.zone.key, _last_label(hours, "hour"))


def _last_label(count: int, unit: str) -> str:
    return f"last {count} {unit}{'s' * (count != 1)}"


def _count(match: re.Match[str], unit: str, *, of: int, most: int) -> int:
    count = of * _number(match["count"])
    if not 1 <= count <= most:
        raise ImpossiblePeriod(f"{quoted(match.string)} is not a period of 1 to {most} {unit}s.")
    return count


def _number(text: str) -> int:
    """Return the number that digits, or Chinese numerals up to 99, write."""
    if text.isascii():
        return int(text)
    digits = {char: value for value, char in enumerate("一二三四五六七八九", 1)} | {"两": 2}
    tens, ten, ones = text.rpartition("十")
    return (10 * digits.get(tens, 1) if ten else 0) + digits.get(ones, 0)


def _window(first: date, last: date, label: str, moment: _Moment, *, whole: bool = False) -> Window:
    """Return the window of the days from `first` to `last`, both included; `whole` if its last day may not be ahead."""
    if (last if whole else first) > moment.today:
        raise ImpossiblePeriod(f"{quoted(label)} has not happened yet: today is {moment.today}.")
    if first <= GIT_EPOCH:
        raise ImpossiblePeriod(f"{quoted(label)} begins on {first}: commits are not dated before {GIT_EPOCH}.")
    if (last - first).days >= MAX_DAYS:
        raise ImpossiblePeriod(f"{quoted(label)} is longer than {MAX_DAYS} days, the longest period of a digest.")
    start, end = midnight(first, moment.zone), midnight(last + timedelta(1), moment.zone)
    if start == end:
        raise ImpossiblePeriod(f"There was no {first} in {moment.zone.key}: its clocks skipped that day.")
    return Window(start, end, moment.zone.key, label)
