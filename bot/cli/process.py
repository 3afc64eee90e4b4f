"""What `digestbot run` and `digestbot status` do."""

import argparse
import asyncio
import logging
import signal
import sys

from bot.app import App
from bot.engine.roles import Role
from bot.errors import DigestbotError

_STOPS = (signal.SIGTERM, signal.SIGINT)


async def run(options: argparse.Namespace, app: App | None = None) -> list[DigestbotError]:
    """Do the work until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in _STOPS:
        loop.add_signal_handler(each, stop.set)
    async with (app or App()).process(Role(options.role)) as process:
        await process.run(stop)
    return []
