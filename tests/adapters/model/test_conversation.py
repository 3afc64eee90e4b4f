"""Turns of a conversation, as they come."""

import asyncio
from contextlib import aclosing

import pytest

from adapters.model.openai import OpenAIModel
from bot.errors import CredentialRefused, ModelError, ModelUnavailable, PromptTooLong
from bot.ports import Conversation, Finish, Speaker, TextPiece, Tool, ToolCall, Turn, TurnEnd
from tests.adapters.model.conftest import Clock, Opened
from tests.adapters.model.test_failures import time_for
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import (
    Answer,
    Cut,
    Drop,
    Hang,
    Raw,
    Says,
    Trickle,
    context_length,
    filtered,
    rate_limited,
    refusal,
    server_error,
    unauthorised,
)

DIFF = Tool("diff", "Show the difference of a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
QUESTION = Conversation("Answer from the digest.", (Turn(Speaker.PERSON, "What broke?"),), 200, (DIFF,))
SENTENCE = "The scheduler takes requests by deadline now, so that old ones do not starve."


async def turn(model: OpenAIModel, conversation: Conversation = QUESTION) -> list[TextPiece | ToolCall | TurnEnd]:
    """Return the whole of a turn."""
    return [each async for each in model.converse(conversation)]


def text_of(heard: list[TextPiece | ToolCall | TurnEnd]) -> str:
    """Return the text of a turn."""
    return "".join(each.text for each in heard if isinstance(each, TextPiece))


async def test_text(opened: Opened, fake: FakeOpenAI) -> None:
    """Text comes in pieces, and its end says how it ended and what it took."""
    fake.script(Says(SENTENCE, input_tokens=1000, cached_tokens=400, output_tokens=50))
    heard = await turn(opened(prices={"large": {"input": 2, "cached_input": 0.5, "output": 10}}))
    assert len(heard) > 4
    assert text_of(heard) == SENTENCE
    end = heard[-1]
    assert isinstance(end, TurnEnd)
    assert (end.finish, end.usage.calls, end.usage.input_tokens, end.usage.cached_tokens) == (
        Finish.COMPLETE,
        1,
        1000,
        400,
    )
    assert end.usage.cost == pytest.approx((600 * 2 + 400 * 0.5 + 50 * 10) / 1e6)


async def test_as_it_comes(opened: Opened, fake: FakeOpenAI) -> None:
    """A piece is there before the next one is sent."""
    fake.pace = 0.02
    fake.script(SENTENCE)
    async for piece in opened().converse(QUESTION):
        if isinstance(piece, TextPiece):
            assert not fake.calls()[0].ended
            break


async def test_tools(opened: Opened, fake: FakeOpenAI) -> None:
    """Calls of tools come whole and in order after the text, and their results go back by their ids."""
    fake.script(Says("Let me look.", calls=[("diff", '{"path": "a/rather/long/path.py"}'), ("diff", "{}")]))
    model = opened()
    heard = await turn(model)
    calls = tuple(each for each in heard if isinstance(each, ToolCall))
    assert calls == (ToolCall("call_0", "diff", '{"path": "a/rather/long/path.py"}'), ToolCall("call_1", "diff", "{}"))
    assert heard[-3:-1] == list(calls)
    results = [Turn(Speaker.TOOL, f"result {call.id}", call=call.id) for call in calls]
    said = (*QUESTION.turns, Turn(Speaker.MODEL, text_of(heard), calls), *results)
    await turn(model, Conversation("Answer from the digest.", said, 200, (DIFF,)))
    asked, answered, first, second = fake.calls()[1].body["messages"][1:]
    assert asked == {"role": "user", "content": "What broke?"}
    assert answered["tool_calls"][0]["function"] == {"name": "diff", "arguments": '{"path": "a/rather/long/path.py"}'}
    assert first == {"role": "tool", "content": "result call_0", "tool_call_id": "call_0"}
    assert second["tool_call_id"] == "call_1"
    assert fake.calls()[1].body["tools"][0]["function"]["name"] == "diff"


async def test_no_tools(opened: Opened, fake: FakeOpenAI) -> None:
    """A server without tools is offered none."""
    model = opened(tools=False)
    assert not model.tools
    await turn(model)
    assert "tools" not in fake.calls()[0].body


@pytest.mark.parametrize(
    ("answer", "finish"),
    [
        (Says("Half a sen", finish="length"), Finish.LENGTH),
        (Says("Half a sen", finish="length", calls=[("diff", '{"path"')]), Finish.LENGTH),
        (refusal(), Finish.REFUSED),
        (filtered(), Finish.REFUSED),
    ],
)
async def test_how_it_ended(opened: Opened, fake: FakeOpenAI, answer: Says, finish: Finish) -> None:
    """A turn that was cut or refused says so, and asks for no tool."""
    fake.script(answer)
    heard = await turn(opened())
    end = heard[-1]
    assert isinstance(end, TurnEnd)
    assert end.finish is finish
    assert not [each for each in heard if isinstance(each, ToolCall)]


def broken_stream(*lines: str) -> Raw:
    """Return a stream of these data after a good piece."""
    good = '{"choices": [{"index": 0, "delta": {"content": "Half a sen"}}]}'
    return Raw("".join(f"data: {line}\n\n" for line in (good, *lines)).encode(), "text/event-stream")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Cut(Says(SENTENCE)), ModelUnavailable),
        (broken_stream(), ModelUnavailable),
        (broken_stream("[DONE]"), ModelUnavailable),
        (broken_stream('{"error": {"message": "Overloaded", "code": 503}}'), ModelUnavailable),
        (broken_stream("{half"), ModelError),
        (broken_stream('{"choices": [{"delta": {"content": 7}}]}'), ModelError),
        (broken_stream('{"choices": 7}'), ModelError),
        (broken_stream("[" * 100_000), ModelError),
        (broken_stream(f'{{"choices": [], "more": "{"y" * (9 << 20)}"}}'), ModelError),
    ],
)
async def test_breaking_off(
    opened: Opened, fake: FakeOpenAI, clock: Clock, answer: Answer, kind: type[Exception]
) -> None:
    """A turn that breaks off raises after some of its text, without an end, and is not tried again."""
    fake.script(answer)
    heard: list[TextPiece | ToolCall | TurnEnd] = []

    async def listen() -> None:
        async for each in opened().converse(QUESTION):
            heard.append(each)  # noqa: PERF401 -- what came before the error counts

    with pytest.raises(kind) as caught:
        await listen()
    assert type(caught.value) is kind
    assert text_of(heard).startswith(("Half a sen", "The scheduler"))
    assert not [each for each in heard if isinstance(each, TurnEnd)]
    assert (len(fake.calls()), clock.slept) == (1, [])


