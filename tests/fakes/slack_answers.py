"""What the fake Slack answers with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body is sent as it is (text), or as JSON."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def payload(self) -> bytes:
        """The body in bytes."""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)).encode()

    @property
    def content_type(self) -> str:
        """The type of the body."""
        return "text/html; charset=utf-8" if isinstance(self.body, str) else "application/json; charset=utf-8"


class Refusal(Exception):
    """Raised where a request cannot be served, with Slack's word for why, and more fields of the answer."""

    def __init__(self, error: str, messages: Sequence[str] = (), **fields: object) -> None:
        """Keep the word, the sentences that explain it, and the fields."""
        super().__init__(error)
        self.error = error
        self.body: dict[str, Any] = {"ok": False, "error": error, **fields}
        if messages:
            self.body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in messages]}


def rate_limited(seconds: int) -> Answer:
    """Return what is said to whoever asks too fast, with the seconds to wait."""
    return Answer(429, {"ok": False, "error": "ratelimited"}, {"retry-after": str(seconds)})
