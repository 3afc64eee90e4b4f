"""Socket Mode: the WebSocket connections of the app, and envelopes that are acknowledged on them."""

import asyncio
import json
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack_delivery import Attempt, Retry, What
from tests.fakes.slack_faults import Faults
from tests.fakes.slack_world import Json

CONNECTIONS = 10
"""Connections of an app."""

_HOST = "applink-1"


@dataclass(slots=True, eq=False)
class Connection:
    """A connection, and the envelopes on it that wait for an acknowledgement."""

    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    leaving: bool = False


class Sockets:
    """All connections. Each ticket, which `apps.connections.open` hands out, is good for one."""

    def __init__(self, app_id: str, faults: Faults) -> None:
        """Take whose connections they are, and what goes wrong."""
        self.connections: list[Connection] = []
        self.tickets: set[str] = set()
        self.frames: list[Json] = []
        self._app_id = app_id
        self._faults = faults
        self._known = False
        self._changed = asyncio.Event()

    async def connected(self, count: int = 1) -> None:
        """Return once there are so many connections."""
        while len(self._open()) < count:
            self._changed.clear()
            await self._changed.wait()

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve a connection until one side ends it."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=401, text="invalid ticket")
        self.tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.connections) >= CONNECTIONS:
            await _frame(socket, _goodbye("too_many_websockets"))
            await socket.close()
            return socket
        connection = Connection(socket, request.transport)
        self.connections.append(connection)
        self._known = True
        try:
            await _frame(socket, self._hello())
            self._changed.set()
            await self._listen(connection)
        finally:
            self.connections.remove(connection)
            for waiting in connection.waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError())
        return socket

    async def send(self, what: What, payload: Json, retry: Retry, within: float) -> Attempt:
        """Send an envelope on any of the connections. An app that never had one is not waited for."""
        able = self._open()
        if not able:
            return Attempt("connection_failed" if self._known else "no_retry")
        connection = self._faults.random.choice(able)
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": what,
            "payload": payload,
            "accepts_response_payload": what != "events_api",
        }
        if what == "events_api":
            envelope |= {"retry_attempt": retry.number, "retry_reason": retry.reason or ""}
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = waiting
        try:
            await _frame(connection.socket, envelope)
            return Attempt(None, await asyncio.wait_for(waiting, within))
        except TimeoutError:
            return Attempt("http_timeout")
        except ConnectionError:
            return Attempt("connection_failed")
        finally:
            del connection.waiting[envelope["envelope_id"]]

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every client to connect anew; no further envelope goes to the connections that there are."""
        for connection in list(self.connections):
            connection.leaving = True
            with suppress(ConnectionError):
                await _frame(connection.socket, _goodbye(reason))

    def drop(self) -> None:
        """Cut every connection without a word."""
        for connection in self.connections:
            if isinstance(connection.transport, asyncio.Transport):
                connection.transport.abort()

    def _open(self) -> list[Connection]:
        return [one for one in self.connections if not one.leaving and not one.socket.closed]

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": _HOST, "build_number": 1, "approximate_connection_time": 18_060},
            "connection_info": {"app_id": self._app_id},
        }

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            frame: Json = json.loads(message.data)
            self.frames.append(frame)
            waiting = connection.waiting.get(str(frame.get("envelope_id")))
            if waiting and not waiting.done():
                waiting.set_result(frame.get("payload"))


async def _frame(socket: web.WebSocketResponse, frame: Json) -> None:
    await socket.send_str(json.dumps(frame, ensure_ascii=False))


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}
