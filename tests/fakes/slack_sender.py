"""HTTP mode: signed requests to the address of the app."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack_delivery import Attempt, Retry, What
from tests.fakes.slack_world import Json


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a request."""
    digest = hmac.new(secret.encode(), b"v0:%d:%b" % (timestamp, body), hashlib.sha256).hexdigest()
    return f"v0={digest}"


class Sender:
    """Sends to one address. `secret` and `age`, in seconds, may be changed to send what has to be refused."""

    def __init__(self, url: str, secret: str) -> None:
        """Take the address of the app, and what the requests are signed with."""
        self.url = url
        self.secret = secret
        self.age = 0
        self.statuses: list[int] = []
        self._session: aiohttp.ClientSession | None = None

    async def send(self, what: What, payload: Json, retry: Retry, within: float) -> Attempt:
        """Send a request; any status of 200 to 299 acknowledges."""
        body, content_type = _encoded(what, payload)
        timestamp = int(time.time()) - self.age
        headers = {
            "content-type": content_type,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": str(timestamp),
            "x-slack-signature": sign(self.secret, timestamp, body),
        }
        if retry.number:
            headers |= {"x-slack-retry-num": str(retry.number), "x-slack-retry-reason": retry.reason or ""}
        try:
            timeout = aiohttp.ClientTimeout(total=within)
            async with self._opened().post(self.url, data=body, headers=headers, timeout=timeout) as response:
                text = await response.text()
                return self._attempt(response, text)
        except TimeoutError:
            return Attempt("http_timeout")
        except aiohttp.ClientError:
            return Attempt("connection_failed")

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """Return what keeps connections open, as Slack does."""
        self._session = self._session or aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=50))
        return self._session

    def _attempt(self, response: aiohttp.ClientResponse, text: str) -> Attempt:
        self.statuses.append(response.status)
        if not 200 <= response.status < 300:
            return Attempt("no_retry" if response.headers.get("x-slack-no-retry") == "1" else "http_error")
        if response.content_type == "application/json":
            return Attempt(None, json.loads(text))
        return Attempt(None, {"text": text} if text else None)


def _encoded(what: What, payload: Json) -> tuple[bytes, str]:
    if what == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = {"payload": json.dumps(payload)} if what == "interactive" else payload
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"
