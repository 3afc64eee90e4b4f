"""Reads the landed changes of a local repository for the benchmarks: plainly, with git alone, in one process.

It is deliberately no adapter: a measurement of the rules must not move when the way of reading repositories does.
"""

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.model import Commit, FileChange, FileKind, FilePatch, FileStatus, Patch, Person, PullRequest
from bot.ports import PatchLimits

_FORMAT = "%x01%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%B%x00"
_STATUS = {
    "A": FileStatus.ADDED,
    "C": FileStatus.COPIED,
    "D": FileStatus.DELETED,
    "M": FileStatus.MODIFIED,
    "R": FileStatus.RENAMED,
    "T": FileStatus.TYPE_CHANGED,
}
_KIND = {"100755": FileKind.EXECUTABLE, "120000": FileKind.SYMLINK, "160000": FileKind.SUBMODULE}
_BATCH = 500
_START = re.compile(r"\x01(?=[0-9a-f]{40}\x00)")
_FILE = re.compile(r"^(?=diff --git )", re.MULTILINE)
_NEW_PATH = re.compile(r"^(?:\+\+\+ b/|rename to )(.*?)\t?$", re.MULTILINE)
_ANY_PATH = re.compile(r" b/(.*)")
_PULL_REQUEST = re.compile(r"\(#(\d+)\)\s*$|^Merge pull request #(\d+)")


def git(repository: Path, *arguments: str) -> str:
    """Return what a git command prints, decoded leniently."""
    done = subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True)
    return done.stdout.decode(errors="backslashreplace")


def landed(repository: Path, revision: str = "HEAD", limit: int = 10_000) -> list[str]:
    """Return the names of the newest `limit` changes that a revision reaches by first parents, newest first."""
    return git(repository, "rev-list", "--first-parent", f"-{limit}", revision, "--").split()


def read_changes(repository: Path, shas: list[str]) -> Iterator[Commit]:
    """Yield the changes in the order asked for, without those whose objects are missing from the repository."""
    for record in _records(repository, shas, "--raw", "--numstat", "-z", f"--format={_FORMAT}"):
        yield _change(record)


def read_patches(repository: Path, shas: list[str], limits: PatchLimits) -> Iterator[Patch]:
    """Yield the patches of changes in the order asked for, without those whose objects are missing."""
    for record in _records(repository, shas, "-p", "--format=%x01%H%x00"):
        sha, _, text = record.partition("\x00")
        yield _patch(sha, text, limits)


def _records(repository: Path, shas: list[str], *options: str) -> Iterator[str]:
    """Yield what git shows of each change; where an object is missing git stops, so start again behind it."""
    command = ["git", "-C", str(repository), "-c", "core.quotePath=false", "log", "--no-walk=unsorted", "--stdin"]
    command += ["--first-parent", "-m", "-M", *options]
    at = 0
    while at < len(shas):
        batch = shas[at : at + _BATCH]
        done = subprocess.run(command, check=False, capture_output=True, input="\n".join(batch).encode())
        records = _START.split(done.stdout.decode(errors="backslashreplace"))[1:]
        if done.returncode:
            at += max(len(records), 1)
            records = records[:-1]
        else:
            at += len(batch)
        yield from records


def _change(record: str) -> Commit:
    sha, parents, name, email, authored, committed, message, tail = record.split("\x00", 7)
    number = _PULL_REQUEST.search(message.strip().partition("\n")[0])
    return Commit(
        sha=sha,
        parents=tuple(parents.split()),
        author=Person(name, email),
        co_authors=(),
        authored_at=datetime.fromtimestamp(int(authored), UTC),
        committed_at=datetime.fromtimestamp(int(committed), UTC),
        message=message,
        pull_request=PullRequest(int(number[1] or number[2])) if number else None,
        files=tuple(_files(tail)),
    )


def _files(tail: str) -> Iterator[FileChange]:
    """Join the two listings of git, which name the same paths in the same order: first the raw one, then the counts."""
    fields = iter(tail.strip("\n\x00").split("\x00"))
    raw: dict[str, tuple[FileStatus, FileKind, str | None]] = {}
    for field in fields:
        line = field.strip("\n")
        if line.startswith(":"):
            _, mode, _, _, status = line.split(" ")
            path = next(fields)
            previous = path if status[0] in "RC" else None
            path = next(fields) if previous else path
            raw[path] = (_STATUS.get(status[0], FileStatus.MODIFIED), _KIND.get(mode, FileKind.REGULAR), previous)
        elif line:
            added, deleted, path = line.split("\t", 2)
            if not path:
                next(fields)
                path = next(fields)
            status_, kind, previous = raw[path]
            binary = added == "-"
            yield FileChange(
                path=path,
                status=status_,
                kind=kind,
                additions=None if binary else int(added),
                deletions=None if binary else int(deleted),
                previous_path=previous,
                binary=binary,
            )


def _patch(sha: str, text: str, limits: PatchLimits) -> Patch:
    files: list[FilePatch] = []
    left = limits.change
    for part in _FILE.split(text)[1:]:
        head, mark, hunks = part.partition("\n@@")
        path = _NEW_PATH.search(head) or _ANY_PATH.search(head)
        if not mark or path is None:
            continue
        whole = "@@" + hunks
        keep = whole[: min(limits.file, left)]
        left -= len(keep)
        files.append(FilePatch(path[1].strip(), keep, len(whole), cut=len(keep) < len(whole)))
    return Patch(sha, tuple(files))
