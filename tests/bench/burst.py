"""What the engine carries at once: subscriptions that are due in one minute, ten of each repository.

    python -m tests.bench.burst [--subscriptions 1000]

Beside it runs a fifth of them, for the engine's own rate. The platform has no limits here and the clock goes twenty
times as fast as the machine's, so that the engine's rate is what there is to be held to.
"""

import asyncio
from collections.abc import Sequence

from tests.bench.rows import Bound, Row, parser, report
from tests.chaos.harness import Plan, Result, chaos

RATE_LIMIT = 1.3
MEMORY_LIMIT = 200
GROWTH_LIMIT = 20

_CHANNELS = 10
_FACTOR = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    made = parser("tests.bench.burst", __doc__)
    made.add_argument("--subscriptions", type=int, default=500, help="how many are due at once (default: %(default)s)")
    options = made.parse_args(arguments)
    return report(asyncio.run(rows(options.subscriptions)), as_json=options.json)


async def rows(threads: int) -> list[Row]:
    """Return the figures of both; each subscription has a thread of its own."""
    results: dict[int, Result] = {}
    fewer = threads // 5
    for many in (fewer, threads):
        repositories = many // _CHANNELS
        plan = Plan(0, 1, many, repositories, many, factor=_FACTOR, faults=0, seconds=600)
        results[many] = await chaos(plan)
    small, large = results[fewer], results[threads]
    each = [result.working / many for many, result in results.items()]
    kept = 1024 * large.growth / threads
    most = Bound.OURS_AT_MOST
    return [
        Row(
            f"time for each of {threads:,} threads at once",
            1000 * each[1],
            f"each of {fewer}",
            1000 * each[0],
            RATE_LIMIT,
            "ms",
        ),
        Row(
            f"builds for {threads:,} subscriptions of {threads // _CHANNELS} repositories",
            large.builds,
            "one each",
            threads,
            threads // _CHANNELS,
            bound=most,
        ),
        Row("threads missing, doubled or out of order", small.wrong + large.wrong, "threads", threads + fewer, limit=0),
        Row("memory then, at most", large.memory, f"with {fewer}", small.memory, MEMORY_LIMIT, "MB", most),
        Row(
            "databases' growth for each thread",
            kept,
            f"with {fewer}",
            1024 * small.growth / fewer,
            GROWTH_LIMIT,
            "kB",
            most,
        ),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
