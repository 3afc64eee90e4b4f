"""The fake model, as any client sees it."""

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import (
    Cut,
    Drop,
    Hang,
    Says,
    Stall,
    context_length,
    cut_by_length,
    enormous,
    fenced,
    rate_limited,
    thinking,
)

ROOT = Path(__file__).parents[2]
QUESTION = {
    "model": "fake",
    "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi!"}],
}
CLOSED = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


def form(schema: Mapping[str, object]) -> dict[str, object]:
    """Return the form of an answer by a strict schema."""
    return {"type": "json_schema", "json_schema": {"name": "triage", "schema": schema, "strict": True}}


@pytest.fixture
async def model() -> AsyncIterator[FakeOpenAI]:
    """Return a running fake."""
    async with FakeOpenAI() as model:
        yield model


async def post(model: FakeOpenAI, **more: object) -> tuple[int, dict[str, Any]]:
    """Ask, and return the status and the body."""
    url = f"{model.url}/chat/completions"
    async with aiohttp.ClientSession() as session, session.post(url, json={**QUESTION, **more}) as response:
        return response.status, await response.json()


async def read(model: FakeOpenAI, **more: object) -> str:
    """Ask, and return the body as it is."""
    url = f"{model.url}/chat/completions"
    async with aiohttp.ClientSession() as session, session.post(url, json={**QUESTION, **more}) as response:
        return await response.text()


async def said(model: FakeOpenAI, **more: object) -> str:
    """Ask, and return the text of the answer."""
    _, body = await post(model, **more)
    text: str = body["choices"][0]["message"]["content"]
    return text


async def test_the_order_of_answers(model: FakeOpenAI) -> None:
    """A scripted answer for this request comes first, once; then the function's; and without one the least there is."""
    assert await said(model) == "The fake model says so."
    assert json.loads(await said(model, response_format=form(CLOSED))) == {"a": "The fake model says so."}
    model.answer = lambda call: {"heard": call.user}
    model.script("for others", on="triage")
    model.script("one", {"two": 2}, on="Hi!")
    assert [await said(model) for _ in range(3)] == ["one", '{"two": 2}', '{"heard": "Hi!"}']
    assert model.left == 1
    assert await said(model, response_format=form(CLOSED)) == "for others"


async def test_the_usual_answers(model: FakeOpenAI) -> None:
    """What models do to JSON can be asked for by name."""
    model.script(fenced("{}"), thinking("{}"), cut_by_length('{"a": 1}'), enormous())
    texts = [await said(model) for _ in range(4)]
    assert ["```json" in texts[0], texts[1].startswith("<think>"), texts[2]] == [True, True, '{"a"']
    assert 199_000 < len(texts[3]) <= 200_000


async def test_history(model: FakeOpenAI) -> None:
    """Every call is kept with what was asked, when, beside how many others, and how it was answered."""
    model.latency = 0.05
    model.script(rate_limited("3"))
    await asyncio.gather(*[post(model, response_format=form(CLOSED)) for _ in range(3)])
    assert [(call.task, call.system, call.user, call.model) for call in model.calls("triage")] == [
        ("triage", "Be kind.", "Hi!", "fake")
    ] * 3
    assert sorted(call.active for call in model.history) == [1, 2, 3]
    assert sorted(call.status for call in model.history) == [200, 200, 429]
    assert all(call.ended - call.began >= 0.05 for call in model.history)
    assert model.peak == 3


async def test_pieces(model: FakeOpenAI) -> None:
    """A stream has the same text as an answer in whole, and counts at its end if that is asked for."""
    for options, counts in (({}, 0), ({"stream_options": {"include_usage": True}}, 1)):
        model.script("A sentence of several pieces, to be put together.")
        streamed = await read(model, stream=True, **options)
        lines = [line.removeprefix("data: ") for line in streamed.split("\n\n") if line]
        assert lines.pop() == "[DONE]"
        chunks = [json.loads(line) for line in lines]
        deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
        text = "".join(delta.get("content") or "" for delta in deltas)
        assert text == "A sentence of several pieces, to be put together."
        assert len([chunk for chunk in chunks if chunk.get("usage")]) == counts


@pytest.mark.parametrize("stream", [False, True])
async def test_breaking_off(model: FakeOpenAI, stream: bool) -> None:
    """A connection is dropped before the answer or in its middle, and one that hangs does so until the client goes."""
    for fault in (Drop(), Cut(Says("{}" * 100)), Hang(), Stall(Says("{}" * 100))):
        model.script(fault)
        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            await asyncio.wait_for(read(model, stream=stream), 0.1)
    assert [call.answer for call in model.history] == ["Drop", "Cut", "Hang", "Stall"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"messages": []}, "missing_required_parameter"),
        ({"max_tokens": 5, "max_completion_tokens": 5}, None),
        ({"response_format": {"type": "json_object"}}, None),
        ({"response_format": form({**CLOSED, "additionalProperties": True})}, "invalid_json_schema"),
        ({"response_format": form({**CLOSED, "required": []})}, "invalid_json_schema"),
        ({"response_format": form({"type": "array", "items": {"type": "object"}})}, "invalid_json_schema"),
    ],
)
async def test_what_openai_refuses(model: FakeOpenAI, asked: dict[str, object], code: str | None) -> None:
    """A request that OpenAI would not take is not taken, and no scripted answer is used up."""
    model.script("never")
    status, body = await post(model, **asked)
    assert (status, body["error"]["code"], model.left) == (400, code, 1)


async def test_rules(model: FakeOpenAI) -> None:
    """Keys, models, a context and what is lacking are insisted on where they are given."""
    model.rules.context = 20
    assert await post(model, max_tokens=30) == (400, {"error": {**json_error(context_length().message)}})
    model.rules.lacks = {"seed", "system"}
    assert (await post(model, seed=1))[1]["error"]["code"] == "unsupported_value"
    model.rules.models = ["large"]
    assert (await post(model))[0] == 404
    model.rules.keys = ["sk-1"]
    assert (await post(model))[0] == 401


def json_error(message: str) -> dict[str, object]:
    """Return the error of a request that is too long."""
    return {"message": message, "type": "invalid_request_error", "param": None, "code": "context_length_exceeded"}


def test_in_a_thread() -> None:
    """Tests that block, and programs that are run, ask it from outside its loop; it lists its models."""
    with FakeOpenAI().in_thread() as model, urllib.request.urlopen(f"{model.url}/models", timeout=60) as answer:  # noqa: S310 -- http, of ours
        assert [each["id"] for each in json.loads(answer.read())["data"]] == ["fake"]


def test_as_a_program() -> None:
    """Started as a program it says its address, and answers with a function that is named."""
    command = (sys.executable, "-m", "tests.fakes.openai", "--answers", "tests.fakes.openai:built_in", "--key", "sk-1")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout
            url = program.stdout.readline().strip()
            headers = {"Authorization": "Bearer sk-1", "Content-Type": "application/json"}
            asked = urllib.request.Request(f"{url}/chat/completions", json.dumps(QUESTION).encode(), headers)  # noqa: S310 -- http, of ours
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 -- likewise
                assert json.loads(answer.read())["choices"][0]["message"]["content"] == "The fake model says so."
        finally:
            program.terminate()
