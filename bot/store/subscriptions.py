"""Subscriptions. See `bot.ports.Subscriptions`.

They cannot be fetched again, so that each thing has a column of its own, and every version of the program reads it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, delete, insert, or_, select, true, update

from bot.model import (
    Audience,
    ChangeType,
    Delivered,
    Origin,
    Pins,
    Place,
    Quiet,
    Rhythm,
    Schedule,
    Subscription,
)
from bot.ports import Clock
from bot.store.engine import Database
from bot.store.rows import timestamp
from bot.store.tables import DELIVERED, SUBSCRIPTIONS

_COLUMNS = SUBSCRIPTIONS.columns


class StoredSubscriptions:
    """Keeps subscriptions, and beside each how far its repositories were delivered."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def all(self) -> Sequence[Subscription]:
        """Return every subscription."""
        return await self._where(true())

    async def of_channel(self, place: Place) -> Sequence[Subscription]:
        """Return those of a channel."""
        return await self._where(
            and_(
                _COLUMNS.platform == place.platform,
                _COLUMNS.workspace == place.workspace,
                _COLUMNS.channel == place.channel,
            )
        )

    async def get(self, id: str) -> Subscription | None:
        """Return a subscription, or None."""
        return next(iter(await self._where(_COLUMNS.id == id)), None)

    async def keep(self, subscription: Subscription) -> None:
        """Keep a new subscription, or what is wished of one that is there."""
        ours = _COLUMNS.id == subscription.id
        wish = _wish(subscription)
        async with self._database.writing(SUBSCRIPTIONS, DELIVERED) as connection:
            if not (await connection.execute(update(SUBSCRIPTIONS).where(ours).values(wish))).rowcount:
                new = wish | {"id": subscription.id, "made_at": timestamp(self._clock), "told": False}
                await connection.execute(insert(SUBSCRIPTIONS).values(new))
            of_it = DELIVERED.columns.subscription == subscription.id
            gone = DELIVERED.columns.repository.not_in(subscription.repositories)
            await connection.execute(delete(DELIVERED).where(of_it, gone))
            known = set(await connection.scalars(select(DELIVERED.columns.repository).where(of_it)))
            rows = [
                {"subscription": subscription.id, "repository": name, **_reach(subscription.delivered[name])}
                for name in subscription.repositories
                if name not in known
            ]
            if rows:
                await connection.execute(insert(DELIVERED), rows)

    async def remove(self, id: str) -> bool:
        """Drop a subscription."""
        async with self._database.writing() as connection:
            await connection.execute(delete(DELIVERED).where(DELIVERED.columns.subscription == id))
            return bool((await connection.execute(delete(SUBSCRIPTIONS).where(_COLUMNS.id == id))).rowcount)

    async def began(self, id: str, day: date) -> None:
        """Count an occasion as acted on."""
        earlier = or_(_COLUMNS.last_day.is_(None), _COLUMNS.last_day < day.isoformat())
        await self._update(id, {"last_day": day.isoformat()}, earlier)

    async def delivered(self, id: str, repository: str, delivered: Delivered) -> None:
        """Count a repository as delivered up to a moment."""
        columns = DELIVERED.columns
        reach = _reach(delivered)
        row = and_(columns.subscription == id, columns.repository == repository, columns.until < reach["until"])
        async with self._database.writing() as connection:
            await connection.execute(update(DELIVERED).where(row).values(reach))

    async def ended(self, id: str, at: datetime, error: str | None) -> bool:
        """Keep how a run ended, and return whether its place has still to be told that runs fail."""
        said: dict[str, Any] = {"last_run": int(at.timestamp()), "last_error": error}
        async with self._database.writing() as connection:
            if error is None:
                said["told"] = False
            await connection.execute(update(SUBSCRIPTIONS).where(_COLUMNS.id == id).values(said))
            return (
                error is not None and await connection.scalar(select(_COLUMNS.told).where(_COLUMNS.id == id)) is False
            )

    async def told(self, id: str) -> None:
        """Keep that the place was told."""
        await self._update(id, {"told": True})

    async def _update(self, id: str, values: Mapping[str, Any], *conditions: ColumnElement[bool]) -> None:
        async with self._database.writing() as connection:
            await connection.execute(update(SUBSCRIPTIONS).where(_COLUMNS.id == id, *conditions).values(values))

    async def _where(self, condition: ColumnElement[bool]) -> list[Subscription]:
        of_it = DELIVERED.columns.subscription == _COLUMNS.id
        wanted = (
            select(SUBSCRIPTIONS, *(DELIVERED.columns[name] for name in ("repository", "until", "tip")))
            .outerjoin(DELIVERED, of_it)
            .where(condition)
            .order_by(_COLUMNS.made_at, _COLUMNS.id)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        groups = (list(group) for _, group in groupby(rows, key=itemgetter("id")))
        return [_subscription(group[0], _delivered(group)) for group in groups]


def _wish(subscription: Subscription) -> dict[str, Any]:
    schedule = subscription.schedule
    return {
        "platform": subscription.place.platform,
        "workspace": subscription.place.workspace,
        "channel": subscription.place.channel,
        "repositories": _json(subscription.repositories),
        "rhythm": schedule.rhythm.value,
        "weekday": schedule.weekday,
        "at": schedule.at.isoformat("minutes"),
        "timezone": schedule.timezone,
        "language": subscription.language,
        "audience": _json(asdict(subscription.audience)),
        "quiet": subscription.quiet.value,
        "pins": subscription.pins.value,
        "origin": subscription.origin.value,
        "paused": subscription.paused,
        "effective_from": int(subscription.effective_from.timestamp()),
    }


def _subscription(row: RowMapping, delivered: Mapping[str, Delivered]) -> Subscription:
    return Subscription(
        id=row["id"],
        place=Place(row["platform"], row["workspace"], row["channel"]),
        repositories=tuple(json.loads(row["repositories"])),
        schedule=Schedule(Rhythm(row["rhythm"]), time.fromisoformat(row["at"]), row["timezone"], row["weekday"]),
        language=row["language"],
        effective_from=_moment(row["effective_from"]),
        delivered=delivered,
        audience=_audience(json.loads(row["audience"])),
        quiet=Quiet(row["quiet"]),
        pins=Pins(row["pins"]),
        origin=Origin(row["origin"]),
        paused=row["paused"],
        last_day=date.fromisoformat(row["last_day"]) if row["last_day"] else None,
        last_run=_moment(row["last_run"]) if row["last_run"] is not None else None,
        last_error=row["last_error"],
        told=row["told"],
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)  # escaped, halves of a character would come back as one


def _audience(kept: Mapping[str, Any]) -> Audience:
    parts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return Audience(**parts | {"exclude_types": tuple(map(ChangeType, kept["exclude_types"]))})


def _delivered(rows: Iterable[RowMapping]) -> dict[str, Delivered]:
    return {row["repository"]: Delivered(_moment(row["until"]), row["tip"]) for row in rows}


def _reach(delivered: Delivered) -> dict[str, Any]:
    return {"until": int(delivered.end.timestamp()), "tip": delivered.tip}


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
