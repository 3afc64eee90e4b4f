"""Brings the schema of a database up to date, by the steps in `versions/`.

A step is never changed once it is released. To add one: the next number, `down_revision` naming the last, the same
change in `bot.store.tables`, and the new HEAD here. A step keeps to what both SQLite and PostgreSQL can do,
except for what each searches text with.
"""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text

from bot.errors import ConfigurationError

HEAD = "0013"
VERSION_TABLE = "digestbot_version"
_LOCK = 7_246_031_975_814_402  # any number that no other program locks by


def upgrade(connection: Connection) -> None:
    """Bring the schema up to date, within the transaction of the connection.

    That transaction has to be one that writes. Of several processes one does the work and the others wait for it.
    Raises ConfigurationError if the database is newer than the program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if is_current(connection):
        return
    # Opening an up-to-date database should not cost the import.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    command.upgrade(config, "head")


def is_current(connection: Connection) -> bool:
    """Return whether the schema is that of this program.

    Raises ConfigurationError if the database is newer than the program.
    """
    if not inspect(connection).has_table(VERSION_TABLE):
        return False
    found = connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
    if found is not None and found > HEAD:
        message = f"The database belongs to a newer digestbot: its schema is {found}, and this program knows {HEAD}."
        raise ConfigurationError(message, remedy="Install the newer version, or restore a backup of before.")
    return found == HEAD
