"""Which changes a period has, in a view: the same for a repository on this disk and for a mirror."""

from dataclasses import dataclass, replace
from datetime import datetime

from adapters.source.git.differences import Step
from adapters.source.git.history import Brought, Record, Walk, read_brought, walk_since, walk_window
from adapters.source.git.messages import moment
from adapters.source.git.view import View, merge_base
from bot.model import Period, Phrase, Since, Window


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: a period, and with `after`, a former tip, what landed late."""

    period: Period
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """The landed changes of a period, and what its merges brought; `late` are those that landed late, by sha.

    `notes` say what is to be known of the former tip that was asked from.
    """

    window: Window
    walk: Walk
    brought: Brought
    late: frozenset[str] = frozenset()
    notes: tuple[Phrase, ...] = ()

    def is_exact(self, view: View) -> bool:
        """Return whether no more history could change the result."""
        return self.walk.reaches(view.shallow) and self.brought.complete

    def steps(self, view: View) -> list[Step]:
        """Return the changes whose parent is there to be compared to, with that parent."""
        return [step_of(record) for record in self.walk.records if record.sha not in view.shallow]


def step_of(record: Record) -> Step:
    """Return a change with the parent to compare it to."""
    return Step(record.sha, record.parents[0] if record.parents else None)


async def survey(view: View, tip: str, wish: Wish, base: str | None, *, patience: int) -> Survey:
    """Find the changes of a period, and what landed late; `base` is the commit that a `Since` begins after."""
    period = wish.period
    if isinstance(period, Since):
        assert base  # noqa: S101 -- whoever asks with a Since has resolved it
        window = Window(await committed_at(view, base), period.now, period.timezone, period.label)
        walk = await walk_since(view, tip, base)
    else:
        window, walk = period, await walk_window(view, tip, period, patience=patience)
        if wish.after:
            return await _with_late(view, tip, wish.after, window, walk)
    return Survey(window, walk, await read_brought(view, walk.records))


async def _with_late(view: View, tip: str, after: str, window: Window, walk: Walk) -> Survey:
    """Return what the window has and what landed late: what was not there when the branch was at `after`."""
    base = await merge_base(view, after, tip)
    if base is None:
        note = Phrase.of("former-tip-missing", sha=after)
        return Survey(window, walk, await read_brought(view, walk.records), notes=(note,))
    new = await walk_since(view, tip, after)
    above = {record.sha for record in new.records}
    late = frozenset(record.sha for record in new.records if record.committed_at < window.start)
    # Both walks go down one line of first parents, and what is new is its beginning.
    records = tuple(record for record in new.records if record.committed_at < window.end)
    records += tuple(record for record in walk.records if record.sha not in above)
    walk = replace(walk, records=records, broken=walk.broken or new.broken)
    notes = (Phrase.of("former-tip-replaced", sha=after),) if base != after else ()
    return Survey(window, walk, await read_brought(view, records), late, notes)


async def committed_at(view: View, sha: str) -> datetime:
    """Return the date of a commit."""
    said = await view.git.run("log", "-1", "--format=%ct", "--no-show-signature", "--end-of-options", sha)
    return moment(said.strip())
