"""Slack and Discord in one process and on one event loop; see `side_by_side`."""

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.adapters.chat.side_by_side import opened


async def test_neither_keeps_the_other_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both acknowledge and answer every command while they post; `tests.bench.acknowledging` says how soon."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    async with opened() as both:
        assert all(seconds > 0 for seconds in await both.busy())
