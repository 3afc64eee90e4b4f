"""Processes are killed at random while they deliver, to a chat that goes wrong, with the model away at first.

These runs are short; `make chaos` does long ones.
"""

from dataclasses import replace

import pytest

from tests.chaos.harness import Plan, chaos
from tests.store.conftest import postgresql  # noqa: F401 - a fixture
from tests.store.postgresql import Server

pytestmark = pytest.mark.long

# On a busy machine a process may be held up for longer than a faster clock would allow it.
SHORT = Plan(kills=2, subscriptions=4, a_minute=4, factor=8, seconds=90, life=(0.5, 1.2))


async def test_kills_on_sqlite() -> None:
    """Kills of the one process on SQLite double, lose and reorder nothing, and repeat no finished step."""
    result = await chaos(SHORT)

    assert result.evidence == []
    assert result.wrong == 0, result
    assert result.kills == SHORT.kills


async def test_kills_on_postgresql(postgresql: Server) -> None:  # noqa: F811 - the fixture
    """Kills of two processes on PostgreSQL do no more harm, and what a dead one left is taken over by the other.

    The database is restarted in between, as a crash would do it.
    """
    postgresql.execute("CREATE DATABASE chaos")
    plan = replace(SHORT, processes=2, restarts=1)
    result = await chaos(plan, postgresql.url("chaos"), postgresql.restart)

    assert result.evidence == []
    assert result.wrong == 0, result
    assert result.restarts == 1


async def test_the_harness_can_fail() -> None:
    """Without the outbox, the same kills double posts."""
    result = await chaos(replace(SHORT, naive=True))

    assert result.doubled
