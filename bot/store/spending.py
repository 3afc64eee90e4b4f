"""What language models took. See `bot.ports.Spending`."""

from datetime import date

from sqlalchemy import select

from bot.model import Usage
from bot.store.engine import Database
from bot.store.rows import add_up
from bot.store.tables import SPENDING

_COUNTS = ("calls", "input_tokens", "cached_tokens", "output_tokens")


class StoredSpending:
    """Adds up usage by the day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spent(self, day: date) -> Usage:
        """Return what was taken on a day."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(SPENDING).where(SPENDING.columns.day == day.isoformat()))
            row = found.mappings().one_or_none()
        if row is None:
            return Usage()
        cost = None if row["unpriced"] else row["cost"]
        return Usage(**{name: row[name] for name in _COUNTS}, cost=cost)

    async def add(self, day: date, usage: Usage) -> None:
        """Count what was taken."""
        row = {name: getattr(usage, name) for name in _COUNTS}
        row |= {"day": day.isoformat(), "cost": usage.cost or 0.0, "unpriced": usage.calls * (usage.cost is None)}
        async with self._database.writing() as connection:
            await add_up(connection, SPENDING, row)
