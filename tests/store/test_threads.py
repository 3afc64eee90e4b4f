"""A thread of a chat leads to the digest that it shows, on both databases."""

from dataclasses import replace
from datetime import timedelta

from bot.model import Place, PostReference
from bot.ports import DigestThread, OutboxPost, PostState
from bot.store import Store
from tests.store.support import NASTY, NOON

CHANNEL = Place("slack", "T1", "C1")
SHOWN = DigestThread("a", "build:1")


async def post(store: Store, thread: str, place: Place, message: str) -> None:
    """Keep a post of a thread."""
    lease = await store.outbox.lease(thread, "one", timedelta(minutes=1))
    assert lease is not None
    sent = OutboxPost(f"t{thread}", "root", 1, PostState.SENT, "", NOON, NOON, PostReference(place, message))
    await store.outbox.keep_post(lease, sent)


async def test_a_thread_is_found_by_its_root_or_by_where_it_is(store: Store) -> None:
    """On one platform a thread is named by its root, on another its posts are in it; channels are told apart."""
    await post(store, "a", CHANNEL, "17.5")
    await post(store, "b", replace(CHANNEL, channel="C2", thread="9"), "10")
    await store.threads.keep(SHOWN)
    await store.threads.keep(DigestThread("b", "build:2"))
    assert await store.threads.at(replace(CHANNEL, thread="17.5")) == SHOWN
    assert await store.threads.at(replace(CHANNEL, channel="C2", thread="9")) == DigestThread("b", "build:2")
    for other in ("17", "7.5", "%", "_____", NASTY):
        assert await store.threads.at(replace(CHANNEL, thread=other)) is None
    assert await store.threads.at(replace(CHANNEL, channel="C2", thread="17.5")) is None
    assert await store.threads.at(CHANNEL) is None


async def test_a_thread_shows_its_latest_build(store: Store) -> None:
    """One that was never delivered is left out."""
    await post(store, "a", CHANNEL, "17.5")
    await store.threads.keep(SHOWN)
    await store.threads.keep(replace(SHOWN, build="build:3"))
    await store.threads.keep(DigestThread("never", "build:4"))
    assert await store.threads.at(replace(CHANNEL, thread="17.5")) == DigestThread("a", "build:3")
