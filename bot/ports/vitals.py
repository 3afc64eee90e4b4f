"""How well a process is, for whoever watches it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Reachable(Protocol):
    """Something that answers, or does not."""

    async def ping(self) -> None:
        """Return once it has answered. Raises StoreUnavailable and StoreError."""
        ...


@dataclass(frozen=True, slots=True)
class Checkup:
    """Whether all is well, and the state of each part by its name: words of ours, without a secret or an address."""

    well: bool
    states: Mapping[str, str]


class Vitals(Protocol):
    """How well a process is. Neither method raises, and both return within a few seconds."""

    async def alive(self) -> Checkup:
        """Return whether the process can do anything at all; one that cannot should be started anew."""
        ...

    async def ready(self) -> Checkup:
        """Return whether it does its work: what is begun, and what is connected."""
        ...
