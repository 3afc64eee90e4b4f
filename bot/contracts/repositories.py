r"""Real git repositories for tests, made by `git fast-import`: any number of commits in one go, the same every time.

    story = Story()
    first = story.commit("Begin", {"a.py": "x = 1\n"})
    story.commit("Go on", {"a.py": "x = 2\n"}, at=first_day)
    repository = story.write(tmp_path / "rocket")
    repository.sha(first)

Nothing of the user's git configuration is read.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGINNING = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When the first commit of a story is made, if it does not say; every other follows an hour after the one before."""

AUTHOR = "Ada Lovelace <ada@example.org>"

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.org",
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.org",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a path is made to be, where it is no ordinary file."""

    mode: str
    content: bytes


def executable(content: str) -> Entry:
    """Return a file that may be run."""
    return Entry("100755", content.encode())


def symlink(target: str) -> Entry:
    """Return a symbolic link."""
    return Entry("120000", target.encode())


def submodule(sha: str) -> Entry:
    """Return a submodule at a commit."""
    return Entry("160000", sha.encode())


Content = str | bytes | Entry | None
"""The text of a file, its bytes, something that is no ordinary file, or None to delete it.

Paths are text; bytes that are no UTF-8 are given as `os.fsdecode` gives them.
"""


@dataclass(frozen=True, slots=True)
class BuiltRepository:
    """A repository on this disk: its folder, and the commits of the story that it was made of."""

    path: Path
    shas: Mapping[int, str]

    @property
    def url(self) -> str:
        """Where it can be cloned from."""
        return self.path.as_uri()

    def sha(self, mark: int) -> str:
        """Return the name of a commit of the story."""
        return self.shas[mark]

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Run git in the repository, and return what it prints."""
        return run_git(*arguments, folder=self.path, stdin=stdin)

    def add(self, story: "Story") -> "BuiltRepository":
        """Add the commits of another story, whose first parents may be named by sha."""
        return story.write(self.path)


@dataclass
class Story:
    """Commits to be made."""

    branch: str = "main"
    script: bytearray = field(default_factory=bytearray)
    marks: int = 0
    clock: datetime = BEGINNING

    def commit(
        self,
        message: str | bytes,
        files: Mapping[str, Content] | None = None,
        *,
        at: datetime | str | None = None,
        authored: datetime | str | None = None,
        author: str | bytes = AUTHOR,
        encoding: str = "",
        parents: Sequence[int | str] | None = None,
        branch: str = "",
        renames: Mapping[str, str] | None = None,
    ) -> int:
        """Add a commit, and return its mark.

        `at` is the committer's date, or the raw text of one (`-1 +0000`). Without `parents` it follows the last commit
        of its branch; with an empty list it has none.
        """
        self.marks += 1
        committed = self._next(at)
        line = branch or self.branch
        if parents is not None and not parents:
            self._say(f"reset refs/heads/{line}\n")
        self._say(f"commit refs/heads/{line}\nmark :{self.marks}\n")
        self._say(b"author " + _bytes(author) + f" {_date(authored) if authored else committed}\n".encode())
        self._say(f"committer {AUTHOR} {committed}\n")
        if encoding:
            self._say(f"encoding {encoding}\n")
        self._data(_bytes(message))
        for number, parent in enumerate(parents or ()):
            self._say(f"{'merge' if number else 'from'} {f':{parent}' if isinstance(parent, int) else parent}\n")
        for old, new in (renames or {}).items():
            self._say(b"R " + _path(old) + b" " + _path(new) + b"\n")
        for path, content in (files or {}).items():
            self._file(path, content)
        self._say("\n")
        return self.marks

    def tag(self, name: str, mark: int, *, annotated: bool = False) -> None:
        """Tag a commit."""
        if annotated:
            self._say(f"tag {name}\nfrom :{mark}\ntagger {AUTHOR} {_date(self.clock)}\n")
            self._data(b"A release")
        else:
            self._say(f"reset refs/tags/{name}\nfrom :{mark}\n\n")

    def write(self, path: Path, *, bare: bool = True, object_format: str = "sha1") -> BuiltRepository:
        """Make the repository, or add to the one that is there; in a work tree, the branch is checked out.

        Objects are loose, so that a test can remove one, unless there are more than a thousand.
        """
        if not path.exists():
            bareness = ["--bare"] if bare else []
            run_git("init", "-q", *bareness, f"--object-format={object_format}", "-b", self.branch, str(path))
        marks = path / (".git" if (path / ".git").exists() else "") / "marks"
        options = ("--quiet", "--force", "--date-format=raw-permissive", f"--export-marks={marks}")
        run_git("-c", "fastimport.unpackLimit=1000", "fast-import", *options, folder=path, stdin=bytes(self.script))
        if (path / ".git").exists() and self.marks:
            run_git("reset", "-q", "--hard", folder=path)
        pairs = (line.split() for line in marks.read_text().splitlines())
        return BuiltRepository(path, {int(mark[1:]): sha for mark, sha in pairs})

    def _next(self, at: datetime | str | None) -> str:
        date = _date(self.clock if at is None else at)
        self.clock = (at if isinstance(at, datetime) else self.clock) + timedelta(hours=1)
        return date

    def _file(self, path: str, content: Content) -> None:
        if content is None:
            self._say(b"D " + _path(path) + b"\n")
        elif isinstance(content, Entry) and content.mode == "160000":
            self._say(b"M 160000 " + content.content + b" " + _path(path) + b"\n")
        else:
            entry = content if isinstance(content, Entry) else Entry("100644", _bytes(content))
            self._say(f"M {entry.mode} inline ".encode() + _path(path) + b"\n")
            self._data(entry.content)

    def _data(self, content: bytes) -> None:
        self._say(f"data {len(content)}\n".encode() + content + b"\n")

    def _say(self, line: str | bytes) -> None:
        self.script += _bytes(line)


def run_git(*arguments: str, folder: Path | None = None, stdin: bytes | None = None) -> str:
    """Run git without anybody's configuration, and return what it prints without the last line end."""
    run = subprocess.run(
        ["git", *arguments], cwd=folder, env=ENVIRONMENT, input=stdin, check=True, capture_output=True, timeout=120
    )
    return run.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _date(at: datetime | str) -> str:
    return at if isinstance(at, str) else f"{int(at.timestamp())} +0000"


def _path(path: str) -> bytes:
    escaped = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'
