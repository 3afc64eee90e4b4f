"""Durable work, on the real engine: once, in steps, cancelled, taken up again."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import request_id
from bot.engine.workflows import Engine, Job, Json, Queue, Run, State, Work
from bot.ports import NO_TRACER, Tracer
from bot.ports.tracing import spanning
from bot.store import engine_url
from tests.fakes.spans import Noting
from tests.store.postgresql import Server

SOON = timedelta(milliseconds=20)
NO_PATIENCE = timedelta()


@asynccontextmanager
async def running(
    url: str, process: str = "one", *, works: bool = True, tracer: Tracer = NO_TRACER, **jobs: Job
) -> AsyncIterator[Engine]:
    """Launch an engine that does these jobs, or only submits them, and close it at once."""
    engine = Engine(url, process, poll=SOON, tracer=tracer)
    for name, job in jobs.items():
        engine.register(name, job)
    await engine.launch(Queue if works else ())
    try:
        yield engine
    finally:
        await engine.close(NO_PATIENCE)


async def until(engine: Engine, id: str, *states: State) -> Work:
    """Wait until work is in one of these states, or over."""
    async with asyncio.timeout(60):
        while True:
            found = [work for work in await engine.works(id) if work.id == id]
            if found and (found[0].state in states or (not states and found[0].state.over)):
                return found[0]
            await asyncio.sleep(0.02)


class Steps:
    """Counts which steps were really taken, and holds those up that a test wants to catch."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.gates: dict[str, asyncio.Event] = {}
        self._begun: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def begun(self, name: str) -> None:
        """Wait until a step of this name is taken."""
        async with asyncio.timeout(60):
            await self._begun[name].wait()

    def __call__(self, name: str) -> Callable[[], Awaitable[Json]]:
        """Return what a step of this name does."""

        async def act() -> Json:
            self.taken[name] += 1
            self._begun[name].set()
            if gate := self.gates.get(name):
                await gate.wait()
            return {"did": name}

        return act


async def test_work_of_one_id_is_done_once(url: str) -> None:
    """Work that is submitted again, while it runs or when it is done, is done once, and its result stays."""
    steps = Steps()

    async def job(run: Run, payload: Json) -> Json:
        return {**await run.step("only", steps("only")), **payload}

    async with running(url, job=job) as engine:
        await engine.submit(Queue.PEOPLE, "job", "work:1", {"n": 1})
        await engine.submit(Queue.PEOPLE, "job", "work:1", {"n": 1})
        done = await until(engine, "work:1")
        await engine.submit(Queue.SCHEDULES, "job", "work:1", {"n": 1})

        assert done.state is State.DONE
        assert done.result == {"did": "only", "n": 1}
        assert done.payload == {"n": 1}
        assert steps.taken == {"only": 1}


async def test_finished_steps_are_not_repeated(url: str) -> None:
    """Work that a stop interrupts goes on at the next launch with the step that was under way."""
    steps = Steps()
    steps.gates["second"] = asyncio.Event()

    async def job(run: Run, _payload: Json) -> Json:
        first = await run.step("first", steps("first"))
        return {"did": [first["did"], (await run.step("second", steps("second")))["did"]]}

    async with running(url, job=job) as engine:
        await engine.submit(Queue.PEOPLE, "job", "work:1", {})
        await steps.begun("second")
    steps.gates["second"].set()
    async with running(url, job=job) as engine:
        done = await until(engine, "work:1")

    assert done.result == {"did": ["first", "second"]}
    assert steps.taken == {"first": 1, "second": 2}


async def test_work_that_waits_for_shared_work(file_url: str) -> None:
    """Two works that call the same third get its result, and it is done once."""
    steps = Steps()

    async def build(run: Run, payload: Json) -> Json:
        return {**await run.step("build", steps("build")), **payload}

    async def deliver(run: Run, _payload: Json) -> Json:
        return {"got": await run.call(Queue.SCHEDULES, "build", "build:1", {"n": 7})}

    async with running(file_url, build=build, deliver=deliver) as engine:
        for work in ("deliver:1", "deliver:2"):
            await engine.submit(Queue.DELIVERIES, "deliver", work, {})
        results = [(await until(engine, work)).result for work in ("deliver:1", "deliver:2")]

    assert results == [{"got": {"did": "build", "n": 7}}] * 2
    assert steps.taken == {"build": 1}


