"""The log: a line each, for a person or a machine, with the id of its request and without secrets."""

import asyncio
import json
import logging
import sys
import warnings
from io import StringIO

import pytest

from bot import logs, request_id
from bot.redaction import redact
from bot.settings import LogFormat, LogLevel, LogSettings

SECRET = "correct-horse-battery"  # noqa: S105 - it is to be looked for
_LOG = logging.getLogger("bot.tests")

pytestmark = pytest.mark.usefixtures("logging_restored")


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def _lines(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_where_nobody_looks() -> None:
    """In a file each line is an object that says when, how grave, who and what; what was given beside it is in it."""
    stream = StringIO()
    logs.begin(LogSettings(), stream)
    _LOG.warning("Posted %d in %s", 3, "频道", extra={"seconds": 1.5})
    (line,) = _lines(stream)
    assert line.pop("time")
    assert line == {"event": "Posted 3 in 频道", "level": "warning", "logger": "bot.tests", "seconds": 1.5}
    assert "频道" in stream.getvalue()


def test_text_on_a_terminal() -> None:
    """On a terminal the same is read as a line, with colours; asked for in a file, without."""
    terminal, file = Terminal(), StringIO()
    logs.begin(LogSettings(), terminal)
    _LOG.warning("Posted")
    logs.begin(LogSettings(format=LogFormat.TEXT), file)
    _LOG.warning("Posted")
    assert "\x1b[" in terminal.getvalue()
    assert "Posted" in terminal.getvalue()
    assert "[warning" in file.getvalue()
    assert "\x1b" not in file.getvalue()


def test_how_much() -> None:
    """What ours say and what libraries say have each their level."""
    stream = StringIO()
    logs.begin(LogSettings(level=LogLevel.INFO, libraries=LogLevel.ERROR), stream)
    _LOG.debug("no")
    _LOG.info("ours")
    logging.getLogger("aiohttp").warning("no")
    logging.getLogger("aiohttp").error("theirs")
    assert [line["event"] for line in _lines(stream)] == ["ours", "theirs"]


def test_warnings_of_python() -> None:
    """What Python warns of is a line like any other."""
    stream = StringIO()
    logs.begin(LogSettings(), stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("careful", UserWarning, stacklevel=1)
    assert "careful" in str(_lines(stream)[0]["event"])


@pytest.mark.parametrize("form", [LogFormat.JSON, LogFormat.TEXT])
def test_no_secret_anywhere(form: LogFormat) -> None:
    """A secret is neither in what is said, nor in what is given beside it, nor in a traceback with its causes."""
    redact.learn(SECRET)
    stream = StringIO()
    logs.begin(LogSettings(format=form), stream)
    _LOG.error("with %s", SECRET, extra={"headers": {"Authorization": [SECRET, b"ghp_abcdefgh1234"]}})

    def fail() -> None:
        raise ValueError("ghp_abcdefgh1234") from OSError(f"cannot reach https://ada:{SECRET}@db.example")

    try:
        fail()
    except ValueError:
        _LOG.exception("It failed")
    said = stream.getvalue()
    assert "Traceback" in said
    assert said.count("[secret]") >= 5
    assert SECRET not in said
    assert "ghp_" not in said


@pytest.mark.parametrize("form", [LogFormat.JSON, LogFormat.TEXT])
def test_what_comes_from_outside(form: LogFormat) -> None:
    """What others wrote neither makes a line of its own nor acts on a terminal."""
    stream = StringIO()
    logs.begin(LogSettings(format=form), stream)
    _LOG.warning("Of %s", "x\n2026-01-01 [info] all is well\x1b[2J\r")
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()


async def test_the_id_of_a_request() -> None:
    """Each line has the id of the request that it was written for, also in the tasks that this began."""
    stream = StringIO()
    logs.begin(LogSettings(), stream)

    async def work(name: str) -> None:
        await asyncio.sleep(0)
        _LOG.info(name)

    async def serve(name: str) -> str:
        with request_id.following() as id_of_request:
            await asyncio.gather(work(name), work(name))
            return id_of_request

    first, second = await asyncio.gather(serve("first"), serve("second"))
    _LOG.info("nobody's")
    found = {(line["event"], line.get("request")) for line in _lines(stream)}
    assert found == {("first", first), ("second", second), ("nobody's", None)}
    assert first != second


def test_an_id_goes_on() -> None:
    """What is done within a request has its id, unless it follows another one, and afterwards there is none."""
    with request_id.following() as outer:
        with request_id.following() as inner, request_id.following("3f2a91c0") as other:
            assert (inner, other, request_id.current()) == (outer, "3f2a91c0", "3f2a91c0")
        assert request_id.current() == outer
    assert request_id.current() == ""


def test_nothing_is_said_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the log is begun anew, it goes to the new place alone."""
    old, new = StringIO(), StringIO()
    logs.begin(LogSettings(), old)
    logs.begin(LogSettings(), new)
    _LOG.warning("once")
    assert (old.getvalue(), len(_lines(new)), capsys.readouterr().err) == ("", 1, "")
    assert sys.stderr
