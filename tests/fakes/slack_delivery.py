"""How Slack tells the app: a command, an event or an interaction, its acknowledgement, and what happens without one."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tests.fakes.slack_faults import Faults
from tests.fakes.slack_limits import Time
from tests.fakes.slack_world import Json

What = Literal["events_api", "slash_commands", "interactive"]

RETRIES = (0.0, 60.0, 300.0)
"""Slack's seconds before each further attempt to deliver an event. Commands and interactions have one attempt."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt: `failure` is Slack's word for why there is no acknowledgement, `seconds` on the wall."""

    failure: str | None
    answer: Any = None
    seconds: float = 0.0


@dataclass(slots=True)
class Delivery:
    """Something that the app is told, and every attempt to."""

    what: What
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        """Whether the app took it."""
        return any(attempt.failure is None for attempt in self.attempts)

    @property
    def answer(self) -> Any:  # noqa: ANN401 - whatever the app said with its acknowledgement
        """What the app said with its acknowledgement."""
        return self.attempts[-1].answer if self.attempts else None


@dataclass(frozen=True, slots=True)
class Retry:
    """Which attempt this is, 0 the first, and why the one before failed."""

    number: int = 0
    reason: str | None = None


class Transport(Protocol):
    """A way to the app."""

    async def send(self, what: What, payload: Json, retry: Retry, within: float) -> Attempt:
        """Make an attempt, whose acknowledgement has to come within so many seconds on the wall."""
        ...


class Deliveries:
    """Everything that the app was told. `acknowledge_within` is 3 s on the wall, whatever the scale of the time."""

    def __init__(self, transport: Transport, time_: Time, faults: Faults) -> None:
        """Take the way to the app, the time between attempts, and what goes wrong."""
        self.transport = transport
        self.acknowledge_within = 3.0
        self.log: list[Delivery] = []
        self._time = time_
        self._faults = faults
        self._tasks: set[asyncio.Task[Any]] = set()

    async def deliver(self, what: What, payload: Json) -> Delivery:
        """Tell the app, and return once it acknowledged or every attempt failed."""
        delivery = Delivery(what, payload)
        self.log.append(delivery)
        waits = (0.0, *RETRIES) if what == "events_api" else (0.0,)
        reason: str | None = None
        for number, wait in enumerate(waits):
            if wait:
                await self._time.sleep(wait)
            started = time.monotonic()
            attempt = await self.transport.send(what, payload, Retry(number, reason), self.acknowledge_within)
            lost = what == "events_api" and self._faults.random.random() < self._faults.lost_acknowledgements
            reason = attempt.failure or ("http_timeout" if lost else None)
            delivery.attempts.append(Attempt(reason, attempt.answer, time.monotonic() - started))
            if reason in (None, "no_retry"):
                break
        return delivery

    def begin(self, payload: Json) -> None:
        """Tell the app of an event, and of some events twice, while other things happen."""
        for _ in range(2 if self._faults.random.random() < self._faults.duplicates else 1):
            self.spawn(self.deliver("events_api", payload))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something while other things happen."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Return once nothing is left to be delivered, be it after every retry: six of Slack's minutes."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """Give up whatever is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
