"""A Discord on 127.0.0.1: REST API, gateway, and what people see and do.

    async with FakeDiscord(world) as discord:      # in the running event loop
        interaction = discord.command(ada, channel, "/digest period:today")
        await discord.until(lambda: interaction.original and not interaction.loading)

`discord_client.lead(discord)` leads discord.py here.
What Discord enforces is enforced: permissions, limits of forms, nonces, the lives of interactions, rate limits (as fast
as `speed` says). `discord.faults` and `discord.gateway` script what goes wrong, `discord.log` is what went over the
wire. GET /view/CHANNEL shows a channel as people see it.

To try the bot against it: python -m tests.fakes.discord
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import BodyPartReader, MultipartReader, web

from tests.fakes import discord_actions as actions
from tests.fakes import discord_html, discord_people, discord_rest
from tests.fakes.discord_answers import Answer, Refusal, error, refuse, unauthorized
from tests.fakes.discord_call import Call, File
from tests.fakes.discord_faults import Afterwards, Drop, Fault, Faults, Hang, Slow
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_limits import Limits
from tests.fakes.discord_traffic import Exchange, Frame, record, record_frame
from tests.fakes.discord_world import Value, World

_API = "/api/v10"
_LARGEST = 100 << 20
"""Bytes of a request that are read; what Discord takes is less."""


class FakeDiscord:
    """The server. Its world, limits, faults, gateway and log may be read and changed while it runs."""

    def __init__(
        self, world: World, *, port: int = 0, speed: float | None = None, record_to: Path | None = None
    ) -> None:
        """Take what it knows, a port (0: any that is free), how fast its limits forgive, and a file for its traffic."""
        self.world = world
        self.limits = Limits(speed)
        self.faults = Faults()
        self.log: list[Exchange] = []
        self.frames: list[Frame] = []
        self.gateway = Gateway(world, self._keep_frame)
        self.say = partial(discord_people.say, world)
        self.edit = partial(discord_people.edit, world)
        self.remove = partial(discord_people.remove, world)
        self.command = partial(discord_people.command, world)
        self.suggest = partial(discord_people.suggest, world)
        self.press = partial(discord_people.press, world)
        self._port = port
        self._record_to = record_to
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """The address of the REST API."""
        return self.url + _API

    @property
    def gateway_url(self) -> str:
        """The address of the gateway."""
        return f"ws://127.0.0.1:{self._port}/gateway"

    def requests(self, pattern: str = "") -> list[Exchange]:
        """Return what was asked so far, where `METHOD /path?query` has a match of a pattern."""
        return [each for each in self.log if re.search(pattern, f"{each.method} {each.path}")]

    async def until(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until a condition holds. Raises TimeoutError when it does not come to."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - a condition is of any state, which has no event
                await asyncio.sleep(0.002)

    async def __aenter__(self) -> Self:
        """Listen."""
        requests = partial(web.BaseRequest, loop=asyncio.get_running_loop(), client_max_size=_LARGEST)
        server = web.Server(self._handle, access_log=None, request_factory=requests, handler_cancellation=True)
        self._runner = web.ServerRunner(server, shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        assert self._runner
        await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.headers.get("upgrade", "").lower() == "websocket":
            return await self.gateway.serve(request, self.gateway_url)
        if request.path.startswith("/view"):
            return _response(discord_html.page(self.world, request.path.removeprefix("/view").strip("/")))
        if request.path.startswith("/attachments/"):
            return _response(self._attachment(request.path.split("/")[2]))
        if not request.path.startswith(f"{_API}/"):
            return _response(error(0))
        return await self._api(request)

    def _attachment(self, number: str) -> Answer:
        content = self.world.files.get(int(number)) if number.isdigit() else None
        return error(0) if content is None else Answer(200, content, {"content-type": "application/octet-stream"})

    async def _api(self, request: web.BaseRequest) -> web.StreamResponse:
        exchange = Exchange(request.method, request.raw_path.removeprefix(_API), at=time.time())
        exchange.headers = dict(request.headers)
        self.log.append(exchange)
        fault = self.faults.take(f"{exchange.method} {exchange.path}")
        exchange.fault = type(fault).__name__ if fault else None
        answer = await self._served(request, exchange, fault)
        if isinstance(fault, Afterwards):
            fault = fault.fault
        if isinstance(fault, Hang):
            await asyncio.Event().wait()
        if isinstance(fault, Drop):
            if isinstance(request.transport, asyncio.Transport):
                request.transport.abort()
            return web.Response()
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, Answer):
            answer = fault
        exchange.status, exchange.answer = answer.status, answer.body
        self.limits.count(answer.status)
        if self._record_to and answer.status < 500:  # what a failing server says is described nowhere
            record(self._record_to, self._secrets(), exchange, answer.headers)
        return _response(answer)

    async def _served(self, request: web.BaseRequest, exchange: Exchange, fault: Fault | None) -> Answer:
        """Return the answer of the API; a fault that comes before it leaves everything as it was."""
        try:
            body, files = await _read(request)
            names = {file.field: file.name for file in files}
            exchange.body = body | names if isinstance(body, dict) else body or names or None
            if isinstance(fault, Answer | Drop | Hang):
                return Answer(204)
            return self._answer(request, body, files)
        except Refusal as refusal:
            return refusal.answer

    def _answer(self, request: web.BaseRequest, body: Value, files: tuple[File, ...]) -> Answer:
        found = discord_rest.find(request.method, request.path.removeprefix(_API))
        if isinstance(found, Answer):
            return found
        headers = self.limits.spend(request.method, found.template, found.part)
        if not found.public and request.headers.get("authorization") != f"Bot {self.world.application.token}":
            return unauthorized().with_headers(headers)
        try:
            actions.archive_idle(self.world)
            call = Call(self.world, self.url, found.part, dict(request.query), body, files)
            return found.endpoint(call).with_headers(headers)
        except Refusal as refusal:
            return refusal.answer.with_headers(headers)

    def _secrets(self) -> list[str]:
        return [self.world.application.token, *self.world.interactions]

    def _keep_frame(self, frame: Frame) -> None:
        self.frames.append(frame)
        if self._record_to:
            record_frame(self._record_to, self._secrets(), frame)


async def _read(request: web.BaseRequest) -> tuple[Value, tuple[File, ...]]:
    """Return the body of a request, and the files uploaded beside it. Raises Refusal."""
    files: list[File] = []
    text = b""
    if request.content_type.startswith("multipart/"):
        reader = await request.multipart()
        while part := await reader.next():
            if isinstance(part, MultipartReader):
                raise refuse(50109)
            text = await _read_part(part, files, text)
    else:
        text = await request.read()
    try:
        return (json.loads(text) if text else None), tuple(files)
    except ValueError:
        raise refuse(50109) from None


async def _read_part(part: BodyPartReader, files: list[File], text: bytes) -> bytes:
    content = bytes(await part.read())
    if part.name == "payload_json":
        return content
    files.append(File(part.name or "", part.filename or "unknown", content))
    return text


def _response(answer: Answer) -> web.Response:
    response = web.Response(status=answer.status, body=answer.payload, headers=dict(answer.headers))
    if answer.body is not None:
        response.headers["content-type"] = answer.content_type
    return response


if __name__ == "__main__":
    from tests.fakes.discord_cli import main

    main(sys.argv[1:])
