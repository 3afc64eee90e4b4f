"""What the core asks of the outside, as protocols. An adapter implements one; a test may too."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.model import Collection, Commit, Patch, Period, Place, PostReference, Repository
from bot.present.blocks import Message


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
    ANALYSE = "analyse"


class Progress(Protocol):
    """Told of every step of a job that somebody may be waiting for."""

    def begin(self, stage: Stage, subject: str, total: int | None = None) -> None:
        """Begin a stage about a subject (a repository's name), of `total` steps where that is known."""
        ...

    def advance(self, steps: int = 1) -> None:
        """Count steps of the current stage as done."""
        ...


@dataclass(frozen=True, slots=True)
class PatchLimits:
    """How many bytes of a patch are kept: of one file, and of all files of one change together."""

    file: int
    change: int


class Source(Protocol):
    """Where landed changes come from."""

    async def find(self, name: str) -> Repository:
        """Return the repository that a location names.

        Raises RepositoryNotFound, UnsafeName, SourceUnavailable.
        """
        ...

    async def collect(self, repository: Repository, period: Period, progress: Progress) -> Collection:
        """Return every landed change of the period, after bringing the repository up to date.

        Raises UnknownRef for a `Since` that cannot be resolved, SourceUnavailable and SourceError. What cannot be read
        of a single change is said in that change, and counted in no error.
        """
        ...

    def patches(self, repository: Repository, commits: Sequence[Commit], limits: PatchLimits) -> AsyncIterator[Patch]:
        """Yield the patch of each of the commits, in their order, one at a time.

        A patch that cannot be read is yielded with `unread` set; none is left out.
        """
        ...


class Chat(Protocol):
    """A platform on which messages are posted."""

    async def post(self, place: Place, message: Message) -> PostReference:
        """Post a message to a channel, or to a thread where the place names one."""
        ...

    async def pin(self, post: PostReference) -> None:
        """Pin a message that was posted."""
        ...
