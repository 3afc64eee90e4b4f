"""Digests on a chat server: what they and the posts of earlier ones say of each other."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.engine.delivery import Delivery
from bot.engine.places import Places
from bot.engine.wishes import Target, Wish
from bot.model import Digest, Earlier, Entry, PullRequest, Relation, Tier, Window
from bot.ports import Asking, ChatTraits, FoundRepository
from bot.store import open_store
from tests.chaos.chat import ChaosChat
from tests.chaos.chat_server import ChatServer
from tests.chaos.clock import FastClock
from tests.engine.delivery.support import CHANNEL
from tests.fakes.digests import NOON, ROCKET, analysis, commit, digest


def high(message: str, number: int, *earlier: Earlier) -> Entry:
    """Return a change of the highest tier."""
    landed = replace(commit(message), pull_request=PullRequest(number))
    return Entry(landed, analysis(message, tier=Tier.HIGH), earlier=earlier)


def wish_of(digest: Digest) -> Wish:
    """Return the wish for a digest in the channel."""
    return Wish(Target(FoundRepository(ROCKET), digest.window, "en"), CHANNEL, awaited=False)


class Channel:
    """A channel with what is posted there."""

    def __init__(self, server: ChatServer, places: Places) -> None:
        self.server = server
        self._places = places

    async def deliver(self, day: Digest) -> str | None:
        """Deliver a digest; return why that cannot be."""
        return await self._places.deliver(wish_of(day), day)

    async def show(self, day: Digest) -> None:
        """Deliver a digest."""
        assert await self.deliver(day) is None

    def post(self, words: str) -> str:
        """Return the post that begins with these words."""
        shown = [str(post.body["text"]) for post in self.server.shown(CHANNEL.channel)]
        (found,) = (text for text in shown if words in text.partition("\n")[0])
        return found


@pytest.fixture
async def channel(tmp_path: Path) -> AsyncIterator[Channel]:
    """Return a channel."""
    clock = FastClock(1000)
    async with (
        ChatServer(clock).running() as server,
        open_store(tmp_path, clock=clock) as store,
        ChaosChat.opened(server.url, patience=5, traits=ChatTraits(asking=Asking.MENTION)) as chat,
    ):
        yield Channel(server, Places({"chaos": Delivery(chat, store.outbox, clock, "one")}))


async def test_a_revert_and_what_it_reverts_lead_to_each_other(channel: Channel) -> None:
    """The digest that reverts a change leads to its post, and that post gets a note, once, that leads back."""
    first = high("Order requests", 7)
    reverted = Earlier(Relation.REVERTS, first.commit.sha, "Order requests", NOON, 7)
    revert = high("Take it back", 9, reverted)
    tuesday = Window(NOON, NOON + timedelta(days=1), "UTC", "2026-01-16")
    later = replace(digest([revert]), window=tuesday)

    await channel.show(digest([first]))
    before = channel.post("Order requests")
    for _ in range(2):
        await channel.show(later)

    assert channel.post("Order requests") == f"{before}\n#7 was reverted by #9"
    assert "Reverts #7 of 15 Jan 2026: Order requests" in channel.post("Take it back")


async def test_a_change_that_the_channel_was_not_told_of(channel: Channel) -> None:
    """Where the channel has no post of the earlier change, the digest is posted all the same."""
    await channel.show(digest([high("Take it back", 9, Earlier(Relation.REVERTS, "a" * 40, "Order", NOON, 7))]))
    assert "Reverts #7" in channel.post("Take it back")


async def test_what_is_reverted_on_the_same_day(channel: Channel) -> None:
    """Of two changes of one digest the first has the note of the second, however often it is delivered."""
    first = high("Order requests", 7)
    second = high("Take it back", 9, Earlier(Relation.REVERTS, first.commit.sha, "Order requests", NOON, 7))
    for _ in range(2):
        await channel.show(digest([second, first]))
    assert channel.post("Order requests").endswith("\n#7 was reverted by #9")
    assert channel.server.calls["edit"] == 1


async def test_how_people_ask_there_is_said(channel: Channel) -> None:
    """The root of a digest ends with how its channel asks about it."""
    await channel.show(digest([high("Order requests", 7)]))
    root = str(channel.server.shown(CHANNEL.channel)[0].body["text"])
    assert root.endswith("Mention me there to ask about these changes.")


async def test_a_channel_that_is_gone(channel: Channel, caplog: pytest.LogCaptureFixture) -> None:
    """That a digest cannot be posted is told to the operator: nobody reads it in the channel."""
    day = digest([high("Order requests", 7)])
    channel.server.closed.add(CHANNEL.channel)
    ended = await channel.deliver(day)
    assert ended == "Nothing more can be posted here: The channel is archived."
    [warning] = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warning == f"In {CHANNEL.channel_key}: {ended}"
