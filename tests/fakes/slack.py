"""A Slack on 127.0.0.1: the Web API, Socket Mode, the sender of HTTP mode, and a page for every channel.

    async with FakeSlack(World.with_people()) as slack: ...      # in the running event loop
    with FakeSlack(world).in_thread() as slack: ...              # for clients that block; slack.do(…) runs what awaits

A client gets `slack.api` as its base_url. `slack.people` write, type commands and press buttons; `slack.world` is what
everybody sees, `slack.log` what went over the wire, `slack.deliveries.log` what the app was told. `slack.faults`,
`slack.sockets` and `slack.refusing` make things go wrong. What Slack enforces is enforced: arguments, tokens, scopes,
membership, Block Kit's limits, rate tiers. What the fake does not know, it refuses.

To try the bot against it: python -m tests.fakes.slack
"""

import asyncio
import json
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl

from aiohttp import web

from tests.fakes import slack_app, slack_chat, slack_conversations  # noqa: F401 - they declare the methods
from tests.fakes.slack_answers import Answer, Refusal
from tests.fakes.slack_console import arguments, introduce, talk
from tests.fakes.slack_delivery import Deliveries
from tests.fakes.slack_faults import Fault, Faults
from tests.fakes.slack_limits import Limits, Time
from tests.fakes.slack_methods import METHODS, Call, identify, serve, understand
from tests.fakes.slack_page import page
from tests.fakes.slack_people import People
from tests.fakes.slack_responses import Responses
from tests.fakes.slack_sender import Sender
from tests.fakes.slack_socket import Sockets
from tests.fakes.slack_traffic import Exchange, record
from tests.fakes.slack_world import World

_ADDRESS = 1_000_000
_BACKLOG = 1024
_NO_JSON = ""
_API = "/api/"
_UPLOAD = "/upload/v1/"
_RESPONSE = "/response/"
_VIEW = "/view/"

T = TypeVar("T")


