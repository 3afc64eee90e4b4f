"""What is remembered of changes. See `bot.ports.PastChanges`."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from bot.model import ChangeType, PastChange
from bot.ports import Clock
from bot.store.codec import Codec
from bot.store.engine import Database
from bot.store.rows import batches, timestamp, upsert
from bot.store.tables import PAST_CHANGES

_CODEC = Codec(PastChange, meaning=1)
_COLUMNS = PAST_CHANGES.columns
_AFTER_DIGITS = "g"  # what follows every hexadecimal digit
_LARGEST_NUMBER = 2**31 - 1
_FIXES = frozenset({ChangeType.FIX, ChangeType.SECURITY})


class StoredPastChanges:
    """Keeps past changes, and finds them by the beginning of their sha, by number, and by date."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def named(self, repository: str, digits: Iterable[str], numbers: Iterable[int]) -> Sequence[PastChange]:
        """Return those that have one of these names."""
        named: list[ColumnElement[bool]] = [
            _COLUMNS.sha.between(beginning, after(beginning)) for beginning in sorted(set(digits))
        ]
        possible = sorted(filter(is_number, set(numbers)))
        named += [_COLUMNS.number.in_(batch) for batch in batches(possible)]
        return await self._where(repository, *named)

    async def fixes_since(self, repository: str, moment: datetime) -> Sequence[PastChange]:
        """Return the fixes that are dated at a moment or later."""
        return await self._where(repository, _COLUMNS.fix & (_COLUMNS.committed_at >= int(moment.timestamp())))

    async def keep(self, repository: str, changes: Iterable[PastChange]) -> None:
        """Keep changes."""
        shared = {"repository": repository, "version": _CODEC.version, "kept_at": timestamp(self._clock)}
        # Writers that take rows in one order never wait for one another in a circle.
        ordered = sorted({change.sha: change for change in changes}.items())
        rows = await asyncio.to_thread(lambda: [shared | _row(change) for _, change in ordered])
        if rows:
            async with self._database.writing() as connection:
                for batch in batches(rows):
                    await upsert(connection, PAST_CHANGES, batch)

    async def _where(self, repository: str, *either: ColumnElement[bool]) -> list[PastChange]:
        ours = (_COLUMNS.repository == repository) & (_COLUMNS.version == _CODEC.version)
        found: dict[str, bytes] = {}
        async with self._database.reading() as connection:
            for condition in either:
                rows = await connection.execute(select(_COLUMNS.sha, _COLUMNS.data).where(ours, condition))
                found |= {row.sha: row.data for row in rows}
        return await asyncio.to_thread(lambda: [_CODEC.decode(found[sha]) for sha in sorted(found)])


def after(digits: str) -> str:
    """Return what follows every sha that begins with these digits."""
    return digits + _AFTER_DIGITS


def is_number(number: int | None) -> bool:
    """Return whether a pull request may have it, and a column has room for it."""
    return number is not None and 0 < number <= _LARGEST_NUMBER


def _row(change: PastChange) -> dict[str, Any]:
    return {
        "sha": change.sha,
        "number": change.pull_request if is_number(change.pull_request) else None,
        "committed_at": int(change.committed_at.timestamp()),
        "fix": change.change_type in _FIXES,
        "data": _CODEC.encode(change),
    }
