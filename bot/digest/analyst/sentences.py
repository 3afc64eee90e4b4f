"""Cuts text into whole sentences, so that nothing that ends in the middle is shown. Pure.

A sentence ends with `.`, `!` or `?` or their Chinese forms, with what closes after them; three dots end nothing. What
is open when a text ends (a bracket, a quotation, a name between backticks) makes the sentence no whole one.
"""

import re
from collections.abc import Iterable, Iterator

_CODE = re.compile(r"`[^`]*`")
_CLOSERS = "\"'”’»)\\]）】」』》*"
_END = re.compile(rf"(?:(?<![.!?])[.!?]++[{_CLOSERS}]*(?=\s|$|[\u2e80-\u9fff])|[。！？．｡]+[{_CLOSERS}]*)")
_DOTS = re.compile(r"\.\.|…|。。")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|cf|approx|resp|incl|z\.b|d\.h|bzw|p\. ?ex)|\be\.|\bi\.)\.$", re.IGNORECASE
)
_BRACKETS = {
    ")": "(",
    "]": "[",
    "}": "{",
    "）": "（",
    "】": "【",
    "」": "「",
    "』": "『",
    "》": "《",
    "”": "“",
    "»": "«",
}
_OPENING = frozenset(_BRACKETS.values())
_WORDS = re.compile(r"[^\W\d_]{2}|[\u2e80-\u9fff\uac00-\ud7af]")
_CLAUSE = re.compile(r"(?:[,;:](?=\s)|[，；：、]|\s[—–-](?=\s)|——)\s*")


def whole_sentences(text: str) -> tuple[str, ...]:
    """Return the whole sentences of a text in one line; what is not one is left out, with all after it."""
    sentences = []
    begin = taken = 0
    opened = Openings()
    for end in ends(text):
        if opened.take(text[taken:end]):
            sentence = text[begin:end].strip()
            begin, opened = end, Openings()
            if _WORDS.search(sentence):
                sentences.append(sentence)
        taken = end
    return tuple(sentences)


def clauses(sentence: str) -> tuple[tuple[str, str], ...]:
    """Return the clauses of a sentence, each with the mark and space that stand before it; names stay whole."""
    shadow = _CODE.sub(lambda found: "x" * len(found[0]), sentence)
    parts, begin, mark = [], 0, ""
    for found in _CLAUSE.finditer(shadow):
        parts.append((mark, sentence[begin : found.start()]))
        begin, mark = found.end(), sentence[found.start() : found.end()]
    return (*parts, (mark, sentence[begin:]))


def ending(sentence: str) -> str:
    """Return what a whole sentence ends with."""
    ends = [found for found in _END.finditer(sentence) if found.end() == len(sentence)]
    return ends[0][0] if ends else ""


def joined(sentences: Iterable[str]) -> str:
    """Return sentences as one text; after a Chinese or Japanese full stop there is no space."""
    text = ""
    for sentence in sentences:
        wide = text.rstrip("”’」』）")[-1:] in ("。", "！", "？")
        text += sentence if not text or wide else f" {sentence}"
    return text


def ends(text: str) -> Iterator[int]:
    """Yield where sentences of a text in one line may end."""
    shadow = _CODE.sub(lambda found: "X" * len(found[0]), text)
    for found in _END.finditer(shadow):
        if _DOTS.search(found[0]) or _ABBREVIATION.search(shadow[max(0, found.start() - 8) : found.start() + 1]):
            continue
        after = shadow[found.end() : found.end() + 2].strip()
        # "approx. 5" and "vs. the other" go on; a sentence begins with no small letter.
        if found[0][0] == "." and after[:1].islower():
            continue
        yield found.end()


def closed(sentence: str) -> bool:
    """Tell whether nothing is open at the end of a text: no bracket, quotation or name between backticks."""
    return Openings().take(sentence)


class Openings:
    """What is open in a text that is taken in piece by piece, so that each character is looked at once."""

    def __init__(self) -> None:
        self._brackets: list[str] = []
        self._in_code = self._in_quotes = False

    def take(self, text: str) -> bool:
        """Take in more of the text, and tell whether nothing is open after it."""
        for character in text:
            if character == "`":
                self._in_code = not self._in_code
            elif self._in_code:
                continue
            elif character == '"':
                self._in_quotes = not self._in_quotes
            elif character in _OPENING:
                self._brackets.append(character)
            elif self._brackets and _BRACKETS.get(character) == self._brackets[-1]:
                self._brackets.pop()
        return not (self._brackets or self._in_code or self._in_quotes)
