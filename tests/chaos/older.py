"""The program as it was: `python -m tests.chaos.older SETTINGS` is a worker with an older schema, names and steps.

It is the schema beside which the first durable work was kept. What the jobs are called here, and what they do, stands
for what a change of either would leave behind.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.engine.workflows import Engine, Job
from bot.ports import Clock, Gap, Lease, Showing
from bot.store import Store, migrations
from bot.store.engine import open_postgresql, open_sqlite
from bot.store.outbox import StoredOutbox
from bot.store.store import Retention
from tests.chaos.worker import LoggingEngine, Settings, work

REVISION = "0005"
NAMES = {"build": "digest", "deliver": "post", "subscription": "daily", "upgrade": "again", "cancelled": "stopped"}
"""What the jobs of these names were called."""


class OlderEngine(LoggingEngine):
    """Has the jobs under their older names alone."""

    def register(self, name: str, job: Job, *, formerly: Iterable[str] = ()) -> None:
        """Register a job under its older name, by which it is known then."""
        older = NAMES[name]
        Engine.register(self, older, self.logged(name, job), formerly=formerly)
        self._jobs[name], self._present[older] = self._jobs[older], name


class OlderOutbox(StoredOutbox):
    """Keeps no more than its schema has room for, and knows nothing of backups."""

    async def _gap(self, connection: AsyncConnection) -> Gap | None:  # noqa: ARG002 - that of the newer one
        """Know of nothing."""
        return None

    async def keep_showing(self, lease: Lease, showing: Showing) -> None:
        """Keep nothing."""

    async def showing(self, thread: str) -> Showing | None:  # noqa: ARG002 - the port's
        """Know of nothing."""
        return None


class OlderStore(Store):
    """Knows nothing of backups either."""

    async def gap(self) -> Gap | None:
        """Know of nothing."""
        return None


@asynccontextmanager
async def open_older(data_dir: Path, database_url: str | None, *, clock: Clock) -> AsyncIterator[Store]:
    """Open a store, of the older schema if it is new; a newer one is left as it is, as a running program would."""
    database = open_postgresql(database_url) if database_url else await open_sqlite(data_dir)
    async with database.writing() as connection:
        await connection.run_sync(_upgrade)
    try:
        store = OlderStore(database, clock, Retention())
        store.outbox = OlderOutbox(database, clock)
        yield store
    finally:
        await database.close()


def _upgrade(connection: Connection) -> None:
    config = Config(attributes={"connection": connection, "version_table": migrations.VERSION_TABLE})
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    command.upgrade(config, REVISION)


if __name__ == "__main__":
    asyncio.run(work(Settings(**json.loads(sys.argv[1])), OlderEngine, open_older))
