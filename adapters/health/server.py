"""Says over HTTP how a process is: `/healthz` and `/readyz`, in JSON, with 200 where all is well and 503 otherwise.

`/metrics` is what was counted, for Prometheus.
"""

import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web

from adapters.health.metrics import CONTENT_TYPE
from adapters.health.settings import HealthSettings
from bot.ports import Checkup, Vitals

Metrics = Callable[[], Awaitable[bytes]]
"""Returns what is shown of all that was counted."""

_LOG = logging.getLogger(__name__)
_NOBODY_ASKS = (
    "Nobody can ask how the bot is, since it cannot listen at port %d of %s: %s. "
    "Set port or host in [health] to another (DIGESTBOT_HEALTH_PORT, DIGESTBOT_HEALTH_HOST); port 0 switches it off."
)


@asynccontextmanager
async def served(settings: HealthSettings, vitals: Vitals, metrics: Metrics) -> AsyncIterator[None]:
    """Answer at the place of the settings until the end of the block.

    Where that place is taken, the bot does without: it has better things to do than to say how it is.
    """
    async with AsyncExitStack() as stack:
        if settings.on:
            try:
                await stack.enter_async_context(listening(settings.host, settings.port, vitals, metrics))
            except (OSError, UnicodeError) as error:
                _LOG.warning(_NOBODY_ASKS, settings.port, settings.host, _reason(error))
        yield


def _reason(error: Exception) -> str:
    """Return what the system says, without what asyncio adds to it."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if number and number > 0 else str(getattr(error, "strerror", None) or error)


@asynccontextmanager
async def listening(host: str, port: int, vitals: Vitals, metrics: Metrics) -> AsyncIterator[int]:
    """Answer at a port, or with 0 at one that the system chooses; yield its number. Raises OSError."""
    application = web.Application()
    application.router.add_get("/healthz", _answering(vitals.alive))
    application.router.add_get("/readyz", _answering(vitals.ready))
    application.router.add_get("/metrics", _showing(metrics))
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _showing(metrics: Metrics) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def show(_request: web.Request) -> web.Response:
        return web.Response(body=await metrics(), headers={"Content-Type": CONTENT_TYPE})

    return show


def _answering(look: Callable[[], Awaitable[Checkup]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_request: web.Request) -> web.Response:
        found = await look()
        body = {"status": "ok" if found.well else "failing", "checks": dict(found.states)}
        return web.json_response(body, status=200 if found.well else 503)

    return answer
