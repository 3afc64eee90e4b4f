"""What people say of a subscription beside its repositories, in English and Chinese -> Terms.

Options may stand in any order: `daily`, `weekdays`, `weekly friday`, `at 09:00`, `in Asia/Shanghai`, `language zh`,
`quiet line`, `pins none`, `exclude bots`, `exclude author ada,grace`, `exclude path docs/`, `exclude type ci`,
`only src/`, `everything`; `about` takes whatever follows it.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import time
from typing import Any

from bot.errors import RequestError
from bot.model import Audience, ChangeType, Pins, Quiet, Rhythm
from bot.talk.days import WEEKDAY_NUMBERS
from bot.talk.globs import check_glob
from bot.talk.times import find_time, parse_time
from bot.talk.wording import alternatives, quoted
from bot.talk.zones import find_zone

EXAMPLE = "daily at 09:00 in Asia/Shanghai"
_COMMAS = re.compile("[,，、;；]")
_LONGEST_INTEREST = 300
_MOST = 50


@dataclass(frozen=True, slots=True)
class Terms:
    """What was said of a subscription; of what is None, nothing was said."""

    rhythm: Rhythm | None = None
    weekday: int | None = None
    at: time | None = None
    timezone: str | None = None
    language: str | None = None
    quiet: Quiet | None = None
    pins: Pins | None = None
    interests: tuple[str, ...] | None = None
    exclude_bots: bool | None = None
    exclude_authors: tuple[str, ...] | None = None
    exclude_paths: tuple[str, ...] | None = None
    exclude_types: tuple[ChangeType, ...] | None = None
    only_paths: tuple[str, ...] | None = None

    def said(self, *names: str) -> dict[str, Any]:
        """Return those of these that something was said of."""
        return {name: value for name in names if (value := getattr(self, name)) is not None}


AUDIENCE = tuple(field.name for field in fields(Audience))

_RHYTHMS = {
    **dict.fromkeys(("daily", "每天", "每日"), Rhythm.DAILY),
    **dict.fromkeys(("weekdays", "workdays", "工作日"), Rhythm.WEEKDAYS),
    **dict.fromkeys(("weekly", "每周", "每星期"), Rhythm.WEEKLY),
}
_QUIET = {
    **dict.fromkeys(("line", "一行"), Quiet.LINE),
    **dict.fromkeys(("silence", "silent", "不发"), Quiet.SILENCE),
}
_PINS = {
    **dict.fromkeys(("high", "on", "开"), Pins.HIGH),
    **dict.fromkeys(("root", "首条"), Pins.ROOT),
    **dict.fromkeys(("none", "off", "关"), Pins.NONE),
}
_LANGUAGES = {"english": "en", "英文": "en", "英语": "en", "chinese": "zh", "中文": "zh", "汉语": "zh"}
_TYPES = {kind.value: kind for kind in ChangeType} | {
    "docs": ChangeType.DOCUMENTATION,
    "文档": ChangeType.DOCUMENTATION,
    "deps": ChangeType.DEPENDENCIES,
    "依赖": ChangeType.DEPENDENCIES,
    "tests": ChangeType.TEST,
    "测试": ChangeType.TEST,
    "perf": ChangeType.PERFORMANCE,
}
_WEEKDAY = re.compile(
    r"(?:每?(?:周|星期|礼拜))?(?P<day>[一二三四五六日天])|(?P<name>[a-z]+?day)s?|(?P<short>[a-z]{3,5})"
)


def split_terms(words: Sequence[str]) -> tuple[tuple[str, ...], Terms]:
    """Return the words before the first option, and what the options say. Raises RequestError."""
    first = next((at for at, word in enumerate(words) if is_option(word)), len(words))
    reader = _Reader(words[first:])
    while reader.words:
        reader.option()
    return tuple(words[:first]), Terms(**reader.said)


def is_option(word: str) -> bool:
    """Tell whether an option begins with a word."""
    lowered = word.lower()
    return lowered in _OPTIONS or find_time(word) is not None or _weekly_on(lowered) is not None


class _Reader:
    """Takes options off the front of words."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        self.said: dict[str, Any] = {}

    def option(self) -> None:
        word = self.words.pop(0)
        lowered = word.lower()
        if lowered in _OPTIONS:
            _OPTIONS[lowered](self, lowered)
        elif (day := _weekly_on(lowered)) is not None:
            self.said |= {"rhythm": Rhythm.WEEKLY, "weekday": day}
        elif find_time(word):
            self.said["at"] = parse_time(word)
        else:
            near = difflib.get_close_matches(lowered, _OPTIONS, 3)
            remedy = f"Did you mean {alternatives(near)}?" if near else f"Write it like {quoted(EXAMPLE)}."
            raise RequestError(f"{quoted(word)} is not understood here.", remedy=remedy)

    def next(self, after: str) -> str:
        if not self.words:
            raise RequestError(f"Something is missing after {quoted(after)}.", remedy=f"Write it like {_HINTS[after]}.")
        return self.words.pop(0)

    def rhythm(self, word: str) -> None:
        self.said["rhythm"] = _RHYTHMS[word]
        if _RHYTHMS[word] is not Rhythm.WEEKLY:
            return
        if self.words and self.words[0].lower() == "on":
            self.words.pop(0)
            self.said["weekday"] = parse_weekday(self.next("on"))
        elif self.words and (day := _find_weekday(self.words[0].lower())) is not None:
            self.words.pop(0)
            self.said["weekday"] = day

    def on(self, word: str) -> None:
        self.said |= {"rhythm": Rhythm.WEEKLY, "weekday": parse_weekday(self.next(word))}

    def at(self, word: str) -> None:
        said = self.next(word)
        if self.words and self.words[0].lower() in ("am", "pm"):
            said += self.words.pop(0)
        self.said["at"] = parse_time(said)

    def zone(self, word: str) -> None:
        self.said["timezone"] = find_zone(self.next(word)).key

    def language(self, word: str) -> None:
        said = self.next(word).lower()
        self.said["language"] = _LANGUAGES.get(said, said)

    def quiet(self, word: str) -> None:
        self.said["quiet"] = _choice(self.next(word), _QUIET)

    def pins(self, word: str) -> None:
        self.said["pins"] = _choice(self.next(word), _PINS)

    def exclude(self, word: str) -> None:
        what = self.next(word)
        kind = _choice(what, _EXCLUDED)
        if kind == "exclude_bots":
            self.said[kind] = True
            return
        listed = self._list(what.lower())
        match kind:
            case "exclude_types":
                self._add(kind, map(parse_type, listed))
            case "exclude_paths":
                self._add(kind, map(check_glob, listed))
            case _:
                self._add(kind, listed)

    def only(self, word: str) -> None:
        if self.words and _EXCLUDED.get(self.words[0].lower()) == "exclude_paths":
            self.words.pop(0)
        self._add("only_paths", map(check_glob, self._list(word)))

    def about(self, word: str) -> None:
        text = " ".join([self.next(word), *self.words])
        self.words.clear()
        interests = [part.strip(" \"“”'") for part in _COMMAS.split(text)]
        if any(len(interest) > _LONGEST_INTEREST for interest in interests):
            raise RequestError(f"An interest has at most {_LONGEST_INTEREST} characters.", remedy="Say it shorter.")
        self._add("interests", filter(None, interests))

    def everything(self, _word: str) -> None:
        everybody = Audience()
        self.said |= {name: getattr(everybody, name) for name in AUDIENCE}

    def _list(self, after: str) -> list[str]:
        """Take a list off: one word, and more as long as there is a comma between them."""
        text = self.next(after)
        while self.words and (_COMMAS.match(text[-1:]) or _COMMAS.match(self.words[0])):
            text += self.words.pop(0)
        return [part for part in _COMMAS.split(text) if part]

    def _add(self, name: str, more: Iterable[Any]) -> None:
        listed = tuple(dict.fromkeys((*self.said.get(name, ()), *more)))
        if len(listed) > _MOST:
            raise RequestError(f"A list here has at most {_MOST} entries.", remedy="Leave some out.")
        self.said[name] = listed


