"""How a command ends: what is said of an error, and the exit code for it. The codes are in the help of `bot.cli`."""

import os
import sys
import traceback
from collections.abc import Sequence

from bot import errors
from bot.present.characters import visible
from bot.redaction import redact

OK, FAULT, REQUEST, UNREADABLE, TRY_AGAIN, CONFIGURATION, OUTPUT = range(7)
INTERRUPTED = 130  # as a shell reports the end by SIGINT


def exit_code(failures: Sequence[errors.DigestbotError]) -> int:
    """Say what failed, and return the code of the first failure."""
    codes = [report(failure) for failure in failures]
    return codes[0] if codes else OK


def report(error: Exception) -> int:
    """Say in one sentence what went wrong and what to do, and return the exit code for it."""
    if os.environ.get("DIGESTBOT_DEBUG"):
        _say("".join(traceback.format_exception(error)).rstrip("\n"))
    if not isinstance(error, errors.DigestbotError):
        what = f"a fault of its own ({type(error).__name__}: {error})"
        _say(f"digestbot: stopped by {what}. Please report what DIGESTBOT_DEBUG=1 shows.")
        return FAULT
    _say(f"digestbot: {error}")
    match error:
        case errors.RepositoryNotFound() | errors.SourceError():
            return UNREADABLE
        case errors.RequestError():
            return REQUEST
        case errors.TemporaryError():
            return TRY_AGAIN
        case errors.OutputError():
            return OUTPUT
        case _:
            return CONFIGURATION


def _say(text: str) -> None:
    """Print to stderr, without secrets; nothing that a server or a commit said acts on the terminal."""
    print(visible(redact(text)), file=sys.stderr)
