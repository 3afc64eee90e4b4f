"""Notes spans with the SDK of OpenTelemetry, and hands them over to be sent in the background."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry import context, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from bot.ports import Span, SpanKind
from bot.ports.tracing import ERROR, Attributes

_KINDS = {
    SpanKind.INTERNAL: trace.SpanKind.INTERNAL,
    SpanKind.CLIENT: trace.SpanKind.CLIENT,
    SpanKind.SERVER: trace.SpanKind.SERVER,
    SpanKind.CONSUMER: trace.SpanKind.CONSUMER,
}
_PARENT = "traceparent"
_W3C = TraceContextTextMapPropagator()


class OpenTelemetryTracer:
    """Notes spans. See `bot.ports.Tracer`."""

    def __init__(self, exporter: SpanExporter, service: str) -> None:
        ours = version("digestbot")
        resource = Resource.create({"service.name": service, "service.version": ours, "process.pid": os.getpid()})
        # Not that of the process, which belongs to whoever embeds it, and not closed as the process exits: that takes
        # up to half a minute.
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("digestbot", ours)

    def begin(self, name: str, attributes: Attributes, kind: SpanKind, parent: str) -> Span:
        """Begin a span."""
        within = _W3C.extract({_PARENT: parent}) if parent else None
        return _Span(self._tracer.start_span(name, within, _KINDS[kind], attributes))

    def traceparent(self) -> str:
        """Return how another process names the current span."""
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        return carrier.get(_PARENT, "")

    def close(self) -> bool:
        """Send what was not sent yet, which blocks, and note nothing any more; return that it was done."""
        self._provider.shutdown()
        return True


class _Span:
    """A span of the SDK's."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def add(self, attributes: Attributes) -> None:
        """Say more of it."""
        self._span.set_attributes(attributes)

    def fail(self, kind: str, message: str) -> None:
        """Say that it has failed."""
        self._span.set_attribute(ERROR, kind)
        self._span.set_status(trace.StatusCode.ERROR, message or kind)

    @contextmanager
    def current(self) -> Iterator[None]:
        """Let what the block does be a part of it."""
        # The SDK's own way would also record an error of the block, with its traceback.
        token = context.attach(trace.set_span_in_context(self._span))
        try:
            yield
        finally:
            context.detach(token)

    def end(self) -> None:
        """End it."""
        self._span.end()
