"""Writes the summary of a change from its author's own words: whole sentences of the body, where they add something."""

import re

from bot.digest.rules.message import Message

_AIM = 280
"""Characters after which no further sentence is begun."""
_MOST = 400
"""Characters after which even a single sentence is cut, at the end of a clause."""

_FEWEST_WORDS = 3
_FEWEST_NEW = 2
"""Words that the headline does not have, from which a sentence adds something."""

_SENTENCE_END = re.compile(
    r"(?<=[.!?])[\"')\]*_]*\s+(?=[\"'(`*\[]*[A-Z0-9\u00c0-\u024f\u0400-\u04ff\u2e80-\u9fff`])|(?<=[。！？])"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|aka|a\.k\.a|approx|resp|incl|No|Fig|Dr|Mr|St|w\.r\.t|esp)\.|\b[A-Z]\.|\d\.)$"
)
_CLAUSE_END = re.compile(r"[,;:，；：](?=\s|[\u2e80-\u9fff])|\s[-–—(](?=\s?)")
_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"https?://\S+|(?<!\w)@[\w/-]+|#\d+")
# Within a word they stay: without them its halves would be read as one word.
_MARKS = re.compile(r"(?<!\w)(\*\*)(?=\S)(.{1,400}?)(?<=\S)\1(?!\w)")
_NUMBER = re.compile(r"\s{0,9}\((?:[\w./-]{0,100}#\d++(?:,\s*)?)+\)(?!\w)")
_OPENING = re.compile(
    r"^(?:(?:summary|description|motivation|overview|changes?|problem|background|context|purpose|why|what|tl;?dr|note)\s*[:：]\s+)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"^\W*(?:see|fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?|related to|follow[- ]?up (?:to|of|for)|part of|follows|"
    r"split (?:out )?(?:from|of)|based on|depends on|stacked on|continuation of)\b[^.]{0,30}(?:#\d+|https?://\S+)\W*$|"
    r"^\W*cc:? @",
    re.IGNORECASE,
)


def summarise(message: Message, prose: str) -> str:
    """Return up to about 280 characters of whole sentences, or an empty string if the body adds nothing.

    `prose` is the running text of the body, a paragraph or a list item ("- …") a line.
    """
    told = _key(message.headline)
    lines = [line for line in prose.split("\n") if line]
    for at, line in enumerate(lines):
        if line.startswith("- "):
            return _join_items(_items(lines[at:]), told)
        sentences = [sentence for sentence in _sentences(line) if _adds(sentence, told)]
        if sentences:
            text = _fill(sentences)
            following = _items(lines[at + 1 :])
            if text.endswith((":", "：")):
                listed = _join_items(following, told, _AIM - len(text))
                return f"{text} {listed}" if listed else text[:-1].rstrip() + "."
            return text
    return ""


def _items(lines: list[str]) -> list[str]:
    """Return the list at the beginning of these lines."""
    items = []
    for line in lines:
        if not line.startswith("- "):
            break
        items.append(_clean(line[2:]).rstrip(" .;:"))
    return items


def _join_items(items: list[str], told: frozenset[str], room: int = _AIM) -> str:
    """Return as many of a list's items as there is room for, at least one, as one line."""
    kept: list[str] = []
    seen = set[frozenset[str]]()
    for item in items:
        key = _key(item)
        if key in seen or not _adds(item, told):
            continue
        if kept and sum(map(len, kept)) + 2 * len(kept) + len(item) > room:
            break
        seen.add(key)
        kept.append(item)
    return _shorten("; ".join(kept)) if kept else ""


def _sentences(line: str) -> list[str]:
    """Split a paragraph into sentences, which keep their signs."""
    pieces: list[str] = []
    start = 0
    text = _OPENING.sub("", _clean(line))
    for end in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text[max(0, end.start() - 12) : end.start()]):
            pieces.append(text[start : end.end()].strip())
            start = end.end()
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]


def _fill(sentences: list[str]) -> str:
    """Join whole sentences as long as there is room; the first is always there."""
    text = _shorten(sentences[0])
    for sentence in sentences[1:]:
        if text.endswith("…") or len(text) + 1 + len(sentence) > _AIM or sentence.endswith((":", "：")):
            break
        text += ("" if text[-1] in "。！？" else " ") + sentence
    return text


def _shorten(text: str) -> str:
    """Return a text that is short enough whole, a longer one up to the last end of a clause (or word) that fits."""
    if len(text) <= _MOST:
        return text
    ends = [end.start() for end in _CLAUSE_END.finditer(text[:_MOST])]
    cut = max((end for end in ends if end > _MOST // 3), default=0) or text.rfind(" ", 0, _MOST)
    return (text[:cut] if cut > 0 else text[:_MOST]).rstrip(" ,;:，；：(—–-") + "…"


def _clean(text: str) -> str:
    return " ".join(_NUMBER.sub("", _MARKS.sub(r"\2", text)).split())


def _adds(text: str, told: frozenset[str]) -> bool:
    """Return whether a sentence says more than the headline, and is more than a reference."""
    words = _key(text)
    said = len(words) >= _FEWEST_WORDS and len(words - told) >= _FEWEST_NEW and not _REFERENCE.match(text)
    return said or _is_wide(text, told)


def _is_wide(text: str, told: frozenset[str]) -> bool:
    """Return whether a text in a script without spaces says more than the headline."""
    signs = [sign for sign in text if "\u2e80" <= sign <= "\u9fff"]
    return len(signs) >= 6 and not _key(text) <= told


def _key(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(_ADDRESS.sub(" ", text[:2_000])))
