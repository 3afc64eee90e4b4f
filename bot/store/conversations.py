"""What was asked and answered. See `bot.ports.Conversations`."""

import asyncio
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true, update

from bot.model import Exchange
from bot.ports import Clock
from bot.store.codec import Codec
from bot.store.engine import Database
from bot.store.rows import timestamp, upsert
from bot.store.tables import EXCHANGES, RATINGS

_CODEC = Codec(Exchange, meaning=1)
_COLUMNS = EXCHANGES.columns


class StoredConversations:
    """Keeps exchanges by their conversation and number, from 1."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def exchanges(self, conversation: str, most: int, but: str | None = None) -> list[Exchange]:
        """Return the newest exchanges that this version can read."""
        ours = (_COLUMNS.conversation == conversation) & (_COLUMNS.version == _CODEC.version) & _but(but)
        newest = select(_COLUMNS.data).where(ours, _COLUMNS.data.is_not(None)).order_by(_COLUMNS.number.desc())
        async with self._database.reading() as connection:
            found = list(await connection.scalars(newest.limit(most)))
        return await asyncio.to_thread(lambda: [_CODEC.decode(data) for data in reversed(found)])

    async def keep(self, conversation: str, exchange: Exchange, most: int, question: str | None = None) -> int:
        """Append or replace an exchange. Of those that are not kept any more, that they were asked still counts."""
        data = await asyncio.to_thread(_CODEC.encode, exchange)
        ours = _COLUMNS.conversation == conversation
        # Two answers to one conversation wait for each other, and do not take the same number.
        async with self._database.writing(EXCHANGES) as connection:
            last = await connection.scalar(select(func.max(_COLUMNS.number)).where(ours)) or 0
            same = select(_COLUMNS.number).where(ours, _COLUMNS.question == question)
            number = (await connection.scalar(same) if question is not None else None) or last + 1
            row = {
                "conversation": conversation,
                "number": number,
                "person": exchange.user,
                "asked_at": int(exchange.asked_at.timestamp()),
                "version": _CODEC.version,
                "kept_at": timestamp(self._clock),
                "question": question,
                "data": data,
            }
            await upsert(connection, EXCHANGES, [row])
            too_old = max(last, number) - most
            await connection.execute(update(EXCHANGES).where(ours, _COLUMNS.number <= too_old).values(data=None))
        return number

    async def asked(
        self, since: datetime, *, conversation: str | None = None, user: str | None = None, but: str | None = None
    ) -> int:
        """Return how many questions were asked."""
        recent = (_COLUMNS.asked_at >= int(since.timestamp())) & _but(but)
        wanted = select(func.count()).select_from(EXCHANGES).where(recent)
        if conversation is not None:
            wanted = wanted.where(_COLUMNS.conversation == conversation)
        if user is not None:
            wanted = wanted.where(_COLUMNS.person == user)
        async with self._database.reading() as connection:
            return await connection.scalar(wanted) or 0

    async def rate(self, conversation: str, user: str, *, useful: bool, question: str | None = None) -> bool:
        """Keep what somebody found."""
        ours = _COLUMNS.conversation == conversation
        if question is not None:
            ours &= _COLUMNS.question == question
        async with self._database.writing() as connection:
            found = await connection.scalar(select(func.max(_COLUMNS.number)).where(ours))
            if found is None:
                return False
            row = {
                "conversation": conversation,
                "number": found,
                "person": user,
                "useful": useful,
                "kept_at": timestamp(self._clock),
            }
            await upsert(connection, RATINGS, [row])
            return True

    async def ratings(self) -> tuple[int, int]:
        """Return how many found answers useful, and how many did not."""
        wanted = select(RATINGS.columns.useful, func.count().label("answers")).group_by(RATINGS.columns.useful)
        async with self._database.reading() as connection:
            counts = {row.useful: row.answers for row in await connection.execute(wanted)}
        return counts.get(True, 0), counts.get(False, 0)

    async def forget(self, conversation: str, question: str | None = None) -> None:
        """Drop what was said."""
        ours = _COLUMNS.conversation == conversation
        if question is not None:
            ours &= _COLUMNS.question == question
        async with self._database.writing() as connection:
            await connection.execute(update(EXCHANGES).where(ours).values(data=None))


def _but(question: str | None) -> ColumnElement[bool]:
    return true() if question is None else _COLUMNS.question.is_(None) | (_COLUMNS.question != question)
