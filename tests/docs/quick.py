"""python -m tests.docs.quick SOCKET: a digestbot that is loaded, and forks for each command that quick_client gives.

The documentation has a hundred commands, and a Python needs a second to load the program for each. All else is as with
the real one: the arguments, the folder, the environment and the streams are those of whoever gives the command. Only
`run` goes by a hurried clock, on which the pace of the chats takes no time.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time
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
from tests.docs.quick_client import LARGEST, STREAMS

FACTOR = 20
"""How many seconds of the bot pass in one."""


class HurriedClock:
    """Begins now, and runs ahead."""

    def __init__(self) -> None:
        self._begin, self._began = datetime.now(UTC), time.monotonic()

    def now(self) -> datetime:
        """Return the moment."""
        return self._begin + timedelta(seconds=time.monotonic() - self._began) * FACTOR

    async def sleep(self, seconds: float) -> None:
        """Wait, for less."""
        await asyncio.sleep(seconds / FACTOR)


def serve(address: str) -> None:
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
                _obey(connection)
            connection.close()


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


def _obey(connection: socket.socket) -> None:
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
        code: object = _run(sys.argv[1:]) if sys.argv[1:2] == ["run"] else main(sys.argv[1:])
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(str(code or 0).encode())
    os._exit(0)


def _run(arguments: list[str]) -> int:
    try:
        return exit_code(asyncio.run(bot.cli.process.run(parser().parse_args(arguments), App(HurriedClock()))))
    except DigestbotError as error:
        return report(error)


if __name__ == "__main__":
    serve(sys.argv[1])
