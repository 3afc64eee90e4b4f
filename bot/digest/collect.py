"""A source whose changes come with the pull requests that they landed through."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.errors import CodeHostUnavailable, RepositoryNotFound
from bot.model import Collection, Commit, Patch, Period, Person, Phrase, PullRequest, Repository
from bot.ports import Changes, CodeHost, FoundPullRequests, PatchLimits, Progress, PullRequests, Source, Upkeep


@dataclass(frozen=True, slots=True)
class Kept:
    """Where is kept what was asked once."""

    pull_requests: PullRequests
    changes: Changes
    upkeep: Upkeep


class EnrichedSource:
    """Reads landed changes from a source, and asks a code host about those that it was not asked about before.

    Repositories that are not on the host stay as the source read them.
    """

    def __init__(self, source: Source, host: CodeHost, kept: Kept) -> None:
        self._source = source
        self._host = host
        self._kept = kept

    async def find(self, name: str) -> Repository:
        """Return the repository that a location names. See `bot.ports.Source.find`."""
        return await self._source.find(name)

    async def collect(
        self, repository: Repository, period: Period, progress: Progress, *, after: str | None = None
    ) -> Collection:
        """Return every landed change of the period, with pull requests and logins. See `bot.ports.Source.collect`.

        Where the source does not find a repository of the host, the host is asked why: a new name is followed, so that
        the collection's repository may be another than the one that was asked for, and a reason is raised as what
        `CodeHost.find` raises. All else that the host cannot say is said in a note. Beyond that, raises what the source
        raises, StoreUnavailable and StoreError.
        """
        located = self._host.locate(repository.location)
        if not located:
            return await self._source.collect(repository, period, progress, after=after)
        try:
            collection = await self._source.collect(repository, period, progress, after=after)
        except RepositoryNotFound as error:
            now = await self._renamed(located, error)
            collection = await self._source.collect(now, period, progress, after=after)
            collection = replace(collection, notes=collection.notes + _said_to_be_renamed(located, now))
            located = now
        return await self._enriched(collection, located) if collection.commits else collection

    def read(
        self, repository: Repository, commits: Sequence[Commit], limits: PatchLimits
    ) -> AsyncGenerator[tuple[Commit, Patch], None]:
        """Yield each of the commits with its lines counted, and its patch. See `bot.ports.Source.read`."""
        return self._source.read(repository, commits, limits)

    async def _renamed(self, located: Repository, error: RepositoryNotFound) -> Repository:
        """Return the repository by its new name, or raise why it cannot be read."""
        try:
            found = await self._host.find(located.name)
        except CodeHostUnavailable:
            raise error from None
        if not found.renamed:
            raise error
        await self._kept.upkeep.rename(located.full_name, found.repository.full_name)
        return found.repository

    async def _enriched(self, collection: Collection, located: Repository) -> Collection:
        shas = [commit.sha for commit in collection.commits]
        known = dict(await self._kept.pull_requests.known(located.full_name, shas))
        people = await self._kept.changes.known(located.full_name, known)
        new = [commit for commit in collection.commits if commit.sha not in known]
        answer = await self._host.pull_requests(located, new) if new else FoundPullRequests(located, {}, {})
        found = known | dict(answer.found)
        commits = tuple(
            _with_logins(_with_pull_request(commit, found), people.get(commit.sha), answer.logins)
            for commit in collection.commits
        )
        await self._keep(located, answer, [commit for commit in commits if commit.sha in answer.found])
        notes = collection.notes + answer.notes + _said_to_be_renamed(located, answer.repository)
        return replace(collection, commits=commits, notes=notes)

    async def _keep(self, located: Repository, answer: FoundPullRequests, commits: Sequence[Commit]) -> None:
        old, new = located.full_name, answer.repository.full_name
        if old != new:
            await self._kept.upkeep.rename(old, new)
        if answer.found:
            # A change whose pull request is known is not asked about again, so everything else must be there before.
            await self._kept.changes.keep(new, commits)
            await self._kept.pull_requests.keep(new, answer.found)


def _said_to_be_renamed(located: Repository, now: Repository) -> tuple[Phrase, ...]:
    return (Phrase.of("repository-renamed", old=located.name, new=now.name),) if now.name != located.name else ()


def _with_pull_request(commit: Commit, found: Mapping[str, PullRequest | None]) -> Commit:
    """Return the change with what the host knows of its pull request, which may be that there is none."""
    return replace(commit, pull_request=found[commit.sha]) if commit.sha in found else commit


def _with_logins(commit: Commit, known: Commit | None, logins: Mapping[str, str]) -> Commit:
    """Return the change with the accounts of its people, as they were known before or are known now."""
    everybody = {**_logins_of(known), **logins} if known else logins
    if not everybody:
        return commit
    return replace(
        commit,
        author=_with_login(commit.author, everybody),
        co_authors=tuple(_with_login(person, everybody) for person in commit.co_authors),
        brought=tuple(replace(each, author=_with_login(each.author, everybody)) for each in commit.brought),
    )


def _logins_of(commit: Commit) -> dict[str, str]:
    people = (commit.author, *commit.co_authors, *(each.author for each in commit.brought))
    return {person.email.lower(): person.login for person in people if person.login}


def _with_login(person: Person, logins: Mapping[str, str]) -> Person:
    login = logins.get(person.email.lower())
    return replace(person, login=login) if login else person
