"""The neutral message -> Slack's blocks, in as many messages as it takes.

Words go into `rich_text` elements and `plain_text` objects, whose text Slack takes as it is: it is never mrkdwn, so
that nothing in it can be a mention, a link or a format, and nothing has to be escaped away. Only the fallback `text`
is mrkdwn; `fallback` says what is done to it. See https://docs.slack.dev/reference/block-kit/blocks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, assert_never

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
    Message,
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
from bot.present.splitting import split_spans

Json = dict[str, Any]

CHARACTERS = 3_900
"""Escaped characters of a message: `chat.update` refuses a fallback text of more than 4,000, which is what a screen
reader reads, and so has to hold all of the message."""
BLOCKS = 45
"""Blocks of a message; Slack takes 50."""
ROWS = 99
"""Rows of a table beneath its header; Slack takes 100 with it."""
_PLAIN = 2_900
"""Characters of a plain text; Slack takes 3,000."""

_SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Where Slack would see an address with its scheme, a name with a dot in it, an e-mail address, the name of an emoji.
_ADDRESS = re.compile(r"(?<=:)(?=\S)|(?<=\w)(?=\.\w)|(?<=\w)(?=@\w)")
_WORD_JOINER = "\u2060"
_SEAM = len(_CELLS := " · ")


@dataclass(frozen=True, slots=True)
class Payload:
    """What one message is posted with."""

    text: str
    blocks: list[Json]


def render(message: Message, *, characters: int = CHARACTERS, blocks: int = BLOCKS) -> list[Payload]:
    """Return the messages that a message becomes, in order: parted between blocks, items, rows, sentences.

    None has more characters, measured as they are escaped, or blocks than told.
    """
    pages: list[list[_Unit]] = [[]]
    room = characters
    for unit in _units(message.blocks, characters):
        length = unit.length
        if pages[-1] and (length > room or not _fits(pages[-1], unit, blocks)):
            pages.append([])
            room = characters
        pages[-1].append(unit)
        room -= length
    return [_payload(page, message.title) for page in pages]


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not parted: a paragraph, an item of a list, a row of a table. `block` is the whole that it is of."""

    kind: str
    rows: tuple[Spans, ...]
    source: Block
    number: int = 0

    @property
    def length(self) -> int:
        """Its characters in the fallback, where a table is without its header: the cells speak for themselves."""
        return sum(measure("".join(span.text for span in spans)) + _SEAM for spans in self.rows)


def measure(text: str) -> int:
    """Return how many characters the text has in a fallback at the most, wherever it is parted."""
    return len(text) + sum(map(text.count, "<>")) * 3 + sum(map(text.count, ".@:")) + text.count("&") * 4


