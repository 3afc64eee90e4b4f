"""What a process costs that has nothing to do.

    python -m tests.bench.idle

Seconds until `digestbot run` is ready, its share of a core, and its memory.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench.rows import Bound, Row, parser, report
from tests.bench.timing import run

READY_LIMIT = 3.0
IDLE_LIMIT = 0.03
MEMORY_LIMIT = 200

_LIBRARIES = "import dbos, sqlalchemy.ext.asyncio, alembic, pydantic_settings, slack_bolt, discord, github, openai"
_SETTLING = 4
_IDLE_SECONDS = 15


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    options = parser("tests.bench.idle", __doc__).parse_args(arguments)
    return report(rows(), as_json=options.json)


def rows() -> Iterator[Row]:
    """Yield how long a first and a later start take, and what the later one costs with nothing to do."""
    command = [sys.executable, "-W", "ignore", "-c", _LIBRARIES]
    _, libraries = run(command), run(command)  # the first may have to read them from the disk
    most = Bound.OURS_AT_MOST
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DIGESTBOT_DATA_DIR": folder}
        for attempt in ("first", "later"):
            with _running(environment) as (process, ready):
                what, compared = f"ready, {attempt} start", "importing all SDKs"
                yield Row(what, ready, compared, libraries.seconds, READY_LIMIT, "s", most)
                if attempt == "later":
                    share, memory = _at_rest(process)
    yield Row("idle", 100 * share, "a whole core", 100, IDLE_LIMIT, "%")
    yield Row("memory while idle", memory, "all SDKs imported", libraries.megabytes, MEMORY_LIMIT, "MB", most)


@contextmanager
def _running(environment: dict[str, str]) -> Iterator[tuple[int, float]]:
    """Let a process run, and say which it is and after how many seconds it was ready."""
    began = time.monotonic()
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            while "Running" not in (said := process.stderr.readline()):
                if not said:
                    raise RuntimeError("it ended before it was ready")
            yield process.pid, time.monotonic() - began
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _at_rest(process: int) -> tuple[float, int]:
    """Return its share of a core, and its memory in MB."""
    time.sleep(_SETTLING)
    before, measured = _cpu(process), time.monotonic()
    time.sleep(_IDLE_SECONDS)
    return (_cpu(process) - before) / (time.monotonic() - measured), _memory(process)


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) // 1024


if __name__ == "__main__":
    raise SystemExit(main())
