"""From a wish or a subscription to threads: built once, delivered to each, and failures said."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.contracts.repositories import BuiltRepository, Story
from bot.engine.orders import Asked
from bot.engine.wishes import Target, Wish
from bot.engine.workflows import State
from bot.errors import SourceError, UnknownRef
from bot.model import (
    Audience,
    Delivered,
    Leaning,
    Place,
    Quiet,
    Rhythm,
    Schedule,
    Subscription,
    Tier,
    TierOpinion,
    Window,
)
from bot.ports import FoundRepository, Showing
from tests.engine.support import Bench, bench

DAY = datetime(2026, 1, 14, tzinfo=UTC)
MIDNIGHT = DAY + timedelta(days=1)


@pytest.fixture
def rocket(tmp_path: Path) -> BuiltRepository:
    """Return a repository with three changes on the day."""
    story = Story()
    for number in range(3):
        story.commit(f"Change {number}", {"a.py": f"x = {number}\n"}, at=DAY + timedelta(hours=9 + number))
    return story.write(tmp_path / "rocket")


@pytest.fixture
async def at_work(tmp_path: Path) -> AsyncIterator[Bench]:
    """Return an engine with the jobs."""
    async with bench(tmp_path, upgrades=(timedelta(milliseconds=10),) * 3) as made:
        yield made


def subscription(channel: str, *repositories: str) -> Subscription:
    """Return a daily subscription that is due at nine, and owed the day."""
    return Subscription(
        id=f"of-{channel}",
        place=Place("rooms", "W", channel),
        repositories=repositories,
        schedule=Schedule(Rhythm.DAILY, time(9), "UTC"),
        language="en",
        effective_from=DAY,
        delivered={name: Delivered(DAY) for name in repositories},
    )


async def wish(at_work: Bench, rocket: BuiltRepository, channel: str = "C") -> Wish:
    """Return somebody's wish for the day."""
    found = FoundRepository(await at_work.builder.source.find(str(rocket.path)))
    target = Target(found, Window(DAY, MIDNIGHT, "UTC", "2026-01-14"), "en")
    return Wish(target, Place("rooms", "W", channel), awaited=True)


async def test_ten_channels_share_a_build(at_work: Bench, rocket: BuiltRepository) -> None:
    """Ten channels that subscribed to the same get a thread each out of one build, once however often it ticks."""
    channels = [f"C{number}" for number in range(10)]
    for channel in channels:
        await at_work.store.subscriptions.keep(subscription(channel, str(rocket.path)))

    assert await at_work.orders.tick() == 10
    assert await at_work.orders.tick() == 0
    for channel in channels:
        await at_work.until(f"deliver:of-{channel}:", State.DONE)

    assert at_work.builder.built == {"rocket": 1}
    assert all(len(at_work.rooms.of_channel(channel)) == 1 for channel in channels)
    assert set(at_work.rooms.delivered.values()) == {1}
    for kept in await at_work.store.subscriptions.all():
        assert kept.delivered == {str(rocket.path): Delivered(MIDNIGHT, rocket.sha(3))}
        assert kept.last_run == at_work.clock.moment
        assert kept.last_error is None


async def test_a_channel_that_finds_tiers_wrong_gets_a_build_that_knows(
    at_work: Bench, rocket: BuiltRepository
) -> None:
    """What it thought before the day began is told to the triage; what it thinks later makes no other build."""
    opinion = TierOpinion("ada", "rocket", "1" * 40, Tier.HIGH, Leaning.TOO_HIGH, "Bump the linter", DAY)
    earlier = replace(opinion, at=DAY - timedelta(days=1))
    await at_work.store.tier_opinions.keep("rooms:W/C1", opinion)
    await at_work.store.tier_opinions.keep("rooms:W/C2", earlier)
    for channel in ("C1", "C2", "C3"):
        await at_work.orders.ask(await wish(at_work, rocket, channel))
    works = [
        await at_work.until(f"deliver:{(await wish(at_work, rocket, channel)).thread}")
        for channel in ("C1", "C2", "C3")
    ]
    keys = [work.result and work.result["tip"] for work in works]
    assert keys == [rocket.sha(3)] * 3
    assert at_work.builder.built == {"rocket": 2}
    assert sorted(target.examples for target in at_work.builder.targets) == [
        (),
        ("high was too high: Bump the linter",),
    ]


