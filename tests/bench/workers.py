"""How much faster four processes are than one, on PostgreSQL, where builds wait for a model.

python -m tests.bench.workers
"""

import asyncio
from collections.abc import Sequence

from tests.bench.rows import Bound, Row, parser, report
from tests.chaos.harness import Plan, chaos
from tests.store.postgresql import running_server

FASTER_LIMIT = 3.0

_FACTOR = 20
_BUILDS = 64
_LATENCY = 8.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    options = parser("tests.bench.workers", __doc__).parse_args(arguments)
    return report(asyncio.run(rows()), as_json=options.json)


async def rows() -> list[Row]:
    """Return what one process takes, and what four do."""
    times = {}
    with running_server() as server:
        for processes in (1, 4):
            server.execute(f"CREATE DATABASE workers{processes}")
            plan = Plan(
                0, processes, _BUILDS, _BUILDS, _BUILDS, factor=_FACTOR, faults=0, seconds=300, model_seconds=_LATENCY
            )
            times[processes] = (await chaos(plan, server.url(f"workers{processes}"))).working
    what = f"{_BUILDS} builds by one process, {_LATENCY:g} s of the model in each"
    return [Row(what, times[1], "by four", times[4], FASTER_LIMIT, "s", Bound.RATIO_AT_LEAST)]


if __name__ == "__main__":
    raise SystemExit(main())
