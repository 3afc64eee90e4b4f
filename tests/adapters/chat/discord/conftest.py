"""Discord on 127.0.0.1, and the adapter that posts there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.chat.discord.chat import DiscordChat
from adapters.chat.discord.settings import DiscordSettings
from bot.model import Place
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_town import Town


@dataclass
class Clock:
    """A clock that a test sets; it moves a little whenever it is read, as Discord's identifiers ask for."""

    seconds: float = 1_768_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        self.seconds += 0.001
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    """Return the clock of Discord."""
    return Clock()


@pytest.fixture
def town(clock: Clock) -> Town:
    """Return a server with a channel and a forum."""
    return Town(clock)


@pytest.fixture
def general(town: Town) -> Place:
    """Return the place that the channel is."""
    return Place("discord", str(town.guild.id), str(town.general.id))


@pytest.fixture
def forum(town: Town) -> Place:
    """Return the place that the forum is."""
    return Place("discord", str(town.guild.id), str(town.forum.id))


@pytest.fixture
async def fake(town: Town) -> AsyncIterator[FakeDiscord]:
    """Return a running fake without rate limits."""
    async with FakeDiscord(town.world) as fake:
        yield fake


@pytest.fixture
def settings(fake: FakeDiscord) -> DiscordSettings:
    """Return settings that lead to the fake."""
    given = {"token": fake.world.application.token, "api_url": fake.api_url, "gateway_url": fake.gateway_url}
    return DiscordSettings.model_validate(given)


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget, after each test, where discord.py was led."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


@pytest.fixture
async def chat(settings: DiscordSettings) -> AsyncIterator[DiscordChat]:
    """Return the adapter."""
    async with DiscordChat(settings) as chat:
        yield chat
