"""Decides which of a model's sentences are shown, and makes their links. Pure.

A sentence is shown if it cites, and all that it cites was read; if its numbers and files are in what it cites, or in
the question; and if it has neither a link nor a mention. Nothing else is: a sentence without a citation is left out,
but for a bare yes or no, which is shown with the next sentence that is. Instead of a citation, a sentence may say that
what was read does not tell, and what would: then it is replaced by words of ours.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.answer.readings import Cited, Readings, Support
from bot.answer.sentence import Kind, Sentence
from bot.answer.streaming import Raw
from bot.digest.analyst.characters import one_line, without_emoji
from bot.model import Repository
from bot.present.blocks import Code, Link, Span, Text
from bot.present.prose import prose

LONGEST = 1_000
"""Characters that a sentence may have."""
_MOST_CITATIONS = 8
_ONE = r"[0-9a-fA-F]{7,40}(?:\s+[^\[\];,]{1,300})?"
_CITATION = re.compile(rf"\[\s*({_ONE}(?:\s*[;,]\s*{_ONE})*)\s*\](?!\()")
_PLACE = re.compile(r"^(?P<path>.*?)(?:(?::|#L)(?P<line>\d{1,7})(?:[-–]L?\d{1,7})?)?$")
_SILENT = re.compile(r"\[none(?:\s*:\s*(?P<tells>[a-z]+))?\s*\]", re.IGNORECASE)
_MENTION = re.compile(
    # Discord takes the first two for mentions also at the beginning of a longer word.
    r"<[@!#][^>]{0,100}>|@(?:everyone|here)|@(?:channel|all)\b|[@＠]\S*\s*(?:everyone|here|channel)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:yes|no|partly|not quite|是的?|不是|否|对|不对|有|没有|会|不会|部分是)\s*[.!。！]", re.IGNORECASE
)
_LINK = re.compile(r"\]\(|\]\[")
_MARKS = re.compile(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1")
_SPACE_BEFORE_MARK = re.compile(r"\s+(?=[.,;:!?。，；：！？](?:\s|$))")


class Tells(StrEnum):
    """What would tell where the material does not."""

    DISCUSSION = "discussion"
    RUN = "run"
    CODE = "code"
    OLDER = "older"
    AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class Silence:
    """What was read does not tell; `tells` is what would, where the model knows."""

    tells: Tells | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A sentence that is not shown, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Bare:
    """A bare yes or no, which is shown with what follows."""

    raw: Raw


Find = Callable[[str], Repository | None]
"""Returns a repository by its full name, if it is one of those that may be shown."""


class Checker:
    """Checks the sentences of an answer to a question, against what was read by then."""

    def __init__(self, readings: Readings, asked: str, find: Find) -> None:
        self._readings = readings
        self._asked = asked
        self._find = find
        self._bare: Raw | None = None

    def check(self, raw: Raw) -> Sentence | Silence | Refused | Bare:
        """Return a sentence as it is shown, or what stands in its place."""
        checked = self._checked(raw)
        if isinstance(checked, Bare):
            self._bare = checked.raw
        elif isinstance(checked, Sentence):
            return self._with_bare(checked)
        return checked

    def _with_bare(self, sentence: Sentence) -> Sentence:
        """Return a sentence behind the yes or no that came before it."""
        bare, self._bare = self._bare, None
        if bare is None:
            return sentence
        space = "" if bare.text[-1] in "。！" else " "
        spans = (Text(f"{bare.text}{space}"), *sentence.spans)
        text = f"{bare.text}{space}{sentence.text}"
        return replace(sentence, spans=spans, text=text, begins=bare.begins, item=bare.item)

    def _checked(self, raw: Raw) -> Sentence | Silence | Refused | Bare:
        text = _MARKS.sub(r"\2", one_line(without_emoji(raw.text)))
        if silent := _SILENT.search(text):
            return Silence(_tells(silent["tells"]))
        if _BARE.fullmatch(text):
            return Bare(Raw(text, raw.begins, raw.item))
        if len(text) > LONGEST:
            return Refused(text[:LONGEST], "too many characters")
        if not raw.whole:
            return Refused(text, "no end")
        if _MENTION.search(text):
            return Refused(text, "a mention")
        if _LINK.search(text):
            return Refused(text, "a link")
        pieces, cited = self._cite(text)
        if cited is None or not any(isinstance(piece, str) and piece.strip(" .。*_") for piece in pieces):
            return Refused(text, "a citation of what was not read" if _CITATION.search(text) else "no citation")
        words = self._readings.without_names(" ".join(piece for piece in pieces if isinstance(piece, str)))
        support = Support(self._readings.of(each.sha for each in cited), self._asked)
        if claim := support.unsupported(words):
            return Refused(text, f"a {claim.kind} that is not in what it cites")
        return self._sentence(pieces, tuple(cited), raw)

    def _cite(self, text: str) -> tuple[list[str | Cited], list[Cited] | None]:
        """Return a text in pieces, with what its citations point to; None for those if one points to nothing."""
        pieces: list[str | Cited] = []
        cited: list[Cited] = []
        end = 0
        for found in _CITATION.finditer(text):
            pieces.append(text[end : found.start()])
            end = found.end()
            for one in re.split(r"[;,]", found[1]):
                place = self._resolve(one.strip())
                if place is None:
                    return pieces, None
                cited.append(place)
                pieces.append(place)
        pieces.append(text[end:])
        return pieces, cited if 0 < len(cited) <= _MOST_CITATIONS else None

    def _resolve(self, text: str) -> Cited | None:
        digits, _, rest = text.partition(" ")
        if not rest.strip():
            return self._readings.cited(digits, None, None)
        place = _PLACE.match(rest.strip().strip("`"))
        if place is None:
            return None
        return self._readings.cited(digits, place["path"], int(place["line"]) if place["line"] else None)

    def _sentence(self, pieces: list[str | Cited], cited: tuple[Cited, ...], raw: Raw) -> Sentence:
        spans: list[Span] = []
        for before, piece in zip([None, *pieces], pieces, strict=False):
            if isinstance(piece, Cited):
                spans += [Text(" ")] if isinstance(before, Cited) else []
                spans.append(self._link(piece))
            else:
                spans += _words(piece)
        text = "".join(piece.text if isinstance(piece, Cited) else piece for piece in pieces)
        return Sentence(Kind.SAID, tuple(spans), text, raw.begins, raw.item, cited)

    def _link(self, cited: Cited) -> Span:
        return link(cited, self._find(cited.repository))


def link(cited: Cited, repository: Repository | None) -> Span:
    """Return the link that a citation is shown as; the bare name where there are no pages."""
    name = f"{cited.sha[:7]} {cited.place}".strip()
    if repository is None:
        return Code(name)
    by_line = cited.path is not None and cited.line is not None
    url = repository.file_url(cited.sha, str(cited.path), cited.line) if by_line else repository.commit_url(cited.sha)
    return Link(name, url) if url else Code(name)


def _words(text: str) -> list[Span]:
    """Return text as spans, with the spaces around it, which `prose` would take off."""
    shown = _SPACE_BEFORE_MARK.sub("", text)
    before = [Text(" ")] if shown[:1].isspace() else []
    after = [Text(" ")] if shown.strip() and shown[-1:].isspace() else []
    return [*before, *prose(shown), *after]


def _tells(name: str | None) -> Tells | None:
    try:
        return Tells((name or "").lower())
    except ValueError:
        return None
