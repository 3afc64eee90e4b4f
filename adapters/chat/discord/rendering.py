"""The neutral message -> Discord's embeds, in as many messages as it takes.

A message is one embed, whose description is markdown: no text in an embed notifies anybody. Discord has no tables, so
that a row is an item of a list; buttons stand beneath the message, wherever they stood in it. A moment is shown in the
reader's own zone, which Discord's clients know. See https://discord.com/developers/docs/resources/message#embed-object.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, assert_never

from adapters.chat.discord.markdown import escaped, length, lines, measure
from bot.model import Tier
from bot.present.blocks import (
    Actions,
    Block,
    BulletedList,
    Button,
    Context,
    Divider,
    Heading,
    Message,
    NumberedList,
    Paragraph,
    Quote,
    Spans,
    Table,
    Text,
)
from bot.present.characters import visible
from bot.present.splitting import split_spans

Json = dict[str, Any]

CHARACTERS = 4_000
"""Characters of a message; Discord takes 4,096 in a description, and 6,000 with the footer."""
BUTTONS = 25
"""Buttons of a message: five rows of five."""
COLOURS = {Tier.HIGH: 0xD1242F, Tier.MEDIUM: 0xD4A72C, Tier.LOW: 0x2DA44E}

_PREFIXES: dict[type[Block], str] = {Heading: "### ", Quote: "> ", Context: "-# "}
_IN_A_ROW = 5
_RULE = "─" * 12
_ROW, _BUTTON, _GREY = 1, 2, 2
_CELLS = Text(" · ")


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not parted: a paragraph, an item of a list, a row of a table. `header` is that of the table."""

    source: Block
    text: str
    header: str = ""
    buttons: tuple[Button, ...] = ()


def render(message: Message, *, characters: int = CHARACTERS) -> list[Json]:
    """Return the messages that a message becomes, in order: parted between blocks, items, rows, sentences.

    None has more characters than told, unless a single word with its link does.
    """
    pages = [_Page()]
    for unit in _units(message.blocks, characters):
        if not pages[-1].takes(unit, characters):
            heading = pages[-1].units[-1]
            pages.append(_Page())
            # A heading stands with what it is of.
            if isinstance(heading.source, Heading) and len(pages[-2].units) > 1:
                pages[-1].add(heading)
                if pages[-1].takes(unit, characters):
                    pages[-2].units.pop()
                else:
                    pages[-1] = _Page()
        pages[-1].add(unit)
    return [_payload(page, message) for page in pages]


@dataclass(slots=True)
class _Page:
    """What becomes one message, and how much of it there is."""

    units: list[_Unit] = field(default_factory=list)
    characters: int = 0
    buttons: int = 0

    def takes(self, unit: _Unit, most: int) -> bool:
        """Tell whether a unit may follow; the first one always may."""
        characters = self.characters + self._length(unit)
        return not self.units or (characters <= most + 1 and self.buttons + len(unit.buttons) <= BUTTONS)

    def add(self, unit: _Unit) -> None:
        """Let a unit follow."""
        self.characters += self._length(unit)
        self.buttons += len(unit.buttons)
        self.units.append(unit)

    def _length(self, unit: _Unit) -> int:
        before = self.units[-1] if self.units else None
        return sum(length(line) + 1 for line in _written(unit, before))

    @property
    def text(self) -> str:
        """The description."""
        befores = [None, *self.units]
        return "\n".join(
            line for unit, before in zip(self.units, befores, strict=False) for line in _written(unit, before)
        )


def _written(unit: _Unit, before: _Unit | None) -> Iterator[str]:
    """Yield what a unit is written as: a table begins with its header, and blocks of several lines stand apart."""
    if before and _set_apart(before, unit):
        yield ""
    if unit.header and (before is None or before.source is not unit.source):
        yield unit.header
    if unit.text:
        yield unit.text


def _set_apart(before: _Unit, unit: _Unit) -> bool:
    if before.source is unit.source or isinstance(before.source, Heading):
        return False
    if isinstance(unit.source, NumberedList):
        return True
    listed = isinstance(before.source, BulletedList | NumberedList | Table)
    return isinstance(unit.source, Paragraph) and (listed or "\n" in before.text or "\n" in unit.text)


def _units(blocks: Sequence[Block], most: int) -> Iterator[_Unit]:
    for block in blocks:
        yield from (unit for unit in _block(block, most) if unit.text or unit.buttons)


def _block(block: Block, most: int) -> Iterator[_Unit]:
    match block:
        case Heading(spans) | Paragraph(spans) | Quote(spans) | Context(spans):
            prefix = _PREFIXES.get(type(block), "")
            yield from (_Unit(block, text) for text in _parts(spans, prefix, prefix, most))
        case BulletedList(items) | NumberedList(items):
            for number, item in enumerate(items, start=1):
                mark = f"{number}. " if isinstance(block, NumberedList) else "- "
                yield from _item(block, item, mark, most)
        case Table():
            yield from _rows(block, most)
        case Divider():
            yield _Unit(block, _RULE)
        case Actions(buttons):
            for first in range(0, len(buttons), _IN_A_ROW):
                yield _Unit(block, "", buttons=buttons[first : first + _IN_A_ROW])
        case _:
            assert_never(block)


def _rows(table: Table, most: int) -> Iterator[_Unit]:
    """Yield each row as an item of a list."""
    small = _PREFIXES[Context]
    names = "\n".join(_prefixed(_strung([(Text(visible(name)),) for name in table.header]), small, small))
    for row in table.rows:
        for unit in _item(table, _strung(row), "- ", most - length(names) - 1):
            yield replace(unit, header=names)


def _strung(cells: Sequence[Spans]) -> Spans:
    return tuple(chain.from_iterable((_CELLS, *cell) for cell in cells if cell))[1:]


def _item(block: Block, spans: Spans, mark: str, most: int) -> Iterator[_Unit]:
    """Yield an item of a list; what does not fit into one message goes on without a mark."""
    space = " " * len(mark)
    first, *rest = _parts(spans, mark, space, most) or [""]
    yield _Unit(block, first)
    yield from (_Unit(block, space + text.removeprefix(mark)) for text in rest)


def _parts(spans: Spans, first: str, other: str, most: int) -> list[str]:
    """Return spans as markdown in parts that fit, marks and addresses included."""
    shown = tuple(replace(span, text=visible(span.text)) for span in spans)
    room = max(1, most)
    while True:
        parts = ["\n".join(_prefixed(part, first, other)) for part in split_spans(shown, room, measure)]
        if room == 1 or all(length(part) <= most for part in parts):
            return [part for part in parts if part]
        room //= 2


def _prefixed(spans: Spans, first: str, other: str) -> Iterator[str]:
    for at, line in enumerate(lines(spans)):
        yield (other if at else first) + line


def _payload(page: _Page, message: Message) -> Json:
    embed: Json = {"description": page.text.strip() or escaped(_line(message.title)) or "\u200b"}
    if message.tier:
        embed["color"] = COLOURS[message.tier]
    payload: Json = {"title": _line(message.title), "embeds": [embed]}
    if rows := [unit.buttons for unit in page.units if unit.buttons]:
        payload["components"] = [{"type": _ROW, "components": [_button(each) for each in row]} for row in rows]
    return payload


def _line(text: str) -> str:
    return " ".join(visible(text).split())


def _button(button: Button) -> Json:
    custom_id = f"{button.action}:{button.value}"
    return {"type": _BUTTON, "style": _GREY, "label": visible(button.text), "custom_id": custom_id}
