"""The patches of many changes, read as a stream, counted and cut while they pass: no patch is ever whole in memory."""

import codecs
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from adapters.source.git.differences import RENAMES, Step, Unread, compare
from adapters.source.git.messages import decode_path
from adapters.source.git.view import View
from bot.model import FilePatch
from bot.ports import PatchLimits

# The prefixes are what the paths are read by.
_PATCH = ("--patch", "--inter-hunk-context=0", "--submodule=short", "--src-prefix=a/", "--dst-prefix=b/")
_SECTION = b"\ndiff --git "
_HUNKS = b"\n@@ "
_BINARY = b"\nBinary files "
_HEADER_KEPT = 1 << 16
"""More than git's lines before the first hunk can be: a few quoted paths of 4,096 bytes, each four times as long."""

_MOVED_TO = re.compile(rb"^(?:rename|copy) to (.*)$", re.MULTILINE)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}


@dataclass(frozen=True, slots=True)
class Section:
    """What git shows of one path: its changed lines, all of them counted, and its hunks, if it has any."""

    path: str
    additions: int
    deletions: int
    binary: bool
    patch: FilePatch | None


Sections = tuple[Section, ...]


def read_patches(view: View, steps: Sequence[Step], limits: PatchLimits) -> AsyncGenerator[Sections | Unread, None]:
    """Yield the patch of each change, in their order, cut to the limits."""
    return compare(
        view, (*_PATCH, f"--unified={max(limits.context, 0)}", *RENAMES), partial(PatchParser, limits), steps
    )


class PatchParser:
    """The sha on a line, then a section for each file; the mark is made to look like the beginning of one.

    Lines of a hunk never begin like a section, and git quotes line ends in paths, so nothing that a commit contains
    can be taken for the end of a section. No more of a section is kept than the limit for a file.
    """

    mark = "diff --git ."
    _marked = b".\n"

    def __init__(self, limits: PatchLimits) -> None:
        self._file_limit, self._change_limit = max(limits.file, 0), max(limits.change, 0)
        self._rest = b"\n"
        self._at_start = False
        self._in_file = False
        self._reset()

    def _reset(self) -> None:
        self._seen = False
        self._sections: list[Section] = []
        self._left = self._change_limit
        self._clear_section()

    def _clear_section(self) -> None:
        self._section = bytearray()
        self._size = 0
        self._hunks = -1
        self._added = self._deleted = 0
        self._ended_line = False

    def feed(self, chunk: bytes) -> Iterator[Sections | None]:
        """Take in a piece, and yield the changes that it ends; None for a commit that git does not have."""
        data, begin = self._rest + chunk, 0
        while True:
            if self._at_start:
                if len(data) - begin < len(self._marked):
                    break
                self._at_start = False
                self._in_file = not data.startswith(self._marked, begin)
                if not self._in_file:
                    yield tuple(self._sections) if self._seen else None
                    self._reset()
                    begin += 1  # the mark's own line end may be what the next section begins with
            if (end := data.find(_SECTION, begin)) < 0:
                break
            self._take(data, begin, end + 1)
            if self._in_file:
                self._end_file()
            begin = end + len(_SECTION)
            self._at_start = True
        keep = begin if self._at_start else max(begin, len(data) - len(_SECTION) + 1)
        self._take(data, begin, keep)
        self._rest = data[keep:]

    def _take(self, data: bytes, begin: int, end: int) -> None:
        if not self._in_file:
            self._seen = self._seen or bool(data[begin:end].strip())
            return
        known = len(self._section)
        self._size += end - begin
        room = self._file_limit + _HEADER_KEPT - known
        self._section += data[begin : min(end, begin + room)]
        if self._hunks < 0:
            self._hunks = self._section.find(_HUNKS, max(0, known - len(_HUNKS) + 1))
            begin_of_lines = begin + max(0, self._hunks - known)
        else:
            begin_of_lines = begin
        if self._hunks >= 0:
            self._count(data, begin_of_lines, end)

    def _count(self, data: bytes, begin: int, end: int) -> None:
        """Count the lines that begin with a sign; one may begin where the piece does."""
        sign = data[begin : begin + 1] if self._ended_line and begin < end else b""
        self._added += data.count(b"\n+", begin, end) + (sign == b"+")
        self._deleted += data.count(b"\n-", begin, end) + (sign == b"-")
        self._ended_line = data.endswith(b"\n", begin, end)

    def _end_file(self) -> None:
        begin = self._hunks + 1
        header = bytes(self._section[:begin] if begin else self._section)
        path = _path(header)
        self._add(
            Section(path, self._added, self._deleted, _BINARY in header, self._patch(path, begin) if begin else None)
        )
        self._clear_section()

    def _patch(self, path: str, begin: int) -> FilePatch:
        size = self._size - begin
        kept = min(size, self._file_limit, self._left)
        self._left -= kept
        hunks = bytes(self._section[begin : begin + kept])
        # A character of which the limit left only a part is not shown as a broken one.
        text = codecs.getincrementaldecoder("utf-8")("replace").decode(hunks, final=kept == size)
        return FilePatch(path, text, size, cut=kept < size)

    def _add(self, section: Section) -> None:
        if self._sections and self._sections[-1].path == section.path:
            section = _joined(self._sections.pop(), section)
        self._sections.append(section)


def _joined(first: Section, second: Section) -> Section:
    """Return as one what git shows in two: a file that became a link is deleted and added."""
    patch = second.patch or first.patch
    if first.patch and second.patch:
        text, size = first.patch.text + second.patch.text, first.patch.size + second.patch.size
        patch = FilePatch(first.path, text, size, cut=first.patch.cut or second.patch.cut)
    return Section(
        path=first.path,
        additions=first.additions + second.additions,
        deletions=first.deletions + second.deletions,
        binary=first.binary or second.binary,
        patch=patch,
    )


def _path(header: bytes) -> str:
    """Return the path that a section is about: said in words for a rename, else twice in the first line."""
    if moved := _MOVED_TO.search(header):
        return decode_path(_unquoted(moved[1]))
    names = header.partition(b"\n")[0]
    return decode_path(_unquoted(names[len(names) // 2 + 1 :]).removeprefix(b"b/"))


def _unquoted(path: bytes) -> bytes:
    if not path.startswith(b'"'):
        return path
    return _ESCAPE.sub(lambda match: _unescaped(match[1]), path[1:-1])


def _unescaped(escape: bytes) -> bytes:
    return bytes([int(escape, 8)]) if len(escape) == 3 else _ESCAPED.get(escape, escape)
