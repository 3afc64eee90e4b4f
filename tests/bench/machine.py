"""The machine that figures were measured on."""

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

QUIET = 1.0
"""The load average, over the minute before a run, above which its figures are not to be trusted."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Its processor and memory, what it runs, and how busy it was when it was looked at."""

    cores: int
    model: str
    memory: float
    kernel: str
    python: str
    git: str
    load: float

    @classmethod
    def here(cls) -> "Machine":
        """Look at this machine, a Linux."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        git = subprocess.run(["git", "--version"], check=True, capture_output=True, text=True).stdout.split()[2]
        load = os.getloadavg()[0]
        return cls(
            len(os.sched_getaffinity(0)), _model(), memory, platform.release(), platform.python_version(), git, load
        )

    def __str__(self) -> str:
        """Return all of it in one line."""
        return (
            f"{self.cores} cores ({self.model}), {self.memory:.0f} GB, Linux {self.kernel}, Python {self.python}, "
            f"git {self.git}, load at the start {self.load:.1f}"
        )

    @property
    def warning(self) -> str:
        """What is wrong with measuring now, or nothing."""
        return "" if self.load <= QUIET else f"The machine was busy (load {self.load:.1f}): times may be too long."


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
