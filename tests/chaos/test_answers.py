"""Processes are killed at random while they answer, on the fakes of Slack and Discord, whose calls go wrong.

These runs are short; `python -m tests.chaos --answers` does long ones.
"""

from dataclasses import replace

import pytest

from tests.chaos.answers import AskedPlan, AskedResult, answer, chaos, compare

SHORT = AskedPlan(kills=2, questions=4, threads=1, factor=8, seconds=200)


@pytest.mark.long
@pytest.mark.parametrize("chat", ["slack", "discord"])
async def test_kills(chat: str) -> None:
    """Whenever a process is killed, each question has one whole answer in the end, which is remembered once."""
    result = await chaos(replace(SHORT, chat=chat))

    assert result.evidence == []
    assert result.wrong == 0, result
    assert (result.kills, result.answered) == (SHORT.kills, SHORT.questions)
    assert result.again


def test_it_counts_what_is_wrong() -> None:
    """An answer that is missing, half there or there twice is counted, and what else stands in the thread."""
    half, whole = answer(2, "a")[:40], answer(1, "a")
    result = AskedResult()
    compare([0, 1, 2, 4], ["Reading…", whole, half, answer(4, "a"), answer(4, "a")], "a", result)
    assert (result.missing, result.answered, result.broken, result.left) == (1, 1, 2, 1)
