"""A process of the chaos harness that answers: `python -m tests.chaos.asked SETTINGS`, where the settings are JSON.

Like the events of a chat whose acknowledgement was lost, everything that was said is heard again when it starts.
"""

import asyncio
import json
import os
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bot.engine.answering import Heard
from bot.engine.process import Process
from bot.engine.roles import Role
from bot.engine.wishes import from_json
from bot.engine.workflows import Json
from bot.store import open_processes
from tests.chaos.chats import opened
from tests.chaos.clock import SharedClock
from tests.chaos.worker import Settings
from tests.engine.asking import assembled


@dataclass
class AskedSettings(Settings):
    """How the process is to run.

    `model` is the URL of one. `said` is what is said, from the moment `first` on, with so many seconds in between.
    """

    model: str = ""
    said: list[Json] = field(default_factory=list)
    first: float = 0.0
    interval: float = 1.0


async def work(settings: AskedSettings) -> None:
    """Answer until told to stop."""
    clock, folder, url = SharedClock(settings.epoch, settings.factor), Path(settings.folder), settings.database_url
    async with AsyncExitStack() as stack:
        processes = await stack.enter_async_context(open_processes(folder / "data", url))
        chat = await stack.enter_async_context(
            opened(settings.platform, settings.chat, settings.token, settings.factor)
        )
        running = await stack.enter_async_context(
            assembled(processes.name, folder, chat, settings.platform, settings.model, clock, database_url=url)
        )
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)

        async def listen() -> None:
            for number, said in enumerate(settings.said):
                wait = settings.first + number * settings.interval - clock.now().timestamp()
                if wait > 0:
                    settings.ready(os.getpid()).touch()
                    await clock.sleep(wait)
                assert await running.answering.answer(from_json(Heard, said))
            settings.ready(os.getpid()).touch()
            await stop.wait()

        await Process(running.engine, running.orders, processes, running.store, clock, Role.ALL, [listen]).run(stop)


if __name__ == "__main__":
    asyncio.run(work(AskedSettings(**json.loads(sys.argv[1]))))
