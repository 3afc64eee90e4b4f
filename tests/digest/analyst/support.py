"""A day to analyse, a model on a script, and memories for what is kept."""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.asking import Attempt, Dropped, Spoken
from bot.digest import rules
from bot.digest.analyst import AnalystSettings, Change, Day, Findings, ModelAnalyst
from bot.digest.analyst.analyst import Kept
from bot.digest.diffs import HIGH_TOKENS, estimate, prepare
from bot.model import (
    EVERYBODY,
    Audience,
    Commit,
    DepthText,
    FileChange,
    FilePatch,
    Patch,
    Repository,
    Tier,
    Usage,
    Verdict,
    Window,
)
from bot.ports import DepthKey, Finish, ModelAnswer, ModelRequest, Stage
from tests.digest.written import NOON, change

ROCKET = Repository("acme/rocket", "https://code.example/acme/rocket.git", "https://code.example/acme/rocket")
THURSDAY = Window(datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 1, 16, tzinfo=UTC), "UTC", "today")

Json = dict[str, Any]
Given = ModelAnswer | str | Json | Exception
_SECTION = re.compile(r"^=== (?P<mark>[0-9a-f]{12}) change (?P<id>[0-9a-f]+)\n", re.MULTILINE)


class FixedClock:
    """A clock that stands still, and waits for nobody."""

    def now(self) -> datetime:
        """Return noon."""
        return NOON

    async def sleep(self, seconds: float) -> None:
        """Let others run."""
        assert seconds >= 0
        await asyncio.sleep(0)


class Memory:
    """Keeps what models said and took, for as long as a test runs."""

    def __init__(self) -> None:
        self.said: dict[tuple[str, str], Verdict] = {}
        self.written: dict[tuple[DepthKey, str], DepthText] = {}
        self.taken: dict[date, Usage] = {}

    async def verdicts(self, day: str, shas: Iterable[str]) -> Mapping[str, Verdict]:
        """Return what was said of the changes in the triage of this day."""
        return {sha: self.said[day, sha] for sha in shas if (day, sha) in self.said}

    async def keep_verdicts(self, day: str, verdicts: Mapping[str, Verdict]) -> None:
        """Keep what was said; a verdict that is there already stays."""
        for sha, verdict in verdicts.items():
            self.said.setdefault((day, sha), verdict)

    async def texts(self, key: DepthKey, shas: Iterable[str]) -> Mapping[str, DepthText]:
        """Return what was written about the changes."""
        return {sha: self.written[key, sha] for sha in shas if (key, sha) in self.written}

    async def keep_texts(self, key: DepthKey, texts: Mapping[str, DepthText]) -> None:
        """Keep what was written."""
        self.written |= {(key, sha): text for sha, text in texts.items()}

    async def spent(self, day: date) -> Usage:
        """Return what was taken on a day."""
        return self.taken.get(day, Usage())

    async def add(self, day: date, usage: Usage) -> None:
        """Count what was taken."""
        self.taken[day] = self.taken.get(day, Usage()) + usage


@dataclass
class Steps:
    """Counts the steps of a job."""

    done: int = 0

    def begin(self, stage: Stage, subject: str, total: int | None = None) -> None:
        """Begin a stage."""

    def advance(self, steps: int = 1) -> None:
        """Count steps."""
        self.done += steps


