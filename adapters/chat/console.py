"""The chat of a person at a terminal: a thread is printed as a team would see it.

Where the stream is no terminal, the same text comes without colours and escape codes, and every link with its URL.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from io import StringIO
from itertools import chain
from typing import TextIO, assert_never

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.rule import Rule
from rich.segment import Segment
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text as RichText

from bot.model import Place, PostReference
from bot.ports import Body, ChatTraits
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

# Lines longer than this are hard to read, however wide the terminal is.
WIDEST = 100

# A date and a time fit into this; a longer author's name is wrapped before the message is.
_NARROWEST = 12

_RAIL = "│ "
_PIN = "📌 "
_CODE = Style(color="cyan")
_LINK = Style(color="blue", underline=True)
_SMALL = Style(dim=True)

# rich names each link at random; the same message has to be the same text.
_LINK_NAME = re.compile(r"\x1b\]8;id=[^;]*;")


class ConsoleChat:
    """A chat that prints each message when it is posted. A post is named by its token.

    What is printed stays: an edited message is printed once more, and one that is deleted or unpinned is left as it is.

    `width` is the number of cells of a line: by default the terminal's, and at most 100. `colour` says whether the
    stream understands colours and clickable links: by default it does if it is a terminal.
    """

    def __init__(self, stream: TextIO, *, width: int | None = None, colour: bool | None = None) -> None:
        self._stream = stream
        self._colour = stream.isatty() if colour is None else colour
        self._posts: dict[str, PostReference] = {}
        self._width = width or (min(Console(file=stream).width, WIDEST) if self._colour else WIDEST)

    @property
    def traits(self) -> ChatTraits:
        """A terminal takes all that comes, but no files."""
        return ChatTraits(files=False)

    def render(self, place: Place, message: Message, halvings: int = 0) -> tuple[Body, ...]:  # noqa: ARG002 # no limits
        """Return the message as one piece; in a thread it is set off by a rail. A pinned message bears its pin."""
        content: RenderableType = Group(*self._blocks(message))
        if place.thread is not None:
            content = _Railed(content)
        page = StringIO()
        console = Console(
            file=page,
            width=self._width,
            force_terminal=self._colour,
            color_system="truecolor" if self._colour else None,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )
        console.print(content)
        console.print()
        text = _LINK_NAME.sub("\x1b]8;;", page.getvalue())
        return ({"text": "\n".join(line.rstrip() for line in text.split("\n"))},)

    async def post(self, place: Place, body: Body, token: str) -> PostReference:
        """Print a message."""
        # One write a message, in the stream's own encoding: what it cannot show is written as an escape.
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(str(body["text"]).encode(encoding, "backslashreplace").decode(encoding))
        self._stream.flush()
        self._posts[token] = PostReference(place, token)
        return self._posts[token]

    async def beneath(self, post: PostReference, title: str) -> Place:  # noqa: ARG002 # a thread without a name
        """Return the thread of a post."""
        return post.place if post.place.thread else replace(post.place, thread=post.message)

    async def find(self, place: Place, token: str, since: datetime) -> PostReference | None:  # noqa: ARG002 # all are new
        """Return what was posted."""
        post = self._posts.get(token)
        return post if post and post.place == place else None

    async def edit(self, post: PostReference, body: Body, token: str) -> None:
        """Print the message once more."""
        await self.post(post.place, body, token)

    async def delete(self, post: PostReference) -> None:
        """Leave what is printed."""

    async def pin(self, post: PostReference) -> bool:  # noqa: ARG002 # the message says it
        """Do nothing: a message that is to be pinned was printed with its pin."""
        return True

    async def unpin(self, post: PostReference) -> None:
        """Leave what is printed."""

    async def link(self, post: PostReference) -> str | None:  # noqa: ARG002 # none has one
        """Return None: nothing leads to a line of a terminal."""
        return None

    async def attach(self, place: Place, name: str, text: str, token: str) -> PostReference:
        """Refuse: the traits say that there are no files."""
        raise NotImplementedError

    def _blocks(self, message: Message) -> Iterator[RenderableType]:
        lead = _PIN if message.pinned else ""
        before: Block | None = None
        for block in message.blocks:
            if before is not None and _set_apart(before, block):
                yield RichText()
            if lead and not isinstance(block, Heading | Paragraph | Context):
                yield RichText(lead)
            yield self._block(block, lead)
            before, lead = block, ""

    def _block(self, block: Block, lead: str) -> RenderableType:
        match block:
            case Heading(spans):
                return self._line(spans, Style(bold=True), lead)
            case Paragraph(spans):
                return self._line(spans, lead=lead)
            case BulletedList(items):
                return self._list(("•", item) for item in items)
            case NumberedList(items):
                return self._list(((f"{number}.", item) for number, item in enumerate(items, start=1)))
            case Table(header, rows):
                return self._table(header, rows) if self._colour else self._plain_table(header, rows)
            case Quote(spans):
                return _Railed(self._line(spans, Style(italic=True)), "▌ ")
            case Divider():
                return Rule(style=_SMALL, characters="─")
            case Context(spans):
                return self._line(spans, _SMALL, lead)
            case Actions(buttons):
                return RichText("  ".join(f"[ {visible(button.text)} ]" for button in buttons))
            case _:
                assert_never(block)

    def _line(self, spans: Spans, style: Style | None = None, lead: str = "") -> "_Wrapped":
        return _Wrapped(self._text(spans, style, lead))

    def _text(self, spans: Spans, style: Style | None = None, lead: str = "") -> RichText:
        """Return the words; where links cannot be clicked, each line's URLs follow on lines of their own."""
        text = RichText(lead, style=style or Style())
        urls: list[str] = []
        for span in spans:
            if urls and isinstance(span, Text) and span.text.startswith("\n"):
                text.append("".join(f"\n{url}" for url in urls))
                urls = []
            self._add(text, span)
            if isinstance(span, Link) and not self._colour:
                urls.append(visible(span.url))
        text.append("".join(f"\n{url}" for url in urls))
        return text

    def _add(self, line: RichText, span: Span) -> None:
        match span:
            case Text(text) | Time(_, text):
                line.append(_shown(text))
            case Bold(text):
                line.append(_shown(text), Style(bold=True))
            case Code(text):
                line.append(_shown(text) if self._colour else f"`{_shown(text)}`", _CODE)
            case Link(text, url) if self._colour:
                line.append(_shown(text), _LINK + Style(link=visible(url)))
            case Link(text):
                line.append(_shown(text))
            case _:
                assert_never(span)

    def _list(self, items: Iterable[tuple[str, Spans]]) -> RenderableType:
        grid = RichTable.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True, justify="right")
        grid.add_column(overflow="fold")
        for mark, spans in items:
            grid.add_row(RichText(mark), self._line(spans))
        return grid

    def _table(self, header: Sequence[str], rows: Sequence[Sequence[Spans]]) -> RenderableType:
        table = RichTable(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style=_SMALL, show_edge=False)
        widest = _widest(header, rows)
        for column, name in enumerate(header):
            ratio, most = (1, None) if column == widest else (None, max(_NARROWEST, self._width // 4))
            table.add_column(RichText(_shown(name)), overflow="fold", ratio=ratio, max_width=most)
        for row in rows:
            table.add_row(*(self._line(cell) for cell in row))
        return table

    def _plain_table(self, header: Sequence[str], rows: Sequence[Sequence[Spans]]) -> RenderableType:
        """Return each row in running text: in columns, a URL would be broken in the middle."""
        lines = (tuple((Text(name),) for name in header), *rows)
        return Group(*(self._line(_strung(cells)) for cells in lines))


def _strung(cells: Iterable[Spans]) -> Spans:
    strung = tuple(chain.from_iterable((Text(" · "), *cell) for cell in cells if cell))
    return strung[1:]


class _Wrapped:
    """Text that breaks between words and between ideographs; rich alone breaks between words only."""

    def __init__(self, text: RichText) -> None:
        self._text = text

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines, none of which is wider than the options allow."""
        for line in self._text.split("\n", allow_blank=True):
            for piece in line.divide(_breaks(line.plain, options.max_width)):
                piece.rstrip()
                piece.no_wrap, piece.overflow = True, "ignore"
                yield piece

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        """Tell how narrow and how wide the text may be."""
        lines = self._text.plain.split("\n")
        widest = max(cell_len(line) for line in lines)
        narrowest = max(
            (cell_len(found[0].rstrip()) for line in lines for found in _UNBROKEN.finditer(line)), default=1
        )
        return Measurement(narrowest, widest).with_maximum(options.max_width)


class _Railed:
    """What hangs beneath a message: every line begins with a rail."""

    def __init__(self, content: RenderableType, rail: str = _RAIL) -> None:
        self._content = content
        self._rail = rail

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines with the rail before each."""
        within = options.update(width=max(1, options.max_width - cell_len(self._rail)))
        for line in console.render_lines(self._content, within, pad=False):
            yield Segment(self._rail, _SMALL)
            yield from line
            yield Segment.line()


# Chinese breaks between any two characters, except before what closes and after what opens (kinsoku).
_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60"
_OPENING = "（《「『【‘“"
_CLOSING = "、，。；：！？）》」』】’”…"
_UNBROKEN = re.compile(
    rf"(?=.)[{_OPENING}]*(?:(?![{_OPENING}{_CLOSING}])[{_WIDE}]|[^ \n{_WIDE}]+)?[{_CLOSING}]* *", re.DOTALL
)


def _breaks(text: str, width: int) -> list[int]:
    """Return the offsets at which lines after the first begin."""
    breaks: list[int] = []
    used = 0
    for found in _UNBROKEN.finditer(text):
        needed = cell_len(found[0].rstrip())
        if used + needed <= width:
            used += cell_len(found[0])
            continue
        if used:
            breaks.append(found.start())
        used = 0
        for offset, character in enumerate(found[0].rstrip(), start=found.start()):
            if used + cell_len(character) > width:
                breaks.append(offset)
                used = 0
            used += cell_len(character)
        used += cell_len(found[0]) - needed
    return breaks


def _set_apart(before: Block, block: Block) -> bool:
    """Tell whether an empty line helps the eye: around a numbered list, and between things of several lines."""
    match block:
        case Heading() | NumberedList() | Table():
            return not isinstance(before, Heading)
        case Paragraph():
            return isinstance(before, NumberedList) or (_is_long(block) and _is_long(before))
        case _:
            return False


def _is_long(block: Block) -> bool:
    return isinstance(block, Paragraph) and any("\n" in span.text for span in block.spans)


def _shown(text: str) -> str:
    """Return text from outside as it may be printed."""
    return visible(text).replace("\t", " ")


def _widest(header: Sequence[str], rows: Sequence[Sequence[Spans]]) -> int:
    """Return the column with the longest cell."""
    lengths = [
        max((sum(len(span.text) for span in row[column]) for row in rows), default=0) for column in range(len(header))
    ]
    return lengths.index(max(lengths))
