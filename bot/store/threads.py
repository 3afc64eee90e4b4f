"""Which digests the threads of chats show. See `bot.ports.Threads`."""

import json

from sqlalchemy import exists, select

from bot.model import Place
from bot.ports import DigestThread
from bot.store.engine import Database
from bot.store.outbox import read_post
from bot.store.rows import upsert
from bot.store.tables import DIGEST_THREADS, OUTBOX_POSTS, OUTBOX_THREADS

_COLUMNS = DIGEST_THREADS.columns


class StoredThreads:
    """Finds threads by where their posts are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, thread: DigestThread) -> None:
        """Keep what a thread shows."""
        delivered = select(exists().where(OUTBOX_THREADS.columns.thread == thread.key))
        async with self._database.writing() as connection:
            if await connection.scalar(delivered):
                await upsert(connection, DIGEST_THREADS, [{"thread": thread.key, "build": thread.build}])

    async def at(self, place: Place) -> DigestThread | None:
        """Return what is shown: in a thread that hangs on a post of ours, or that has one."""
        if place.thread is None:
            return None
        posts = OUTBOX_POSTS.columns
        named = json.dumps(place.thread, ensure_ascii=False)
        wanted = select(_COLUMNS.thread, _COLUMNS.build, posts.post).where(
            posts.thread == _COLUMNS.thread, posts.post.contains(named, autoescape=True)
        )
        async with self._database.reading() as connection:
            rows = list(await connection.execute(wanted))
        for row in rows:
            post = read_post(row.post)
            if post.place.channel_key == place.channel_key and place.thread in (post.message, post.place.thread):
                return DigestThread(row.thread, row.build)
        return None
