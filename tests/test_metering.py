"""What is counted around a language model and the building of digests."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest

from bot.errors import ChatError, DigestbotError, ModelUnavailable
from bot.metering import metered_model
from bot.model import Usage
from bot.ports import (
    Call,
    Conversation,
    Finish,
    ModelAnswer,
    ModelRequest,
    OpenedModel,
    Speaker,
    TextPiece,
    ToolCall,
    Turn,
    TurnEnd,
)
from bot.ports.metering import FAULT, NoMeter, outcome_of

USAGE = Usage(1, 100, 10, 5, 0.5)


@dataclass
class Noting(NoMeter):
    """Notes the calls of models."""

    calls: list[tuple[str, Usage]] = field(default_factory=list)

    def model(self, outcome: str, usage: Usage) -> None:
        """Note a call."""
        self.calls.append((outcome, usage))


@dataclass
class Model:
    """A language model that answers, or fails."""

    error: DigestbotError | None = None
    context: int = 1000
    tools: bool = True

    def name(self, *, light: bool = False) -> str:
        """Return a name."""
        return "light" if light else "model-x"

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """Answer."""
        if self.error:
            raise self.error
        return ModelAnswer(request.task, Finish.COMPLETE, USAGE)

    async def converse(self, conversation: Conversation) -> AsyncGenerator[TextPiece | ToolCall | TurnEnd, None]:
        """Take a turn."""
        yield TextPiece(conversation.turns[0].text)
        if self.error:
            raise self.error
        yield TurnEnd(Finish.COMPLETE, USAGE)


async def test_calls_of_a_model() -> None:
    """A metered model is the model, and each of its calls is counted with what it took."""
    model, meter = Model(), Noting()
    opened = metered_model(OpenedModel(model, model), meter)
    assert opened.answers
    answer = await opened.writes.ask(ModelRequest("task", "", "", {}, 10))
    conversation = Conversation("", (Turn(Speaker.PERSON, "hello"),), 10)
    async with aclosing(opened.answers.converse(conversation)) as turn:
        pieces = [piece async for piece in turn]

    assert (answer.text, pieces) == ("task", [TextPiece("hello"), TurnEnd(Finish.COMPLETE, USAGE)])
    assert (opened.writes.context, opened.answers.tools, opened.writes.name(light=True)) == (1000, True, "light")
    assert meter.calls == [("ok", USAGE), ("ok", USAGE)]


async def test_calls_that_fail() -> None:
    """A call that fails is counted by the type of its error, and the error goes on."""
    model, meter = Model(ModelUnavailable("It is away.")), Noting()
    opened = metered_model(OpenedModel(model, model), meter)
    assert opened.answers
    with pytest.raises(ModelUnavailable):
        await opened.writes.ask(ModelRequest("task", "", "", {}, 10))
    with pytest.raises(ModelUnavailable):
        [_ async for _ in opened.answers.converse(Conversation("", (Turn(Speaker.PERSON, "hello"),), 10))]
    assert meter.calls == [("ModelUnavailable", Usage()), ("ModelUnavailable", Usage())]


def test_kinds_of_errors() -> None:
    """An error is counted as the nearest type of ours, so that no package adds a kind, and all else as a fault."""

    class TheirOwn(ChatError):
        pass

    assert [outcome_of(error) for error in (ModelUnavailable(""), TheirOwn(""), KeyError())] == [
        "ModelUnavailable",
        "ChatError",
        FAULT,
    ]
    NoMeter().chat("slack", Call.POST, FAULT)
