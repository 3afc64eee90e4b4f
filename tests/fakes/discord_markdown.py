r"""Discord's markdown as its clients read it: a tree of what is bold, code, a link, a mention.

Rules are tried in a fixed order at every place, as the clients do, so that what is no mark remains text:

    parse("**a** \\*b* [c](https://d)")  ->  strong(a), text( ), text(*), text(b*) …, link(c)

Written for a judge: it knows no renderer, and where there is a doubt it sees a link.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text", "strong", "em", "underline", "strike", "spoiler", "code", "block", "link", "mention", "time", "emoji",
    "heading", "small", "quote", "item",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a text: `text` is what a leaf shows, `target` where a link leads, `level` that of a heading."""

    kind: Kind
    text: str = ""
    children: tuple["Node", ...] = ()
    target: str = ""
    level: int = 0

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class _State:
    """Where a text stands: whether links, lines (headings, lists) and quotes mean something, and how deep it is."""

    links: bool = True
    lines: bool = True
    quotes: bool = True
    depth: int = 0

    def parse(self, text: str, *, links: bool = True, lines: bool = False, quotes: bool = True) -> tuple["Node", ...]:
        """Return the tree of a text inside this one, where no more means something than here."""
        return _parse(text, _State(self.links and links, lines, self.quotes and quotes, self.depth + 1))


_DEEP = 32
"""How many marks within marks mean something: more than anybody reads."""
_URL = r"(?i:https?)://[^\s<]+[^<.,:;\"'\]\s]"
_INVITE = r"(?i:discord\.gg|discord(?:app)?\.com/invite)/[\w-]+"
_LABEL = r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]"
_TARGET = r"\(\s*<?((?:[^\s\\()<>]|\\.|\([^()\s]*\))*)>?(?:\s+['\"][\s\S]*?['\"])?\s*\)"
_Maker = Callable[[re.Match[str], _State], Node | None]


def parse(text: str) -> tuple[Node, ...]:
    """Return the tree of a message's content, an embed's description or the value of a field."""
    return _parse(text, _State())


def parse_inline(text: str) -> tuple[Node, ...]:
    """Return the tree of an embed's title or of a field's name, where neither links nor lists mean anything."""
    return _parse(text, _State(links=False, lines=False))


def _parse(text: str, state: _State) -> tuple[Node, ...]:
    nodes: list[Node] = []
    plain: list[str] = []
    at = 0
    while at < len(text):
        node, end = _next(text, at, state)
        if node is None:
            plain.append(text[at])
            at += 1
            continue
        if plain:
            nodes.append(Node("text", "".join(plain)))
            plain = []
        nodes.append(node)
        at = end
    return (*nodes, Node("text", "".join(plain))) if plain else tuple(nodes)


def _next(text: str, at: int, state: _State) -> tuple[Node | None, int]:
    starts_line = at == 0 or text[at - 1] == "\n"
    for pattern, only_at_start, make in _RULES.get(text[at], ()) if not starts_line else _AT_START[text[at]]:
        if only_at_start and not (starts_line and state.lines):
            continue
        if (match := pattern.match(text, at)) and (node := make(match, state)):
            return node, match.end() if node.kind != "link" or node.target != node.text else at + len(node.text)
    return None, at


def _within(kind: Kind) -> _Maker:
    def make(match: re.Match[str], state: _State) -> Node | None:
        inner = next(group for group in match.groups() if group is not None)
        if state.depth >= _DEEP:
            return None
        return Node(kind, children=state.parse(inner))

    return make


def _escaped(match: re.Match[str], _state: _State) -> Node:
    return Node("text", match[1])


def _heading(match: re.Match[str], state: _State) -> Node:
    return Node("heading", children=state.parse(match[2]), level=len(match[1]))


def _small(match: re.Match[str], state: _State) -> Node:
    return Node("small", children=state.parse(match[1]))


def _item(match: re.Match[str], _state: _State) -> Node:
    return Node("item", match[1] + ("•" if match[2] in "-*" else match[2]), level=len(match[1]))


def _quote(match: re.Match[str], state: _State) -> Node | None:
    if not state.quotes:
        return None
    rest = match["rest"]
    inner = rest if rest is not None else re.sub(r"(?m)^> ?", "", match[0])
    return Node("quote", children=state.parse(inner, lines=True, quotes=False))


def _block(match: re.Match[str], _state: _State) -> Node:
    return Node("block", match[1])


def _code(match: re.Match[str], _state: _State) -> Node:
    return Node("code", re.sub(r"^ (?= *`)|(?<=`) $", "", match[2]))