async def test_a_failure_is_told_once_and_its_window_stays_owed(at_work: Bench, rocket: BuiltRepository) -> None:
    """A run with a repository that is gone delivers the other, tells its place once, and what it owes stays owed."""
    await at_work.store.subscriptions.keep(subscription("C", str(rocket.path), "/nowhere"))

    for day in range(2):
        at_work.clock.moment += timedelta(days=day)
        await at_work.orders.tick()
        await at_work.until(f"deliver:of-C:2026-01-{15 + day}", State.DONE)

    kept = await at_work.store.subscriptions.get("of-C")
    assert kept is not None
    assert kept.last_error is not None
    assert kept.last_error.startswith("/nowhere: ")
    assert kept.delivered["/nowhere"] == Delivered(DAY)
    assert kept.delivered[str(rocket.path)].end == MIDNIGHT + timedelta(days=1)
    assert sum("could not be made" in root for root in at_work.rooms.of_channel("C")) == 1


async def test_a_run_waits_for_the_one_before(at_work: Bench, rocket: BuiltRepository) -> None:
    """While a run is not over the next is not begun, so that no window is delivered by both."""
    await at_work.store.subscriptions.keep(subscription("C", str(rocket.path)))
    at_work.builder.gate.clear()
    assert await at_work.orders.tick() == 1
    at_work.clock.moment += timedelta(days=1)
    assert await at_work.orders.tick() == 0
    at_work.builder.gate.set()
    await at_work.until("deliver:of-C:2026-01-15")

    assert await at_work.orders.tick() == 1
    await at_work.until("deliver:of-C:2026-01-16")
    found = await at_work.store.subscriptions.get("of-C")
    assert found is not None
    assert found.delivered[str(rocket.path)].end == MIDNIGHT + timedelta(days=1)
    assert len(at_work.rooms.of_channel("C")) == 2


async def test_silence_on_a_quiet_day(at_work: Bench, rocket: BuiltRepository) -> None:
    """A quiet day of a subscription that wants silence is delivered without a post, and one of another with a line."""
    quiet = replace(
        subscription("C1", str(rocket.path)),
        delivered={str(rocket.path): Delivered(MIDNIGHT)},
        quiet=Quiet.SILENCE,
    )
    at_work.clock.moment += timedelta(days=1)
    await at_work.store.subscriptions.keep(quiet)
    line = replace(quiet, id="of-C2", place=replace(quiet.place, channel="C2"), quiet=Quiet.LINE)
    await at_work.store.subscriptions.keep(line)

    await at_work.orders.tick()
    for channel in ("C1", "C2"):
        await at_work.until(f"deliver:of-{channel}:", State.DONE)

    assert at_work.rooms.of_channel("C1") == []
    assert len(at_work.rooms.of_channel("C2")) == 1
    assert at_work.builder.built == {"rocket": 1}


async def test_somebody_who_waits(at_work: Bench, rocket: BuiltRepository) -> None:
    """The root is there before anything is queued, two who ask at once get one thread, and it grows while it can."""
    at_work.clock.moment = DAY + timedelta(hours=20)
    wanted = await wish(at_work, rocket)
    at_work.builder.gate.clear()

    assert await at_work.orders.ask(wanted) is Asked.BEGUN
    assert at_work.rooms.order == ["begin C"]
    await asyncio.wait_for(at_work.builder.begun.wait(), 60)
    assert await at_work.orders.ask(wanted) is Asked.UNDER_WAY
    at_work.builder.gate.set()
    await at_work.until("deliver:", State.DONE)
    assert await at_work.orders.ask(wanted) is Asked.BEGUN
    await at_work.until(f"deliver:{wanted.thread}:2", State.DONE)

    assert at_work.builder.built == {"rocket": 1}
    assert list(at_work.rooms.threads) == [wanted.thread]
    assert at_work.rooms.delivered == {wanted.thread: 2}


