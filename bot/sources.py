"""Git and GitHub together with the sources of other packages."""

from collections.abc import AsyncGenerator, Mapping, Sequence

from pydantic import SecretStr

from bot import plugins
from bot.errors import ConfigurationError, SourceError
from bot.model import Collection, Commit, Patch, Period, Repository
from bot.plugins import Kind
from bot.ports import (
    Archive,
    CodeHost,
    Credential,
    FileText,
    FoundPullRequests,
    FoundRepository,
    NoText,
    OpenedSource,
    PatchLimits,
    Progress,
    Reader,
)


def is_elsewhere(location: str) -> bool:
    """Tell whether a location is one that a source of another package reads."""
    name, colon, _ = location.partition(":")
    return bool(colon) and name in plugins.names(Kind.SOURCE)


class Repositories:
    """Reads each repository by the source whose name its location begins with, else by git.

    It is a Source, an Archive, and knows what branches are at; every method raises what that of the source raises.
    """

    def __init__(self, git: Reader, archive: Archive, others: Mapping[str, OpenedSource]) -> None:
        self._git = git
        self._archive = archive
        self._others = others

    async def find(self, name: str) -> Repository:
        """Return the repository that a location names."""
        return await self._reader(name).find(name)

    async def tip(self, repository: Repository) -> str | None:
        """Return the commit that the default branch is at now."""
        return await self._reader(repository.location).tip(repository)

    async def collect(
        self, repository: Repository, period: Period, progress: Progress, *, after: str | None = None
    ) -> Collection:
        """Return every landed change of the period."""
        return await self._reader(repository.location).collect(repository, period, progress, after=after)

    def read(
        self, repository: Repository, commits: Sequence[Commit], limits: PatchLimits
    ) -> AsyncGenerator[tuple[Commit, Patch], None]:
        """Yield each of the commits with its lines counted, and its patch."""
        return self._reader(repository.location).read(repository, commits, limits)

    async def commit(self, repository: Repository, digits: str) -> Commit | None:
        """Return the commit whose sha begins with these digits."""
        return await self._shelf(repository).commit(repository, digits)

    async def file(self, repository: Repository, sha: str, path: str, first: int, last: int) -> FileText | NoText:
        """Return lines of a file."""
        return await self._shelf(repository).file(repository, sha, path, first, last)

    async def history(self, repository: Repository, path: str, limit: int) -> Sequence[Commit]:
        """Return the newest landed changes that touch a path."""
        return await self._shelf(repository).history(repository, path, limit)

    def _reader(self, location: str) -> Reader:
        other = self._other(location)
        return other.reader if other and other.reader else self._git

    def _shelf(self, repository: Repository) -> Archive:
        other = self._other(repository.location)
        if not other or not other.reader:
            return self._archive
        if not other.archive:
            raise SourceError(f"{repository.name} is of a kind whose files cannot be read by themselves.")
        return other.archive

    def _other(self, location: str) -> OpenedSource | None:
        if not is_elsewhere(location):
            return None
        name = location.partition(":")[0]
        if name not in self._others:
            # git would take the name for that of a host, and ask there.
            message = f"What begins with {name}: is for a source to read that is installed, and not set up."
            raise ConfigurationError(message, remedy="Set it up; digestbot plugins shows which package it is of.")
        return self._others[name]


class CodeHosts:
    """Several code hosts as one: each is asked about what it locates, and the last one about all else."""

    def __init__(self, hosts: Sequence[CodeHost]) -> None:
        self._hosts = hosts

    def locate(self, name: str) -> Repository | None:
        """Return the repository that an owner/name or an address must be."""
        return next((found for host in self._hosts if (found := host.locate(name))), None)

    async def find(self, name: str) -> FoundRepository:
        """Return the repository that a name means."""
        return await self._of(name).find(name)

    async def pull_requests(self, repository: Repository, commits: Sequence[Commit]) -> FoundPullRequests:
        """Return the pull requests behind changes."""
        return await self._of(repository.location).pull_requests(repository, commits)

    def _of(self, name: str) -> CodeHost:
        return next((host for host in self._hosts if host.locate(name)), self._hosts[-1])


def first_of(credentials: Sequence[Credential]) -> Credential:
    """Return a credential that asks each of them until one knows a token."""

    async def asked(url: str) -> SecretStr | None:
        for credential in credentials:
            if token := await credential(url):
                return token
        return None

    return asked
