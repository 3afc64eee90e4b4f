"""python -m tests.docs.quick SOCKET: a digestbot that is loaded, and forks for each command that quick_client gives.

The documentation has a hundred commands, and a Python needs a second to load the program for each. All else is as with
the real one: the arguments, the folder, the environment and the streams are those of whoever gives the command.
"""

import json
import os
import signal
import socket
import sys
import threading

import adapters.chat.discord.plugin
import adapters.chat.slack.plugin  # noqa: F401 - what is loaded here, a command need not load
import bot.cli.run
import bot.engine.workflows  # noqa: F401 - likewise
from bot.cli import main
from tests.docs.quick_client import LARGEST, STREAMS


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
        code: object = main(sys.argv[1:])
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(str(code or 0).encode())
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
