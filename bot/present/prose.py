"""Text from outside -> spans: plain text in one line, with `names from the code` as code."""

import re
from collections.abc import Iterable
from itertools import chain

from bot.present.blocks import Bold, Code, Link, Span, Spans, Text

# A run of backticks, anything without a backtick run of the same length, and the same run again, as in CommonMark.
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]{1,200})(?<!`)\1(?!`)")
_SPACE = re.compile(r"\s+")


def prose(text: str) -> Spans:
    """Return text as spans. White space becomes single spaces; what stands between backticks becomes code."""
    line = _SPACE.sub(" ", text).strip()
    spans: list[Span] = []
    end = 0
    for found in _CODE.finditer(line):
        name = found[2].strip()
        if not name:
            continue
        spans += [Text(line[end : found.start()])] if found.start() > end else []
        spans.append(Code(name))
        end = found.end()
    spans += [Text(line[end:])] if end < len(line) else []
    return tuple(spans)


def bold(spans: Spans) -> Spans:
    """Return the spans with their plain text in bold. The spaces at its ends stay plain: no markup takes them."""
    return tuple(chain.from_iterable(_bold(span) for span in spans))


def _bold(span: Span) -> Spans:
    if not isinstance(span, Text) or not (words := span.text.strip()):
        return (span,)
    before, _, after = span.text.partition(words)
    return (*((Text(before),) if before else ()), Bold(words), *((Text(after),) if after else ()))


def joined(parts: Iterable[Spans], separator: str) -> Spans:
    """Return the parts that are not empty, with the separator between them."""
    spans: list[Span] = []
    for part in parts:
        if part:
            spans += [Text(separator)] if spans else []
            spans += part
    return tuple(spans)


def plain(spans: Spans) -> str:
    """Return the words of spans, with code between backticks."""
    return "".join(f"`{span.text}`" if isinstance(span, Code) else span.text for span in spans)


def linked(text: str, url: str | None) -> Spans:
    """Return a name that leads to its page, or the name as code where there is no page."""
    return (Link(text, url),) if url else (Code(text),)
