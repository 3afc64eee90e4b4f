"""Time, and what is told of a job that somebody may be waiting for."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """Return the present moment in UTC, timezone-aware."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Stage(StrEnum):
    """What a person who waits is told that the bot is doing."""

    FETCH = "fetch"
    COLLECT = "collect"
    RANK = "rank"
    ANALYSE = "analyse"


class Progress(Protocol):
    """Told of every step of a job that somebody may be waiting for."""

    def begin(self, stage: Stage, subject: str, total: int | None = None) -> None:
        """Begin a stage about a subject (a repository's name), of `total` steps where that is known."""
        ...

    def advance(self, steps: int = 1) -> None:
        """Count steps of the current stage as done."""
        ...
