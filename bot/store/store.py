"""The store as a whole: opening it, and what is done to everything that is kept. See `bot.ports.Upkeep`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Select, Table, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import (
    Analyses,
    Builds,
    ChangeIndex,
    Changes,
    Clock,
    Conversations,
    Gap,
    Outbox,
    PastChanges,
    Preferences,
    PullRequests,
    ResolvedNames,
    Spending,
    Subscriptions,
    Threads,
    TierOpinions,
)
from bot.store.analyses import StoredAnalyses
from bot.store.builds import StoredBuilds
from bot.store.change_index import StoredChangeIndex
from bot.store.changes import StoredChanges
from bot.store.conversations import StoredConversations
from bot.store.engine import PATIENCE, Database, open_postgresql, open_sqlite
from bot.store.names import StoredNames
from bot.store.outbox import StoredOutbox
from bot.store.past_changes import StoredPastChanges
from bot.store.preferences import StoredPreferences
from bot.store.pull_requests import StoredPullRequests
from bot.store.restores import gap, mark_restored
from bot.store.rows import timestamp, upsert
from bot.store.spending import StoredSpending
from bot.store.subscriptions import StoredSubscriptions
from bot.store.tables import (
    BUILDS,
    CHANGE_INDEX,
    CHANGES,
    DEPTH_TEXTS,
    EXCHANGES,
    OUTBOX_CHANGES,
    OUTBOX_THREADS,
    PAST_CHANGES,
    PULL_REQUESTS,
    RATINGS,
    RESOLVED_NAMES,
    TIER_OPINIONS,
    UPKEEP,
    VERDICTS,
)
from bot.store.threads import StoredThreads
from bot.store.tier_opinions import StoredTierOpinions

_BY_REPOSITORY = (PULL_REQUESTS, CHANGES, DEPTH_TEXTS, OUTBOX_CHANGES, PAST_CHANGES, CHANGE_INDEX)
_PRUNING = "prune"
_DAY = int(timedelta(days=1).total_seconds())


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept after they were last fetched. All of them can be fetched again, or asked for.

    `verdicts` and `texts` are what a language model said: to lose them costs money and time, and nothing else. Of
    `threads` it is what was posted: one that is asked for again after so long is posted again.
    """

    names: timedelta = timedelta(days=90)
    pull_requests: timedelta = timedelta(days=90)
    changes: timedelta = timedelta(days=180)
    verdicts: timedelta = timedelta(days=90)
    texts: timedelta = timedelta(days=180)
    threads: timedelta = timedelta(days=400)
    builds: timedelta = timedelta(days=30)
    past_changes: timedelta = timedelta(days=180)
    conversations: timedelta = timedelta(days=90)
    tier_opinions: timedelta = timedelta(days=400)
    change_index: timedelta = timedelta(days=180)


_RETENTION = Retention()


