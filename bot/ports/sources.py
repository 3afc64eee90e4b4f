"""Where landed changes come from, and what a code host knows of them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.model import (
    Collection,
    Commit,
    Patch,
    Period,
    Phrase,
    PullRequest,
    Repository,
)
from bot.ports.work import Progress


@dataclass(frozen=True, slots=True)
class PatchLimits:
    """How many bytes of a patch are kept: of one file, and of all files of one change together.

    `context` is how many unchanged lines are shown around a change, one at least.
    """

    file: int
    change: int
    context: int = 3


class Source(Protocol):
    """Where landed changes come from."""

    async def find(self, name: str) -> Repository:
        """Return the repository that a location names.

        Raises RepositoryNotFound, UnsafeName, SourceUnavailable.
        """
        ...

    async def collect(
        self, repository: Repository, period: Period, progress: Progress, *, after: str | None = None
    ) -> Collection:
        """Return every landed change of the period, after bringing the repository up to date.

        With `after`, a former tip of the branch, also what is dated before the window but no part of that tip's
        history: it landed late. Where the tip is no part of the branch any more, or not there at all, a note says so.
        The lines of their files are not counted yet: that takes most of the time, and is done by `read`.
        Raises UnknownRef for a `Since` that cannot be resolved, SourceUnavailable and SourceError. What cannot be read
        of a single change is said in that change, and counted in no error.
        """
        ...

    def read(
        self, repository: Repository, commits: Sequence[Commit], limits: PatchLimits
    ) -> AsyncGenerator[tuple[Commit, Patch], None]:
        """Yield each of the commits that `collect` returned with its lines counted, and its patch, in their order.

        What cannot be read is yielded with `unread` set on both; none is left out.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileText:
    """Lines of a file, from `first` on, which counts from 1; `total` is how many the whole file has.

    `lines` are without their ends. `cut` says that the last of them, or whatever was asked for after it, is not whole.
    """

    first: int
    lines: tuple[str, ...]
    total: int
    cut: bool = False


class NoText(StrEnum):
    """Why there is no text: no such path, or one that is a folder, a submodule or binary."""

    UNKNOWN = "unknown"
    OTHER = "other"


class Archive(Protocol):
    """Reads what a repository was like at a commit. Paths are untrusted, and nothing but paths.

    It is read from what is here; what a file holds may be brought here for it, in bounded time. Raises
    RepositoryNotFound, SourceUnavailable, SourceError, ConfigurationError.
    """

    async def commit(self, repository: Repository, digits: str) -> Commit | None:
        """Return the commit whose sha begins with these digits, with its files; None if there is none, or several."""
        ...

    async def file(self, repository: Repository, sha: str, path: str, first: int, last: int) -> FileText | NoText:
        """Return the lines from `first` to `last` of a file as it is at a commit, as many as a bound allows."""
        ...

    async def history(self, repository: Repository, path: str, limit: int) -> Sequence[Commit]:
        """Return the newest landed changes that touch a path, the newest first, without their files.

        Nothing if the path was never there, as far as the history is here.
        """
        ...


class Branches(Protocol):
    """Knows what the default branches of repositories are at, without bringing anything here."""

    async def tip(self, repository: Repository) -> str | None:
        """Return the commit that the default branch is at now, or None if the repository is empty.

        Raises RepositoryNotFound, SourceUnavailable, SourceError, ConfigurationError.
        """
        ...


@dataclass(frozen=True, slots=True)
class FoundRepository:
    """What a name means to a code host.

    `renamed` says that it was asked for by a name that it no longer has, and `private` that not everybody may see it.
    `notes` say whatever else a reader has to know: which repository was taken, or that it is archived.
    """

    repository: Repository
    renamed: bool = False
    private: bool = False
    notes: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundPullRequests:
    """What a code host knows of changes.

    `found` is by sha: None if there is no pull request; a sha that could not be asked for is absent. `logins` are
    accounts by the address that people commit with, in lower case. `repository` is the one that was asked for, by the
    name that it has now. `notes` say for how many changes something is missing, and why.
    """

    repository: Repository
    found: Mapping[str, PullRequest | None]
    logins: Mapping[str, str]
    notes: tuple[Phrase, ...] = ()


class CodeHost(Protocol):
    """Knows what git does not: which repository a name means, who may see it, and what a change landed through."""

    def locate(self, name: str) -> Repository | None:
        """Return the repository that an owner/name or an address must be, without asking anybody.

        Whether it exists is not known then. None for a short name, and for what is not on this host.
        """
        ...

    async def find(self, name: str) -> FoundRepository:
        """Return the repository that a short name, an owner/name or an address means; a short name is searched for.

        Raises RepositoryNotFound, RepositoryBlocked, AmbiguousName, UnsafeName, CredentialRefused,
        CodeHostUnavailable, RateLimited.
        """
        ...

    async def pull_requests(self, repository: Repository, commits: Sequence[Commit]) -> FoundPullRequests:
        """Return the pull requests behind changes, as many as can be had; why others cannot is said in the notes."""
        ...
