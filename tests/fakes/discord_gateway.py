"""The gateway: sessions over WebSocket, what each of them is told, and what may go wrong with them."""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from aiohttp import WSMsgType, web

from tests.fakes import discord_shapes as shapes
from tests.fakes.discord_permissions import permissions
from tests.fakes.discord_traffic import Frame
from tests.fakes.discord_world import JSON, Event, Value, World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
_PRESENCE, _VOICE, _REQUEST_MEMBERS = 3, 4, 8
UNKNOWN_OPCODE, NOT_JSON, NOT_IDENTIFIED, BAD_TOKEN, IDENTIFIED_TWICE = 4001, 4002, 4003, 4004, 4005
BAD_SEQUENCE, TOO_FAST, SHARD_UNKNOWN, INTENTS_UNKNOWN, INTENTS_FORBIDDEN = 4007, 4008, 4010, 4013, 4014
_GUILDS = 1 << 0
_PRIVILEGED = (1 << 1) | (1 << 8)
_KNOWN_INTENTS = (1 << 26) - 1
_FRAMES_A_MINUTE = 120


class _Closing(Exception):
    """Raised where a connection is to be closed with a code; 0 stands for a connection that is cut."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Session:
    """What was agreed with a client, and all that it was told, so that it can be told again."""

    id: str
    intents: int
    shard: tuple[int, int]
    told: list[JSON] = field(default_factory=list)
    connection: "_Connection | None" = None

    def wants(self, event: Event, world: World) -> bool:
        """Whether an event is for this session: for its shard, its intents, and a channel that the bot sees."""
        here = (event.guild_id >> 22) % self.shard[1] == self.shard[0] if event.guild_id else self.shard[0] == 0
        told = not event.intents or bool(self.intents & event.intents)
        return here and told and (not event.channel or bool(permissions(world, world.bot, event.channel)))


@dataclass(slots=True)
class Trouble:
    """How probable it is, for each event, that the connection is cut before it or that it is told twice.

    `refuse` is the probability that a RESUME is refused.
    """

    random: Random
    cut: float = 0.0
    twice: float = 0.0
    refuse: float = 0.0


@dataclass(slots=True, eq=False)
class _Connection:
    """One WebSocket. Frames are sent in their order by a task of its own, as events come from anywhere."""

    socket: web.WebSocketResponse
    frames: asyncio.Queue[JSON | int] = field(default_factory=asyncio.Queue)
    session: Session | None = None
    heard: deque[float] = field(default_factory=deque)
    closing: bool = False

    def close(self, code: int) -> None:
        """Close it after what waits to be sent; 0 cuts it at once."""
        self.closing = True
        if self.session:
            self.session.connection = None
        self.frames.put_nowait(code)


class Gateway:
    """The sessions, with so many seconds between two heartbeats.

    What is to go wrong next is set on `refuse_resumes`, `duplicates` and `trouble`.
    """

    def __init__(self, world: World, say: Callable[[Frame], None]) -> None:
        """Take the world, and who is told of every frame."""
        self.world = world
        self.sessions: dict[str, Session] = {}
        self.heartbeat = 41.25
        self.refuse_resumes = 0
        self.duplicates = 0
        self.trouble: Trouble | None = None
        self._say = say
        self._address = ""
        world.listeners.append(self._dispatch)

    @property
    def connected(self) -> list[Session]:
        """The sessions that have a connection."""
        return [session for session in self.sessions.values() if session.connection]

    def drop(self, code: int = 0) -> None:
        """Close every connection with a code; 0 cuts it without one."""
        for session in self.connected:
            assert session.connection
            session.connection.close(code)

    def ask_to_reconnect(self) -> None:
        """Ask every client to reconnect and resume."""
        self._ask({"op": RECONNECT, "s": None, "t": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every client that its session is invalid."""
        self._ask({"op": INVALID_SESSION, "d": resumable, "s": None, "t": None})
        if not resumable:
            for session in self.connected:
                del self.sessions[session.id]

    def _ask(self, frame: JSON) -> None:
        for session in self.connected:
            assert session.connection
            session.connection.frames.put_nowait(frame)

    def _dispatch(self, event: Event) -> None:
        for session in list(self.sessions.values()):
            if session.wants(event, self.world):
                self._tell(session, event.name, self._data(session, event))

    def _data(self, session: Session, event: Event) -> JSON:
        if event.message is None or session.intents & shapes.MESSAGE_CONTENT:
            return event.data
        return event.data | shapes.message(event.message, self.world, granted=False)

    def _tell(self, session: Session, name: str, data: JSON) -> None:
        twice = self.duplicates > 0
        self.duplicates -= twice
        if self.trouble:
            dice = self.trouble.random
            twice |= dice.random() < self.trouble.twice
            if session.connection and dice.random() < self.trouble.cut:
                session.connection.close(0)
        for _ in range(1 + twice):
            frame = {"op": DISPATCH, "t": name, "s": len(session.told) + 1, "d": data}
            session.told.append(frame)
            if session.connection:
                session.connection.frames.put_nowait(frame)

    async def serve(self, request: web.BaseRequest, address: str) -> web.WebSocketResponse:
        """Speak with a client until one of the two closes."""
        self._address = address
        socket = web.WebSocketResponse(max_msg_size=4096)
        await socket.prepare(request)
        connection = _Connection(socket)
        hello = {"op": HELLO, "d": {"heartbeat_interval": int(self.heartbeat * 1000), "_trace": []}}
        connection.frames.put_nowait(hello | {"s": None, "t": None})
        writer = asyncio.create_task(self._write(connection, request))
        try:
            await self._listen(connection)
        finally:
            self._forget(connection)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    def _forget(self, connection: _Connection) -> None:
        """Keep the session for a RESUME, unless the client said good-bye."""
        session = connection.session
        if session and session.connection is connection:
            session.connection = None
        if session and not connection.closing and connection.socket.close_code in (1000, 1001):
            self.sessions.pop(session.id, None)

    async def _write(self, connection: _Connection, request: web.BaseRequest) -> None:
        while True:
            frame = await connection.frames.get()
            if isinstance(frame, int):
                break
            self._say(Frame("in", frame))
            try:
                await connection.socket.send_str(json.dumps(frame, ensure_ascii=False))
            except ConnectionError:
                return
        if frame:
            await connection.socket.close(code=frame)
        elif isinstance(request.transport, asyncio.Transport):
            request.transport.abort()

    async def _listen(self, connection: _Connection) -> None:
        async for message in connection.socket:
            try:
                self._hear(connection, message.data if message.type is WSMsgType.TEXT else "")
            except _Closing as closing:
                connection.close(closing.code)

    def _hear(self, connection: _Connection, text: str) -> None:
        now = asyncio.get_running_loop().time()
        connection.heard.append(now)
        while connection.heard[0] < now - 60:
            connection.heard.popleft()
        if len(connection.heard) > _FRAMES_A_MINUTE:
            raise _Closing(TOO_FAST)
        try:
            payload: JSON = json.loads(text)
            op, data = payload["op"], payload.get("d")
        except (ValueError, TypeError, KeyError):
            raise _Closing(NOT_JSON) from None
        self._say(Frame("out", payload))
        self._obey(connection, op, data)

    def _obey(self, connection: _Connection, op: int, data: Value) -> None:
        if op == HEARTBEAT:
            connection.frames.put_nowait({"op": ACK, "s": None, "t": None})
        elif op == IDENTIFY:
            self._identify(connection, data)
        elif op == RESUME:
            self._resume(connection, data)
        elif op not in (_PRESENCE, _VOICE, _REQUEST_MEMBERS):
            raise _Closing(UNKNOWN_OPCODE)
        elif connection.session is None:
            raise _Closing(NOT_IDENTIFIED)
        elif op == _REQUEST_MEMBERS:
            self._members(connection.session, data)

    def _identify(self, connection: _Connection, data: JSON) -> None:
        if connection.session:
            raise _Closing(IDENTIFIED_TWICE)
        self._check(data)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~_KNOWN_INTENTS:
            raise _Closing(INTENTS_UNKNOWN)
        application = self.world.application
        granted = application.privileged_intents | (shapes.MESSAGE_CONTENT if application.message_content else 0)
        if intents & (_PRIVILEGED | shapes.MESSAGE_CONTENT) & ~granted:
            raise _Closing(INTENTS_FORBIDDEN)
        shard = tuple(data.get("shard") or (0, 1))
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            raise _Closing(SHARD_UNKNOWN)
        session = Session(secrets.token_hex(16), intents, shard, connection=connection)
        self.sessions[session.id] = session
        connection.session = session
        self._welcome(session)

    def _check(self, data: JSON) -> None:
        if str(data.get("token")).removeprefix("Bot ") != self.world.application.token:
            raise _Closing(BAD_TOKEN)

    def _welcome(self, session: Session) -> None:
        world = self.world
        number, shards = session.shard
        homes = [each for each in world.guilds.values() if world.bot.id in each.members]
        homes = [each for each in homes if (each.id >> 22) % shards == number]
        ready: JSON = {
            "v": 10,
            "user": shapes.own_user(world.bot),
            "guilds": [{"id": str(each.id), "unavailable": True} for each in homes],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self._address,
            "private_channels": [],
            "shard": [number, shards],
            "application": shapes.partial_application(world),
        }
        self._tell(session, "READY", ready)
        if session.intents & _GUILDS:
            for each in homes:
                self._tell(session, "GUILD_CREATE", shapes.whole_guild(each, world))

    def _resume(self, connection: _Connection, data: JSON) -> None:
        self._check(data)
        session = self.sessions.get(str(data.get("session_id")))
        refused = self.refuse_resumes > 0
        self.refuse_resumes -= refused
        if self.trouble and self.trouble.random.random() < self.trouble.refuse:
            refused = True
        if refused and session:
            del self.sessions[session.id]
        if session is None or refused:
            connection.frames.put_nowait({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return
        seen = data.get("seq") or 0
        if seen > len(session.told):
            raise _Closing(BAD_SEQUENCE)
        connection.session, session.connection = session, connection
        for frame in session.told[seen:]:
            connection.frames.put_nowait(frame)
        self._tell(session, "RESUMED", {"_trace": []})

    def _members(self, session: Session, data: JSON) -> None:
        guild = self.world.guilds.get(int(data.get("guild_id") or 0))
        if guild is None:
            return
        wanted = [int(each) for each in data.get("user_ids") or ()]
        query = data.get("query") or ""
        people = [self.world.users[each] for each in guild.members if not wanted or each in wanted]
        found = [shapes.member(guild, each, self.world) for each in people if each.name.startswith(query)]
        chunk = {"guild_id": str(guild.id), "members": found, "chunk_index": 0, "chunk_count": 1, "not_found": []}
        self._tell(session, "GUILD_MEMBERS_CHUNK", chunk | ({"nonce": data["nonce"]} if data.get("nonce") else {}))
