"""Opens what notes and sends spans, if that is set, and closes it within a bound."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import TypeVar

from adapters.traces.settings import TracesSettings
from bot.errors import ConfigurationError
from bot.ports import NO_TRACER, Finding, Tracer

_LOG = logging.getLogger(__name__)
_SUBJECT = "the traces"
_LAST = 2.0
"""Seconds that what was not sent yet may take at the end."""
_PROBED = 10.0

_Result = TypeVar("_Result")


@asynccontextmanager
async def tracing(settings: TracesSettings, last: float = _LAST) -> AsyncIterator[Tracer]:
    """Yield what notes spans. They are sent while the block lasts; those that are left then may take `last` seconds.

    Raises ConfigurationError if traces are set, and what sends them is not installed.
    """
    if not settings.on:
        yield NO_TRACER
        return
    with _installed():
        from adapters.traces.sending import Sending  # noqa: PLC0415 - the SDK is loaded where traces are set, alone
        from adapters.traces.spans import OpenTelemetryTracer  # noqa: PLC0415 - likewise
    sending = Sending(settings)
    tracer = OpenTelemetryTracer(sending, settings.service)
    try:
        yield tracer
    finally:
        if not await _within(last, tracer.close, otherwise=False) and not sending.problem:
            _LOG.warning("The last traces are lost: %s does not answer in time.", settings.host)


async def check(settings: TracesSettings) -> AsyncIterator[Finding]:
    """Yield whether the collector takes spans, if one is set."""
    if not settings.on:
        return
    try:
        with _installed():
            from adapters.traces.sending import probe  # noqa: PLC0415 - as above
    except ConfigurationError as error:
        yield Finding.of(_SUBJECT, error)
        return
    problem = await _within(_PROBED, partial(probe, settings), otherwise="does not answer in time")
    if problem:
        remedy = "Check the collector, and [traces] (DIGESTBOT_TRACES_ENDPOINT, DIGESTBOT_TRACES_HEADERS)."
        yield Finding(_SUBJECT, f"{settings.host} {problem}.", remedy)
    else:
        yield Finding(_SUBJECT)


@contextmanager
def _installed() -> Iterator[None]:
    """Say what to install, where the SDK is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        message = f"Traces are set, and what sends them is not installed ({error.name})."
        remedy = 'Run `pip install "digestbot[traces]"`, or unset DIGESTBOT_TRACES_ENDPOINT.'
        raise ConfigurationError(message, remedy=remedy) from None


async def _within(seconds: float, act: Callable[[], _Result], *, otherwise: _Result) -> _Result:
    """Return what something that blocks returns, or something else if it takes longer than this.

    Then it goes on, and ends with the process at the latest.
    """
    loop = asyncio.get_running_loop()
    came: asyncio.Future[_Result] = loop.create_future()

    def hand_over(result: _Result) -> None:
        if not came.done():
            came.set_result(result)

    def run() -> None:
        result = act()
        with suppress(RuntimeError):  # the loop is closed by now: nobody waits
            loop.call_soon_threadsafe(hand_over, result)

    # Not in an executor, whose threads the end of the process waits for.
    threading.Thread(target=run, name="traces", daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            return await came
    except TimeoutError:
        return otherwise