def _masked(match: re.Match[str], state: _State) -> Node | None:
    label, target = match[1], re.sub(r"\\(.)", r"\1", match[2])
    # A label that is an address itself is no label: the clients show it all as it stands, each address a link.
    if not state.links or not re.match(r"(?i)(?:https?|discord)://", target) or re.search(_URL, label):
        return None
    return Node("link", children=state.parse(label, links=False), target=target)


def _bare(match: re.Match[str], state: _State) -> Node | None:
    url = match[0]
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1]
    return Node("link", url, target=url) if state.links else None


def _bracketed(match: re.Match[str], state: _State) -> Node | None:
    return Node("link", children=(Node("text", match[1]),), target=match[1]) if state.links else None


def _address(match: re.Match[str], state: _State) -> Node | None:
    words = match[1].removeprefix("mailto:").removeprefix("tel:")
    scheme = "mailto" if "@" in words else "tel"
    return Node("link", children=(Node("text", words),), target=f"{scheme}:{words}") if state.links else None


def _mention(match: re.Match[str], _state: _State) -> Node:
    return Node("mention", match[0])


def _time(match: re.Match[str], _state: _State) -> Node:
    return Node("time", match[1], target=match[2] or "f")


def _emoji(match: re.Match[str], _state: _State) -> Node:
    return Node("emoji", match[1])


_Rule = tuple[re.Pattern[str], bool, _Maker]
_LIST = r"( *)([-*]|\d{1,9}\.) +(?=\S)"


def _rules(*rules: tuple[str, _Maker], at_start: bool = False) -> tuple[_Rule, ...]:
    return tuple((re.compile(pattern), at_start, make) for pattern, make in rules)


_QUOTE = _rules((r">>> ?(?P<rest>[\s\S]*)|(?P<rows>(?:> [^\n]*(?:\n|$))+)", _quote), at_start=True)
_RULES: Mapping[str, tuple[_Rule, ...]] = {
    "\\": _rules((r"\\([^0-9A-Za-z\s])", _escaped)),
    "`": _rules(
        (r"```(?:[A-Za-z0-9_+\-.#]+\n)?\n*([^\n][\s\S]*?)\n*```", _block),
        (r"(`+)([\s\S]*?[^`])\1(?!`)", _code),
    ),
    "<": _rules(
        (rf"<({_URL})>", _bracketed),
        (r"<((?:mailto:)?[^\s<>@:]+@[^\s<>@]+\.[^\s<>@]+|(?:tel:)?\+\d{5,15})>", _address),
        (r"<t:(-?\d{1,17})(?::([tTdDfFRsS]))?>", _time),
        (r"<@[!&]?\d+>|<#\d+>|<id:\w+(?:-\w+)*(?::\d+)?>|</[^:>\n]+:\d+>", _mention),
        (r"<a?(:\w{2,32}:)\d+>", _emoji),
    ),
    "@": _rules((r"@(?:everyone|here)", _mention)),
    "[": _rules(
        (_LABEL + _TARGET, _masked),
    ),
    **dict.fromkeys("hH", _rules((_URL, _bare))),
    **dict.fromkeys("dD", _rules((_INVITE, _bare))),
    "*": _rules(
        (r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)", _within("strong")),
        (r"\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^*\s\\]|\*\*)|[^\s*\\])+?)\*(?!\*)", _within("em")),
    ),
    "_": _rules(
        (r"__((?:\\[\s\S]|[^\\])+?)__(?!_)", _within("underline")),
        (r"\b_((?:__|\\[\s\S]|[^\\_])+?)_\b", _within("em")),
    ),
    "~": _rules((r"~~([\s\S]+?)~~(?!_)", _within("strike"))),
    "|": _rules((r"\|\|([\s\S]+?)\|\|", _within("spoiler"))),
}


class _Starts(dict[str, tuple[_Rule, ...]]):
    """The rules at the start of a line, by its first character."""

    def __missing__(self, first: str) -> tuple[_Rule, ...]:
        rules: tuple[_Rule, ...] = ()
        if first == "#":
            rules = _rules((r"(#{1,3}) +([^\n]+)", _heading), at_start=True)
        if first == "-":
            rules = _rules((r"-# +([^\n]+)", _small), at_start=True)
        if first in " -*" or first.isdigit():
            rules += _rules((_LIST, _item), at_start=True)
        if first == ">":
            rules = _QUOTE
        self[first] = rules + _RULES.get(first, ())
        return self[first]


_AT_START = _Starts()
