"""Where the result of a command goes: standard output, or a file that is there whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO

from bot.errors import OutputError


@contextmanager
def open_output(name: str | None) -> Iterator[TextIO]:
    """Open a file for the result, or standard output for None and "-".

    The file appears, or changes, only when all of it is written. Raises OutputError if it cannot be.
    """
    if name in (None, "-"):
        with _standard_output() as stream:
            yield stream
        return
    with _replacing(Path(name or ""), secret=False) as handle, os.fdopen(handle, "w", encoding="utf-8") as stream:
        yield stream


@contextmanager
def open_secret_output(name: str) -> Iterator[IO[bytes]]:
    """Open a file of bytes that this user alone may read, or standard output for "-"; otherwise as `open_output`."""
    if name == "-":
        if sys.stdout.isatty():
            message = "This is not for a terminal to show."
            raise OutputError(message, remedy="Name a file, or lead standard output into one.")
        with _standard_output():
            yield sys.stdout.buffer
        return
    with _replacing(Path(name), secret=True) as handle, os.fdopen(handle, "wb") as stream:
        yield stream
        stream.flush()
        os.fsync(handle)


@contextmanager
def _replacing(target: Path, *, secret: bool) -> Iterator[int]:
    """Return the descriptor of a file, to be closed, that takes the place of the target when all went well."""
    try:
        handle, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise _unwritable(target, error) from None
    try:
        yield handle
        if not secret:
            umask = os.umask(0)
            os.umask(umask)
            Path(part).chmod(0o666 & ~umask)
        Path(part).replace(target)
    except OSError as error:
        raise _unwritable(target, error) from None
    finally:
        Path(part).unlink(missing_ok=True)


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # whoever read it has seen enough
    except OSError as error:
        raise _unwritable("standard output", error) from None


def _unwritable(target: Path | str, error: OSError) -> OutputError:
    message = f"The result cannot be written to {target}: {error.strerror or error}."
    return OutputError(message, remedy="Choose another place for it.")
