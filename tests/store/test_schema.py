"""The schema: made, brought up to date, and never taken back."""

import asyncio
import stat
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import ConfigurationError
from bot.store import migrations
from bot.store.engine import open_postgresql, open_sqlite
from bot.store.tables import METADATA
from tests.store.support import NASTY, REPOSITORY, Location, NewDatabase, change, sha


async def test_the_migrations_make_the_tables_of_the_program(location: Location) -> None:
    """From nothing, the migrations lead to exactly the tables, columns, types and indexes that the queries expect."""
    async with location.open():
        database = open_postgresql(location.url) if location.url else await open_sqlite(location.data_dir)
        async with database.reading() as connection:
            differences = await connection.run_sync(_differences)
        await database.close()

    assert differences == []


def _differences(connection: Connection) -> object:
    options = {"compare_type": True, "version_table": migrations.VERSION_TABLE, "include_name": _is_in_common}
    return compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)


def _is_in_common(name: str | None, kind: str, _parents: object) -> bool:
    """Return whether both databases have something: not so what each searches text with, of which no query speaks."""
    return not (kind == "table" and str(name).startswith("change_words")) and name != "ix_change_index_words"


def test_head_is_the_last_migration() -> None:
    """The number that an up-to-date database is known by is that of the only last step."""
    config = Config()
    config.set_main_option("script_location", "bot/store/migrations")

    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


async def test_a_newer_database_is_refused(location: Location) -> None:
    """A database that a newer program has migrated is left alone, in a sentence that says so."""
    async with location.open() as store:
        await store.names.remember("rocket", REPOSITORY)
    await location.execute("UPDATE digestbot_version SET version_num = '9999'")

    with pytest.raises(ConfigurationError, match="newer digestbot: its schema is 9999, and this program knows"):
        async with location.open():
            pass

    assert await location.execute("SELECT full_name FROM resolved_names") == [(REPOSITORY,)]


async def test_a_new_place_is_opened_by_several_at_once(location: Location) -> None:
    """Of many that open a new place at the same moment, all find the schema complete."""

    async def use(number: int) -> None:
        async with location.open() as store:
            await store.names.remember(str(number), REPOSITORY)

    await asyncio.gather(*(use(number) for number in range(8)))

    assert await location.execute("SELECT count(*) FROM resolved_names") == [(8,)]


async def test_a_failed_migration_leaves_nothing_behind(location: Location) -> None:
    """A migration that cannot finish leaves no half of a schema, so that the next start makes it whole."""
    await location.execute("CREATE TABLE upkeep (something TEXT)")

    with pytest.raises(Exception, match="upkeep"):
        async with location.open():
            pass

    await location.execute("DROP TABLE upkeep")
    async with location.open() as store:
        assert await store.names.recall("rocket") is None


async def test_the_files_are_for_their_owner_alone(folder: Location) -> None:
    """The folder, the database and the files beside it are closed to others, also if the database was open to them."""
    for _ in range(2):
        async with folder.open() as store:
            await store.names.remember("rocket", REPOSITORY)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.data_dir.iterdir()}
        assert stat.S_IMODE(folder.data_dir.stat().st_mode) == 0o700
        assert modes == dict.fromkeys((f"digestbot.sqlite3{end}" for end in ("", "-shm", "-wal", ".lock")), 0o600)
        (folder.data_dir / "digestbot.sqlite3").chmod(0o644)


async def test_a_database_of_any_encoding(new_database: NewDatabase) -> None:
    """Text that the encoding of a PostgreSQL database lacks is kept there without loss."""
    location = new_database("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    async with location.open() as store:
        await store.names.remember(NASTY, NASTY)
        await store.changes.keep(NASTY, [replace(change(1), message=NASTY)])

        assert await store.names.recall(NASTY) == NASTY
        assert await store.changes.known(NASTY, [sha(1)]) == {sha(1): replace(change(1), message=NASTY)}
