"""A GitHub on 127.0.0.1: git's smart HTTP protocol over real repositories, and the REST and GraphQL APIs around them.

    async with FakeGitHub(World([Repository("acme/rocket", path)])) as github: ...      # in the running event loop
    with FakeGitHub(world).in_thread() as github: ...                                   # for clients that block

The API is at `github.url` (and, as on GitHub Enterprise, below `/api/v3` and at `/api/graphql`); repositories are
cloned from `github.url/OWNER/NAME.git`. What GitHub enforces is enforced: credentials, quotas, pagination, the rules of
queries, a User-Agent. `github.faults` scripts what goes wrong, `github.log` is what went over the wire, and
`github.watch` is called with each request before it is answered, while its client waits.

To try the bot against it: python -m tests.fakes.github --repo acme/rocket=/path/to/a/repository
"""

import argparse
import asyncio
import hashlib
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from aiohttp import web

from tests.fakes import github_git, github_graphql, github_rest
from tests.fakes.github_answers import Answer, Refusal, error
from tests.fakes.github_faults import Drop, Fault, Faults, GraphQLErrors, Hang, Truncate
from tests.fakes.github_limits import Caller, Clock, Limits, identify
from tests.fakes.github_shapes import Addresses
from tests.fakes.github_traffic import Exchange, record
from tests.fakes.github_world import Repository, Token, World

_ENTERPRISE = "/api/v3"
_GRAPHQL = frozenset({"/graphql", "/api/graphql"})


