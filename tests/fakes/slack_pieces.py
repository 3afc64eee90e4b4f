"""What the pieces of a text are to a reader in Slack: words, links, and mentions that ping.

Interpreted the way Slack would, and where Slack does not say, the dangerous way: what might ping, pings. It shares no
code with any renderer, since it is their judge.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tests.fakes.slack_world import Json, World

Made = Literal["", "syntax", "auto", "domain", "email", "button", "image"]
"""How a link came to be: by syntax, of a bare address, domain or mail address, as a button or an image."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, as it is seen.

    `url` is where it leads: an address, or `channel:` and an id. `ping` is whom it notifies: `user:`, `usergroup:` and
    an id, `here`, `channel` or `everyone`. `style` are bold, italic, strike, code, pre and quote.
    """

    text: str
    style: frozenset[str] = frozenset()
    url: str = ""
    made: Made = ""
    ping: str = ""
    emoji: str = ""


_TLDS = (
    "com|org|net|edu|gov|int|info|biz|name|io|ai|app|dev|co|me|tv|cc|ly|gg|so|sh|st|im|la|fm|am|to|is|it|in|be|by|ch|"
    "de|at|fr|es|pt|nl|se|no|fi|dk|pl|cz|ru|ua|cn|jp|kr|tw|hk|sg|id|vn|th|my|ph|pk|au|nz|br|ar|mx|ca|us|uk|eu|za|il|"
    "tr|md|py|rs|ps|pm|ml|mm|gl|vi|zip|mov|foo|page|run|link|cloud|site|online|tech|store|blog|wiki|xyz|top|club|vip"
)
"""Endings that make a bare name a domain. Several of them are endings of source files too."""

_SPECIAL = re.compile(r"<([^<>\n]+)>")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?=\S)", re.IGNORECASE)
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_CODE = re.compile(r"```(?P<pre>.+?)```|`(?P<code>[^`\n]+)`", re.DOTALL)
_BARE = re.compile(
    r"(?P<auto>(?<![a-z0-9+.-])(?:[a-z][a-z0-9+.-]*://|mailto:|www\.)[\w\[][^\s<>|]*)"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?P<domain>(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_TLDS})(?![\w-]|\.\w)(?:[/?#][^\s<>|]*)?)",
    re.IGNORECASE,
)
_TRAILING = ".,!?:;'\"`*_~)]}"
_NAMES = re.compile(r"(?<![\w@])@(?P<ping>[\w.-]+)|(?<![\w#&])#(?P<channel>[\w-]+)")
_EMOJI = re.compile(
    r":(smile|joy|heart|tada|rocket|fire|eyes|wave|warning|bug|sparkles|\+1|-1|thumbs(?:up|down)|red_circle|x|100|zap|"
    r"(?:white|heavy)_check_mark|large_(?:yellow|green)_circle|lock|key|memo|art|lipstick|construction|recycle|package|"
    r"boom|ambulance|bookmark|pencil2?|arrow_(?:up|down)|bulb|question|exclamation|skull):"
)
"""Some of the names that Slack shows as pictures."""
_MARKS = {"*": "bold", "_": "italic", "~": "strike"}
_BROADCASTS = {"here": "here", "channel": "channel", "everyone": "everyone", "group": "channel", "all": "everyone"}


def plain(text: str, world: World, *, emoji: bool = True) -> list[Piece]:
    """Return the pieces of a plain_text object: no markup, but control sequences, entities and emoji."""
    source = _Source(text, world)
    return list(source.words(0, len(source.shown), frozenset(), emoji=emoji))


def mrkdwn(text: str, world: World, *, auto: bool = True, names: bool = True) -> list[Piece]:
    """Return the pieces of a mrkdwn text. `auto` makes bare addresses links, `names` bare @here and #general live."""
    source = _Source(text, world)
    if auto:
        source.find_bare(names=names)
    return list(source.pieces())


def bare(text: str, world: World, style: frozenset[str], *, emoji: bool = True) -> list[Piece]:
    """Return the pieces of a text without any control sequences, whose bare addresses and names are live."""
    source = _Source("", world)
    source.shown = text
    source.find_bare(names=True)
    return list(source.words(0, len(text), style, emoji=emoji))


def pings_in(text: str, world: World) -> list[Piece]:
    """Return the mentions of people, groups and everybody that stand anywhere in a text as control sequences."""
    found = (special(match[1], world) for match in _SPECIAL.finditer(text))
    return [piece for piece in found if piece and (piece.ping or piece.url.startswith("channel:"))]


