"""Timing of whole commands against each other: in turns, so that a machine's mood falls on both."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a command took: wall time in seconds, and the memory of its largest process in MB."""

    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The runs of a command and of its yardstick, pair by pair."""

    command: Sequence[Run]
    yardstick: Sequence[Run]

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios of wall time."""
        pairs = zip(self.command, self.yardstick, strict=True)
        return statistics.median(ours.seconds / theirs.seconds for ours, theirs in pairs)

    @property
    def seconds(self) -> float:
        """The median wall time of the command."""
        return statistics.median(run.seconds for run in self.command)

    @property
    def megabytes(self) -> float:
        """The most memory that a process of the command took in any run."""
        return max(run.megabytes for run in self.command)

    @property
    def yardstick_megabytes(self) -> float:
        """The most memory that a process of the yardstick took in any run."""
        return max(run.megabytes for run in self.yardstick)


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Run:
    """Run a command to its end with its output thrown away. Raises CalledProcessError if it fails."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, cwd=folder)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(seconds, usage.ru_maxrss / 1024)


def compare(command: Sequence[str], yardstick: Sequence[str], *, runs: int = 5) -> Comparison:
    """Run a command and its yardstick in turns, after one run of each that does not count."""
    run(command)
    run(yardstick)
    pairs = [(run(command), run(yardstick)) for _ in range(runs)]
    return Comparison([ours for ours, _ in pairs], [theirs for _, theirs in pairs])
