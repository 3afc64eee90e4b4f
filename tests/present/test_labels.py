"""The fixed words: complete in every language, and none of them for nothing."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import bot
from bot.contracts.language import parts
from bot.errors import RequestError
from bot.model import ChangeType, Phrase, Severity, Tier, Window
from bot.present.blocks import Code, Text
from bot.present.labels import Labels, MissingWords, languages, resource
from tests.fakes.digests import shanghai, window

ROOT = Path(bot.__file__).parent.parent

# Which value a message takes may depend on the caller: these are formatted by the tests below.
WORDS = {language: Labels(language) for language in languages()}


def code() -> Iterator[ast.AST]:
    """Yield every node of the source of the bot and the adapters."""
    for folder in ("bot", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def calls() -> Iterator[tuple[set[str], ast.Call]]:
    """Yield every call that takes the id of a message, with the ids that are written out in it."""
    for node in code():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            of_phrase = node.func.attr == "of" and ast.unparse(node.func.value) == "Phrase"
            of_labels = node.func.attr in ("text", "spans") and "labels" in ast.unparse(node.func.value)
            if of_phrase or of_labels:
                first = node.args[0]
                chosen = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
                yield {str(one.value) for one in chosen if isinstance(one, ast.Constant)}, node


def test_every_message_that_the_code_names_is_there() -> None:
    """Every id that the code writes out is a message, and is given exactly the values that it takes."""
    known = {name: of.variables for name, of in parts(resource("en")).items()}
    used = [(name, {keyword.arg for keyword in call.keywords}) for names, call in calls() for name in names]
    wrong = [(name, given) for name, given in used if name not in known or (None not in given and given != known[name])]
    assert wrong == []


def test_no_message_is_unused() -> None:
    """Every message is named in the code, written out or by how its id begins."""
    nodes = list(code())
    written = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    begun = tuple(
        str(node.values[0].value)
        for node in nodes
        if isinstance(node, ast.JoinedStr) and len(node.values) == 2 and isinstance(node.values[0], ast.Constant)
    )
    begun = tuple(begin for begin in begun if re.fullmatch("[a-z]+-[a-z-]*", begin))
    unused = [name for name in parts(resource("en")) if name not in written and not name.startswith(begun)]
    assert unused == []


@pytest.mark.parametrize("language", languages())
def test_every_name_of_a_kind_has_words(language: str) -> None:
    """Every tier, type of change and severity has a name in every language."""
    labels = WORDS[language]
    assert all(labels.tier(tier) for tier in Tier)
    assert all(labels.change_type(kind) for kind in ChangeType)
    assert all(labels.severity(severity) for severity in Severity)


def test_an_aspect_without_words_is_its_own_name() -> None:
    """An aspect that a model names by itself is shown under that name."""
    assert WORDS["zh"].aspect("performance") == "性能"
    assert WORDS["zh"].aspect("latency") == "latency"


def test_an_unknown_language_is_an_error_that_names_the_known_ones() -> None:
    """Asking for a language without words says which ones there are."""
    with pytest.raises(RequestError, match=r"'tlh'.*Languages: en, zh\."):
        Labels("tlh")


@pytest.mark.parametrize("id", ["no-such-message", "position"])
def test_a_gap_is_an_error(id: str) -> None:
    """A message that is missing, or one that lacks a value, is an error and never shown."""
    with pytest.raises(MissingWords, match=id):
        WORDS["en"].text(id)
    with pytest.raises(MissingWords, match=id):
        WORDS["en"].phrase(Phrase.of(id))


def test_plurals_follow_the_number() -> None:
    """One change is a change, and two are changes."""
    said = [WORDS["en"].text("changes-by-authors", changes=count, authors=count) for count in (1, 2, 1200)]
    assert said == ["1 change by 1 author", "2 changes by 2 authors", "1,200 changes by 1,200 authors"]


def test_text_values_are_inserted_as_they_are() -> None:
    """A value is not read as a message, nor cut, nor taken for the place of another value."""
    for name in ("{ $period }", "x" * 10_000, "\ue000\ue001", "\\1", "{"):
        assert WORDS["en"].text("title", repository=name, period="\ue000") == f"{name} · \ue000"


def test_spans_stand_where_the_message_puts_them() -> None:
    """A value that is made of spans keeps its spans within the message."""
    marked = WORDS["zh"].spans("file-marked", file=(Code("a.py"),), marks="新增")
    assert marked == (Code("a.py"), Text("（"), Text("新增"), Text("）"))


@pytest.mark.parametrize(
    ("period", "english", "chinese"),
    [
        (window(), "Thursday 15 January 2026", "2026年1月15日 星期四"),
        (shanghai(), "Thursday 15 January 2026", "2026年1月15日 星期四"),
        (window(days=4), "15–18 Jan 2026", "2026年1月15日至18日"),
        (window(label="since v0.5"), "since v0.5 (15–16 Jan 2026)", "v0.5 以来（2026年1月15日至16日）"),
        (
            window(start=datetime(2026, 1, 15, 9, 30, tzinfo=UTC)),
            "15 Jan 2026 09:30 to 16 Jan 2026 09:30",
            "2026年1月15日 09:30 至 2026年1月16日 09:30",
        ),
    ],
)
def test_a_period_is_called_by_its_days(period: Window, english: str, chinese: str) -> None:
    """A window is called by its day, its days, its moments or its ref, in its own zone."""
    assert WORDS["en"].period(period) == english
    assert WORDS["zh"].period(period) == chinese


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2018, 11, 4), "America/Sao_Paulo", 23),  # has no midnight: it begins at one o'clock
    ],
)
def test_a_day_of_any_length_is_a_day(day: date, zone: str, hours: int) -> None:
    """A day of 23 or 25 hours, or without a midnight, is called by its date."""
    labels = WORDS["zh"]
    local = window(zone)
    start = datetime.combine(day, datetime.min.time(), local.zone).astimezone(UTC)
    assert labels.period(Window(start, start + timedelta(hours=hours), zone, "")).startswith(
        f"{day.year}年{day.month}月{day.day}日 星期"
    )
