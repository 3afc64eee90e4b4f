"""Which files a change touches, and by how many lines: git's raw and numeric differences, parsed as they come."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.source.git.differences import RENAMES, Step, Unread, compare
from adapters.source.git.messages import decode_path
from adapters.source.git.view import View
from bot.model import FileChange, FileKind, FileStatus

_STATUS = {
    b"A": FileStatus.ADDED,
    b"M": FileStatus.MODIFIED,
    b"D": FileStatus.DELETED,
    b"R": FileStatus.RENAMED,
    b"C": FileStatus.COPIED,
    b"T": FileStatus.TYPE_CHANGED,
}
_NO_MODE = b"000000"
_SUBMODULE = b"160000"
_KIND = {_SUBMODULE: FileKind.SUBMODULE, b"120000": FileKind.SYMLINK, b"100755": FileKind.EXECUTABLE}


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one change, and the names of the contents that its differences are made of."""

    changes: tuple[FileChange, ...]
    blobs: frozenset[str]


def read_files(view: View, steps: Sequence[Step]) -> AsyncGenerator[Files | Unread, None]:
    """Yield the files of each change, in their order, with renames and the numbers of lines."""
    return compare(view, ("-z", "--raw", "--numstat", *RENAMES), FilesParser, steps)


def read_names(view: View, steps: Sequence[Step]) -> AsyncGenerator[Files | Unread, None]:
    """Yield the files of each change without lines and renames, for which no file's content need be there."""
    return compare(view, ("-z", "--raw", "--no-renames"), FilesParser, steps)


class FilesParser:
    """Fields that end with NUL: the sha, then raw lines and their paths, then numbers of lines and their paths.

    Paths may hold anything but NUL. They are told from the rest by where they stand, never by how they look.
    """

    mark = "."
    _end = b".\n"

    def __init__(self) -> None:
        self._rest = b""
        self._start()

    def _start(self) -> None:
        self._seen = False
        self._raw: list[tuple[bytes, list[bytes]]] = []
        self._lines: dict[bytes, tuple[bytes, bytes]] = {}
        self._counts: tuple[bytes, bytes] | None = None
        self._due = 0
        self._paths: list[bytes] = []

    def feed(self, chunk: bytes) -> Iterator[Files | None]:
        """Take in a piece, and yield the changes that it ends; None for a commit that git does not have."""
        *fields, self._rest = (self._rest + chunk).split(b"\0")
        for field in fields:
            if self._due:
                self._take_path(field)
                continue
            while field.startswith(self._end):
                field = field.removeprefix(self._end)  # noqa: PLW2901 -- the mark has no field of its own
                yield self._finish()
            self._take(field)
        while not self._due and self._rest.startswith(self._end):
            self._rest = self._rest.removeprefix(self._end)
            yield self._finish()

    def _take(self, field: bytes) -> None:
        if field.startswith(b":"):
            self._paths = []
            self._raw.append((field, self._paths))
            self._due = 2 if field.rpartition(b" ")[2][:1] in b"RC" else 1
        elif b"\t" in field:
            added, deleted, path = field.split(b"\t", 2)
            if path:
                self._lines[path] = (added, deleted)
            else:  # a rename: both paths follow
                self._paths, self._counts, self._due = [], (added, deleted), 2
        else:
            self._seen = True

    def _take_path(self, path: bytes) -> None:
        self._paths.append(path)
        self._due -= 1
        if not self._due and self._counts:
            self._lines[path], self._counts = self._counts, None

    def _finish(self) -> Files | None:
        blobs: set[bytes] = set()
        changes = []
        for raw, paths in self._raw:
            before, after, old, new, status = raw[1:].split(b" ")
            blobs.update(blob for mode, blob in ((before, old), (after, new)) if mode not in (_SUBMODULE, _NO_MODE))
            changes.append(_file_change(before, after, status[:1], paths, self._lines.get(paths[-1])))
        files = Files(tuple(changes), frozenset(blob.decode("ascii") for blob in blobs)) if self._seen else None
        self._start()
        return files


def _file_change(
    before: bytes, after: bytes, status: bytes, paths: Sequence[bytes], lines: tuple[bytes, bytes] | None
) -> FileChange:
    mode = before if after == _NO_MODE else after
    change = FileChange(
        path=decode_path(paths[-1]),
        status=_STATUS.get(status, FileStatus.MODIFIED),
        kind=_KIND.get(mode, FileKind.REGULAR),
        additions=None,
        deletions=None,
        previous_path=decode_path(paths[0]) if len(paths) > 1 else None,
        mode_changed=_NO_MODE not in (before, after) and before != after,
    )
    if lines is None:
        return change
    if lines == (b"-", b"-"):
        return replace(change, binary=True)
    return replace(change, additions=int(lines[0]), deletions=int(lines[1]))