def parse_type(word: str) -> ChangeType:
    """Return the type of change that a word means. Raises RequestError."""
    found: ChangeType = _choice(word, _TYPES)
    return found


def _choice(word: str, choices: dict[str, Any]) -> Any:  # noqa: ANN401 # a value of the choices
    found = choices.get(word.lower())
    if found is None:
        near = difflib.get_close_matches(word.lower(), choices, 3) or [word for word in choices if word.isascii()][:6]
        raise RequestError(f"{quoted(word)} is not understood here.", remedy=f"Did you mean {alternatives(near)}?")
    return found


def _weekly_on(word: str) -> int | None:
    """Return the weekday of 每周五, or of `fridays`; of a weekday alone only where it cannot be a name."""
    if word.startswith(("每", "周", "星期", "礼拜")) or (word.endswith("days") and word not in _OPTIONS):
        return _find_weekday(word)
    return None


def _find_weekday(word: str) -> int | None:
    found = _WEEKDAY.fullmatch(word)
    return WEEKDAY_NUMBERS.get(found["day"] or found["name"] or found["short"]) if found else None


def parse_weekday(word: str) -> int:
    """Return the number of a day of the week, from 0 for Monday. Raises RequestError."""
    day = _find_weekday(word.lower())
    if day is None:
        raise RequestError(f"{quoted(word)} is not a day of the week.", remedy='Write "friday" or "周五".')
    return day


