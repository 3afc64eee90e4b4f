"""The language model behind OpenAI's API, as the program finds it: under the name `model`, which its settings have."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.model.openai.model import OpenAIModel
from adapters.model.openai.settings import ModelSettings
from bot.ports import API, ModelPlugin, OpenedModel, Surroundings


@asynccontextmanager
async def _connect(settings: ModelSettings, surroundings: Surroundings) -> AsyncIterator[OpenedModel]:
    async with OpenAIModel(settings, clock=surroundings.clock) as model:
        yield OpenedModel(model, model, provider="openai")


PLUGIN = ModelPlugin(
    api=API,
    settings=ModelSettings,
    configured=lambda settings: settings.configured,
    connect=_connect,
)