class FakeSlack:
    """The server. Everything that it holds may be read and changed while it runs."""

    def __init__(
        self,
        world: World | None = None,
        *,
        port: int = 0,
        scale: float = 1.0,
        state: Path | None = None,
        record_to: Path | None = None,
        seed: int = 0,
    ) -> None:
        """Take what it knows and a port (0: any that is free).

        `scale` is how many of Slack's seconds pass in one, for rate limits, retries and expiries. `state` is a file
        that the world is read from, if it exists, and kept in. `record_to` gets the traffic of the API as lines of
        JSON. The seed decides all chances.
        """
        self.world = world or (World.load(state) if state and state.exists() else World.with_people())
        self.time = Time(scale)
        self.limits = Limits(self.time)
        self.faults = Faults(seed)
        self.log: list[Exchange] = []
        self.watch: Callable[[Exchange], object] = lambda _: None
        self.answered: Callable[[Exchange], object] = lambda _: None
        self.sockets = Sockets(self.world.app_id, self.faults)
        self.deliveries = Deliveries(self.sockets, self.time, self.faults)
        self.responses = Responses(self.world, self.time)
        self.people = People(self.world, self.deliveries, self.responses, lambda: self.url)
        self._senders: list[Sender] = []
        self._port = port
        self._state = state
        self._record_to = record_to
        self._runner: web.ServerRunner | None = None
        self._site: web.TCPSite | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api(self) -> str:
        """The address of the Web API, as clients want it."""
        return f"{self.url}{_API}"

    def calls(self, method: str) -> list[Exchange]:
        """Return every call of a method so far."""
        return [exchange for exchange in self.log if exchange.method == method]

    def tell_by_http(self, app_url: str) -> Sender:
        """Tell the app at its address from now on, and not on sockets; return what sends."""
        sender = Sender(app_url, self.world.signing_secret)
        self.deliveries.transport = sender
        self._senders.append(sender)
        return sender

    async def __aenter__(self) -> Self:
        """Listen."""
        # The SDK puts the arguments of some methods into the address, whole blocks among them.
        server = web.Server(self._handle, access_log=None, handler_cancellation=True, max_line_size=_ADDRESS)
        self._runner = web.ServerRunner(server, shutdown_timeout=0)
        await self._runner.setup()
        await self._listen()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give up what is under way, and close every connection."""
        assert self._runner
        await self.deliveries.stop()
        for sender in self._senders:
            await sender.close()
        self.sockets.drop()
        await self._runner.cleanup()
        self.save()

    @contextmanager
    def in_thread(self) -> Iterator[Self]:
        """Serve from a thread of its own."""
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        try:
            self.do(self.__aenter__())
            yield self
            self.do(self.__aexit__(None, None, None))
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the event loop of the thread, and wait for it."""
        assert self._loop
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @asynccontextmanager
    async def refusing(self) -> AsyncIterator[None]:
        """Cut every connection, and refuse new ones meanwhile."""
        assert self._runner
        assert self._site
        await self._site.stop()
        self.sockets.drop()
        server = self._runner.server
        for connection in server.connections if isinstance(server, web.Server) else ():
            connection.force_close()
        try:
            yield
        finally:
            await self._listen()

    def save(self) -> None:
        """Keep the world, where a file was named."""
        if self._state:
            self.world.save(self._state)

    async def _listen(self) -> None:
        assert self._runner
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True, backlog=_BACKLOG)
        await self._site.start()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path == "/link":
            return await self.sockets.serve(request)
        if path.startswith(_VIEW):
            return _sent(page(self.world, path.removeprefix(_VIEW)))
        if path.startswith(_API):
            exchange = Exchange(path.removeprefix(_API))
        elif path.startswith(_UPLOAD):
            exchange = Exchange("upload", {"file": path.removeprefix(_UPLOAD)})
        elif path.startswith(_RESPONSE):
            exchange = Exchange("response_url", {"id": path.removeprefix(_RESPONSE)})
        else:
            return _sent(Answer(404, "Not found"))
        return await self._exchange(request, exchange)

    async def _exchange(self, request: web.BaseRequest, exchange: Exchange) -> web.StreamResponse:
        body = await request.read()
        exchange.at = time.monotonic()
        self.log.append(exchange)
        self.watch(exchange)
        fault = self.faults.take(exchange.method)
        exchange.fault = repr(fault) if fault else None
        given = _given(request, body) if request.path.startswith(_API) else {}
        if isinstance(fault, Fault):
            if fault.late:
                self.deliveries.spawn(self._serve_late(fault.late, request, exchange, given, body))
            elif fault.stored:
                self._serve(request, exchange, given, body)
            answer = await self._fail(request, fault)
        else:
            answer = self._serve(request, exchange, given, body)
            await asyncio.sleep(fault.seconds if fault else 0)
        return self._answer(request, exchange, given, answer)

    async def _serve_late(self, seconds: float, *asked: Any) -> None:  # noqa: ANN401 - handed on as they are
        await asyncio.sleep(seconds)
        self._serve(*asked)

    def _serve(self, request: web.BaseRequest, exchange: Exchange, given: Mapping[str, Any], body: bytes) -> Answer:
        if exchange.method == "upload":
            answer = self._upload(request, exchange, body)
        elif exchange.method == "response_url":
            answer = self._respond(exchange, body)
        else:
            answer = self._call(request, exchange, given)
        self.save()
        return answer

    async def _fail(self, request: web.BaseRequest, fault: Fault) -> Answer | None:
        await asyncio.sleep(fault.slow)
        if fault.hangs:
            await asyncio.Event().wait()
        if fault.answer is None and isinstance(request.transport, asyncio.Transport):
            request.transport.abort()
        return fault.answer

    def _answer(
        self, request: web.BaseRequest, exchange: Exchange, given: Mapping[str, Any], answer: Answer | None
    ) -> web.Response:
        if answer is None:
            return web.Response()
        exchange.status, exchange.answered = answer.status, time.monotonic()
        response = _sent(answer)
        # A page instead of JSON comes from what stands in front of the API, which its description says nothing of.
        if request.path.startswith(_API) and isinstance(answer.body, dict):
            exchange.ok, exchange.error = answer.body["ok"], answer.body.get("error")
            if self._record_to:
                sides = (request.headers, given), (response.headers, answer.body)
                record(self._record_to, self.world.tokens, exchange, *sides)
        self.answered(exchange)
        return response

    def _call(self, request: web.BaseRequest, exchange: Exchange, given: Mapping[str, Any]) -> Answer:
        declared = METHODS.get(exchange.method)
        if _NO_JSON in given:
            return Answer(200, {"ok": False, "error": "invalid_json"})
        if declared is None:
            return Answer(200, {"ok": False, "error": "unknown_method", "req_method": exchange.method})
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            token = identify(self.world, declared, bearer or given.get("token"))
            exchange.arguments = understand(declared, given)
            place = self.world.channel(str(given.get("channel", "")))
            limited = self.limits.spend(exchange.method, declared.tier, place.id if place else "")
            if limited:
                return limited
            call = Call(self.world, self.limits, self.sockets.tickets, self.url, exchange.arguments, token)
            answer = serve(declared, call)
        except Refusal as refusal:
            return Answer(200, refusal.body)
        for about, event in call.events:
            self.people.tell(about, event)
        return answer

    def _upload(self, request: web.BaseRequest, exchange: Exchange, body: bytes) -> Answer:
        file = self.world.files.get(exchange.arguments["file"])
        if file is None or request.method != "POST":
            return Answer(404, "Not found")
        file.content = body.decode("utf-8", "surrogateescape")
        return Answer(200, f"OK - {len(body)}")

    def _respond(self, exchange: Exchange, body: bytes) -> Answer:
        try:
            self.responses.use(exchange.arguments["id"], body)
        except Refusal as refusal:
            return Answer(404 if refusal.error.endswith("_url") else 400, refusal.body)
        return Answer(200, "ok")


def _given(request: web.BaseRequest, body: bytes) -> dict[str, Any]:
    """Return the arguments of a call, from its address and its body; `_NO_JSON` is one that is no object."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            given |= json.loads(body or b"{}")
        except (ValueError, TypeError):
            given[_NO_JSON] = body.decode(errors="replace")
    elif request.content_type == "application/x-www-form-urlencoded":
        given |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return given


def _sent(answer: Answer) -> web.Response:
    headers = {**answer.headers, "content-type": answer.content_type}
    return web.Response(status=answer.status, body=answer.payload, headers=headers)


def main(given: Sequence[str], say: Callable[..., object] = print) -> None:
    """Serve what the command line says, and do what is typed, until interrupted."""
    asked = arguments(given)

    async def serve() -> None:
        known = {"state": asked.state, "record_to": asked.record}
        async with FakeSlack(port=asked.port, scale=asked.scale, **known) as slack:
            if asked.app_url:
                slack.tell_by_http(asked.app_url)
            introduce(slack.url, lambda line: say(line, flush=True))
            await talk(slack, lambda line: say(line, flush=True))

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())


if __name__ == "__main__":
    main(sys.argv[1:])
