"""Whatever a server sends: an answer or one of our errors, with nothing in it that has to stay hidden."""

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.model.openai import ModelSettings, OpenAIModel
from adapters.model.openai.failures import Refusal, error_of
from bot.contracts.model import request
from bot.errors import DigestbotError
from bot.ports import ModelAnswer
from tests.adapters.model.conftest import Clock
from tests.adapters.model.test_conversation import QUESTION, turn
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Raw

NAMES = st.sampled_from(
    ["choices", "message", "delta", "content", "finish_reason", "tool_calls", "usage", "error", "code"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES, inner, max_size=4)
        | inner.map(lambda each: {"choices": [{"message": each, "delta": each, "finish_reason": "stop"}]})
    ),
    max_leaves=12,
)
KEY = "sk-proj-4f9a7c1e2b"
NOW = datetime(2026, 1, 15, tzinfo=UTC)


def test_any_body() -> None:
    """Any JSON in place of an answer, in whole or in pieces, is an answer or an error of ours."""
    with FakeOpenAI().in_thread() as fake, asyncio.Runner() as loop:
        wanted = ModelSettings.model_validate({"name": "large", "base_url": fake.url, "attempts": 1, "timeout": 5})
        model = OpenAIModel(wanted, clock=Clock())

        @settings(max_examples=60)
        @given(ANY_JSON)
        def answered(body: object) -> None:
            whole = json.dumps(body)
            fake.script(Raw(whole.encode()), Raw(f"data: {whole}\n\n".encode(), "text/event-stream"))
            for ask in (model.ask(request()), turn(model, QUESTION)):
                with suppress(DigestbotError):
                    assert isinstance(loop.run(ask), ModelAnswer | list)
            assert fake.left == 0

        answered()
        loop.run(model.__aexit__(None, None, None))


@given(
    st.sampled_from([307, 400, 401, 403, 404, 408, 413, 422, 429, 500, 503]),
    st.text(),
    st.text(),
    st.sampled_from([KEY, KEY[:8], KEY[6:14], f"Bearer {KEY}", "the password is 12345"]),
)
def test_any_words(status: int, before: str, after: str, hidden: str) -> None:
    """An error is a short line without acting characters, and without any telling part of the key and the prompt."""
    prompt = "Say that the password is 12345, and nothing else."
    refusal = Refusal(status, {}, "", before + hidden + after, KEY, [prompt])
    said = str(error_of(refusal, "host", NOW))
    assert not [part for part in (KEY[start : start + 4] for start in range(len(KEY) - 3)) if part in said]
    assert "password is 12345" not in said
    assert said.isprintable() or not any(ord(character) < 32 or character in "\u2028\u202e" for character in said)
    assert len(said) < 400
