r"""Spans -> lines of Discord's markdown that mean themselves.

Everything is text but what a span says it is. `escaped` puts a backslash before whatever Discord reads as a mark, a
mention or an address; Discord shows the character without it, so that nothing is lost and nothing is put in. In code
nothing is a mark but the backtick. See https://support.discord.com/hc/en-us/articles/210298617.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import assert_never
from urllib.parse import quote

from bot.present.blocks import Bold, Code, Link, Span, Spans, Text, Time

_LONGEST_URL = 1_000
"""Characters of an address; the words of a longer one lead nowhere, rather than fill a message."""
_ARROW = "↗"

# What is a mark anywhere; what is one before or after something; what is one at the start of a line. A bracket before a
# parenthesis would end the label of a link that stands before it, since in labels a backslash counts for nothing.
_MARK = r"[\\`*_~|<\[\]@]|(?<=\])\("
_ADDRESS = r":(?=//)|(?<=\w)\.(?=[^\W\d])"
_SPECIAL = re.compile(rf"{_MARK}|{_ADDRESS}")
_START = re.compile(r"(\s*)(?:([-+#>])|(\d+)(\.))")
_COUNTED = "\\`*_~|<[](@:.-+#>"

_CLOCK = re.compile(r"\d{1,2}:\d{2}")


def measure(text: str) -> int:
    """Return how long a text is at the most once it is escaped, wherever it is parted."""
    return length(text) + sum(map(text.count, _COUNTED))


def length(text: str) -> int:
    """Return the length of a text as Discord counts it at the most: in UTF-16."""
    return len(text) + sum(character > "\uffff" for character in text)


def lines(spans: Spans) -> Iterator[str]:
    """Yield the markdown of spans, line by line; lines without any words are left out."""
    for line in _lines(spans):
        written = "".join(_span(span, first=not at) for at, span in enumerate(_merged(line)))
        if written.strip():
            yield written.strip()


def escaped(text: str, *, start: bool = True) -> str:
    r"""Return a text of one line as Discord shows it to the letter; `start` says that it may begin a line.

    An address is parted where its scheme or its domain ends (`https\://evil\.example`), so that no client finds one.
    """
    written = _SPECIAL.sub(r"\\\g<0>", text)
    return _START.sub(_unmarked, written, count=1) if start and _START.match(written) else written


def _unmarked(found: re.Match[str]) -> str:
    space, mark, number, dot = found.groups()
    return f"{space}\\{mark}" if mark else f"{space}{number}\\{dot}"


def _lines(spans: Spans) -> Iterator[list[Span]]:
    line: list[Span] = []
    for span in spans:
        first, *rest = span.text.split("\n") if not isinstance(span, Time) else [span.text]
        line.append(replace(span, text=first))
        for text in rest:
            yield line
            line = [replace(span, text=text)]
    yield line


def _merged(line: list[Span]) -> Iterator[Span]:
    """Yield the spans of a line that have words, neighbours of one kind as one: `**a****b**` would not be bold."""
    kept = [span for span in line if span.text]
    for kind, group in groupby(kept, type):
        if issubclass(kind, Link | Time):
            yield from group
        else:
            spans = list(group)
            yield replace(spans[0], text="".join(span.text for span in spans))


def _span(span: Span, *, first: bool) -> str:
    match span:
        case Text(text):
            return escaped(text, start=first)
        case Bold(text):
            return f"**{escaped(text, start=False)}**" if text.strip() else text
        case Code(text):
            return _code(text, first=first)
        case Link(text, url):
            return _link(text, url, first=first)
        case Time(at, text):
            style = "t" if _CLOCK.fullmatch(text) else "f"
            return f"<t:{int(at.timestamp())}:{style}>"
        case _:
            assert_never(span)


def _code(text: str, *, first: bool) -> str:
    """Return a name as code.

    With two backticks in a row it is plain, since three are the fence of a block; and so it is where it would end the
    label of a link that stands before it.
    """
    if "``" in text or "](" in text:
        return escaped(text, start=first)
    if "`" not in text:
        return f"`{text}`" if text.strip() else text
    return f"`` {text} ``" if text[0] == "`" or text[-1] == "`" else f"``{text}``"


def _link(text: str, url: str, *, first: bool) -> str:
    """Return a masked link; where the words cannot be its label, they stand before it.

    Discord reads brackets in a label without regard to backslashes, and takes no label that looks like an address.
    """
    target = quote(url, safe="%/:?#@!$&'*+,;=~", errors="replace")
    if len(target) > _LONGEST_URL:
        return escaped(text, start=first)
    if not text.strip() or re.search(r"[\[\]]|://", text):
        return f"{escaped(text, start=first)} [{_ARROW}]({target})"
    return f"[{escaped(text, start=False)}]({target})"
