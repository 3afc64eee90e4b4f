"""What a question may be answered from: what was really read, and who reads it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.model import Passage, PassageKind

__all__ = [
    "SHORT_SHA",
    "Absence",
    "Material",
    "Missing",
    "Omission",
    "Passage",
    "PassageKind",
    "Reading",
    "Unit",
    "citation",
    "joined",
]

SHORT_SHA = 7
"""How many digits of a commit's name a citation shows."""


def citation(passage: Passage) -> str:
    """Return how an answer cites a passage: `[a1b2c3d]`, `[a1b2c3d path]`, or with its first line `[a1b2c3d path:42]`.

    The path is as it came; one with a bracket or a line end in it cannot be told from what follows, and is left out.
    """
    place = ""
    if passage.path and not any(char in "[]" or not char.isprintable() for char in passage.path):
        place = f" {passage.path}" + (f":{passage.first}" if passage.first else "")
    return f"[{passage.sha[:SHORT_SHA]}{place}]"


class Unit(StrEnum):
    """What is counted where something is left out."""

    CHANGES = "changes"
    FILES = "files"
    LINES = "lines"
    CHARACTERS = "characters"


@dataclass(frozen=True, slots=True)
class Omission:
    """How much of what was asked for is not in the passages. `count` is a lower bound where it is not known."""

    unit: Unit
    count: int


class Absence(StrEnum):
    """Why something that was asked for was not read.

    UNKNOWN: nothing of that name is known in the repositories that may be read. AMBIGUOUS: several things are called
    so. NO_TEXT: it is there, and holds no text (a binary file, a folder, a submodule). UNREADABLE: it could not be
    read now, but might be later.
    """

    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    NO_TEXT = "no_text"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that was asked for by this name, and not read."""

    name: str
    reason: Absence


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of asking for material: passages, the most telling first, and what is not among them."""

    passages: tuple[Passage, ...] = ()
    omitted: tuple[Omission, ...] = ()
    missing: tuple[Missing, ...] = ()


class Material(Protocol):
    """Reads, and only that, in the repositories that may be read for one question; nothing else can be named.

    Names come from people and from models, and may be anything: what names nothing is said in `missing`. A `sha` may be
    its first digits, four at least. Only StoreUnavailable and StoreError are raised; every answer is bounded.
    """

    async def changes(self, names: Sequence[str]) -> Reading:
        """Return what is known of changes by the digits of a sha or `#number` of a pull request: passages CHANGE."""
        ...

    async def commit(self, sha: str) -> Reading:
        """Return the full message of a commit, and the text of its pull request where that is known."""
        ...

    async def diff(self, sha: str, path: str | None, tokens: int) -> Reading:
        """Return what a commit changes, a passage a hunk, within a budget of tokens; of one file, if that is given.

        The lines of a diff begin with `+`, `-` or a space; `first` and `last` are of the new side.
        """
        ...

    async def file(self, sha: str, path: str, first: int = 1, last: int | None = None) -> Reading:
        """Return lines of a file as it is at a commit, the first being 1, as far as the bound goes."""
        ...

    async def history(self, path: str, limit: int) -> Reading:
        """Return the newest landed changes that touch a path (a file or a folder), the newest first."""
        ...

    async def search(
        self, query: str, limit: int, since: datetime | None = None, until: datetime | None = None
    ) -> Reading:
        """Return the changes that a text is most likely about, of all days or of [since, until): passages CHANGE.

        Days that the text names (`on Tuesday`, `last week`) count unless `since` or `until` is given. What the thread's
        own digest says comes first where it matches as well.
        """
        ...


def joined(readings: Iterable[Reading]) -> Reading:
    """Return several readings as one."""
    every = list(readings)
    return Reading(
        tuple(passage for each in every for passage in each.passages),
        tuple(omission for each in every for omission in each.omitted),
        tuple(missing for each in every for missing in each.missing),
    )
