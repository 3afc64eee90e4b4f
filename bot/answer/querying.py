"""What a question asks about, as far as its words tell. Pure.

A question names things (`#1412`, `a1b2c3d`, `--fifo`, `engine/queue.py`, `order_by_deadline`), describes them in words,
and may speak of days.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from bot.errors import RequestError
from bot.lexemes import terms
from bot.model import Window
from bot.talk import periods

_LONGEST_QUESTION = 2_000
_MOST_TERMS = 40

_NUMBER = re.compile(
    r"(?:(?<!\w)[#!]|\b(?:PR|MR|pull request|merge request) ?#?)(?P<number>[0-9]{1,9})\b", re.IGNORECASE
)
_SHA = re.compile(r"(?<![\w/.-])(?=[a-f]*[0-9])[0-9a-f]{7,40}(?![\w/-])", re.IGNORECASE)
_MARKED = re.compile(r"_|::|->|^--?\w|^/|/.*[./]|\w\.[a-z]{1,4}$|^\w+(?:\.\w{2,})+$")
_QUOTED = re.compile(r"`([^`\n]{1,100})`")

_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:the )?day before yesterday|yesterday|today|[0-9]{1,3} days ago"
    r"|(?:this|last|previous) (?:week|month)|(?:the )?(?:last|past) [0-9]{1,3} (?:hours?|days?|weeks?)"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?: ?\.\. ?[0-9]{4}-[0-9]{2}-[0-9]{2})?"
    r"|[0-9]{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6} [0-9]{1,2}(?![0-9])"
)
_WIDE_DAY = (
    "大?前天|昨[天日]|今[天日]|(?:这个?|本|上个?)?(?:周|星期|礼拜)[一二三四五六日天]|(?:这个?|本|上个?)(?:周|星期|月)"
    "|(?:最近|近|过去)[0-9一二两三四五六七八九十]{1,3}个?(?:天|周|星期|小时)"
)
_WHEN = re.compile(
    rf"\b(?:(?P<way>since|before|after|until) )?(?:last (?=\w+day\b))?(?P<day>{_DAY})\b|(?P<wide>{_WIDE_DAY})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks about.

    `numbers` and `digits` name changes. `names` are, each by the terms that it may go by, what a change must hold at
    least one of; `words` are what it may hold. Only what landed in [since, until) is meant, where that is not None.
    """

    numbers: tuple[int, ...] = ()
    digits: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    words: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """All that is searched for."""
        every = (*(term for name in self.names for term in name), *self.words)
        return tuple(dict.fromkeys(every))[:_MOST_TERMS]


def understand(text: str, now: datetime, timezone: str) -> Query:
    """Return what a text asks about, at a moment (aware) and in an IANA zone."""
    text = text[:_LONGEST_QUESTION]
    since, until, text = _days(text, now, timezone)
    numbers = tuple(dict.fromkeys(int(found["number"]) for found in _NUMBER.finditer(text)))
    text = _NUMBER.sub(" ", text)
    digits = tuple(dict.fromkeys(found[0].lower() for found in _SHA.finditer(text)))
    text = _chinese_stop_words().sub(" ", _SHA.sub(" ", text))
    quoted = {term for found in _QUOTED.finditer(text) for term in list(terms(found[1]))[:1]}
    every = dict.fromkeys(terms(text))
    names = [term for term in every if _MARKED.search(term) or term in quoted]
    nothing = _stop_words()
    words = [
        term for term in every if term not in names and term not in nothing and (len(term) > 1 or not term.isascii())
    ]
    numbered = [(f"#{number}",) for number in numbers]
    return Query(numbers, digits, (*numbered, *map(_alternatives, names)), tuple(words), since, until)


@cache
def _stop_words() -> frozenset[str]:
    """Return the terms that say nothing of what is asked about."""
    return frozenset(term for word in _known()["english"].split() for term in (word, *terms(word)))


@cache
def _chinese_stop_words() -> re.Pattern[str]:
    """Return what finds those that no spaces tell from the others, the longest first."""
    return re.compile("|".join(sorted(_known()["chinese"].split(), key=len, reverse=True)))


@cache
def _known() -> dict[str, str]:
    return tomllib.loads(files(__package__).joinpath("stop_words.toml").read_text("utf-8"))


def _alternatives(name: str) -> tuple[str, ...]:
    """Return what a name may go by: a path also by its last part, since people leave out the beginning."""
    last = name.rstrip("/").rpartition("/")[2]
    return (name, last) if last and last != name and "." in last else (name,)


def _days(text: str, now: datetime, timezone: str) -> tuple[datetime | None, datetime | None, str]:
    """Return the days that a text speaks of, and the text without them."""
    since: datetime | None = None
    until: datetime | None = None
    rest, end = [], 0
    for found in _WHEN.finditer(text):
        window = _window(found["day"] or found["wide"], now, timezone)
        if window is None:
            continue
        rest.append(text[end : found.start()])
        end = found.end()
        way = (found["way"] or "").lower()
        if way not in ("before", "until"):
            begin = window.end if way == "after" else window.start
            since = begin if since is None else min(since, begin)
        if way not in ("since", "after"):
            finish = window.start if way == "before" else window.end
            until = finish if until is None else max(until, finish)
    return since, until, " ".join([*rest, text[end:]])


def _window(day: str, now: datetime, timezone: str) -> Window | None:
    try:
        period = periods.find(day.lower(), now, timezone)
    except RequestError:
        return None
    return period if isinstance(period, Window) else None
