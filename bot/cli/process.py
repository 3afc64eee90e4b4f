"""What `digestbot run` does."""

import argparse
import asyncio
import signal
import sys

from bot.app import App
from bot.engine.roles import Role
from bot.errors import DigestbotError

_STOPS = (signal.SIGTERM, signal.SIGINT)


async def run(options: argparse.Namespace, app: App | None = None) -> list[DigestbotError]:
    """Do the work until told to stop."""
    from bot import logs  # noqa: PLC0415 - takes long to load

    app = app or App()
    logs.begin(app.log_settings, sys.stderr)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in _STOPS:
        loop.add_signal_handler(each, stop.set)
    async with app.process(Role(options.role)) as process:
        await process.run(stop)
    return []
