"""What the engine carries at once: a thousand subscriptions of a hundred repositories that are due in one minute.

    python -m tests.bench.burst

Beside it runs a fifth of that, for the engine's own rate. The platform has no limits here and the clock goes twenty
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
    options = parser("tests.bench.burst", __doc__).parse_args(arguments)
    return report(asyncio.run(rows()), as_json=options.json)


async def rows() -> list[Row]:
    """Return the figures of both."""
    results: dict[int, Result] = {}
    for repositories in (20, 100):
        many = repositories * _CHANNELS
        plan = Plan(0, 1, many, repositories, many, factor=_FACTOR, faults=0, seconds=600)
        results[repositories] = await chaos(plan)
    small, large = results[20], results[100]
    each = [result.working / (repositories * _CHANNELS) for repositories, result in results.items()]
    threads = 100 * _CHANNELS
    kept = 1024 * large.growth / threads
    most = Bound.OURS_AT_MOST
    return [
        Row(
            f"time for each of {threads:,} threads at once",
            1000 * each[1],
            "each of 200",
            1000 * each[0],
            RATE_LIMIT,
            "ms",
        ),
        Row(
            f"builds for {threads:,} subscriptions of 100 repositories",
            large.builds,
            "one each",
            threads,
            100,
            bound=most,
        ),
        Row("threads missing, doubled or out of order", small.wrong + large.wrong, "threads", threads + 200, limit=0),
        Row("memory then, at most", large.memory, "with 200", small.memory, MEMORY_LIMIT, "MB", most),
        Row("databases' growth for each thread", kept, "with 200", 1024 * small.growth / 200, GROWTH_LIMIT, "kB", most),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