async def test_a_tip_that_moved_is_built_anew(at_work: Bench, rocket: BuiltRepository) -> None:
    """Asked again after a push, the same thread shows the new change; when the day is over, it is done."""
    at_work.clock.moment = DAY + timedelta(hours=20)
    wanted = await wish(at_work, rocket)
    await at_work.orders.ask(wanted)
    await at_work.until("deliver:", State.DONE)
    story = Story()
    for number in range(4):
        story.commit(f"Change {number}", {"a.py": f"x = {number}\n"}, at=DAY + timedelta(hours=9 + number))
    story.write(rocket.path.with_name("pushed"))
    rocket.git("fetch", "--quiet", str(rocket.path.with_name("pushed")), "+HEAD:refs/heads/main")

    await at_work.orders.ask(wanted)
    await at_work.until(f"deliver:{wanted.thread}:2", State.DONE)

    assert at_work.builder.built == {"rocket": 2}
    assert "4 changes" in at_work.rooms.roots[wanted.thread]
    at_work.clock.moment = MIDNIGHT
    assert await at_work.orders.ask(wanted) is Asked.BEGUN
    await at_work.until(f"deliver:{wanted.thread}:3", State.DONE)
    assert await at_work.orders.ask(wanted) is Asked.DONE
    assert (await at_work.orders.link(wanted) or "").endswith(wanted.thread)


async def test_what_landed_late_stays_in_its_thread(at_work: Bench, rocket: BuiltRepository) -> None:
    """A day that a subscription has closed is led to; one that came to be shown too early keeps what landed late."""
    delivered = replace(
        subscription("C", str(rocket.path)), delivered={str(rocket.path): Delivered(DAY, rocket.sha(1))}
    )
    await at_work.store.subscriptions.keep(delivered)
    wanted = await wish(at_work, rocket)
    at_work.clock.moment = DAY + timedelta(hours=20)
    await at_work.orders.ask(wanted)
    await at_work.until("deliver:", State.DONE)
    assert at_work.rooms.whole == {wanted.thread: Showing(at_work.clock.moment)}

    at_work.clock.moment = MIDNIGHT + timedelta(hours=12)
    await at_work.orders.tick()
    await at_work.until("deliver:of-C:", State.DONE)
    assert at_work.rooms.whole == {wanted.thread: Showing(at_work.clock.moment, rocket.sha(1))}
    assert await at_work.orders.ask(wanted) is Asked.DONE
    assert at_work.rooms.delivered == {wanted.thread: 2}

    at_work.rooms.whole[wanted.thread] = Showing(MIDNIGHT - timedelta(hours=1), rocket.sha(1))
    assert await at_work.orders.ask(wanted) is Asked.BEGUN
    await at_work.until(f"deliver:{wanted.thread}:2", State.DONE)
    assert at_work.rooms.whole == {wanted.thread: Showing(at_work.clock.moment, rocket.sha(1))}


async def test_an_upgrade_takes_nothing_back(at_work: Bench, rocket: BuiltRepository) -> None:
    """A digest that is upgraded for somebody is not put in the place of one that a subscription has made since."""
    at_work.builder.model_is_away = True
    wanted = await wish(at_work, rocket)
    late = Showing(at_work.clock.moment, rocket.sha(1))
    await at_work.orders.ask(wanted)
    await at_work.until("deliver:", State.DONE)
    at_work.rooms.whole[wanted.thread] = late
    at_work.builder.model_is_away = False

    await at_work.eventually(lambda: at_work.builder.built["rocket"] >= 2)
    await at_work.until("upgrade:", State.DONE)

    assert at_work.rooms.whole == {wanted.thread: late}


async def test_another_audience_is_another_thread(at_work: Bench, rocket: BuiltRepository) -> None:
    """What differs in place, language or audience is another thread; the order of interests does not matter."""
    one = await wish(at_work, rocket)
    a, b = (
        replace(one, target=replace(one.target, audience=Audience(interests=each))) for each in (("x", "y"), ("y", "x"))
    )

    assert a.thread == b.thread
    assert a.target.build_prefix("tip") == b.target.build_prefix("tip")
    others = [
        one,
        a,
        replace(one, place=replace(one.place, channel="D")),
        replace(one, target=replace(one.target, language="zh")),
    ]
    assert len({each.thread for each in others}) == 4
    assert len({each.target.build_prefix("tip") for each in others}) == 3


