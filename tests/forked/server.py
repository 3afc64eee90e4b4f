"""python -m tests.forked.server SOCKET FACTOR: a digestbot that is loaded, and forks for each command of a client.

A Python needs a second to load the program, and the tests give hundreds of commands. All else is as with the real one:
the arguments, the folder, the environment and the streams are those of whoever gives the command. Only where FACTOR is
more than 1 `run` goes by a hurried clock, on which the pace of the chats takes less time.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import adapters.chat.discord.plugin
import adapters.chat.slack.plugin  # noqa: F401 - what is loaded here, a command need not load
import bot.cli.process
import bot.cli.run
import bot.engine.workflows
from bot.app import App
from bot.cli import main, parser
from bot.cli.outcome import exit_code, report
from bot.errors import DigestbotError
from tests.forked.client import LARGEST, STREAMS


class HurriedClock:
    """Begins now, and runs ahead: so many of its seconds pass in one."""

    def __init__(self, factor: int) -> None:
        self._factor = factor
        self._begin, self._began = datetime.now(UTC), time.monotonic()

    def now(self) -> datetime:
        """Return the moment."""
        return self._begin + timedelta(seconds=time.monotonic() - self._began) * self._factor

    async def sleep(self, seconds: float) -> None:
        """Wait, for less."""
        await asyncio.sleep(seconds / self._factor)


def serve(address: str, factor: int) -> None:
    """Say that it is ready, and run each command in a process of its own, until the standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.bind(address)
        server.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        threading.Thread(target=_end_with_input, daemon=True).start()
        while True:
            connection, _ = server.accept()
            if os.fork() == 0:
                server.close()
                _obey(connection, factor)
            connection.close()


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


def _obey(connection: socket.socket, factor: int) -> None:
    """Be the program for one command: tell who gave it the number of the process, and then the exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    order, streams, _, _ = socket.recv_fds(connection, LARGEST, STREAMS)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    # The old ones remember what the streams before could do.
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
    asked = json.loads(order)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = asked["words"]
    connection.send(str(os.getpid()).encode())
    try:
        hurried = factor > 1 and sys.argv[1:2] == ["run"]
        code: object = _run(sys.argv[1:], HurriedClock(factor)) if hurried else main(sys.argv[1:])
    except SystemExit as end:
        code = end.code
    for written in (sys.stdout, sys.stderr):
        # What it did not take was told by the program.
        with suppress(OSError):
            written.flush()
    connection.send(str(code or 0).encode())
    os._exit(0)


def _run(arguments: list[str], clock: HurriedClock) -> int:
    try:
        return exit_code(asyncio.run(bot.cli.process.run(parser().parse_args(arguments), App(clock))))
    except DigestbotError as error:
        return report(error)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
