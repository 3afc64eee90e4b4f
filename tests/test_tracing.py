"""What is traced around a language model, a source, a code host and the building of digests."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from bot.errors import ModelUnavailable
from bot.model import Usage
from bot.ports import NO_TRACER, Conversation, Finish, ModelRequest, OpenedModel, SpanKind, Speaker, TextPiece, Turn
from bot.ports.tracing import CANCELLED, spanning, spanning_steps
from bot.tracing import traced_model
from tests.fakes.spans import Noting
from tests.test_metering import Model

_TURN = Conversation("", (Turn(Speaker.PERSON, "hello"),), 10)


async def test_calls_of_a_model() -> None:
    """A traced model is the model, and its calls are told by the conventions for generative models, without a text."""
    model, tracer = Model(), Noting()
    opened = traced_model(OpenedModel(model, model, "openai"), tracer)
    assert opened.answers
    await opened.writes.ask(ModelRequest("triage", "", "a text", {}, 10, light=True))
    pieces = [piece async for piece in opened.answers.converse(_TURN)]

    told, streamed = tracer.spans
    assert (opened.provider, opened.writes.context, opened.answers.tools, len(pieces)) == ("openai", 1000, True, 2)
    assert (told.name, streamed.name, told.kind, told.ended) == ("chat light", "chat model-x", SpanKind.CLIENT, True)
    assert told.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "light",
        "gen_ai.request.max_tokens": 10,
        "gen_ai.output.type": "json",
        "gen_ai.prompt.name": "triage",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.cache_read.input_tokens": 10,
    }
    assert {"gen_ai.request.stream": True, "gen_ai.usage.output_tokens": 5}.items() <= streamed.attributes.items()


async def test_calls_that_fail() -> None:
    """A call that fails is told by the kind of its error, and the error goes on."""
    model, tracer = Model(ModelUnavailable("It is away.")), Noting()
    opened = traced_model(OpenedModel(model, model), tracer)
    assert opened.answers
    with pytest.raises(ModelUnavailable):
        await opened.writes.ask(ModelRequest("task", "", "", {}, 10))
    with pytest.raises(ModelUnavailable):
        [_ async for _ in opened.answers.converse(_TURN)]
    assert [span.failed for span in tracer.spans] == [("ModelUnavailable", "It is away.")] * 2


async def test_steps() -> None:
    """What a generator does is within its span, and what its consumer does between two steps is not."""
    tracer = Noting()

    async def steps() -> AsyncGenerator[str, None]:
        for name in ("first", "second"):
            with spanning(tracer, name):
                yield name

    async with aclosing(spanning_steps(tracer, "all", {}, steps())) as taken:
        async for step in taken:
            with spanning(tracer, f"after {step}"):
                pass
            break
    assert [(span.name, span.parent, span.ended, span.failed) for span in tracer.spans] == [
        ("all", "", True, None),
        ("first", "all", True, None),
        ("after first", "", True, None),
    ]


async def test_what_is_stopped() -> None:
    """What is cancelled ends its span, which tells so."""
    tracer = Noting()

    async def wait() -> None:
        with spanning(tracer, "waiting"):
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    (span,) = tracer.spans
    assert (span.failed, span.ended) == ((CANCELLED, ""), True)


async def test_no_tracer() -> None:
    """Without a tracer everything is as it is with one."""
    model = Model()
    opened = traced_model(OpenedModel(model, model), NO_TRACER)
    assert opened.answers
    answer = await opened.writes.ask(ModelRequest("task", "", "", {}, 10))
    pieces = [piece async for piece in opened.answers.converse(_TURN)]
    assert (answer.text, answer.finish, answer.usage) == ("task", Finish.COMPLETE, Usage(1, 100, 10, 5, 0.5))
    assert pieces[0] == TextPiece("hello")
    assert NO_TRACER.traceparent() == ""
