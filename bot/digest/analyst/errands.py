"""Jobs that run at the same time, and what is said where one of them fails."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping
from typing import Any, TypeVar

from bot.errors import BudgetSpent, ConfigurationError, ModelError, ModelUnavailable, StoreError
from bot.model import Phrase

_Result = TypeVar("_Result")

FAILURES = (ModelUnavailable, ModelError, ConfigurationError)
"""What asking a model fails with. StoreError is among them by type; `why` raises it again."""


async def together(jobs: Iterator[Coroutine[Any, Any, _Result]]) -> list[_Result]:
    """Return what all of the jobs return; if one of them raises, the others are given up.

    They are made one by one, while the first are under way already.
    """
    tasks = []
    try:
        for job in jobs:
            tasks.append(asyncio.ensure_future(job))
            await asyncio.sleep(0)
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


_NOTES = {
    "fallback-unavailable": "model-unavailable",
    "fallback-refused": "model-refused",
    "fallback-day-spent": "model-day-spent",
    "fallback-digest-spent": "model-digest-spent",
    "fallback-unusable": "model-unusable",
}


def notes_on(fallback: Mapping[str, Phrase]) -> tuple[Phrase, ...]:
    """Return a note for every reason, with how many changes it is the reason for."""
    counts = Counter(reason.id for reason in fallback.values())
    return tuple(Phrase.of(_NOTES[reason], count=count) for reason, count in counts.items())


def why(error: Exception) -> Phrase:
    """Return why a change is not the model's. Raises an error that is the store's."""
    if isinstance(error, StoreError):
        raise error
    if isinstance(error, ModelUnavailable):
        return Phrase.of("fallback-unavailable")
    if isinstance(error, ConfigurationError):
        return Phrase.of("fallback-refused")
    if isinstance(error, BudgetSpent):
        return Phrase.of("fallback-day-spent" if error.day else "fallback-digest-spent")
    return Phrase.of("fallback-unusable")
