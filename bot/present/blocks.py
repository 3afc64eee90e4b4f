"""The neutral message: what every chat platform can show, in no platform's own syntax.

Text in a span is always text: whoever shows a message escapes it, so that it never becomes markup, a link or a
mention. Only a Link makes a link. A line feed in a Text ends the line. Limits and splitting are the adapter's business
too; nothing is cut silently.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.model import Tier


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words."""

    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    """Words that stand out, with no space at their ends."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A name from the code: a flag, a path, a sha."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a page. `url` is http or https and was made by the layout."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Time:
    """A moment in UTC. `text` is how it reads in the digest's zone; a platform may show it in the reader's own."""

    at: datetime
    text: str


Span = Text | Bold | Code | Link | Time
Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A title within a message."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class BulletedList:
    """Items in no order."""

    items: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class NumberedList:
    """Items in order, counted from one."""

    items: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; every row has as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[Spans, ...], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody else's words."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between two parts."""


@dataclass(frozen=True, slots=True)
class Context:
    """Small print."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: `action` names what it does and `value` to what."""

    text: str
    action: str
    value: str


@dataclass(frozen=True, slots=True)
class Actions:
    """Buttons in a row."""

    buttons: tuple[Button, ...]


Block = Heading | Paragraph | BulletedList | NumberedList | Table | Quote | Divider | Context | Actions


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a thread.

    `part` names it by its content (`root`, `table/1`, `high/<sha>`, `medium/<n>`), so that it can be found again and
    edited. `title` is what a notification shows. `changes` are the shas of the changes whose place in the thread it is,
    and `tier` is the highest of those that it tells of, by which a platform may colour it; None if that says nothing.
    """

    part: str
    title: str
    blocks: tuple[Block, ...]
    pinned: bool = False
    changes: tuple[str, ...] = ()
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A digest as a channel sees it: the root message, and what is threaded beneath it in order.

    `title` names the thread, where a platform has names for threads.
    """

    root: Message
    replies: tuple[Message, ...]
    title: str
