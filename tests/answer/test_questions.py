"""The set of questions, answered through the adapter by a model that also says what it cannot know."""

import json
import re

from adapters.model.openai import OpenAIModel
from bot.answer.answering import Answerer
from bot.answer.question import AnswerLimits, Question
from bot.answer.sentence import Kind as Said
from bot.answer.sentence import Sentence
from bot.ports import AnsweringModel
from tests.answer.digested import Digested
from tests.answer.questions import QUESTIONS, Kind
from tests.answer.support import Clock, Memory, words
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Says
from tests.fakes.openai_calls import Call

_CITED = re.compile(r"^=== [0-9a-f]{12} \[([0-9a-f]{7})", re.MULTILINE)
_NO_LIMIT = AnswerLimits(of_user=1_000, of_conversation=1_000)


def talkative(call: Call) -> Says:
    """Search for the question, then read a diff, then cite what was found, what was not, and nothing at all."""
    messages = call.body["messages"]
    results = [message["content"] for message in messages if message["role"] == "tool"]
    asked = next(message for message in reversed(messages) if message["role"] == "user")["content"]
    asked = asked.rpartition("Question: ")[2]
    found = list(dict.fromkeys(sha for result in results for sha in _CITED.findall(result)))
    if not results:
        return Says(None, calls=[("search_changes", json.dumps({"query": asked}))])
    if len(results) == 1 and found:
        return Says(None, calls=[("read_diff", json.dumps({"sha": found[0]}))])
    if not found:
        return Says("[none: older]")
    told = [f"This is of a change that landed [{sha}]." for sha in found[:5]]
    wrong = [
        "It is so in general.", "It was seen elsewhere [deadbee].", f"It is 7919 times faster [{found[0]}].",
        f"It is in `no/such/file.py` [{found[0]} no/such/file.py:3].", f"Ask @everyone [{found[0]}].",
        f"See https://evil.example/{found[0]} [{found[0]}].",
    ]  # fmt: skip
    return Says("\n".join(f"- {line}" for pair in zip([*told, *told], wrong, strict=False) for line in pair))


async def answer(digested: Digested, model: AnsweringModel | None, text: str, memory: Memory) -> list[Sentence]:
    """Return the answer to a question in the thread of Thursday's digest."""
    question = Question(f"thread {text}", "ada", text, (digested.digest,), digested.library)
    return [each async for each in Answerer(model, memory, memory, Clock(), _NO_LIMIT).answer(question)]


async def test_every_citation_is_of_what_was_read(digested: Digested, model: OpenAIModel, fake: FakeOpenAI) -> None:
    """All sixty and more are answered, cite nothing that no tool and no digest showed, and show nothing else."""
    fake.answer = talkative
    memory, answered = Memory(), 0
    for question in QUESTIONS:
        before = len(fake.calls())
        told = await answer(digested, model, question.text, memory)
        read = "\n".join(call.prompt for call in fake.calls()[before:])
        said = [each for each in told if each.kind is Said.SAID]
        answered += bool(said)
        for sentence in said:
            assert sentence.text.startswith("This is of a change")
            assert all(cited.sha in digested.shas.values() for cited in sentence.cited)
            assert all(cited.sha[:7] in _CITED.findall(read) for cited in sentence.cited)
        assert said or {each.kind for each in told} == {Said.REMARK}
    assert answered >= sum(question.kind is not Kind.UNANSWERABLE for question in QUESTIONS) * 0.7


UNANSWERABLE = [each.text for each in QUESTIONS if each.kind is Kind.UNANSWERABLE]


async def test_without_a_model_what_cannot_be_answered_is_refused(digested: Digested) -> None:
    """Nothing that is least unlike it is shown."""
    for text in UNANSWERABLE:
        told = words(await answer(digested, None, text, Memory()))
        assert told[1:] in (["No change that is known here matches."], ["已知的变更中没有匹配的。"])
