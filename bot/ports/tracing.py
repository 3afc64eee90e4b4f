"""Outward: what is done for somebody, as a tree of spans.

Spans and their attributes are named by the conventions of OpenTelemetry, as far as these have a word. No attribute
holds what people, commits or models say.
"""

from asyncio import CancelledError
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing, contextmanager, nullcontext
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, TypeVar

from bot import request_id
from bot.errors import AccessDenied, DigestbotError, RequestError
from bot.ports.metering import FAULT, outcome_of
from bot.redaction import redact

Attributes = Mapping[str, str | int | float | bool | Sequence[str]]

REQUEST = "digestbot.request.id"
"""The id that lines of the log have as well."""
REPOSITORY = "digestbot.repository"
"""The name of a repository, as people call it."""
CHANGES = "digestbot.changes"
"""How many changes it was about."""
CHANNEL = "digestbot.channel"
"""The channel that something was asked in or is posted to, as in subscriptions."""

ERROR = "error.type"
"""The kind of an error."""

CANCELLED = "cancelled"
"""The kind of error of what was stopped before its end."""
_LONGEST_MESSAGE = 500
_NONE: Attributes = MappingProxyType({})

_Step = TypeVar("_Step")


class SpanKind(StrEnum):
    """What a span has to do with other programs: nothing, asks one, was asked by one, or does what was left to it."""

    INTERNAL = "internal"
    CLIENT = "client"
    SERVER = "server"
    CONSUMER = "consumer"


class Span(Protocol):
    """Something that is done, from its beginning to its end. No method fails, and none takes time."""

    def add(self, attributes: Attributes) -> None:
        """Say more of it."""
        ...

    def fail(self, kind: str, message: str) -> None:
        """Say that it has failed; neither the kind nor the message holds a secret."""
        ...

    def current(self) -> AbstractContextManager[object]:
        """Let what the block does be a part of it."""
        ...

    def end(self) -> None:
        """End it."""
        ...


class Tracer(Protocol):
    """Notes spans. No method fails, and none takes time."""

    def begin(self, name: str, attributes: Attributes, kind: SpanKind, parent: str) -> Span:
        """Begin a span within the current one, or within that of another process, whose `traceparent` is given."""
        ...

    def traceparent(self) -> str:
        """Return how another process names the current span (W3C Trace Context); "" where there is none."""
        ...


class NoTracer:
    """Notes nothing, and is its own only span."""

    def begin(self, name: str, attributes: Attributes, kind: SpanKind, parent: str) -> Span:  # noqa: ARG002 # see above
        """Do nothing."""
        return self

    def traceparent(self) -> str:
        """Return that there is no span."""
        return ""

    def add(self, attributes: Attributes) -> None:
        """Do nothing."""

    def fail(self, kind: str, message: str) -> None:
        """Do nothing."""

    def current(self) -> AbstractContextManager[object]:
        """Do nothing."""
        return nullcontext()

    def end(self) -> None:
        """Do nothing."""


NO_TRACER = NoTracer()


@contextmanager
def spanning(
    tracer: Tracer, name: str, attributes: Attributes = _NONE, *, kind: SpanKind = SpanKind.INTERNAL, parent: str = ""
) -> Iterator[Span]:
    """Note what the block does as a span, and yield that. An error of the block is noted, and goes on."""
    span = _begun(tracer, name, attributes, kind, parent)
    try:
        with span.current():
            yield span
    except BaseException as error:
        _note(error, span)
        raise
    finally:
        span.end()


async def spanning_steps(
    tracer: Tracer,
    name: str,
    attributes: Attributes,
    steps: AsyncGenerator[_Step, None],
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    told: Callable[[Span, _Step], None] = lambda _span, _step: None,
) -> AsyncGenerator[_Step, None]:
    """Yield the same as a generator, and note what it does as a span; what whoever takes it does is no part of that.

    `told` is called with each step, to say more of the span.
    """
    span = _begun(tracer, name, attributes, kind, "")
    try:
        async with aclosing(steps):
            while True:
                with span.current():
                    try:
                        step = await anext(steps)
                    except StopAsyncIteration:
                        return
                told(span, step)
                yield step
    except BaseException as error:
        _note(error, span)
        raise
    finally:
        span.end()


def _begun(tracer: Tracer, name: str, attributes: Attributes, kind: SpanKind, parent: str) -> Span:
    span = tracer.begin(name, attributes, kind, parent)
    if current := request_id.current():
        span.add({REQUEST: current})
    return span


def _note(error: BaseException, span: Span) -> None:
    """Note an error by its kind, and if it is one of ours by its sentence: other sentences may hold anything.

    What whoever asked can put right is no failure, and its sentence repeats what they wrote.
    """
    match error:
        case GeneratorExit():  # whoever took the steps had enough
            pass
        case CancelledError():
            span.fail(CANCELLED, "")
        case RequestError() | AccessDenied():
            span.add({ERROR: outcome_of(error)})
        case DigestbotError():
            span.fail(outcome_of(error), redact(str(error))[:_LONGEST_MESSAGE])
        case _:
            span.fail(FAULT, type(error).__name__)
