"""DATABASE_URL: its forms, and that nothing of it is shown that may be a secret."""

import logging
import re
import subprocess
import sys
import traceback

import pytest

from bot.errors import ConfigurationError, DigestbotError, StoreUnavailable
from tests.store.postgresql import Server
from tests.store.support import REPOSITORY, Location, NewDatabase

_SECRET = "s3cr3t"  # noqa: S105 # of nothing: it only must not be seen


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
async def test_every_usual_form_is_understood(new_database: NewDatabase, scheme: str) -> None:
    """The forms that hosting services and libraries write all name the same database."""
    location = new_database()
    address = re.sub("^[a-z]+", scheme, str(location.url))

    async with Location(location.data_dir, address, location.clock).open() as store:
        await store.names.remember("rocket", REPOSITORY)

    assert await location.execute("SELECT full_name FROM resolved_names") == [(REPOSITORY,)]
    assert not location.data_dir.exists()


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://digestbot:{_SECRET}@localhost/digestbot",
        f"sqlite:///{_SECRET}",
        f"postgresql+asyncpg://digestbot:{_SECRET}@localhost/digestbot",
        f"postgresql://digestbot:a@{_SECRET}@localhost/digestbot",
        f"postgresql://digestbot@localhost:{_SECRET}/digestbot",
        f"postgresql//digestbot:{_SECRET}@localhost",
        _SECRET,
    ],
)
async def test_an_address_that_is_none(folder: Location, address: str, caplog: pytest.LogCaptureFixture) -> None:
    """An address that cannot be one is refused with the form that works, and no part of it is shown or logged."""
    error = await _failure(Location(folder.data_dir, address, folder.clock), caplog)

    assert isinstance(error, ConfigurationError)
    assert "postgresql://user:password@host/database" in error.remedy


async def test_a_wrong_password(postgresql: Server, folder: Location, caplog: pytest.LogCaptureFixture) -> None:
    """A password that the server refuses is reported in the server's words, and is not shown or logged."""
    address = postgresql.url("postgres", password=_SECRET)

    error = await _failure(Location(folder.data_dir, address, folder.clock), caplog)

    assert isinstance(error, StoreUnavailable)
    assert "password authentication failed" in str(error)


async def test_a_server_that_is_not_there(folder: Location, caplog: pytest.LogCaptureFixture) -> None:
    """A server that cannot be reached is an error that names it, without the password in any place of the address."""
    address = f"postgresql://digestbot:{_SECRET}@/digestbot?host={folder.data_dir}&password={_SECRET}"

    error = await _failure(Location(folder.data_dir, address, folder.clock), caplog)

    assert isinstance(error, StoreUnavailable)
    assert str(folder.data_dir) in str(error)


async def test_an_option_that_does_not_exist(folder: Location, caplog: pytest.LogCaptureFixture) -> None:
    """An unknown option in the address is the operator's to correct."""
    address = f"postgresql://digestbot:{_SECRET}@/digestbot?hots=x"

    error = await _failure(Location(folder.data_dir, address, folder.clock), caplog)

    assert isinstance(error, ConfigurationError)
    assert "hots" in str(error)


async def test_a_driver_that_is_not_installed(
    folder: Location, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the optional driver, an address of PostgreSQL leads to what has to be installed."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "psycopg"]:
        monkeypatch.setitem(sys.modules, name, None)
    address = f"postgresql://digestbot:{_SECRET}@localhost/digestbot"

    error = await _failure(Location(folder.data_dir, address, folder.clock), caplog)

    assert isinstance(error, ConfigurationError)
    assert "digestbot[postgres]" in error.remedy


def test_nobody_pays_for_a_database_that_is_not_used() -> None:
    """Neither the ports nor the command line's help load a library of a database."""
    program = "import sys, bot.ports, bot.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()

    assert "bot" in loaded
    assert not {"sqlalchemy", "alembic", "aiosqlite", "psycopg", "cattrs", "sqlite3"} & set(loaded)


async def _failure(location: Location, caplog: pytest.LogCaptureFixture) -> DigestbotError:
    """Return how opening fails, once it is certain that the secret is shown nowhere."""
    with caplog.at_level(logging.DEBUG), pytest.raises(DigestbotError) as raised:
        async with location.open():
            pass
    shown = "".join(traceback.format_exception(raised.value))
    assert _SECRET not in shown
    assert _SECRET not in caplog.text
    return raised.value
