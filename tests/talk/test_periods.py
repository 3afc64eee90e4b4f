"""Names of periods: what each means, in both languages and in any zone, and how the others are refused."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ImpossiblePeriod, RequestError, UnknownPeriod, UnknownTimezone, UnsafeName
from bot.model import Period, Since, Window
from bot.talk.periods import examples, parse

THURSDAY = datetime(2026, 1, 15, 9, 30, 15, 250_000, tzinfo=UTC)
QUOTED = re.compile(r'"([^"]*)"')

ZONES = st.sampled_from(
    ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Africa/Cairo",
     "Asia/Kolkata", "Asia/Beirut", "Pacific/Apia", "Pacific/Kiritimati", "America/St_Johns", "Africa/Tunis",
     "Australia/Lord_Howe"]
)  # fmt: skip
MOMENTS = st.datetimes(datetime(1972, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis takes bare bounds
WORDS = st.sampled_from(
    ["today", "yesterday", "tomorrow", "monday", "fri", "last", "this", "next", "week", "month", "7", "1", "0",
     "days", "24", "hours", "since", "to", "from", "v0.5", "2026-01-12", "2026-02-30", "01/02/2026", "..", "-", "~",
     "ago", "jan", "15", "2026", "今天", "前天", "上", "周", "一", "最近", "天", "自", "以来", "至",
     "1月", "15日", "２０２６年", "-x", ":", "\x00"]
)  # fmt: skip


def days(text: str, now: datetime = THURSDAY, timezone: str = "UTC") -> tuple[str, str]:
    """Return the first and the last day of the window that a text names."""
    window = parse(text, now, timezone)
    assert isinstance(window, Window)
    start, end = window.start.astimezone(window.zone), window.end.astimezone(window.zone)
    return start.date().isoformat(), (end - timedelta(seconds=1)).date().isoformat()


def refusal(text: str, now: datetime = THURSDAY, timezone: str = "UTC") -> RequestError:
    """Return the error that a text gives."""
    with pytest.raises(RequestError) as caught:
        parse(text, now, timezone)
    return caught.value


def outcome(text: str, now: datetime, timezone: str) -> Period | RequestError:
    """Return the period that a text names, or its refusal."""
    try:
        return parse(text, now, timezone)
    except RequestError as error:
        return error


@pytest.mark.parametrize(
    ("text", "first", "last", "label"),
    [
        ("today", "2026-01-15", "2026-01-15", "today"),
        ("yesterday", "2026-01-14", "2026-01-14", "yesterday"),
        ("the day before yesterday", "2026-01-13", "2026-01-13", "day before yesterday"),
        ("3 days ago", "2026-01-12", "2026-01-12", "2026-01-12"),
        ("thursday", "2026-01-15", "2026-01-15", "thursday"),
        ("Fri", "2026-01-09", "2026-01-09", "friday"),
        ("2026-01-05", "2026-01-05", "2026-01-05", "2026-01-05"),
        ("2026/1/5", "2026-01-05", "2026-01-05", "2026-01-05"),
        ("5 January", "2026-01-05", "2026-01-05", "2026-01-05"),
        ("Jan 5th, 2026", "2026-01-05", "2026-01-05", "2026-01-05"),
        ("31 Dec", "2025-12-31", "2025-12-31", "2025-12-31"),
        ("2026-01-12..2026-01-14", "2026-01-12", "2026-01-14", "2026-01-12..2026-01-14"),
        ("2026-01-12…2026-01-14", "2026-01-12", "2026-01-14", "2026-01-12..2026-01-14"),
        ("2026-01-12 ~ 2026-01-14", "2026-01-12", "2026-01-14", "2026-01-12..2026-01-14"),
        ("2026-01-12 - 2026-01-14", "2026-01-12", "2026-01-14", "2026-01-12..2026-01-14"),
        ("from 2026-01-12 to yesterday", "2026-01-12", "2026-01-14", "2026-01-12..2026-01-14"),
        ("monday..wednesday", "2026-01-12", "2026-01-14", "2026-01-12..2026-01-14"),
        ("today..today", "2026-01-15", "2026-01-15", "2026-01-15"),
        ("this week", "2026-01-12", "2026-01-18", "this week"),
        ("last week", "2026-01-05", "2026-01-11", "last week"),
        ("this month", "2026-01-01", "2026-01-31", "this month"),
        ("last month", "2025-12-01", "2025-12-31", "last month"),
        ("last 7 days", "2026-01-09", "2026-01-15", "last 7 days"),
        ("the past 7d", "2026-01-09", "2026-01-15", "last 7 days"),
        ("last 1 day", "2026-01-15", "2026-01-15", "last 1 day"),
        ("last 2 weeks", "2026-01-02", "2026-01-15", "last 14 days"),
        ("last 366 days", "2025-01-15", "2026-01-15", "last 366 days"),
        ("since monday", "2026-01-12", "2026-01-15", "since monday"),
        ("since last week", "2026-01-05", "2026-01-15", "since last week"),
        ("  ToDay\t", "2026-01-15", "2026-01-15", "today"),
        ("ｌａｓｔ　７　ｄａｙｓ", "2026-01-09", "2026-01-15", "last 7 days"),
    ],
)
def test_english(text: str, first: str, last: str, label: str) -> None:
    """Every English name of days gives the days that it means and its canonical label."""
    assert (*days(text), parse(text, THURSDAY, "UTC").label) == (first, last, label)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("今天", "today"),
        ("今日", "today"),
        ("昨天", "yesterday"),
        ("昨日", "yesterday"),
        ("前天", "day before yesterday"),
        ("大前天", "2026-01-12"),
        ("３天前", "2026-01-12"),
        ("周一", "monday"),
        ("星期天", "sunday"),
        ("礼拜四", "thursday"),
        ("上周一", "2026-01-05"),
        ("本周三", "2026-01-14"),
        ("本周", "this week"),
        ("这个星期", "this week"),
        ("上周", "last week"),
        ("上个礼拜", "last week"),
        ("本月", "this month"),
        ("上个月", "last month"),
        ("最近7天", "last 7 days"),
        ("近七天", "last 7 days"),
        ("过去 ７ 天", "last 7 days"),
        ("最近十二天", "last 12 days"),
        ("最近二十天", "last 20 days"),
        ("最近两周", "last 14 days"),
        ("过去24小时", "last 24 hours"),
        ("近12个小时", "last 12 hours"),
        ("2026年1月5日", "2026-01-05"),
        ("1月5号", "2026-01-05"),
        ("１２月３１日", "2025-12-31"),
        ("1月12日至1月14日", "2026-01-12..2026-01-14"),
        ("从周一到今天", "2026-01-12..2026-01-15"),
        ("自周一以来", "since monday"),
        ("自1月12日至今", "2026-01-12..2026-01-15"),
        ("自 v0.5 以来", "since v0.5"),
        ("自从v0.5", "since v0.5"),
        ("从v0.5开始", "since v0.5"),
        ("v0.5以来", "since v0.5"),
    ],
)
def test_chinese(text: str, english: str) -> None:
    """A Chinese name means what its English counterpart means, label included."""
    assert parse(text, THURSDAY, "UTC") == parse(english, THURSDAY, "UTC")
    assert parse(text, THURSDAY, "UTC").label == english


def test_hours_end_with_the_present_second() -> None:
    """The last hours end after the second that has begun, so that a commit of this second is in."""
    window = parse("last 24 hours", THURSDAY, "Asia/Shanghai")
    end = datetime(2026, 1, 15, 9, 30, 16, tzinfo=UTC)
    assert window == Window(end - timedelta(hours=24), end, "Asia/Shanghai", "last 24 hours")


def test_since_keeps_the_case_of_a_ref() -> None:
    """A ref is taken as it was written, apart from the width of its characters."""
    assert parse("Since  Release/ｖ1.0-RC1", THURSDAY, "Asia/Shanghai") == Since(
        "Release/v1.0-RC1", THURSDAY, "Asia/Shanghai", "since Release/v1.0-RC1"
    )


def test_a_tag_named_like_a_day_has_a_spelling() -> None:
    """A tag whose name is a date is reached by a longer name of the same ref."""
    assert isinstance(parse("since tags/2026-01-12", THURSDAY, "UTC"), Since)


@pytest.mark.parametrize(
    "ref",
    ["-x", "--upload-pack=x", "a b", "a\tb", "a\x00b", "a\x7fb", "a..b", "a:b", "a~1", "a^", "a?", "a*", "a[b",
     "a\\b", "a@{1}", "@", "/a", "a/", "a//b", ".a", "a/.b", "a.", "a.lock", "a.lock/b", "a‥b", "v1：x", "a\u202eb",
     "\ud800"],
)  # fmt: skip
def test_unsafe_refs(ref: str) -> None:
    """What git-check-ref-format forbids, options and what does not print are refused as refs."""
    with pytest.raises(UnsafeName):
        parse(f"since {ref}", THURSDAY, "UTC")


@pytest.mark.parametrize(
    "ref", ["v0.5", "0.5.0", "2026.1.15", "a1b2c3d", "release/2026", "@babel/core@7.0.0", "v1.0+build", "版本1"]
)
def test_safe_refs(ref: str) -> None:
    """Names that projects give to their releases are taken."""
    assert parse(f"since {ref}", THURSDAY, "UTC") == Since(ref, THURSDAY, "UTC", f"since {ref}")


@pytest.mark.parametrize(
    "text", ["", " ", "ruff", "last fortnight", "since", "2026-01", "week", "7 days", "1", "周", "x" * 10_000]
)
def test_unknown(text: str) -> None:
    """What resembles no period is unknown, and the error names every kind that works."""
    error = refusal(text)
    assert isinstance(error, UnknownPeriod)
    assert set(examples(THURSDAY, "UTC")) <= set(QUOTED.findall(error.remedy))


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2026-13-01", "0000-01-01", "99999-01-01", f"{'9' * 200}-01-01", "2月30日", "2月29日", "30 feb 2026",
     "tomorrow", "明天", "后天", "next week", "下周", "下个月", "2026-01-16", "本周五", "2026-01-12..2026-01-16",
     "since tomorrow", "2026-01-14..2026-01-12", "thursday..monday", "2026-01-12..soon", "last monday", "this friday",
     "01/02/2026", "15/01/2026", "1/5", "1.2.2026", "99/99/9999", "last 0 days", "last 367 days", "last 99999 days",
     "last 8785 hours", f"last {'9' * 200} days", "最近九十九周", "2024-01-01..2026-01-01", "since 2024-01-01",
     "1970-01-01", "1969-07-20", f"{'9' * 200} days ago"],
)  # fmt: skip
def test_impossible(text: str) -> None:
    """What is recognised but cannot be is impossible, with a remedy."""
    error = refusal(text)
    assert isinstance(error, ImpossiblePeriod)
    assert error.remedy


def test_an_ambiguous_date_shows_its_readings() -> None:
    """A date without a known order is answered with the days that it may mean and that have happened."""
    assert QUOTED.findall(refusal("01/02/2025").remedy) == ["2025-01-02", "2025-02-01"]
    assert QUOTED.findall(refusal("01/02/2026").remedy) == ["2026-01-02"]


def test_a_reversed_range_is_turned_round_in_the_remedy() -> None:
    """A range that ends before it starts is answered with the range that was meant."""
    assert QUOTED.findall(refusal("2026-01-14..2026-01-12").remedy) == ["2026-01-12..2026-01-14"]


@pytest.mark.parametrize(
    "timezone", ["Asia/Shanghia", "", "America", "../UTC", "/etc/passwd", "UTC\x00", "Mars/Olympus", "\ud800"]
)
def test_unknown_timezone(timezone: str) -> None:
    """What names no IANA zone is refused, and no file elsewhere is read."""
    with pytest.raises(UnknownTimezone):
        parse("today", THURSDAY, timezone)


def test_an_unknown_timezone_suggests_the_nearest() -> None:
    """A misspelt zone is answered with the one that was meant."""
    with pytest.raises(UnknownTimezone, match='"Asia/Shanghai"'):
        parse("today", THURSDAY, "asia/shanghia")


@pytest.mark.parametrize(
    ("timezone", "day", "start", "hours"),
    [
        ("Asia/Shanghai", "2026-01-15", "2026-01-14T16:00", 24),
        ("Europe/Berlin", "2025-03-30", "2025-03-29T23:00", 23),
        ("Europe/Berlin", "2025-10-26", "2025-10-25T22:00", 25),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00", 23),
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00", 25),
        ("Africa/Cairo", "2023-04-28", "2023-04-27T22:00", 23),
        ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00", 23),
        ("Africa/Tunis", "1988-09-25", "1988-09-24T22:00", 25),
        ("Australia/Lord_Howe", "2025-10-05", "2025-10-04T13:30", 23.5),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00", 24),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00", 24),
    ],
)
def test_days_of_zones(timezone: str, day: str, start: str, hours: float) -> None:
    """A day lasts from its first local moment to that of the next, also where midnight is missing or comes twice."""
    window = parse(day, THURSDAY, timezone)
    assert isinstance(window, Window)
    assert (window.start, window.end - window.start) == (datetime.fromisoformat(f"{start}Z"), timedelta(hours=hours))


def test_a_day_that_was_skipped() -> None:
    """A day that a zone's clocks skipped is impossible alone, and harmless within a longer period."""
    assert "Pacific/Apia" in refusal("2011-12-30", timezone="Pacific/Apia").message
    assert days("2011-12-29..2011-12-31", timezone="Pacific/Apia") == ("2011-12-29", "2011-12-31")
    after = datetime(2011, 12, 31, 0, 0, tzinfo=UTC)
    assert "yesterday" not in examples(after, "Pacific/Apia")


