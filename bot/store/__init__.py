"""What is kept between runs, in SQLite or PostgreSQL. Nothing else of the project knows of a database.

A read never writes. Whatever is kept here can be fetched again, so a row that this version of the program cannot use
counts as absent, and rows are dropped by age.
"""

from bot.store.backup import back_up
from bot.store.engine import begun_engine_url, engine_url, reading_engine
from bot.store.processes import open_processes, running_processes
from bot.store.restore import Restored, restore
from bot.store.store import Retention, Store, open_store

__all__ = [
    "Restored",
    "Retention",
    "Store",
    "back_up",
    "begun_engine_url",
    "engine_url",
    "open_processes",
    "open_store",
    "reading_engine",
    "restore",
    "running_processes",
]
