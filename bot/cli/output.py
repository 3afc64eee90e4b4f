"""Where the result of a command goes: standard output, or a file that is there whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bot.errors import OutputError


@contextmanager
def open_output(name: str | None) -> Iterator[TextIO]:
    """Open a file for the result, or standard output for None and "-".

    The file appears, or changes, only when all of it is written. Raises OutputError if it cannot be.
    """
    if name in (None, "-"):
        yield from _standard_output()
        return
    target = Path(str(name))
    try:
        handle, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise _unwritable(target, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            yield stream
        umask = os.umask(0)
        os.umask(umask)
        Path(part).chmod(0o666 & ~umask)
        Path(part).replace(target)
    except OSError as error:
        raise _unwritable(target, error) from None
    finally:
        Path(part).unlink(missing_ok=True)


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
    return OutputError(message, remedy="Choose another place with --output.")