def _units(blocks: Sequence[Block], most: int) -> Iterator[_Unit]:
    for block in blocks:
        match block:
            case Heading(spans) | Paragraph(spans) | Quote(spans):
                yield from (_Unit(type(block).__name__, (part,), block) for part in _parts(spans, most))
            case Context(spans):
                yield from (_Unit("Context", (part,), block) for part in _parts(spans, min(most, _PLAIN)))
            case BulletedList(items) | NumberedList(items):
                for number, item in enumerate(items):
                    first, *rest = _parts(item, most)
                    yield _Unit("List", (first,), block, number)
                    yield from (_Unit("Paragraph", (part,), block) for part in rest)
            case Table(header, rows):
                share = max(1, most // max(1, len(header)) - _SEAM)
                for number, row in enumerate(rows):
                    yield from (_Unit("Table", cells, block, number) for cells in _table_rows(row, share))
            case Divider() | Actions():
                texts = tuple((Text(button.text),) for button in block.buttons) if isinstance(block, Actions) else ()
                yield _Unit(type(block).__name__, texts, block)
            case _:
                assert_never(block)


def _parts(spans: Spans, most: int) -> list[Spans]:
    """Return spans that Slack shows as they are, in parts that fit; spans without any character are one empty part."""
    shown = tuple(replace(span, text=visible(span.text)) for span in spans)
    return split_spans(tuple(span for span in shown if span.text), most, measure)


def _table_rows(row: Sequence[Spans], share: int) -> Iterator[tuple[Spans, ...]]:
    """Yield a row, and what does not fit into its cells as rows beneath it."""
    parted = [_parts(cell, share) for cell in row]
    for at in range(max(map(len, parted), default=0)):
        yield tuple(parts[at] if at < len(parts) else () for parts in parted)


def _fits(page: Sequence[_Unit], unit: _Unit, most: int) -> bool:
    """Return whether a unit may follow: the blocks do not become too many, and nothing follows a table."""
    if page[-1].kind == "Table":
        rows = sum(other.kind == "Table" for other in page)
        return unit.kind == "Table" and unit.source is page[-1].source and rows < ROWS
    joins = unit.kind == "List" and page[-1].kind == "List" and unit.source is page[-1].source
    return joins or _count(page) < most


def _count(page: Sequence[_Unit]) -> int:
    return sum(1 for _ in groupby(page, _whole))


def _whole(unit: _Unit) -> tuple[object, ...]:
    """Return what a unit shares with those that it is one block with."""
    if unit.kind in ("List", "Table"):
        return (unit.kind, id(unit.source))
    return (unit.kind, id(unit))


def _payload(page: Sequence[_Unit], title: str) -> Payload:
    blocks = [_block(list(units)) for _, units in groupby(page, _whole)]
    words = "\n".join(line for unit in page for line in _lines(unit)) or title
    return Payload(fallback(words), blocks)


def _lines(unit: _Unit) -> Iterator[str]:
    rows = ["".join(span.text for span in spans) for spans in unit.rows]
    if unit.kind == "Table":
        yield _CELLS.join(filter(None, rows))
    elif unit.kind != "Actions":  # nothing can be pressed in a notification
        yield from rows


def fallback(text: str) -> str:
    """Return a text that means itself in mrkdwn.

    The three characters of Slack's syntax are escaped, and what would become a link or an emoji without any is held
    together by word joiners, which nobody sees.
    """
    return _escaped(visible(text)) or " "


def _escaped(text: str) -> str:
    return _ADDRESS.sub(_WORD_JOINER, "".join(_SPECIAL.get(character, character) for character in text))


def _block(units: Sequence[_Unit]) -> Json:
    first = units[0]
    match first.kind:
        case "List":
            style = "ordered" if isinstance(first.source, NumberedList) else "bullet"
            sections = [_section(unit.rows[0]) for unit in units]
            listed: Json = {"type": "rich_text_list", "style": style, "elements": sections}
            if first.number and style == "ordered":
                listed["offset"] = first.number
            return {"type": "rich_text", "elements": [listed]}
        case "Table":
            return _table(units)
        case "Divider":
            return {"type": "divider"}
        case "Actions":
            return _actions(first.source)
        case "Context" if _is_plain(first.rows[0]):
            words = "".join(span.text for span in first.rows[0]) or " "
            return {"type": "context", "elements": [{"type": "plain_text", "text": words, "emoji": False}]}
        case "Quote":
            elements = _elements(first.rows[0])
            return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": elements}]}
        case _:
            return {"type": "rich_text", "elements": [_section(first.rows[0], bold=first.kind == "Heading")]}


def _is_plain(spans: Spans) -> bool:
    """Return whether a plain text object can hold the spans. What it makes of Slack's own syntax is not documented."""
    return not any(isinstance(span, Link | Code) or any(map(span.text.__contains__, _SPECIAL)) for span in spans)


def _section(spans: Spans, *, bold: bool = False) -> Json:
    return {"type": "rich_text_section", "elements": _elements(spans, bold=bold)}


def _elements(spans: Spans, *, bold: bool = False) -> list[Json]:
    return [_element(span, bold=bold) for span in spans] or [{"type": "text", "text": " "}]


def _element(span: Span, *, bold: bool) -> Json:
    match span:
        case Text(text) | Time(_, text):
            return _styled({"type": "text", "text": text}, bold=bold)
        case Bold(text):
            return _styled({"type": "text", "text": text}, bold=True)
        case Code(text):
            return _styled({"type": "text", "text": text}, bold=bold, code=True)
        case Link(text, url):
            return _styled({"type": "link", "url": url, "text": text}, bold=bold)
        case _:
            assert_never(span)


def _styled(element: Json, **styles: bool) -> Json:
    chosen = {style: True for style, holds in styles.items() if holds}
    return element | ({"style": chosen} if chosen else {})


def _table(units: Sequence[_Unit]) -> Json:
    source = units[0].source
    header = [_cell((Text(visible(name)),)) for name in source.header] if isinstance(source, Table) else []
    rows = [[_cell(cell) for cell in unit.rows] for unit in units]
    settings = [{"is_wrapped": True} for _ in header]
    return {"type": "table", "rows": [header, *rows], "column_settings": settings}


def _cell(spans: Spans) -> Json:
    if not spans:
        return {"type": "raw_text", "text": " "}
    return {"type": "rich_text", "elements": [_section(spans)]}


def _actions(block: Block) -> Json:
    buttons = block.buttons if isinstance(block, Actions) else ()
    return {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": visible(button.text), "emoji": False},
                # Slack wants each name once in a message, where one action may have several buttons.
                "action_id": f"{button.action}:{number}",
                "value": button.value,
            }
            for number, button in enumerate(buttons)
        ],
    }