_EXCLUDED = {
    **dict.fromkeys(("bots", "bot", "机器人"), "exclude_bots"),
    **dict.fromkeys(("author", "authors", "作者"), "exclude_authors"),
    **dict.fromkeys(("path", "paths", "路径"), "exclude_paths"),
    **dict.fromkeys(("type", "types", "类型"), "exclude_types"),
}
_OPTIONS: dict[str, Callable[[_Reader, str], None]] = {
    **dict.fromkeys(_RHYTHMS, _Reader.rhythm),
    **dict.fromkeys(("on",), _Reader.on),
    **dict.fromkeys(("at", "时间"), _Reader.at),
    **dict.fromkeys(("in", "timezone", "zone", "时区"), _Reader.zone),
    **dict.fromkeys(("language", "语言"), _Reader.language),
    **dict.fromkeys(("quiet", "安静"), _Reader.quiet),
    **dict.fromkeys(("pins", "置顶"), _Reader.pins),
    **dict.fromkeys(("exclude", "without", "排除"), _Reader.exclude),
    **dict.fromkeys(("only", "只看"), _Reader.only),
    **dict.fromkeys(("about", "关注"), _Reader.about),
    **dict.fromkeys(("everything", "全部"), _Reader.everything),
}
_HINTS = {
    **dict.fromkeys(("on",), '"on friday"'),
    **dict.fromkeys(("at", "时间"), '"at 09:00"'),
    **dict.fromkeys(("in", "timezone", "zone", "时区"), '"in Asia/Shanghai"'),
    **dict.fromkeys(("language", "语言"), '"language zh"'),
    **dict.fromkeys(("quiet", "安静"), '"quiet line" or "quiet silence"'),
    **dict.fromkeys(("pins", "置顶"), '"pins high", "pins root" or "pins none"'),
    **dict.fromkeys(
        ("exclude", "without", "排除", *_EXCLUDED),
        '"exclude bots", "exclude author ada", "exclude path docs/" or "exclude type ci"',
    ),
    **dict.fromkeys(("only", "只看"), '"only src/"'),
    **dict.fromkeys(("about", "关注"), '"about AMD, kernels"'),
}
