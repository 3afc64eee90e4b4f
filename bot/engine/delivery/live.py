"""How far the work or an answer is, shown to somebody who waits: the latest state only, and not too often."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.errors import DigestbotError
from bot.ports import Clock
from bot.present.blocks import Message

_LOGGER = logging.getLogger(__name__)


class Live:
    """Shows messages in one and the same post.

    `refresh` shows one now; it returns False if that would be in somebody's way, and is called again later. Whatever
    it fails with is no more than logged: the work goes on. `pause` says after each of them how many seconds to wait.
    """

    def __init__(self, refresh: Callable[[Message], Awaitable[bool]], clock: Clock, pause: Callable[[], float]) -> None:
        self._refresh = refresh
        self._clock = clock
        self._pause = pause
        self._next: asyncio.Queue[Message] = asyncio.Queue(1)
        self._edits: set[asyncio.Future[bool]] = set()

    def show(self, message: Message) -> None:
        """Show a message soon, unless another one follows before."""
        if self._next.full():
            self._next.get_nowait()
        self._next.put_nowait(message)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Live"]:
        """Show what there is to show, as long as this lasts."""
        task = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            task.cancel()
            # An edit that was given up might arrive after what is shown next.
            await asyncio.gather(task, *self._edits, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            message = await self._next.get()
            edit = asyncio.ensure_future(self._shown(message))
            self._edits.add(edit)
            edit.add_done_callback(self._edits.discard)
            if not await asyncio.shield(edit) and self._next.empty():
                self._next.put_nowait(message)
            await self._clock.sleep(self._pause())

    async def _shown(self, message: Message) -> bool:
        try:
            return await self._refresh(message)
        except DigestbotError as error:
            _LOGGER.info("Progress is not shown: %s", error)
            return True