async def test_called_work_that_fails(file_url: str) -> None:
    """A job that raises is no result for the work that called it, which goes on."""

    async def broken(_run: Run, _payload: Json) -> Json:
        raise ZeroDivisionError

    async def caller(run: Run, _payload: Json) -> Json:
        return {"got": await run.call(Queue.PEOPLE, "broken", "broken:1", {})}

    async with running(file_url, broken=broken, caller=caller) as engine:
        await engine.submit(Queue.DELIVERIES, "caller", "caller:1", {})

        assert (await until(engine, "caller:1")).result == {"got": None}
        assert (await until(engine, "broken:1")).state is State.FAILED


async def test_cancelling_spares_what_others_wait_for(file_url: str) -> None:
    """Cancelled work stops within its step, and so does what it alone waits for; what others wait for goes on."""
    steps = Steps()
    steps.gates["build"] = asyncio.Event()

    async def build(run: Run, _payload: Json) -> Json:
        return await run.step("build", steps("build"))

    async def deliver(run: Run, payload: Json) -> Json:
        return {"got": await run.call(Queue.PEOPLE, "build", payload["build"], {})}

    async with running(file_url, build=build, deliver=deliver) as engine:
        for work, target in (("deliver:1", "build:1"), ("deliver:2", "build:1"), ("deliver:3", "build:2")):
            await engine.submit(Queue.DELIVERIES, "deliver", work, {"build": target})
        for work in ("build:1", "build:2"):
            await until(engine, work, State.RUNNING)

        await engine.cancel("deliver:1")
        await engine.cancel("deliver:3")

        for work in ("deliver:1", "deliver:3", "build:2"):
            assert (await until(engine, work)).state is State.CANCELLED
        steps.gates["build"].set()
        assert (await until(engine, "deliver:2")).result == {"got": {"did": "build"}}


async def test_cancelled_work_can_be_resumed(file_url: str) -> None:
    """Cancelled work that is resumed goes on after its finished steps."""
    steps = Steps()
    steps.gates["second"] = asyncio.Event()

    async def job(run: Run, _payload: Json) -> Json:
        await run.step("first", steps("first"))
        return await run.step("second", steps("second"))

    async with running(file_url, job=job) as engine:
        await engine.submit(Queue.PEOPLE, "job", "work:1", {})
        await steps.begun("second")
        await engine.cancel("work:1")
        await until(engine, "work:1", State.CANCELLED)
        steps.gates["second"].set()
        await engine.resume("work:1", Queue.PEOPLE)

        assert (await until(engine, "work:1", State.DONE)).result == {"did": "second"}
        assert steps.taken["first"] == 1


async def test_work_of_older_names(file_url: str) -> None:
    """Work that an older version submitted, under a name that its job no longer has, is done."""

    async def job(_run: Run, _payload: Json) -> Json:
        return {"done": True}

    older = Engine(file_url, "one", poll=SOON)
    older.register("old-name", job)
    await older.launch([])
    await older.submit(Queue.PEOPLE, "old-name", "work:1", {})
    await older.close(NO_PATIENCE)

    newer = Engine(file_url, "one", poll=SOON)
    newer.register("new-name", job, formerly=["old-name"])
    await newer.launch(Queue)
    try:
        assert (await until(newer, "work:1")).result == {"done": True}
    finally:
        await newer.close(NO_PATIENCE)


