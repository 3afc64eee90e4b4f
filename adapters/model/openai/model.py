"""A language model behind OpenAI's API: how many calls at once, at which pace, and again where that helps."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, cast

from aiolimiter import AsyncLimiter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential_jitter

from adapters.model.openai.bodies import Body, asking, conversing, model_of
from adapters.model.openai.failures import unavailable
from adapters.model.openai.settings import ModelSettings, Price
from adapters.model.openai.shapes import Completion, Pieces, answer_of
from bot.errors import ConfigurationError, ModelUnavailable
from bot.ports import Clock, Conversation, ModelAnswer, ModelRequest, TextPiece, ToolCall, TurnEnd

if TYPE_CHECKING:
    from adapters.model.openai.transport import Transport

_LOGGER = logging.getLogger(__name__)
_Result = TypeVar("_Result")
_PAUSE = wait_exponential_jitter(multiplier=0.5, max=8)


class OpenAIModel:
    """Asks, and converses. An asynchronous context manager: leaving it closes its connections.

    It belongs to one event loop. Nothing is sent, and the SDK is not loaded, before something is asked.
    """

    def __init__(self, settings: ModelSettings, *, clock: Clock) -> None:
        """Take the settings. Raises ConfigurationError if they configure no model."""
        if not settings.configured:
            raise ConfigurationError(
                "No language model is configured.", remedy="Set DIGESTBOT_MODEL and OPENAI_API_KEY."
            )
        self._settings = settings
        self._clock = clock
        self._places = asyncio.Semaphore(settings.concurrency)
        per_minute = settings.requests_per_minute
        # One by one: a burst would be followed by as many again, which is twice the limit within a minute.
        self._pace = AsyncLimiter(1, 60 / per_minute) if per_minute else None
        self._transport: Transport | None = None
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Open nothing yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        transport, self._transport = self._transport, None
        if transport:
            await transport.close()

    @property
    def context(self) -> int:
        """How many tokens a request and its answer may have together."""
        return self._settings.context

    @property
    def tools(self) -> bool:
        """Whether tools can be offered."""
        return self._settings.tools

    def name(self, *, light: bool = False) -> str:
        """Return the name of the model."""
        return model_of(self._settings, light=light)

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return an answer. See `bot.ports.LanguageModel.ask`."""
        body = asking(request, self._settings)
        async with self._places:
            completion = await self._repeated(partial(self._complete, body))
        return answer_of(completion, self._price(body))

    async def converse(self, conversation: Conversation) -> AsyncGenerator[TextPiece | ToolCall | TurnEnd, None]:
        """Yield the next turn as it comes. See `bot.ports.ConversingModel.converse`.

        Another attempt is made only until the first piece has come.
        """
        body = conversing(conversation, self._settings)
        turn = Pieces()
        async with self._places:
            stream = await self._repeated(partial(self._begin, body))
            async with aclosing(stream):
                while piece := await stream.next():
                    if text := turn.take(piece):
                        yield TextPiece(text)
        if not turn.whole:
            raise _broken_off(self._settings)
        for call in turn.calls:
            yield call
        yield TurnEnd(turn.finish, turn.usage(self._price(body)))

    def _price(self, body: Body) -> Price | None:
        return self._settings.prices.get(body["model"])

    async def _repeated(self, send: Callable[[], Awaitable[_Result]]) -> _Result:
        """Send something until it is answered, as often and for as long as the settings say.

        Whoever waits keeps its place, so that others do not ask meanwhile a server that wants to be left alone.
        """
        attempts = AsyncRetrying(
            sleep=self._clock.sleep,
            retry=retry_if_exception_type(ModelUnavailable),
            wait=_pause,
            stop=self._enough,
            before_sleep=self._tell,
            reraise=True,
        )
        return await attempts(send)

    def _enough(self, state: RetryCallState) -> bool:
        if state.attempt_number >= self._settings.attempts:
            return True
        waited = state.idle_for + state.upcoming_sleep
        return _asked_for(state) is not None and waited > self._settings.longest_wait.total_seconds()

    def _tell(self, state: RetryCallState) -> None:
        _LOGGER.warning("%s Asking again in %.1f s.", _error(state).message, state.upcoming_sleep)

    async def _complete(self, body: Body) -> Completion:
        transport = await self._ready()
        try:
            # The SDK's own limit is for silence: a server that sends a byte now and then would never reach it.
            async with asyncio.timeout(self._settings.timeout):
                return await transport.complete(body)
        except TimeoutError:
            raise _late(self._settings) from None

    async def _begin(self, body: Body) -> "_Stream":
        transport = await self._ready()
        stream = _Stream(transport.pieces(body), self._settings)
        await stream.begin()
        return stream

    async def _ready(self) -> "Transport":
        """Return the transport once it is this request's turn."""
        async with self._opening:
            if self._transport is None:
                self._transport = await asyncio.to_thread(_open, self._settings, self._clock)
        if self._pace:
            await self._pace.acquire()
        return self._transport


class _Stream:
    """The pieces of an answer, as long as all of them come within the time of a call."""

    def __init__(self, pieces: AsyncGenerator[Completion, None], settings: ModelSettings) -> None:
        self._pieces = pieces
        self._settings = settings
        self._left = settings.timeout
        self._first: Completion | None = None

    async def begin(self) -> None:
        """Wait for the first piece. Without one the stream is closed, and an error raised."""
        try:
            self._first = await self.next()
        except BaseException:
            await self.aclose()
            raise
        if self._first is None:
            raise _broken_off(self._settings)

    async def next(self) -> Completion | None:
        """Return the next piece, None after the last. Only the waiting counts, not what is done between pieces."""
        if self._first:
            first, self._first = self._first, None
            return first
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._left):
                return await anext(self._pieces, None)
        except TimeoutError:
            raise _late(self._settings) from None
        finally:
            self._left -= loop.time() - began

    async def aclose(self) -> None:
        """Close the connection if the stream is not at its end."""
        await self._pieces.aclose()


def _late(settings: ModelSettings) -> ModelUnavailable:
    return unavailable(f"{settings.host} did not answer within {settings.timeout:g} s.")


def _broken_off(settings: ModelSettings) -> ModelUnavailable:
    return unavailable(f"{settings.host} broke off in the middle of an answer.")


def _open(settings: ModelSettings, clock: Clock) -> "Transport":
    # The SDK takes a second to import: in a thread, for the others' sake, and never for a digest without a model.
    from adapters.model.openai.transport import Transport  # noqa: PLC0415 -- see above

    return Transport(settings, clock)


def _pause(state: RetryCallState) -> float:
    asked_for = _asked_for(state)
    return _PAUSE(state) if asked_for is None else asked_for


def _asked_for(state: RetryCallState) -> float | None:
    """Return for how many seconds the server asked to be left alone."""
    retry_after = _error(state).retry_after
    return None if retry_after is None else retry_after.total_seconds()


def _error(state: RetryCallState) -> ModelUnavailable:
    return cast("ModelUnavailable", state.outcome and state.outcome.exception())
