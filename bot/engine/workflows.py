"""Durable work: what was submitted is done once, through every crash. The only module that knows the engine, DBOS.

A job is a coroutine function that gets a `Run` and its payload, and returns a result; both are dictionaries of what
JSON can say. Whatever a job does to the world happens in steps. A step that has finished is never repeated: after a
crash the job is run again from its beginning, and its finished steps return what they returned before. So a job has to
take the same steps in the same order whenever it is run, and what it expects to fail is a value that a step returns.
"""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from dbos import (
    DBOS,
    DBOSClient,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    PortableWorkflowError,
    SetEnqueueOptions,
    SetWorkflowID,
    WorkflowHandleAsync,
    WorkflowStatus,
    error,
)

from bot import request_id
from bot.ports import NO_TRACER, SpanKind, Tracer
from bot.ports.tracing import spanning

_LOG = logging.getLogger(__name__)

Json = dict[str, Any]
SCHEMA = "digestbot_engine"
"""The engine's own schema, where its tables share a PostgreSQL database with ours."""
TABLE = f"{SCHEMA}.workflow_status"
"""A table that is there once an engine has begun."""

_NAME = "digestbot"
# Work goes on under any version of the program that has this one, so it changes only when no job could be continued. A
# job that changes its steps asks `Run.has` which of them it has begun with.
_VERSION = "digestbot-1"
_LISTED = 500
_REQUEST = "request"
"""Where a payload has the id of the request that the work is done for."""
_TRACE = "trace"
"""Where it has the span that the work was submitted in, as `Tracer.traceparent` names it."""
_NO_RESULT = (
    error.DBOSAwaitedWorkflowCancelledError,
    error.DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded,
    PortableWorkflowError,  # what its job raised
)


class Queue(StrEnum):
    """What waits in line separately, so that one kind never keeps another from starting."""

    PEOPLE = "people"
    """What somebody waits for."""

    SCHEDULES = "schedules"
    """What is due by itself."""

    DELIVERIES = "deliveries"
    """What mostly waits for the other two."""

    QUESTIONS = "questions"
    """What people ask. It waits in lines: of one line, one piece of work is done after the other, whoever does it."""


AT_ONCE = {Queue.PEOPLE: 8, Queue.SCHEDULES: 8, Queue.DELIVERIES: 100, Queue.QUESTIONS: 8}
"""How much of each a process does at the same time; never a limit of all processes together."""
_IN_LINES = frozenset({Queue.QUESTIONS})

FIRST, LATER = 1, 2
"""The priorities within a queue."""


class State(StrEnum):
    """How far a piece of work is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (State.WAITING, State.RUNNING)


_STATES = {
    "DELAYED": State.WAITING,
    "ENQUEUED": State.WAITING,
    "PENDING": State.RUNNING,
    "SUCCESS": State.DONE,
    "CANCELLED": State.CANCELLED,
}
_UNFINISHED: list[str] = [name for name, state in _STATES.items() if not state.over]


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work as it is known to all processes.

    `job` is its present name, whatever it was when this was submitted. `result` is there when it is done; `process`
    runs or ran it.
    """

    id: str
    job: str
    state: State
    process: str | None
    submitted_at: datetime
    payload: Json
    result: Json | None

    @property
    def number(self) -> int:
        """The number that the id ends with, where it ends with one."""
        return int(self.id.rpartition(":")[2])


class Run(Protocol):
    """One run of a job."""

    async def step(self, name: str, act: Callable[[], Awaitable[Json]]) -> Json:
        """Do something once, and return what came of it."""
        ...

    async def submit(
        self, queue: Queue, job: str, id: str, payload: Json, *, priority: int = FIRST, delay: timedelta = timedelta()
    ) -> None:
        """Let other work be done, unless work of that id was submitted before."""
        ...

    async def call(self, queue: Queue, job: str, id: str, payload: Json, *, priority: int = FIRST) -> Json | None:
        """Let other work be done, unless it was submitted before; return its result, or None if it has none.

        It has none if it was cancelled or its job raised.
        """
        ...

    async def has(self, change: str) -> bool:
        """Return whether a change of the steps holds: not for work that had gone past this point before it came."""
        ...


Job = Callable[[Run, Json], Awaitable[Json]]


