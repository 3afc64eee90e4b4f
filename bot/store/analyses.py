"""What language models said of changes. See `bot.ports.Analyses`."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, select

from bot.model import DepthText, Verdict
from bot.ports import Clock, DepthKey
from bot.store.codec import Codec
from bot.store.engine import Database
from bot.store.rows import batches, insert_new, timestamp, upsert
from bot.store.tables import DEPTH_TEXTS, VERDICTS

_VERDICT = Codec(Verdict, meaning=1)
_TEXT = Codec(DepthText, meaning=1)


class StoredAnalyses:
    """Keeps verdicts by their day, and texts by all that they depend on."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def verdicts(self, day: str, shas: Iterable[str]) -> Mapping[str, Verdict]:
        """Return what was said in the triage of this day."""
        return await self._known(VERDICTS, _VERDICT, {"day": day}, shas)

    async def keep_verdicts(self, day: str, verdicts: Mapping[str, Verdict]) -> None:
        """Keep what was said; a verdict that is there already stays."""
        rows = await asyncio.to_thread(self._rows, _VERDICT, {"day": day}, verdicts)
        if rows:
            async with self._database.writing() as connection:
                await insert_new(connection, VERDICTS, rows)

    async def texts(self, key: DepthKey, shas: Iterable[str]) -> Mapping[str, DepthText]:
        """Return what was written about the changes."""
        return await self._known(DEPTH_TEXTS, _TEXT, _columns(key), shas)

    async def keep_texts(self, key: DepthKey, texts: Mapping[str, DepthText]) -> None:
        """Keep what was written."""
        rows = await asyncio.to_thread(self._rows, _TEXT, _columns(key), texts)
        if rows:
            async with self._database.writing() as connection:
                await upsert(connection, DEPTH_TEXTS, rows)

    async def _known(
        self, table: Table, codec: Codec[Any], key: Mapping[str, str], shas: Iterable[str]
    ) -> dict[str, Any]:
        columns = table.columns
        ours: ColumnElement[bool] = and_(
            columns.version == codec.version, *(columns[name] == key[name] for name in key)
        )
        found: dict[str, bytes] = {}
        async with self._database.reading() as connection:
            for batch in batches(shas):
                rows = await connection.execute(select(columns.sha, columns.data).where(ours, columns.sha.in_(batch)))
                found |= {row.sha: row.data for row in rows}
        return await asyncio.to_thread(lambda: {sha: codec.decode(data) for sha, data in found.items()})

    def _rows(self, codec: Codec[Any], key: Mapping[str, str], nouns: Mapping[str, Any]) -> list[dict[str, Any]]:
        shared = {**key, "version": codec.version, "kept_at": timestamp(self._clock)}
        # Writers that take rows in one order never wait for one another in a circle.
        return [shared | {"sha": sha, "data": codec.encode(nouns[sha])} for sha in sorted(nouns)]


def _columns(key: DepthKey) -> dict[str, str]:
    return {
        "repository": key.repository,
        "depth": key.depth.value,
        "prompt": key.prompt,
        "model": key.model,
        "language": key.language,
    }
