"""What went over the wire: a log for assertions, and a record that can be checked against GitHub's description."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

REDACTED = "<redacted>"
_RECORDED_AS = "https://api.github.com"
_ENTERPRISE = re.compile(r"^/api/(?:v3/)?")


@dataclass(slots=True)
class Exchange:
    """A request and what was sent in return. Bytes are those of the bodies, as they went over the wire."""

    kind: Literal["git", "rest", "graphql"]
    method: str
    path: str
    status: int = 0
    received: int = 0
    sent: int = 0
    fault: str | None = None


def record(
    file: Path,
    secrets: Iterable[str],
    exchange: Exchange,
    request: tuple[Mapping[str, str], bytes],
    response: tuple[Mapping[str, str], bytes],
) -> None:
    """Append an exchange, each side as its headers and body, as a line of JSON without any of the secrets."""
    line = {
        "service": "github",
        "request": {
            "method": exchange.method,
            "url": _RECORDED_AS + _ENTERPRISE.sub("/", exchange.path),
            "headers": _headers(request[0]),
            "body": _body(request[1]),
        },
        "response": {"status": exchange.status, "headers": _headers(response[0]), "body": _body(response[1])},
    }
    text = json.dumps(line, ensure_ascii=False)
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{text}\n")


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): REDACTED if name.lower() == "authorization" else value for name, value in headers.items()}


def _body(body: bytes) -> object:
    try:
        parsed: object = json.loads(body) if body else None
    except ValueError:
        return body.decode(errors="replace")
    return parsed
