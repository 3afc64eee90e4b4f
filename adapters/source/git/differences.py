"""Asking git for the differences of many changes at once, so that one that cannot be read does not end the rest.

`git diff-tree --stdin` is told every change with the parent to compare it to, and between them a word that is no
commit, which git prints as it is. So it is known where each answer ends, and, when git gives up over a missing object,
which change it was: that one is marked, and git is started again for the rest.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol, TypeVar

from adapters.source.git.process import GitFailed, GitStalled
from adapters.source.git.view import View
from bot.model import Phrase

MISSING_OBJECTS = Phrase.of("unread-missing-objects")
TIMED_OUT = Phrase.of("unread-timeout")

RENAME_LIMIT = 1000
"""Beyond so many added and deleted files in one change, only renames without an edit are found: git's own default."""

# Everything that a configuration could change is said, although a view has none.
COMPARE = (
    *("diff-tree", "--stdin", "-r", "--root", "--always", "--no-ext-diff", "--no-textconv", "--no-color"),
    *("--no-relative", "--ignore-submodules=none", "--diff-algorithm=default"),
)
RENAMES = ("--find-renames", f"-l{RENAME_LIMIT}")

_LANES = 2
_IN_A_ROW = 16
"""How many successive changes one process compares: they share contents, which it then has at hand."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change to be compared to its first parent, or to nothing if it has none."""

    sha: str
    parent: str | None

    def line(self) -> str:
        """Return the change as git wants to be told."""
        return f"{self.sha} {self.parent}\n" if self.parent else f"{self.sha}\n"


@dataclass(frozen=True, slots=True)
class Unread:
    """In place of a change's differences: why they are not there."""

    reason: Phrase


T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Parser(Protocol[T_co]):
    """Turns what git prints into one item a change. `mark` is the word that ends the answer to one."""

    mark: str

    def feed(self, chunk: bytes) -> Iterable[T_co | None]:
        """Take in a piece, and return the changes that it ends; None for a commit that git does not have."""
        ...


async def compare(
    view: View, arguments: Sequence[str], parser: Callable[[], Parser[T]], steps: Sequence[Step]
) -> AsyncGenerator[T | Unread, None]:
    """Yield what git says of each change, in their order.

    Many changes are shared among two processes, so that one can compare while the other is waited for. Neither gets
    further ahead than its next changes in a row.
    """
    lanes: list[list[Step]] = [[] for _ in range(_LANES)]
    for number, step in enumerate(steps):
        lanes[_lane_of(number)].append(step)
    queues = [asyncio.Queue[T | Unread | Exception](_IN_A_ROW) for _ in lanes]
    tasks = [
        asyncio.create_task(_fill(queue, _lane(view, arguments, parser, lane)))
        for queue, lane in zip(queues, lanes, strict=True)
    ]
    try:
        for number in range(len(steps)):
            item = await queues[_lane_of(number)].get()
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _lane_of(number: int) -> int:
    return number // _IN_A_ROW % _LANES


async def _fill(queue: "asyncio.Queue[T | Unread | Exception]", items: AsyncGenerator[T | Unread, None]) -> None:
    try:
        async with aclosing(items):
            async for item in items:
                await queue.put(item)
    except Exception as error:  # noqa: BLE001 -- it is raised where the queue is read
        await queue.put(error)


async def _lane(
    view: View, arguments: Sequence[str], parser: Callable[[], Parser[T]], steps: Sequence[Step]
) -> AsyncGenerator[T | Unread, None]:
    while steps:
        done, reason, parse = 0, MISSING_OBJECTS, parser()
        told = "".join(f"{step.line()}{parse.mark}\n" for step in steps).encode("ascii")
        try:
            async with view.git.stream((*COMPARE, *arguments), stdin=told) as stream:
                async for chunk in stream:
                    for item in parse.feed(chunk):
                        done += 1
                        yield Unread(MISSING_OBJECTS) if item is None else item
                await stream.finish()
        except GitFailed:
            pass
        except GitStalled:
            reason = TIMED_OUT
        if done < len(steps):
            yield Unread(reason)
        steps = steps[done + 1 :]
