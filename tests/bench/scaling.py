"""What 10, 1,000 and 100,000 channels need: the arithmetic of docs/scaling.md, held against a simulation of a day.

    python -m tests.bench.scaling

The simulation has the program's own schedule and pace (see `tests.bench.simulation`); what takes time is assumed, alike
for both. `--table` prints the table of the page, which is the arithmetic alone.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.engine.schedule import due
from bot.engine.workflows import AT_ONCE, Queue
from tests.bench.rows import Row, parser, report
from tests.bench.simulation import (
    BUILD_SECONDS,
    CALL_SECONDS,
    CHANNELS_OF_WORKSPACE,
    FOLLOWERS,
    MIDNIGHT,
    PINS,
    POSTS,
    ZONES,
    Simulation,
    population,
)

PINS_A_MINUTE = 20
"""Slack's limit for a workspace."""
POST_SECONDS = 1.0
"""Slack's interval between two posts to a channel."""
GITHUB_REQUESTS = 3
"""For each build: the name, and the pull requests of forty changes."""
CHANGES = 40
TOKENS_OF_CHANGE, TOKENS_OF_BUILD = 1_500, 8_000
"""What a model reads and writes: for each change once, whoever follows it, and for the ranking of each day."""
KILOBYTES_OF_THREAD, KILOBYTES_OF_CHANGE = 20, 4
OFF = 1.25
"""How much more a simulated day may come to than the arithmetic says."""
TICK_SHARE = 0.1
"""How much of a minute the look at what is due may take."""


