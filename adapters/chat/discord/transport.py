"""discord.py's HTTP client, led to send each request at once and once.

By itself it repeats what was answered with 429, 500, 502, 504 or 524, for up to half a minute, and of what Discord says
about an error it keeps the words alone. So whatever is no success is raised while aiohttp hands the answer over, before
discord.py sees it. It also holds requests up where it expects a 429, and one that is cancelled meanwhile can leave the
others waiting: here the core keeps the pace, and is told of a 429. Where a connection breaks, aiohttp repeats a GET, a
PUT or a DELETE, and on macOS and Windows discord.py whatever it was: harmless, since a message bears a nonce, and the
others have the same effect twice as once.
"""

import asyncio
from collections.abc import Mapping, Sequence
from types import SimpleNamespace, TracebackType
from typing import Any

import aiohttp
from discord.http import HTTPClient, Ratelimit, Route, json_or_text

from adapters.chat.discord.addresses import lead
from adapters.chat.discord.failures import Refused, translated
from adapters.chat.discord.settings import DiscordSettings
from bot.errors import ChatUnavailable

Json = Mapping[str, Any]


class Transport:
    """Sends requests, and logs in before the first of them. Raises as `failures.translated` says."""

    def __init__(self, settings: DiscordSettings) -> None:
        """Connect to nothing yet."""
        lead(settings)
        self._token = settings.token.get_secret_value() if settings.token else ""
        self._timeout = settings.timeout
        self._logging_in = asyncio.Lock()
        self._client: HTTPClient | None = None
        self._user = ""

    async def close(self) -> None:
        """Close the connections."""
        if self._client:
            await self._client.close()

    async def user(self) -> str:
        """Return the id of the bot's own user."""
        await self._logged_in()
        return self._user

    async def send(self, method: str, path: str, **parts: str) -> Any:  # noqa: ANN401 # JSON of any form
        """Send a request without a body, and return what was answered. The parts fill the path."""
        return await self._request(Route(method, path, **parts), {})

    async def query(self, path: str, params: Mapping[str, str | int], **parts: str) -> Any:  # noqa: ANN401 # likewise
        """Ask for what a query names."""
        return await self._request(Route("GET", path, **parts), {"params": params})

    async def submit(self, method: str, path: str, json: Json, **parts: str) -> Json:
        """Send an object, and return the object that was answered."""
        answer: Json = await self._request(Route(method, path, **parts), {"json": json})
        return answer

    async def upload(self, path: str, form: Sequence[Json], **parts: str) -> Json:
        """Send a form with files in it, and return the object that was answered."""
        answer: Json = await self._request(Route("POST", path, **parts), {"form": form})
        return answer

    async def _request(self, route: Route, arguments: Json) -> Any:  # noqa: ANN401 # likewise
        client = await self._logged_in()
        with translated(route.method, route.path):
            async with asyncio.timeout(self._timeout):
                answer = await client.request(route, **arguments)
        # discord.py gives out as text what is no JSON: nothing after a call that answers nothing.
        if isinstance(answer, str) and (answer or route.method in ("GET", "POST", "PATCH")):
            unknown = route.method != "GET"
            raise ChatUnavailable(f"Discord's answer to {route.method} {route.path} cannot be read.", unknown=unknown)
        return answer

    async def _logged_in(self) -> HTTPClient:
        async with self._logging_in:
            if self._client is None:
                client = _Client(asyncio.get_running_loop(), http_trace=_strict())
                try:
                    with translated("GET", "/users/@me"):
                        async with asyncio.timeout(self._timeout):
                            self._user = str((await client.static_login(self._token))["id"])
                except BaseException:
                    await client.close()
                    raise
                self._client = client
            return self._client


class _Client(HTTPClient):
    """Holds no request up."""

    def get_ratelimit(self, key: str) -> Ratelimit:  # noqa: ARG002 # alike for all
        """Return a limit that is none."""
        return _Unlimited(None)


class _Unlimited(Ratelimit):
    async def acquire(self) -> None:
        """Wait for nothing."""

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for nothing."""


def _strict() -> aiohttp.TraceConfig:
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_refuse)
    return trace


async def _refuse(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
) -> None:
    if end.response.status >= 400:
        raise Refused(end.response.status, end.response.headers, await json_or_text(end.response))