async def test_changed_jobs_know_how_they_began(file_url: str) -> None:
    """Work that had gone past the place where its job got another step ends without it; other work takes it."""
    steps = Steps()
    steps.gates["last"] = asyncio.Event()

    async def before(run: Run, _payload: Json) -> Json:
        await run.step("first", steps("first"))
        await run.step("second", steps("second"))
        return await run.step("last", steps("last"))

    async def after(run: Run, _payload: Json) -> Json:
        await run.step("first", steps("first"))
        if await run.has("between"):
            await run.step("between", steps("between"))
        await run.step("second", steps("second"))
        return await run.step("last", steps("last"))

    async with running(file_url, job=before) as engine:
        await engine.submit(Queue.PEOPLE, "job", "work:1", {})
        await until(engine, "work:1", State.RUNNING)
        await steps.begun("last")
    steps.gates["last"].set()
    async with running(file_url, job=after) as engine:
        await engine.submit(Queue.PEOPLE, "job", "work:2", {})
        await until(engine, "work:2")
        assert (await until(engine, "work:1")).result == {"did": "last"}

    assert steps.taken["first"] == 2
    assert steps.taken["between"] == 1


async def test_the_id_of_a_request_goes_on(url: str) -> None:
    """Work has the id of the request that it was submitted for, also after a restart, and so has what it submits."""
    steps, ids = Steps(), defaultdict[str, set[str]](set)
    steps.gates["wait"] = asyncio.Event()

    async def parent(run: Run, _payload: Json) -> Json:
        ids["parent"].add(request_id.current())
        await run.step("wait", steps("wait"))
        return {"child": await run.call(Queue.PEOPLE, "child", "child:1", {})}

    async def child(run: Run, _payload: Json) -> Json:
        ids["child"].add(request_id.current())
        return await run.step("child", steps("child"))

    async with running(url, parent=parent, child=child) as engine:
        with request_id.following("3f2a91c0"):
            await engine.submit(Queue.DELIVERIES, "parent", "parent:1", {})
        await engine.submit(Queue.DELIVERIES, "child", "child:2", {})
        await steps.begun("wait")
        await until(engine, "child:2")
        (nobodys,) = ids.pop("child")
    steps.gates["wait"].set()
    async with running(url, parent=parent, child=child) as engine:
        await until(engine, "parent:1")

    assert ids == {"parent": {"3f2a91c0"}, "child": {"3f2a91c0"}}
    assert nobodys not in ("", "3f2a91c0")


async def test_a_trace_goes_on(url: str) -> None:
    """Work is within the span that it was submitted in, also after a restart; the job itself is not told of that."""
    tracer, payloads = Noting(), list[Json]()

    async def parent(run: Run, payload: Json) -> Json:
        payloads.append(payload)
        await run.submit(Queue.PEOPLE, "child", "child:1", {"of": "parent"})
        return {}

    async def child(_run: Run, payload: Json) -> Json:
        payloads.append(payload)
        return {}

    async with running(url, works=False, tracer=tracer, parent=parent, child=child) as engine:
        with spanning(tracer, "command"):
            await engine.submit(Queue.DELIVERIES, "parent", "parent:1", {"of": "command"})
    async with running(url, tracer=tracer, parent=parent, child=child) as engine:
        await until(engine, "parent:1")
        await until(engine, "child:1")
        await engine.submit(Queue.PEOPLE, "child", "child:2", {})
        await until(engine, "child:2")

    assert [(span.name, span.parent, span.ended) for span in tracer.spans] == [
        ("command", "", True),
        ("job parent", "command", True),
        ("job child", "job parent", True),
        ("job child", "", True),
    ]
    assert payloads == [{"of": "command"}, {"of": "parent"}, {}]


async def test_delayed_work_waits(file_url: str) -> None:
    """Work with a delay is waiting until that has passed."""

    async def job(_run: Run, _payload: Json) -> Json:
        return {}

    async with running(file_url, job=job) as engine:
        await engine.submit(Queue.PEOPLE, "job", "later", {}, delay=timedelta(hours=1))
        await engine.submit(Queue.PEOPLE, "job", "now", {})

        await until(engine, "now", State.DONE)
        assert (await until(engine, "later", State.WAITING)).state is State.WAITING