@dataclass(frozen=True, slots=True)
class Need:
    """What so many channels need, with so many processes."""

    channels: int
    processes: int

    @property
    def workspaces(self) -> int:
        """Each has ten channels, which are in one time zone."""
        return -(-self.channels // CHANNELS_OF_WORKSPACE)

    @property
    def repositories(self) -> int:
        """Each is followed from ten channels, anywhere."""
        return max(1, self.channels // FOLLOWERS)

    @property
    def due_at_once(self) -> float:
        """The channels of the busiest zone."""
        return max(min(self.channels, CHANNELS_OF_WORKSPACE), self.channels * max(ZONES.values()) / 100)

    @property
    def builds_at_once(self) -> float:
        """The repositories that one of these channels follows at least."""
        return _different(self.due_at_once, self.repositories)

    @property
    def builds(self) -> float:
        """The builds of a day: the channels of a zone share one."""
        if self.workspaces == 1:
            return self.builds_at_once
        followers = (self.channels * percent / 100 for percent in ZONES.values())
        return sum(_different(each, self.repositories) for each in followers)

    @property
    def building(self) -> float:
        """Seconds until the last build of those at once is there."""
        return math.ceil(self.builds_at_once / (AT_ONCE[Queue.SCHEDULES] * self.processes)) * BUILD_SECONDS

    @property
    def posting(self) -> float:
        """Seconds that the thread of a channel takes whose workspace has all its digests at once."""
        pinned = min(self.channels, CHANNELS_OF_WORKSPACE) * PINS
        waits = 60.0 * ((pinned - 1) // PINS_A_MINUTE)
        return (POSTS - 1) * POST_SECONDS + waits + CALL_SECONDS * PINS

    @property
    def lag(self) -> float:
        """Seconds from when they are due until the last thread of the busiest zone is whole."""
        delivering = self.due_at_once * self.posting / (AT_ONCE[Queue.DELIVERIES] * self.processes)
        return max(self.building, delivering) + self.posting

    @property
    def github_requests(self) -> float:
        """In the busiest hour."""
        return self.builds_at_once * GITHUB_REQUESTS

    @property
    def tokens(self) -> float:
        """Of a model, in a day."""
        return self.repositories * CHANGES * TOKENS_OF_CHANGE + self.builds * TOKENS_OF_BUILD

    @property
    def tokens_a_minute(self) -> float:
        """While the builds of the busiest zone are made, if no other zone had their changes before."""
        each = CHANGES * TOKENS_OF_CHANGE + TOKENS_OF_BUILD
        return self.builds_at_once * each / max(1.0, self.building / 60)

    @property
    def growth(self) -> float:
        """Megabytes that the database grows by in a day."""
        return (self.channels * KILOBYTES_OF_THREAD + self.repositories * CHANGES * KILOBYTES_OF_CHANGE) / 1024


NEEDS = (Need(10, 1), Need(1_000, 1), Need(1_000, 4), Need(100_000, 25))


def table() -> str:
    """Return what they need as a table of Markdown."""
    lines: list[tuple[str, list[str]]] = [
        ("channels", [f"{need.channels:,}" for need in NEEDS]),
        ("workspaces", [f"{need.workspaces:,}" for need in NEEDS]),
        ("repositories", [f"{need.repositories:,}" for need in NEEDS]),
        ("worker processes", [f"{need.processes}" for need in NEEDS]),
        ("channels due in the busiest minute", [_rounded(need.due_at_once) for need in NEEDS]),
        ("builds for them", [_rounded(need.builds_at_once) for need in NEEDS]),
        ("until the last of them is built", [_minutes(need.building) for need in NEEDS]),
        ("until the last thread is whole", [_minutes(need.lag) for need in NEEDS]),
        ("builds in a day", [_rounded(need.builds) for need in NEEDS]),
        ("GitHub requests in the busiest hour", [_rounded(need.github_requests) for need in NEEDS]),
        ("tokens in a day, in millions", [f"{need.tokens / 1e6:,.1f}" for need in NEEDS]),
        ("tokens in the busiest minute, in millions", [f"{need.tokens_a_minute / 1e6:,.1f}" for need in NEEDS]),
        ("growth of the database in a day", [f"{need.growth:,.0f} MB" for need in NEEDS]),
    ]
    (first, heads), *rest = lines
    rows = [(first, heads), ("---", ["---:"] * len(NEEDS)), *rest]
    return "\n".join(f"| {' | '.join([name, *cells])} |" for name, cells in rows)


def rows() -> Iterator[Row]:
    """Yield what the simulated days came to, beside the arithmetic."""
    for need in NEEDS:
        subscriptions = population(need.channels)
        day = Simulation(subscriptions, need.processes).run()
        what = f"{need.channels:,} channels, {need.processes} processes"
        yield Row(f"{what}: until the last thread", max(day.lags), "arithmetic", need.lag, OFF, "s")
        yield Row(f"{what}: builds in a day", sum(day.builds.values()), "arithmetic", round(need.builds), OFF)
        busiest = max(day.builds.values())
        yield Row(f"{what}: builds in the busiest hour", busiest, "arithmetic", round(need.builds_at_once), OFF)
        most = max(day.pins.values())
        yield Row(f"{what}: pins a minute and workspace", most, "Slack's limit", PINS_A_MINUTE, need.processes)
        yield Row(f"{what}: threads missing", need.channels - len(day.lags), "channels", need.channels, 0)
    began = time.perf_counter()
    due(MIDNIGHT, subscriptions)
    seconds = time.perf_counter() - began
    yield Row(f"a look at what is due, of {len(subscriptions):,}", seconds, "a minute", 60, TICK_SHARE, "s")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    made = parser("tests.bench.scaling", __doc__)
    made.add_argument("--table", action="store_true", help="print the table of docs/scaling.md")
    options = made.parse_args(arguments)
    if options.table:
        print(table())
        return 0
    return report(rows(), as_json=options.json)


def _different(drawn: float, of: int) -> float:
    """Return how many different ones are expected among so many that are drawn, any of which may come again."""
    return of * (1 - math.pow(1 - 1 / of, drawn))


def _rounded(value: float) -> str:
    return f"{round(value):,}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"


if __name__ == "__main__":
    raise SystemExit(main())
