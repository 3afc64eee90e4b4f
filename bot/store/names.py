"""Resolved names. See `bot.ports.ResolvedNames`."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from bot.ports import Clock
from bot.store.engine import Database
from bot.store.rows import timestamp, upsert
from bot.store.tables import RESOLVED_NAMES

_COLUMNS = RESOLVED_NAMES.columns


class StoredNames:
    """Keeps resolved names, in the form in which they compare equal without regard to case."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def recall(self, name: str, *, scope: str = "", since: datetime | None = None) -> str | None:
        """Return what a name stands for, or None."""
        wanted = select(_COLUMNS.full_name).where(_is(name, scope))
        if since:
            wanted = wanted.where(_COLUMNS.kept_at >= int(since.timestamp()))
        async with self._database.reading() as connection:
            found: str | None = await connection.scalar(wanted)
            return found

    async def remember(self, name: str, full_name: str, *, scope: str = "") -> None:
        """Keep what a name stands for."""
        row = {"scope": scope, "name": name.casefold(), "full_name": full_name, "kept_at": timestamp(self._clock)}
        async with self._database.writing() as connection:
            await upsert(connection, RESOLVED_NAMES, [row])

    async def forget(self, name: str, *, scope: str = "") -> None:
        """Drop a name."""
        async with self._database.writing() as connection:
            await connection.execute(delete(RESOLVED_NAMES).where(_is(name, scope)))


def _is(name: str, scope: str) -> ColumnElement[bool]:
    return (_COLUMNS.scope == scope) & (_COLUMNS.name == name.casefold())
