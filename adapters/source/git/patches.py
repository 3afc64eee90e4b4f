"""The patches of many changes, read as a stream and cut while they pass: no patch is ever whole in memory."""

import codecs
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
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
_HEADER_KEPT = 1 << 16
"""More than git's lines before the first hunk can be: a few quoted paths of 4,096 bytes, each four times as long."""

_MOVED_TO = re.compile(rb"^(?:rename|copy) to (.*)$", re.MULTILINE)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}

FilePatches = tuple[FilePatch, ...]


def read_patches(view: View, steps: Sequence[Step], limits: PatchLimits) -> AsyncGenerator[FilePatches | Unread, None]:
    """Yield the patch of each change, in their order, cut to the limits. A file without hunks is left out."""
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
        self._files: list[FilePatch] = []
        self._left = self._change_limit
        self._clear_section()

    def _clear_section(self) -> None:
        self._section = bytearray()
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[FilePatches | None]:
        """Take in a piece, and yield the changes that it ends; None for a commit that git does not have."""
        data, begin = self._rest + chunk, 0
        while True:
            if self._at_start:
                if len(data) - begin < len(self._marked):
                    break
                self._at_start = False
                self._in_file = not data.startswith(self._marked, begin)
                if not self._in_file:
                    yield tuple(self._files) if self._seen else None
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
        self._size += end - begin
        room = self._file_limit + _HEADER_KEPT - len(self._section)
        self._section += data[begin : min(end, begin + room)]

    def _end_file(self) -> None:
        begin = self._section.find(_HUNKS) + 1
        if begin:
            self._add(_path(bytes(self._section[:begin])), begin)
        self._clear_section()

    def _add(self, path: str, begin: int) -> None:
        size = self._size - begin
        kept = min(size, self._file_limit, self._left)
        self._left -= kept
        hunks = bytes(self._section[begin : begin + kept])
        # A character of which the limit left only a part is not shown as a broken one.
        text = codecs.getincrementaldecoder("utf-8")("replace").decode(hunks, final=kept == size)
        patch = FilePatch(path, text, size, cut=kept < size)
        if self._files and self._files[-1].path == path:  # a file that became a link is deleted and added
            before = self._files.pop()
            patch = FilePatch(path, before.text + text, before.size + size, cut=before.cut or patch.cut)
        self._files.append(patch)


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
