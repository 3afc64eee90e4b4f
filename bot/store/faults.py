"""Turns what a database driver raises into errors of ours: the one place that does."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import ConfigurationError, DigestbotError, StoreError, StoreUnavailable


class Fault(NamedTuple):
    """The error for a kind of failure. The sentence goes on from the name of the database."""

    error: type[StoreError | StoreUnavailable]
    sentence: str
    remedy: str


_BUSY = Fault(StoreUnavailable, "is locked by another process", "Try again when that has finished.")
_OVERLOADED = Fault(StoreUnavailable, "has no connection free", "Try again later.")
_INTERRUPTED = Fault(StoreUnavailable, "ended the work", "Try again later.")
_FULL = Fault(StoreError, "cannot grow: its disk is full", "Free some space on it.")
_FORBIDDEN = Fault(StoreError, "may not be written by this user", "Give this user the right to.")
_DAMAGED = Fault(StoreError, "is damaged", "Restore it from a backup, or move it away to begin anew.")
_FOREIGN = Fault(StoreError, "is not a database", "Move it away, or set DIGESTBOT_DATA_DIR to another folder.")
_FAILING = Fault(StoreError, "cannot be read or written: its disk reports an error", "Check the disk and its quota.")
_REFUSED = Fault(StoreError, "refuses the login", "Correct DATABASE_URL.")

# https://www.sqlite.org/rescode.html, by primary code
_SQLITE: Mapping[int, Fault] = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _FORBIDDEN,
    sqlite3.SQLITE_CANTOPEN: _FORBIDDEN,
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_AUTH: _FORBIDDEN,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _FOREIGN,
    sqlite3.SQLITE_IOERR: _FAILING,
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html, by code or by class
_POSTGRESQL: Mapping[str, Fault] = {
    "25006": _FORBIDDEN,  # a replica, or default_transaction_read_only
    "42501": _FORBIDDEN,
    "53100": _FULL,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "08": _INTERRUPTED,
    "28": _REFUSED,
    "3D": _REFUSED,
    "40": _INTERRUPTED,
    "53": _OVERLOADED,
    "55": _BUSY,
    "57": _INTERRUPTED,
    "58": _FAILING,
}


@contextmanager
def translated(database: str) -> Iterator[None]:
    """Raise StoreUnavailable or StoreError where SQLAlchemy, or SQLite itself, reports what lies outside the program.

    `database` is the name in the sentence. Whatever else is reported is a fault of the program, and passes.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        known = _error(error, database)
        if known is None:
            raise
        # The cause would show the statement, and with it what people wrote.
        raise known from None


def _error(error: SQLAlchemyError | sqlite3.Error, database: str) -> DigestbotError | None:
    origin = error.orig if isinstance(error, DBAPIError) else error
    code, state = getattr(origin, "sqlite_errorcode", None), getattr(origin, "sqlstate", None)
    if code is not None:
        fault = _SQLITE.get(code & 0xFF)
    elif state is not None:
        fault = _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    elif isinstance(error, PoolTimeout):
        fault = _OVERLOADED
    else:
        return _connection_error(error, database)
    return fault.error(f"{database} {fault.sentence}.", remedy=fault.remedy) if fault else None


def _connection_error(error: SQLAlchemyError | sqlite3.Error, database: str) -> DigestbotError | None:
    """Return the error for what libpq says of connections, which has no code; libpq never shows the password."""
    kind: type[DigestbotError]
    match error:
        case OperationalError() | InterfaceError():
            kind = StoreUnavailable
        case ProgrammingError():
            kind = ConfigurationError
        case _:
            return None
    said = str(error.orig).strip().partition("\n")[0].rstrip(".")
    return kind(f"{database} cannot be reached: {said}.", remedy="Check DATABASE_URL, and that its server runs.")
