"""What went over the wire: a log for assertions, and a record that can be checked against Discord's description."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

REDACTED = "redacted"
_RECORDED_AS = "https://discord.com/api/v10"


@dataclass(slots=True)
class Exchange:
    """A request, its path below /api/v10, and what was sent in return.

    `at` is the second since 1970 when it came, `fault` names what was made to go wrong.
    """

    method: str
    path: str
    body: Any = None
    status: int = 0
    answer: Any = None
    fault: str | None = None
    at: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Frame:
    """A frame of the gateway, that the bot gets (`in`) or sends (`out`)."""

    way: Literal["in", "out"]
    payload: dict[str, Any]


def record(file: Path, secrets: Iterable[str], exchange: Exchange, answered_with: Mapping[str, str]) -> None:
    """Append an exchange as a line of JSON, without any of the secrets."""
    line = {
        "service": "discord",
        "request": {
            "method": exchange.method,
            "url": _RECORDED_AS + exchange.path,
            "headers": _headers(exchange.headers),
            "body": exchange.body,
        },
        "response": {"status": exchange.status, "headers": _headers(answered_with), "body": exchange.answer},
    }
    _append(file, line, secrets)


def record_frame(file: Path, secrets: Iterable[str], frame: Frame) -> None:
    """Append a frame of the gateway as a line of JSON, without any of the secrets."""
    text = json.dumps(frame.payload, ensure_ascii=False)
    _append(file, {"service": "discord", "ws": frame.way, "text": text}, secrets)


def _append(file: Path, line: Mapping[str, Any], secrets: Iterable[str]) -> None:
    text = json.dumps(line, ensure_ascii=False)
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{text}\n")


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): REDACTED if name.lower() == "authorization" else value for name, value in headers.items()}