@dataclass
class Model:
    """A language model that answers by a function of the request, and keeps its history."""

    answer: Callable[[ModelRequest], Given]
    context: int = 128_000
    history: list[ModelRequest] = field(default_factory=list)
    peak: int = 0
    _active: int = 0

    def name(self, *, light: bool = False) -> str:
        """Return the name of the model."""
        return "model-light" if light else "model-x"

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return the answer."""
        self.history.append(request)
        self._active += 1
        self.peak = max(self.peak, self._active)
        # The others of a round begin before the first of them is answered.
        for _ in range(20):
            await asyncio.sleep(0)
        self._active -= 1
        given = self.answer(request)
        if isinstance(given, Exception):
            raise given
        if isinstance(given, ModelAnswer):
            return given
        return says(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False), request)

    def tasks(self) -> list[str]:
        """Return what was asked for, in order."""
        return [request.task for request in self.history]


def says(text: str, request: ModelRequest | None = None, finish: Finish = Finish.COMPLETE) -> ModelAnswer:
    """Return an answer with what it took."""
    read = estimate(request.instructions) + estimate(request.material) if request else 0
    return ModelAnswer(text, finish, Usage(1, read, 0, estimate(text), 0.001))


def sections(request: ModelRequest) -> dict[str, str]:
    """Return what a request says of each change that it is about, by the name that it gives it."""
    text = request.material
    found = list(_SECTION.finditer(text))
    ends = [each.start() for each in found[1:]] + [len(text)]
    texts = {}
    for each, end in zip(found, ends, strict=True):
        inside = text[each.end() : end]
        texts[each["id"]] = inside.partition(f"=== {each['mark']}")[0].partition(f"</material {each['mark']}>")[0]
    return texts


def verdict(name: str, text: str, **said: object) -> Json:
    """Return what an honest model says of a change in a triage, or other than that."""
    subject = text.strip().partition("\n")[0]
    tier = next((tier for tier in Tier if f"[{tier}]" in subject), Tier.LOW)
    return {
        "sha": name,
        "tier": tier,
        "importance": {"high": 90, "medium": 50, "low": 10}[tier],
        "change_type": "fix",
        "reason": "It alters what callers see.",
        "headline": f"Now {_plain(subject)}.",
        "line": f"Callers now see {_plain(subject)}.",
    } | said


def written(name: str, text: str, **said: object) -> Json:
    """Return what an honest model writes of a medium change, or other than that."""
    subject = text.strip().partition("\n")[0]
    path = next(iter(re.findall(r"[\w/]+\.py", text)), "engine/none.py")
    return {
        "sha": name,
        "change_type": "fix",
        "summary": f"Requests see {_plain(subject)}.",
        "scope": [{"path": path, "what": "The queue is a heap."}],
        "advice": ["Restart the workers."],
    } | said


def in_full(name: str, text: str, **said: object) -> Json:
    """Return what an honest model writes of a high change, or other than that."""
    short = written(name, text)
    risk = {"severity": "high", "what": "Old clients jump the queue.", "consequence": "Others wait longer."}
    return (
        short
        | {
            "insight": [{"aspect": "performance", "text": "A pop is cheaper."}],
            "risks": [risk | {"path": short["scope"][0]["path"], "line": 2}],
            "conclusion": "Set a default deadline first.",
        }
        | said
    )


def honest(request: ModelRequest) -> Given:
    """Return what a model says that does what it is asked for, of each change by what stands in its own part."""
    asked = sections(request)
    if request.task == "triage":
        return {"changes": [verdict(name, text) for name, text in asked.items()]}
    if request.task == "medium":
        return {"changes": [written(name, text) for name, text in asked.items()]}
    name, text = next(iter(asked.items()))
    return in_full(name, text) if request.task == "high" else verdict(name, text) | written(name, text)


def landed(number: int, subject: str, *files: FileChange | str, body: str = "", diff: str = "", **more: Any) -> Change:  # noqa: ANN401 - whatever a commit has
    """Return the change with this number; its patch adds a line to its first file unless it is said to be another."""
    commit: Commit = replace(change(subject, *(files or (f"engine/part{number}.py",))), **more)
    sha = f"{number:04x}" * 10
    commit = replace(
        commit, sha=sha, message=f"{subject}\n\n{body}".strip(), committed_at=NOON + timedelta(minutes=number)
    )
    text = diff or f"@@ -1,2 +1,3 @@\n def pop(queue):\n+    ordered = {number}\n     return queue\n"
    patch = Patch(sha, (FilePatch(commit.files[0].path, text, len(text)),) if commit.files else ())
    return Change(commit, rules.analyse(commit, patch), prepare(commit, patch, 4 * HIGH_TOKENS))


def day(*changes: Change, language: str = "en", audience: Audience = EVERYBODY) -> Day:
    """Return a day of these changes."""
    return Day(ROCKET, THURSDAY, language, audience, changes)


def busy(count: int) -> list[Change]:
    """Return changes of which about a sixth are high and a third medium."""
    tiers = ("high", "medium", "low", "low", "medium", "low")
    return [
        landed(number, f"Order requests [{tiers[number % 6]}] by deadline {number}") for number in range(1, count + 1)
    ]


@dataclass
class Bench:
    """An analyst on a model's script, with what it told."""

    model: Model
    memory: Memory = field(default_factory=Memory)
    settings: AnalystSettings = field(default_factory=AnalystSettings)
    told: list[Attempt | Spoken | Dropped] = field(default_factory=list)
    steps: Steps = field(default_factory=Steps)

    async def analyse(self, changes: Day | Sequence[Change]) -> Findings:
        """Return what is found out about a day."""
        analyst = ModelAnalyst(
            self.model, Kept(self.memory, self.memory), self.settings, FixedClock(), self.told.append
        )
        return await analyst.analyse(changes if isinstance(changes, Day) else day(*changes), self.steps)

    @property
    def attempts(self) -> list[Attempt]:
        """The calls that were told of."""
        return [each for each in self.told if isinstance(each, Attempt)]

    @property
    def dropped(self) -> list[Dropped]:
        """The claims that were told to be dropped."""
        return [each for each in self.told if isinstance(each, Dropped)]


def bench(answer: Callable[[ModelRequest], Given] = honest, **model: Any) -> Bench:  # noqa: ANN401 - see Model
    """Return an analyst whose model answers so."""
    return Bench(Model(answer, **model))


def _plain(subject: str) -> str:
    return re.sub(r"[.\[\]]", "", subject)[:60] or "nothing"
