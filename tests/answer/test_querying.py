"""What is understood of questions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.querying import understand

NOW = datetime(2026, 1, 15, 18, tzinfo=UTC)
"""A Thursday."""
DAY = timedelta(days=1)
TODAY = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("what landed on Tuesday?", -2, -1),
        ("anything last tuesday", -2, -1),
        ("changes of yesterday", -1, 0),
        ("is it from last week?", -10, -3),
        ("since Monday", -3, None),
        ("before 2026-01-10", None, -5),
        ("after yesterday", 0, None),
        ("2026-01-05..2026-01-07 please", -10, -7),
        ("yesterday or today", -1, 1),
        ("the last 3 days", -2, 1),
        ("on 12 January", -3, -2),
        ("昨天有什么改动", -1, 0),
        ("上周的改动", -10, -3),
        ("最近三天", -2, 1),
        ("since v1.2", None, None),
        ("may the marching band march on", None, None),
        ("2026-13-45", None, None),
    ],
)
def test_days(text: str, since: int | None, until: int | None) -> None:
    """Days within a sentence are understood as where a period is asked for; what is no day limits nothing."""
    query = understand(text, NOW, "UTC")

    assert query.since == (None if since is None else TODAY + since * DAY)
    assert query.until == (None if until is None else TODAY + until * DAY)


def test_days_are_those_of_the_zone() -> None:
    """A day begins where the person is who asks."""
    query = understand("yesterday", NOW, "Asia/Shanghai")

    assert query.since == datetime(2026, 1, 14, 16, tzinfo=UTC)


def test_names() -> None:
    """Numbers, shas, paths, flags, identifiers and what stands in backticks are names; other words are not."""
    text = "Does PR 17 or !18 (a1b2c3d) touch engine/queue.py, --fifo, `heap`, torch.view and/or opt-in scheduling?"
    query = understand(text, NOW, "UTC")

    assert query.numbers == (17, 18)
    assert query.digits == ("a1b2c3d",)
    assert query.names == (
        ("#17",),
        ("#18",),
        ("engine/queue.py", "queue.py"),
        ("queue.py",),
        ("--fifo",),
        ("heap",),
        ("torch.view",),
    )
    assert "schedul" in query.words
    assert "do" not in query.words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("which changes concern the login?", ("login",)),
        ("anything relevant to passwords", ("password",)),
        ("哪些改动涉及 login", ("login",)),
        ("有没有影响了登录的提交？", ("登录",)),
        ("why is it?", ()),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    """What a question is about is left of it, also where no spaces part it from the words that only ask."""
    assert understand(text, NOW, "UTC").words == words


@given(st.text())
def test_any_text(text: str) -> None:
    """Whatever is asked, it is understood in some way, and never at length."""
    assert len(understand(text, NOW, "UTC").terms) <= 40
