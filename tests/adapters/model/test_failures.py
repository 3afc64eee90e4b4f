"""What goes wrong between the adapter and a server: what is tried again, for how long, and what is said in the end."""

from datetime import timedelta

import pytest

from bot.contracts.model import request
from bot.errors import (
    ConfigurationError,
    CredentialRefused,
    DigestbotError,
    ModelError,
    ModelUnavailable,
    PromptTooLong,
    TemporaryError,
)
from bot.ports import Finish
from tests.adapters.model.conftest import KEY, Clock, Opened
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import (
    Answer,
    Cut,
    Drop,
    Hang,
    Raw,
    Refuses,
    Says,
    Trickle,
    context_length,
    filtered,
    forbidden,
    no_choice,
    no_credit,
    rate_limited,
    refusal,
    server_error,
    unauthorised,
    unknown_model,
)

PASSING: dict[str, Answer] = {
    "a limit": rate_limited(),
    "a limit that passes": rate_limited("7"),
    "500": server_error(),
    "503": server_error(503),
    "529": server_error(529),
    "408": Refuses(408, "Timed out"),
    "no answer": Hang(),
    "an answer without an end": Trickle(),
    "a dropped connection": Drop(),
    "half a body": Cut(Says("{}" * 100)),
    "an error with the status of success": Raw(b'{"error": {"message": "Overloaded", "code": 503}}'),
}

FINAL: dict[str, tuple[Answer, type[DigestbotError], str]] = {
    "a wrong key": (unauthorised(), CredentialRefused, "OPENAI_API_KEY"),
    "a key that may not": (forbidden(), CredentialRefused, "DIGESTBOT_MODEL"),
    "no credit": (no_credit(), ConfigurationError, "credit"),
    "OpenAI's context": (context_length(), PromptTooLong, "DIGESTBOT_MODEL_CONTEXT"),
    "vLLM's context": (
        Refuses(400, "The decoder prompt (length 9000) is longer than the maximum model length of 8192."),
        PromptTooLong,
        "DIGESTBOT_MODEL_CONTEXT",
    ),
    "SGLang's context": (
        Refuses(400, "The input (9000 tokens) is longer than the model's context length (8192 tokens)."),
        PromptTooLong,
        "DIGESTBOT_MODEL_CONTEXT",
    ),
    "llama.cpp's context": (
        Refuses(
            400, "the request exceeds the available context size, try increasing it", None, "exceed_context_size_error"
        ),
        PromptTooLong,
        "DIGESTBOT_MODEL_CONTEXT",
    ),
    "a body too large": (Refuses(413, "Payload Too Large"), PromptTooLong, "DIGESTBOT_MODEL_CONTEXT"),
    "a request above the limit of a minute": (
        Refuses(429, "Request too large for gpt-5 on tokens per min (TPM): Limit 30000, Requested 90000."),
        PromptTooLong,
        "DIGESTBOT_MODEL_CONTEXT",
    ),
    "no such model": (unknown_model(), ModelError, "DIGESTBOT_MODEL"),
    "a parameter": (Refuses(400, "Unsupported parameter: 'max_tokens'"), ModelError, "limit"),
    "a value": (Refuses(422, "Input should be a valid string"), ModelError, "structured"),
    "a redirection": (Refuses(307, "", headers={"location": "http://127.0.0.1:9/v1"}), ModelError, "OPENAI_BASE_URL"),
    "no JSON": (Raw(b'{"choices": ['), ModelError, "OPENAI_BASE_URL"),
    "a page": (Raw(b"<html>Welcome!</html>", "text/html"), ModelError, "OPENAI_BASE_URL"),
    "another shape": (Raw(b'{"choices": [{"message": {"content": 7}}]}'), ModelError, "OPENAI_BASE_URL"),
    "a list": (Raw(b"[]"), ModelError, "OPENAI_BASE_URL"),
    "brackets without an end": (Raw(b"[" * 100_000), ModelError, "OPENAI_BASE_URL"),
    "a body without an end": (Raw(b" " * (9 << 20)), ModelError, "OPENAI_BASE_URL"),
    "a body that may grow": (Raw(b"", headers={"content-encoding": "gzip"}), ModelError, "OPENAI_BASE_URL"),
}


def time_for(answer: Answer) -> float:
    """Return how many seconds a call may take: few only where a test has to wait for all of them."""
    return 0.3 if isinstance(answer, Hang | Trickle) else 5


@pytest.mark.parametrize("fault", PASSING)
async def test_a_failure_that_passes(opened: Opened, fake: FakeOpenAI, clock: Clock, fault: str) -> None:
    """What may pass is tried again after a pause, and the answer comes."""
    fake.script(PASSING[fault], Says("done"))
    answer = await opened(timeout=time_for(PASSING[fault])).ask(request())
    assert (answer.text, len(fake.calls()), len(clock.slept)) == ("done", 2, 1)
    assert (clock.slept == [7]) == (fault == "a limit that passes")
    assert 0.4 < clock.slept[0] < 8


