"""What people ask for in words: what it is understood as, and the full-text queries that come of it."""

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st

from bot.answer.querying import understand
from bot.lexemes import terms
from bot.store import open_store
from tests.fuzz.inputs import words
from tests.fuzz.target import target
from tests.store.support import NOON, REPOSITORY, StoppedClock
from tests.store.test_change_index import numbered

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
_QUESTIONS = (
    "what became of `order_by_deadline` since 2026-01-12?", "is #1412 in engine/queue.py?",
    "昨天有什么 --fifo 的改动", "NEAR(a b)", 'a" OR "b', "a* ^b -c {col}: d", "'; DROP TABLE x; --", "a1b2c3d",
    "before yesterday", "tensor::view -> x",
)  # fmt: skip
_PIECES = ("NEAR", "AND", "NOT", "*", '"', "'", "^", ":", "(", ")", "|", "!", "&", "<->", "\\")


@target(st.tuples(words(_QUESTIONS, _PIECES), st.sampled_from(("UTC", "Asia/Shanghai"))))
def questions(given: tuple[str, str]) -> None:
    """A question is understood in some way, in bounded time and in a bounded number of terms."""
    query = understand(given[0], NOW, given[1])
    assert len(query.terms) <= 40
    assert all(0 <= number < 10**9 for number in query.numbers)
    assert all(7 <= len(digits) <= 40 and digits.isascii() for digits in query.digits)


@target(st.tuples(words(_QUESTIONS, _PIECES), words(_QUESTIONS, _PIECES)))
def full_text_queries(given: tuple[str, str]) -> None:
    """A change is found by each term of its own text, and a query of any text is no error of the database."""
    asyncio.run(_search(*given))


async def _search(text: str, asked: str) -> None:
    change = replace(numbered(1, text[:400]), committed_at=NOON)
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder), None, clock=StoppedClock()) as store:
            await store.change_index.keep(REPOSITORY, [change])
            wanted = list(dict.fromkeys(terms(text[:400])))[:20]
            found = await store.change_index.matching([REPOSITORY], wanted)
            assert set(found.frequencies.values()) <= {1}
            assert [each.sha for _, each in found.changes] == [change.sha]
            query = understand(asked, NOW, "UTC")
            await store.change_index.matching([REPOSITORY], query.terms, since=query.since, until=query.until)
            await store.change_index.named([REPOSITORY], query.digits, query.numbers)
