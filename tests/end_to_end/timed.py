"""The program, by another clock: `python -m tests.end_to_end.timed MOMENT ARGUMENT…` begins at that moment.

What the program would load on its way is loaded before: on a busy machine that takes longer than tests leave it.
"""

import asyncio
import sys
import time
from datetime import datetime, timedelta

import bot.answer.answering
import bot.answer.library
import bot.engine.jobs
import bot.engine.process
import bot.logs
import bot.requests
import bot.store  # noqa: F401 - as those above, see the docstring
from bot.app import App
from bot.cli import parser
from bot.cli.process import run


class ShiftedClock:
    """The machine's clock, shifted so that it begins at a moment, once the program waits for the first time.

    So it does not matter how long a busy machine takes to start it.
    """

    def __init__(self, begin: datetime) -> None:
        self._begin = begin
        self._began: float | None = None

    def now(self) -> datetime:
        """Return the moment."""
        passed = 0.0 if self._began is None else time.monotonic() - self._began
        return self._begin + timedelta(seconds=passed)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        self._began = self._began or time.monotonic()
        await asyncio.sleep(seconds)


if __name__ == "__main__":
    moment, *arguments = sys.argv[1:]
    asyncio.run(run(parser().parse_args(arguments), App(ShiftedClock(datetime.fromisoformat(moment)))))