@pytest.mark.parametrize("fault", PASSING)
async def test_a_failure_that_stays(opened: Opened, fake: FakeOpenAI, clock: Clock, fault: str) -> None:
    """What does not pass is an error that may pass later, after as many attempts as the settings allow."""
    fake.script(*[PASSING[fault]] * 3)
    with pytest.raises(ModelUnavailable) as caught:
        await opened(timeout=time_for(PASSING[fault])).ask(request())
    assert isinstance(caught.value, TemporaryError)
    assert (len(fake.calls()), len(clock.slept), fake.left) == (3, 2, 0)


@pytest.mark.parametrize("fault", FINAL)
async def test_a_failure_for_good(opened: Opened, fake: FakeOpenAI, clock: Clock, fault: str) -> None:
    """What will not pass is asked once, and the error says what to look at."""
    answer, kind, remedy = FINAL[fault]
    fake.script(answer)
    with pytest.raises(kind) as caught:
        await opened().ask(request())
    assert type(caught.value) is kind
    assert remedy in caught.value.remedy
    assert (len(fake.calls()), clock.slept) == (1, [])


@pytest.mark.parametrize(
    ("answer", "text", "finish"),
    [
        (Says(None), "", Finish.COMPLETE),
        (no_choice(), "", Finish.COMPLETE),
        (Raw(b'{"choices": null, "usage": null}'), "", Finish.COMPLETE),
        (Raw(b'{"choices": [{"message": {"content": "a"}, "finish_reason": "eos"}]}'), "a", Finish.COMPLETE),
        (Says("half", finish="length"), "half", Finish.LENGTH),
        (filtered(), "", Finish.REFUSED),
        (refusal(), "", Finish.REFUSED),
    ],
)
async def test_answers_that_lack_something(
    opened: Opened, fake: FakeOpenAI, answer: Answer, text: str, finish: Finish
) -> None:
    """An answer without any text is an answer, and its end is known."""
    fake.script(answer)
    said = await opened().ask(request())
    assert (said.text, said.finish) == (text, finish)


@pytest.mark.parametrize(
    ("header", "slept"),
    [("2", 2), ("0", 0), ("1.5", 1.5), ("Thu, 15 Jan 2026 12:05:30 GMT", 30), ("Thu, 15 Jan 2026 12:00:00 GMT", 0)],
)
async def test_patience(opened: Opened, fake: FakeOpenAI, clock: Clock, header: str, slept: float) -> None:
    """A server is left alone for as long as it asks for, in seconds or until a date."""
    fake.script(rate_limited(header))
    await opened().ask(request())
    assert clock.slept == [slept]


@pytest.mark.parametrize("header", ["soon", "-1", "1e9", "\N{SUPERSCRIPT TWO}", "", "99999999999"])
async def test_an_unreadable_wish(opened: Opened, fake: FakeOpenAI, clock: Clock, header: str) -> None:
    """A header that is no time is as good as none."""
    fake.script(rate_limited(header))
    await opened().ask(request())
    assert 0.4 < clock.slept[0] < 8


async def test_limited_patience(opened: Opened, fake: FakeOpenAI, clock: Clock) -> None:
    """What a server asks for beyond the setting, in all, is not waited for; the error says when to come back."""
    fake.script(rate_limited("40"), rate_limited("30"))
    with pytest.raises(ModelUnavailable) as caught:
        await opened(longest_wait=60).ask(request())
    assert (clock.slept, caught.value.retry_after) == ([40], timedelta(seconds=30))


async def test_nobody_listens(opened: Opened, clock: Clock) -> None:
    """A server that is not there is asked as often as one that fails."""
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await opened(base_url="http://127.0.0.1:9/v1").ask(request())
    assert len(clock.slept) == 2


async def test_what_the_server_says(opened: Opened, fake: FakeOpenAI) -> None:
    """An error quotes the server on one line, visibly and not at length, without the key and without the prompt."""
    echo = f"Bad \x1b[31m\u202e\nvalue.\nKey {KEY}, prompt: Rotate the production password tonight. {'very ' * 100}"
    fake.script(Refuses(400, echo))
    with pytest.raises(ModelError) as caught:
        await opened().ask(request("Rotate the production password tonight."))
    message = caught.value.message
    assert "Bad ␛[31m⟨U+202E⟩ value. Key …, prompt: …" in message
    assert len(message) < 260
    assert caught.value.public == "The language model cannot be asked at the moment."


async def test_another_shape_of_error(opened: Opened, fake: FakeOpenAI) -> None:
    """Errors that are no JSON, or that lack parts, are errors of their status."""
    model = opened()
    fake.script(Refuses(404, ""))
    with pytest.raises(ModelError, match="does not have the model, or not there"):
        await model.ask(request())
