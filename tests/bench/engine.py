"""What the engine costs and carries: `python -m tests.bench.engine [idle|burst|workers]`.

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

_IDLE_SECONDS = 30


def idle() -> None:
    """Measure a process with nothing to do."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DIGESTBOT_DATA_DIR": folder}
        for attempt in ("first start", "later start"):
            began = time.monotonic()
            with subprocess.Popen(
                [sys.executable, "-m", "bot", "run"], stderr=subprocess.PIPE, text=True, env=environment
            ) as process:
                assert process.stderr is not None
                while "Running" not in process.stderr.readline():
                    pass
                print(f"{attempt}: ready after {time.monotonic() - began:.1f} s")
                time.sleep(5)
                before, measured = _cpu(process.pid), time.monotonic()
                time.sleep(_IDLE_SECONDS)
                share = (_cpu(process.pid) - before) / (time.monotonic() - measured)
                print(f"{attempt}: {share:.1%} of a core, {_memory(process.pid)} MB")
                stopped = time.monotonic()
                process.send_signal(signal.SIGTERM)
                process.wait(20)
                print(f"{attempt}: ended after {time.monotonic() - stopped:.1f} s")


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) // 1024


def _tell(name: str, result: Result) -> None:
    print(
        f"{name}: {result.builds} builds, {result.calls} calls of the chat, {result.seconds:.1f} s;"
        f" missing {result.missing}, doubled {result.doubled}, runs missed {result.runs_missed}"
    )


async def burst(repositories: int, channels: int) -> None:
    """Let many subscriptions be due in one minute, without faults and kills."""
    many = repositories * channels
    plan = Plan(0, subscriptions=many, repositories=repositories, a_minute=many, factor=20, faults=0, seconds=900)
    _tell(f"{many} subscriptions of {repositories} repositories", await chaos(plan))


async def workers(builds: int, seconds: float) -> None:
    """Let model-bound builds be made by one process, and by four."""
    with running_server() as server:
        times = {}
        for processes in (1, 4):
            server.execute(f"CREATE DATABASE workers{processes}")
            plan = Plan(0, processes, builds, builds, builds, factor=20, faults=0, seconds=600, model_seconds=seconds)
            result = await chaos(plan, server.url(f"workers{processes}"))
            _tell(f"{processes} processes", result)
            times[processes] = result.working
        print(f"four are {times[1] / times[4]:.1f} times as fast as one")


def main() -> None:
    """Do what the command line names, or all."""
    wanted = sys.argv[1:] or ["idle", "burst", "workers"]
    if "idle" in wanted:
        idle()
    if "burst" in wanted:
        asyncio.run(burst(100, 10))
    if "workers" in wanted:
        asyncio.run(workers(96, 6.0))


if __name__ == "__main__":
    main()
