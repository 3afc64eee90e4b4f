"""Reads what a question may be answered from. See `bot.answer.material.Material`."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime

from bot.answer.material import Absence, Missing, Omission, Reading, Unit, joined
from bot.answer.passages import of_change, of_diff, of_file, of_history, of_message, of_pull_request
from bot.answer.querying import Query, understand
from bot.answer.retrieval import Found, rank
from bot.digest.diffs import PATCH_LIMITS
from bot.digest.indexing import indexed
from bot.errors import ConfigurationError, RepositoryNotFound, SourceError, SourceUnavailable
from bot.model import Commit, Digest, Entry, Patch, PullRequest, Repository
from bot.ports import Archive, ChangeIndex, NoText, PullRequests, Source

_LEAST_DIGITS = 4
_MOST_DIGITS = 64
_MOST_NAMES = 20
_MOST_FOUND = 50
_LONGEST_NAME = 200
_SECONDS = 30.0
_FURTHEST = 10_000_000
_UNREADABLE = (RepositoryNotFound, SourceUnavailable, SourceError, ConfigurationError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Shelves:
    """Where material is: what was digested, the repositories themselves, and what a code host said."""

    index: ChangeIndex
    archive: Archive
    source: Source
    pull_requests: PullRequests


class Library:
    """The material of some repositories, with the digests that a question is about."""

    def __init__(
        self,
        shelves: Shelves,
        repositories: Sequence[Repository],
        digests: Sequence[Digest],
        now: datetime,
        timezone: str,
    ) -> None:
        """Read in these repositories alone. `now` (aware) and `timezone` (an IANA name) say what a day is."""
        self._shelves = shelves
        self._now = now
        self._timezone = timezone
        self._repositories = {repository.full_name: repository for repository in repositories}
        self._entries: dict[tuple[str, str], Entry] = {
            (digest.repository.full_name, entry.commit.sha): entry
            for digest in digests
            if digest.repository.full_name in self._repositories
            for entry in digest.entries
        }

    async def changes(self, names: Sequence[str]) -> Reading:
        """Return what is known of changes by their names."""
        readings = [await self._change(name) for name in dict.fromkeys(names[:_MOST_NAMES])]
        left = (Omission(Unit.CHANGES, len(names) - _MOST_NAMES),) if len(names) > _MOST_NAMES else ()
        return joined([*readings, Reading(omitted=left)])

    async def commit(self, sha: str) -> Reading:
        """Return the message of a commit, and its pull request."""
        return await _tried(sha, self._commit(sha))

    async def diff(self, sha: str, path: str | None, tokens: int) -> Reading:
        """Return what a commit changes."""
        return await _tried(path or sha, self._diff(sha, path, tokens))

    async def file(self, sha: str, path: str, first: int = 1, last: int | None = None) -> Reading:
        """Return lines of a file."""
        return await _tried(path, self._file(sha, path, first, last))

    async def history(self, path: str, limit: int) -> Reading:
        """Return the changes that touch a path; where several repositories have it, of each."""
        most = max(1, min(limit, _MOST_FOUND))
        readings = [await _tried(path, self._history(each, path, most)) for each in self._repositories.values()]
        found = joined(readings)
        return found if found.passages or found.missing else _missing(path, Absence.UNKNOWN)

    async def search(
        self, query: str, limit: int, since: datetime | None = None, until: datetime | None = None
    ) -> Reading:
        """Return the changes that a text is most likely about."""
        asked = understand(query, self._now, self._timezone)
        if since or until:
            asked = replace(asked, since=since, until=until)
        index, scope = self._shelves.index, tuple(self._repositories)
        named = await self._named(asked)
        matches = await index.matching(scope, asked.terms, since=asked.since, until=asked.until)
        ranked = rank(asked, named, matches, self._entries.keys(), self._now)
        shown = ranked[: max(0, min(limit, _MOST_FOUND))]
        left = len(ranked) - len(shown) + (matches.left if ranked else 0)
        missing = _unnamed(asked, named) if not (since or until) else ()
        omitted = (Omission(Unit.CHANGES, left),) if left else ()
        return Reading(tuple(of_change(*found, self._timezone) for found in shown), omitted, missing)

    async def _commit(self, sha: str) -> Reading:
        repository, commit = await self._one(sha)
        request = await self._pull_request(repository, commit)
        return joined([of_message(repository, commit, self._timezone), of_pull_request(repository, commit, request)])

    async def _diff(self, sha: str, path: str | None, tokens: int) -> Reading:
        repository, commit = await self._one(sha)
        if path is not None:
            chosen = _path_in(commit, path)
            commit = replace(commit, files=tuple(file for file in commit.files if file.path == chosen))
        patch = await self._patch(repository, commit)
        if patch.unread:
            raise _AbsentError(sha, Absence.UNREADABLE)
        return of_diff(repository, commit, patch, tokens)

    async def _file(self, sha: str, path: str, first: int, last: int | None) -> Reading:
        repository, commit = await self._one(sha)
        wanted = (max(1, first), _FURTHEST if last is None else last)
        text = await self._shelves.archive.file(repository, commit.sha, path, *wanted)
        if isinstance(text, NoText):
            raise _AbsentError(path, Absence.UNKNOWN if text is NoText.UNKNOWN else Absence.NO_TEXT)
        return of_file(repository, commit.sha, path.strip("/"), text, last)

    async def _history(self, repository: Repository, path: str, limit: int) -> Reading:
        commits = await self._shelves.archive.history(repository, path, limit + 1)
        return of_history(repository, path.strip("/"), commits, limit, self._timezone)

    async def _change(self, name: str) -> Reading:
        wanted = Query(numbers=_numbers(name), digits=_digits(name))
        found = await self._named(wanted)
        if not found:
            return _missing(name, Absence.UNKNOWN)
        if wanted.digits and len(found) > 1:
            return _missing(name, Absence.AMBIGUOUS)
        return Reading(tuple(of_change(*each, self._timezone) for each in found))

    async def _named(self, asked: Query) -> Sequence[Found]:
        """Return the changes that a query names, those of the thread's digests as these have them."""
        if not asked.numbers and not asked.digits:
            return ()
        kept = await self._shelves.index.named(tuple(self._repositories), asked.digits, asked.numbers)
        found = {(repository, change.sha): change for repository, change in kept}
        for (repository, sha), entry in self._entries.items():
            request = entry.commit.pull_request
            if sha.startswith(asked.digits or ("-",)) or (request and request.number in asked.numbers):
                found[repository, sha] = indexed(entry)
        return [(repository, change) for (repository, _), change in found.items()]

    async def _one(self, name: str) -> tuple[Repository, Commit]:
        """Return the commit that digits name. Raises _AbsentError and what an Archive raises."""
        digits = _digits(name)
        if not digits:
            raise _AbsentError(name, Absence.UNKNOWN)
        known = {key: entry.commit for key, entry in self._entries.items() if key[1].startswith(digits)}
        found = [(self._repositories[name], commit) for (name, _), commit in known.items()]
        if not found:
            every = [
                (each, await self._shelves.archive.commit(each, digits[0])) for each in self._repositories.values()
            ]
            found = [(repository, commit) for repository, commit in every if commit]
        if len(found) != 1:
            raise _AbsentError(name, Absence.AMBIGUOUS if found else Absence.UNKNOWN)
        return found[0]

    async def _patch(self, repository: Repository, commit: Commit) -> Patch:
        async with aclosing(self._shelves.source.read(repository, [commit], PATCH_LIMITS)) as read:
            _, patch = await anext(read)
        paths = {file.path for file in commit.files}
        return replace(patch, files=tuple(file for file in patch.files if file.path in paths))

    async def _pull_request(self, repository: Repository, commit: Commit) -> PullRequest | None:
        if commit.pull_request and commit.pull_request.title is not None:
            return commit.pull_request
        known = await self._shelves.pull_requests.known(repository.full_name, [commit.sha])
        return known.get(commit.sha)


