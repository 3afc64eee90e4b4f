"""Loads the words by which the rules tell changes apart; `vocabulary.toml` says what each list is."""

import re
import tomllib
from importlib.resources import files

Lists = dict[str, list[str]]

_DATA: dict[str, Lists] = tomllib.loads(
    files("bot.digest.rules").joinpath("vocabulary.toml").read_text(encoding="utf-8")
)


def _groups(lists: Lists) -> dict[str, str]:
    return {word: group for group, words in lists.items() for word in words}


def _theme(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


VERBS = _groups(_DATA["verbs"])
"""The group of each form of a verb, in lower case."""

OPENINGS = _groups(_DATA["openings"])
"""The group of what a subject begins with in a script that is written without spaces."""

MARKS = _groups(_DATA["marks"])
"""What projects mean by the words that they write before a subject, in lower case."""

PICTURES = _groups(_DATA["pictures"])
"""What they mean by a picture, or by its name."""

THEMES = {name: _theme(words) for name, words in _DATA["themes"].items()}
"""What finds a theme in a subject."""

HARMS = {name: _theme(words) for name, words in _DATA["harms"].items()}
"""What finds a harm in the subject of a fix, the worst first."""

SUBJECTS = {name: re.compile("|".join(shapes), re.IGNORECASE) for name, shapes in _DATA["subjects"].items()}
"""What matches a whole subject of a kind, from its beginning."""

LINES = {name: re.compile("|".join(shapes), re.IGNORECASE) for name, shapes in _DATA["lines"].items()}
"""What matches whole lines of a body that are `noise`, headings of `sections` to skip, and small steps as `commits`."""
