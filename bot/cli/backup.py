"""What `digestbot backup` and `digestbot restore` do."""

import argparse
import os
import sys
from pathlib import Path
from typing import IO

from rich.filesize import decimal

from bot.app import App
from bot.cli.output import open_secret_output
from bot.cli.progress import waiting
from bot.errors import ConfigurationError, DigestbotError

_RESTORED = """\
Restored what was kept on {taken_at:%Y-%m-%d at %H:%M:%S} UTC.{replaced}
Start it with `digestbot run`. What was posted since then is looked up, and not posted again."""
_REPLACED = "\nWhat was there before is in {folder}: delete that when nobody misses anything."
_MARKED = """\
Nothing is known of what happened since {since:%Y-%m-%d at %H:%M:%S} UTC.
Start `digestbot run`. What was posted since then is looked up, and not posted again."""


async def backup(options: argparse.Namespace) -> list[DigestbotError]:
    """Write a backup."""
    app = App()
    with open_secret_output(options.file) as stream, waiting("Backing up"):
        await app.back_up(stream)
    if options.file != "-":
        size = decimal(os.stat(options.file).st_size)  # noqa: PTH116 - the loop has nothing else to do
        print(f"Backed up to {options.file}, {size}. It is as private as what it holds: only you may read it.")
    return []


async def restore(options: argparse.Namespace) -> list[DigestbotError]:
    """Bring a backup back, or tell the database that one was."""
    app = App()
    if options.file is None:
        print(_MARKED.format(since=await app.mark_restored()))
        return []
    with _opened(options.file) as stream, waiting("Restoring"):
        restored = await app.restore(stream)
    replaced = _REPLACED.format(folder=restored.replaced) if restored.replaced else ""
    print(_RESTORED.format(taken_at=restored.taken_at, replaced=replaced))
    return []


def _opened(name: str) -> IO[bytes]:
    """Open a file, or what comes in by standard input. Raises ConfigurationError if it cannot be."""
    try:
        return sys.stdin.buffer if name == "-" else Path(name).open("rb")
    except OSError as error:
        message = f"The backup {name} cannot be read: {error.strerror or error}."
        raise ConfigurationError(message, remedy="Name the file that `digestbot backup` has written.") from None


COMMANDS = {"backup": backup, "restore": restore}
"""What the commands do, by their names."""
