"""Progress for a person at a terminal: a line on stderr that goes away when the work is done."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from bot.ports import Progress, Stage

STAGES = {Stage.FETCH: "Fetching", Stage.COLLECT: "Reading", Stage.RANK: "Ranking", Stage.ANALYSE: "Analysing"}


class NoProgress:
    """Says nothing."""

    def begin(self, stage: Stage, subject: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, steps: int = 1) -> None:
        """Say nothing."""


class BarProgress:
    """Shows the stage, its subject and how much is done."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def begin(self, stage: Stage, subject: str, total: int | None = None) -> None:
        """Show a new stage in place of the last."""
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(f"{STAGES[stage]} {subject}", total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the bar."""
        if self._task is not None:
            self._bar.advance(self._task, steps)


@contextmanager
def waiting(words: str) -> Iterator[None]:
    """Say on stderr what is waited for, as long as it lasts, if anybody watches."""
    with Console(stderr=True).status(words) if sys.stderr.isatty() else nullcontext():
        yield


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """Show progress on stderr, unless nobody watches or wants to."""
    if quiet or not sys.stderr.isatty():
        yield NoProgress()
        return
    columns = (
        SpinnerColumn(),
        # The subject comes from outside, so it must not be read as markup.
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        yield BarProgress(bar)