def special(body: str, world: World) -> Piece | None:
    """Return what stands between < and >, or None if that is nothing special."""
    name, _, label = body.partition("|")
    shown = decode(label)
    if match := re.fullmatch(r"@([UWB]\w+)", name, re.IGNORECASE):
        known = world.users.get(match[1])
        return Piece(shown or f"@{known.name if known else match[1]}", ping=f"user:{match[1]}")
    if match := re.fullmatch(r"#([CGD]\w+)", name, re.IGNORECASE):
        place = world.channels.get(match[1])
        return Piece(shown or f"#{place.name if place else match[1]}", url=f"channel:{match[1]}", made="syntax")
    if name.startswith("!"):
        return _command(name[1:], shown, world)
    if _SCHEME.match(name) or _BARE.fullmatch(name) or (label and not name.startswith(("@", "#"))):
        return Piece(shown or decode(name), url=decode(name), made="syntax")
    return None


def _command(name: str, shown: str, world: World) -> Piece | None:
    if ping := _BROADCASTS.get(name.lower()):
        return Piece(shown or f"@{name}", ping=ping)
    kind, *rest = name.split("^")
    if kind == "subteam" and rest:
        return Piece(shown or f"@{world.usergroups.get(rest[0], rest[0])}", ping=f"usergroup:{rest[0]}")
    if kind == "date" and len(rest) >= 2:
        shown = shown or decode(name)
        return Piece(shown, url=decode(rest[2]), made="syntax") if len(rest) > 2 else Piece(shown)
    return Piece(shown) if shown else None


def decode(text: str) -> str:
    """Return a text with Slack's three entities as the characters that they stand for."""
    return _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)


