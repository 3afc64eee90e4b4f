"""Where the key and the prompt must not appear."""

import logging
import secrets
from dataclasses import replace

import pytest

from bot.contracts.model import request
from bot.errors import DigestbotError
from bot.ports import Speaker, Turn
from tests.adapters.model.conftest import Opened
from tests.adapters.model.test_conversation import QUESTION, turn
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Answer, Cut, Drop, Hang, Raw, Refuses, Says, rate_limited, unauthorised

KEY = f"sk-proj-{secrets.token_hex(18)}"
PROMPT = f"Rotate the password {secrets.token_hex(18)} tonight"


async def test_logs_and_errors(opened: Opened, fake: FakeOpenAI, caplog: pytest.LogCaptureFixture) -> None:
    """With every library logging all it can, neither is in a log, in an error or in what led to it."""
    caplog.set_level(logging.DEBUG)
    said = []
    echo = f"Incorrect API key provided: {KEY}. You asked: {PROMPT}"
    faults: tuple[Answer, ...] = (
        *(Refuses(status, echo) for status in (400, 401, 403, 404, 422, 429, 500)),
        *(unauthorised(), rate_limited(), Drop(), Hang(), Cut(Says(PROMPT)), Raw(echo.encode()), Raw(b"[")),
        Refuses(500, f"Authorization: Bearer {KEY[:20]} … {KEY[-9:]}"),
    )
    question = replace(QUESTION, turns=(Turn(Speaker.PERSON, PROMPT),))
    model = opened(key=KEY, attempts=2, timeout=0.2)
    for fault in faults:
        for ask in (model.ask(request(PROMPT)), turn(model, question)):
            fake.script(fault, fault)
            with pytest.raises(DigestbotError) as caught:
                await ask
            error = caught.value
            said += [str(error), error.public, repr(error), repr(error.__cause__), repr(error.__context__)]
            fake.forget()
    assert (await model.ask(request(PROMPT))).text
    everything = "\n".join([caplog.text, *(record.getMessage() for record in caplog.records), *said, repr(model)])
    assert "127.0.0.1" in caplog.text
    assert {"openai._base_client", "httpx2"} <= {record.name for record in caplog.records}
    hidden = {KEY, KEY[:12], KEY[-8:], PROMPT, PROMPT[20:40], QUESTION.instructions}
    assert [secret for secret in hidden if secret in everything] == []
    assert all(call.key == KEY for call in fake.calls())


async def test_another_server(opened: Opened, fake: FakeOpenAI) -> None:
    """Neither follows a redirection to somebody else."""
    async with FakeOpenAI() as other:
        fake.script(Refuses(307, "", headers={"location": f"{other.url}/chat/completions"}))
        with pytest.raises(DigestbotError, match="leads elsewhere"):
            await opened().ask(request())
        assert not other.history


async def test_the_record(opened: Opened, fake: FakeOpenAI) -> None:
    """What the fake records of the traffic is without the key."""
    fake.script(f"I was told {KEY}")
    await opened(key=KEY).ask(request())
    assert fake.record_to
    recorded = fake.record_to.read_text()
    assert KEY not in recorded
    assert recorded.count("<redacted>") == 2
