"""Every benchmark that needs nothing but this checkout, as one table: `python -m tests.bench` or `make bench`.

    python -m tests.bench [NAME...] [--write]

Each benchmark is a module of its own, which runs in a process of its own, one after the other, for so long at most. One
that fails is a row that says so. The exit code is 1 if one failed or is beyond a limit. `--write` puts the table into
docs/benchmarks.md.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.machine import Machine
from tests.bench.rows import HEADER, Row, from_json

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
BUDGETS = {
    "completeness": 60,
    "speed": 120,
    "transfer": 60,
    "prompts": 30,
    "analysis": 120,
    "recall": 30,
    "answers": 120,
    "acknowledging": 30,
    "idle": 90,
    "burst": 180,
    "workers": 120,
    "scaling": 120,
}
"""The benchmarks in their order, and the seconds after which each is given up."""

_BEGIN, _END = "<!-- the table: python -m tests.bench --write -->", "<!-- the end of the table -->"
_PATIENCE = 10


@dataclass
class Bench:
    """What a benchmark found, how long it took, and why it has no more rows, if it failed."""

    name: str
    rows: list[Row] = field(default_factory=list)
    seconds: float = 0.0
    failure: str = ""

    @property
    def ok(self) -> bool:
        """Whether it ran to its end within its limits."""
        return not self.failure and all(row.ok for row in self.rows)

    def lines(self) -> Iterable[tuple[str, ...]]:
        """Yield the cells of its rows."""
        for row in self.rows:
            yield (f"[{self.name}](#{self.name})", *row.cells())
        if self.failure:
            yield (f"[{self.name}](#{self.name})", f"failed: {self.failure}", *[""] * 5, "**over**")


def run(name: str, seconds: float) -> Bench:
    """Run a benchmark in a process of its own, which is ended with all its children when the time is up."""
    bench, began = Bench(name), time.monotonic()
    command = [sys.executable, "-m", f"tests.bench.{name}", "--json"]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(command, stdout=output, stderr=errors, start_new_session=True) as process:
            try:
                code = process.wait(seconds)
                if code:
                    errors.seek(0)
                    bench.failure = (errors.read().strip().splitlines() or [f"exit code {code}"])[-1]
            except (subprocess.TimeoutExpired, KeyboardInterrupt) as stop:
                _end(process)
                if isinstance(stop, KeyboardInterrupt):
                    raise
                bench.failure = f"not done after {seconds:g} s"
        output.seek(0)
        bench.rows = [from_json(line) for line in output]
    bench.seconds = time.monotonic() - began
    return bench


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Let a process put away what it made, and then end it with all its children."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def table(benches: Iterable[Bench]) -> str:
    """Return the rows as a table of Markdown."""
    lines = [("bench", *HEADER), ("---",) * (len(HEADER) + 1)]
    lines += [cells for bench in benches for cells in bench.lines()]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |" for cells in lines)


def write(page: Path, said: str) -> None:
    """Put what is said where the page has its table."""
    before, _, rest = page.read_text("utf-8").partition(_BEGIN)
    page.write_text(f"{before}{_BEGIN}\n\n{said}\n\n{_END}{rest.partition(_END)[2]}", "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is named, or all of it, and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BUDGETS)}; by default all of them")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - BUDGETS.keys()):
        parser.error(f"there is no benchmark {unknown[0]}")
    machine, began, benches = Machine.here(), time.monotonic(), []
    for name in options.names or BUDGETS:
        print(f"{name} …", end="", file=sys.stderr, flush=True)
        bench = run(name, BUDGETS[name])
        print(f" {bench.seconds:.0f} s{'' if bench.ok else ', over'}", file=sys.stderr, flush=True)
        benches.append(bench)
    facts = [f"{datetime.now(UTC):%Y-%m-%d}, in {time.monotonic() - began:.0f} s: {machine}.", machine.warning]
    said = "\n\n".join([*filter(None, facts), table(benches)])
    print(said)
    if options.write:
        write(PAGE, said)
    return int(not all(bench.ok for bench in benches))


if __name__ == "__main__":
    raise SystemExit(main())
