"""Neutral text and blocks -> GitHub-flavoured Markdown (https://github.github.com/gfm/), and GitHub's heading anchors.

Text from outside stays text. Punctuation that Markdown acts on is escaped with a backslash. What GitHub acts on after
Markdown (bare addresses, mentions, numbers of issues, shas, emoji codes) is parted by an empty HTML comment, since no
escape reaches it; a reader sees, selects and copies the text as it was. A dollar sign stands in a span of its own, as
GitHub's documentation of mathematical expressions has it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import assert_never
from urllib.parse import quote

from bot.present.blocks import (
    Actions,
    Block,
    Bold,
    BulletedList,
    Code,
    Context,
    Divider,
    Heading,
    Link,
    NumberedList,
    Paragraph,
    Quote,
    Span,
    Spans,
    Table,
    Text,
    Time,
)
from bot.present.characters import visible
from bot.present.prose import bold

_PARTED = "<!-- -->"
_DOLLAR = "<span>$</span>"
_PUNCTUATION = re.compile(r"[\\`*_\[\]<>&~|#!{}]")
# What makes a list, a heading's underline or a table's delimiter row of the line that it begins.
_LINE_START = re.compile(r"^( *\d*)([-+=:.)])")
# Where a comment goes: within what GitHub would link or replace.
_ACTIVE = re.compile(
    r"""(?x)
    (?<=@)(?=[\w.-])                            # a mention, an e-mail address
    | (?<=:)(?=//)                              # https://…
    | (?<=[Ww][Ww][Ww])(?=\.)                   # www.…
    | (?<=\#)(?=\d) | (?<=[Gg][Hh]-)(?=\d)      # #123, GH-123
    | (?<=:)(?=[\w+-]+:)                        # :shortcode:
    | (?<=\b[0-9a-fA-F])(?=[0-9a-fA-F]{6,39}\b) # a sha
    """
)
_REFERENCE = re.compile("#?[0-9A-Za-z]+")
# `**` opens and closes for certain only beside a letter or a digit (GFM, 6.4).
_PLAIN_ENDS = re.compile(r"[^\W_]|[^\W_].*[^\W_]")


def inline(spans: Spans, *, cell: bool = False) -> str:
    """Return spans as inline Markdown; `cell` says that they stand in a cell of a table."""
    written = ""
    for span in _merged(spans):
        piece = _span(span, cell=cell, starts=not written or written.endswith("\n"))
        # Two runs of backticks or stars that touch would be read as one.
        if piece[:1] in ("`", "*") and written.endswith(piece[:1]):
            written += _PARTED
        written += piece
    # A break with nothing behind it would be shown as the backslash that it is written with.
    while written.rstrip(" ").endswith("\\\n"):
        written = written.rstrip(" ")[:-2]
    return written.strip(" ")


def _merged(spans: Spans) -> Iterator[Span]:
    """Yield the spans with neighbouring texts as one: what GitHub acts on may begin in one and end in the next."""
    for is_text, run in groupby(spans, lambda span: isinstance(span, Text | Time)):
        if is_text:
            yield Text("".join(span.text for span in run))
        else:
            yield from run


def escaped(text: str, *, cell: bool = False, starts: bool = True) -> str:
    """Return outside text so that GitHub shows this text and nothing else.

    A line feed ends the line. `starts` says that the text is the first of its line.
    """
    first, *rest = (_line(line) for line in visible(text).split("\n"))
    lines = (_at_start(first) if starts else first, *map(_at_start, rest))
    return ("<br>" if cell else "\\\n").join(lines)


def _line(text: str) -> str:
    # A NUL marks where a comment goes: it is none of the punctuation, and no text holds one any more.
    marked = _ACTIVE.sub("\0", re.sub(r"[ \t]+", " ", text))
    return _PUNCTUATION.sub(r"\\\g<0>", marked).replace("$", _DOLLAR).replace("\0", _PARTED)


def _at_start(line: str) -> str:
    return _LINE_START.sub(r"\1\\\2", line)


def _span(span: Span, *, cell: bool, starts: bool) -> str:
    match span:
        case Text(text) | Time(_, text):
            return escaped(text, cell=cell, starts=starts)
        case Bold(text):
            mark = ("**", "**") if _PLAIN_ENDS.fullmatch(text) else ("<strong>", "</strong>")
            return escaped(text, cell=cell).join(mark)
        case Code(text):
            return _code(text, cell=cell)
        case Link(text, url):
            # GitHub links nothing within a link.
            name = text if _REFERENCE.fullmatch(text) else escaped(text, cell=cell)
            return f"[{name}]({_destination(url)})"
        case _:
            assert_never(span)


def _code(text: str, *, cell: bool) -> str:
    name = re.sub(r"\s+", " ", visible(text)).strip()
    # A table cannot hold code with a pipe after a backslash, and the pipe's escape shows where it is not needed.
    if not name or (cell and "|" in name):
        return escaped(name, cell=cell)
    longest = max((len(run) for run in re.findall("`+", name)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if name.startswith("`") or name.endswith("`") else ""
    return f"{fence}{pad}{name}{pad}{fence}"


def _destination(url: str) -> str:
    return quote(visible(url), safe=":/?#@!$&'*+,;=%~").replace("&", "&amp;")


def block(block: Block) -> str:
    """Return a block as Markdown, without the empty lines around it. A heading within a message is a bold line."""
    match block:
        case Heading(spans):
            return inline(bold(spans))
        case Paragraph(spans) | Context(spans):
            return paragraph(spans)
        case BulletedList(items):
            return "\n".join(f"- {_indented(paragraph(item))}" for item in items)
        case NumberedList(items):
            return "\n".join(f"{number}. {_indented(paragraph(item))}" for number, item in enumerate(items, start=1))
        case Table(header, rows):
            return table(header, rows)
        case Quote(spans):
            return "\n".join(f"> {line}" for line in paragraph(spans).split("\n"))
        case Divider():
            return "---"
        case Actions():
            return ""  # nothing can be pressed in a document
        case _:
            assert_never(block)


def paragraph(spans: Spans) -> str:
    """Return spans as a paragraph."""
    return inline(spans)


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


def table(header: Sequence[str], rows: Iterable[Sequence[Spans]]) -> str:
    """Return a table, one line a row."""
    lines = [[escaped(name, cell=True) for name in header], ["---"] * len(header)]
    lines += [[inline(cell, cell=True) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def words(spans: Spans) -> str:
    """Return the text that a reader sees of spans."""
    return " ".join("".join(visible(span.text) for span in _merged(spans)).split())


class Anchors:
    """The anchors of a document's headings as GitHub makes them, in the order in which the headings are claimed."""

    def __init__(self) -> None:
        self._claimed: dict[str, int] = {}

    def taken(self, heading: str) -> bool:
        """Tell whether an earlier heading has the anchor that this text makes, or whether it makes none."""
        anchor = slug(heading)
        return not anchor or anchor in self._claimed

    def claim(self, heading: str) -> str:
        """Return the anchor of the next heading, from the text that a reader sees: a repeated one is numbered."""
        base = anchor = slug(heading)
        while anchor in self._claimed:
            self._claimed[base] += 1
            anchor = f"{base}-{self._claimed[base]}"
        self._claimed[anchor] = 0
        return anchor


def slug(heading: str) -> str:
    r"""Return the anchor that GitHub makes of a heading's text: in small letters, without punctuation, with hyphens.

    The rule is that of the table of contents filter of github.com/gjtorikian/html-pipeline: `[^\p{Word}\- ]` goes.
    """
    return "".join(character for character in heading.lower() if _stays(character)).replace(" ", "-")


def _stays(character: str) -> bool:
    r"""Tell whether a character is `\p{Word}` to Ruby (Alphabetic, Mark, Decimal_Number, Connector_Punctuation)."""
    category = unicodedata.category(character)
    return (
        category[0] in "LM" or category in ("Nd", "Nl", "Pc") or character in "- " or bool(_LETTERED.match(character))
    )


# The symbols that are Alphabetic: letters in circles and squares.
_LETTERED = re.compile("[\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189]")
