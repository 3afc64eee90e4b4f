"""How far a build is, kept for whoever waits for it, in whichever process."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

from bot.errors import DigestbotError
from bot.ports import BuildProgress, Builds, Clock, Stage

_PAUSE = 2.0
"""Seconds between two writes."""


class KeptProgress:
    """A Progress that keeps what it is told, not more often than somebody would look."""

    def __init__(self, builds: Builds, key: str, clock: Clock) -> None:
        self._builds = builds
        self._key = key
        self._clock = clock
        self._now = BuildProgress(Stage.FETCH)
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to write."""
        self._writer = asyncio.create_task(self._write())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop: whoever keeps the digest now must not be overwritten."""
        if self._writer is not None:
            self._writer.cancel()
            with suppress(asyncio.CancelledError):
                await self._writer

    def begin(self, stage: Stage, subject: str, total: int | None = None) -> None:  # noqa: ARG002 - who waits knows it
        """Begin a stage."""
        self._now = BuildProgress(stage, 0, total)

    def advance(self, steps: int = 1) -> None:
        """Count steps."""
        self._now = BuildProgress(self._now.stage, self._now.done + steps, self._now.total)

    async def _write(self) -> None:
        written = None
        while True:
            now = self._now
            if now != written:
                with suppress(DigestbotError):  # a digest is not given up for a number
                    await self._builds.advance(self._key, now)
                    written = now
            await self._clock.sleep(_PAUSE)
