"""What went over the wire: a log for assertions, and a record that can be checked against Slack's description."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REDACTED = "<redacted>"
_RECORDED_AS = "https://slack.com/api"


@dataclass(slots=True)
class Exchange:
    """A call of a method: its arguments as they were understood, and what was sent in return.

    `status` is 0 where nothing was sent. `ok` and `error` are what Slack said. `at` and `answered` are seconds of
    time.monotonic.
    """

    method: str
    arguments: dict[str, Any] = field(default_factory=dict)
    status: int = 0
    ok: bool = False
    error: str | None = None
    fault: str | None = None
    at: float = 0.0
    answered: float = 0.0


def record(
    file: Path,
    secrets: Iterable[str],
    exchange: Exchange,
    request: tuple[Mapping[str, str], Mapping[str, Any]],
    response: tuple[Mapping[str, str], Any],
) -> None:
    """Append an exchange, each side as its headers and body, as a line of JSON without any of the secrets."""
    line = {
        "service": "slack",
        "request": {
            "method": "POST",
            "url": f"{_RECORDED_AS}/{exchange.method}",
            "headers": _headers(request[0]),
            "body": {name: REDACTED if name == "token" else value for name, value in request[1].items()},
        },
        "response": {"status": exchange.status, "headers": _headers(response[0]), "body": response[1]},
    }
    text = json.dumps(line, ensure_ascii=False)
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{text}\n")


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): REDACTED if name.lower() == "authorization" else value for name, value in headers.items()}
