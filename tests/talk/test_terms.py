"""What is said of subscriptions in a chat."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RequestError
from bot.model import Audience, ChangeType, Pins, Place, Quiet, Rhythm
from bot.talk.commands import (
    Command,
    List,
    Pause,
    Resume,
    Set,
    Subscribe,
    Unsubscribe,
    parse_command,
)
from bot.talk.globs import check_glob
from bot.talk.places import parse_place
from bot.talk.terms import AUDIENCE, Terms, split_terms
from bot.talk.times import parse_time

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)


def command(text: str) -> Command:
    """Return the command of a text from a chat."""
    return parse_command(text, NOW, "UTC")


def terms(text: str) -> Terms:
    """Return the terms of a text that is options alone."""
    before, said = split_terms(text.split())
    assert before == ()
    return said


def refusal(text: str) -> str:
    """Return how a text from a chat is refused, with the remedy."""
    with pytest.raises(RequestError) as refused:
        command(text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("subscribe ruff", Subscribe(("ruff",), Terms())),
        (
            "/subscribe astral-sh/ruff uv weekdays at 9:00 in Asia/Shanghai language zh",
            Subscribe(
                ("astral-sh/ruff", "uv"), Terms(Rhythm.WEEKDAYS, at=time(9), timezone="Asia/Shanghai", language="zh")
            ),
        ),
        ("订阅 ruff 每周五 下午6点半 时区 Asia/Shanghai 语言 中文",
         Subscribe(("ruff",), Terms(Rhythm.WEEKLY, 4, time(18, 30), "Asia/Shanghai", "zh"))),
        ("list", List()),
        ("订阅列表", List()),
        ("pause k3x", Pause("k3x")),
        ("暂停 k3x", Pause("k3x")),
        ("resume k3x", Resume("k3x")),
        ("取消订阅 k3x", Unsubscribe("k3x")),
        ("set k3x uv daily", Set("k3x", ("uv",), Terms(Rhythm.DAILY))),
        ("set k3x quiet silence", Set("k3x", (), Terms(quiet=Quiet.SILENCE))),
    ],
)  # fmt: skip
def test_commands(text: str, expected: Command) -> None:
    """Each verb of a subscription, in both languages."""
    assert command(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("daily", Terms(Rhythm.DAILY)),
        ("Weekly", Terms(Rhythm.WEEKLY)),
        ("weekly on Friday", Terms(Rhythm.WEEKLY, 4)),
        ("weekly fri 17:00", Terms(Rhythm.WEEKLY, 4, time(17))),
        ("on mondays", Terms(Rhythm.WEEKLY, 0)),
        ("每天 9点", Terms(Rhythm.DAILY, at=time(9))),
        ("工作日 21点05分", Terms(Rhythm.WEEKDAYS, at=time(21, 5))),
        ("at 6 pm", Terms(at=time(18))),
        ("at 9", Terms(at=time(9))),
        ("12am", Terms(at=time(0))),
        ("at 12:15pm", Terms(at=time(12, 15))),
        ("pins off quiet line", Terms(quiet=Quiet.LINE, pins=Pins.NONE)),
        ("置顶 开 安静 不发", Terms(quiet=Quiet.SILENCE, pins=Pins.HIGH)),
        ("exclude bots", Terms(exclude_bots=True)),
        ("without author ada, grace exclude authors joan", Terms(exclude_authors=("ada", "grace", "joan"))),
        ("exclude path docs/,*.md", Terms(exclude_paths=("docs/", "*.md"))),
        ("排除 类型 ci，文档", Terms(exclude_types=(ChangeType.CI, ChangeType.DOCUMENTATION))),
        ("排除 机器人", Terms(exclude_bots=True)),
        ("only src/ only paths lib/", Terms(only_paths=("src/", "lib/"))),
        ("about we run on AMD, at daily scale", Terms(interests=("we run on AMD", "at daily scale"))),
        ("关注 性能、内存", Terms(interests=("性能", "内存"))),
    ],
)  # fmt: skip
def test_options(text: str, expected: Terms) -> None:
    """Each option, in both languages, in any order."""
    assert terms(text) == expected


def test_everything_takes_filters_back() -> None:
    """Whoever wants everything again gets every filter emptied, and may set new ones in the same breath."""
    said = terms("everything exclude bots")
    assert said.said(*AUDIENCE) == {name: getattr(Audience(exclude_bots=True), name) for name in AUDIENCE}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subscribe", '"subscribe owner/name daily at 09:00 in Asia/Shanghai"'),
        ("subscribe daily", "There is no repository"),
        ("subscribe ruff daily weekdais", 'Did you mean "weekdays"'),
        ("subscribe ruff daily at", '"at 09:00"'),
        ("subscribe ruff at 25:00", '"25:00" is not a time of day. Write it as "09:00" or "6:30pm".'),
        ("subscribe ruff at noonish", "is not a time of day"),
        ("subscribe ruff in Asia/Shanghay", '"Asia/Shanghai"'),
        ("subscribe ruff weekly on someday", "is not a day of the week"),
        ("subscribe ruff exclude type feat", '"feature"'),
        ("subscribe ruff exclude", '"exclude bots"'),
        ("subscribe ruff quiet", '"quiet silence"'),
        ("subscribe ruff exclude path !", "is not a pattern of paths"),
        ("subscribe ruff pins maybe", "is not understood here"),
        ("subscribe ../x daily", "is not the name of a repository"),
        ("subscribe --x daily", "looks like an option"),
        ("pause", "which subscription to pause"),
        ("pause a b", "which subscription to pause"),
        ("set", "Of a channel, the time zone and the language can be set"),
    ],
)
def test_refusals(text: str, said: str) -> None:
    """What is not understood is refused with what would work."""
    assert said in refusal(text)


def test_a_word_before_the_options_is_a_repository() -> None:
    """A misspelt option that comes first is a name like any other: whether there is one, the code host knows."""
    assert command("subscribe ruff dialy") == Subscribe(("ruff", "dialy"), Terms())


@pytest.mark.parametrize("text", ["24:00", "9:60", "13pm", "0am", "-1", "100", "9:5", "٩:٠٠", ""])
def test_no_times(text: str) -> None:
    """What is no time of day is refused."""
    with pytest.raises(RequestError):
        parse_time(text)


@pytest.mark.parametrize("text", ["*a*b*c*d*e", "a/**/b/**/c/**", "x" * 201, "# note", " ", "\\"])
def test_globs_that_are_not_taken(text: str) -> None:
    """Patterns that would take long to match, or match nothing, are refused."""
    with pytest.raises(RequestError):
        check_glob(text)


@pytest.mark.parametrize("text", ["docs/", "*.md", "src/**/test_*.py", "!src/private/", "/a?b[0-9]/*/c*d*.py"])
def test_globs_that_are_taken(text: str) -> None:
    """Patterns as they are written in a .gitignore are taken as they are."""
    assert check_glob(text) == text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("slack:T1/C1", Place("slack", "T1", "C1")),
        ("discord:123/456", Place("discord", "123", "456")),
        ("console:", Place("console", "", "")),
    ],
)
def test_places(text: str, place: Place) -> None:
    """A place is read as it is written, and written as it is read."""
    assert parse_place(text) == place
    assert place.channel_key == text


@pytest.mark.parametrize("text", ["", "slack", "slack:C1", "slack:T1/C1/x", "slack:T1/ C1", "SLACK:T1/C1"])
def test_no_places(text: str) -> None:
    """What is no place is refused with an example."""
    with pytest.raises(RequestError, match="slack:T024BE7LH/C061EG9T2"):
        parse_place(text)


_WORDS = st.sampled_from(
    ["subscribe", "set", "pause", "订阅", "ruff", "a/b", "daily", "weekly", "on", "friday", "at", "9", "pm", "09:00",
     "in", "UTC", "language", "zh", "quiet", "line", "exclude", "bots", "author", "path", "docs/,", ",", "type", "ci",
     "only", "about", "every", "每周", "周", "\x00", "<x>", "-"]
)  # fmt: skip


@given(st.lists(_WORDS | st.text(max_size=8), max_size=12))
def test_any_words_are_understood_or_refused(words: list[str]) -> None:
    """Whatever is said of a subscription is understood, or refused with a remedy; nothing else happens."""
    try:
        split_terms(words)
    except RequestError as error:
        refused = error
        assert refused.remedy
