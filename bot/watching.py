"""A language model at which somebody looks: what is not a call is the model's own."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Protocol

from bot.ports import (
    AnsweringModel,
    Conversation,
    LanguageModel,
    ModelAnswer,
    ModelRequest,
    OpenedModel,
    TextPiece,
    ToolCall,
    TurnEnd,
)


class Watch(Protocol):
    """Lets each call of a model happen, and looks at it. What the model raises goes on."""

    async def call(self, model: LanguageModel, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer."""
        ...

    def turn(
        self, model: AnsweringModel, conversation: Conversation
    ) -> AsyncGenerator[TextPiece | ToolCall | TurnEnd, None]:
        """Yield the model's next turn."""
        ...


def watched_model(opened: OpenedModel, watch: Watch) -> OpenedModel:
    """Return the same model, its calls watched."""
    answers = _WatchedAnswering(opened.answers, watch) if opened.answers else None
    return replace(opened, writes=_WatchedModel(opened.writes, watch), answers=answers)


class _WatchedModel:
    """A language model whose calls are watched. See `bot.ports.LanguageModel`."""

    def __init__(self, model: LanguageModel, watch: Watch) -> None:
        self._model = model
        self._watch = watch

    @property
    def context(self) -> int:
        """How many tokens it can read."""
        return self._model.context

    def name(self, *, light: bool = False) -> str:
        """Return its name."""
        return self._model.name(light=light)

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return its answer."""
        return await self._watch.call(self._model, request)


class _WatchedAnswering(_WatchedModel):
    """A language model that takes turns, likewise. See `bot.ports.AnsweringModel`."""

    def __init__(self, model: AnsweringModel, watch: Watch) -> None:
        super().__init__(model, watch)
        self._conversing = model

    @property
    def tools(self) -> bool:
        """Whether tools can be offered."""
        return self._conversing.tools

    def converse(self, conversation: Conversation) -> AsyncGenerator[TextPiece | ToolCall | TurnEnd, None]:
        """Yield its next turn."""
        return self._watch.turn(self._conversing, conversation)
