"""Processes that work, are killed at random, and are started again."""

import asyncio
import json
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from random import Random

from tests.chaos.worker import Settings


class Workers:
    """Processes of programs that take these settings. `killed` says when which of them was."""

    def __init__(self, settings: Settings, random: Random, life: Callable[[], Awaitable[object]]) -> None:
        """Take what waits for as long as a process that is ready lives."""
        self._settings = settings
        self._random = random
        self._life = life
        self.running: list[Process] = []
        self.killed: list[tuple[float, int]] = []

    async def start(self, program: str) -> Process:
        """Start a process of a program, which is a module."""
        log = Path(self._settings.folder) / "output"
        given = json.dumps(asdict(self._settings))
        with log.open("ab") as output:
            started = await asyncio.create_subprocess_exec(
                sys.executable, "-m", program, given, stdout=output, stderr=output
            )
        self.running.append(started)
        return started

    async def ready(self, worker: Process) -> None:
        """Wait until a process works, or has ended."""
        while not self._settings.ready(worker.pid).exists():
            if worker.returncode is not None:
                return
            await asyncio.sleep(0.02)

    async def kill_one(self, program: str) -> None:
        """Kill one of the processes when it has worked for a while, and start another in its place."""
        worker = self._random.choice(self.running)
        await self.ready(worker)
        await self._life()
        if worker.returncode is None:
            worker.kill()
        await worker.wait()
        self.killed.append((time.time(), worker.pid))
        self.running.remove(worker)
        await self.start(program)

    async def stop(self) -> None:
        """Stop all of them, as the system does."""
        for worker in self.running:
            if worker.returncode is None:
                worker.send_signal(signal.SIGTERM)
        for worker in self.running:
            try:
                await asyncio.wait_for(worker.wait(), 60)
            except TimeoutError:
                worker.kill()
                await worker.wait()

    @property
    def memory(self) -> float:
        """The most memory that one of them ever had, in MB."""
        return max(_memory(worker.pid) for worker in self.running)


def _memory(process: int) -> float:
    """Return the most memory that a process ever had, in MB; nothing of one that has ended."""
    with suppress(OSError):
        status = Path(f"/proc/{process}/status").read_text()
        return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)
    return 0.0
