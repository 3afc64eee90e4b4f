"""Starts the server that forks a digestbot for each command, and says how to give it one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.forked import client

_ROOT = Path(__file__).parents[2]
# discord.py imports audioop for voice, which nobody uses here.
_WARNINGS = ("-W", "error", "-W", "ignore:'audioop' is deprecated:DeprecationWarning")


@contextmanager
def serving(address: Path, *, factor: int = 1) -> Iterator[Path]:
    """Yield the socket of a server, by which so many seconds of `digestbot run` pass in one."""
    server = subprocess.Popen(
        [sys.executable, *_WARNINGS, "-m", "tests.forked.server", address, str(factor)],
        cwd=_ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(_ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout
    assert server.stdout.readline()
    try:
        yield address
    finally:
        server.communicate()


def digestbot(address: Path) -> list[str]:
    """Return the words before those of a command; it gets the arguments, folder, environment and streams of its own."""
    return [sys.executable, "-IS", client.__file__, str(address), "digestbot"]
