"""The pull requests behind changes: by GraphQL, a hundred changes a query; else by REST, one by one, within limits.

Nothing that goes wrong here ends a digest: it is said in a note, for how many changes.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from itertools import islice

from adapters.source.github import graphql, rest
from adapters.source.github.addresses import Server
from adapters.source.github.api import Api
from adapters.source.github.credentials import Anonymous, Credential
from adapters.source.github.failures import Failure, Kind, RequestFailed
from adapters.source.github.identity import Identity
from adapters.source.github.settings import GitHubSettings
from bot.errors import ConfigurationError
from bot.model import Commit, Phrase, PullRequest, Repository
from bot.ports import FoundPullRequests

_WORTH_REST = (Kind.UNAVAILABLE, Kind.LIMITED, Kind.REFUSED)
"""Failures of GraphQL after which REST may still answer: it has a quota and servers of its own."""


@dataclass(slots=True)
class _Gathered:
    """What is known so far: `unknown` are changes that GitHub does not have, `one_by_one` counts what REST told."""

    full_name: str
    found: dict[str, PullRequest | None] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    one_by_one: int = 0

    def without(self, commits: Iterable[Commit]) -> list[Commit]:
        """Return the changes that nothing was answered about."""
        return [commit for commit in commits if commit.sha not in self.found and commit.sha not in self.unknown]


class PullRequestReader:
    """Asks for the pull requests behind changes."""

    def __init__(self, settings: GitHubSettings, server: Server, api: Api, identity: Identity) -> None:
        self._settings = settings
        self._server = server
        self._api = api
        self._identity = identity

    async def read(self, repository: Repository, commits: Sequence[Commit]) -> FoundPullRequests:
        """Return what GitHub knows of changes, which come newest first. See `bot.ports.CodeHost.pull_requests`."""
        gathered = _Gathered(repository.name, logins=dict(self._logins_by_address(commits)))
        failure = await self._gather(commits, gathered)
        missing = len(gathered.without(commits))
        notes = []
        if gathered.one_by_one and not self._identity.anonymous:
            notes.append(Phrase.of("pull-requests-plain", count=gathered.one_by_one))
        if gathered.unknown:
            notes.append(Phrase.of("pull-requests-unknown", count=len(gathered.unknown), host=self._server.host))
        if missing:
            notes.append(self._note(missing, failure))
        renamed = gathered.full_name.lower() != repository.name.lower()
        now = self._server.repository(gathered.full_name) if renamed else repository
        return FoundPullRequests(now, gathered.found, gathered.logins, tuple(notes))

    async def _gather(self, commits: Sequence[Commit], into: _Gathered) -> Failure | None:
        """Ask in every way that may help, and return why something is missing, where it is known."""
        try:
            credential = await self._identity.credential(into.full_name.partition("/")[0])
        except RequestFailed as failed:
            return failed.failure
        except ConfigurationError:
            return Failure(Kind.UNAUTHORISED)
        failure = None
        if not isinstance(credential, Anonymous):
            failure = await self._by_query(commits, credential, into)
        left = into.without(commits)
        if left and (failure is None or failure.kind in _WORTH_REST):
            failure = await self._one_by_one(left, credential, into)
        return failure

    async def _by_query(self, commits: Sequence[Commit], credential: Credential, into: _Gathered) -> Failure | None:
        """Ask by GraphQL, and again by the commit for those whose message names a number that is not theirs."""
        misnumbered: list[Commit] = []
        failures = []
        for outcome in await asyncio.gather(
            *(self._query(batch, credential, into.full_name) for batch in _batches(commits))
        ):
            if isinstance(outcome, Failure):
                failures.append(outcome)
                continue
            into.found.update(outcome.found)
            into.logins.update(outcome.logins)
            into.full_name = outcome.full_name
            misnumbered += outcome.misnumbered
        if misnumbered and not failures:
            return await self._by_query([replace(each, pull_request=None) for each in misnumbered], credential, into)
        return failures[0] if failures else None

    async def _query(
        self, commits: Sequence[Commit], credential: Credential, full_name: str
    ) -> graphql.Answers | Failure:
        query = graphql.query_about(full_name, commits)
        try:
            answer = await self._api.query(query.text, query.variables, credential)
            return graphql.read_answer(answer, commits)
        except RequestFailed as failed:
            return self._with_reset(failed.failure, credential)

    def _with_reset(self, failure: Failure, credential: Credential) -> Failure:
        """Return a failure with the time of the reset, which GraphQL tells in the headers and not in the error."""
        quota = self._api.quota(credential, "graphql")
        return replace(failure, resets_at=quota.resets_at) if quota and not failure.resets_at else failure

    async def _one_by_one(self, commits: Sequence[Commit], credential: Credential, into: _Gathered) -> Failure | None:
        worth_it = rest.by_importance(commits)[: self._settings.requests_per_digest]
        asking = _OneByOne(self._api, credential, self._settings.reserve, into)
        await asking.ask(worth_it, self._settings.threads)
        return asking.stopped

    def _logins_by_address(self, commits: Iterable[Commit]) -> Iterator[tuple[str, str]]:
        for commit in commits:
            brought = (each.author for each in commit.brought)
            for person in (commit.author, *commit.co_authors, *brought):
                if login := self._server.login_of(person.email):
                    yield person.email.lower(), login

    def _note(self, count: int, failure: Failure | None) -> Phrase:
        """Return for how many changes the pull requests are missing, why, and what would help."""
        with_remedy = "-anonymous" if self._identity.anonymous else ""
        host = self._server.host
        if failure is None:
            return Phrase.of(f"pull-requests-capped{with_remedy}", count=count, host=host)
        match failure.kind:
            case Kind.LIMITED if failure.resets_at:
                reset = f"{failure.resets_at.astimezone(UTC):%H:%M} UTC"
                return Phrase.of(f"pull-requests-limited{with_remedy}", count=count, host=host, reset=reset)
            case Kind.LIMITED | Kind.SLOW_DOWN:
                return Phrase.of(f"pull-requests-slow-down{with_remedy}", count=count, host=host)
            case Kind.UNAUTHORISED:
                return Phrase.of("pull-requests-unauthorised", count=count, host=host)
            case Kind.FORBIDDEN | Kind.MISSING | Kind.BLOCKED:
                return Phrase.of(f"pull-requests-forbidden{with_remedy}", count=count, host=host)
            case Kind.UNAVAILABLE | Kind.REFUSED | Kind.MISDIRECTED:
                return Phrase.of("pull-requests-unavailable", count=count, host=host)


class _OneByOne:
    """Asks by REST, a request a change, until the quota is down to a reserve or something goes wrong.

    `stopped` says what, and is None when every change was asked for.
    """

    def __init__(self, api: Api, credential: Credential, reserve: int, into: _Gathered) -> None:
        self.stopped: Failure | None = None
        self._api = api
        self._credential = credential
        self._reserve = reserve
        self._into = into
        self._under_way = 0

    async def ask(self, commits: Sequence[Commit], lanes: int) -> None:
        """Ask for changes in their order, several at a time once the first answer has told the quota."""
        queue = iter(commits)
        await self._work(islice(queue, 1))
        await asyncio.gather(*(self._work(queue) for _ in range(lanes)))

    async def _work(self, queue: Iterator[Commit]) -> None:
        for commit in queue:
            if self.stopped or self._is_spent():
                return
            self._under_way += 1
            try:
                found = self._into.found[commit.sha] = await self._pull_request(commit)
                self._into.one_by_one += found is not None
            except RequestFailed as failed:
                if failed.failure.kind is Kind.REFUSED:  # that is said of a commit that GitHub does not have
                    self._into.unknown.add(commit.sha)
                else:
                    self.stopped = self.stopped or failed.failure
            finally:
                self._under_way -= 1

    async def _pull_request(self, commit: Commit) -> PullRequest | None:
        """Ask by the number in the message, and where that is not the commit's own, by the commit."""
        name = self._into.full_name
        if commit.pull_request:
            path = rest.path_of_number(name, commit.pull_request.number)
            try:
                numbered = rest.read_numbered(await self._api.get(path, self._credential), commit)
            except RequestFailed as failed:
                if failed.failure.kind is not Kind.MISSING:
                    raise
                numbered = None
            if numbered:
                return numbered
        return rest.read_associated(
            await self._api.get(rest.path_of_commit(name, commit.sha), self._credential), commit
        )

    def _is_spent(self) -> bool:
        quota = self._api.quota(self._credential)
        if quota and quota.remaining - self._under_way <= self._reserve:
            self.stopped = self.stopped or Failure(Kind.LIMITED, resets_at=quota.resets_at)
            return True
        return False


def _batches(commits: Sequence[Commit]) -> Iterator[Sequence[Commit]]:
    return (commits[at : at + graphql.BATCH] for at in range(0, len(commits), graphql.BATCH))
