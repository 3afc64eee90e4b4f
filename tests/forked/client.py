"""python -IS client.py SOCKET digestbot list: give a command to the server, and end as it ends."""

import json
import os
import signal
import socket
import sys
from pathlib import Path

LARGEST = 1 << 20
"""Bytes of a command with its environment."""
STREAMS = 3


def give(address: str, words: list[str]) -> int:
    """Give a command, and return its exit code. What would end it is passed on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.connect(address)
        order = {"words": words, "folder": str(Path.cwd()), "environment": dict(os.environ)}
        socket.send_fds(connection, [json.dumps(order).encode()], list(range(STREAMS)))
        process = int(connection.recv(64))
        signal.signal(signal.SIGTERM, lambda number, _: os.kill(process, number))
        return int(connection.recv(64) or 1)


if __name__ == "__main__":
    sys.exit(give(sys.argv[1], sys.argv[2:]))
