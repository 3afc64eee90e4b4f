"""What in a text can be checked against what was read: its links, the files that it names, its numbers. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_NUMBER = re.compile(r"\d+(?:[.,_]\d+)*")
_GROUPED = re.compile(r"(?<=\d)[,_](?=\d{3}(?!\d))")
_SPLIT = re.compile(r"[.,_]")
_RATIO = re.compile(
    r"\b(?:twice|thrice|doubl(?:e[sd]?|ing)|tripl(?:e[sd]?|ing)|halv(?:e[sd]?|ing)|half|\w+fold|percent|"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|twenty|hundred|thousand|several) times|orders? of magnitude)\b"
    r"|\d\s*(?:x|×|%|times|倍)|翻倍|翻番|减半|一半|[一二两三四五六七八九十百千万几数]{1,9}倍|百分之|数量级",
    re.IGNORECASE,
)
_URL = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.|\b(?:mailto|javascript|data):(?=\S))[^\s<>()（）\"'`，。；！？、]*"
    r"|(?<![\w@./`-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|ai|app|xyz|cn|ru|me|co|info|biz|ly|gg|link|site|top|example|test|invalid)\b(?:/[^\s<>()\"'`，。；]*)?",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"(?<![\w/.+-])(?:[\w.+-]+/)+[\w+-]+\.[a-z]\w{0,7}(?::\d+)?(?!\w)"
    r"|(?<![\w/.+-])[\w+-]+\.(?:py|pyi|js|jsx|ts|tsx|go|rs|cc?|cpp|cu|cuh|hp?p?|java|kt|rb|php|cs|swift|sh|md|rst|toml|ya?ml|json|proto|sql|css|html|lock|txt|ini|cfg)(?::\d+)?(?!\w)",
    re.IGNORECASE,
)


class ClaimKind(StrEnum):
    """What is claimed. A RATIO compares without a figure of its own, as in "twice as fast"."""

    LINK = "link"
    FILE = "file"
    NUMBER = "number"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Claim:
    """A part of a text that can be checked: where it begins and ends, and what it says with digits as 0 to 9."""

    begin: int
    end: int
    kind: ClaimKind
    text: str


def claims(text: str) -> Iterator[Claim]:
    """Yield what a text claims; the digits of a link or a file are no numbers of their own."""
    plain = _plain(text)
    spans: list[tuple[int, int]] = []
    for kind, expression in ((ClaimKind.LINK, _URL), (ClaimKind.FILE, _FILE), (ClaimKind.NUMBER, _NUMBER)):
        for found in expression.finditer(plain):
            if kind is ClaimKind.LINK or not _within(found.span(), spans):
                spans += [found.span()] if kind is not ClaimKind.NUMBER else []
                yield Claim(*found.span(), kind, found[0])
    for found in _RATIO.finditer(plain):
        yield Claim(*found.span(), ClaimKind.RATIO, found[0])


def compares(text: str) -> bool:
    """Tell whether a text has a ratio."""
    return _RATIO.search(text) is not None


def numbers_in(text: str) -> frozenset[str]:
    """Return the numbers of a text as `normal` writes them, with their parts and beginnings: 0.3.21 has 0.3, too."""
    numbers: set[str] = set()
    for found in _NUMBER.findall(_plain(text)):
        parts = _SPLIT.split(found)
        numbers.add(normal(found))
        numbers.update(parts)
        numbers.update(".".join(parts[:count]) for count in range(1, len(parts)))
    return frozenset(numbers)


def normal(number: str) -> str:
    """Return a number without what groups its digits."""
    return _GROUPED.sub("", number)


def _plain(text: str) -> str:
    return text if text.isascii() else "".join(map(_digit, text))


def _digit(character: str) -> str:
    """Return a digit of any script as 0 to 9; anything else is returned as it is."""
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)


def _within(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(begin <= span[0] and span[1] <= end for begin, end in spans)
