"""Which files a change touches, and by how many lines: git's raw and numeric differences, parsed as they come."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass

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
_BINARY = (b"-", b"-")
_KIND = {_SUBMODULE: FileKind.SUBMODULE, b"120000": FileKind.SYMLINK, b"100755": FileKind.EXECUTABLE}


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one change, and git's raw lines of them."""

    changes: tuple[FileChange, ...]
    raw: tuple[bytes, ...]

    @property
    def blobs(self) -> set[str]:
        """The names of the contents that the differences are made of; a submodule has none here."""
        lines = (raw[1:].split(b" ") for raw in self.raw)
        sides = (side for before, after, old, new, _ in lines for side in ((before, old), (after, new)))
        return {blob.decode("ascii") for mode, blob in sides if mode not in (_SUBMODULE, _NO_MODE)}


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
        files = None
        if self._seen:
            changes = tuple(_file_change(raw, paths, self._lines.get(paths[-1])) for raw, paths in self._raw)
            files = Files(changes, tuple(raw for raw, _ in self._raw))
        self._start()
        return files


def _file_change(raw: bytes, paths: Sequence[bytes], lines: tuple[bytes, bytes] | None) -> FileChange:
    before, after, status = raw[1:7], raw[8:14], raw[raw.rindex(b" ") + 1 :][:1]
    mode = before if after == _NO_MODE else after
    binary = lines == _BINARY
    counted = lines if lines and not binary else None
    return FileChange(
        path=decode_path(paths[-1]),
        status=_STATUS.get(status, FileStatus.MODIFIED),
        kind=_KIND.get(mode, FileKind.REGULAR),
        additions=int(counted[0]) if counted else None,
        deletions=int(counted[1]) if counted else None,
        previous_path=decode_path(paths[0]) if len(paths) > 1 else None,
        binary=binary,
        mode_changed=_NO_MODE not in (before, after) and before != after,
    )