class _AbsentError(Exception):
    """Something that was asked for is not there. It never leaves this module."""

    def __init__(self, name: str, reason: Absence) -> None:
        super().__init__(reason)
        self.name = name
        self.reason = reason


async def _tried(name: str, reading: Awaitable[Reading]) -> Reading:
    """Return what was read, or that what was asked for by this name could not be."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await reading
    except _AbsentError as absent:
        return _missing(absent.name, absent.reason)
    except _UNREADABLE:
        return _missing(name, Absence.UNREADABLE)


def _missing(name: str, reason: Absence) -> Reading:
    return Reading(missing=(Missing(name[:_LONGEST_NAME], reason),))


def _numbers(name: str) -> tuple[int, ...]:
    digits = name.strip().lstrip("#!")
    marked = digits != name.strip()
    return (int(digits),) if marked and digits.isascii() and digits.isdecimal() and len(digits) < 10 else ()


def _digits(name: str) -> tuple[str, ...]:
    digits = name.strip().lower()
    possible = _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS and not set(digits) - set("0123456789abcdef")
    return (digits,) if possible else ()


def _unnamed(asked: Query, named: Iterable[Found]) -> tuple[Missing, ...]:
    """Return which of the changes that a query names are not known."""
    changes = [change for _, change in named]
    numbers = [each for each in asked.numbers if all(change.pull_request != each for change in changes)]
    digits = [each for each in asked.digits if not any(change.sha.startswith(each) for change in changes)]
    return tuple(Missing(name, Absence.UNKNOWN) for name in (*(f"#{number}" for number in numbers), *digits))


def _path_in(commit: Commit, path: str) -> str:
    """Return the file of a commit that a path means, of which the beginning may be missing. Raises _AbsentError."""
    wanted = path.strip("/")
    paths = {file.path for file in commit.files}
    ending = sorted(each for each in paths if each == wanted or each.endswith(f"/{wanted}"))
    if wanted in paths:
        return wanted
    if len(ending) != 1 or not wanted:
        raise _AbsentError(path, Absence.AMBIGUOUS if len(ending) > 1 and wanted else Absence.UNKNOWN)
    return ending[0]
