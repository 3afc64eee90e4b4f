"""What goes wrong with a model in the middle of an answer: what was whole stays, and its end is said."""

import pytest

from adapters.model.openai import ModelSettings, OpenAIModel
from bot.answer.question import AnswerLimits
from bot.answer.sentence import Kind
from tests.answer.support import A, B, Bench, Clock, words
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import (
    Answer,
    Cut,
    Drop,
    Hang,
    Refuses,
    Says,
    Trickle,
    context_length,
    cut_by_length,
    enormous,
    filtered,
    forbidden,
    no_choice,
    no_credit,
    rate_limited,
    refusal,
    server_error,
    thinking,
    unauthorised,
    unknown_model,
)

WHOLE = f"Requests are ordered by deadline [{A[:7]}]."
ANSWER = f"{WHOLE} The limit of the queue is raised to no more and no less than 32 [{B[:7]}]."
BROKEN = "The language model broke off here. Ask again for the rest."
BEFORE: dict[str, tuple[Answer, str]] = {
    "429": (rate_limited("1"), "does not answer now"),
    "429 without a time": (rate_limited(), "does not answer now"),
    "500": (server_error(), "does not answer now"),
    "a dropped connection": (Drop(), "does not answer now"),
    "a timeout": (Hang(), "does not answer now"),
    "white space without an end": (Trickle(), "does not answer now"),
    "refusal": (refusal(), "had no answer to this"),
    "filtered": (filtered(), "had no answer to this"),
    "400 context length": (context_length(), "had no answer to this"),
    "401": (unauthorised(), "cannot be used"),
    "403": (forbidden(), "cannot be used"),
    "404": (unknown_model(), "had no answer to this"),
    "no credit": (no_credit(), "cannot be used"),
}
ENDLESS = {"a timeout", "white space without an end"}
SILENT: dict[str, Answer] = {
    "empty": Says(""),
    "white space": Says(" \n "),
    "enormous": enormous(),
    "brackets": Says("[" * 200_000),
    "JSON": Says('{"answer": "Requests are ordered."}'),
}
IN_THE_MIDDLE: dict[str, tuple[Answer, str]] = {
    "a connection dropped": (Cut(Says(ANSWER)), "The language model broke off here."),
    "cut by length": (cut_by_length(f"{ANSWER} {ANSWER}"[:-90]), "The answer is longer than it may be"),
    "filtered": (Says(f"{WHOLE} The limit of", finish="content_filter"), "The language model broke off here."),
}


@pytest.mark.parametrize(("name", "patience"), [(name, 0.5 if name in ENDLESS else 20) for name in BEFORE])
async def test_a_model_that_says_nothing_is_replaced_by_a_search(fake: FakeOpenAI, bench: Bench, name: str) -> None:
    """Nothing was said yet, so the changes that match are, with the reason; nobody sees an error."""
    fault, why = BEFORE[name]
    fake.answer = lambda _: fault
    told = words(await bench.ask("Who touched the queue?"))
    assert why in told[0]
    assert any("Add the queue" in line for line in told)
    assert len(bench.memory.kept["thread"]) == 1


@pytest.mark.parametrize("name", SILENT)
async def test_a_model_that_says_nothing_of_use_leaves_a_sentence_of_ours(
    fake: FakeOpenAI, bench: Bench, name: str
) -> None:
    """What cites nothing is not shown, however much of it there is."""
    fake.script(SILENT[name])
    assert {each.kind for each in await bench.ask("Who touched the queue?")} == {Kind.REMARK}


@pytest.mark.parametrize("name", IN_THE_MIDDLE)
async def test_an_answer_that_breaks_off_ends_with_a_whole_sentence(fake: FakeOpenAI, bench: Bench, name: str) -> None:
    """What was whole by then stays, the half sentence does not, and the end says what happened."""
    fault, end = IN_THE_MIDDLE[name]
    fake.script(fault)
    answer = await bench.ask("What happened?")
    told = [each.text for each in answer]
    assert told[0] == WHOLE
    assert told[-1].startswith(end)
    assert set(told[1:-1]) <= {WHOLE, ANSWER.removeprefix(f"{WHOLE} ")}
    assert answer[-1].kind is Kind.REMARK


async def test_a_turn_after_a_tool_that_fails_is_an_end_like_any(fake: FakeOpenAI, bench: Bench) -> None:
    """What was said before the tool was asked stays."""
    fake.script(Says(f"{WHOLE} ", calls=[("read_commit", f'{{"sha": "{A}"}}')]))
    fake.script(*[Refuses(500, "Oh no.")] * 2)
    told = [each.text for each in await bench.ask("What happened?")]
    assert told == [WHOLE, BROKEN]


async def test_a_model_that_is_slow_for_too_long_is_given_up(fake: FakeOpenAI, bench: Bench) -> None:
    """The time of an answer is that of all its turns together."""
    fake.script(ANSWER)
    fake.pace = 0.02
    bench.limits = AnswerLimits(seconds=0.08)
    told = [each.text for each in await bench.ask("What happened?")]
    assert told[-1] in {BROKEN, "No change that is known here matches."}
    assert ANSWER.removeprefix(f"{WHOLE} ") not in told


async def test_thoughts_are_not_shown(fake: FakeOpenAI, bench: Bench) -> None:
    """What a server lets through before the answer is left out."""
    fake.script(thinking(WHOLE))
    assert [each.text for each in await bench.ask("What happened?")] == [WHOLE]


async def test_an_answer_without_a_choice_is_one_without_words(fake: FakeOpenAI, bench: Bench) -> None:
    """A body that is none is an error of the server."""
    fake.answer = lambda _: no_choice()
    assert {each.kind for each in await bench.ask("Who touched Elvis?")} == {Kind.REMARK}


async def test_a_server_that_never_answers_costs_the_time_of_the_answer(fake: FakeOpenAI, bench: Bench) -> None:
    """The answer's own limit holds where the server's is longer."""
    fake.answer = lambda _: Hang()
    settings = ModelSettings.model_validate({"base_url": fake.url, "key": "sk-1", "name": "slow", "timeout": 60})
    bench.limits = AnswerLimits(seconds=0.2)
    async with OpenAIModel(settings, clock=Clock()) as bench.model:
        assert "does not answer now" in words(await bench.ask("Who touched the queue?"))[0]
