"""A budget is never passed, and a server that is down is not waited for."""

import asyncio
from datetime import timedelta

import pytest

from bot.asking import Budget, Limit, Spent
from bot.asking.circuit import Circuit
from bot.errors import BudgetSpent, CredentialRefused, DigestbotError, ModelError, ModelUnavailable
from bot.model import Usage
from tests.digest.analyst.support import FixedClock, Memory
from tests.digest.written import NOON


def budget(digest: Limit | None = None, day: Limit | None = None, memory: Memory | None = None) -> Budget:
    """Return a budget with these limits."""
    return Budget(digest or Limit(), day or Limit(), memory or Memory(), FixedClock())


async def test_what_is_under_way_counts() -> None:
    """A call is not begun if it could pass the limit together with those that were begun; what is left over is free."""
    limited = budget(Limit(tokens=1_000))
    first = await limited.reserve(300, 300)
    with pytest.raises(BudgetSpent):
        await limited.reserve(300, 300)
    await limited.settle(first, Usage(1, 300, 0, 50, 0.1))
    await limited.reserve(300, 300)


@pytest.mark.parametrize(
    ("used", "limit", "exhausted"),
    [
        (Usage(), Limit(), False),
        (Usage(), Limit(tokens=0), True),
        (Usage(), Limit(tokens=10_000, cost=1.0), False),
        (Usage(8, 700, 0, 100, 0.8), Limit(tokens=900, cost=0.9), False),
        (Usage(8, 700, 0, 100, 0.8), Limit(tokens=899), True),
        (Usage(8, 700, 0, 100, 0.8), Limit(cost=0.85), True),
        (Usage(8, 700, 0, 100, None), Limit(cost=0.1), False),
    ],
)
def test_a_day_is_spent(used: Usage, limit: Limit, *, exhausted: bool) -> None:
    """A day is spent when one more call like those of the day would pass a limit; dollars count where known."""
    assert Spent(NOON.date(), used, limit).exhausted is exhausted


async def test_dollars_count_by_what_a_token_cost_so_far() -> None:
    """After a first call the price of the next is known well enough to stop in time."""
    limited = budget(Limit(cost=0.15))
    await limited.settle(await limited.reserve(500, 500), Usage(1, 500, 0, 500, 0.1))
    with pytest.raises(BudgetSpent) as caught:
        await limited.reserve(500, 500)
    assert not caught.value.day
    await limited.reserve(200, 200)


async def test_the_day_counts_what_others_took() -> None:
    """A day's budget is that of all digests, and begins anew on the next day."""
    memory = Memory()
    await memory.add(NOON.date(), Usage(1, 900, 0, 0, 0.0))
    await memory.add(NOON.date() - timedelta(days=1), Usage(1, 10_000, 0, 0, 0.0))
    limited = budget(day=Limit(tokens=1_000), memory=memory)
    with pytest.raises(BudgetSpent) as caught:
        await limited.reserve(150, 0)
    assert caught.value.day
    await limited.settle(await limited.reserve(50, 0), Usage(1, 50, 0, 0, 0.0))
    assert (await memory.spent(NOON.date())).input_tokens == 950


async def test_what_has_no_price_is_counted_in_tokens_alone() -> None:
    """A cost that is not known passes no limit in dollars."""
    limited = budget(Limit(cost=0.01, tokens=2_000))
    await limited.settle(await limited.reserve(500, 500), Usage(1, 500, 0, 500, None))
    await limited.settle(await limited.reserve(500, 0), Usage(1, 500, 0, 0, None))
    assert limited.used == Usage(2, 1_000, 0, 500, None)
    with pytest.raises(BudgetSpent):
        await limited.reserve(500, 500)


async def fail(error: DigestbotError) -> None:
    """Fail at once."""
    await asyncio.sleep(0)
    raise error


async def succeed() -> None:
    """Succeed at once."""


async def test_three_failures_without_an_answer_end_it() -> None:
    """Whoever waits for a server that is down is told at once, and nobody asks it again."""
    circuit = Circuit()
    waiting = asyncio.ensure_future(circuit.through(asyncio.sleep(600)))
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            await circuit.through(fail(ModelUnavailable("Down.")))
    with pytest.raises(ModelUnavailable):
        await waiting
    with pytest.raises(ModelUnavailable):
        await circuit.through(succeed())


async def test_a_server_that_has_answered_gets_more_patience() -> None:
    """Failures between answers end nothing, and an answer that is turned down is one."""
    circuit = Circuit()
    await circuit.through(succeed())
    for error in [ModelUnavailable("Busy.")] * 9 + [ModelError("No.")] + [ModelUnavailable("Busy.")] * 9:
        with pytest.raises(type(error)):
            await circuit.through(fail(error))
    await circuit.through(succeed())


async def test_a_refused_key_ends_it_at_once() -> None:
    """No second call is made with a key that is not taken."""
    circuit = Circuit()
    with pytest.raises(CredentialRefused):
        await circuit.through(fail(CredentialRefused("No.")))
    with pytest.raises(CredentialRefused):
        await circuit.through(succeed())


async def test_cancelling_one_caller_cancels_its_call() -> None:
    """A caller that is cancelled is cancelled, whatever the server does."""
    circuit = Circuit()
    waiting = asyncio.ensure_future(circuit.through(asyncio.sleep(600)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await circuit.through(succeed())
