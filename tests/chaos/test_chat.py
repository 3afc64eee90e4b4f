"""The chat that goes wrong does what every chat does, as long as nothing goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.contracts.chat import ChatContract, Seen, said
from bot.model import Place
from bot.ports import Chat
from tests.chaos.chat import ChaosChat
from tests.chaos.chat_server import ChatServer, Counts
from tests.chaos.clock import FastClock

CHANNEL = Place("chaos", "W", "C")


class TestChaosChat(ChatContract):
    """The adapter and its server."""

    @pytest.fixture(autouse=True)
    async def _open(self) -> AsyncIterator[None]:
        self.clock = FastClock(1)
        async with ChatServer(self.clock).running() as self.server, ChaosChat.opened(self.server.url) as self.opened:
            yield

    def chat(self) -> Chat:
        """Return the adapter."""
        return self.opened

    def channel(self) -> Place:
        """Return a channel."""
        return CHANNEL

    async def files(self) -> Sequence[str]:
        """Return what was attached."""
        return [str(post.body["text"]) for post in self.server.shown("C") if "urls" not in post.body]

    async def seen(self) -> Sequence[Seen]:
        """Return what the server shows."""
        return [
            Seen(
                "\n".join([str(post.body["text"]), *post.body.get("buttons", ())]),
                frozenset(post.body.get("urls", ())),
                post.pinned,
                post.thread is not None,
            )
            for post in self.server.shown("C")
        ]

    async def test_it_counts_what_is_wrong(self) -> None:
        """What is there twice, what is not there and what stands before what it should follow is counted."""
        for text in ("a", "c", "b", "a", "e"):
            await self.sent(said(text))
        assert self.server.counts("C", ["a", "b", "c", "d", "e"]) == Counts(doubled=1, missing=1, out_of_order=1)

    async def test_it_stores_before_it_fails(self) -> None:
        """A message is stored, or comes later, although the call failed; or is not, although it might have been."""
        self.clock = self.server.clock = FastClock(1000)
        stored = []
        for fault in ("before", "after", "dropped", "late", "busy"):
            self.server.script = [fault]
            with pytest.raises(Exception, match="chat"):
                await self.sent(said(fault))
            stored.append(len(self.server.stored))
        await asyncio.sleep(0.05)
        assert stored == [0, 1, 2, 2, 2]
        assert [post.body["text"] for post in self.server.stored] == ["after", "dropped", "late"]
