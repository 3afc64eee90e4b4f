"""After a restore the jobs come to the threads that were there, however many days were lost."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bot.contracts.repositories import Story
from bot.model import Delivered, Place, Rhythm, Schedule, Subscription
from bot.store import back_up, restore
from tests.engine.support import Bench, QuickClock, bench

BEGIN = datetime(2026, 1, 12, tzinfo=UTC)
NINE = timedelta(hours=9)
DAY = timedelta(days=1)


def repository(folder: Path) -> str:
    """Make a repository with a change on each of six days, and return its path."""
    story = Story()
    for day in range(6):
        story.commit(f"Change {day}", {"a.py": f"x = {day}\n"}, at=BEGIN + day * DAY + NINE)
    return str(story.write(folder / "rocket").path)


async def mornings(at_work: Bench, first: int, last: int) -> None:
    """Let the mornings of these days of January be, one by one."""
    for day in range(first, last + 1):
        at_work.clock.moment = datetime(2026, 1, day, 9, 1, tzinfo=UTC)
        await made_up_for(at_work)


async def made_up_for(at_work: Bench) -> None:
    """Let everything be done that is due."""
    while await at_work.orders.tick():
        await at_work.until("deliver:")


async def test_lost_mornings_come_to_their_threads(tmp_path: Path) -> None:
    """Mornings whose runs were lost are run again one by one, each for its own thread, and only then the new ones."""
    name, data = repository(tmp_path), tmp_path / "data"
    subscription = Subscription(
        id="s",
        place=Place("rooms", "W", "C"),
        repositories=(name,),
        schedule=Schedule(Rhythm.DAILY, time(9), "UTC"),
        language="en",
        effective_from=BEGIN,
        delivered={name: Delivered(BEGIN)},
    )
    async with bench(tmp_path) as at_work:
        at_work.clock.moment = BEGIN
        await at_work.store.subscriptions.keep(subscription)
        await mornings(at_work, 13, 13)
        with (tmp_path / "backup").open("wb") as stream:
            back_up(data, stream, at_work.clock.now())
        await mornings(at_work, 14, 16)
        before = dict(at_work.rooms.threads)

    shutil.rmtree(data)
    with (tmp_path / "backup").open("rb") as stream:
        await restore(data, stream, QuickClock(datetime(2026, 1, 16, 20, tzinfo=UTC)))

    async with bench(tmp_path) as again:
        again.clock.moment = datetime(2026, 1, 18, 9, 1, tzinfo=UTC)
        await made_up_for(again)
        after = dict(again.rooms.threads)
        (kept,) = await again.store.subscriptions.all()

    assert len(before) == 4
    # Three that were lost, found by their keys, and one for the two mornings on which nothing ran.
    assert len(after) == 4
    found = after.keys() & before.keys()
    assert len(found) == 3
    assert all(after[key].root == before[key].root for key in found)
    assert replace(kept.delivered[name], tip=None) == Delivered(datetime(2026, 1, 18, tzinfo=UTC))
