"""Faults on demand: what goes wrong next, by a script or by chance, and for which requests."""

import re
from collections import deque
from dataclasses import dataclass, field
from random import Random

from tests.fakes.discord_answers import Answer


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection is reset without an answer."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing is answered until the client goes away."""


@dataclass(frozen=True, slots=True)
class Slow:
    """The request is served at once, and answered so many seconds later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Afterwards:
    """The request is served, and what it changes is stored; then the answer is lost in this way."""

    fault: Answer | Drop | Hang


Fault = Answer | Drop | Hang | Slow | Afterwards


@dataclass(frozen=True, slots=True)
class _Chance:
    pattern: re.Pattern[str]
    faults: tuple[Fault, ...]
    probability: float
    random: Random


@dataclass(slots=True)
class Faults:
    """What goes wrong next. A request takes the first fault that is meant for it; without one it is served."""

    _script: deque[tuple[re.Pattern[str], Fault]] = field(default_factory=deque)
    _chances: list[_Chance] = field(default_factory=list)

    def add(self, *faults: Fault, on: str = "") -> None:
        """Append faults for requests whose `METHOD /path?query` (below /api/v10) has a match of the pattern `on`."""
        self._script.extend((re.compile(on), fault) for fault in faults)

    def sometimes(self, *faults: Fault, probability: float, random: Random, on: str = "") -> None:
        """Let one of the faults happen to a request that matches, with a probability; the random numbers are given."""
        self._chances.append(_Chance(re.compile(on), faults, probability, random))

    def stop(self) -> None:
        """Let nothing go wrong from now on."""
        self._script.clear()
        self._chances.clear()

    def take(self, request: str) -> Fault | None:
        """Return the fault that is meant for a request; one of the script is forgotten then."""
        for at, (pattern, fault) in enumerate(self._script):
            if pattern.search(request):
                del self._script[at]
                return fault
        for chance in self._chances:
            if chance.pattern.search(request) and chance.random.random() < chance.probability:
                return chance.random.choice(chance.faults)
        return None

    @property
    def left(self) -> int:
        """How many of the script have not happened."""
        return len(self._script)
