"""Faults on demand: a script of what goes wrong next, and what goes wrong now and then."""

import random
import re
from collections import deque
from dataclasses import dataclass

from tests.fakes.slack_answers import Answer, rate_limited


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a request.

    `stored` says that the method does its work and its answer is lost; with `late`, the work is done only so many
    seconds afterwards, as if the request had been travelling. After `slow` seconds comes `answer`, or where there is
    none the connection is reset; with `hangs`, nothing comes at all. All seconds are those of the clock on the wall.
    """

    answer: Answer | None = None
    stored: bool = False
    late: float = 0.0
    slow: float = 0.0
    hangs: bool = False


@dataclass(frozen=True, slots=True)
class Slow:
    """The request is served as it should be, after so many seconds of the clock on the wall."""

    seconds: float


RESET = Fault()
STORED_RESET = Fault(stored=True)
HANG = Fault(hangs=True)
STORED_HANG = Fault(stored=True, hangs=True)


def server_error(status: int = 500, *, stored: bool = False) -> Fault:
    """Return the fault of a server that fails with a page, before or after the method did its work."""
    return Fault(Answer(status, f"<html><body>{status}</body></html>"), stored)


def error(word: str, **fields: object) -> Fault:
    """Return the fault of a method that answers with an error of Slack's, and does nothing."""
    return Fault(Answer(200, {"ok": False, "error": word, **fields}))


def too_fast(seconds: int = 1) -> Fault:
    """Return the fault of a 429 that names the seconds to wait."""
    return Fault(rate_limited(seconds))


class Faults:
    """What goes wrong. A request takes the first scripted fault that is meant for it, else one by chance, else none.

    `duplicates` is the share of events that are delivered twice, and `lost_acknowledgements` of those whose
    acknowledgement does not count.
    """

    def __init__(self, seed: int = 0) -> None:
        """Start without any; the seed decides all chances."""
        self.random = random.Random(seed)  # noqa: S311 - chance is to be repeatable
        self.duplicates = 0.0
        self.lost_acknowledgements = 0.0
        self._script: deque[tuple[re.Pattern[str], Fault | Slow]] = deque()
        self._chances: list[tuple[re.Pattern[str], Fault | Slow, float]] = []

    def add(self, *faults: Fault | Slow, on: str = "") -> None:
        """Append faults for calls of methods whose name has a match of the pattern `on`, one for each call."""
        self._script.extend((re.compile(on), fault) for fault in faults)

    def often(self, fault: Fault | Slow, share: float, on: str = "") -> None:
        """Let a share of the calls fail, until `clear`."""
        self._chances.append((re.compile(on), fault, share))

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._script.clear()
        self._chances.clear()
        self.duplicates = self.lost_acknowledgements = 0.0

    def take(self, method: str) -> Fault | Slow | None:
        """Return the fault that is meant for a call, and forget it if it was scripted."""
        for at, (pattern, fault) in enumerate(self._script):
            if pattern.search(method):
                del self._script[at]
                return fault
        for pattern, fault, share in self._chances:
            if pattern.search(method) and self.random.random() < share:
                return fault
        return None

    @property
    def left(self) -> int:
        """How many scripted faults have not happened."""
        return len(self._script)
