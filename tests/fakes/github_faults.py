"""Faults on demand: a script of what goes wrong next, and for which requests."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from tests.fakes.github_answers import Answer


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection is closed before a byte of the answer is sent."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing is answered until the client goes away."""


@dataclass(frozen=True, slots=True)
class Truncate:
    """The connection is closed after so many bytes of the body; by default after half of a body of JSON."""

    after: int | None = None


@dataclass(frozen=True, slots=True)
class GraphQLErrors:
    """A query is answered in part: what each path (`("repository", "c3")`) leads to becomes null, with an error."""

    messages: Mapping[tuple[str, ...], str]
    type: str = "SOMETHING_WENT_WRONG"


Fault = Answer | Drop | Hang | Truncate | GraphQLErrors


class Faults:
    """What goes wrong next. A request takes the first fault that is meant for it; without one it is served."""

    def __init__(self) -> None:
        """Start without any."""
        self._script: deque[tuple[re.Pattern[str], Fault]] = deque()

    def add(self, *faults: Fault, on: str = "") -> None:
        """Append faults for requests whose `METHOD /path?query` has a match of the pattern `on`."""
        self._script.extend((re.compile(on), fault) for fault in faults)

    def take(self, request: str) -> Fault | None:
        """Return the fault that is meant for a request, and forget it."""
        for at, (pattern, fault) in enumerate(self._script):
            if pattern.search(request):
                del self._script[at]
                return fault
        return None

    @property
    def left(self) -> int:
        """How many have not happened."""
        return len(self._script)
