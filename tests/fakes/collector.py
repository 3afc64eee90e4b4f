"""A collector of OpenTelemetry on 127.0.0.1, which takes spans by OTLP over HTTP.

    with FakeCollector() as collector: ...

    DIGESTBOT_TRACES_ENDPOINT = collector.url

`collector.spans` has all that was taken, as `Received`, and `collector.requests` the headers and the body of every
request. `collector.answer` is what it answers: Takes (the default), Refuses, Nonsense, Hangs.

To look at traces as they come: python -m tests.fakes.collector
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

_PROTOBUF = "application/x-protobuf"
_ERROR = 2


@dataclass(frozen=True, slots=True)
class Takes:
    """Takes spans, but for so many of a batch."""

    refused: int = 0


@dataclass(frozen=True, slots=True)
class Refuses:
    """Answers with a status and headers."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Nonsense:
    """Answers with what no collector says: a status of success, with any body, or bytes that are no HTTP."""

    body: bytes
    content_type: str | None = _PROTOBUF


@dataclass(frozen=True, slots=True)
class Hangs:
    """Never answers."""


Answer = Takes | Refuses | Nonsense | Hangs


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came, with the names of its headers in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """A span; `parent` is "" at the root of a trace, and `error` None where it has none. Times are in nanoseconds."""

    name: str
    trace: str
    id: str
    parent: str
    kind: int
    attributes: Mapping[str, Any]
    resource: Mapping[str, Any]
    began: int
    ended: int
    error: str | None


class FakeCollector:
    """The server. What it answers may be changed while it runs."""

    def __init__(self, answer: Answer | None = None, port: int = 0) -> None:
        self.answer = answer or Takes()
        self.requests: list[Request] = []
        self._came = threading.Condition()
        self._over = threading.Event()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector._handle(self)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The address, as DIGESTBOT_TRACES_ENDPOINT has it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def spans(self) -> list[Received]:
        """All spans that came, in the order of their beginning."""
        return sorted((span for request in self.requests for span in _read(request.body)), key=lambda each: each.began)

    def wait(self, requests: int) -> None:
        """Wait until so many requests came."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.requests) >= requests, timeout=60), len(self.requests)

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self._came:
            self.requests.append(Request(handler.path, headers, body))
            self._came.notify_all()
        match self.answer:
            case Hangs():
                self._over.wait()
            case Refuses(status, sent):
                _send(handler, status, b"", dict(sent))
            case Nonsense(said, None):
                handler.wfile.write(said)
            case Nonsense(said, content_type):
                _send(handler, 200, said, {"content-type": str(content_type)})
            case Takes(refused):
                answer = ExportTraceServiceResponse()
                answer.partial_success.rejected_spans = refused
                _send(handler, 200, answer.SerializeToString(), {"content-type": _PROTOBUF})


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    handler.send_response(status)
    for name, value in {**headers, "content-length": str(len(body))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _read(body: bytes) -> Iterator[Received]:
    for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        resource = _attributes(of_resource.resource.attributes)
        for span in (span for scope in of_resource.scope_spans for span in scope.spans):
            yield Received(
                name=span.name,
                trace=span.trace_id.hex(),
                id=span.span_id.hex(),
                parent=span.parent_span_id.hex(),
                kind=span.kind,
                attributes=_attributes(span.attributes),
                resource=resource,
                began=span.start_time_unix_nano,
                ended=span.end_time_unix_nano,
                error=span.status.message if span.status.code == _ERROR else None,
            )


def _attributes(given: Sequence[KeyValue]) -> dict[str, Any]:
    return {each.key: _value(each.value) for each in given}


def _value(given: AnyValue) -> Any:  # noqa: ANN401 - an attribute is of any of some types
    kind = given.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in given.array_value.values]
    return getattr(given, kind) if kind else None


def tree(spans: Sequence[Received]) -> list[str]:
    """Return spans as lines, each beneath its parent and further to the right, in the order of their beginning."""
    known = {span.id for span in spans}

    def beneath(parent: str, depth: int) -> Iterator[str]:
        for span in spans:
            if (span.parent if span.parent in known else "") == parent:
                yield f"{'  ' * depth}{span.name}"
                yield from beneath(span.id, depth + 1)

    return list(beneath("", 0))


def main() -> None:
    """Serve until interrupted; the first line is the address."""
    with FakeCollector() as collector:
        print(collector.url, flush=True)  # noqa: T201 - for whoever started it
        seen = 0
        while True:
            collector.wait(seen + 1)
            for span in (span for request in collector.requests[seen:] for span in _read(request.body)):
                failed = "" if span.error is None else f"  FAILED {span.error}"
                took = f"{(span.ended - span.began) / 1e6:9.1f} ms"
                print(f"{span.trace[:8]} {took}  {span.name} {span.attributes}{failed}", flush=True)  # noqa: T201 - likewise
            seen = len(collector.requests)


if __name__ == "__main__":
    main()
