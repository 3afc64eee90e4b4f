"""What a repository was like at a commit: one commit, a file, the history of a path.

It is read from what is here. Only what belongs to the default branch's history is there: in a repository on this disk,
other branches may be nobody's business.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.source.git.credentials import with_token
from adapters.source.git.differences import Step, Unread
from adapters.source.git.failures import translate
from adapters.source.git.files import read_files, read_names
from adapters.source.git.history import commit_of, record_of, walk_path
from adapters.source.git.local import head_of, place_at
from adapters.source.git.locations import remote_location
from adapters.source.git.mirror import locked_mirror, mirror_folder, tip_of
from adapters.source.git.process import Git, GitError, GitStalled
from adapters.source.git.refs import as_sha
from adapters.source.git.settings import GitSettings
from adapters.source.git.survey import step_of
from adapters.source.git.view import Place, View, commit_named, is_ancestor, missing_objects, view_of
from bot.errors import ConfigurationError, SourceUnavailable
from bot.model import Commit, FileChange, Repository
from bot.ports import Credential, FileText, NoText

MOST_LINES = 400
"""How many lines of a file are read at a time."""
LONGEST_LINE = 4_000

_MOST_BYTES = 4 << 20
_MOST_BLOBS = 300
_SECONDS = 30.0
"""Somebody waits for an answer: whatever takes longer is not read."""
_PATH_BYTES = 4_096
_LOOKED_AT = 8_000
"""How many bytes git looks at to tell whether a file is binary."""
_ENTRY = re.compile(rb"(?P<mode>[0-7]{6}) (?P<kind>\w+) (?P<name>[0-9a-f]+)\t")
_FILES = (b"100644", b"100755", b"100664")


@dataclass(frozen=True, slots=True)
class _Opened:
    """A repository to be read; `url` is that of a mirror's server, and None on this disk."""

    view: View
    tip: str
    url: str | None


class GitArchive:
    """Reads repositories as they were. See `bot.ports.Archive`."""

    def __init__(self, settings: GitSettings, *, data_dir: Path, credential: Credential | None = None) -> None:
        """Read the mirrors that a `GitSource` of the same folder keeps."""
        self._settings = settings
        self._credential = credential
        self._mirrors = data_dir.absolute() / "mirrors"
        stall_limit = min(_SECONDS, settings.stall_limit.total_seconds())
        self._git = Git(settings.executable, min(_SECONDS, settings.time_limit.total_seconds()), stall_limit)

    async def commit(self, repository: Repository, digits: str) -> Commit | None:
        """Return the commit whose sha begins with these digits; its files' contents are brought here if need be."""
        wanted = as_sha(digits)
        if not wanted:
            return None
        async with self._opened(repository) as opened:
            sha = await _part_of_history(opened, wanted) if opened else None
            if not opened or not sha:
                return None
            record = await record_of(opened.view, sha)
            if sha in opened.view.shallow:
                return commit_of(record)
            return commit_of(record, files=await self._files(opened, step_of(record)))

    async def file(self, repository: Repository, sha: str, path: str, first: int, last: int) -> FileText | NoText:
        """Return lines of a file; `sha` may be digits of one."""
        wanted, given = as_sha(sha), _path(path)
        if not wanted or not given:
            return NoText.UNKNOWN
        async with self._opened(repository) as opened:
            whole = await _part_of_history(opened, wanted) if opened else None
            if not opened or not whole:
                return NoText.UNKNOWN
            said = await _literally(opened.view).git.run("ls-tree", "-z", "--full-tree", whole, "--", given)
            entry = _ENTRY.match(said)
            if not entry:
                return NoText.UNKNOWN
            if entry["mode"] not in _FILES:
                return NoText.OTHER
            blob = entry["name"].decode("ascii")
            if not await self._bring(opened, {blob}):
                message = f"The server of {repository.location} does not give out what a file holds."
                raise SourceUnavailable(message, remedy="Try again later.")
            return _lines(*await _content(opened.view, blob), first, last)

    async def history(self, repository: Repository, path: str, limit: int) -> Sequence[Commit]:
        """Return the newest landed changes that touch a path; where a clone is cut off, its last commit is none."""
        given = _path(path)
        if not given or limit < 1:
            return ()
        async with self._opened(repository) as opened:
            if not opened:
                return ()
            # At the end of a shallow history git takes every file for new.
            most = limit + len(opened.view.shallow)
            records = await walk_path(_literally(opened.view), opened.tip, given, most)
            landed = [record for record in records if record.sha not in opened.view.shallow]
            return tuple(commit_of(record) for record in landed[:limit])

    @asynccontextmanager
    async def _opened(self, repository: Repository) -> AsyncIterator[_Opened | None]:
        """Open what is here of a repository; None if it is empty, or was never read."""
        remote = remote_location(repository.location, allow_http=self._settings.allow_http)
        with _translated(repository.location):
            async with asyncio.timeout(_SECONDS):
                if remote:
                    folder = mirror_folder(self._mirrors, remote.url)
                    tip = await tip_of(self._git, folder)
                    place = Place.of_mirror(folder, tip or "")
                else:
                    place = await place_at(self._git, repository.location)
                    tip = (await head_of(self._git, place)).tip
                if not tip:
                    yield None
                    return
                with view_of(self._git, place) as view:
                    yield _Opened(view, tip, remote.url if remote else None)

    async def _files(self, opened: _Opened, step: Step) -> tuple[FileChange, ...]:
        async with aclosing(read_names(opened.view, [step])) as answers:
            names = await anext(answers)
        if isinstance(names, Unread):
            return ()
        await self._bring(opened, names.blobs)
        async with aclosing(read_files(opened.view, [step])) as answers:
            files = await anext(answers)
        return names.changes if isinstance(files, Unread) else files.changes

    async def _bring(self, opened: _Opened, blobs: set[str]) -> bool:
        """Bring contents here that a partial mirror lacks, and return whether it has them now; not if that is much."""
        missing = await missing_objects(opened.view, blobs)
        if not missing or not opened.url:
            return not missing
        if len(missing) > _MOST_BLOBS:
            return False
        git = await with_token(self._git, self._settings, self._credential, opened.url)
        async with locked_mirror(self._mirrors, opened.url, git, lambda: None) as mirror:
            return await mirror.fetch_named(missing)


