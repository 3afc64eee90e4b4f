"""Digested changes by their words. See `bot.ports.ChangeIndex`.

The words of a change are its terms, written so that no database finds anything to parse in them. PostgreSQL indexes
that column itself; SQLite has a table of its own for it, which triggers keep up to date.
"""

import asyncio
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, cast, column, func, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.lexemes import MEANING, terms
from bot.ports import Clock, IndexedChange, Matches
from bot.store.codec import Codec
from bot.store.engine import Database
from bot.store.past_changes import after, is_number
from bot.store.rows import batches, timestamp, upsert
from bot.store.tables import CHANGE_INDEX

MOST_BROUGHT = 300
"""How many changes a search brings to be ranked: more are not read by their words, but by the rarest of them."""

_CODEC = Codec(IndexedChange, meaning=MEANING)
_COLUMNS = CHANGE_INDEX.columns
_ID_BITS = 62
_MOST_WORDS = 3_000
_NOT_PLAIN = re.compile("[^a-z0-9]")


class StoredChangeIndex:
    """Keeps changes with their words, and finds them by these and by their names."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, repository: str, changes: Iterable[IndexedChange]) -> None:
        """Keep changes."""
        shared = {"repository": repository, "version": _CODEC.version, "kept_at": timestamp(self._clock)}
        # Writers that take rows in one order never wait for one another in a circle.
        ordered = sorted({change.sha: change for change in changes}.items())
        rows = [
            await asyncio.to_thread(_encoded, [change for _, change in batch], shared) for batch in batches(ordered)
        ]
        if rows:
            async with self._database.writing() as connection:
                for batch in rows:
                    await upsert(connection, CHANGE_INDEX, batch)

    async def named(
        self, repositories: Sequence[str], digits: Iterable[str], numbers: Iterable[int]
    ) -> Sequence[tuple[str, IndexedChange]]:
        """Return those that have one of these names."""
        either: list[ColumnElement[bool]] = [
            _COLUMNS.sha.between(beginning, after(beginning)) for beginning in sorted(set(digits))
        ]
        possible = sorted(filter(is_number, set(numbers)))
        either += [_COLUMNS.number.in_(batch) for batch in batches(possible)]
        found: list[Any] = []
        async with self._database.reading() as connection:
            for condition in either:
                found += await self._rows(connection, _ours(repositories, None, None) & condition)
        return await asyncio.to_thread(_decoded, found)

    async def matching(
        self,
        repositories: Sequence[str],
        terms: Iterable[str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Matches:
        """Return those that hold the rarest of the terms, the newest first."""
        ours = _ours(repositories, since, until)
        wanted = sorted(set(terms))
        async with self._database.reading() as connection:
            total = await _count(connection, ours)
            frequencies = {term: await _count(connection, ours & _holds(connection, [term])) for term in wanted}
            rarest = _rarest(frequencies)
            if wanted and not rarest:
                return Matches((), frequencies, total)
            either = ours & _holds(connection, rarest) if wanted else ours
            found = await self._rows(connection, either)
            there = [term for term in wanted if frequencies[term]]
            every = await _count(connection, ours & _holds(connection, there)) if wanted else total
        changes = await asyncio.to_thread(_decoded, found)
        return Matches(changes, frequencies, total, every - len(changes))

    async def _rows(self, connection: AsyncConnection, condition: ColumnElement[bool]) -> Sequence[Any]:
        newest = _COLUMNS.committed_at.desc(), _COLUMNS.repository, _COLUMNS.sha
        wanted = select(_COLUMNS.repository, _COLUMNS.sha, _COLUMNS.data).where(condition).order_by(*newest)
        return (await connection.execute(wanted.limit(MOST_BROUGHT))).all()


def words_of(change: IndexedChange) -> str:
    """Return the words of a change as they are kept."""
    people = (*change.authors, change.change_type, change.sha)
    texts = (change.subject, change.headline, change.title, change.summary, *change.paths, *people)
    every = dict.fromkeys(term for text in (*texts, change.body, change.request_body) for term in terms(text))
    if change.pull_request is not None:
        every = {f"#{change.pull_request}": None} | every
    return " ".join(list(dict.fromkeys(map(_written, every)))[:_MOST_WORDS])


def _written(term: str) -> str:
    return _NOT_PLAIN.sub(lambda found: f"_{ord(found[0]):x}_", term)


def _encoded(changes: Sequence[IndexedChange], shared: dict[str, Any]) -> list[dict[str, Any]]:
    return [shared | _row(change) for change in changes]


def _row(change: IndexedChange) -> dict[str, Any]:
    return {
        "id": secrets.randbits(_ID_BITS),
        "sha": change.sha,
        "number": change.pull_request if is_number(change.pull_request) else None,
        "committed_at": int(change.committed_at.timestamp()),
        "words": words_of(change),
        "data": _CODEC.encode(change),
    }


def _decoded(rows: Sequence[Any]) -> list[tuple[str, IndexedChange]]:
    unique = {(row.repository, row.sha): row.data for row in rows}
    return [(repository, _CODEC.decode(data)) for (repository, _), data in unique.items()]


def _ours(repositories: Sequence[str], since: datetime | None, until: datetime | None) -> ColumnElement[bool]:
    ours = _COLUMNS.repository.in_(repositories) & (_COLUMNS.version == _CODEC.version)
    if since:
        ours &= _COLUMNS.committed_at >= int(since.timestamp())
    if until:
        ours &= _COLUMNS.committed_at < int(until.timestamp())
    return ours


def _holds(connection: AsyncConnection, wanted: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that one of the terms is among the words."""
    written = map(_written, wanted)
    if connection.dialect.name == "postgresql":
        words = func.array_to_tsvector(func.string_to_array(_COLUMNS.words, literal_column("' '")))
        return words.bool_op("@@")(cast(" | ".join(f"'{word}'" for word in written), TSQUERY))
    index = table("change_words", column("rowid"))
    query = " OR ".join(f'"{word}"' for word in written)
    return _COLUMNS.id.in_(select(index.c.rowid).where(literal_column("change_words").bool_op("MATCH")(query)))


async def _count(connection: AsyncConnection, condition: ColumnElement[bool]) -> int:
    return int(await connection.scalar(select(func.count()).select_from(CHANGE_INDEX).where(condition)) or 0)


def _rarest(frequencies: dict[str, int]) -> list[str]:
    """Return the terms that can be brought, the rarest first; one at least that is there at all."""
    chosen: list[str] = []
    room = MOST_BROUGHT
    for term, frequency in sorted(frequencies.items(), key=lambda item: (item[1], item[0])):
        if frequency and (not chosen or frequency <= room):
            chosen.append(term)
            room -= frequency
    return chosen
