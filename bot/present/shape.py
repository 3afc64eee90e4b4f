"""The shape of a change: which files it touches and how much of them, in one line, from the data alone."""

import re
from collections.abc import Sequence
from posixpath import commonprefix

from bot.model import Commit, FileChange, FileKind, FileStatus
from bot.present.blocks import Code, Spans, Text
from bot.present.labels import Labels
from bot.present.prose import joined

# How many files are named; the rest are counted.
FILES_NAMED = 4
FILES_NAMED_IN_FULL = 8

# A path with this many folders takes a phone's line and more.
_DEEP = 3

_TEST = re.compile(
    r"(^|/)(tests?|testing|testdata|specs?|__tests__)/|(^|/)test_[^/]*$|[._-](test|tests|spec)\.[^/]*$", re.IGNORECASE
)
_MARKS = {
    FileStatus.ADDED: "file-added",
    FileStatus.DELETED: "file-deleted",
    FileStatus.RENAMED: "file-renamed",
    FileStatus.COPIED: "file-copied",
    FileStatus.TYPE_CHANGED: "file-type-changed",
}


def shape(commit: Commit, labels: Labels, *, in_full: bool = False) -> Spans:
    """Return the files of a change, the largest by name, its tests and its lines.

    The names are relative to the folder that all of them share. A message names few files, and of a deep one the last
    folder only; `in_full` names more of them, with their whole paths.
    """
    if not commit.files:
        return (Text(labels.text("shape-empty")),)
    tests = [file for file in commit.files if _TEST.search(file.path)]
    others = [file for file in commit.files if not _TEST.search(file.path)]
    if not others:
        others, tests = tests, []
    parts = [_named(others, labels, in_full=in_full)]
    if tests:
        parts.append((Text(labels.text("shape-tests", count=len(tests))),))
    return joined((joined(parts, labels.text("list-separator")), _lines(commit, labels)), labels.text("dot"))


def _named(files: Sequence[FileChange], labels: Labels, *, in_full: bool) -> Spans:
    # An added folder of forty files is best told by its largest ones.
    ranked = sorted(files, key=lambda file: -((file.additions or 0) + (file.deletions or 0)))
    largest = ranked[: FILES_NAMED_IN_FULL if in_full else FILES_NAMED]
    folder = _shared_folder(files)
    named = [_file(file, folder, labels, in_full=in_full) for file in largest]
    if rest := len(files) - len(largest):
        named.append((Text(labels.text("shape-more", count=rest)),))
    names = joined(named, labels.text("list-separator"))
    if not folder:
        return names
    return labels.spans("shape-folder", count=len(files), folder=(Code(folder),), files=names)


def _shared_folder(files: Sequence[FileChange]) -> str:
    """Return the deepest folder that holds all of the files, with its slash; empty for one file."""
    if len(files) == 1:
        return ""
    shared = commonprefix([file.path.split("/")[:-1] for file in files])
    return "".join(f"{name}/" for name in shared)


def _file(file: FileChange, folder: str, labels: Labels, *, in_full: bool) -> Spans:
    name: Spans = (Code(_short(file.path, folder, in_full=in_full)),)
    marks: list[Spans] = []
    if file.status in _MARKS:
        # A file that stays in its folder is told by its former name alone.
        home = file.path.rpartition("/")[0] + "/"
        before = file.previous_path or ""
        near = before.removeprefix(home) if "/" not in before.removeprefix(home) else before
        previous: Spans = (Code(_short(near, folder, in_full=in_full)),)
        marks.append(labels.spans(_MARKS[file.status], previous=previous))
    for holds, mark in (
        (file.binary, "file-binary"),
        (file.kind is FileKind.SUBMODULE, "file-submodule"),
        (file.mode_changed, "file-mode"),
    ):
        marks += [(Text(labels.text(mark)),)] if holds else []
    if not marks:
        return name
    return labels.spans("file-marked", file=name, marks=joined(marks, labels.text("list-separator")))


def _short(path: str, folder: str, *, in_full: bool) -> str:
    name = path.removeprefix(folder)
    if in_full or name.count("/") < _DEEP:
        return name
    return "…/" + "/".join(name.split("/")[-2:])


def _lines(commit: Commit, labels: Labels) -> Spans:
    if not commit.additions and not commit.deletions:
        return ()
    additions, deletions = labels.number(commit.additions), labels.number(commit.deletions)
    return (Text(labels.text("lines", additions=additions, deletions=deletions)),)
