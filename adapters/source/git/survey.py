"""Which changes a period has, in a view: the same for a repository on this disk and for a mirror."""

from dataclasses import dataclass
from datetime import datetime

from adapters.source.git.differences import Step
from adapters.source.git.history import Brought, Record, Walk, read_brought, walk_since, walk_window
from adapters.source.git.messages import moment
from adapters.source.git.view import View
from bot.model import Period, Since, Window


@dataclass(frozen=True, slots=True)
class Survey:
    """The landed changes of a period, and what its merges brought."""

    window: Window
    walk: Walk
    brought: Brought

    def is_exact(self, view: View) -> bool:
        """Return whether no more history could change the result."""
        return self.walk.reaches(view.shallow) and self.brought.complete

    def steps(self, view: View) -> list[Step]:
        """Return the changes whose parent is there to be compared to, with that parent."""
        return [step_of(record) for record in self.walk.records if record.sha not in view.shallow]


def step_of(record: Record) -> Step:
    """Return a change with the parent to compare it to."""
    return Step(record.sha, record.parents[0] if record.parents else None)


async def survey(view: View, tip: str, period: Period, base: str | None, *, patience: int) -> Survey:
    """Find the changes of a period; `base` is the commit that a `Since` begins after."""
    if isinstance(period, Since):
        assert base  # noqa: S101 -- whoever asks with a Since has resolved it
        window = Window(await committed_at(view, base), period.now, period.timezone, period.label)
        walk = await walk_since(view, tip, base)
    else:
        window, walk = period, await walk_window(view, tip, period, patience=patience)
    return Survey(window, walk, await read_brought(view, walk.records))


async def committed_at(view: View, sha: str) -> datetime:
    """Return the date of a commit."""
    said = await view.git.run("log", "-1", "--format=%ct", "--no-show-signature", "--end-of-options", sha)
    return moment(said.strip())
