"""What the analysis of a day takes of a language model: calls, and wall time against the latency of its server.

    python -m tests.bench.analysis [--latency SECONDS]

The days are made, and so is the model: a server on 127.0.0.1 that answers each call after the latency. Beside it runs
what tools of this kind usually do: two calls a change, one after the other. What is timed is the digest in a process
that has made one before, as that of the running bot has: from the request until all of it is there.
"""

import asyncio
import json
import math
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

from bot.app import App
from bot.cli.progress import NoProgress
from bot.contracts.repositories import BuiltRepository, Story
from bot.model import Digest
from bot.ports import ModelRequest
from bot.present.labels import Labels
from bot.present.report import render
from bot.talk.periods import parse
from tests.bench.rows import Bound, Row, parser, report
from tests.digest.analyst.support import Given, honest
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_calls import Call

CALLS_OF_A_DAY = 14
SECONDS_OF_A_DAY = 3.5
CALLS_A_CHANGE = 0.5
OF_THE_CRITICAL_PATH = 1.25
CONCURRENCY = 16
GROWTH_LIMIT = 20

_DAY = datetime(2026, 1, 15, tzinfo=UTC)
_NOW = _DAY + timedelta(days=7)
_TIERS = ("high", "medium", "low", "low", "medium", "low")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the program took; `report` is how large its report is, in kB."""

    seconds: float
    calls: int
    depth_calls: int
    changes: int
    report: float


def answer(call: Call) -> Given:
    """Answer as an honest model does."""
    return honest(ModelRequest(call.task, call.system, call.user, {}, 0))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    takes = parser("tests.bench.analysis", __doc__)
    takes.add_argument("--latency", type=float, default=1.0, help="seconds that each call takes")
    options = takes.parse_args(arguments)
    return report(rows(options.latency), as_json=options.json)


def rows(latency: float) -> Iterator[Row]:
    """Yield what a day takes of the model: cold, again, grown, and one of 300 changes."""
    with tempfile.TemporaryDirectory() as folder, FakeOpenAI(answer=answer).in_thread() as model:  # type: ignore[arg-type] # it never raises
        place = Path(folder)
        _configure(model, place)
        _digest(model, _story(1).write(place / "first"), place)
        model.latency = latency
        story = _story(24)
        busy = story.write(place / "busy")
        kept = _size(place)
        cold = _digest(model, busy, place)
        kept = _size(place) - kept
        again = _digest(model, busy, place)
        yield from _busy_day(cold, again, _one_after_the_other(model, 24), latency)
        yield Row("what the database grows by for it", kept, "its report", cold.report, GROWTH_LIMIT, "kB")
        _add(story, 24, 27)
        grown = _digest(model, story.write(place / "grown"), place, busy)
        yield _counted("calls for 3 new changes in it", grown.calls, "the day anew", cold.calls, 4)
        huge = _digest(model, _story(300).write(place / "huge"), place)
    yield _counted("calls for 300 changes", huge.calls, "two a change", 600, int(CALLS_A_CHANGE * huge.changes))
    critical = (1 + math.ceil(huge.depth_calls / CONCURRENCY)) * latency
    path = f"the critical path, {CONCURRENCY} calls at a time"
    yield Row("300 changes", huge.seconds, path, critical, OF_THE_CRITICAL_PATH, "s")


def _busy_day(cold: Run, again: Run, sequential: float, latency: float) -> Iterator[Row]:
    calls = "two a change, one after the other"
    yield _counted("calls for a cold day of 24 changes", cold.calls, calls, 48, CALLS_OF_A_DAY)
    most = SECONDS_OF_A_DAY * max(latency, 1)
    what = f"a cold day of 24 changes, {latency:g} s a call"
    yield Row(what, cold.seconds, calls, sequential, most, "s", Bound.OURS_AT_MOST)
    yield _counted("calls for the same day again", again.calls, "the first time", cold.calls, 0)


def _counted(what: str, ours: int, compared: str, theirs: int, most: int) -> Row:
    return Row(what, ours, compared, theirs, most, bound=Bound.OURS_AT_MOST)


def _story(changes: int) -> Story:
    story = Story()
    story.commit("Begin", {"README.md": "rocket\n"}, at=_DAY - timedelta(days=1))
    _add(story, 0, changes)
    return story


def _add(story: Story, first: int, last: int) -> None:
    for number in range(first, last):
        lines = "".join(f"    step_{number}_{line} = pop(queue, {line})\n" for line in range(30))
        files = {f"engine/part_{number}.py": f"def order_{number}(queue):\n{lines}    return queue\n"}
        subject = f"Order requests [{_TIERS[number % 6]}] by deadline, case {number}"
        story.commit(subject, files, at=_DAY + timedelta(minutes=4 * number))


def _digest(
    model: FakeOpenAI, repository: BuiltRepository, place: Path, known_as: BuiltRepository | None = None
) -> Run:
    """Digest the day; what was kept of `known_as` counts for the repository."""
    path = repository.path
    if known_as:
        known_as.path.rename(place / "old")
        path = repository.path.rename(known_as.path)
    before = len(model.history)
    began = time.perf_counter()
    digest = asyncio.run(_digested(str(path)))
    seconds = time.perf_counter() - began
    if digest.receipt.fallback:
        raise RuntimeError(f"the rules had to help: {digest.receipt}")
    calls = model.history[before:]
    report = len(render([digest], Labels("en")).encode()) / 1024
    return Run(seconds, len(calls), sum(call.task != "triage" for call in calls), len(digest.entries), report)


def _size(place: Path) -> float:
    """Return how much is in the database, in kB."""
    with closing(sqlite3.connect(place / "data" / "digestbot.sqlite3")) as database:
        pages, free = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
        size: int = database.execute("PRAGMA page_size").fetchone()[0]
    return float((pages - free) * size / 1024)


async def _digested(path: str) -> Digest:
    async with App().service([path]) as service:
        async for digest in service.digests([path], parse(_DAY.date().isoformat(), _NOW, "UTC"), "en", NoProgress()):
            if isinstance(digest, Digest):
                return digest
            raise digest.error
    raise RuntimeError("there is no digest")


def _configure(model: FakeOpenAI, place: Path) -> None:
    for name in os.environ:
        if name.startswith(("DIGESTBOT_", "OPENAI_")) or name == "DATABASE_URL":
            del os.environ[name]
    os.environ |= {
        "DIGESTBOT_DATA_DIR": str(place / "data"),
        "DIGESTBOT_MODEL": "model-x",
        "DIGESTBOT_MODEL_CONTEXT": "128000",
        "DIGESTBOT_MODEL_CONCURRENCY": str(CONCURRENCY),
        "OPENAI_API_KEY": "sk-of-nobody",
        "OPENAI_BASE_URL": model.url,
    }


def _one_after_the_other(model: FakeOpenAI, changes: int) -> float:
    """Return how many seconds it takes to ask twice about each change, waiting for each answer."""
    body = json.dumps({"model": "model-x", "messages": [{"role": "user", "content": "What does this change do?"}]})
    headers = {"content-type": "application/json", "authorization": "Bearer sk-of-nobody"}
    request = Request(f"{model.url}/chat/completions", body.encode(), headers)  # noqa: S310 - the fake's own address
    answered, model.answer = model.answer, lambda _: "It orders requests."
    began = time.perf_counter()
    for _ in range(2 * changes):
        with urlopen(request) as reply:  # noqa: S310 - see above
            reply.read()
    model.answer = answered
    return time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main())
