"""How the bot is doing as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.asking import Spent
from bot.engine.under_way import UnderWay
from bot.errors import DigestbotError
from bot.model import Standing
from bot.ports import Agreement, RunningProcess


@dataclass(frozen=True, slots=True)
class Status:
    """What is known at a moment (UTC).

    `model` is the name of the language model, or None if none is configured. `work` is why it cannot be told where its
    database cannot be read. `standings` begin with those that are in trouble. `useful` and `useless` count answers.
    """

    at: datetime
    processes: Sequence[RunningProcess]
    model: str | None
    spent: Spent
    work: Sequence[UnderWay] | DigestbotError
    standings: Sequence[Standing]
    tiers: Agreement
    useful: int
    useless: int

    @property
    def troubles(self) -> int:
        """How many subscriptions are in trouble."""
        return sum(standing.in_trouble for standing in self.standings)

    @property
    def next_due(self) -> datetime | None:
        """When the next subscription is due (UTC) that is not overdue; None if none is."""
        return min((each.next_due for each in self.standings if each.next_due and not each.overdue), default=None)
