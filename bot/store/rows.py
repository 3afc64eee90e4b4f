"""What the tables have in common: rows that are looked up by many keys, and rows that replace older ones."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Clock
from bot.store.codec import Codec
from bot.store.engine import Database

_BATCH = 500  # rows at a time: below every limit on parameters, and the loop turns in between
_Noun = TypeVar("_Noun")


def timestamp(clock: Clock) -> int:
    """Return the present moment as the tables keep it."""
    return int(clock.now().timestamp())


def _insert(connection: AsyncConnection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


async def insert_new(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, except those whose key is there already."""
    await connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


async def add_up(connection: AsyncConnection, table: Table, row: dict[str, Any]) -> None:
    """Insert a row, or add its numbers to those of the row with the same key."""
    statement = _insert(connection, table)
    sums = {column.name: column + statement.excluded[column.name] for column in table.columns if not column.primary_key}
    await connection.execute(statement.on_conflict_do_update(index_elements=table.primary_key, set_=sums), row)


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, in place of those with the same key."""
    statement = _insert(connection, table)
    replaced = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    await connection.execute(statement.on_conflict_do_update(index_elements=table.primary_key, set_=replaced), rows)


class ByCommit(Generic[_Noun]):
    """What is known of commits, by repository and sha."""

    def __init__(self, database: Database, clock: Clock, table: Table, codec: Codec[_Noun]) -> None:
        self._database = database
        self._clock = clock
        self._table = table
        self._codec = codec

    async def known(self, repository: str, shas: Iterable[str]) -> dict[str, _Noun | None]:
        """Return what this version can read of what was kept, by sha."""
        columns = self._table.columns
        ours = (columns.repository == repository) & (columns.version == self._codec.version)
        found: dict[str, _Noun | None] = {}
        async with self._database.reading() as connection:
            for batch in batches(shas):
                rows = await connection.execute(
                    select(columns.sha, columns.data).where(ours, columns.sha.in_(batch)),
                )
                found |= await asyncio.to_thread(self._decoded, [(sha, data) for sha, data in rows])
        return found

    async def keep(self, repository: str, found: Iterable[tuple[str, _Noun | None]]) -> None:
        """Keep what is known of commits, by sha; all of it or, on an error, nothing."""
        # Writers that take rows in one order never wait for one another in a circle.
        ordered = sorted(dict(found).items(), key=lambda item: item[0])
        shared = {"repository": repository, "version": self._codec.version, "kept_at": timestamp(self._clock)}
        encoded = [await asyncio.to_thread(self._encoded, batch, shared) for batch in batches(ordered)]
        if encoded:
            async with self._database.writing() as connection:
                for rows in encoded:
                    await upsert(connection, self._table, rows)

    def _decoded(self, rows: list[tuple[str, bytes | None]]) -> dict[str, _Noun | None]:
        return {sha: None if data is None else self._codec.decode(data) for sha, data in rows}

    def _encoded(self, items: list[tuple[str, _Noun | None]], shared: dict[str, Any]) -> list[dict[str, Any]]:
        encode = self._codec.encode
        return [shared | {"sha": sha, "data": None if noun is None else encode(noun)} for sha, noun in items]


_Item = TypeVar("_Item")


def batches(items: Iterable[_Item]) -> Iterable[list[_Item]]:
    """Yield the items in lists that are short enough for one statement."""
    remaining = iter(items)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
