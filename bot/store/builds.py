"""Digests that were built. See `bot.ports.Builds`."""

import asyncio

from sqlalchemy import select

from bot.model import Digest
from bot.ports import BuildProgress, Clock, Stage
from bot.store.codec import Codec
from bot.store.engine import Database
from bot.store.rows import timestamp, upsert
from bot.store.tables import BUILDS

_CODEC = Codec(Digest, meaning=1)
_COLUMNS = BUILDS.columns


class StoredBuilds:
    """Keeps digests by their keys."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, key: str) -> Digest | None:
        """Return a digest that this version of the program can read, or None."""
        wanted = select(_COLUMNS.data).where(_COLUMNS.key == key, _COLUMNS.version == _CODEC.version)
        async with self._database.reading() as connection:
            data = await connection.scalar(wanted)
        return None if data is None else await asyncio.to_thread(_CODEC.decode, data)

    async def keep(self, key: str, digest: Digest) -> None:
        """Keep a digest."""
        await self._put(key, None, await asyncio.to_thread(_CODEC.encode, digest))

    async def progress(self, key: str) -> BuildProgress | None:
        """Return how far a build is."""
        wanted = select(_COLUMNS.stage, _COLUMNS.done, _COLUMNS.total).where(_COLUMNS.key == key)
        async with self._database.reading() as connection:
            row = (await connection.execute(wanted)).first()
        return None if row is None or row.stage is None else BuildProgress(Stage(row.stage), row.done, row.total)

    async def advance(self, key: str, progress: BuildProgress) -> None:
        """Keep how far a build is."""
        await self._put(key, progress, None)

    async def _put(self, key: str, progress: BuildProgress | None, data: bytes | None) -> None:
        row = {
            "key": key,
            "version": _CODEC.version,
            "kept_at": timestamp(self._clock),
            "stage": progress.stage.value if progress else None,
            "done": progress.done if progress else None,
            "total": progress.total if progress else None,
            "data": data,
        }
        async with self._database.writing() as connection:
            await upsert(connection, BUILDS, [row])
