"""The hunks of a file's patch, with as little around the changed lines as tells where they are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)", re.DOTALL)
_CONTEXT = 1
"""How many unchanged lines stay around changed ones."""
_SECTION = 20
"""Lines that a section of a long hunk has at least."""
_BEGINS = re.compile(r"[+-][^\s)}\]#/]")
"""A changed line with which something begins, after an empty one."""
LONGEST_SHOWN = 1_000
"""Characters of a line that are shown."""
_SHORTENED = " characters]"


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines of one file. `start` and `count` are the lines that it has in the new file.

    `text` is its header and its lines, without the last line end; `shortened` is whether lines are missing from it or
    are not shown to their end.
    """

    text: str
    start: int
    count: int
    shortened: bool = False

    @property
    def lines(self) -> range:
        """The numbers of its lines in the new file; empty where nothing is left of them."""
        return range(self.start, self.start + self.count)

    @property
    def body(self) -> str:
        """Its lines without the header."""
        return self.text.partition("\n")[2]


def shorten(line: str, length: int) -> str:
    """Return a line as it is shown, given how many characters it has in all."""
    return line if length <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]} [… a line of {length}{_SHORTENED}"


def parse(lines: list[str]) -> Iterator[Hunk]:
    """Yield the hunks of a patch, in their order; of a patch that was cut, the last one as far as it goes."""
    begin = 0
    while begin < len(lines):
        header = _HEADER.match(lines[begin])
        if header is None:
            begin += 1
            continue
        old, new = _count(header[2]), _count(header[4])
        end = begin + 1
        while end < len(lines) and (old > 0 or new > 0 or lines[end].startswith("\\")):
            sign = lines[end][:1]
            old -= sign in ("-", " ", "")
            new -= sign in ("+", " ", "")
            end += 1
        yield from _narrowed(header, lines[begin + 1 : end], cut=old > 0 or new > 0)
        begin = end


def _count(number: str | None) -> int:
    return 1 if number is None else int(number)


def _narrowed(header: re.Match[str], lines: list[str], *, cut: bool) -> Iterator[Hunk]:
    """Yield the parts of a hunk that are left without the unchanged lines between and around its changes."""
    old, new = int(header[1]), int(header[3])
    # Where a side has no lines, git names the line before it.
    old += header[2] == "0"
    new += header[4] == "0"
    heading = header[5].rstrip()
    at = 0
    parts = [section for part in _parts(lines) for section in _sections(lines, *part)]
    for begin, end in parts:
        skipped = [line[:1] for line in lines[at:begin]]
        old += len(skipped) - skipped.count("\\")
        new += len(skipped) - skipped.count("\\")
        kept = lines[begin:end]
        olds = sum(line[:1] in ("-", " ", "") for line in kept)
        news = sum(line[:1] in ("+", " ", "") for line in kept)
        span = f"@@ -{_span(old, olds)} +{_span(new, news)} @@{heading}"
        shortened = (cut and end == parts[-1][1]) or any(line.endswith(_SHORTENED) for line in kept)
        yield Hunk("\n".join((span, *kept)), new, news, shortened)
        old, new, at, heading = old + olds, new + news, end, ""


def _span(start: int, count: int) -> str:
    return f"{start - (count == 0)},{count}" if count != 1 else f"{start}"


def _parts(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where the changed lines begin and end, with their context; what is close together is one part."""
    begin, end = -1, -1
    for number, line in enumerate(lines):
        if line[:1] not in ("+", "-"):
            continue
        if begin >= 0 and number - end > 2 * _CONTEXT + 1:
            yield begin, _tail(lines, end)
            begin = -1
        if begin < 0:
            begin = max(0, number - _CONTEXT)
        end = number + 1
    if begin >= 0:
        yield begin, _tail(lines, end)


def _sections(lines: list[str], begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a part in sections that can be shown by themselves: a new file is one hunk, whatever it holds."""
    at = begin
    for number in range(begin + _SECTION, end - _SECTION // 2):
        if number - at >= _SECTION and _BEGINS.match(lines[number]) and not lines[number - 1][1:].strip():
            yield at, number
            at = number
    yield at, end


def _tail(lines: list[str], end: int) -> int:
    """Return where a part ends: after its context, and after git's word on a missing line end."""
    context = _CONTEXT
    while end < len(lines) and (context or lines[end].startswith("\\")):
        context -= not lines[end].startswith("\\")
        end += 1
    return end
