"""What was really read in a conversation, and what may be said because of it. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.answer.material import SHORT_SHA
from bot.digest.analyst.claims import Claim, ClaimKind, claims, compares, normal, numbers_in
from bot.model import Passage, PassageKind

_HEXADECIMAL = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{7,40}(?![0-9A-Za-z])")
_MOST_KEPT = 24


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation points to: a commit, a file of it that was read, and a line of that which was read."""

    repository: str
    sha: str
    path: str | None = None
    line: int | None = None

    @property
    def text(self) -> str:
        """The citation as a model writes it."""
        return f"[{self.sha[:SHORT_SHA]}{f' {self.place}' if self.path else ''}]"

    @property
    def place(self) -> str:
        """The file and the line; empty for a commit."""
        return f"{self.path or ''}{f':{self.line}' if self.line else ''}"


class Readings:
    """The passages that a model has before it."""

    def __init__(self, passages: Iterable[Passage] = ()) -> None:
        self._by_sha: dict[str, dict[Passage, None]] = {}
        self.add(passages)

    def add(self, passages: Iterable[Passage]) -> None:
        """Count passages as read."""
        for passage in passages:
            self._by_sha.setdefault(passage.sha, {})[passage] = None

    def of(self, shas: Iterable[str]) -> list[Passage]:
        """Return what was read of commits."""
        return [passage for sha in dict.fromkeys(shas) for passage in self._by_sha.get(sha, ())]

    def cited(self, digits: str, path: str | None, line: int | None) -> Cited | None:
        """Return what a citation points to, or None if that was not read, or could be several things.

        A line that was not read leaves its file as what is cited.
        """
        shas = [sha for sha in self._by_sha if sha.startswith(digits.lower())]
        if len(shas) != 1 or len(digits) < SHORT_SHA:
            return None
        passages = list(self._by_sha[shas[0]])
        if path is None:
            return Cited(passages[0].repository, shas[0])
        name = _only({each.path for each in passages if each.path == path}) or _only(
            {each.path for each in passages if each.path and each.path.endswith(f"/{path}")}
        )
        if name is None:
            return None
        shown = line is not None and any(_has_line(each, name, line) for each in passages)
        return Cited(passages[0].repository, shas[0], name, line if shown else None)

    def borne(self, cited: Iterable[Cited]) -> tuple[Passage, ...]:
        """Return the passages that citations point to: what is no part of a file, or those of the file."""
        found = [passage for each in cited for passage in self.of((each.sha,)) if _is_cited(passage, each)]
        return tuple(dict.fromkeys(found))[:_MOST_KEPT]

    def without_names(self, text: str) -> str:
        """Return a text without the names of commits that were read, whose digits are no numbers."""

        def known(found: re.Match[str]) -> str:
            name = found[0].lower()
            return "" if any(sha.startswith(name) for sha in self._by_sha) else found[0]

        return _HEXADECIMAL.sub(known, text)


class Support:
    """What a sentence may say that cites some of the passages; `asked` are the words of the question."""

    def __init__(self, passages: Sequence[Passage], asked: str) -> None:
        self._passages = passages
        self._asked = asked

    def unsupported(self, text: str) -> Claim | None:
        """Return the first thing in a text that the passages do not have, or None. No link is ever borne out."""
        return next((claim for claim in claims(text) if not self._bears(claim)), None)

    def _bears(self, claim: Claim) -> bool:
        match claim.kind:
            case ClaimKind.LINK:
                return False
            case ClaimKind.FILE:
                name, _, line = claim.text.partition(":")
                if line:
                    return any(_shows(each, name, int(line)) for each in self._passages)
                return name.casefold() in self._text
            case ClaimKind.NUMBER:
                return normal(claim.text) in self._numbers
            case ClaimKind.RATIO:
                return compares(self._text)

    @cached_property
    def _text(self) -> str:
        parts = [f"{each.path or ''}\n{each.text}" for each in self._passages]
        return "\n".join([*parts, self._asked]).casefold()

    @cached_property
    def _numbers(self) -> frozenset[str]:
        lines = {str(line) for each in self._passages for line in (each.first, each.last) if line}
        return numbers_in(self._text) | lines


def _is_cited(passage: Passage, cited: Cited) -> bool:
    if cited.path is None or cited.line is None:
        return passage.path == cited.path
    return _has_line(passage, cited.path, cited.line)


def _only(paths: set[str | None]) -> str | None:
    return next(iter(paths)) if len(paths) == 1 else None


def _shows(passage: Passage, name: str, line: int) -> bool:
    path = passage.path
    return path is not None and (path == name or path.endswith(f"/{name}")) and _has_line(passage, path, line)


def _has_line(passage: Passage, path: str, line: int) -> bool:
    if passage.path != path or passage.first is None or passage.kind not in (PassageKind.DIFF, PassageKind.FILE):
        return False
    return passage.first <= line <= (passage.last or passage.first)
