"""The program as it may become: `python -m tests.chaos.newer SETTINGS` has renamed jobs, which got another step."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable

from bot.engine.workflows import Job, Json, Run
from tests.chaos.older import NAMES
from tests.chaos.worker import LoggingEngine, Settings, work


class ChangedRun:
    """A run that takes a step before each post, if the work has not got past that already."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.submit = run.submit
        self.call = run.call
        self.has = run.has

    async def step(self, name: str, act: Callable[[], Awaitable[Json]]) -> Json:
        """Take a step."""
        if name == "post" and await self._run.has("greeting"):
            await self._run.step("greet", self._greet)
        return await self._run.step(name, act)

    async def _greet(self) -> Json:
        return {}


class NewerEngine(LoggingEngine):
    """Knows each job by its older name too."""

    def register(self, name: str, job: Job, *, formerly: Iterable[str] = ()) -> None:
        """Register a job under its name, and what it was called."""

        async def changed(run: Run, payload: Json) -> Json:
            return await job(ChangedRun(run), payload)

        super().register(name, changed, formerly=(*formerly, NAMES[name]))


if __name__ == "__main__":
    asyncio.run(work(Settings(**json.loads(sys.argv[1])), NewerEngine))
