"""What a reader sees of a markdown block: CommonMark with tables and strikethrough, and no HTML."""

from collections.abc import Iterator
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.fakes.slack_pieces import Piece, bare, pings_in
from tests.fakes.slack_world import World

_PARSER = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}


def markdown(text: str, world: World) -> list[list[Piece]]:
    """Return the lines of a markdown text, each as its pieces.

    Whether Slack interprets its own control sequences here is not documented, so they do ping, wherever they stand;
    such a mention is one more piece, without text, beside the characters that are seen.
    """
    lines: list[list[Piece]] = []
    heading = quote = False
    for token in _PARSER.parse(text):
        if token.type in ("heading_open", "heading_close"):
            heading = token.nesting == 1
        if token.type in ("blockquote_open", "blockquote_close"):
            quote = token.nesting == 1
        if token.type in ("fence", "code_block"):
            lines.append([Piece(token.content.rstrip("\n"), frozenset({"pre"}))])
        if token.type == "inline":
            style = frozenset({name for name, on in (("bold", heading), ("quote", quote)) if on})
            lines += _inline(token.children or [], world, style)
    mentions = [replace(piece, text="") for piece in pings_in(text, world)]
    return [*lines[:-1], [*(lines[-1] if lines else []), *mentions]]


def _inline(tokens: list[Token], world: World, style: frozenset[str]) -> Iterator[list[Piece]]:
    line: list[Piece] = []
    url = ""
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.type in ("softbreak", "hardbreak"):
            yield line
            line = []
        elif name == "link":
            url = str(token.attrs["href"]) if token.nesting == 1 else ""
        elif name in _STYLES:
            style = style | {_STYLES[name]} if token.nesting == 1 else style - {_STYLES[name]}
        elif token.type == "image":
            line.append(Piece(token.content or str(token.attrs["src"]), style, str(token.attrs["src"]), "syntax"))
        elif url:
            line.append(Piece(token.content, style, url, "syntax"))
        elif token.type == "code_inline":
            line.append(Piece(token.content, style | {"code"}))
        else:
            line += bare(token.content, world, style)
    yield line
