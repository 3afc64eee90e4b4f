"""The openai SDK, and everything that is particular to it. No other module knows that it is there."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any, cast

import httpx2
import openai

from adapters.model.openai.bodies import Body, texts
from adapters.model.openai.failures import PUBLIC, Refusal, error_of, unavailable, unreadable
from adapters.model.openai.settings import ModelSettings
from adapters.model.openai.shapes import Completion
from bot.errors import DigestbotError, ModelError
from bot.ports import Clock

_LONGEST_BODY = 8 << 20
"""Bytes of an answer that are read: many times what the longest answer of any model takes."""


class Transport:
    """Sends requests, each of them once. It belongs to one event loop."""

    def __init__(self, settings: ModelSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._key = settings.key.get_secret_value() if settings.key else ""
        timeout = httpx2.Timeout(settings.timeout, connect=settings.connect_timeout)
        self._client = openai.AsyncOpenAI(
            api_key=self._key or "none",  # the SDK wants one; without a key no header is sent
            base_url=settings.base_url,
            max_retries=0,  # the decision is ours, so that waits are bounded, announced and testable
            timeout=timeout,
            http_client=httpx2.AsyncClient(
                timeout=timeout,
                follow_redirects=False,  # what is asked is for this server alone
                headers={"Accept-Encoding": "identity"},
                event_hooks={"response": [_bound]},
            ),
        )
        headers = {} if self._key else {"Authorization": openai.Omit()}
        self._extra: dict[str, Any] = {"extra_headers": headers, "extra_body": settings.extra_body}

    async def complete(self, body: Body) -> Completion:
        """Return the answer. Raises what `LanguageModel.ask` raises."""
        create = self._client.chat.completions.with_raw_response.create
        try:
            raw = await create(**body, **self._extra)
            completion = Completion.model_validate_json(raw.content)
        except _FOREIGN as error:
            failure = self._translated(error, body)
        else:
            if not completion.error:
                return completion
            # Some gateways send errors with the status of success.
            failure = self._refused(body, _status_in(completion.error), {}, completion.error)
        # Not where the other error is handled, which would stay attached to ours, with the server's words in it.
        raise failure

    async def pieces(self, body: Body) -> AsyncGenerator[Completion, None]:
        """Yield the pieces of the answer. Raises what `LanguageModel.ask` raises."""
        create = self._client.chat.completions.create
        try:
            stream = await create(**body, **self._extra, stream=True, stream_options={"include_usage": True})
            async with stream:
                async for chunk in stream:
                    yield Completion.model_validate(chunk)
        except _FOREIGN as error:
            failure = self._translated(error, body)
        else:
            return
        raise failure

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _translated(self, error: Exception, body: Body) -> DigestbotError:
        """Return our error for one of `_FOREIGN`."""
        host = self._settings.host
        match error:
            case openai.APIStatusError():
                headers = {name.lower(): value for name, value in error.response.headers.items()}
                return self._refused(body, error.status_code, headers, error.body)
            case openai.APITimeoutError() | httpx2.TimeoutException():
                return unavailable(f"{host} did not answer in time.")
            case openai.APIConnectionError() | httpx2.HTTPError():
                return unavailable(f"{host} cannot be reached, or broke off.")
            case openai.APIError():  # an error in the middle of a stream, which has no status of its own
                return self._refused(body, 500, {}, error.body)
            case _Unbounded():
                message = f"The answer of {host} is too large, or compressed though nobody asked for that."
                return ModelError(message, remedy="Check OPENAI_BASE_URL.", public=PUBLIC)
            case _:  # no JSON, or not in any shape that is known
                return unreadable(host)

    def _refused(self, body: Body, status: int, headers: Mapping[str, str], said: object) -> DigestbotError:
        fields = said if isinstance(said, Mapping) else {"message": said}
        message = fields.get("message") or fields.get("detail") or ""
        code = str(fields.get("code") or "")
        refusal = Refusal(status, headers, code, str(message), self._key, texts(body))
        return error_of(refusal, self._settings.host, self._clock.now())


def _status_in(error: object) -> int:
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 500


class _Unbounded(Exception):
    """An answer whose size is beyond what is read, or cannot be known."""


_FOREIGN = (openai.OpenAIError, httpx2.HTTPError, _Unbounded, ValueError, RecursionError)
"""What the SDK raises, and what reading its answers does."""


class _Bounded(httpx2.AsyncByteStream):
    """The bytes of an answer, as long as they are not too many."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _LONGEST_BODY
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise _Unbounded
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    """Limit what is read of an answer. A compressed one may be small and still fill the memory."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _Unbounded
    response.stream = _Bounded(cast("httpx2.AsyncByteStream", response.stream))
