"""What goes over the wire, against OpenAI's own description of its API."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from bot.contracts.model import request
from bot.errors import DigestbotError
from bot.ports import Conversation, Speaker, ToolCall, Turn
from tests.adapters.model.conftest import Opened
from tests.adapters.model.test_conversation import DIFF, QUESTION, turn
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import (
    Cut,
    Says,
    context_length,
    enormous,
    filtered,
    forbidden,
    no_credit,
    rate_limited,
    refusal,
    server_error,
    unauthorised,
    unknown_model,
)

CONFORM = Path(__file__).parents[4] / "shared" / "conform"
ANSWERS = (
    *(Says("{}"), Says(None), Says("{", finish="length"), refusal(), filtered(), enormous()),
    *(context_length(), unauthorised(), forbidden(), unknown_model(), rate_limited("1"), no_credit()),
    *(server_error(), server_error(503)),
)
MODES: tuple[dict[str, object], ...] = (
    {},
    {"structured": "json_object", "limit": "max_completion_tokens", "temperature": 0.5, "seed": 3},
    {"structured": "none", "system_role": False, "tools": False, "key": None},
)


@pytest.mark.skipif(not CONFORM.is_dir(), reason="OpenAI's description is not beside this project")
async def test_requests_and_answers(opened: Opened, fake: FakeOpenAI, traffic: Path) -> None:
    """Every kind of request that the adapter sends, and every kind of answer of the fake, is as OpenAI describes it."""
    calls = (ToolCall("call_0", "diff", "{}"),)
    turns = (*QUESTION.turns, Turn(Speaker.MODEL, "", calls), Turn(Speaker.TOOL, "+heap", call="call_0"))
    for mode in MODES:
        model = opened(attempts=1, **mode)
        for answer in ANSWERS:
            fake.script(answer, answer)
            for ask in (model.ask(request()), turn(model)):
                try:
                    await ask
                except DigestbotError:
                    assert type(answer).__name__ == "Refuses"
        fake.script(Says("See.", calls=[("diff", '{"path": "queue.py"}')]), Cut(Says("{}" * 50)))
        await turn(model, Conversation("Answer.", turns, 50, (DIFF,)))
        with pytest.raises(DigestbotError):
            await turn(model)
    command = (sys.executable, "conform.py", "--waivers", "waivers.json", str(traffic))
    run = await asyncio.create_subprocess_exec(*command, cwd=CONFORM, stdout=PIPE, stderr=STDOUT)
    said, _ = await run.communicate()
    assert run.returncode == 0, said.decode()
    assert f"exchanges={len(fake.history)} " in said.decode()
