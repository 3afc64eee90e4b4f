"""Brings spans to a collector by OTLP over HTTP. What does not get there is dropped, which is said once."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import requests
from google.protobuf.message import DecodeError  # type: ignore[import-untyped] # it has no types
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from adapters.traces.settings import TracesSettings

_LOG = logging.getLogger(__name__)
_TIMEOUT = 5.0
"""Seconds that sending a batch may take in all, however often that is tried."""
_LONGEST_ANSWER = 65_536
_PROTOBUF = "application/x-protobuf"
_OF_THE_PROTOCOL = {"content-type", "content-encoding", "user-agent"}


def probe(settings: TracesSettings) -> str:
    """Send no spans, and return what is wrong with that, of which the host is the subject; "" if nothing is."""
    told: list[str] = []
    with _Connection(settings.sent_headers, told.append) as connection, suppress(requests.RequestException):
        headers = {"content-type": _PROTOBUF}
        connection.post(settings.url, data=b"", headers=headers, timeout=_TIMEOUT, allow_redirects=False)
    return told[-1]


class Sending(SpanExporter):
    """Sends batches of spans. Every method blocks, and none raises.

    `problem` is what is wrong at the moment; "" if nothing is known to be.
    """

    def __init__(self, settings: TracesSettings, timeout: float = _TIMEOUT) -> None:
        self.problem = ""
        self._host = settings.host
        connection = _Connection(settings.sent_headers, self._told)
        self._exporter = OTLPSpanExporter(settings.url, timeout=timeout, session=connection)
        # It says each failure, every few seconds; we say when they begin and when they end.
        logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch."""
        return self._exporter.export(spans)

    def shutdown(self) -> None:
        """Close the connections; a batch that is under way is not tried again."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call] # it has no types, either

    def _told(self, problem: str) -> None:
        """Say when problems begin and end. It is told of every request."""
        if problem and not self.problem:
            said = "Traces do not arrive: %s %s. They are dropped until they do, and nothing waits for them."
            _LOG.warning(said, self._host, problem)
        elif self.problem and not problem:
            _LOG.info("Traces arrive at %s again", self._host)
        self.problem = problem


class _Connection(requests.Session):
    """Tells how each request ended, in words of ours: the exporter tells nobody but its log.

    It sends the headers of our settings alone. The exporter would add those for another collector that may stand in the
    environment, and `requests` what a netrc has for the host.
    """

    def __init__(self, headers: Mapping[str, str], told: Callable[[str], None]) -> None:
        super().__init__()
        self._sent = {"accept-encoding": "identity", **headers}
        self._told = told
        self.auth = lambda request: request

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override] # noqa: ANN401 - as it is called
        """Send a request, and read no more of its answer than what it says of spans."""
        given = options.pop("headers", None) or {}
        headers = {name: value for name, value in given.items() if name.lower() in _OF_THE_PROTOCOL}
        problem = "does not answer as a collector does"
        try:
            with super().request(method, url, headers={**headers, **self._sent}, stream=True, **options) as response:
                problem = _problem_of(response)
                return response
        except requests.Timeout:
            problem = "does not answer in time"
            raise
        except requests.exceptions.SSLError:
            problem = "has no certificate that is trusted here"
            raise
        except requests.ConnectionError:
            problem = "cannot be reached, or broke off"
            raise
        finally:
            self._told(problem)


def _problem_of(response: requests.Response) -> str:
    """Return what an answer has against the spans; "" if it takes them."""
    status = response.status_code
    # To the exporter a redirection is a success.
    if not 200 <= status < 300:
        known = f" ({HTTPStatus(status).phrase})" if status in set(HTTPStatus) else ""
        return f"answers with the status {status}{known}"
    if response.headers.get("content-type") != _PROTOBUF:
        return ""
    try:
        answer = ExportTraceServiceResponse.FromString(response.raw.read1(_LONGEST_ANSWER))
    except DecodeError:
        return ""  # whatever it says of them, it took them
    refused = answer.partial_success.rejected_spans
    return f"refuses {refused} of them" if refused else ""