@pytest.mark.parametrize("fault", [rate_limited("3"), server_error(), Drop(), Hang(), Raw(b"", "text/event-stream")])
async def test_another_attempt(opened: Opened, fake: FakeOpenAI, clock: Clock, fault: Answer) -> None:
    """As long as nothing has come, what may pass is tried again."""
    fake.script(fault, SENTENCE)
    assert text_of(await turn(opened(timeout=time_for(fault)))) == SENTENCE
    assert len(clock.slept) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(context_length(), PromptTooLong), (unauthorised(), CredentialRefused), (Trickle(), ModelUnavailable)],
)
async def test_no_answer(opened: Opened, fake: FakeOpenAI, fault: Answer, kind: type[Exception]) -> None:
    """What is refused for good is raised at once, and what has no end after the time of a call."""
    fake.script(fault)
    with pytest.raises(kind):
        await turn(opened(timeout=0.2, attempts=1))


async def test_the_time_of_a_call(opened: Opened, fake: FakeOpenAI) -> None:
    """Pieces that come for longer than a call may take are cut off; what the listener does meanwhile does not count."""
    fake.pace = 0.05
    fake.script(SENTENCE * 5, SENTENCE)
    with pytest.raises(ModelUnavailable, match="within"):
        await turn(opened(timeout=0.3))
    fake.pace = 0
    heard = []
    async for each in opened(timeout=0.3).converse(QUESTION):
        heard.append(each)
        await asyncio.sleep(0.06)
    assert text_of(heard) == SENTENCE


async def test_leaving_early(opened: Opened, fake: FakeOpenAI) -> None:
    """Whoever stops listening ends the request, and gives its place back."""
    fake.pace = 0.01
    fake.script(SENTENCE * 100)
    model = opened(concurrency=1)
    async with aclosing(model.converse(QUESTION)) as heard:
        async for _ in heard:
            break
    assert await asyncio.wait_for(turn(model), 30)
