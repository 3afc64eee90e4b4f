"""The program, by another clock: `python -m tests.end_to_end.timed MOMENT ARGUMENT…` begins at that moment."""

import asyncio
import sys
import time
from datetime import datetime, timedelta

from bot.app import App
from bot.cli import parser
from bot.cli.process import run


class ShiftedClock:
    """The machine's clock, shifted so that it begins at a moment."""

    def __init__(self, begin: datetime) -> None:
        self._begin = begin
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return the moment."""
        return self._begin + timedelta(seconds=time.monotonic() - self._began)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


if __name__ == "__main__":
    moment, *arguments = sys.argv[1:]
    asyncio.run(run(parser().parse_args(arguments), App(ShiftedClock(datetime.fromisoformat(moment)))))