async def test_a_failed_build_can_be_tried_again(at_work: Bench, rocket: BuiltRepository) -> None:
    """A build that fails says why in its thread; asked again, it is attempted again."""
    wanted = await wish(at_work, rocket)
    at_work.builder.errors.append(SourceError("The repository is broken."))

    await at_work.orders.ask(wanted)
    await at_work.until("deliver:", State.DONE)
    assert "There is no digest" in at_work.rooms.roots[wanted.thread]
    await at_work.orders.ask(wanted)
    await at_work.until(f"deliver:{wanted.thread}:2", State.DONE)

    assert "3 changes" in at_work.rooms.roots[wanted.thread]
    assert at_work.builder.built == {"rocket": 2}


async def test_whose_fault_it_was(at_work: Bench, rocket: BuiltRepository) -> None:
    """What whoever asked has to put right is counted apart from what an operator has to look at."""
    wanted = await wish(at_work, rocket)
    for attempt, error in enumerate((UnknownRef("There is no tag v9."), SourceError("The repository is broken.")), 1):
        at_work.builder.errors.append(error)
        await at_work.orders.ask(wanted)
        await at_work.until(f"deliver:{wanted.thread}" + (f":{attempt}" if attempt > 1 else ""), State.DONE)

    assert at_work.meter.not_done == [("refused", "UnknownRef"), ("given up", "SourceError")]


async def test_cancelling(at_work: Bench, rocket: BuiltRepository) -> None:
    """Work that somebody cancels stops and its thread says so; asked again, it is done."""
    wanted = await wish(at_work, rocket)
    at_work.builder.gate.clear()
    await at_work.orders.ask(wanted)
    await asyncio.wait_for(at_work.builder.begun.wait(), 60)

    [(work, found)] = await at_work.orders.asked(wanted.place)
    assert found == wanted
    await at_work.orders.cancel(work, found)
    await at_work.until("cancelled:", State.DONE)

    assert await at_work.orders.asked(wanted.place) == []
    assert "Cancelled" in at_work.rooms.roots[wanted.thread]
    assert (await at_work.until("build:")).state is State.CANCELLED
    at_work.builder.gate.set()
    await at_work.orders.ask(wanted)
    await at_work.until(f"deliver:{wanted.thread}:2", State.DONE)
    assert "3 changes" in at_work.rooms.roots[wanted.thread]


async def test_a_digest_without_the_model_is_upgraded(at_work: Bench, rocket: BuiltRepository) -> None:
    """A digest that had to do without the model is posted on time, and edited in all its places when that is back."""
    at_work.builder.model_is_away = True
    for channel in ("C1", "C2"):
        await at_work.store.subscriptions.keep(subscription(channel, str(rocket.path)))

    await at_work.orders.tick()
    for channel in ("C1", "C2"):
        await at_work.until(f"deliver:of-{channel}:", State.DONE)
    assert set(at_work.rooms.delivered.values()) == {1}
    at_work.builder.model_is_away = False
    await at_work.eventually(lambda: set(at_work.rooms.delivered.values()) == {2})

    assert 2 <= at_work.builder.built["rocket"] <= 4


async def test_a_place_that_takes_nothing(at_work: Bench, rocket: BuiltRepository) -> None:
    """A subscription whose channel takes no posts fails with the reason, and what it owes stays owed."""
    at_work.rooms.refusing["C"] = "The channel is archived."
    await at_work.store.subscriptions.keep(subscription("C", str(rocket.path)))

    await at_work.orders.tick()
    await at_work.until("deliver:of-C:", State.DONE)

    kept = await at_work.store.subscriptions.get("of-C")
    assert kept is not None
    assert kept.last_error == f"{rocket.path}: The channel is archived."
    assert kept.delivered == {str(rocket.path): Delivered(DAY)}
