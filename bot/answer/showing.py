"""What a model is shown of what was read: fenced, numbered, and nothing that could instruct it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.answer.material import Missing, Omission, Reading, citation
from bot.asking import fence
from bot.digest.analyst.characters import readable
from bot.digest.analyst.quarantine import FOR_ANSWERS, hides, instructs
from bot.model import Passage, PassageKind
from bot.tokens import estimate

_WITHHELD = "[withheld: it reads like an instruction]"
_SHORTEST = 40
_NOT_OF_FILE = ("-", "@@", "\\")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown, and the passages that were read by that; those `apart` could instruct, and were left out."""

    text: str
    passages: tuple[Passage, ...]
    apart: tuple[Passage, ...]


def show(reading: Reading, tokens: int, *, withhold: bool = True) -> Shown:
    """Return a reading as a model reads it, within a budget; what does not fit is cut at the end of a line.

    What could instruct a model is withheld unless it is to be read apart.
    """
    parts: list[tuple[str, str]] = []
    read: list[Passage] = []
    apart: list[Passage] = []
    left_out = 0
    for passage in reading.passages:
        if withhold and is_suspicious(passage):
            apart.append(passage)
            parts.append((heading(passage), _WITHHELD))
            continue
        fitting = _within(passage, tokens)
        if fitting is None:
            left_out += 1
            continue
        tokens -= estimate(fitting.text)
        read.append(fitting)
        parts.append((heading(fitting), _numbered(fitting)))
    notes = list(_notes(reading.omitted, reading.missing, left_out))
    text = "\n".join([*([fence(parts)] if parts else []), *notes]) or "Nothing was found."
    return Shown(text, tuple(read), tuple(apart))


def heading(passage: Passage) -> str:
    """Return the title of a passage: how it is cited, and what it is."""
    return f"{citation(passage)} {passage.kind.value.replace('_', ' ')}"


def is_suspicious(passage: Passage) -> bool:
    """Tell whether a passage could instruct a model about others."""
    code = passage.kind in (PassageKind.DIFF, PassageKind.FILE)
    text = f"{passage.path or ''}\n{passage.text}"
    return instructs(text, code=code, net=FOR_ANSWERS) or (not code and hides(passage.text))


def _within(passage: Passage, tokens: int) -> Passage | None:
    """Return a passage, or its first lines, if they fit; None if hardly any do."""
    if estimate(passage.text) <= tokens:
        return passage
    kept: list[str] = []
    for line in passage.text.splitlines():
        tokens -= estimate(line) + 1
        if tokens < 0:
            break
        kept.append(line)
    text = "\n".join(kept)
    if estimate(text) < _SHORTEST:
        return None
    last = passage.last
    if passage.first is not None:
        last = passage.first + max(0, _lines_of(passage.kind, kept) - 1)
    return replace(passage, text=f"{text}\n[…]", last=last)


def _lines_of(kind: PassageKind, lines: Sequence[str]) -> int:
    return sum(_is_of_file(kind, line) for line in lines)


def _is_of_file(kind: PassageKind, line: str) -> bool:
    """Tell whether a line is one of the file: of a diff, one of the new side."""
    return kind is PassageKind.FILE or not line.startswith(_NOT_OF_FILE)


def _numbered(passage: Passage) -> str:
    """Return the text of a passage; the lines of a file with their numbers, so that they can be cited."""
    text = readable(passage.text)
    if passage.first is None or passage.kind not in (PassageKind.DIFF, PassageKind.FILE):
        return text
    number = passage.first
    lines = []
    for line in text.split("\n"):
        counts = _is_of_file(passage.kind, line)
        lines.append(f"{number if counts else ''}\t{line}")
        number += counts
    return "\n".join(lines)


def _notes(omitted: Iterable[Omission], missing: Iterable[Missing], left_out: int) -> Iterable[str]:
    yield from (f"Left out: {each.count} {each.unit} or more." for each in omitted)
    # The name may come from anywhere: it is not repeated.
    yield from (f"Not read: {each.reason.replace('_', ' ')}." for each in missing)
    if left_out:
        yield f"Left out: {left_out} passages, for which there was no room; ask for less at once."
