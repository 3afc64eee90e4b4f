"""GitHub as a code host."""

import random
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from adapters.source.github.addresses import Server
from adapters.source.github.api import Api
from adapters.source.github.credentials import Token
from adapters.source.github.failures import RequestFailed
from adapters.source.github.identity import Identity
from adapters.source.github.lookup import find
from adapters.source.github.pull_requests import PullRequestReader
from adapters.source.github.refusals import error_of
from adapters.source.github.settings import GitHubSettings
from bot.model import Commit, Repository
from bot.ports import Clock, FoundPullRequests, FoundRepository


class GitHub:
    """Knows names, who may see what, and pull requests. An asynchronous context manager: leaving it ends its threads.

    It belongs to one event loop. Nothing is sent before something is asked.
    """

    def __init__(self, settings: GitHubSettings, *, clock: Clock) -> None:
        self._server = Server.of(settings.api_url)
        # Jitter spreads attempts; it protects nothing.
        self._api = Api(settings, self._server, clock, random.random)
        self._identity = Identity(settings, self._api, clock)
        self._pull_requests = PullRequestReader(settings, self._server, self._api, self._identity)

    async def __aenter__(self) -> Self:
        """Open nothing yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._api.close()

    @property
    def host(self) -> str:
        """The host of the pages, such as "github.com", with its port if it has one."""
        return self._server.host

    def locate(self, name: str) -> Repository | None:
        """Return the repository that an owner/name or an address must be, without asking anybody."""
        return self._server.locate(name)

    async def find(self, name: str) -> FoundRepository:
        """Return the repository that a name means. See `bot.ports.CodeHost.find`."""
        return await find(name, self._server, self._api, self._identity)

    async def pull_requests(self, repository: Repository, commits: Sequence[Commit]) -> FoundPullRequests:
        """Return the pull requests behind changes. See `bot.ports.CodeHost.pull_requests`."""
        return await self._pull_requests.read(self._server.locate(repository.location) or repository, commits)

    async def credential(self, url: str) -> SecretStr | None:
        """Return the token with which git may read a clone URL; None for another host, and where there is no token.

        Git sends it as the password of `x-access-token`. Raises CredentialRefused, ConfigurationError,
        CodeHostUnavailable.
        """
        located = self._server.locate(url) if url.startswith(f"{self._server.web}/") else None
        if not located:
            return None
        try:
            credential = await self._identity.credential(located.name.partition("/")[0])
        except RequestFailed as failed:
            raise error_of(failed.failure, located.name, self.host, anonymous=False) from None
        return credential.secret if isinstance(credential, Token) else None
