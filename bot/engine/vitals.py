"""How well the process is: whether its database answers, its work has begun, and its chats are connected."""

import asyncio
from collections.abc import Callable, Mapping

from bot.errors import DigestbotError
from bot.ports import Checkup, Reachable

_PATIENCE = 2.0
"""Seconds in which the database has to answer: less than whoever asks us waits."""


class ProcessVitals:
    """Looks at the parts of a process. That its loop turns is shown by the answer.

    `begun` tells whether the engine has begun, and each of the `connections` whether the platform of that name is
    heard. See `bot.ports.Vitals`.
    """

    def __init__(
        self,
        store: Reachable,
        begun: Callable[[], bool],
        connections: Mapping[str, Callable[[], bool]],
        *,
        patience: float = _PATIENCE,
    ) -> None:
        self._store = store
        self._begun = begun
        self._connections = connections
        self._patience = patience

    async def alive(self) -> Checkup:
        """Ask the database."""
        return _checkup({"store": await self._asked()})

    async def ready(self) -> Checkup:
        """Ask the database, and look at all the rest."""
        states = {"store": await self._asked()}
        states["engine"] = (True, "begun") if self._begun() else (False, "beginning")
        for name, connected in sorted(self._connections.items()):
            states[name] = (True, "connected") if connected() else (False, "not connected")
        return _checkup(states)

    async def _asked(self) -> tuple[bool, str]:
        try:
            async with asyncio.timeout(self._patience):
                await self._store.ping()
        except TimeoutError:
            return False, f"no answer within {self._patience:g} s"
        except DigestbotError as error:
            return False, type(error).__name__  # its sentence may name a file or a host
        return True, "answers"


def _checkup(states: Mapping[str, tuple[bool, str]]) -> Checkup:
    return Checkup(all(well for well, _ in states.values()), {name: state for name, (_, state) in states.items()})
