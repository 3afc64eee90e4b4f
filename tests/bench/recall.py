"""`python -m tests.bench.recall`: how many of the changes that answer a question are among the first ten found.

The questions and the repository are those of `tests/answer/questions.py`.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.store import open_store
from tests.answer.digested import Digested, digest_all
from tests.answer.questions import QUESTIONS, Kind
from tests.answer.recall import AT, mean, recalls
from tests.store.support import StoppedClock

LEAST_NAMED = 0.9
LEAST_DESCRIBED = 0.7


def main(_arguments: Sequence[str]) -> int:
    """Print the figures and every question that misses something, and return 1 if they are too low."""
    return asyncio.run(_main())


async def _main() -> int:
    with tempfile.TemporaryDirectory(prefix="digestbot-recall-") as folder:
        async with open_store(Path(folder) / "data", clock=StoppedClock()) as store:
            return await _report(await digest_all(store, Path(folder)))


async def _report(digested: Digested) -> int:
    found = await recalls(digested.library, digested.shas)
    named, described = mean(found, named=True), mean(found, named=False)
    print(f"recall at {AT}, {len(QUESTIONS)} questions about {len(digested.shas)} changes")
    print(f"  names a thing   {named:.3f} (at least {LEAST_NAMED})")
    print(f"  describes it    {described:.3f} (at least {LEAST_DESCRIBED})")
    for question, recall in found.items():
        if recall < 1:
            print(f"  {recall:.2f}  {question.text}")
    refused = [question for question in QUESTIONS if question.kind is Kind.UNANSWERABLE]
    wrong = [each.text for each in refused if (await digested.library.search(each.text, AT)).passages]
    print(f"  {len(refused) - len(wrong)} of {len(refused)} that cannot be answered find nothing")
    return int(named < LEAST_NAMED or described < LEAST_DESCRIBED or bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main([]))
