"""Databases of every schema there ever was, brought up to date: what was kept in them is still there."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Connection, Float, Integer, LargeBinary, MetaData, Table, column, insert
from sqlalchemy import table as sql_table

from bot.model import Audience, ChangeType, Delivered
from bot.store import migrations
from bot.store.engine import open_postgresql, open_sqlite
from tests.store.support import NOON, Location

SCRIPTS = str(Path(migrations.__file__).parent)
ORDERED = [script.revision for script in reversed(list(ScriptDirectory(SCRIPTS).walk_revisions()))]
OLDER = ORDERED[:-1]

Rows = Mapping[str, Mapping[str, Any]]


async def at(location: Location, revision: str) -> Rows:
    """Make a database of an older schema with a row in each of its tables, and return these."""
    database = open_postgresql(location.url) if location.url else await open_sqlite(location.data_dir)
    async with database.writing() as connection:
        rows = await connection.run_sync(_filled, revision)
    await database.close()
    return rows


def _filled(connection: Connection, revision: str) -> Rows:
    _upgrade(connection, revision)
    return {table.name: _row(connection, table) for table in _tables(connection)}


def _tables(connection: Connection) -> Iterator[Table]:
    """Yield the tables of ours, each after those that it refers to."""
    tables = MetaData()
    tables.reflect(connection, only=lambda name, _: not name.startswith(("change_words", migrations.VERSION_TABLE)))
    yield from tables.sorted_tables


def _row(connection: Connection, table: Table) -> Mapping[str, Any]:
    row = {column.name: _value(column.type) for column in table.columns}
    connection.execute(insert(table).values(row))
    return row


def _value(kind: object) -> object:
    match kind:
        case Boolean():
            return True
        case Integer():
            return 1
        case Float():
            return 0.5
        case LargeBinary():
            return b"kept"
        case _:
            return "kept"


@pytest.mark.parametrize("revision", OLDER)
async def test_everything_is_kept(location: Location, revision: str) -> None:
    """Whatever the schema, each row of each table is there after the upgrade, with all that it said."""
    before = await at(location, revision)
    async with location.open():
        database = open_postgresql(location.url) if location.url else await open_sqlite(location.data_dir)
        async with database.reading() as connection:
            after = await connection.run_sync(_read, before)
        await database.close()

    assert after == before


def _read(connection: Connection, rows: Rows) -> Rows:
    """Read the rows, as far as they go, of tables that may have got more columns."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, row in rows.items():
        wanted = sql_table(name, *(column(each) for each in row)).select()
        found[name] = {str(key): value for key, value in connection.execute(wanted).mappings().one().items()}
    return found


# As the first program that had subscriptions wrote them.
MADE = int(NOON.timestamp())
AUDIENCE = (
    '{"interests": ["AMD"], "exclude_bots": true, "exclude_authors": [], "exclude_paths": [], '
    '"exclude_types": ["ci"], "only_paths": []}'
)
SUBSCRIPTION = {
    "id": "s1",
    "made_at": MADE,
    "platform": "slack",
    "workspace": "T1",
    "channel": "C1",
    "repositories": '["acme/rocket"]',
    "rhythm": "daily",
    "weekday": 0,
    "at": "09:00",
    "timezone": "UTC",
    "language": "en",
    "audience": AUDIENCE,
    "quiet": "line",
    "pins": "high",
    "origin": "chat",
    "paused": False,
    "effective_from": MADE,
    "last_day": None,
    "last_run": None,
    "last_error": None,
    "told": False,
}
DELIVERED = {"subscription": "s1", "repository": "acme/rocket", "until": MADE, "tip": "abc"}


async def test_a_subscription_of_the_first_release_goes_on(location: Location) -> None:
    """A subscription that was made under the first schema that had any is read as it was meant, and how far it was."""
    database = open_postgresql(location.url) if location.url else await open_sqlite(location.data_dir)
    async with database.writing() as connection:
        await connection.run_sync(_upgrade, "0003")
        for table, row in (("subscriptions", SUBSCRIPTION), ("delivered", DELIVERED)):
            await connection.execute(insert(sql_table(table, *map(column, row))).values(row))
    await database.close()

    async with location.open() as store:
        (subscription,) = await store.subscriptions.all()

    assert subscription.repositories == ("acme/rocket",)
    assert subscription.delivered == {"acme/rocket": Delivered(NOON, "abc")}
    assert subscription.audience == Audience(("AMD",), exclude_bots=True, exclude_types=(ChangeType.CI,))
    assert not subscription.paused


def _upgrade(connection: Connection, revision: str) -> None:
    config = Config(attributes={"connection": connection, "version_table": migrations.VERSION_TABLE})
    config.set_main_option("script_location", SCRIPTS)
    command.upgrade(config, revision)
