"""One delivery's hold on a thread: the lease, the waits that keep it, and calls at the platform's pace."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TypeVar

from bot.engine.delivery.pacing import Pacer
from bot.errors import ChatUnavailable, DeliveryBusy
from bot.model import Place
from bot.ports import NO_METER, NO_TRACER, Call, Chat, Clock, Lease, Meter, Outbox, SpanKind, Tracer
from bot.ports.metering import OK, outcome_of
from bot.ports.tracing import CHANNEL, spanning

LASTING = timedelta(seconds=45)
"""How long a lease lasts: longer than the longest call, so that no call outlives it."""
_RENEWAL = 15.0
_ATTEMPTS = 5
_PATIENCE = timedelta(minutes=5)

_Answer = TypeVar("_Answer")


@dataclass
class Session:
    """What a delivery works with while it holds a thread."""

    chat: Chat
    outbox: Outbox
    clock: Clock
    pacer: Pacer
    lease: Lease
    meter: Meter = NO_METER
    tracer: Tracer = NO_TRACER

    async def wait(self, seconds: float) -> None:
        """Wait, and keep the lease meanwhile. Raises DeliveryBusy if it was lost."""
        while seconds > _RENEWAL:
            await self.clock.sleep(_RENEWAL)
            seconds -= _RENEWAL
            if await self.outbox.lease(self.lease.thread, self.lease.owner, LASTING) is None:
                message = "Another process has gone on with the delivery of this thread."
                raise DeliveryBusy(message, remedy="Nothing has to be done: that process ends it.")
        if seconds > 0:
            await self.clock.sleep(seconds)

    async def turn(self, call: Call, place: Place) -> None:
        """Wait until a call may be made, which has to be made then."""
        await self.wait(self.pacer.reserve(call, place))

    async def pause(self, error: ChatUnavailable, attempt: int) -> None:
        """Wait before the attempt that follows this one (from 1); raise the error if there should be none."""
        if attempt >= _ATTEMPTS or (error.retry_after or timedelta()) > _PATIENCE:
            raise error
        await self.wait(error.retry_after.total_seconds() if error.retry_after is not None else 2.0**attempt)

    async def counted(self, call: Call, place: Place, made: Awaitable[_Answer]) -> _Answer:
        """Return what a call that is made comes to, and count it."""
        about = {CHANNEL: place.channel_key}
        try:
            with spanning(self.tracer, f"{place.platform} {call}", about, kind=SpanKind.CLIENT):
                answer = await made
        except Exception as error:
            self.meter.chat(place.platform, call, outcome_of(error))
            raise
        self.meter.chat(place.platform, call, OK)
        return answer

    async def call(self, call: Call | None, place: Place, make: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Make a call that does no harm when it is repeated, until it is answered; what has no kind is not paced.

        Raises ChatUnavailable after several attempts, and whatever else the call does.
        """
        for attempt in count(1):
            if call:
                await self.turn(call, place)
            try:
                return await (self.counted(call, place, make()) if call else make())
            except ChatUnavailable as error:
                await self.pause(error, attempt)
        raise AssertionError
