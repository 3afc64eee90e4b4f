"""What waits and is being made, seen from beside the engine."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.contracts.repositories import Story
from bot.engine.answering import Heard
from bot.engine.under_way import Errand, UnderWay, under_way
from bot.engine.wishes import Target, Wish, to_json
from bot.engine.workflows import TABLE, Json, Queue, Run, State, Work, unfinished_works
from bot.errors import StoreError
from bot.model import Delivered, Place, Rhythm, Schedule, Subscription, Window
from bot.ports import FoundRepository
from bot.store import begun_engine_url, reading_engine
from tests.engine.support import bench
from tests.engine.test_workflows import Steps, running, until

DAY = datetime(2026, 1, 14, tzinfo=UTC)
PLACE = Place("rooms", "W", "C")
SUBSCRIPTION = Subscription(
    "k3xab2cd", replace(PLACE, channel="D"), ("rocket",), Schedule(Rhythm.DAILY, time(9), "UTC"), "en", DAY
)


async def test_work_is_seen_from_beside(url: str, tmp_path: Path) -> None:
    """Whoever looks is told of what is not over, the oldest first; before an engine has begun, that none has."""
    database = None if url.startswith("sqlite") else url
    steps = Steps()
    steps.gates["held"] = asyncio.Event()

    async def job(run: Run, payload: Json) -> Json:
        return await run.step(payload["step"], steps(payload["step"]))

    assert await begun_engine_url(tmp_path / "data", database, TABLE) is None
    async with running(url, job=job) as engine:
        await engine.submit(Queue.PEOPLE, "job", "over", {"step": "quick"})
        await until(engine, "over")
        await engine.submit(Queue.PEOPLE, "job", "held", {"step": "held"})
        await steps.begun("held")
        await engine.submit(Queue.DELIVERIES, "job", "later", {"step": "quick"}, delay=timedelta(hours=1))
        there = await begun_engine_url(tmp_path / "data", database, TABLE)
        assert there == url
        found = await unfinished_works(there)

    assert [(work.id, work.job, work.state) for work in found] == [
        ("held", "job", State.RUNNING),
        ("later", "job", State.WAITING),
    ]
    assert found[1].payload == {"step": "quick"}


async def test_a_database_of_another_engine(url: str) -> None:
    """Tables that are not those of this engine are told in a sentence, with what to do."""
    with pytest.raises(StoreError, match=r"cannot be read by this version.*Start `digestbot run`"), reading_engine():
        await unfinished_works(url)


async def test_what_work_is_for(tmp_path: Path) -> None:
    """A digest that somebody asked for, and a subscription that is due, are told; what they let be built is not."""
    story = Story()
    story.commit("Add a stage", {"a.py": "x = 1\n"}, at=DAY + timedelta(hours=9))
    rocket = story.write(tmp_path / "rocket")
    path = str(rocket.path)
    async with bench(tmp_path) as at_work:
        at_work.builder.gate.clear()
        found = FoundRepository(await at_work.builder.source.find(path))
        window = Window(DAY, DAY + timedelta(days=1), "UTC", "2026-01-14")
        await at_work.orders.ask(Wish(Target(found, window, "en"), PLACE, awaited=True))
        due = replace(SUBSCRIPTION, repositories=(path,), delivered={path: Delivered(DAY)})
        await at_work.store.subscriptions.keep(due)
        await at_work.orders.tick()
        await at_work.until("build:", State.RUNNING)
        url = await begun_engine_url(tmp_path / "data", None, TABLE)
        assert url
        told = under_way(await unfinished_works(url), [due])
        at_work.builder.gate.set()

    assert [(each.errand, each.place, each.repositories, each.subscription) for each in told] == [
        (Errand.DIGEST, PLACE, ("rocket",), None),
        (Errand.SUBSCRIPTION, due.place, (path,), "k3xab2cd"),
    ]


def test_work_of_every_kind() -> None:
    """Questions and upgrades are told; what another version has written is told by what it is for alone."""
    heard = Heard("1", replace(PLACE, thread="T"), "ada", "Why?", "UTC", "en")
    works = [
        _work("answer", {"heard": to_json(heard)}),
        _work("answer", {"heard": {"words": "Why?"}}),
        _work("upgrade", {"wish": {}}),
        _work("deliver", {}),
        _work("subscription", {"subscription": "gone"}),
        _work("withdraw", {}),
        _work("build", {}),
    ]

    assert under_way(works, [SUBSCRIPTION]) == [
        UnderWay(Errand.QUESTION, State.WAITING, DAY, replace(PLACE, thread="T")),
        UnderWay(Errand.QUESTION, State.WAITING, DAY),
        UnderWay(Errand.UPGRADE, State.WAITING, DAY),
        UnderWay(Errand.DIGEST, State.WAITING, DAY),
        UnderWay(Errand.SUBSCRIPTION, State.WAITING, DAY, subscription="gone"),
    ]


def _work(job: str, payload: Json) -> Work:
    return Work("id", job, State.WAITING, None, DAY, payload, None)
