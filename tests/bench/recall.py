"""`python -m tests.bench.recall`: how many of the changes that answer a question are among the first ten found.

The questions and the repository are those of `tests/answer/questions.py`.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from bot.store import open_store
from tests.answer.digested import Digested, digest_all
from tests.answer.questions import QUESTIONS, Kind
from tests.answer.recall import AT, mean, recalls
from tests.bench.rows import Bound, Row, parser, report
from tests.store.support import StoppedClock

LEAST_NAMED = 0.9
LEAST_DESCRIBED = 0.7


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures and every question that misses something, and return 1 if they are too low."""
    options = parser("tests.bench.recall", __doc__).parse_args(arguments)
    return report(asyncio.run(_rows()), as_json=options.json)


async def _rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="digestbot-recall-") as folder:
        async with open_store(Path(folder) / "data", clock=StoppedClock()) as store:
            return [row async for row in _measured(await digest_all(store, Path(folder)))]


async def _measured(digested: Digested) -> AsyncIterator[Row]:
    found = await recalls(digested.library, digested.shas)
    among, all_of_them = f"recall, first {AT} of {len(digested.shas)}", "all that answer"
    least = Bound.RATIO_AT_LEAST
    yield Row(f"{among}, names a thing", mean(found, named=True), all_of_them, 1, LEAST_NAMED, bound=least)
    yield Row(f"{among}, describes it", mean(found, named=False), all_of_them, 1, LEAST_DESCRIBED, bound=least)
    for question, recall in found.items():
        if recall < 1:
            print(f"{recall:.2f}  {question.text}", file=sys.stderr)
    refused = [question for question in QUESTIONS if question.kind is Kind.UNANSWERABLE]
    wrong = [each.text for each in refused if (await digested.library.search(each.text, AT)).passages]
    yield Row("questions without an answer that find something", len(wrong), "all of these", len(refused), limit=0)


if __name__ == "__main__":
    raise SystemExit(main())
