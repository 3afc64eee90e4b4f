"""Parts what is too long for one message: between lines, else between sentences, else between words, else anywhere.

Nothing is lost: the parts together are the whole, spaces at the seams included.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.present.blocks import Spans

Measure = Callable[[str], int]
"""How long a platform takes a text to be. What is measured in two parts is at least as long as in one."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCE = re.compile(r".+?(?:(?<![.!?…])[.!?…]++[\"')\]”’]*+\s+|[。！？；]+[”’』」）]*\s*|$)", re.DOTALL)
_WORD = re.compile(r"\s*\S+\s*|\s+")
_JOINER = "\u200d"


def split_text(text: str, most: int, measure: Measure = len) -> list[str]:
    """Return the text in parts of at most `most`; a text that fits, and an empty one, is its only part.

    A single character that is longer than that is a part of its own.
    """
    if measure(text) <= most:
        return [text]
    return list(_packed(_units(text, most, measure, (_LINE, _SENTENCE, _WORD)), most, measure))


def split_spans(spans: Spans, most: int, measure: Measure = len) -> list[Spans]:
    """Return the spans in parts of at most `most`; a span that is parted keeps its kind, and a link its page."""
    parts = split_text("".join(span.text for span in spans), most, measure)
    if len(parts) == 1:
        return [spans]
    return list(_dealt(spans, [len(part) for part in parts]))


def _units(text: str, most: int, measure: Measure, levels: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    """Yield the largest units of the text that fit."""
    if not levels:
        yield from _characters(text)
        return
    for found in levels[0].finditer(text):
        if measure(found[0]) <= most:
            yield found[0]
        else:
            yield from _units(found[0], most, measure, levels[1:])


def _packed(units: Iterator[str], most: int, measure: Measure) -> Iterator[str]:
    part, length = "", 0
    for unit in units:
        needed = measure(unit)
        if part and length + needed > most:
            yield part
            part, length = "", 0
        part += unit
        length += needed
    if part:
        yield part


def _characters(text: str) -> Iterator[str]:
    """Yield characters with whatever is drawn onto them."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not (_is_drawn_onto(text[at]) or text[at - 1] == _JOINER):
            yield text[start:at]
            start = at


def _is_drawn_onto(character: str) -> bool:
    return character == _JOINER or unicodedata.category(character) in ("Mn", "Me") or "\ufe00" <= character <= "\ufe0f"


def _dealt(spans: Spans, lengths: list[int]) -> Iterator[Spans]:
    """Yield the spans again, so many characters at a time."""
    remaining = iter(spans)
    span = next(remaining)
    for room in lengths:
        dealt, needed = [], room
        while needed:
            taken = span.text[:needed]
            if taken:
                dealt.append(replace(span, text=taken))
                needed -= len(taken)
            if len(taken) == len(span.text):
                span = next(remaining, replace(span, text=""))
            else:
                span = replace(span, text=span.text[len(taken) :])
        yield tuple(dealt)
