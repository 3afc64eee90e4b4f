"""Asking GitHub from the event loop: on threads of its own, again where that helps, and never beyond a known limit."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from adapters.source.github.addresses import Server
from adapters.source.github.credentials import Credential
from adapters.source.github.exchange import GRAPHQL, Reply, Request
from adapters.source.github.failures import Failure, Kind, RequestFailed, pause_before_retry, reset_of
from adapters.source.github.settings import GitHubSettings
from bot.ports import Clock

if TYPE_CHECKING:
    from adapters.source.github.transport import Transport

_DIGITS = 9

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many requests are left, and when there are more (UTC)."""

    remaining: int
    resets_at: datetime | None


class Api:
    """GitHub's REST and GraphQL APIs. `chance` gives numbers from 0 to 1."""

    def __init__(self, settings: GitHubSettings, server: Server, clock: Clock, chance: Callable[[], float]) -> None:
        self._settings = settings
        self._server = server
        self._clock = clock
        self._chance = chance
        self._quotas: dict[tuple[Credential, str], Quota] = {}
        self._quiet_until: dict[Credential, datetime] = {}
        self._threads: ThreadPoolExecutor | None = None
        self._transport: Transport | None = None
        self._opening = threading.Lock()

    async def get(self, path: str, credential: Credential, parameters: Mapping[str, str] | None = None) -> object:
        """Return the JSON at a path of the REST API. Raises RequestFailed."""
        return await self._ask(Request(path, credential, parameters))

    async def post(self, path: str, credential: Credential) -> object:
        """Return the JSON that a POST of nothing is answered with. Raises RequestFailed."""
        return await self._ask(Request(path, credential, body={}))

    async def query(self, text: str, variables: Mapping[str, object], credential: Credential) -> object:
        """Return the answer to a GraphQL query, which may be one in part. Raises RequestFailed."""
        return await self._ask(Request(GRAPHQL, credential, body={"query": text, "variables": dict(variables)}))

    def quota(self, credential: Credential, resource: str = "core") -> Quota | None:
        """Return what is left, as the last answer had it; None if there was none since the last reset."""
        quota = self._quotas.get((credential, resource))
        if quota and quota.resets_at and quota.resets_at <= self._clock.now():
            return None
        return quota

    async def close(self) -> None:
        """Close the connections, and end the threads once what they have sent is answered."""
        threads, transport = self._threads, self._transport
        self._threads = self._transport = None
        if threads:
            await asyncio.to_thread(threads.shutdown, cancel_futures=True)
        if transport:
            transport.close()

    async def _ask(self, request: Request) -> object:
        longest_wait = self._settings.longest_wait.total_seconds()
        waited, attempt = 0.0, 1
        while True:
            try:
                return await self._attempt(request)
            except RequestFailed as failed:
                failure = failed.failure
                pause = pause_before_retry(failure, attempt, waited, longest_wait, self._chance())
                if pause is None or attempt == self._settings.attempts:
                    raise
            if failure.kind is Kind.SLOW_DOWN:
                waited += pause
                _LOGGER.warning("%s asks to slow down; going on in %.0f s", self._server.host, pause)
            await self._clock.sleep(pause)
            attempt += 1

    async def _attempt(self, request: Request) -> object:
        self._refuse_what_will_be_refused(request)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._settings.threads, thread_name_prefix="github")
        try:
            reply = await asyncio.get_running_loop().run_in_executor(self._threads, self._send, request)
        except RequestFailed as failed:
            self._remember(failed.failure, request)
            raise
        remaining = reply.headers.get("x-ratelimit-remaining", "")
        if remaining.isascii() and remaining.isdigit() and len(remaining) <= _DIGITS:
            self._quotas[request.credential, request.resource] = Quota(int(remaining), reset_of(reply.headers))
        return reply.body

    def _refuse_what_will_be_refused(self, request: Request) -> None:
        """Fail in GitHub's place while a limit is known to hold: asking all the same makes limits longer."""
        quota = self.quota(request.credential, request.resource)
        if quota and quota.remaining <= 0 and quota.resets_at:
            raise RequestFailed(Failure(Kind.LIMITED, resets_at=quota.resets_at))
        quiet_until = self._quiet_until.get(request.credential)
        if quiet_until and quiet_until > (now := self._clock.now()):
            raise RequestFailed(Failure(Kind.SLOW_DOWN, retry_after=(quiet_until - now).total_seconds()))

    def _remember(self, failure: Failure, request: Request) -> None:
        if failure.kind is Kind.LIMITED:
            self._quotas[request.credential, request.resource] = Quota(0, failure.resets_at)
        if failure.kind is Kind.SLOW_DOWN and failure.retry_after:
            self._quiet_until[request.credential] = self._clock.now() + timedelta(seconds=failure.retry_after)

    def _send(self, request: Request) -> Reply:
        return self._opened().send(request)

    def _opened(self) -> "Transport":
        with self._opening:
            if self._transport is None:
                # PyGithub takes a third of a second to import, which a digest without GitHub should not wait for.
                from adapters.source.github.transport import Transport  # noqa: PLC0415 -- see above

                self._transport = Transport(
                    self._server.api,
                    timeout=self._settings.timeout,
                    seconds_between_requests=self._settings.seconds_between_requests,
                )
            return self._transport