class _Source:
    """A text as it is shown, in which some stretches are already known to be one piece."""

    def __init__(self, text: str, world: World) -> None:
        """Take control sequences out of a text, and decode what is left."""
        self.shown = ""
        self._world = world
        self._known: dict[int, tuple[int, Piece]] = {}
        at = 0
        for match in _SPECIAL.finditer(text):
            piece = special(match[1], world)
            if piece is None:
                continue
            self.shown += decode(text[at : match.start()])
            start = len(self.shown)
            self.shown += piece.text
            self._known[start] = (len(self.shown), piece)
            at = match.end()
        self.shown += decode(text[at:])

    def find_bare(self, *, names: bool) -> None:
        """Find addresses, and names, that stand bare outside of code."""
        at = 0
        code = [match.span() for match in _CODE.finditer(self.shown)]
        for start, end in [*code, (len(self.shown), len(self.shown))]:
            if start < at:
                continue
            for match in _BARE.finditer(self.shown, at, start):
                self._bare(match)
            for match in _NAMES.finditer(self.shown, at, start) if names else ():
                self._name(match)
            at = end

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces, with the styles of mrkdwn."""
        at, none = 0, frozenset[str]()
        for match in _CODE.finditer(self.shown):
            if match.start() < at or self._covered(match.start()):
                continue
            yield from self._lines(at, match.start())
            group = "pre" if match["pre"] is not None else "code"
            yield from self.words(*match.span(group), none | {group}, emoji=False)
            at = match.end()
        yield from self._lines(at, len(self.shown))

    def words(self, start: int, end: int, style: frozenset[str], *, emoji: bool = True) -> Iterator[Piece]:
        """Yield the pieces of a stretch in which no mark styles anything."""
        at = start
        while at < end:
            if at in self._known:
                at, piece = self._known[at]
                yield replace(piece, style=piece.style | style)
                continue
            stop = min((known for known in self._known if at < known < end), default=end)
            yield from _with_emoji(self.shown[at:stop], style) if emoji else (Piece(self.shown[at:stop], style),)
            at = stop

    def _bare(self, match: re.Match[str]) -> None:
        made: Made = "auto" if match["auto"] else "email" if match["email"] else "domain"
        text = match[0].rstrip(_TRAILING)
        url = {"auto": text, "email": f"mailto:{text}", "domain": f"http://{text}"}[made]
        self._know(match.start(), Piece(text, url=url, made=made))

    def _name(self, match: re.Match[str]) -> None:
        world, text = self._world, match[0].rstrip(_TRAILING)
        if match["channel"]:
            ids = [place.id for place in world.channels.values() if place.name == text[1:]]
            if ids:
                self._know(match.start(), Piece(text, url=f"channel:{ids[0]}", made="auto"))
            return
        known = {user.name: f"user:{user.id}" for user in world.users.values()}
        known |= {name: f"usergroup:{id_}" for id_, name in world.usergroups.items()} | _BROADCASTS
        if ping := known.get(text[1:].lower()):
            self._know(match.start(), Piece(text, ping=ping))

    def _know(self, start: int, piece: Piece) -> None:
        end = start + len(piece.text)
        if all(end <= known or stop <= start for known, (stop, _) in self._known.items()):
            self._known[start] = (end, piece)

    def _covered(self, at: int) -> bool:
        return any(start <= at < end for start, (end, _) in self._known.items())

    def _lines(self, start: int, end: int) -> Iterator[Piece]:
        """Yield the pieces of a stretch outside of code, whose lines may be quotes."""
        at, everything = start, False
        while at < end:
            stop = self.shown.find("\n", at, end) + 1 or end
            begins = at == 0 or self.shown[at - 1] == "\n"
            mark = re.compile(r">>>\s?|> ?").match(self.shown, at, stop) if begins and at not in self._known else None
            everything = everything or bool(mark and mark[0].startswith(">>>"))
            style = frozenset({"quote"}) if mark or everything else frozenset[str]()
            yield from self._styled(mark.end() if mark else at, stop, style)
            at = stop

    def _styled(self, start: int, end: int, style: frozenset[str]) -> Iterator[Piece]:
        """Yield the pieces of a line, or of a part of one that is styled already."""
        at = last = start
        unclosed = ""  # A mark that nothing closes here is closed for none that follows.
        while at < end:
            mark = self.shown[at]
            opens = mark not in unclosed and _MARKS.get(mark) not in style and self._opens(at, start, end)
            close = self._close(at, end) if opens else None
            if close is None:
                unclosed += mark if opens else ""
                at = self._known[at][0] if at in self._known else at + 1
                continue
            yield from self.words(last, at, style)
            yield from self._styled(at + 1, close, style | {_MARKS[mark]})
            at = last = close + 1
        yield from self.words(last, end, style)

    def _opens(self, at: int, start: int, end: int) -> bool:
        """Whether a style may begin here."""
        mark = self.shown[at]
        if mark not in _MARKS or at in self._known or at + 1 >= end or self.shown[at + 1].isspace():
            return False
        return at == start or not (self.shown[at - 1].isalnum() or self.shown[at - 1] == mark)

    def _close(self, at: int, end: int) -> int | None:
        """Return where the style ends that begins here; None if nothing ends it."""
        mark = self.shown[at]
        for close in range(at + 2, end):
            if self.shown[close] != mark or self._covered(close):
                continue
            before, after = self.shown[close - 1], self.shown[close + 1] if close + 1 < end else " "
            if not (before.isspace() or before == mark or after.isalnum() or after == mark):
                return close
        return None


def _with_emoji(text: str, style: frozenset[str]) -> Iterator[Piece]:
    at = 0
    for match in _EMOJI.finditer(text):
        if at < match.start():
            yield Piece(text[at : match.start()], style)
        yield Piece(match[0], style, emoji=match[1])
        at = match.end()
    if at < len(text):
        yield Piece(text[at:], style)


def inline(elements: list[Json], world: World, style: frozenset[str] = frozenset()) -> list[Piece]:
    """Return the pieces of the elements of rich text, whose text is never interpreted."""
    return [_element(element, world, style) for element in elements]


def _element(element: Json, world: World, style: frozenset[str]) -> Piece:
    styled = style | {name for name, on in element.get("style", {}).items() if on}
    kind = element["type"]
    if kind == "text":
        return Piece(element["text"], styled)
    if kind == "link":
        return Piece(element.get("text") or element["url"], styled, url=element["url"], made="syntax")
    if kind == "emoji":
        return Piece(f":{element['name']}:", styled, emoji=element["name"])
    if kind == "date":
        shown, url = str(element.get("fallback", "")), str(element.get("url", ""))
        return Piece(shown, styled, url=url, made="syntax" if url else "")
    if kind == "color":
        return Piece(element["value"], styled)
    body = _SEQUENCES[kind].format_map(element)
    piece = special(body, world)
    return replace(piece, style=styled) if piece else Piece(f"<{body}>", styled, ping=f"{kind}:{body}")


_SEQUENCES: Mapping[str, str] = {
    "user": "@{user_id}",
    "usergroup": "!subteam^{usergroup_id}",
    "team": "!subteam^{team_id}",
    "channel": "#{channel_id}",
    "broadcast": "!{range}",
}
