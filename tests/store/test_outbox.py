"""What is kept of posts, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from bot.errors import DeliveryBusy
from bot.model import Place, PostReference
from bot.ports import Lease, OutboxPart, OutboxPin, OutboxPost, PinState, PostState, Showing
from bot.present.blocks import Bold, Code, Context, Link, Message, Paragraph, Table, Text, Time
from bot.store import Store
from tests.store.support import NASTY, NOON, REPOSITORY, Location, StoppedClock, any_noun, sha

CHANNEL = Place("slack", "T1", "C1")
BENEATH = replace(CHANNEL, thread="1.0")
MINUTE = timedelta(minutes=1)
POST = OutboxPost("a1", "root", 1, PostState.SENDING, "d1", NOON, NOON)
SENT = replace(POST, state=PostState.SENT, post=PostReference(BENEATH, NASTY))
PART = OutboxPart("root", Message("root", NASTY, (Paragraph((Text(NASTY),)),), changes=(sha(1), sha(2))), halvings=2)
_MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def named(post: OutboxPost, token: str) -> OutboxPost:
    """Return another post of this kind."""
    return replace(post, token=token)


async def taken(store: Store, owner: str = "one", thread: str = "t") -> Lease:
    """Return the lease of a thread that is free."""
    lease = await store.outbox.lease(thread, owner, MINUTE)
    assert lease is not None
    return lease


async def test_one_owner_has_the_lease(store: Store, clock: StoppedClock) -> None:
    """While an owner has the lease no other gets it, until it is given back or has run out."""
    lease = await taken(store, "one")
    assert await store.outbox.lease("t", "two", MINUTE) is None
    assert await store.outbox.lease("t", "one", MINUTE) == lease
    await store.outbox.release(lease)
    await taken(store, "two")
    clock.moment += MINUTE + timedelta(seconds=1)
    await taken(store, "one")


async def test_of_many_at_once_one_gets_the_lease(location: Location) -> None:
    """Of several processes that ask at the same moment, one gets the lease."""
    async with location.open() as store, location.open() as other:
        asked = [each.outbox.lease("t", str(n), MINUTE) for n, each in enumerate([store, other] * 4)]
        assert sum(lease is not None for lease in await asyncio.gather(*asked)) == 1


async def test_writing_prolongs_the_lease(store: Store, clock: StoppedClock) -> None:
    """Whoever writes now and then keeps the lease for as long as it takes."""
    lease = await taken(store)
    for _ in range(3):
        clock.moment += MINUTE
        await store.outbox.keep_post(lease, POST)
        assert await store.outbox.lease("t", "two", MINUTE) is None


async def test_what_a_thread_shows(store: Store) -> None:
    """When a thread last showed a digest whole is known, until it is begun anew."""
    lease = await taken(store)
    assert await store.outbox.showing("t") is None
    await store.outbox.keep_showing(lease, Showing(NOON))
    assert await store.outbox.showing("t") == Showing(NOON)
    await store.outbox.keep_showing(lease, Showing(NOON + MINUTE, sha(1)))
    assert await store.outbox.showing("t") == Showing(NOON + MINUTE, sha(1))
    await store.outbox.begin_anew(lease)
    assert await store.outbox.showing("t") is None


async def test_a_part_is_kept_with_a_post(store: Store) -> None:
    """What a part says and what is known of a post of it are kept at once."""
    await store.outbox.keep_part(await taken(store), PART, CHANNEL, REPOSITORY, SENT)

    assert await store.outbox.parts("t") == {"root": PART}
    assert await store.outbox.posts("t") == [SENT]


async def test_whoever_lost_the_lease_writes_nothing(store: Store, clock: StoppedClock) -> None:
    """A process that slept too long cannot write over what its successor did."""
    late = await taken(store, "late")
    clock.moment += 2 * MINUTE
    await store.outbox.keep_post(await taken(store, "next"), SENT)
    for write in (
        store.outbox.keep_post(late, POST),
        store.outbox.drop_post(late, "a1"),
        store.outbox.keep_part(late, PART, CHANNEL, REPOSITORY),
        store.outbox.drop_part(late, "root"),
        store.outbox.begin_anew(late),
        store.outbox.keep_showing(late, Showing(NOON)),
    ):
        with pytest.raises(DeliveryBusy):
            await write
    await store.outbox.release(late)
    assert await store.outbox.posts("t") == [SENT]
    assert await store.outbox.lease("t", "third", MINUTE) is None


async def test_posts_come_back_as_they_were(store: Store) -> None:
    """What is kept of a post replaces what was, and is forgotten alone or with its part."""
    lease = await taken(store)
    later = replace(named(POST, "b2"), part="high/1", first_attempt=NOON + MINUTE)
    for post in (POST, later, replace(named(later, "c3"), number=2), SENT):
        await store.outbox.keep_post(lease, post)
    assert await store.outbox.posts("t") == [SENT, later, replace(named(later, "c3"), number=2)]
    await store.outbox.drop_post(lease, "c3")
    assert await store.outbox.posts("t") == [SENT, later]
    await store.outbox.drop_part(lease, "high/1")
    assert await store.outbox.posts("t") == [SENT]
    assert await store.outbox.posts("other") == []


async def test_spans_of_every_type_come_back(store: Store) -> None:
    """Spans and blocks that have the same fields are not taken for one another."""
    spans = (Text("x"), Bold("x"), Code("x"), Link("x", "https://acme.example"), Time(NOON, "x"))
    message = Message("root", "", (Paragraph(spans), Context(spans), Table(("a",), ((spans,), ((),)))))
    part = OutboxPart("root", message, notes=(spans, (Text(NASTY),)))
    await store.outbox.keep_part(await taken(store), part, CHANNEL, REPOSITORY)
    assert await store.outbox.parts("t") == {"root": part}


@_MANY
@given(any_noun(OutboxPart))
async def test_any_part_comes_back(store: Store, part: OutboxPart) -> None:
    """Whatever a part says is there again."""
    part = replace(part, halvings=part.halvings % 10)
    lease = await taken(store)
    await store.outbox.keep_part(lease, part, CHANNEL, REPOSITORY)
    assert (await store.outbox.parts("t"))[part.part] == part
    await store.outbox.drop_part(lease, part.part)


async def test_a_change_leads_to_where_it_was_told(store: Store) -> None:
    """A change is found by its channel and repository: at its last place, under the repository's last name."""
    await store.outbox.keep_part(await taken(store), PART, BENEATH, REPOSITORY)
    assert await store.outbox.part_of_change(CHANNEL, REPOSITORY, sha(2)) == ("t", "root")
    assert await store.outbox.part_of_change(CHANNEL, REPOSITORY, sha(3)) is None
    assert await store.outbox.part_of_change(replace(CHANNEL, channel="C2"), REPOSITORY, sha(2)) is None

    await store.outbox.keep_part(await taken(store, thread="u"), replace(PART, part="high/1"), CHANNEL, REPOSITORY)
    await store.rename(REPOSITORY, "code.example/acme/moon")
    assert await store.outbox.part_of_change(CHANNEL, REPOSITORY, sha(2)) is None
    assert await store.outbox.part_of_change(CHANNEL, "code.example/acme/moon", sha(2)) == ("u", "high/1")


