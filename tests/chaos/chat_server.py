"""A chat platform on loopback that goes wrong in every way: `python -m tests.chaos.chat_server --help`.

It stores a message before it answers. It may fail before storing or after, answer late, drop the connection, or store
what it was sent only when the connection is long gone. It keeps everything in memory and counts what went wrong.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from typing import Any

from aiohttp import web

from bot.model import Place
from bot.ports import Clock

Json = dict[str, Any]


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the moment."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass
class Faults:
    """How many of all calls go wrong, by how; `seconds` is how late late ones are."""

    before: float = 0.0
    after: float = 0.0
    dropped: float = 0.0
    late: float = 0.0
    busy: float = 0.0
    slow: float = 0.0
    seconds: float = 6.0

    @classmethod
    def all(cls, share: float) -> "Faults":
        """Return faults of every kind, of this share of the calls together."""
        return cls(*[share / 6] * 6)


@dataclass
class Stored:
    """A message or file, as a reader sees it."""

    id: str
    channel: str
    thread: str | None
    token: str
    body: Json
    at: float
    pinned: bool = False
    deleted: bool = False
    edits: int = 0


@dataclass(frozen=True)
class Counts:
    """What is wrong with a channel."""

    doubled: int = 0
    missing: int = 0
    out_of_order: int = 0


def compare(shown: Sequence[Stored], expected: Sequence[str]) -> Counts:
    """Compare what a channel shows to the texts that should be, which are all different, as are the tokens."""
    texts = [str(post.body["text"]) for post in shown]
    places = [texts.index(text) for text in expected if text in texts]
    different = min(len(set(texts)), len({post.token for post in shown}))
    return Counts(
        doubled=len(shown) - different,
        missing=sum(text not in texts for text in expected),
        out_of_order=sum(later < earlier for earlier, later in pairwise(places)),
    )


class Refused(Exception):
    """What the platform says no with: a status, and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass
class ChatServer:
    """The platform.

    `longest` is how many characters a message may have, and `most_pins` how many pins a channel. `script` names the
    faults of the next calls, in order. `closed` are archived channels, `forbidden` the methods that are not allowed.
    """

    clock: Clock = field(default_factory=WallClock)
    faults: Faults = field(default_factory=Faults)
    seed: int = 0
    longest: int = 4000
    most_pins: int = 100
    stored: list[Stored] = field(default_factory=list)
    script: list[str] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)
    url: str = ""
    token: str = ""

    def __post_init__(self) -> None:
        """Draw from the seed alone."""
        self._random = Random(self.seed)  # noqa: S311 - no secret comes of it
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator["ChatServer"]:
        """Answer on a port of loopback."""
        application = web.Application(client_max_size=2**24)
        application.router.add_get("/history", self._history)
        application.router.add_post("/{method}", self._call)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            for task in self._tasks:
                task.cancel()
            await runner.cleanup()

    def place(self, number: int) -> Place:
        """Return the channel of a number; every one exists."""
        return Place("plain", "W", f"C{number}")

    def shown(self, channel: str) -> list[Stored]:
        """Return what a reader sees in a channel: the roots in order, each with its thread beneath it."""
        there = [post for post in self.stored if post.channel == channel and not post.deleted]
        roots = [post for post in there if post.thread is None]
        return [each for root in roots for each in (root, *(post for post in there if post.thread == root.id))]

    def counts(self, channel: str, expected: Sequence[str]) -> Counts:
        """Compare what is shown to the texts that should be, which are all different."""
        return compare(self.shown(channel), expected)

    async def _history(self, request: web.Request) -> web.Response:  # noqa: ARG002 - the form of a handler
        return web.json_response({"stored": [asdict(post) for post in self.stored], "calls": dict(self.calls)})

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method, asked = request.match_info["method"], await request.json()
        self.calls[method] += 1
        fault = self._draw()
        if fault == "busy":
            return web.json_response({"error": "slow down"}, status=429, headers={"Retry-After": "2"})
        if fault == "before":
            return web.json_response({"error": "failed"}, status=503)
        if fault == "late":
            self._later(method, asked)
            return self._dropped(request)
        try:
            answer = self._do(method, asked)
        except Refused as no:
            return web.json_response({"error": str(no)}, status=no.status)
        if fault == "after":
            return web.json_response({"error": "failed"}, status=500)
        if fault == "dropped":
            return self._dropped(request)
        if fault == "slow":
            await self.clock.sleep(self.faults.seconds)
        return web.json_response(answer)

    def _draw(self) -> str | None:
        if self.script:
            return self.script.pop(0)
        drawn = self._random.random()
        for kind in ("before", "after", "dropped", "late", "busy", "slow"):
            drawn -= getattr(self.faults, kind)
            if drawn < 0:
                return kind
        return None

    def _later(self, method: str, asked: Json) -> None:
        async def do() -> None:
            await self.clock.sleep(self.faults.seconds)
            try:
                self._do(method, asked)
            except Refused:
                return

        task = asyncio.create_task(do())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _dropped(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    def _do(self, method: str, asked: Json) -> Json:
        if asked["channel"] in self.closed:
            raise Refused(410, "The channel is archived.")
        if method in self.forbidden:
            raise Refused(403, f"The bot may not {method} there.")
        match method:
            case "post" | "attach":
                return {"id": self._store(asked).id}
            case "find":
                return {"id": self._found(asked)}
        post = self._there(asked)
        match method:
            case "edit":
                self._check(asked["body"])
                post.body, post.edits = asked["body"], post.edits + 1
            case "delete":
                post.deleted, post.pinned = True, False
            case "pin":
                return {"fresh": self._pin(post)}
            case "unpin":
                post.pinned = False
            case _:
                raise Refused(400, "There is no such method.")
        return {}

    def _store(self, asked: Json) -> Stored:
        if "name" not in asked:
            self._check(asked["body"])
        at = self.clock.now().timestamp()
        post = Stored(str(len(self.stored)), asked["channel"], asked["thread"], asked["token"], asked["body"], at)
        self.stored.append(post)
        return post

    def _check(self, body: Json) -> None:
        if len(body["text"]) > self.longest:
            raise Refused(413, "The message is too long.")

    def _found(self, asked: Json) -> str | None:
        wanted = (asked["channel"], asked["thread"], asked["token"])
        for post in self.stored:
            if (post.channel, post.thread, post.token) == wanted and post.at >= asked["since"] and not post.deleted:
                return post.id
        return None

    def _there(self, asked: Json) -> Stored:
        for post in self.stored:
            if (post.channel, post.id) == (asked["channel"], asked["id"]) and not post.deleted:
                return post
        raise Refused(404, "There is no such message.")

    def _pin(self, post: Stored) -> bool:
        if post.pinned:
            return False
        if sum(each.pinned for each in self.stored if each.channel == post.channel) >= self.most_pins:
            raise Refused(409, "The channel has too many pins.")
        post.pinned = True
        return True


async def _serve(arguments: argparse.Namespace) -> None:
    server = ChatServer(faults=Faults.all(arguments.faults), seed=arguments.seed)
    async with server.running(arguments.port):
        print(json.dumps({"url": server.url}), flush=True)  # noqa: T201 - this is how it says where it is
        await asyncio.Event().wait()


def main() -> None:
    """Run until it is ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.chat_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of 127.0.0.1; by default any, which is printed")
    parser.add_argument("--faults", type=float, default=0.3, help="the share of the calls that go wrong")
    parser.add_argument("--seed", type=int, default=0, help="of what goes wrong")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
