"""Changes that tests write themselves."""

from datetime import UTC, datetime

from bot.model import (
    BroughtCommit,
    Commit,
    FileChange,
    FileKind,
    FilePatch,
    FileStatus,
    Patch,
    Person,
    PullRequest,
)

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
MIRA = Person("Mira Lindqvist", "mira@example.org")


def file(
    path: str,
    additions: int = 12,
    deletions: int = 3,
    status: FileStatus = FileStatus.MODIFIED,
    previous: str | None = None,
) -> FileChange:
    """Return what a change does to one file."""
    return FileChange(path, status, FileKind.REGULAR, additions, deletions, previous)


def change(
    message: str,
    *files: FileChange | str,
    author: Person = MIRA,
    pull_request: PullRequest | None = None,
    brought: tuple[BroughtCommit, ...] = (),
) -> Commit:
    """Return a change; a path alone stands for a file that is changed a little."""
    return Commit(
        sha="c0ffee" + "0" * 34,
        parents=("f00d" + "0" * 36,),
        author=author,
        co_authors=(),
        authored_at=NOON,
        committed_at=NOON,
        message=message,
        pull_request=pull_request,
        brought=brought,
        files=tuple(file(item) if isinstance(item, str) else item for item in files),
    )


def patch(text: str, path: str = "engine/scheduler.py", *, cut: bool = False) -> Patch:
    """Return a patch of one file whose hunk has these lines."""
    hunk = f"@@ -1,9 +1,9 @@\n{text}"
    return Patch("c0ffee" + "0" * 34, (FilePatch(path, hunk, len(hunk), cut),))
