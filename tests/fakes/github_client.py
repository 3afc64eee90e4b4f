"""A plain HTTP client for tests: what goes over the wire, without a library that would repair or hide it."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, the headers in lower case, and the body in bytes."""

    status: int
    headers: dict[str, str]
    payload: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - tests look into it as deep as they need
        """The body as JSON."""
        return json.loads(self.payload)


def ask(
    url: str,
    *,
    token: str | None = None,
    post: object = None,
    timeout: float = 30,
    headers: dict[str, str] | None = None,
) -> Reply:
    """Send a request, a POST where there is something to post, and return the reply; redirects are not followed."""
    parts = urlsplit(url)
    sent = {"user-agent": "test", **({"authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
    body = None if post is None else post if isinstance(post, bytes) else json.dumps(post).encode()
    connection = HTTPConnection(parts.netloc, timeout=timeout)
    try:
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request("GET" if post is None else "POST", path, body, sent)
        response = connection.getresponse()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()
