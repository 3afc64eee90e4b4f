"""The names of a single day, in English and Chinese -> a date.

Texts arrive normalised: NFKC, single spaces, lower case. A text is recognised only if it can mean one day: the general
parsers of dates (dateparser, parsedatetime, dateutil) answer `01/02/2026` and much that is no date with a guess, and a
digest of the wrong day looks just like the right one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import ImpossiblePeriod
from bot.talk.wording import alternatives, quoted


@dataclass(frozen=True, slots=True)
class Day:
    """A date, and the canonical words for it: those that stay true tomorrow only where that was what was said."""

    on: date
    label: str

    @classmethod
    def of(cls, on: date) -> "Day":
        """Return a day that goes by its ISO date."""
        return cls(on, on.isoformat())


GIT_EPOCH = date(1970, 1, 1)
"""Git counts from here; only whole days after it are read, since this one has not begun everywhere."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY_NUMBERS = (
    {name: number for number, name in enumerate(_WEEKDAYS)}
    | {name[:3]: number for number, name in enumerate(_WEEKDAYS)}
    | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
    | {char: number for number, char in enumerate("一二三四五六日")}
    | {"天": 6}
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LEAP_DAY = (2, 29)
_DAYS_AGO = {
    **dict.fromkeys(("today", "今天", "今日", "今"), 0),
    **dict.fromkeys(("yesterday", "昨天", "昨日"), 1),
    **dict.fromkeys(("day before yesterday", "the day before yesterday", "前天", "前日"), 2),
    "大前天": 3,
    **dict.fromkeys(("tomorrow", "明天", "明日"), -1),
    **dict.fromkeys(("the day after tomorrow", "后天"), -2),
}
_NAMED = {0: "today", 1: "yesterday", 2: "day before yesterday"}
_CHINESE_WEEKS_AGO = {"这": 0, "这个": 0, "本": 0, "上": 1, "上个": 1, "下": -1, "下个": -1}

_WEEKDAY = "|".join(name for name in WEEKDAY_NUMBERS if name.isascii())
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    "aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)


def find_day(text: str, today: date) -> Day | None:
    """Return the day that a normalised text names, or None if it names none.

    A weekday alone is the most recent one, today included; a date without a year is the most recent one too. The day
    may lie in the future. Raises ImpossiblePeriod for what looks like a day but is none, or can be read as several.
    """
    if text in _DAYS_AGO:
        ago = _DAYS_AGO[text]
        day = Day.of(today - timedelta(ago))
        return Day(day.on, _NAMED.get(ago, day.label))
    for pattern, read in _READERS:
        if match := pattern.fullmatch(text):
            return read(match, today)
    return None


def _weekday(match: re.Match[str], today: date) -> Day:
    number = WEEKDAY_NUMBERS[match["day"]]
    return Day(_most_recent(number, today), _WEEKDAYS[number])


def _chinese_weekday_of_a_week(match: re.Match[str], today: date) -> Day:
    monday = today - timedelta(today.weekday(), weeks=_CHINESE_WEEKS_AGO[match["week"]])
    return Day.of(monday + timedelta(WEEKDAY_NUMBERS[match["day"]]))


def _ambiguous_weekday(match: re.Match[str], today: date) -> Day:
    number = WEEKDAY_NUMBERS[match["day"]]
    recent = _most_recent(number, today)
    raise ImpossiblePeriod(
        f"{quoted(match.string)} means one day to some people and another to others.",
        remedy=f'Write "{_WEEKDAYS[number]}" for the most recent one, {recent}, or write the date itself.',
    )


def _most_recent(weekday: int, today: date) -> date:
    return today - timedelta((today.weekday() - weekday) % 7)


def _full_date(match: re.Match[str], _today: date) -> Day:
    return Day.of(_real(match, int(match["year"])))


def _date_without_year(match: re.Match[str], today: date) -> Day:
    this_year = (_month(match), int(match["day"])) <= (today.month, today.day)
    return Day.of(_real(match, today.year if this_year else today.year - 1))


def _month(match: re.Match[str]) -> int:
    written = match["month"]
    return int(written) if written.isdecimal() else 1 + _MONTHS.index(written[:3])


def _real(match: re.Match[str], year: int) -> date:
    month, day = _month(match), int(match["day"])
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        where = f" in {year}" if (month, day) == _LEAP_DAY else ""
        raise ImpossiblePeriod(f"There is no day {quoted(match.string)}{where}.") from None


def _days_ago(match: re.Match[str], today: date) -> Day:
    try:
        return Day.of(today - timedelta(int(match["days"])))
    except OverflowError:
        raise ImpossiblePeriod(f"{quoted(match.string)} is before any date.") from None


def _ambiguous_date(match: re.Match[str], today: date) -> Day:
    """Refuse a date whose order is not known; the remedy has its possible readings."""
    a, b, c = match["a"], match["b"], match["c"]
    year = today.year if c is None else int(c) if len(c) > 2 else 2000 + int(c)
    readings = []
    for month, day in ((a, b), (b, a)):
        try:
            readings.append(date(year, int(month), int(day)))
        except ValueError:
            continue
    possible = sorted({reading.isoformat() for reading in readings if GIT_EPOCH < reading <= today})
    raise ImpossiblePeriod(
        f"{quoted(match.string)} does not say which number is the month.",
        remedy=f"Write {alternatives(possible)}: the year, then the month, then the day." if possible else "",
    )


_Reader = Callable[[re.Match[str], date], Day]
_NUMBER = "[0-9]{1,2}"
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"(?P<day>{_WEEKDAY})", _weekday),
        (r"(?:周|星期|礼拜)(?P<day>[一二三四五六日天])", _weekday),
        (r"(?P<week>[这本上下]|[这上下]个)(?:周|星期|礼拜)(?P<day>[一二三四五六日天])", _chinese_weekday_of_a_week),
        (rf"(?:last|past|previous|this|next) (?P<day>{_WEEKDAY})", _ambiguous_weekday),
        (rf"(?P<year>[0-9]{{4,}})(?P<by>[-/])(?P<month>{_NUMBER})(?P=by)(?P<day>{_NUMBER})", _full_date),
        (rf"(?P<year>[0-9]{{4,}}) ?年 ?(?P<month>{_NUMBER}) ?月 ?(?P<day>{_NUMBER}) ?[日号]", _full_date),
        (rf"(?P<day>{_NUMBER})(?:st|nd|rd|th)? (?P<month>{_MONTH}),? (?P<year>[0-9]{{4,}})", _full_date),
        (rf"(?P<month>{_MONTH}) (?P<day>{_NUMBER})(?:st|nd|rd|th)?,? (?P<year>[0-9]{{4,}})", _full_date),
        (rf"(?P<month>{_NUMBER}) ?月 ?(?P<day>{_NUMBER}) ?[日号]", _date_without_year),
        (rf"(?P<day>{_NUMBER})(?:st|nd|rd|th)? (?P<month>{_MONTH})", _date_without_year),
        (rf"(?P<month>{_MONTH}) (?P<day>{_NUMBER})(?:st|nd|rd|th)?", _date_without_year),
        (r"(?P<days>[0-9]+) days? ago", _days_ago),
        (r"(?P<days>[0-9]+) ?天前", _days_ago),
        (rf"(?P<a>{_NUMBER})/(?P<b>{_NUMBER})(?:/(?P<c>[0-9]{{2}}|[0-9]{{4}}))?", _ambiguous_date),
        (rf"(?P<a>{_NUMBER})[.-](?P<b>{_NUMBER})[.-](?P<c>[0-9]{{4}})", _ambiguous_date),
    )
)