class _Run:
    """A run of a workflow of the engine's; the engine knows by its context which one."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    async def step(self, name: str, act: Callable[[], Awaitable[Json]]) -> Json:
        async def run() -> Json:
            return await act()

        return await DBOS.run_step_async({"name": name, "preemptible": True}, run)

    async def submit(
        self, queue: Queue, job: str, id: str, payload: Json, *, priority: int = FIRST, delay: timedelta = timedelta()
    ) -> None:
        await self._engine.submit(queue, job, id, payload, priority=priority, delay=delay)

    async def call(self, queue: Queue, job: str, id: str, payload: Json, *, priority: int = FIRST) -> Json | None:
        handle = await self._engine._submitted(queue, job, id, payload, priority=priority)  # noqa: SLF001 - this module's
        # Recorded by the way of any other handle, a status would stand in a form that the serializer refuses.
        try:
            return await handle.get_result(polling_interval_sec=self._engine.poll.total_seconds())
        except _NO_RESULT:
            return None

    async def has(self, change: str) -> bool:
        return await DBOS.patch_async(change)


class Engine:
    """The engine of this process; there can be one at a time.

    `url` is its database, and `process` the name by which this process's work is known: unique among living processes.
    `poll` is how often each queue is looked at.
    """

    def __init__(
        self, url: str, process: str, *, poll: timedelta = timedelta(seconds=1), tracer: Tracer = NO_TRACER
    ) -> None:
        self._config = DBOSConfig(
            name=_NAME,
            system_database_url=url,
            dbos_system_schema=SCHEMA,
            executor_id=process,
            application_version=_VERSION,
            # With the default, whoever can write to the database could let us run anything.
            serializer=DBOSPortableJSONSerializer(),
            # It reports what is cancelled, and what a stop interrupts, as errors. What a job raises we log ourselves.
            log_level="CRITICAL",
            scheduler_polling_interval_sec=3600,  # there are no schedules of the engine's
            use_listen_notify=False,  # no work waits for a message
        )
        self._process = process
        self._tracer = tracer
        self.poll = poll
        self._jobs: dict[str, Callable[[Json], Any]] = {}
        self._present: dict[str, str] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing = False

    def register(self, name: str, job: Job, *, formerly: Iterable[str] = ()) -> None:
        """Say what is done for a name, and for the names that it had in older versions, the oldest first.

        Work is submitted under the oldest: that is what processes of older versions know, which may run beside this
        one, and what work that submitted other work has remembered of it.
        """
        names = (*formerly, name)
        workflows = [DBOS.workflow(name=each)(self._workflow(name, job)) for each in names]
        self._jobs[name] = workflows[0]
        self._present |= dict.fromkeys(names, name)

    def _workflow(self, name: str, job: Job) -> Callable[[Json], Awaitable[Json]]:
        """Return what the engine runs for a job: another one each time, since of each it knows one name."""

        async def run(payload: Json) -> Json:
            given = {key: value for key, value in payload.items() if key not in (_REQUEST, _TRACE)}
            with self._under_way(), request_id.following(payload.get(_REQUEST, "")):
                try:
                    with spanning(self._tracer, f"job {name}", kind=SpanKind.CONSUMER, parent=payload.get(_TRACE, "")):
                        return await job(_Run(self), given)
                except Exception:
                    _LOG.exception("The job %s has a fault", name)
                    raise

        return run

    async def launch(self, queues: Iterable[Queue]) -> None:
        """Begin, and do what waits in these queues; with none, work is only submitted.

        Work that this process was killed over goes on.
        """
        DBOS(config=self._config)
        DBOS.listen_queues([queue.value for queue in queues])
        DBOS.launch()  # in the loop, so that it runs the jobs in it
        for queue in Queue:
            await DBOS.register_queue_async(
                queue.value,
                worker_concurrency=AT_ONCE[queue],
                partition_concurrency=1 if queue in _IN_LINES else None,
                polling_interval_sec=self.poll.total_seconds(),
            )

    async def submit(
        self, queue: Queue, job: str, id: str, payload: Json, *, priority: int = FIRST, delay: timedelta = timedelta()
    ) -> None:
        """Let work be done, after a delay, unless work of that id was submitted before."""
        await self._submitted(queue, job, id, payload, priority=priority, delay=delay)

    async def submit_in_line(self, queue: Queue, line: str, job: str, id: str, payload: Json) -> None:
        """Let work be done once all is over that was submitted to its line before, unless that of this id was."""
        await self._submitted(queue, job, id, payload, line=line)

    async def _submitted(
        self,
        queue: Queue,
        job: str,
        id: str,
        payload: Json,
        *,
        priority: int = FIRST,
        delay: timedelta = timedelta(),
        line: str | None = None,
    ) -> WorkflowHandleAsync[Json]:
        options = SetEnqueueOptions(
            priority=priority, delay_seconds=delay.total_seconds() or None, queue_partition_key=line
        )
        if id_of_request := request_id.current():
            payload = payload | {_REQUEST: id_of_request}
        if traceparent := self._tracer.traceparent():
            payload = payload | {_TRACE: traceparent}
        with SetWorkflowID(id), options:
            return await DBOS.enqueue_workflow_async(queue.value, self._jobs[job], payload)

    async def works(self, prefix: str = "", *, unfinished: bool = False) -> list[Work]:
        """Return the newest works whose ids begin like this, newest first; or those of them that are not over."""
        found = await DBOS.list_workflows_async(
            workflow_id_prefix=prefix or None,
            status=_UNFINISHED if unfinished else None,
            sort_desc=True,
            limit=None if unfinished else _LISTED,
        )
        return [_work(status, self._present.get(status.name, status.name)) for status in found]

    async def depths(self) -> dict[tuple[str, str], int]:
        """Return how much work is not over, by its queue and its state; every queue is there, also an empty one."""
        found = Counter({(queue.value, State.WAITING.value): 0 for queue in Queue})
        unfinished = await DBOS.list_workflows_async(status=_UNFINISHED, load_input=False, load_output=False)
        for status in unfinished:
            found[str(status.queue_name), _STATES.get(status.status, State.FAILED).value] += 1
        return dict(found)

    async def cancel(self, id: str) -> None:
        """Stop work, and whatever it waits for that no other work waits for."""
        alone = await self._awaited(id)
        await DBOS.cancel_workflow_async(id)
        for other in await self.works(unfinished=True) if alone else ():
            alone -= await self._awaited(other.id)
        if alone:
            await DBOS.cancel_workflows_async(sorted(alone))

    async def resume(self, id: str, queue: Queue) -> None:
        """Let cancelled work go on where it stopped."""
        await DBOS.resume_workflow_async(id, queue_name=queue.value)

    async def processes(self) -> set[str]:
        """Return the names of the other processes whose work is not finished."""
        running = await DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
        return {work.executor_id for work in running if work.executor_id} - {self._process}

    async def take_over(self, process: str) -> int:
        """Put the unfinished work of a dead process back in line, and return how much that was."""
        # The engine leaves this to a service of its vendor's, and has no public way to it.
        handles = await asyncio.to_thread(DBOS._recover_pending_workflows, [process])  # noqa: SLF001 - see above
        return len(handles)

    async def prune(self, before: datetime) -> int:
        """Forget the works that were over before a moment (aware), and return how many."""
        dropped = 0
        while old := await DBOS.list_workflows_async(
            completed_before=before.isoformat(), limit=_LISTED, load_input=False, load_output=False
        ):
            await DBOS.delete_workflows_async([work.workflow_id for work in old])
            dropped += len(old)
        return dropped

    async def close(self, patience: timedelta) -> None:
        """Begin nothing new, wait so long for what is under way, and let go of the database.

        What is unfinished then goes on at the next launch.
        """
        self._closing = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        loop = asyncio.get_running_loop()
        closed = asyncio.Event()

        def close() -> None:
            DBOS.destroy(destroy_registry=True)
            loop.call_soon_threadsafe(closed.set)

        # Not in the default executor: it is the engine's own.
        threading.Thread(target=close, name="close-engine", daemon=True).start()
        await closed.wait()
        # The engine's own executor, which has become the loop's, is gone with it; others may have to close yet.
        loop.set_default_executor(ThreadPoolExecutor())

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        """Count the task of a job in. A task that is cancelled leaves its work unfinished, for the next launch."""
        task = asyncio.current_task()
        if self._closing or task is None:
            raise asyncio.CancelledError
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def _awaited(self, id: str) -> set[str]:
        steps = await DBOS.list_workflow_steps_async(id)
        return {child for step in steps if (child := step["child_workflow_id"])}


async def unfinished_works(url: str) -> list[Work]:
    """Return the works that are not over, the oldest first, from beside the engine, which need not run.

    `url` is that of a database in which one has begun. Errors are the driver's own.
    """
    client = DBOSClient(
        system_database_url=url,
        dbos_system_schema=SCHEMA,
        serializer=DBOSPortableJSONSerializer(),
        lazy=True,
        retry_connection_errors=False,
    )
    try:
        return [_work(each, each.name) for each in await client.list_workflows_async(status=_UNFINISHED)]
    finally:
        await asyncio.to_thread(client.destroy)


def _work(status: WorkflowStatus, job: str) -> Work:
    arguments = (status.input or {"args": ()})["args"]
    return Work(
        id=status.workflow_id,
        job=job,
        state=_STATES.get(status.status, State.FAILED),
        process=status.executor_id,
        submitted_at=datetime.fromtimestamp((status.created_at or 0) / 1000, UTC),
        payload=arguments[0] if arguments else {},
        result=status.output,
    )
