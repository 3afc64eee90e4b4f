"""What is kept of subscriptions, on both databases."""

from dataclasses import replace
from datetime import date, time, timedelta

from bot.model import (
    Audience,
    ChangeType,
    Delivered,
    Origin,
    Pins,
    Place,
    Quiet,
    Rhythm,
    Schedule,
    Subscription,
)
from bot.store import Store
from tests.store.support import NASTY, NOON, StoppedClock, sha

PLACE = Place("slack", "T1", "C1")
BEGIN = Delivered(NOON - timedelta(hours=12))
REACHED = Delivered(NOON, sha(1))
WISH = Subscription(
    id="abc",
    place=PLACE,
    repositories=("acme/rocket", "acme/gears"),
    schedule=Schedule(Rhythm.WEEKLY, time(9, 30), "Asia/Shanghai", 4),
    language="zh",
    effective_from=NOON,
    delivered={"acme/rocket": BEGIN, "acme/gears": BEGIN},
    audience=Audience((NASTY,), True, ("ada",), ("docs/**",), (ChangeType.CI,), ("src/", "lib/")),
    quiet=Quiet.SILENCE,
    pins=Pins.NONE,
    origin=Origin.FILE,
)


async def kept(store: Store, id: str = "abc") -> Subscription:
    """Return a subscription that is there."""
    found = await store.subscriptions.get(id)
    assert found is not None
    return found


async def test_a_subscription_comes_back_as_it_was(store: Store) -> None:
    """Everything that was wished is there again, and nothing that was not kept."""
    await store.subscriptions.keep(WISH)

    assert await kept(store) == WISH
    assert await store.subscriptions.get("other") is None


async def test_subscriptions_are_found_by_their_channel(store: Store, clock: StoppedClock) -> None:
    """Those of a channel, and all of them, come with the oldest first; a thread is no channel of its own."""
    ours = replace(WISH, id="zzz", origin=Origin.CHAT)
    await store.subscriptions.keep(ours)
    clock.moment += timedelta(seconds=1)
    await store.subscriptions.keep(WISH)
    await store.subscriptions.keep(replace(WISH, id="elsewhere", place=replace(PLACE, channel="C2")))

    assert await store.subscriptions.of_channel(replace(PLACE, thread="1.2")) == [ours, WISH]
    assert [each.id for each in await store.subscriptions.all()] == ["zzz", "abc", "elsewhere"]


async def test_a_changed_wish_keeps_what_was_delivered(store: Store) -> None:
    """Another wish in place of the old one leaves runs and deliveries as they are; a new repository begins anew."""
    await store.subscriptions.keep(WISH)
    await store.subscriptions.began("abc", date(2026, 1, 15))
    await store.subscriptions.delivered("abc", "acme/rocket", REACHED)
    await store.subscriptions.ended("abc", NOON, "It failed.")
    await store.subscriptions.keep(
        replace(
            WISH,
            repositories=("acme/wings", "acme/rocket"),
            delivered={"acme/wings": BEGIN, "acme/rocket": BEGIN},
            paused=True,
            effective_from=NOON + timedelta(days=1),
        )
    )

    now = await kept(store)
    assert now.repositories == ("acme/wings", "acme/rocket")
    assert now.delivered == {"acme/wings": BEGIN, "acme/rocket": REACHED}
    assert (now.paused, now.effective_from) == (True, NOON + timedelta(days=1))
    assert (now.last_day, now.last_run, now.last_error) == (date(2026, 1, 15), NOON, "It failed.")


async def test_nothing_goes_back(store: Store) -> None:
    """A step that is repeated late takes back no occasion and no delivery."""
    await store.subscriptions.keep(WISH)
    await store.subscriptions.began("abc", date(2026, 1, 15))
    await store.subscriptions.delivered("abc", "acme/rocket", REACHED)
    await store.subscriptions.began("abc", date(2026, 1, 14))
    await store.subscriptions.delivered("abc", "acme/rocket", Delivered(NOON - timedelta(hours=1), sha(2)))

    now = await kept(store)
    assert now.last_day == date(2026, 1, 15)
    assert now.delivered == {"acme/rocket": REACHED, "acme/gears": BEGIN}


async def test_a_place_is_told_once_that_runs_fail(store: Store) -> None:
    """It has to be told until it was, and again only of a failure after a run that went well."""
    await store.subscriptions.keep(WISH)

    assert await store.subscriptions.ended("abc", NOON, "It failed.")
    assert await store.subscriptions.ended("abc", NOON, "It failed.")
    await store.subscriptions.told("abc")
    assert not await store.subscriptions.ended("abc", NOON, "It failed again.")
    assert (await kept(store)).told
    assert not await store.subscriptions.ended("abc", NOON, None)
    assert (await kept(store)).last_error is None
    assert await store.subscriptions.ended("abc", NOON, "It failed once more.")


async def test_what_is_removed_is_gone(store: Store) -> None:
    """A subscription that is dropped, and what was delivered to it, does not come back with another of its id."""
    await store.subscriptions.keep(WISH)
    await store.subscriptions.delivered("abc", "acme/rocket", REACHED)

    assert await store.subscriptions.remove("abc")
    assert not await store.subscriptions.remove("abc")
    assert not await store.subscriptions.ended("abc", NOON, "It failed.")
    await store.subscriptions.delivered("abc", "acme/rocket", REACHED)
    await store.subscriptions.keep(WISH)
    assert await kept(store) == WISH


async def test_a_subscription_is_kept_for_ever(store: Store, clock: StoppedClock) -> None:
    """Upkeep drops no subscription, however old."""
    await store.subscriptions.keep(WISH)
    clock.moment += timedelta(days=3650)
    await store.prune()

    assert await kept(store) == WISH
