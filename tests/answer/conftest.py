"""A model on 127.0.0.1 with an answerer that asks it through the adapter, and a repository that was digested."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.model.openai import ModelSettings, OpenAIModel
from bot.store import Store, open_store
from tests.answer.digested import Digested, digest_all
from tests.answer.support import Bench, Clock
from tests.fakes.openai import FakeOpenAI
from tests.store.support import StoppedClock


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    """Return a running model."""
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
def patience() -> float:
    """Return how many seconds a call may take; a test of what never ends says fewer."""
    return 20


@pytest.fixture
async def model(fake: FakeOpenAI, patience: float, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenAIModel]:
    """Return the adapter, set to the model."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DIGESTBOT_MODEL"):
        monkeypatch.delenv(name, raising=False)
    settings = {"base_url": fake.url, "key": "sk-1", "name": "large", "timeout": patience, "attempts": 2}
    async with OpenAIModel(ModelSettings.model_validate(settings), clock=Clock()) as model:
        yield model


@pytest.fixture
def bench(model: OpenAIModel) -> Bench:
    """Return an answerer on the model."""
    return Bench(model)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Return a store in a folder."""
    async with open_store(tmp_path / "data", clock=StoppedClock()) as store:
        yield store


@pytest.fixture
async def digested(store: Store, tmp_path: Path) -> Digested:
    """Return the repository of the questions, its digests and its material."""
    return await digest_all(store, tmp_path)
