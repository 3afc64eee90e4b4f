"""What is counted around the parts of the program that need not know of it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from time import monotonic

from bot.digest.build import BuildDigest, Wish
from bot.model import Digest, Usage
from bot.ports import (
    AnsweringModel,
    Conversation,
    LanguageModel,
    Meter,
    ModelAnswer,
    ModelRequest,
    OpenedModel,
    Progress,
    TextPiece,
    ToolCall,
    TurnEnd,
)
from bot.ports.metering import FALLBACK, OK, outcome_of


def metered_build(build: BuildDigest, meter: Meter) -> BuildDigest:
    """Return what builds the same digests, counted."""

    async def metered(wish: Wish, progress: Progress) -> Digest:
        began = monotonic()
        try:
            digest = await build(wish, progress)
        except Exception as error:
            meter.digest(outcome_of(error), monotonic() - began)
            raise
        meter.digest(FALLBACK if digest.receipt.fallback else OK, monotonic() - began)
        return digest

    return metered


def metered_model(opened: OpenedModel, meter: Meter) -> OpenedModel:
    """Return the same model, its calls counted."""
    answers = MeteredAnswering(opened.answers, meter) if opened.answers else None
    return replace(opened, writes=MeteredModel(opened.writes, meter), answers=answers)


class MeteredModel:
    """A language model whose calls are counted. See `bot.ports.LanguageModel`."""

    def __init__(self, model: LanguageModel, meter: Meter) -> None:
        self._model = model
        self._meter = meter

    @property
    def context(self) -> int:
        """How many tokens it can read."""
        return self._model.context

    def name(self, *, light: bool = False) -> str:
        """Return its name."""
        return self._model.name(light=light)

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return its answer."""
        try:
            answer = await self._model.ask(request)
        except Exception as error:
            self._meter.model(outcome_of(error), Usage())
            raise
        self._meter.model(OK, answer.usage)
        return answer


class MeteredAnswering(MeteredModel):
    """A language model that takes turns, likewise. See `bot.ports.AnsweringModel`."""

    def __init__(self, model: AnsweringModel, meter: Meter) -> None:
        super().__init__(model, meter)
        self._conversing = model

    @property
    def tools(self) -> bool:
        """Whether tools can be offered."""
        return self._conversing.tools

    async def converse(self, conversation: Conversation) -> AsyncGenerator[TextPiece | ToolCall | TurnEnd, None]:
        """Yield its next turn."""
        try:
            async with aclosing(self._conversing.converse(conversation)) as turn:
                async for piece in turn:
                    if isinstance(piece, TurnEnd):
                        self._meter.model(OK, piece.usage)
                    yield piece
        except Exception as error:
            self._meter.model(outcome_of(error), Usage())
            raise