@contextmanager
def _translated(location: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise translate(GitStalled("reading"), location) from None
    except GitError as error:
        raise translate(error, location) from error
    except OSError as error:
        message = f"The data directory or the one for temporary files cannot be used: {error.strerror}."
        raise ConfigurationError(message, remedy="Check the room on the disk, and who may write there.") from None


async def _part_of_history(opened: _Opened, digits: str) -> str | None:
    sha = await commit_named(opened.view, digits)
    return sha if sha and await is_ancestor(opened.view, sha, opened.tip) else None


def _literally(view: View) -> View:
    """Return the view in which a path is nothing but a path."""
    return replace(view, git=view.git.having(GIT_LITERAL_PATHSPECS="1"))


def _path(path: str) -> str | None:
    """Return a path that may be in a repository, or None if no such path can be."""
    given = path.strip("/")
    try:
        size = len(given.encode())
    except UnicodeEncodeError:
        return None
    parts = given.split("/")
    possible = 0 < size <= _PATH_BYTES and "\0" not in given and not {"", ".", ".."} & set(parts)
    return given if possible else None


async def _content(view: View, blob: str) -> tuple[bytes, bool]:
    """Return what a file holds, and whether that is all of it."""
    content = bytearray()
    async with view.git.stream(("cat-file", "blob", blob)) as stream:
        async for chunk in stream:
            content += chunk
            if len(content) > _MOST_BYTES:
                return bytes(content[:_MOST_BYTES]), False
        await stream.finish()
    return bytes(content), True


def _lines(content: bytes, whole: bool, first: int, last: int) -> FileText | NoText:
    if b"\0" in content[:_LOOKED_AT]:
        return NoText.OTHER
    lines = content.decode("utf-8", "replace").removesuffix("\n").split("\n") if content else []
    begin = max(1, first)
    end = min(last, begin + MOST_LINES - 1)
    chosen = lines[begin - 1 : max(begin - 1, end)]
    cut = end < min(last, len(lines)) or (not whole and last >= len(lines))
    cut = cut or any(len(line) > LONGEST_LINE for line in chosen)
    shown = tuple(line.removesuffix("\r")[:LONGEST_LINE] for line in chosen)
    return FileText(begin, shown, len(lines), cut)
