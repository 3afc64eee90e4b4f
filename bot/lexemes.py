"""Text -> the terms that it is found by. Pure, and the same for what is kept and for what is asked.

Neither database parses text: both are given these terms, so that both find the same.

A word is a term without its ending (`crashes`, `crashed` -> `crash`). Whatever is written in one piece but made of
several (`order_by_deadline`, `OrderByDeadline`, `--fifo`, `/v1/fuel`, `engine/queue.py`, `tensor.view`) is a term as it
stands, in lower case, and so are its segments and words; of `arm64` also the letters. `#1412` and `!1412` are the term
`#1412`. Chinese, Japanese and Korean characters are taken two by two, since nothing tells where a word ends.
"""

import re
import unicodedata
from collections.abc import Iterator

MEANING = 1
"""To be changed whenever the same text comes to have other terms, so that what was kept is not searched by them."""

_LONGEST = 64
_WIDE = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_CHARACTER = rf"[^\W{_WIDE}]"
# A joint must stand between two characters, so that the full stop at the end of a sentence is none.
_PIECE = re.compile(
    rf"(?P<wide>[{_WIDE}]+)|(?P<number>(?<!\w)[#!][0-9]{{1,9}}\b)"
    rf"|(?P<plain>(?:(?<![\w-])--?|(?<!\w)[./])?{_CHARACTER}(?:{_CHARACTER}|(?:::|->|[./:@+-])(?={_CHARACTER}))*)"
)
_SEGMENT = re.compile(r"[^/]+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W_A-Z]+|[A-Z]")
_BEFORE_DIGITS = re.compile(r"([a-z]{3,})[0-9]+$")
_ENDINGS = (("ing", ""), ("ied", "y"), ("ed", ""), ("ly", ""), ("er", ""), ("tion", "t"), ("sion", "s"), ("ment", ""))
_SHORTEST_STEM = 3


def terms(text: str) -> Iterator[str]:
    """Yield the terms of a text, each as often as it is there."""
    for piece in _PIECE.finditer(unicodedata.normalize("NFKC", text)):
        if wide := piece["wide"]:
            yield from (wide[at : at + 2] for at in range(max(1, len(wide) - 1)))
        elif number := piece["number"]:
            yield f"#{int(number[1:])}"
        else:
            yield from _of_piece(piece["plain"])


def is_name(term: str) -> bool:
    """Return whether a term is a name rather than a word: it has digits, or marks within or before it."""
    return term.isascii() and not term.isalpha()


def _of_piece(piece: str) -> Iterator[str]:
    words = [stem(word[0].lower()) for word in _WORD.finditer(piece)]
    if len(words) > 1 or not piece[0].isalnum():
        whole = piece.lower()
        yield whole[:_LONGEST]
        segments = _SEGMENT.findall(whole)
        yield from (segment[:_LONGEST] for segment in segments if len(segments) > 1 and not segment.isalnum())
    for word in words:
        yield word[:_LONGEST]
        if before := _BEFORE_DIGITS.match(word):
            yield stem(before[1][:_LONGEST])


def stem(word: str) -> str:
    """Return a word in lower case without its English ending; words of other languages and short ones stay."""
    if not (word.isascii() and word.isalpha()):
        return word
    if word.endswith("ies"):
        word = _shortened(word, "ies", "y")
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = _shortened(word, "s", "")
    for ending, instead in _ENDINGS:
        shorter = _shortened(word, ending, instead)
        if shorter != word:
            word = _single(shorter)
    return _shortened(word, "e", "")


def _shortened(word: str, ending: str, instead: str) -> str:
    kept = word.removesuffix(ending)
    return kept + instead if kept != word and len(kept) >= _SHORTEST_STEM else word


def _single(word: str) -> str:
    """Return a stem whose last letter was doubled only for the ending: `dropp` -> `drop`."""
    doubled = word[-1:] == word[-2:-1] and word[-1] not in "aeiouls"
    return word[:-1] if doubled and len(word) > _SHORTEST_STEM else word
