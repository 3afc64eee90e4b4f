"""A fake model on 127.0.0.1, and the adapter that asks it."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.model.openai import ModelSettings, OpenAIModel
from tests.fakes.openai import FakeOpenAI

KEY = "sk-of-ada-7f3c9e"

Opened = Callable[..., OpenAIModel]


class Clock:
    """Shows the time that a test sets; whoever sleeps is not kept waiting, but `slept` tells for how long."""

    def __init__(self) -> None:
        """Begin at a moment of no importance."""
        self.moment = datetime(2026, 1, 15, 12, 5, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def _no_account_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "DIGESTBOT_MODEL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the adapter."""
    return Clock()


@pytest.fixture
def traffic(tmp_path: Path) -> Path:
    """Return the file in which the fake records what it is asked and what it answers."""
    return tmp_path / "traffic.jsonl"


@pytest.fixture
async def fake(traffic: Path) -> AsyncIterator[FakeOpenAI]:
    """Return a running fake."""
    async with FakeOpenAI(record_to=traffic) as fake:
        yield fake


@pytest.fixture
async def opened(fake: FakeOpenAI, clock: Clock) -> AsyncIterator[Opened]:
    """Return a function that makes an adapter for the fake: with a key unless told otherwise."""
    made: list[OpenAIModel] = []

    def make(**settings: object) -> OpenAIModel:
        wanted = {"base_url": fake.url, "key": KEY, "name": "large", "timeout": 5, **settings}
        made.append(OpenAIModel(ModelSettings.model_validate(wanted), clock=clock))
        return made[-1]

    yield make
    for model in made:
        await model.__aexit__(None, None, None)
