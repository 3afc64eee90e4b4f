"""How much language models may take: for one digest, and on one day (UTC) for all of them."""

import asyncio
from dataclasses import dataclass
from datetime import date

from bot.errors import BudgetSpent
from bot.model import Usage
from bot.ports import Clock, Spending


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tokens, read and written, and how many US dollars; None means as many as it takes.

    Dollars count where the prices of a model are known.
    """

    tokens: int | None = None
    cost: float | None = None

    def allows(self, spent: Usage, more: Usage) -> bool:
        """Tell whether there is room for more."""
        after = spent + more
        enough_tokens = self.tokens is None or after.input_tokens + after.output_tokens <= self.tokens
        return enough_tokens and (self.cost is None or after.cost is None or after.cost <= self.cost)


NO_LIMIT = Limit()


@dataclass(frozen=True, slots=True)
class Spent:
    """What was taken on a day (UTC), and how much may be."""

    day: date
    used: Usage
    limit: Limit

    @property
    def exhausted(self) -> bool:
        """Whether there is no room for one more call like those of the day, so that calls are likely to be refused."""
        calls, used = max(self.used.calls, 1), self.used
        tokens = max((used.input_tokens + used.output_tokens) // calls, 1)
        return not self.limit.allows(used, Usage(1, tokens, cost=(used.cost or 0.0) / calls))


async def spent_today(spending: Spending, limit: Limit, clock: Clock) -> Spent:
    """Return what was taken today (UTC), of a limit. Raises StoreUnavailable, StoreError."""
    day = clock.now().date()
    return Spent(day, await spending.spent(day), limit)


class Budget:
    """Counts what one digest takes, and says no before a limit is passed: what is under way counts as if it were taken.

    What a call will cost is estimated by what a token cost so far.
    """

    def __init__(self, digest: Limit, day: Limit, spending: Spending, clock: Clock) -> None:
        self.used = Usage()
        self._digest = digest
        self._day = day
        self._spending = spending
        self._clock = clock
        self._reserved = Usage()
        self._lock = asyncio.Lock()

    async def reserve(self, input_tokens: int, output_tokens: int) -> Usage:
        """Set aside what a call takes at most, and return it. Raises BudgetSpent, StoreUnavailable, StoreError."""
        async with self._lock:
            more = Usage(1, input_tokens, 0, output_tokens, self._price() * (input_tokens + output_tokens))
            wanted = self._reserved + more
            if not self._digest.allows(self.used, wanted):
                raise BudgetSpent("This digest has taken as much of the model as it may.", day=False)
            if self._day != NO_LIMIT:
                spent = await self._spending.spent(self._clock.now().date())
                if not self._day.allows(spent, wanted):
                    raise BudgetSpent("The model has been used today as much as it may be.", day=True)
            self._reserved = wanted
            return more

    async def settle(self, reserved: Usage, used: Usage) -> None:
        """Count what a call took in place of what was set aside for it. Raises StoreUnavailable, StoreError."""
        async with self._lock:
            self._reserved = _without(self._reserved, reserved)
            self.used += used
            if used != Usage():
                await self._spending.add(self._clock.now().date(), used)

    def _price(self) -> float:
        tokens = self.used.input_tokens + self.used.output_tokens
        return self.used.cost / tokens if self.used.cost and tokens else 0.0


def _without(whole: Usage, part: Usage) -> Usage:
    return Usage(
        whole.calls - part.calls,
        whole.input_tokens - part.input_tokens,
        0,
        whole.output_tokens - part.output_tokens,
        (whole.cost or 0.0) - (part.cost or 0.0),
    )
