"""Stops asking a server that is down, so that hundreds of calls do not wait for it one after the other."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.errors import ConfigurationError, DigestbotError, ModelUnavailable

_Result = TypeVar("_Result")
_AT_ONCE = 3
"""So many failures without a single answer mean that the server is down."""
_LATER = 10
"""So many failures in a row mean it of a server that has answered before."""


class Circuit:
    """Lets calls through until the server is down, or refuses to be asked at all; then gives up those under way."""

    def __init__(self) -> None:
        self._failures = 0
        self._answered = False
        self._broken: DigestbotError | None = None
        self._under_way: set[asyncio.Task[Any]] = set()

    async def through(self, call: Coroutine[Any, Any, _Result]) -> _Result:
        """Return what a call returns. Raises what it raises, or at once why nothing is asked any more."""
        if self._broken:
            call.close()
            raise self._broken
        task = asyncio.ensure_future(call)
        self._under_way.add(task)
        try:
            result = await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if self._broken and not (current and current.cancelling()):
                raise self._broken from None
            raise
        except DigestbotError as error:
            self._failed(error)
            raise
        finally:
            self._under_way.discard(task)
        self._succeeded()
        return result

    def _succeeded(self) -> None:
        self._answered, self._failures = True, 0

    def _failed(self, error: DigestbotError) -> None:
        if isinstance(error, ConfigurationError):
            self._break(error)
        elif isinstance(error, ModelUnavailable):
            self._failures += 1
            if self._failures >= (_LATER if self._answered else _AT_ONCE):
                self._break(error)
        else:
            self._succeeded()  # whoever turns a request down is there

    def _break(self, error: DigestbotError) -> None:
        self._broken = self._broken or error
        for task in self._under_way:
            task.cancel()
