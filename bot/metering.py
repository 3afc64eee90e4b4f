"""What is counted around the parts of the program that need not know of it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
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
from bot.watching import watched_model


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
    return watched_model(opened, _Counting(meter))


class _Counting:
    """Counts the calls of a language model. See `bot.watching.Watch`."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    async def call(self, model: LanguageModel, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer."""
        try:
            answer = await model.ask(request)
        except Exception as error:
            self._meter.model(outcome_of(error), Usage())
            raise
        self._meter.model(OK, answer.usage)
        return answer

    async def turn(
        self, model: AnsweringModel, conversation: Conversation
    ) -> AsyncGenerator[TextPiece | ToolCall | TurnEnd, None]:
        """Yield the model's next turn."""
        try:
            async with aclosing(model.converse(conversation)) as turn:
                async for piece in turn:
                    if isinstance(piece, TurnEnd):
                        self._meter.model(OK, piece.usage)
                    yield piece
        except Exception as error:
            self._meter.model(outcome_of(error), Usage())
            raise
