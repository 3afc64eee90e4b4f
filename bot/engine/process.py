"""The process that does the work: its roles, its loops, and how it begins and ends."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.engine.orders import Orders
from bot.engine.roles import Role
from bot.engine.workflows import Engine, Queue
from bot.errors import DigestbotError
from bot.ports import Clock, Processes, Upkeep

_LOG = logging.getLogger(__name__)

_LOOKED_AFTER = 5.0
"""Seconds between two looks at who is alive. Who is gone at two of them in a row is dead: a server that was restarted
gives the living time to come back."""
_PRUNED = 3600.0
_KEPT = timedelta(days=30)
"""How long the engine remembers what is over: longer than anybody would ask for it again."""
_PATIENCE = timedelta(seconds=3)
"""How long work that is under way may go on when the process is told to stop."""


@dataclass(frozen=True)
class Process:
    """A process, put together. `listeners` hand over what people say, each until it is cancelled.

    `begun` is set for as long as the engine does what is submitted.
    """

    engine: Engine
    orders: Orders
    processes: Processes
    upkeep: Upkeep
    clock: Clock
    role: Role
    listeners: Sequence[Callable[[], Awaitable[None]]] = ()
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; what is unfinished then is gone on with at the next start, or by others.

        Raises what a listener raises.
        """
        await self.engine.launch(Queue if self.role.works else ())
        self.begun.set()
        _LOG.info("Running as %s in the role %s", self.processes.name, self.role)
        loops = [self._look_after()]
        if self.role.works:
            loops += [self._tick(), self._prune()]
        tasks = [asyncio.ensure_future(each) for each in loops]
        if self.role.talks:
            tasks += [asyncio.ensure_future(listen()) for listen in self.listeners]
        stopped = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()
        finally:
            self.begun.clear()
            for task in (stopped, *tasks):
                task.cancel()
            await asyncio.gather(stopped, *tasks, return_exceptions=True)
            await self.engine.close(_PATIENCE)
            _LOG.info("Stopped")

    async def _tick(self) -> None:
        """Begin what is due, at the beginning of every minute."""
        while True:
            await self._guarded(self.orders.tick)
            await self.clock.sleep(60 - self.clock.now().timestamp() % 60)

    async def _look_after(self) -> None:
        """Stay alive in the eyes of others, and take over the work of those that are dead."""
        gone: set[str] = set()

        async def look() -> None:
            nonlocal gone
            await self.processes.hold()
            others = await self.engine.processes()
            now_gone = await self.processes.gone(others) if others else set()
            for name in now_gone & gone:
                taken = await self.engine.take_over(name)
                _LOG.info("Took over %d pieces of work of %s, which is gone", taken, name)
            gone = now_gone

        while True:
            await self._guarded(look)
            await self.clock.sleep(_LOOKED_AFTER)

    async def _prune(self) -> None:
        """Forget what is over long enough, and what was kept too long."""

        async def prune() -> None:
            await self.engine.prune(self.clock.now() - _KEPT)
            await self.upkeep.prune()

        while True:
            await self._guarded(prune)
            await self.clock.sleep(_PRUNED)

    async def _guarded(self, act: Callable[[], Awaitable[object]]) -> None:
        try:
            await act()
        except DigestbotError as error:
            _LOG.warning("%s It is tried again.", error)
        except Exception:  # noqa: BLE001 - see below
            # The engine's database may fail in ways of its driver's, and the loop has to outlive all of them.
            _LOG.exception("A loop of the process has failed, and goes on")
