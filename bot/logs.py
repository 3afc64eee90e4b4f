"""The log: what ours and all libraries say through `logging`, as lines for a person or as JSON for a machine.

Each line has the id of the request that it belongs to, and no secret.
"""

import logging
import os
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from bot import request_id
from bot.present.characters import visible
from bot.redaction import redact
from bot.settings import LogFormat, LogSettings

_OURS = ("bot", "adapters")


def begin(settings: LogSettings, stream: TextIO) -> None:
    """Log to a stream from now on, in place of wherever the process logged before."""
    is_terminal = stream.isatty()
    as_json = settings.format is LogFormat.JSON or (settings.format is LogFormat.AUTO and not is_terminal)
    handler = _Handler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
                _add_request,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _on_one_line,
                without_secrets,
                _rendered(as_json=as_json, colours=is_terminal and "NO_COLOR" not in os.environ),
            ],
        )
    )
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old, _Handler):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(settings.libraries.upper())
    for name in _OURS:
        logging.getLogger(name).setLevel(settings.level.upper())


def without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask the secrets in everything that a line says, however deep, also in a traceback."""
    return {key: _cleaned(value) for key, value in event.items()}


def _cleaned(value: Any) -> Any:  # noqa: ANN401 - whatever is logged
    match value:
        case str():
            return redact(value)
        case bool() | int() | float() | None:
            return value
        case Mapping():
            return {redact(str(key)): _cleaned(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_cleaned(each) for each in value]
        case _:
            return redact(repr(value))


class _Handler(logging.StreamHandler[TextIO]):
    """Ours among the handlers of the process."""


def _add_request(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Say for which request it happened."""
    if current := request_id.current():
        event["request"] = current
    return event


def _on_one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Let nothing from outside act on the terminal of whoever reads the log, nor pass for a line of it."""
    event["event"] = visible(str(event["event"])).replace("\n", "␊")
    event.pop("message", None)  # the same once more, where another handler has seen the record before
    if "exception" in event:
        event["exception"] = visible(str(event["exception"]))
    return event


def _rendered(*, as_json: bool, colours: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=colours,
        timestamp_key="time",
        exception_formatter=structlog.dev.plain_traceback,
        pad_event_to=0,
    )
