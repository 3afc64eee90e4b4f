"""What is remembered of backups that were brought back: the gaps in what is known."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Gap
from bot.store.rows import upsert
from bot.store.tables import BUILDS, OUTBOX_POSTS, OUTBOX_THREADS, RESTORES, SUBSCRIPTIONS, UPKEEP

REMEMBERED = timedelta(days=30)
"""How long a gap counts: as long as work of before it may go on."""

_WRITTEN = (
    OUTBOX_THREADS.columns.kept_at,
    OUTBOX_POSTS.columns.last_attempt,
    BUILDS.columns.kept_at,
    SUBSCRIPTIONS.columns.made_at,
    SUBSCRIPTIONS.columns.last_run,
    UPKEEP.columns.done_at,
)
"""When what is written while the bot works was written."""


async def mark_restored(connection: AsyncConnection, now: datetime) -> Gap:
    """Keep that everything was brought back just now, and return the time of which nothing is known since."""
    newest = [await connection.scalar(select(func.max(column))) for column in _WRITTEN]
    until = int(now.timestamp())
    # Of a database in which nothing ever happened it is not known how old it is.
    since = max((each for each in newest if each is not None), default=until - int(REMEMBERED.total_seconds()))
    await upsert(connection, RESTORES, [{"restored_at": until, "since": min(since, until)}])
    return Gap(_moment(min(since, until)), _moment(until))


async def gap(connection: AsyncConnection, now: datetime) -> Gap | None:
    """Return the time of which nothing is known; of several, from the beginning of the first to the end of the last."""
    columns = RESTORES.columns
    recent = columns.restored_at > int((now - REMEMBERED).timestamp())
    wanted = select(func.min(columns.since), func.max(columns.restored_at)).where(recent)
    since, until = (await connection.execute(wanted)).one()
    return None if until is None else Gap(_moment(since), _moment(until))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
