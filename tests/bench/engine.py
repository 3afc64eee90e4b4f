"""What the engine costs and carries: `python -m tests.bench.engine [idle] [burst] [workers]`, by default all of them.

idle: seconds until `digestbot run` is ready, its share of a core and its memory while nothing is due.
burst: a thousand subscriptions of a hundred repositories that are due in one minute.
workers: model-bound builds by four processes against one, on PostgreSQL.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.harness import Plan, Result, chaos
from tests.store.postgresql import running_server

READY_LIMIT = 3.0
IDLE_LIMIT = 0.03
MEMORY_LIMIT = 200
BURST_LIMIT = 1.3
WORKERS_LIMIT = 3.0

_SETTLING = 4
_IDLE_SECONDS = 15
_CHANNELS = 10
_FACTOR = 20
_BUILDS = 64
_LATENCY = 8.0


def idle() -> int:
    """Measure a process with nothing to do, at its first start and at a later one."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for attempt in ("first start", "later start"):
            ready, share, memory, end = _idle(os.environ | {"DIGESTBOT_DATA_DIR": folder})
            print(f"{attempt}: ready after {ready:.1f} s (at most {READY_LIMIT:g}), ended after {end:.1f} s;", end="")
            print(f" {share:.1%} of a core (at most {IDLE_LIMIT:.0%}), {memory} MB (at most {MEMORY_LIMIT})")
            failed |= ready > READY_LIMIT or share > IDLE_LIMIT or memory > MEMORY_LIMIT
    return int(failed)


def _idle(environment: dict[str, str]) -> tuple[float, float, int, float]:
    """Return seconds until a process is ready, its share of a core, its memory in MB, and seconds until it ended."""
    began = time.monotonic()
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        while "Running" not in process.stderr.readline():
            pass
        ready = time.monotonic() - began
        time.sleep(_SETTLING)
        before, measured = _cpu(process.pid), time.monotonic()
        time.sleep(_IDLE_SECONDS)
        share = (_cpu(process.pid) - before) / (time.monotonic() - measured)
        memory, stopped = _memory(process.pid), time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        return ready, share, memory, time.monotonic() - stopped


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) // 1024


def _tell(name: str, result: Result) -> None:
    print(
        f"{name}: {result.builds} builds, {result.calls} calls of the chat, {result.working:.1f} s;"
        f" missing {result.missing}, doubled {result.doubled}, runs missed {result.runs_missed};"
        f" {result.memory:.0f} MB of memory"
        + (f", the database grew by {result.growth:.1f} MB" if result.growth else "")
    )


async def burst() -> int:
    """Let a thousand subscriptions be due in one minute, and a fifth of that for the engine's own rate.

    The platform has no limits here, so that the engine's rate is what there is to be held to.
    """
    rates = {}
    for repositories in (20, 100):
        many = repositories * _CHANNELS
        plan = Plan(0, 1, many, repositories, many, factor=_FACTOR, faults=0, seconds=600)
        result = await chaos(plan)
        _tell(f"{many} subscriptions of {repositories} repositories", result)
        if result.wrong or result.builds != repositories:
            print("  FAILED: not every channel was served, once, by one build for each repository")
            return 1
        rates[repositories] = many / result.working
    ratio = rates[20] / rates[100]
    print(f"  {rates[100]:.1f} threads a second; {ratio:.2f} of the time that the rate of the fifth makes", end="")
    print(f" (at most {BURST_LIMIT}); the clock goes {_FACTOR} times as fast as the machine's")
    return int(ratio > BURST_LIMIT)


async def workers() -> int:
    """Let model-bound builds be made by one process, and by four."""
    times = {}
    with running_server() as server:
        for processes in (1, 4):
            server.execute(f"CREATE DATABASE workers{processes}")
            plan = Plan(
                0, processes, _BUILDS, _BUILDS, _BUILDS, factor=_FACTOR, faults=0, seconds=300, model_seconds=_LATENCY
            )
            result = await chaos(plan, server.url(f"workers{processes}"))
            _tell(f"{processes} processes, {_LATENCY:g} s of the model in each build", result)
            times[processes] = result.working
    ratio = times[1] / times[4]
    print(f"  four are {ratio:.1f} times as fast as one (at least {WORKERS_LIMIT})")
    return int(ratio < WORKERS_LIMIT)


def main(arguments: list[str]) -> int:
    """Do what the arguments name, or all, and return 1 if anything is beyond its limit."""
    wanted = arguments or ["idle", "burst", "workers"]
    codes = []
    if "idle" in wanted:
        codes.append(idle())
    if "burst" in wanted:
        codes.append(asyncio.run(burst()))
    if "workers" in wanted:
        codes.append(asyncio.run(workers()))
    return int(any(codes))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