class Store:
    """An open store; its parts are ports."""

    def __init__(self, database: Database, clock: Clock, retention: Retention) -> None:
        self.names: ResolvedNames = StoredNames(database, clock)
        self.pull_requests: PullRequests = StoredPullRequests(database, clock)
        self.changes: Changes = StoredChanges(database, clock)
        self.analyses: Analyses = StoredAnalyses(database, clock)
        self.spending: Spending = StoredSpending(database)
        self.past_changes: PastChanges = StoredPastChanges(database, clock)
        self.change_index: ChangeIndex = StoredChangeIndex(database, clock)
        self.subscriptions: Subscriptions = StoredSubscriptions(database, clock)
        self.outbox: Outbox = StoredOutbox(database, clock)
        self.builds: Builds = StoredBuilds(database, clock)
        self.threads: Threads = StoredThreads(database)
        self.conversations: Conversations = StoredConversations(database, clock)
        self.tier_opinions: TierOpinions = StoredTierOpinions(database, clock)
        self.preferences: Preferences = StoredPreferences(database)
        self._database = database
        self._clock = clock
        self._kept_for = (
            (RESOLVED_NAMES, retention.names),
            (PULL_REQUESTS, retention.pull_requests),
            (CHANGES, retention.changes),
            (VERDICTS, retention.verdicts),
            (DEPTH_TEXTS, retention.texts),
            (OUTBOX_THREADS, retention.threads),
            (BUILDS, retention.builds),
            (PAST_CHANGES, retention.past_changes),
            (EXCHANGES, retention.conversations),
            (RATINGS, retention.tier_opinions),
            (TIER_OPINIONS, retention.tier_opinions),
            (CHANGE_INDEX, retention.change_index),
        )

    async def rename(self, old: str, new: str) -> None:
        """Move the rows of a repository to its new name; one that is there already gives way."""
        if old == new:
            return
        async with self._database.writing(RESOLVED_NAMES, *_BY_REPOSITORY) as connection:
            names = RESOLVED_NAMES.columns
            await connection.execute(update(RESOLVED_NAMES).where(names.full_name == old).values(full_name=new))
            for table in _BY_REPOSITORY:
                await _move(connection, table, old, new)

    async def ping(self) -> None:
        """Read something. See `bot.ports.Reachable`."""
        async with self._database.reading() as connection:
            await connection.execute(select(UPKEEP.columns.task).limit(1))

    async def prune(self) -> int:
        """Drop what was kept too long ago, unless a process has done so within a day."""
        now = timestamp(self._clock)
        async with self._database.reading() as connection:
            if await connection.scalar(_pruned_since(now - _DAY)):
                return 0
        dropped = 0
        async with self._database.writing(UPKEEP, *(table for table, _ in self._kept_for)) as connection:
            if await connection.scalar(_pruned_since(now - _DAY)):
                return 0
            for table, age in self._kept_for:
                too_old = table.columns.kept_at < now - int(age.total_seconds())
                dropped += (await connection.execute(delete(table).where(too_old))).rowcount
            await upsert(connection, UPKEEP, [{"task": _PRUNING, "done_at": now}])
        return dropped

    async def gap(self) -> Gap | None:
        """Return the time of which nothing is known, where a backup was brought back within a month."""
        async with self._database.reading() as connection:
            return await gap(connection, self._clock.now())

    async def mark_restored(self) -> Gap:
        """Keep that everything was brought back from a backup just now, and return the time that is unknown since."""
        async with self._database.writing() as connection:
            return await mark_restored(connection, self._clock.now())


@asynccontextmanager
async def open_store(
    data_dir: Path,
    database_url: str | None = None,
    *,
    clock: Clock,
    retention: Retention = _RETENTION,
    patience: timedelta = PATIENCE,
) -> AsyncIterator[Store]:
    """Open the database of the URL, or else the one in the data directory, and bring its schema up to date.

    Several processes may have it open. `patience` is how long one waits for another that writes. Raises
    ConfigurationError for a URL that cannot be used and for a database that is newer than the program,
    StoreUnavailable and StoreError for one that cannot be opened.
    """
    if database_url:
        database = open_postgresql(database_url, patience)
    else:
        database = await open_sqlite(data_dir, patience)
    try:
        await database.migrate()
        yield Store(database, clock, retention)
    finally:
        await database.close()


async def _move(connection: AsyncConnection, table: Table, old: str, new: str) -> None:
    """Move the rows of a repository to its new name; one that is there already gives way."""
    repository = table.columns.repository
    key = tuple_(*(column for column in table.primary_key if column is not repository))
    moving = select(*key.clauses).where(repository == old)
    await connection.execute(delete(table).where(repository == new, key.in_(moving)))
    await connection.execute(update(table).where(repository == old).values(repository=new))


def _pruned_since(moment: int) -> Select[tuple[int]]:
    columns = UPKEEP.columns
    return select(columns.done_at).where(columns.task == _PRUNING, columns.done_at > moment)
