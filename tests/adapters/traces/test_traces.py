"""Spans as a collector gets them from the real SDK, and what happens where it does not."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.traces import TracesSettings, check, tracing
from adapters.traces.sending import Sending
from bot import request_id
from bot.errors import ModelUnavailable, RepositoryNotFound
from bot.ports import NO_TRACER, Finding, SpanKind
from bot.ports.tracing import spanning
from bot.redaction import redact
from tests.fakes.collector import Answer, FakeCollector, Hangs, Nonsense, Received, Refuses, Takes, tree

_SOON = 0.2
"""Seconds that sending may take here."""


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    """Yield a running collector."""
    with FakeCollector() as collector:
        yield collector


@pytest.fixture(autouse=True)
def _sdk_restored() -> Iterator[None]:
    """Leave the SDK's logging as it was found."""
    yield
    logging.getLogger("opentelemetry.exporter").setLevel(logging.NOTSET)


def _by_name(collector: FakeCollector) -> dict[str, Received]:
    return {span.name: span for span in collector.spans}


async def test_a_tree(collector: FakeCollector) -> None:
    """Spans come as a tree, with their kinds and attributes, the id of the request, and the service."""
    with request_id.following("3f2a91c0"):
        async with tracing(TracesSettings(endpoint=collector.url, service="ours")) as tracer:
            with spanning(tracer, "command", kind=SpanKind.SERVER):
                with spanning(tracer, "collect", {"n": 3}) as span:
                    span.add({"names": ["a", "b"], "whole": True})
                with spanning(tracer, "slack post", kind=SpanKind.CLIENT):
                    pass
    spans = _by_name(collector)
    assert tree(collector.spans) == ["command", "  collect", "  slack post"]
    assert {span.attributes["digestbot.request.id"] for span in collector.spans} == {"3f2a91c0"}
    assert [spans[name].kind for name in ("collect", "command", "slack post")] == [1, 2, 3]
    assert {"n": 3, "names": ["a", "b"], "whole": True}.items() <= spans["collect"].attributes.items()
    assert spans["command"].resource["service.name"] == "ours"
    assert collector.requests[0].path == "/v1/traces"


async def test_another_process(collector: FakeCollector) -> None:
    """What another process does for a span is within it, by the name that is handed over; nonsense begins anew."""
    settings = TracesSettings(endpoint=f"{collector.url}/v1/traces/")
    async with tracing(settings) as tracer:
        assert tracer.traceparent() == ""
        with spanning(tracer, "command"):
            name = tracer.traceparent()
    async with tracing(settings) as tracer:
        for parent in (name, "nonsense"):
            with spanning(tracer, f"job of {parent}", kind=SpanKind.CONSUMER, parent=parent):
                pass
    assert tree(collector.spans) == ["command", f"  job of {name}", "job of nonsense"]


async def test_errors(collector: FakeCollector) -> None:
    """An error is told by its kind and its masked sentence; not what a person wrote, nor a fault's own words.

    What whoever asked can put right is no failure.
    """
    redact.learn("planted-secret")
    raised = (
        ModelUnavailable("It refuses planted-secret."),
        RepositoryNotFound("There is no what-somebody-wrote."),
        KeyError("what-a-commit-says"),
    )
    async with tracing(TracesSettings(endpoint=collector.url)) as tracer:
        for error in raised:
            with suppress(type(error)), spanning(tracer, type(error).__name__):
                raise error
    told = {span.name: (span.attributes["error.type"], span.error) for span in collector.spans}
    assert told == {
        "ModelUnavailable": ("ModelUnavailable", "It refuses [secret]."),
        "RepositoryNotFound": ("RepositoryNotFound", None),
        "KeyError": ("fault", "KeyError"),
    }
    written = b"".join(request.body for request in collector.requests)
    assert not [words for words in (b"somebody-wrote", b"commit-says", b"stacktrace") if words in written]


async def test_off() -> None:
    """Without a collector nothing is traced, and `doctor` says nothing of it."""
    async with tracing(TracesSettings(headers="x-key=abcdef")) as tracer:  # type: ignore[arg-type] # as it is read
        assert tracer is NO_TRACER
    assert [finding async for finding in check(TracesSettings())] == []


