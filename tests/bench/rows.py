"""What a benchmark finds, as rows of one table: a figure of ours beside what it is compared with in the same run."""

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum


class Bound(StrEnum):
    """What a limit bounds, and from which side."""

    RATIO_AT_MOST = "ratio-at-most"
    RATIO_AT_LEAST = "ratio-at-least"
    OURS_AT_MOST = "ours-at-most"


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, what it is compared with, and its limit; both figures are in the unit, of which "" is a count."""

    what: str
    ours: float
    compared: str
    theirs: float
    limit: float
    unit: str = ""
    bound: Bound = Bound.RATIO_AT_MOST

    @property
    def ratio(self) -> float:
        """Ours as a share of theirs; of nothing it is infinite, unless ours is nothing too."""
        if self.theirs:
            return self.ours / self.theirs
        return float("inf") if self.ours else 0.0

    @property
    def ok(self) -> bool:
        """Whether the limit is kept."""
        if self.bound is Bound.RATIO_AT_LEAST:
            return self.ratio >= self.limit
        return (self.ours if self.bound is Bound.OURS_AT_MOST else self.ratio) <= self.limit

    def cells(self) -> tuple[str, ...]:
        """Return what the table shows: see `HEADER`."""
        sign = "≥" if self.bound is Bound.RATIO_AT_LEAST else "≤"
        limit = _figure(self.limit, self.unit) if self.bound is Bound.OURS_AT_MOST else f"{self.limit:.4g}"
        return (
            self.what,
            _figure(self.ours, self.unit),
            self.compared,
            _figure(self.theirs, self.unit),
            f"{self.ratio:.3g}",
            f"{sign} {limit}",
            "ok" if self.ok else "**over**",
        )


HEADER = ("measured", "ours", "compared with", "theirs", "ratio", "limit", "")


def parser(module: str, about: str | None) -> argparse.ArgumentParser:
    """Return a parser of a benchmark's arguments, `about` being the docstring of its module."""
    made = argparse.ArgumentParser(
        prog=f"python -m {module}", description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--json", action="store_true", help="print each row as JSON, for whoever gathers them")
    return made


def report(rows: Iterable[Row], *, as_json: bool) -> int:
    """Print each row as soon as it is there; return 1 if one is beyond its limit, unless somebody else judges."""
    code = 0
    for row in rows:
        if as_json:
            print(json.dumps(asdict(row)), flush=True)
            continue
        what, ours, compared, theirs, ratio, limit, _ = row.cells()
        verdict = "ok  " if row.ok else "OVER"
        print(f"{verdict} {what}: {ours}; {compared}: {theirs}; ratio {ratio} (limit {limit})", flush=True)
        code |= not row.ok
    return code


def from_json(line: str) -> Row:
    """Return the row that `report` printed as JSON."""
    fields = json.loads(line)
    return Row(**fields | {"bound": Bound(fields["bound"])})


def _figure(value: float, unit: str) -> str:
    if not unit and value == int(value):
        return f"{value:,.0f}"
    shown = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{shown} {unit}".strip()