async def test_works_of_a_line_follow_each_other(url: str) -> None:
    """Of a line one piece of work is done after the other, in the order of submission; another line does not wait."""
    steps = Steps()
    steps.gates["a1"] = asyncio.Event()

    async def job(run: Run, payload: Json) -> Json:
        return await run.step(payload["name"], steps(payload["name"]))

    async with running(url, job=job) as engine:
        for name in ("a1", "a2", "a3", "b1"):
            await engine.submit_in_line(Queue.QUESTIONS, name[0], "job", name, {"name": name})
        await steps.begun("a1")
        await until(engine, "b1", State.DONE)
        assert steps.taken == {"a1": 1, "b1": 1}
        steps.gates["a1"].set()
        await until(engine, "a3", State.DONE)
        assert [name for name in steps.taken if name != "b1"] == ["a1", "a2", "a3"]


async def test_a_line_goes_on_after_a_stop_and_past_what_is_cancelled(url: str) -> None:
    """What a stop interrupts is done before what waits behind it, and work that is cancelled holds nobody up."""
    steps = Steps()
    steps.gates["a1"] = asyncio.Event()

    async def job(run: Run, payload: Json) -> Json:
        return await run.step(payload["name"], steps(payload["name"]))

    async with running(url, job=job) as engine:
        for name in ("a1", "a2", "a3"):
            await engine.submit_in_line(Queue.QUESTIONS, "a", "job", name, {"name": name})
        await steps.begun("a1")
    async with running(url, job=job) as engine:
        await until(engine, "a1", State.RUNNING)
        await engine.cancel("a2")
        assert (await until(engine, "a3", State.WAITING)).state is State.WAITING
        await engine.cancel("a1")
        await until(engine, "a3", State.DONE)
    assert list(steps.taken) == ["a1", "a3"]


async def test_a_line_is_one_for_all_processes(postgresql: Server, tmp_path: Path) -> None:
    """Two processes of one database share the lines, and never work on the same at once, nor out of its order."""
    postgresql.execute("CREATE DATABASE lines")
    url, notes = await engine_url(tmp_path, postgresql.url("lines")), tmp_path / "notes"
    started = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.engine.liner", url, name, str(notes)), stdin=PIPE
        )
        for name in ("one", "two")
    ]
    try:
        async with asyncio.timeout(60):
            while not notes.exists() or notes.read_text().count("ready") < 2:  # noqa: ASYNC110 - a file tells nobody
                await asyncio.sleep(0.05)
        async with running(url, "asks", works=False, job=_nothing) as engine:
            for number in range(5):
                for line in "abc":
                    payload = {"line": line, "number": number}
                    await engine.submit_in_line(Queue.QUESTIONS, line, "job", f"{line}{number}", payload)
            done = [await until(engine, f"{line}{number}", State.DONE) for line in "abc" for number in range(5)]
    finally:
        for process in started:
            process.kill()
            await process.wait()
    said = [line.split() for line in notes.read_text().splitlines() if not line.startswith("ready")]
    for line in "abc":
        expected = [[what, line, str(number)] for number in range(5) for what in ("begin", "end")]
        assert [each for each in said if each[1] == line] == expected
    assert len({work.process for work in done}) > 1


async def _nothing(_run: Run, _payload: Json) -> Json:
    return {}


async def test_pruning(file_url: str) -> None:
    """Only works that were over long enough are forgotten."""
    steps = Steps()
    steps.gates["step"] = asyncio.Event()

    async def job(run: Run, payload: Json) -> Json:
        return await run.step("step", steps("step")) if payload.get("slow") else {}

    async with running(file_url, job=job) as engine:
        await engine.submit(Queue.PEOPLE, "job", "quick", {})
        await engine.submit(Queue.PEOPLE, "job", "slow", {"slow": True})
        await until(engine, "quick", State.DONE)
        await until(engine, "slow", State.RUNNING)

        assert await engine.prune(datetime.now(UTC) - timedelta(hours=1)) == 0
        assert await engine.prune(datetime.now(UTC) + timedelta(seconds=5)) == 1
        assert [work.id for work in await engine.works()] == ["slow"]