async def test_headers(collector: FakeCollector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The collector gets the headers that were set, and none that the environment or a netrc has for others."""
    (tmp_path / "netrc").write_text("default login ada password of-another\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-key=of-another,x-other=of-another")
    given = {"endpoint": collector.url, "headers": "X-Key=se%2Ccret-one, x-team = blue "}
    settings = TracesSettings.model_validate(given)
    async with tracing(settings) as tracer:
        with spanning(tracer, "command"):
            pass
    assert [finding.problem async for finding in check(settings)] == [""]
    for request in collector.requests:
        assert (request.headers["x-key"], request.headers["x-team"]) == ("se,cret-one", "blue")
        assert "of-another" not in str(request.headers)
        assert "authorization" not in request.headers
    assert redact("It is se,cret-one.") == "It is [secret]."


@pytest.mark.parametrize("headers", ["abcdef", "=abcdef", "x-key=", "x key=abcdef", "x-key=abc%0Adef", "x-key=abcdef,"])
def test_headers_that_are_none(headers: str) -> None:
    """What is no list of headers is refused, without being repeated."""
    with pytest.raises(ValueError, match="name=value") as refused:
        TracesSettings.model_validate({"headers": headers})
    assert "abc" not in str(refused.value)


@pytest.mark.parametrize("endpoint", ["127.0.0.1:4318", "ftp://x", "http://ada:key@x", "http://x/?key=a", "http://"])
def test_addresses_that_are_none(endpoint: str) -> None:
    """What is no plain address is refused."""
    with pytest.raises(ValueError, match="it has to be an address"):
        TracesSettings(endpoint=endpoint)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Refuses(401), "answers with the status 401 (Unauthorized)"),
        (Refuses(503), "answers with the status 503 (Service Unavailable)"),
        (Refuses(799), "answers with the status 799"),
        (Refuses(302, (("location", "/elsewhere"),)), "answers with the status 302 (Found)"),
        (Takes(refused=2), "refuses 2 of them"),
        (Nonsense(b"what?", None), "cannot be reached, or broke off"),
        (Hangs(), "does not answer in time"),
    ],
)
def test_a_collector_that_takes_nothing(
    collector: FakeCollector, caplog: pytest.LogCaptureFixture, answer: Answer, problem: str
) -> None:
    """That spans do not arrive is said once, however many are sent, and once more when they arrive again."""
    caplog.set_level(logging.INFO)
    sending = Sending(TracesSettings(endpoint=collector.url), _SOON)
    host = collector.url.removeprefix("http://")
    collector.answer = answer
    for _ in range(3):
        sending.export(())
    collector.answer = Nonsense(b"\xff<html>")
    for _ in range(2):
        sending.export(())
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO] == [
        f"Traces do not arrive: {host} {problem}. They are dropped until they do, and nothing waits for them.",
        f"Traces arrive at {host} again",
    ]
    sending.shutdown()


async def test_the_end_is_not_held_up(collector: FakeCollector, caplog: pytest.LogCaptureFixture) -> None:
    """A collector that never answers holds the end up no longer than it may, and that traces are lost is said."""
    collector.answer = Hangs()
    async with tracing(TracesSettings(endpoint=collector.url), _SOON) as tracer:
        with spanning(tracer, "command"):
            pass
    assert caplog.messages == [f"The last traces are lost: {_host(collector)} does not answer in time."]


def _host(collector: FakeCollector) -> str:
    """Return the collector's host and port."""
    return collector.url.removeprefix("http://")


async def test_check(collector: FakeCollector) -> None:
    """`doctor` says whether the collector takes spans, and what to look at where it does not."""
    settings = TracesSettings(endpoint=collector.url)
    well = [finding async for finding in check(settings)]
    collector.answer = Refuses(401)
    (refused,) = [finding async for finding in check(settings)]
    (gone,) = [finding async for finding in check(TracesSettings(endpoint="http://127.0.0.1:9"))]
    assert well == [Finding("the traces")]
    assert refused.problem == f"{_host(collector)} answers with the status 401 (Unauthorized)."
    assert gone.problem == "127.0.0.1:9 cannot be reached, or broke off."
    assert "DIGESTBOT_TRACES_HEADERS" in refused.remedy
    assert not collector.spans


_WITHOUT = """
import sys
sys.modules["opentelemetry"] = None
from bot.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("command", [("digest", "."), ("run",), ("doctor",)])
def test_not_installed(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Traces that are set, and whose package is missing, end the program at once, and say what to install."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIGESTBOT_")}
    environment |= {"DIGESTBOT_TRACES_ENDPOINT": "http://127.0.0.1:9", "DIGESTBOT_DATA_DIR": str(tmp_path)}
    environment |= {"DIGESTBOT_HEALTH_PORT": "0", "DIGESTBOT_CONFIG": os.devnull}
    program = [sys.executable, "-c", _WITHOUT, *command]
    ended = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 5, ended.stderr
    assert 'pip install "digestbot[traces]"' in ended.stderr
