"""A clock that runs faster than the machine's."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic, time

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


class FastClock:
    """Begins at noon; `factor` of its seconds pass in one."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._start = monotonic()

    def now(self) -> datetime:
        """Return the moment."""
        return NOON + timedelta(seconds=(monotonic() - self._start) * self._factor)

    async def sleep(self, seconds: float) -> None:
        """Wait, for less."""
        await asyncio.sleep(seconds / self._factor)


class SharedClock:
    """A clock that all processes with the same beginning (in seconds since 1970) read alike."""

    def __init__(self, epoch: float, factor: float) -> None:
        self._epoch = epoch
        self._factor = factor

    def now(self) -> datetime:
        """Return the moment."""
        return NOON + timedelta(seconds=(time() - self._epoch) * self._factor)

    async def sleep(self, seconds: float) -> None:
        """Wait, for less."""
        await asyncio.sleep(seconds / self._factor)
