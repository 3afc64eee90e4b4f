"""The outbox. See `bot.ports.Outbox`.

What is kept here cannot be fetched again, so that each thing has a column of its own; but for the messages, which are
only needed where a note is added to one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DeliveryBusy
from bot.model import Place, PostReference
from bot.ports import Clock, Gap, Lease, OutboxPart, OutboxPin, OutboxPost, PinState, PostState, Showing
from bot.present.blocks import Message, Spans
from bot.store.codec import Codec
from bot.store.engine import Database
from bot.store.restores import gap
from bot.store.rows import insert_new, timestamp, upsert
from bot.store.tables import OUTBOX_CHANGES, OUTBOX_PARTS, OUTBOX_PINS, OUTBOX_POSTS, OUTBOX_THREADS

_THREADS = OUTBOX_THREADS.columns
_POSTS = OUTBOX_POSTS.columns
_PARTS = OUTBOX_PARTS.columns
_CHANGES = OUTBOX_CHANGES.columns
_PINS = OUTBOX_PINS.columns


@dataclass(frozen=True)
class _Said:
    """What a part says, as it is encoded."""

    message: Message | None
    notes: tuple[Spans, ...]


_CODEC = Codec(_Said, meaning=1)


class StoredOutbox:
    """Keeps what was posted. Rows of a thread go with it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def lease(self, thread: str, owner: str, lasting: timedelta) -> Lease | None:
        """Take the lease of a thread, or prolong it."""
        now = timestamp(self._clock)
        free = or_(_THREADS.owner.is_(None), _THREADS.owner == owner, _THREADS.leased_until < now)
        taken = {"owner": owner, "lasting": _seconds(lasting), "leased_until": now + _seconds(lasting), "kept_at": now}
        async with self._database.writing() as connection:
            await insert_new(connection, OUTBOX_THREADS, [{"thread": thread, "generation": 0, **taken}])
            mine = update(OUTBOX_THREADS).where(_THREADS.thread == thread, free).values(taken)
            generation = await connection.scalar(mine.returning(_THREADS.generation))
            unknown = await self._gap(connection)
        return None if generation is None else Lease(thread, owner, generation, unknown)

    async def _gap(self, connection: AsyncConnection) -> Gap | None:
        return await gap(connection, self._clock.now())

    async def release(self, lease: Lease) -> None:
        """Give a lease back."""
        async with self._database.writing() as connection:
            await connection.execute(update(OUTBOX_THREADS).where(_held(lease)).values(owner=None))

    async def begin_anew(self, lease: Lease) -> Lease:
        """Forget the posts and parts of a thread."""
        begun = replace(lease, generation=lease.generation + 1)
        async with self._database.writing() as connection:
            await self._prolong(connection, lease)
            for table in (OUTBOX_POSTS, OUTBOX_PARTS, OUTBOX_CHANGES):
                await connection.execute(delete(table).where(table.columns.thread == lease.thread))
            fresh = {"generation": begun.generation, "shown_at": None, "after": None}
            await connection.execute(update(OUTBOX_THREADS).where(_held(lease)).values(fresh))
        return begun

    async def keep_showing(self, lease: Lease, showing: Showing) -> None:
        """Keep that a thread shows a digest whole."""
        shown = {"shown_at": int(showing.at.timestamp()), "after": showing.after}
        async with self._database.writing() as connection:
            await self._prolong(connection, lease)
            await connection.execute(update(OUTBOX_THREADS).where(_held(lease)).values(shown))

    async def showing(self, thread: str) -> Showing | None:
        """Return when a thread last came to show a digest whole."""
        wanted = select(_THREADS.shown_at, _THREADS.after).where(
            _THREADS.thread == thread, _THREADS.shown_at.is_not(None)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return Showing(_moment(row.shown_at), row.after) if row else None

    async def posts(self, thread: str) -> Sequence[OutboxPost]:
        """Return what is known of posts."""
        wanted = select(OUTBOX_POSTS).where(_POSTS.thread == thread).order_by(_POSTS.first_attempt, _POSTS.token)
        async with self._database.reading() as connection:
            return [_post(row) for row in await connection.execute(wanted)]

    async def keep_post(self, lease: Lease, post: OutboxPost) -> None:
        """Keep what is known of a post."""
        async with self._database.writing() as connection:
            await self._prolong(connection, lease)
            await upsert(connection, OUTBOX_POSTS, [_row(lease, post)])

    async def drop_post(self, lease: Lease, token: str) -> None:
        """Forget a post."""
        async with self._database.writing() as connection:
            await self._prolong(connection, lease)
            await connection.execute(delete(OUTBOX_POSTS).where(_POSTS.token == token))

    async def parts(self, thread: str) -> Mapping[str, OutboxPart]:
        """Return what the parts say."""
        wanted = select(OUTBOX_PARTS).where(_PARTS.thread == thread)
        async with self._database.reading() as connection:
            return {row.part: _part(row) for row in await connection.execute(wanted)}

    async def keep_part(
        self, lease: Lease, part: OutboxPart, place: Place, repository: str, post: OutboxPost | None = None
    ) -> None:
        """Keep what a part says, whose place it is, and what is known of a post."""
        row = {
            "thread": lease.thread,
            "part": part.part,
            "halvings": part.halvings,
            "version": _CODEC.version,
            "data": _CODEC.encode(_Said(part.message, part.notes)),
        }
        told = {"channel": place.channel_key, "repository": repository, "thread": lease.thread, "part": part.part}
        changes = [told | {"sha": sha} for sha in sorted(set(part.message.changes if part.message else ()))]
        async with self._database.writing() as connection:
            await self._prolong(connection, lease)
            await upsert(connection, OUTBOX_PARTS, [row])
            if changes:
                await upsert(connection, OUTBOX_CHANGES, changes)
            if post:
                await upsert(connection, OUTBOX_POSTS, [_row(lease, post)])

    async def drop_part(self, lease: Lease, part: str) -> None:
        """Forget a part and its posts."""
        async with self._database.writing() as connection:
            await self._prolong(connection, lease)
            for table in (OUTBOX_POSTS, OUTBOX_PARTS, OUTBOX_CHANGES):
                ours = and_(table.columns.thread == lease.thread, table.columns.part == part)
                await connection.execute(delete(table).where(ours))

    async def part_of_change(self, place: Place, repository: str, sha: str) -> tuple[str, str] | None:
        """Return where a change was told of."""
        wanted = select(_CHANGES.thread, _CHANGES.part).where(
            _CHANGES.channel == place.channel_key, _CHANGES.repository == repository, _CHANGES.sha == sha
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return (row.thread, row.part) if row else None

    async def pins(self, place: Place) -> Sequence[OutboxPin]:
        """Return what is known of a channel's pins."""
        wanted = select(OUTBOX_PINS).where(_PINS.channel == place.channel_key).order_by(_PINS.at, _PINS.token)
        async with self._database.reading() as connection:
            return [_pin(row) for row in await connection.execute(wanted)]

    async def keep_pin(self, pin: OutboxPin) -> None:
        """Keep what is known of a pin."""
        row = {
            "token": pin.token,
            "thread": pin.thread,
            "channel": pin.post.place.channel_key,
            "state": pin.state.value,
            "at": int(pin.at.timestamp()),
            "post": _written(pin.post),
        }
        async with self._database.writing() as connection:
            await upsert(connection, OUTBOX_PINS, [row])

    async def drop_pin(self, token: str) -> None:
        """Forget a pin."""
        async with self._database.writing() as connection:
            await connection.execute(delete(OUTBOX_PINS).where(_PINS.token == token))

    async def _prolong(self, connection: AsyncConnection, lease: Lease) -> None:
        now = timestamp(self._clock)
        later = {"leased_until": _THREADS.lasting + now, "kept_at": now}
        if not (await connection.execute(update(OUTBOX_THREADS).where(_held(lease)).values(later))).rowcount:
            message = "Another process has gone on with the delivery of this thread."
            raise DeliveryBusy(message, remedy="Nothing has to be done: that process ends it.")


def _held(lease: Lease) -> ColumnElement[bool]:
    ours = (_THREADS.thread == lease.thread, _THREADS.owner == lease.owner, _THREADS.generation == lease.generation)
    return and_(*ours)


def _row(lease: Lease, post: OutboxPost) -> dict[str, Any]:
    return {
        "token": post.token,
        "thread": lease.thread,
        "part": post.part,
        "number": post.number,
        "state": post.state.value,
        "digest": post.digest,
        "first_attempt": int(post.first_attempt.timestamp()),
        "last_attempt": int(post.last_attempt.timestamp()),
        "post": post.post and _written(post.post),
    }


def _post(row: Row[Any]) -> OutboxPost:
    return OutboxPost(
        token=row.token,
        part=row.part,
        number=row.number,
        state=PostState(row.state),
        digest=row.digest,
        first_attempt=_moment(row.first_attempt),
        last_attempt=_moment(row.last_attempt),
        post=read_post(row.post) if row.post else None,
    )


def _part(row: Row[Any]) -> OutboxPart:
    said = _CODEC.decode(row.data) if row.version == _CODEC.version else _Said(None, ())
    return OutboxPart(row.part, said.message, said.notes, row.halvings)


def _pin(row: Row[Any]) -> OutboxPin:
    return OutboxPin(row.token, row.thread, read_post(row.post), PinState(row.state), _moment(row.at))


def _written(post: PostReference) -> str:
    place = post.place
    return json.dumps([place.platform, place.workspace, place.channel, place.thread, post.message], ensure_ascii=False)


def read_post(text: str) -> PostReference:
    """Return a post as the tables keep it."""
    *place, message = json.loads(text)
    return PostReference(Place(*place), message)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
