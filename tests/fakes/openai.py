"""A language model on 127.0.0.1, behind OpenAI's API: /v1/chat/completions, in pieces or not, and /v1/models.

    async with FakeOpenAI() as model: ...              # in the running event loop
    with FakeOpenAI().in_thread() as model: ...        # for tests that block, and for programs that are run

    OPENAI_BASE_URL = model.url, OPENAI_API_KEY = anything, DIGESTBOT_MODEL = anything

What it says, the first that applies:

    model.script(Says("…"), rate_limited("2"), {"tier": "high"})    # a queue: each is said once, in this order
    model.script(Hang(), on="Order requests")                       # only to a request in whose task or prompt this is
    model.answer = lambda call: {"headline": call.user[:20]}        # a function of the request, for all others
                                                                    # else the least that the asked-for schema allows

An answer is a text, a mapping (which becomes JSON), or one of `tests.fakes.openai_answers`: Says, Refuses, Raw, Hang,
Trickle, Drop, Cut, Stall, and functions that make the usual ones (fenced, thinking, cut_by_length, refusal, filtered,
enormous, no_choice, context_length, unauthorised, forbidden, unknown_model, rate_limited, no_credit, server_error,
failing).

`model.latency` is how many seconds each answer takes, and `model.pace` each piece of a stream. `model.rules` is what
the API insists on: keys, models, a context, and what it lacks. `model.history` has every call (task, system, user,
schema, model, began, ended, active, status), and `model.peak` how many were under way at once. `model.watch` is called
with each call before it is answered.

To try the bot against it: python -m tests.fakes.openai [--latency 1] [--answers MODULE:FUNCTION]
"""

import argparse
import asyncio
import json
import re
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.openai_answers import (
    Answer,
    Cut,
    Drop,
    Hang,
    Lists,
    Raw,
    Refuses,
    Says,
    Stall,
    Trickle,
    answer_of,
    completion_body,
    error_body,
    models_body,
    pieces,
    sample,
)
from tests.fakes.openai_calls import Call, Rules, record

Given = Answer | str | Mapping[str, object] | None
_NO_SUCH_THING = Refuses(404, "Invalid URL", None)
_TRICKLE = 0.005


def built_in(call: Call) -> Given:
    """Return the least that is asked for: JSON after a schema, or a sentence."""
    return json.dumps(sample(call.schema)) if call.schema else "The fake model says so."


