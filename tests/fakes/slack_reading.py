"""What a message does to its readers: whom it pings, where its links lead, and what is seen of it.

What Slack documents: control sequences (<!here>, <@U…>, <#C…>, <https://…|…>) are live in mrkdwn. So are bare addresses
and names of channels and of people, unless a text object is verbatim; in a text beside no blocks, bare addresses
are, and names where `link_names` or `parse` says so. & < > are escaped as entities. A table stands at the bottom.

What is assumed, on the side of danger: control sequences are live in code, in plain_text, where entities are decoded,
and in markdown blocks, where bare names and addresses are, too. A bare name that ends like a domain (README.md) is a
link, made `domain`. Nothing is live in the text of rich text and of cells, where entities stay what they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.fakes.slack_markdown import markdown
from tests.fakes.slack_pieces import Made, Piece, inline, mrkdwn, plain
from tests.fakes.slack_world import Json, Message, World

FALLBACK = "/text"
"""Where the text stands that a notification shows in place of blocks."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a message, or a block of code: where it is from (a JSON pointer), what it is, and its pieces.

    `kind` is text, header, context, item, cell, button, image, divider or fallback; `row` counts the rows of a table.
    """

    where: str
    kind: str
    pieces: list[Piece]
    row: int = 0

    @property
    def text(self) -> str:
        """The characters that are seen."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Link:
    """A link: where it leads, what is seen of it, how it came to be, and where it stands."""

    url: str
    text: str
    made: Made
    where: str


@dataclass(slots=True)
class Reading:
    """What a message is to its readers.

    `pings` are (whom, where): `user:U0ADA`, `usergroup:S0TEAM`, `here`, `channel` or `everyone`. `text` is what is
    seen, a line each; `fallback` what a notification shows in place of blocks, which is judged like everything else.
    `emoji` are names of emoji that were written as text.
    """

    pings: list[tuple[str, str]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    text: str = ""
    fallback: str = ""
    emoji: list[str] = field(default_factory=list)


def read(message: Message, world: World) -> Reading:
    """Return what a message is to its readers."""
    reading = Reading()
    seen = []
    for line in lines(message, world):
        if line.kind == "fallback":
            reading.fallback = line.text
        elif line.kind != "divider":
            seen.append(line)
        for piece in line.pieces:
            if piece.ping:
                reading.pings.append((piece.ping, line.where))
            if piece.url:
                reading.links.append(Link(piece.url, piece.text, piece.made, line.where))
            if piece.emoji:
                reading.emoji.append(piece.emoji)
    reading.text = "\n".join(line.text for line in seen)
    return reading


def lines(message: Message, world: World) -> Iterator[Line]:
    """Yield what there is to see of a message, from its top to its bottom, where a table stands."""
    named = message.link_names or message.parse == "full"
    if message.markdown:
        yield from (Line(FALLBACK, "text", pieces) for pieces in markdown(message.text, world) if pieces)
    elif message.text:
        pieces = mrkdwn(message.text, world, names=named) if message.mrkdwn else plain(message.text, world)
        yield Line(FALLBACK, "fallback" if message.blocks else "text", pieces)
    places = sorted(enumerate(message.blocks), key=lambda block: block[1]["type"] == "table")
    for at, block in places:
        yield from _READERS[block["type"]](block, f"/blocks/{at}", world)


def _object(text: Json, world: World) -> list[Piece]:
    """Return the pieces of a text object."""
    if text["type"] == "plain_text":
        return plain(text["text"], world, emoji=text.get("emoji", True))
    verbatim = bool(text.get("verbatim"))
    return mrkdwn(text["text"], world, auto=not verbatim)


def _section(block: Json, where: str, world: World) -> Iterator[Line]:
    if "text" in block:
        yield Line(f"{where}/text", "text", _object(block["text"], world))
    for at, text in enumerate(block.get("fields", [])):
        yield Line(f"{where}/fields/{at}", "text", _object(text, world))
    if "accessory" in block:
        yield from _button(block["accessory"], f"{where}/accessory", world)


def _header(block: Json, where: str, world: World) -> Iterator[Line]:
    yield Line(f"{where}/text", "header", _object(block["text"], world))


def _divider(_block: Json, where: str, _world: World) -> Iterator[Line]:
    yield Line(where, "divider", [])


def _context(block: Json, where: str, world: World) -> Iterator[Line]:
    for at, element in enumerate(block["elements"]):
        inner = f"{where}/elements/{at}"
        if element["type"] == "image":
            yield from _image(element, inner, world)
        else:
            yield Line(inner, "context", _object(element, world))


def _actions(block: Json, where: str, world: World) -> Iterator[Line]:
    for at, element in enumerate(block["elements"]):
        yield from _button(element, f"{where}/elements/{at}", world)


def _button(element: Json, where: str, world: World) -> Iterator[Line]:
    if element["type"] == "image":
        yield from _image(element, where, world)
        return
    labels = [element[name] for name in ("text", "placeholder") if isinstance(element.get(name), dict)]
    labels += [element[name]["text"] for name in ("positive_button", "negative_button") if name in element]
    for label in labels:
        pieces = _object(label, world)
        if element.get("url"):
            pieces = [*pieces, Piece("", url=element["url"], made="button")]
        yield Line(where, "button", pieces)
    for at, option in enumerate(element.get("options", [])):
        yield Line(f"{where}/options/{at}", "button", _object(option["text"], world))


def _image(block: Json, where: str, world: World) -> Iterator[Line]:
    if "title" in block:
        yield Line(f"{where}/title", "text", _object(block["title"], world))
    url = str(block.get("image_url", ""))
    yield Line(where, "image", [Piece(block["alt_text"], url=url, made="image")])


def _markdown(block: Json, where: str, world: World) -> Iterator[Line]:
    yield from (Line(f"{where}/text", "text", pieces) for pieces in markdown(block["text"], world) if pieces)


def _rich_text(block: Json, where: str, world: World) -> Iterator[Line]:
    for at, element in enumerate(block["elements"]):
        inner = f"{where}/elements/{at}"
        if element["type"] == "rich_text_list":
            for number, item in enumerate(element["elements"]):
                yield Line(f"{inner}/elements/{number}", "item", inline(item["elements"], world))
            continue
        styles = {"rich_text_quote": {"quote"}, "rich_text_preformatted": {"pre"}}
        style = frozenset(styles.get(element["type"], set()))
        yield Line(inner, "text", inline(element["elements"], world, style))


def _table(block: Json, where: str, world: World) -> Iterator[Line]:
    for row, cells in enumerate(block["rows"]):
        for at, cell in enumerate(cells):
            inner = f"{where}/rows/{row}/{at}"
            if cell["type"] == "rich_text":
                found = [piece for line in _rich_text(cell, inner, world) for piece in line.pieces]
            else:
                found = [Piece(cell["text"])]
            yield Line(inner, "cell", found, row)


_READERS: dict[str, Callable[[Json, str, World], Iterator[Line]]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "context_actions": _actions,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "table": _table,
}
