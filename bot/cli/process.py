"""What `digestbot run` and `digestbot status` do."""

import argparse
import asyncio
import signal
import sys

from bot.app import App
from bot.engine.roles import Role
from bot.errors import DigestbotError

_STOPS = (signal.SIGTERM, signal.SIGINT)
_STATUS = """\
Running: {running}
Subscriptions: {subscriptions}; the last run failed of {failing}{next_due}
Tiers: {shown} shown, {agreed} agreed with; {too_high} found too high, {too_low} too low
Answers: {useful} found useful, {useless} not"""


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


async def status(_options: argparse.Namespace) -> list[DigestbotError]:
    """Say which processes run, and how subscriptions are doing."""
    app = App()
    running = await app.running()
    async with app.subscriptions() as desk:
        standings = await desk.standing()
    feedback = await app.feedback()
    tiers = feedback.tiers
    due = min((each.next_due for each in standings if each.next_due), default=None)
    print(
        _STATUS.format(
            running=", ".join(running) or "no process; start one with `digestbot run`",
            subscriptions=len(standings),
            failing=sum(each.subscription.last_error is not None for each in standings),
            shown=tiers.shown,
            agreed=f"{tiers.agreed:.0%}" if tiers.shown else "–",
            too_high=tiers.too_high,
            too_low=tiers.too_low,
            useful=feedback.useful,
            useless=feedback.useless,
            next_due=f"; next due {due:%Y-%m-%d %H:%M} UTC" if due else "",
        )
    )
    return []
