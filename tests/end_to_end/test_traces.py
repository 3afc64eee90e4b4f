"""Traces of what the program does, as a collector on 127.0.0.1 gets them."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.contracts.repositories import BuiltRepository
from bot.ports.tracing import REQUEST
from tests.end_to_end.conftest import DAY, REPOSITORY, Bot, begin_afresh, of_hub, of_model
from tests.end_to_end.test_slack import files, running, until
from tests.end_to_end.venues import SlackThread, start
from tests.fakes.collector import FakeCollector, Received, Refuses, Takes
from tests.fakes.github import FakeGitHub
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Refuses as Denies
from tests.fakes.openai_answers import Says
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, World

_QUESTION = "What was raised?"

_FRESH = """
import asyncio, sys
from bot.app import App
from bot.cli import main
from bot.engine.roles import Role

async def run():
    stop = asyncio.Event()
    stop.set()
    async with App().process(Role.ALL) as process:
        await process.run(stop)

code = main(["digest", sys.argv[1], "2026-01-15", "--quiet"]) or main(["ask", sys.argv[1], "2026-01-15", "What?"])
asyncio.run(run())
print("loaded:", sorted(name for name in sys.modules if name.partition(".")[0] == "opentelemetry"))
sys.exit(code)
"""


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    """Yield a running collector."""
    with FakeCollector() as collector:
        yield collector


def test_off_by_default(built: BuiltRepository, tmp_path: Path) -> None:
    """Unless traces are set, neither a digest nor an answer nor `run` loads anything of OpenTelemetry."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIGESTBOT_")}
    environment |= {"DIGESTBOT_DATA_DIR": str(tmp_path / "data"), "DIGESTBOT_HEALTH_PORT": "0"}
    environment |= {"PYTHONPATH": str(Path.cwd()), "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    program = [sys.executable, "-c", _FRESH, str(built.path)]
    ended = subprocess.run(
        program, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "loaded: []"


@pytest.fixture
async def slack(
    hub: FakeGitHub, model: FakeOpenAI, collector: FakeCollector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FakeSlack]:
    """Yield a running Slack that the program's settings lead to, as they do to a model and a collector."""
    async with FakeSlack(World.with_people(), scale=60) as slack:
        begin_afresh(
            monkeypatch,
            tmp_path,
            DIGESTBOT_HEALTH_PORT="0",
            DIGESTBOT_LOGS_FORMAT="json",
            DIGESTBOT_TRACES_ENDPOINT=collector.url,
            SLACK_API_URL=slack.api,
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_APP_TOKEN=APP_TOKEN,
            **of_hub(hub),
            **of_model(model),
        )
        yield slack


async def test_on_slack(slack: FakeSlack, model: FakeOpenAI, collector: FakeCollector, built: BuiltRepository) -> None:
    """A command and a question are a trace each, from what was said to what was posted, with the id that the log has.

    Nothing is told of what commits, people and the model say.
    """
    asked = ("read_diff", json.dumps({"sha": built.sha(300)}))
    model.script(Says(None, calls=[asked]), f"Limits were raised [{built.sha(300)[:7]}].", on=_QUESTION)
    async with SlackThread.opened(slack) as thread:
        await thread.ask(_QUESTION)
    (said,) = thread.run.said
    ids = [line["request"] for line in map(json.loads, said.splitlines()) if "request" in line]
    assert edges(collector.spans) >= {
        ("", "command"),
        ("command", "find repository"),
        ("command", "slack post"),
        ("command", "job deliver"),
        ("job deliver", "find tip"),
        ("job deliver", "job build"),
        ("job build", "digest"),
        ("digest", "collect"),
        ("collect", "list pull requests"),
        ("digest", "read"),
        ("digest", "triage"),
        ("triage", "chat model-x"),
        ("digest", "analyse"),
        ("analyse", "chat model-x"),
        ("job deliver", "deliver"),
        ("deliver", "slack post"),
        ("", "question"),
        ("question", "slack post"),
        ("question", "job answer"),
        ("job answer", "answer"),
        ("answer", "chat model-x"),
        ("answer", "execute_tool read_diff"),
    }
    assert [(span.name, span.attributes[REQUEST]) for span in collector.spans if not span.parent] == [
        ("command", ids[0]),
        ("question", ids[-1]),
    ]
    assert len({(span.trace, span.attributes[REQUEST]) for span in collector.spans}) == 2
    assert [span.name for span in collector.spans if span.error is not None] == []
    written = b"".join(request.body for request in collector.requests)
    for secret in (_QUESTION, "Limits were", "Raise limit", "Title of", "limit = ", "engine/part", "race", BOT_TOKEN):
        assert secret.encode() not in written


async def test_a_subscription(slack: FakeSlack, collector: FakeCollector) -> None:
    """A digest that is due is a trace of its own, which nobody's command is part of."""
    general = slack.world.channels["C0GENERAL"]
    async with running(slack) as clock:
        due = (clock.now() + timedelta(minutes=4)).strftime("%H:%M")
        await slack.people.command("/digest", f"subscribe acme/rocket daily at {due} in UTC")
        await until(lambda: bool(files(general)))
    asked, posted = [span for span in collector.spans if not span.parent]
    assert (asked.name, posted.name) == ("command", "job subscription")
    assert asked.attributes[REQUEST] != posted.attributes[REQUEST]
    assert {("job subscription", "job build"), ("job subscription", "deliver")} <= edges(
        [span for span in collector.spans if span.trace == posted.trace]
    )


def edges(spans: Sequence[Received]) -> set[tuple[str, str]]:
    """Return the names of spans, each after that of its parent; "" where it has none."""
    names = {span.id: span.name for span in spans}
    return {(names.get(span.parent, span.parent), span.name) for span in spans}


async def test_a_collector_that_fails_for_a_while(
    slack: FakeSlack, model: FakeOpenAI, collector: FakeCollector, built: BuiltRepository
) -> None:
    """While a collector fails digests and answers come all the same; the log has a line of it, and one of its end."""
    collector.answer = Refuses(503)
    model.script(f"Limits were raised [{built.sha(300)[:7]}].", on=_QUESTION)
    async with SlackThread.opened(slack) as thread:
        await asyncio.to_thread(collector.wait, 1)
        collector.answer = Takes()
        answer = await thread.ask(_QUESTION)
    assert "Limits were raised" in answer.text
    (said,) = thread.run.said
    lines = [line for line in map(json.loads, said.splitlines()) if not line["logger"].startswith("bot")]
    of_traces = [line for line in lines if "race" in line["event"]]
    assert [(line["level"], line["event"].partition(" 127")[0]) for line in of_traces] == [
        ("warning", "Traces do not arrive:"),
        ("info", "Traces arrive at"),
    ]
    assert not [line for line in lines if line["logger"].startswith("opentelemetry")]
    assert ("question", "job answer") in edges(collector.spans)


async def test_at_a_terminal(slack: FakeSlack, model: FakeOpenAI, collector: FakeCollector) -> None:
    """A digest and an answer at a terminal are a trace each, and a failure tells its kind."""
    del slack  # its settings are of use
    model.script("[none]", on=_QUESTION)
    for words in (("digest", REPOSITORY, DAY), ("ask", REPOSITORY, DAY, _QUESTION)):
        assert (await (await start(*words)).communicate())[1] == b""
    assert ("digest", "collect") in edges(collector.spans)
    assert ("command", "digest") in edges(collector.spans)
    assert ("command", "answer") in edges(collector.spans)
    roots = [span.attributes["digestbot.command"] for span in collector.spans if not span.parent]
    assert roots == ["digest", "ask"]
    model.script(*[Denies(401, "no such key")] * 9)
    await (await start("digest", REPOSITORY, "2026-01-14")).communicate()
    failed = {span.name: span.attributes["error.type"] for span in collector.spans if span.error is not None}
    assert failed == {"chat model-x": "CredentialRefused"}


def test_a_collector_that_is_down(bot: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Where no traces can be sent a digest is what it is without, and that is said once."""
    without = bot(REPOSITORY, DAY)
    monkeypatch.setenv("DIGESTBOT_TRACES_ENDPOINT", "http://127.0.0.1:9")
    digested = bot(REPOSITORY, DAY)
    assert (digested.code, digested.out) == (0, without.out)
    (said,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert said.startswith("Traces do not arrive: 127.0.0.1:9 cannot be reached")
