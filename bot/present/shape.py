"""The shape of a change: which files it touches and how much of them, in one line, from the data alone."""

import re
from collections.abc import Sequence
from posixpath import commonpath, dirname

from bot.model import Commit, FileChange, FileKind, FileStatus
from bot.present.blocks import Code, Spans, Text
from bot.present.labels import Labels
from bot.present.prose import joined

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


def shape(commit: Commit, labels: Labels, most: int = 4) -> Spans:
    """Return the files of a change (`most` of them by name, the largest first), its tests and its lines.

    The names are relative to the folder that all of them share.
    """
    if not commit.files:
        return (Text(labels.text("shape-empty")),)
    tests = [file for file in commit.files if _TEST.search(file.path)]
    others = [file for file in commit.files if not _TEST.search(file.path)]
    if not others:
        others, tests = tests, []
    parts = [_named(others, labels, most)]
    if tests:
        parts.append((Text(labels.text("shape-tests", count=len(tests))),))
    return joined((joined(parts, labels.text("list-separator")), _lines(commit, labels)), labels.text("dot"))


def _named(files: Sequence[FileChange], labels: Labels, most: int) -> Spans:
    # An added folder of forty files is best told by its largest ones.
    largest = sorted(files, key=lambda file: -((file.additions or 0) + (file.deletions or 0)))[:most]
    folder = commonpath([dirname(file.path) for file in files]) if len(files) > 1 else ""
    named = [_file(file, folder, labels) for file in largest]
    if rest := len(files) - len(largest):
        named.append((Text(labels.text("shape-more", count=rest)),))
    names = joined(named, labels.text("list-separator"))
    if not folder:
        return names
    return labels.spans("shape-folder", count=len(files), folder=(Code(f"{folder}/"),), files=names)


def _file(file: FileChange, folder: str, labels: Labels) -> Spans:
    name: Spans = (Code(_within(file.path, folder)),)
    marks: list[Spans] = []
    if file.status in _MARKS:
        previous: Spans = (Code(_within(file.previous_path or "", folder)),)
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


def _within(path: str, folder: str) -> str:
    return path.removeprefix(f"{folder}/") if folder else path


def _lines(commit: Commit, labels: Labels) -> Spans:
    if not commit.additions and not commit.deletions:
        return ()
    additions, deletions = labels.number(commit.additions), labels.number(commit.deletions)
    return (Text(labels.text("lines", additions=additions, deletions=deletions)),)