class FakeOpenAI:
    """The server. Whatever it does may be changed while it runs."""

    def __init__(
        self,
        answer: Callable[[Call], Given] = built_in,
        *,
        port: int = 0,
        latency: float = 0.0,
        rules: Rules | None = None,
        record_to: Path | None = None,
    ) -> None:
        """Take what answers, a port (0: any that is free), and a file for a record of the traffic."""
        self.answer = answer
        self.latency = latency
        self.pace = 0.0
        self.rules = rules or Rules()
        self.history: list[Call] = []
        self.peak = 0
        self.watch: Callable[[Call], object] = lambda _: None
        self._script: deque[tuple[re.Pattern[str], Answer]] = deque()
        self._port = port
        self.record_to = record_to
        self._active = 0
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """The address to ask, as OPENAI_BASE_URL has it."""
        return f"http://127.0.0.1:{self._port}/v1"

    def script(self, *answers: Given, on: str = "") -> None:
        """Append answers for calls in whose task or prompt there is a match of the pattern `on`."""
        self._script.extend((re.compile(on), answer_of(answer)) for answer in answers)

    def forget(self) -> None:
        """Drop the scripted answers that have not been given."""
        self._script.clear()

    @property
    def left(self) -> int:
        """How many of the scripted answers have not been given."""
        return len(self._script)

    def calls(self, task: str | None = None) -> list[Call]:
        """Return the completions that were asked for so far, of one task or of all."""
        chats = [call for call in self.history if call.path == "/v1/chat/completions"]
        return [call for call in chats if task in (None, call.task)]

    async def __aenter__(self) -> Self:
        """Listen."""
        server = web.Server(self._handle, access_log=None, handler_cancellation=True)
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
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        loop = asyncio.get_running_loop()
        content = await request.read()
        self._active += 1
        self.peak = max(self.peak, self._active)
        body = json.loads(content) if content else {}
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, request.path, headers, body, loop.time(), self._active)
        self.history.append(call)
        self.watch(call)
        try:
            answer = self._answer(call)
            call.answer = type(answer).__name__
            await asyncio.sleep(self.latency)
            return await self._send(request, call, answer)
        finally:
            call.ended = loop.time()
            self._active -= 1

    def _answer(self, call: Call) -> Answer:
        refused = self.rules.refusal(call)
        if refused:
            return refused
        if (call.method, call.path) == ("GET", "/v1/models"):
            return Lists(sorted(self.rules.models or ("fake",)))
        if (call.method, call.path) != ("POST", "/v1/chat/completions"):
            return _NO_SUCH_THING
        for at, (pattern, answer) in enumerate(self._script):
            if pattern.search(f"{call.task}\n{call.prompt}"):
                del self._script[at]
                return answer
        return answer_of(self.answer(call))

    async def _send(self, request: web.BaseRequest, call: Call, answer: Answer) -> web.StreamResponse:
        if isinstance(answer, Says | Cut | Stall) and call.body.get("stream"):
            return await self._stream(request, call, answer)
        match answer:
            case Hang() | Stall():
                await asyncio.Event().wait()
            case Drop():
                _abort(request)
            case Trickle():
                await self._trickle(request)
            case Cut(says):
                await self._half(request, completion_body(says, call.model, call.prompt))
            case Raw(body, content_type, headers):
                call.status = 200
                return web.Response(body=body, headers={**headers, "content-type": content_type})
            case Lists(models):
                return self._whole(call, 200, models_body(models))
            case Refuses(status):
                return self._whole(call, status, error_body(answer), answer.headers)
            case Says():
                return self._whole(call, 200, completion_body(answer, call.model, call.prompt))
        return web.Response()

    def _whole(
        self, call: Call, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> web.Response:
        call.status = status
        payload = json.dumps(body).encode()
        response = web.json_response(body=payload, status=status, headers=headers)
        self._record(call, response, payload)
        return response

    async def _stream(self, request: web.BaseRequest, call: Call, answer: Says | Cut | Stall) -> web.StreamResponse:
        says = answer if isinstance(answer, Says) else answer.answer
        usage = bool((call.body.get("stream_options") or {}).get("include_usage"))
        events = [_event(json.dumps(piece)) for piece in pieces(says, call.model, call.prompt, usage=usage)]
        events.append(_event("[DONE]"))
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        call.status = 200
        sent = events if says is answer else events[: len(events) // 2]
        if isinstance(answer, Cut) and answer.event is not None:
            sent.append(_event(answer.event))
        for event in sent:
            await response.write(event)
            call.sent.append(asyncio.get_running_loop().time())
            await asyncio.sleep(self.pace)
        if isinstance(answer, Stall):
            await asyncio.Event().wait()
        if isinstance(answer, Cut):
            await _close(request)
        self._record(call, response, b"".join(sent))
        return response

    def _record(self, call: Call, response: web.StreamResponse, payload: bytes) -> None:
        if self.record_to:
            record(self.record_to, call, response.headers, payload)

    async def _half(self, request: web.BaseRequest, body: Mapping[str, Any]) -> None:
        payload = json.dumps(body).encode()
        response = web.StreamResponse(headers={"content-type": "application/json"})
        response.content_length = len(payload)
        await response.prepare(request)
        await response.write(payload[: len(payload) // 2])
        await _close(request)

    async def _trickle(self, request: web.BaseRequest) -> None:
        response = web.StreamResponse(headers={"content-type": "application/json"})
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(_TRICKLE)


def _event(data: str) -> bytes:
    return f"data: {data}\n\n".encode()


async def _close(request: web.BaseRequest) -> None:
    """Close the connection once what was written is sent."""
    await asyncio.sleep(0)
    if request.transport:
        request.transport.close()


def _abort(request: web.BaseRequest) -> None:
    """Close the connection at once."""
    if isinstance(request.transport, asyncio.Transport):
        request.transport.abort()


def main(arguments: Sequence[str], say: Callable[..., object] = print) -> None:
    """Serve what the command line says until interrupted; its first line is the address."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.openai", description="A model on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="any that is free, unless given")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="how long each answer takes")
    parser.add_argument("--key", help="the only key that is good")
    parser.add_argument("--answers", metavar="MODULE:FUNCTION", help="what answers, as FakeOpenAI.answer")
    parser.add_argument("--record", type=Path, metavar="FILE", help="append the traffic as lines of JSON")
    asked = parser.parse_args(arguments)
    answer: Callable[[Call], Given] = built_in
    if asked.answers:
        module, _, function = asked.answers.partition(":")
        answer = getattr(import_module(module), function)
    rules = Rules(keys=[asked.key] if asked.key else None)
    model = FakeOpenAI(answer, port=asked.port, latency=asked.latency, rules=rules, record_to=asked.record)

    async def serve() -> None:
        async with model:
            say(model.url, flush=True)
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())


if __name__ == "__main__":
    main(sys.argv[1:])