class FakeGitHub:
    """The server. Its world, limits, faults and log may be read and changed while it runs."""

    def __init__(self, world: World, *, port: int = 0, clock: Clock = time.time, record_to: Path | None = None) -> None:
        """Take what it knows, a port (0: any that is free), the time, and a file for a record of the API's traffic."""
        self.world = world
        self.limits = Limits(clock)
        self.faults = Faults()
        self.log: list[Exchange] = []
        self.watch: Callable[[Exchange], object] = lambda _: None
        self._clock = clock
        self._port = port
        self._record_to = record_to
        self._active = 0
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """The address of the API, of the pages and of the repositories, without a slash at its end."""
        return f"http://127.0.0.1:{self._port}"

    def requests(self, kind: Literal["git", "rest", "graphql"] | None = None) -> list[Exchange]:
        """Return what was asked so far, of one kind or of all."""
        return [exchange for exchange in self.log if kind in (None, exchange.kind)]

    async def __aenter__(self) -> Self:
        """Listen."""
        server = web.Server(self._handle, access_log=None, auto_decompress=False, handler_cancellation=True)
        self._runner = web.ServerRunner(server, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        assert self._runner
        await self._runner.cleanup()

    @contextmanager
    def in_thread(self) -> Iterator[Self]:
        """Serve from a thread of its own."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()

        def do(what: Awaitable[object]) -> None:
            async def wait() -> None:
                await what

            asyncio.run_coroutine_threadsafe(wait(), loop).result()

        try:
            do(self.__aenter__())
            yield self
            do(self.__aexit__(None, None, None))
        finally:
            do(loop.shutdown_default_executor())
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        route = github_git.ROUTE.fullmatch(request.path)
        kind: Literal["git", "rest", "graphql"] = "graphql" if request.path in _GRAPHQL else "git" if route else "rest"
        exchange = Exchange(kind, request.method, request.path_qs)
        self.log.append(exchange)
        self.watch(exchange)
        fault = self.faults.take(f"{request.method} {request.path_qs}")
        exchange.fault = type(fault).__name__ if fault else None
        self._active += 1
        try:
            if isinstance(fault, Hang):
                await asyncio.Event().wait()
            if isinstance(fault, Drop):
                _abort(request)
                return web.Response()
            if route:
                return await self._git(request, exchange, fault, route["repo"], route["rest"])
            return await self._api(request, exchange, fault)
        finally:
            self._active -= 1

    async def _git(
        self, request: web.BaseRequest, exchange: Exchange, fault: Fault | None, full_name: str, rest: str
    ) -> web.StreamResponse:
        if isinstance(fault, Answer):
            return await self._send(request, exchange, fault)
        headers = request.headers
        found = github_git.find(self.world, full_name, headers.get("authorization"), self._clock)
        if isinstance(found, Answer):
            if location := found.headers.get("location"):
                found = Answer(found.status, None, {"location": f"{self.url}{location}{rest}?{request.query_string}"})
            return await self._send(request, exchange, found)
        asked = github_git.Request(
            request.method,
            rest,
            request.query_string,
            headers.get("content-type", ""),
            headers.get("content-length", ""),
            headers.get("content-encoding", ""),
            headers.get("git-protocol", ""),
        )
        limit = (fault.after or 0) if isinstance(fault, Truncate) else None
        async with github_git.serve(found, asked, request.content) as answer:
            exchange.status = answer.status
            response = web.StreamResponse(status=answer.status, headers=answer.headers)
            await response.prepare(request)
            async for chunk in answer.body:
                part = chunk if limit is None else chunk[: limit - exchange.sent]
                await response.write(part)
                exchange.sent += len(part)
                if len(part) < len(chunk):
                    _close(request)
                    break
            exchange.received = answer.received
        return response

    async def _api(self, request: web.BaseRequest, exchange: Exchange, fault: Fault | None) -> web.StreamResponse:
        body = await request.read()
        exchange.received = len(body)
        if isinstance(fault, Answer):
            answer = fault
        else:
            try:
                answer = await self._answer(request, body, fault if isinstance(fault, GraphQLErrors) else None)
            except Refusal as refusal:
                answer = refusal.answer
        cut = fault if isinstance(fault, Truncate) else None
        response = await self._send(request, exchange, answer, cut)
        if self._record_to and not cut:
            sides = (request.headers, body), (response.headers, answer.payload)
            record(self._record_to, self.world.tokens, exchange, *sides)
        return response

    async def _answer(self, request: web.BaseRequest, body: bytes, fault: GraphQLErrors | None) -> Answer:
        if not request.headers.get("user-agent"):
            page = b"Request forbidden by administrative rules. Please make sure your request has a User-Agent header."
            return Answer(403, page, {"content-type": "text/html"})
        caller = identify(request.headers.get("authorization"), self.world, self._clock)
        if request.path in _GRAPHQL:
            return await self._graphql(request, caller, body, fault)
        enterprise = request.path.startswith(f"{_ENTERPRISE}/")
        path = request.path.removeprefix(_ENTERPRISE) if enterprise else request.path
        at = Addresses(self.url + _ENTERPRISE * enterprise, self.url)
        resource = github_rest.resource(path)
        if resource:
            self.limits.pace(caller, resource, 1 if request.method == "GET" else 5, self._active)
            self.limits.spend(caller, resource)
        call = github_rest.Call(self.world, self.limits, caller, at, request.method, path, dict(request.query))
        answer = _conditional(request, github_rest.answer(call))
        if resource and answer.status == 304 and (caller.token or caller.app):
            self.limits.refund(caller, resource)
        return answer.with_headers(self.limits.headers(caller, resource or "core"))

    async def _graphql(
        self, request: web.BaseRequest, caller: Caller, body: bytes, fault: GraphQLErrors | None
    ) -> Answer:
        if request.method != "POST":
            return error(404, "Not Found")
        try:
            query = json.loads(body)
        except ValueError:
            return error(400, "Problems parsing JSON")
        self.limits.pace(caller, "graphql", 1, self._active)
        at = Addresses(self.url, self.url)
        try:
            answer = await asyncio.to_thread(github_graphql.answer, query, self.world, self.limits, caller, at, fault)
        except Refusal:
            answer = github_graphql.rate_limited(caller)
        return answer.with_headers(self.limits.headers(caller, "graphql"))

    async def _send(
        self, request: web.BaseRequest, exchange: Exchange, answer: Answer, cut: Truncate | None = None
    ) -> web.StreamResponse:
        payload = answer.payload
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        if answer.body is not None:
            response.headers["content-type"] = answer.content_type
        response.content_length = len(payload)
        await response.prepare(request)
        exchange.status = answer.status
        sent = payload if cut is None else payload[: len(payload) // 2 if cut.after is None else cut.after]
        await response.write(sent)
        exchange.sent = len(sent)
        if cut:
            _close(request)
        return response


def _conditional(request: web.BaseRequest, answer: Answer) -> Answer:
    """Give an answer its ETag, and leave the body out where the client has it."""
    if request.method != "GET" or answer.status != 200:
        return answer
    etag = f'W/"{hashlib.sha256(answer.payload).hexdigest()}"'
    if etag.removeprefix("W/") in request.headers.get("if-none-match", ""):
        return Answer(304, None, {"etag": etag})
    return answer.with_headers({"etag": etag})


def _close(request: web.BaseRequest) -> None:
    """Close the connection once what was written is sent."""
    if request.transport:
        request.transport.close()


def _abort(request: web.BaseRequest) -> None:
    """Close the connection at once."""
    if isinstance(request.transport, asyncio.Transport):
        request.transport.abort()


def main(arguments: Sequence[str], say: Callable[..., object] = print) -> None:
    """Serve what the command line says until interrupted; its first line is the address."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.github", description="A GitHub on 127.0.0.1.")
    parser.add_argument("--repo", action="append", required=True, metavar="OWNER/NAME=PATH", help="may be repeated")
    parser.add_argument("--port", type=int, default=0, help="any that is free, unless given")
    parser.add_argument("--token", help="a token that is good; the repositories are private then")
    parser.add_argument("--record", type=Path, metavar="FILE", help="append the API's traffic as lines of JSON")
    asked = parser.parse_args(arguments)
    world = World()
    for name, _, path in (repo.partition("=") for repo in asked.repo):
        repository = Repository(name, Path(path), private=asked.token is not None)
        repository.adopt_pull_requests()
        world.repositories.append(repository)
    if asked.token:
        world.tokens[asked.token] = Token("ada")

    async def serve() -> None:
        async with FakeGitHub(world, port=asked.port, record_to=asked.record) as github:
            say(github.url, flush=True)
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())


if __name__ == "__main__":
    main(sys.argv[1:])
