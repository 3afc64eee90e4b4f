"""How people and channels read. See `bot.ports.Preferences`."""

from sqlalchemy import select

from bot.ports import Preference
from bot.store.engine import Database
from bot.store.rows import upsert
from bot.store.tables import PREFERENCES

_COLUMNS = PREFERENCES.columns


class StoredPreferences:
    """Keeps preferences."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> Preference:
        """Return what was kept."""
        async with self._database.reading() as connection:
            wanted = select(_COLUMNS.timezone, _COLUMNS.language).where(_COLUMNS.key == key)
            row = (await connection.execute(wanted)).first()
        return Preference() if row is None else Preference(row.timezone, row.language)

    async def keep(self, key: str, preference: Preference) -> None:
        """Keep a preference."""
        row = {"key": key, "timezone": preference.timezone, "language": preference.language}
        async with self._database.writing() as connection:
            await upsert(connection, PREFERENCES, [row])
