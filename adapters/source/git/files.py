"""Which files a change touches: git's raw differences, parsed as they come."""

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
    """Yield the files of each change, in their order, with renames; their lines are not counted yet."""
    return compare(view, ("-z", "--raw", *RENAMES), FilesParser, steps)


def read_names(view: View, steps: Sequence[Step]) -> AsyncGenerator[Files | Unread, None]:
    """Yield the files of each change without renames, for which no file's content need be there."""
    return compare(view, ("-z", "--raw", "--no-renames"), FilesParser, steps)


class FilesParser:
    """Fields that end with NUL: the sha, then raw lines and their paths.

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
        self._due = 0

    def feed(self, chunk: bytes) -> Iterator[Files | None]:
        """Take in a piece, and yield the changes that it ends; None for a commit that git does not have."""
        *fields, self._rest = (self._rest + chunk).split(b"\0")
        for field in fields:
            if self._due:
                self._raw[-1][1].append(field)
                self._due -= 1
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
            self._raw.append((field, []))
            self._due = 2 if field.rpartition(b" ")[2][:1] in b"RC" else 1
        else:
            self._seen = True

    def _finish(self) -> Files | None:
        files = None
        if self._seen:
            changes = tuple(_file_change(raw, paths) for raw, paths in self._raw)
            files = Files(changes, tuple(raw for raw, _ in self._raw))
        self._start()
        return files


def _file_change(raw: bytes, paths: Sequence[bytes]) -> FileChange:
    before, after, status = raw[1:7], raw[8:14], raw[raw.rindex(b" ") + 1 :][:1]
    mode = before if after == _NO_MODE else after
    return FileChange(
        path=decode_path(paths[-1]),
        status=_STATUS.get(status, FileStatus.MODIFIED),
        kind=_KIND.get(mode, FileKind.REGULAR),
        additions=None,
        deletions=None,
        previous_path=decode_path(paths[0]) if len(paths) > 1 else None,
        mode_changed=_NO_MODE not in (before, after) and before != after,
    )