def test_an_error_repeats_no_credential() -> None:
    """A password in what was said does not come back in the error."""
    for text in ("https://user:hunter2@example.org/x", "since https://user:hunter2@example.org/x"):
        assert "hunter2" not in str(refusal(text))


def test_an_error_is_one_printable_line() -> None:
    """Control characters, line breaks and characters that turn the direction of text are not repeated in an error."""
    error = refusal("a\nb\x1b[31m\u202ec")
    assert str(error).isprintable()


@given(now=MOMENTS, timezone=ZONES)
def test_examples_work(now: datetime, timezone: str) -> None:
    """Every example is understood at the moment for which it was made."""
    for text in examples(now, timezone):
        parse(text, now, timezone)


@given(words=st.lists(WORDS, max_size=6), glue=st.sampled_from(["", " "]), now=MOMENTS, timezone=ZONES)
def test_every_text_gives_a_period_or_a_refusal(words: list[str], glue: str, now: datetime, timezone: str) -> None:
    """Words of the grammar in any order give a sound period or an error whose every suggestion of a date works."""
    period = outcome(glue.join(words), now, timezone)
    if isinstance(period, RequestError):
        suggestions = QUOTED.findall(period.remedy)
        assert period.remedy
        assert all(not isinstance(outcome(suggestion, now, timezone), RequestError) for suggestion in suggestions)
    else:
        assert parse(period.label, now, timezone) == period
        assert isinstance(period, Since) or timedelta(0) < period.end - period.start <= timedelta(days=367)


@given(text=st.text(max_size=400), now=MOMENTS)
def test_any_text_at_all(text: str, now: datetime) -> None:
    """No text raises anything but a refusal."""
    assert str(outcome(text, now, "Europe/Berlin")).isprintable()


@given(now=MOMENTS, timezone=ZONES, back=st.integers(1, 300))
def test_days_tile(now: datetime, timezone: str, back: int) -> None:
    """Successive days leave no gap and do not overlap, in any zone."""
    today = now.astimezone(ZoneInfo(timezone)).date()

    def bounds(day: date) -> tuple[datetime, datetime] | None:
        try:
            window = parse(day.isoformat(), now, timezone)
        except ImpossiblePeriod:  # skipped by its zone
            return None
        assert isinstance(window, Window)
        return window.start, window.end

    first, second = bounds(today - timedelta(back)), bounds(today - timedelta(back - 1))
    assert first is None or second is None or first[1] == second[0]


@pytest.mark.parametrize(
    "text", ["since " + "a/" * 140, "1" * 299, "今" * 299, "- " * 149, "." * 299, "至" * 299, "from " * 59]
)
def test_long_repetitions_end(text: str) -> None:
    """Repetitions that a careless pattern would chew on for minutes are answered at once."""
    refusal(text)
