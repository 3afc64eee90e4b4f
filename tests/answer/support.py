"""What is answered from in tests: a day, a material of passages, and a memory for as long as a test runs."""

# ruff: noqa: ARG002 - what a port is told is more than a memory needs

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.answer.answering import Answerer
from bot.answer.material import Absence, Missing, Reading
from bot.answer.question import AnswerLimits, Question
from bot.answer.sentence import Sentence, paragraphs
from bot.model import Entry, Exchange, Passage, PassageKind, Tier, Usage
from bot.ports import AnsweringModel
from bot.present.blocks import Link
from bot.present.prose import plain
from tests.fakes.digests import NOON, ROCKET, analysis, commit, digest

REPOSITORY = ROCKET.full_name
DIFF = "@@ -1,3 +1,3 @@\n def pop(queue):\n-    limit = 16\n+    limit = 32\n     return queue"


def entry(subject: str, number: int, tier: Tier = Tier.HIGH, **said: str) -> Entry:
    """Return an entry of a digest."""
    return Entry(commit(subject, number=number), analysis(subject, tier=tier, summary=said.get("summary", "")))


DEADLINE = entry("Order requests by deadline", 17, summary="The flag `--fifo` is gone.")
LIMIT = entry("Raise the limit to 32", 18, Tier.MEDIUM)
DAY = digest([DEADLINE, LIMIT])
A, B = (each.commit.sha for each in (DEADLINE, LIMIT))
OLD = "0123456789abcdef0123456789abcdef01234567"
"""A change of another day, which only a tool finds."""


def passage(sha: str, kind: PassageKind, text: str, path: str | None = None, first: int | None = None) -> Passage:
    """Return something that can be read."""
    last = None if first is None else first + sum(not line.startswith(("-", "@@")) for line in text.split("\n")) - 1
    return Passage(REPOSITORY, sha, kind, text, path, first, last)


@dataclass
class FakeMaterial:
    """Holds passages, and counts who asks for which."""

    passages: list[Passage] = field(
        default_factory=lambda: [
            passage(A, PassageKind.MESSAGE, "Order requests by deadline\n\nThe heap pops in 4 ms."),
            passage(B, PassageKind.DIFF, " def pop(queue):\n-    limit = 16\n+    limit = 32", "engine/queue.py", 7),
            passage(OLD, PassageKind.CHANGE, "#9 Add the queue (high, feature, Tuesday 2026-01-13)"),
        ]
    )
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def _those(self, name: str, wanted: Callable[[Passage], bool], *asked: str) -> Reading:
        self.asked.append((name, *asked))
        found = tuple(filter(wanted, self.passages))
        return Reading(found) if found else Reading(missing=(Missing(asked[0], Absence.UNKNOWN),))

    async def changes(self, names: Sequence[str]) -> Reading:
        """Return changes."""
        return self._those("changes", lambda each: each.sha.startswith(tuple(names)), *names)

    async def commit(self, sha: str) -> Reading:
        """Return a message."""
        return self._those("commit", lambda each: each.sha.startswith(sha) and each.path is None, sha)

    async def diff(self, sha: str, path: str | None, tokens: int) -> Reading:
        """Return a diff."""
        assert tokens > 0
        return self._those(
            "diff", lambda each: each.sha.startswith(sha) and each.path in (path, each.path), sha, path or ""
        )

    async def file(self, sha: str, path: str, first: int = 1, last: int | None = None) -> Reading:
        """Return lines of a file."""
        return self._those("file", lambda each: each.sha.startswith(sha) and each.path == path, sha, path)

    async def history(self, path: str, limit: int) -> Reading:
        """Return what touches a path."""
        return self._those("history", lambda each: each.path == path, path)

    async def search(
        self, query: str, limit: int, since: datetime | None = None, until: datetime | None = None
    ) -> Reading:
        """Return what has a word of the query."""
        words = [word for word in re.findall(r"\w+", query.lower()) if len(word) > 4]
        return self._those("search", lambda each: any(word in each.text.lower() for word in words), query)


class Memory:
    """Keeps exchanges, ratings and what was spent."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Exchange]] = {}
        self.taken = Usage()
        self.rated: list[tuple[str, str, bool]] = []

    async def exchanges(self, conversation: str, most: int, but: str | None = None) -> Sequence[Exchange]:
        """Return the newest."""
        return self.kept.get(conversation, [])[-most:]

    async def keep(self, conversation: str, exchange: Exchange, most: int, question: str | None = None) -> int:
        """Append one."""
        self.kept.setdefault(conversation, []).append(exchange)
        return len(self.kept[conversation])

    async def asked(
        self,
        since: datetime,
        *,
        conversation: str | None = None,
        user: str | None = None,
        but: str | None = None,
    ) -> int:
        """Count."""
        return sum(
            each.asked_at >= since and user in (None, each.user)
            for key, every in self.kept.items()
            for each in every
            if conversation in (None, key)
        )

    async def rate(self, conversation: str, user: str, *, useful: bool, question: str | None = None) -> bool:
        """Keep one."""
        self.rated.append((conversation, user, useful))
        return conversation in self.kept

    async def ratings(self) -> tuple[int, int]:
        """Return nothing."""
        return 0, 0

    async def forget(self, conversation: str, question: str | None = None) -> None:
        """Drop a conversation."""
        self.kept.pop(conversation, None)

    async def spent(self, day: date) -> Usage:
        """Return what was taken."""
        return self.taken

    async def add(self, day: date, usage: Usage) -> None:
        """Count what was taken."""
        self.taken += usage


class Clock:
    """Stands at noon."""

    def now(self) -> datetime:
        """Return noon."""
        return NOON

    async def sleep(self, seconds: float) -> None:
        """Let others run."""
        await asyncio.sleep(0)


@dataclass
class Bench:
    """An answerer with what it works on."""

    model: AnsweringModel | None
    material: FakeMaterial = field(default_factory=FakeMaterial)
    memory: Memory = field(default_factory=Memory)
    limits: AnswerLimits = field(default_factory=AnswerLimits)

    def question(self, text: str) -> Question:
        """Return a question in the thread."""
        return Question("thread", "ada", text, (DAY,), self.material)

    async def ask(self, text: str) -> list[Sentence]:
        """Return the answer to a question."""
        answerer = Answerer(self.model, self.memory, self.memory, Clock(), self.limits)
        return [sentence async for sentence in answerer.answer(self.question(text))]


def words(sentences: Iterable[Sentence]) -> list[str]:
    """Return an answer as it reads, a line each."""
    return [plain(paragraph.spans) for paragraph in paragraphs(sentences)]


def links(sentences: Iterable[Sentence]) -> list[str]:
    """Return where an answer leads."""
    return [span.url for each in sentences for span in each.spans if isinstance(span, Link)]
