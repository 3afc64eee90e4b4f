"""What is pinned, and what is unpinned for it."""

import asyncio
from datetime import timedelta

import pytest

from bot.engine.delivery import PinPolicy
from bot.model import Phrase, Pins
from bot.ports import ChatTraits
from bot.present.blocks import Thread
from bot.store import Store
from tests.chaos.chat_server import ChatServer, Faults
from tests.chaos.clock import FastClock
from tests.engine.delivery.support import CHANNEL, Bench, message, thread


def day(name: str, highs: int = 2) -> Thread:
    """Return a thread with this many messages that the layout would pin."""
    return thread(*(message(f"{name} high/{number}", pinned=True) for number in range(highs)), root=f"{name} root")


def pinned(server: ChatServer) -> list[str]:
    """Return the texts that are pinned."""
    return [str(post.body["text"]) for post in server.stored if post.pinned]


@pytest.mark.parametrize(
    ("what", "texts"),
    [(Pins.HIGH, ["a high/0", "a high/1"]), (Pins.ROOT, ["a root"]), (Pins.NONE, [])],
)
async def test_what_the_policy_names_is_pinned(bench: Bench, what: Pins, texts: list[str]) -> None:
    """High changes, the root or nothing is pinned, once everything is posted and once only."""
    policy = PinPolicy(what)
    outcome = await bench.deliver(day("a"), pins=policy)
    assert (pinned(bench.server), outcome.pinned) == (texts, len(texts))
    assert (await bench.deliver(day("a"), pins=policy)).pinned == 0
    assert bench.server.calls["pin"] == len(texts)


async def test_a_digest_has_a_cap(bench: Bench) -> None:
    """No more posts of a digest are pinned than the policy says, the first ones of the layout."""
    await bench.deliver(day("a", highs=4), pins=PinPolicy(most=2))
    assert pinned(bench.server) == ["a high/0", "a high/1"]


async def test_our_oldest_make_room(bench: Bench) -> None:
    """A channel keeps as many of our pins as the policy says, the newest; those of others are not counted."""
    await bench.deliver(thread(), "other", pins=PinPolicy(Pins.NONE))
    bench.server.stored[0].pinned = True
    for name in ("a", "b", "c"):
        await bench.deliver(day(name), name, pins=PinPolicy(in_channel=3))
    assert pinned(bench.server) == ["root", "b high/1", "c high/0", "c high/1"]


async def test_old_pins_are_taken_off(bench: Bench) -> None:
    """A pin that has been there for as long as the policy allows is taken off by the next digest."""
    policy = PinPolicy(lasting=timedelta(hours=1))
    await bench.deliver(day("a"), "a", pins=policy)
    await bench.clock.sleep(720)
    await bench.deliver(day("b"), "b", pins=policy)
    assert len(pinned(bench.server)) == 4
    await bench.deliver(day("c"), "c", pins=PinPolicy(lasting=timedelta(minutes=10)))
    assert not any(text.startswith("a ") for text in pinned(bench.server))


async def test_a_full_channel_takes_ours_off(bench: Bench) -> None:
    """Where the platform has no room, our oldest give way; where none is ours, nothing does, and that is said once."""
    bench.server.most_pins = 3
    await bench.deliver(day("a"), "a")
    await bench.deliver(day("b"), "b")
    assert pinned(bench.server) == ["a high/1", "b high/0", "b high/1"]

    bench.server.most_pins = 0
    for post in bench.server.stored:
        post.pinned = False
    outcome = await bench.deliver(day("c", highs=1), "c")
    assert outcome.notes == (Phrase.of("delivery-unpinned", count=1, reason="The channel has too many pins."),)
    assert outcome.ended is None
    assert (await bench.deliver(day("c", highs=1), "c")).notes == ()


async def test_a_missing_right_is_said_once(bench: Bench) -> None:
    """A bot that may not pin posts the digest all the same, and says why nothing is pinned."""
    bench.server.forbidden = {"pin"}
    outcome = await bench.deliver(day("a"))
    assert outcome.notes == (Phrase.of("delivery-unpinned", count=2, reason="The bot may not pin there."),)
    assert bench.texts == ["a root", "a high/0", "a high/1"]
    assert (await bench.deliver(day("a"))).notes == ()


async def test_what_others_pinned_is_theirs(bench: Bench) -> None:
    """A post of ours that somebody else has pinned stays pinned, whatever our caps say."""
    await bench.deliver(day("a", highs=1), "a", pins=PinPolicy(Pins.NONE))
    bench.server.stored[1].pinned = True
    await bench.deliver(day("a", highs=1), "a")
    await bench.deliver(day("b", highs=1), "b", pins=PinPolicy(in_channel=1))
    assert pinned(bench.server) == ["a high/0", "b high/0"]


async def test_what_is_no_longer_high_is_unpinned(bench: Bench) -> None:
    """A post that the thread does not pin any more is unpinned; one that left the thread is gone with its pin."""
    await bench.deliver(day("a", highs=2))
    await bench.deliver(thread(message("a high/0"), root="a root"))
    assert pinned(bench.server) == []
    assert await bench.outbox.pins(CHANNEL) == []


async def test_a_thread_with_pins_of_its_own(server: ChatServer, store: Store, clock: FastClock) -> None:
    """Where a thread has pins of its own, those of another thread do not give way to it."""
    traits = ChatTraits(pins_by_thread=True)
    async with Bench.opened(server, store.outbox, clock, traits=traits) as bench:
        for name in ("a", "b"):
            await bench.deliver(day(name), name, pins=PinPolicy(in_channel=1))
    assert pinned(server) == ["a high/1", "b high/1"]


async def test_pins_that_fail_for_now_are_made_later(bench: Bench) -> None:
    """A platform that cannot pin now holds up nothing, and the next delivery pins."""
    await bench.deliver(day("a"), pins=PinPolicy(Pins.NONE))
    bench.server.faults = Faults(before=1.0)
    outcome = await asyncio.wait_for(bench.deliver(day("a")), 60)
    assert [note.id for note in outcome.notes] == ["delivery-unpinned"]
    bench.server.faults = Faults()
    await bench.deliver(day("a"))
    assert pinned(bench.server) == ["a high/0", "a high/1"]
