"""What the jobs work with, and how patient they are."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.answer.hearing import Hearing
from bot.engine.wishes import Target, Wish
from bot.engine.workflows import Json
from bot.errors import ASKERS_OWN, DigestbotError, TemporaryError
from bot.model import Digest, Place, Subscription
from bot.ports import (
    NO_METER,
    NO_TRACER,
    Branches,
    Builds,
    Clock,
    FoundRepository,
    Meter,
    Progress,
    Showing,
    Subscriptions,
    Threads,
    TierOpinions,
    Tracer,
    Upkeep,
)
from bot.ports.metering import outcome_of
from bot.present.blocks import Block, Message

_LOG = logging.getLogger(__name__)

BRIEF = 8
"""Attempts at what somebody may be waiting for: about three minutes."""
LONG = 20
"""Attempts at what must arrive: about a quarter of an hour."""
_UPGRADES = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=1), *[timedelta(hours=3)] * 7)
_LONGEST_WAIT = timedelta(minutes=1)


class Shows(Protocol):
    """Shows messages in one and the same post, the latest one soon."""

    def show(self, message: Message) -> None:
        """Show a message, unless another one follows before."""
        ...


class Deliveries(Protocol):
    """Brings threads, by their keys, to places: every message once, in order, whatever happened before."""

    async def begin(self, key: str, place: Place, root: Message, *, anew: bool = True) -> None:
        """Post this root, unless one is there; where it was deleted, only if `anew` is set. Else it raises PostGone."""
        ...

    async def withdraw(self, key: str, place: Place) -> None:
        """Take away what was posted of a thread, and let nothing more come of it."""
        ...

    def live(self, key: str, place: Place) -> AbstractAsyncContextManager[Shows]:
        """Show how far the work is, in a root that was begun and shows no digest yet."""
        ...

    def growing(self, key: str, place: Place, reader: str, waiting: Block) -> AbstractAsyncContextManager[Shows]:
        """Show what there is of an answer to a reader, in place of a root that was begun, as soon as the chat lets it.

        `waiting` may be shown beneath it, as long as that is not all.
        """
        ...

    async def say(self, key: str, place: Place, root: Message) -> None:
        """Let a root that was begun say something else, unless it shows a digest by now."""
        ...

    async def deliver(self, wish: Wish, digest: Digest) -> str | None:
        """Let a wish's thread show its digest; return why nothing can be posted there, or None if all is there."""
        ...

    async def answer(self, key: str, place: Place, message: Message) -> str | None:
        """Let a root that was begun show a message, of any length; return why it cannot, or None."""
        ...

    async def showing(self, key: str, place: Place) -> Showing | None:
        """Return when a thread last came to show a digest whole, or None if it never did."""
        ...

    async def link(self, key: str, place: Place) -> str | None:
        """Return the address of a root, or None if there is none."""
        ...


Find = Callable[[str, Subscription], Awaitable[FoundRepository]]
"""Finds the repository that a name means to a subscription."""

Build = Callable[[Target, Progress], Awaitable[Digest]]


@dataclass(frozen=True, slots=True)
class Kit:
    """What the jobs work with.

    `upgrades` are the waits before each attempt to build a digest again that had to do without the model: about a day.
    `opinions` are what channels think of tiers, `threads` which digests are where, and `hearing` answers what is said
    there; None where nobody asks. `upkeep` knows of a time of which nothing is known.
    """

    find: Find
    build: Build
    branches: Branches
    builds: Builds
    deliveries: Deliveries
    subscriptions: Subscriptions
    clock: Clock
    upgrades: tuple[timedelta, ...] = _UPGRADES
    opinions: TierOpinions | None = None
    threads: Threads | None = None
    hearing: Hearing | None = None
    upkeep: Upkeep | None = None
    meter: Meter = NO_METER
    tracer: Tracer = NO_TRACER

    async def value(self, act: Callable[[], Awaitable[Json]], attempts: int = BRIEF) -> Json:
        """Return what an act returns, or as "failed" the reason why it fails; it is repeated while that may help."""
        for attempt in range(1, attempts):
            try:
                return await act()
            except TemporaryError as error:
                wait = error.retry_after or timedelta(seconds=min(2**attempt, 60))
                await self.clock.sleep(min(wait, _LONGEST_WAIT).total_seconds())
            except DigestbotError as error:
                return self._given_up(error, attempt)
        try:
            return await act()
        except DigestbotError as error:
            return self._given_up(error, attempts)

    def _given_up(self, error: DigestbotError, attempt: int) -> Json:
        if isinstance(error, ASKERS_OWN):
            _LOG.info("Refused: %s", error)
            self.meter.refused(outcome_of(error))
        else:
            _LOG.warning("Given up at attempt %d: %s", attempt, error)
            self.meter.given_up(outcome_of(error))
        return {"failed": error.public}