async def test_a_thread_that_begins_anew_knows_nothing(store: Store) -> None:
    """The next generation of a thread has no posts and no parts, and the lease of the one before is void."""
    lease = await taken(store)
    await store.outbox.keep_part(lease, PART, CHANNEL, REPOSITORY)
    await store.outbox.keep_post(lease, SENT)
    begun = await store.outbox.begin_anew(lease)
    assert begun == replace(lease, generation=1)
    assert (await store.outbox.posts("t"), await store.outbox.parts("t")) == ([], {})
    assert await store.outbox.part_of_change(CHANNEL, REPOSITORY, sha(2)) is None
    with pytest.raises(DeliveryBusy):
        await store.outbox.keep_post(lease, SENT)
    await store.outbox.keep_post(begun, POST)


async def test_pins_are_those_of_the_channel(store: Store) -> None:
    """Pins come by their channel, threads included, the oldest first, until they are dropped."""
    old = OutboxPin("a", "t", PostReference(BENEATH, "1"), PinState.PINNED, NOON)
    new = OutboxPin("b", "u", PostReference(CHANNEL, "2"), PinState.PINNING, NOON + MINUTE)
    elsewhere = OutboxPin("c", "u", PostReference(replace(CHANNEL, channel="C2"), "2"), PinState.LEFT, NOON)
    for pin in (new, elsewhere, replace(old, state=PinState.PINNING), old):
        await store.outbox.keep_pin(pin)
    assert await store.outbox.pins(CHANNEL) == [old, new]
    await store.outbox.drop_pin("a")
    assert await store.outbox.pins(BENEATH) == [new]


async def test_old_threads_are_forgotten(store: Store, clock: StoppedClock) -> None:
    """Upkeep drops a thread that nobody delivered to for long, with all that is kept of it, and none of the others."""
    lease = await taken(store)
    await store.outbox.keep_part(lease, PART, CHANNEL, REPOSITORY)
    await store.outbox.keep_post(lease, SENT)
    clock.moment += timedelta(days=399)
    await store.outbox.keep_post(await taken(store, thread="u"), named(SENT, "u"))
    clock.moment += timedelta(days=2)
    assert await store.prune() == 1
    assert (await store.outbox.posts("t"), await store.outbox.parts("t")) == ([], {})
    assert await store.outbox.part_of_change(CHANNEL, REPOSITORY, sha(2)) is None
    assert [post.token for post in await store.outbox.posts("u")] == ["u"]
