"""What people think of tiers. See `bot.ports.TierOpinions`."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from bot.model import Leaning, Tier, TierOpinion
from bot.ports import Agreement, Clock
from bot.store.engine import Database
from bot.store.rows import timestamp, upsert
from bot.store.tables import OUTBOX_CHANGES, TIER_OPINIONS

_COLUMNS = TIER_OPINIONS.columns


class StoredTierOpinions:
    """Keeps the last opinion of each person on each change that a channel was shown."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, channel: str, opinion: TierOpinion) -> None:
        """Keep an opinion."""
        row = {
            "channel": channel,
            "repository": opinion.repository,
            "sha": opinion.sha,
            "person": opinion.user,
            "tier": opinion.tier.value,
            "leaning": opinion.leaning.value,
            "headline": opinion.headline,
            "at": int(opinion.at.timestamp()),
            "kept_at": timestamp(self._clock),
        }
        async with self._database.writing() as connection:
            await upsert(connection, TIER_OPINIONS, [row])

    async def of_channel(self, channel: str, before: datetime, most: int) -> list[TierOpinion]:
        """Return the newest opinions of a channel."""
        ours = (_COLUMNS.channel == channel) & (_COLUMNS.at < int(before.timestamp()))
        newest = select(TIER_OPINIONS).where(ours).order_by(_COLUMNS.at.desc(), _COLUMNS.sha, _COLUMNS.person)
        async with self._database.reading() as connection:
            rows = list((await connection.execute(newest.limit(most))).mappings())
        return [
            TierOpinion(
                user=row["person"],
                repository=row["repository"],
                sha=row["sha"],
                tier=Tier(row["tier"]),
                leaning=Leaning(row["leaning"]),
                headline=row["headline"],
                at=datetime.fromtimestamp(row["at"], UTC),
            )
            for row in rows
        ]

    async def agreement(self) -> Agreement:
        """Return how many changes were shown, and of how many somebody thinks otherwise."""
        shown = select(func.count()).select_from(OUTBOX_CHANGES)
        changes = select(_COLUMNS.channel, _COLUMNS.repository, _COLUMNS.sha, _COLUMNS.leaning).distinct().subquery()
        leanings = select(changes.columns.leaning, func.count().label("changes")).group_by(changes.columns.leaning)
        async with self._database.reading() as connection:
            count = await connection.scalar(shown) or 0
            counts = {row.leaning: row.changes for row in await connection.execute(leanings)}
        return Agreement(count, counts.get(Leaning.TOO_HIGH.value, 0), counts.get(Leaning.TOO_LOW.value, 0))
