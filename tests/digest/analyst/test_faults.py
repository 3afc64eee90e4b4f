"""What goes wrong with one answer costs at most that one change, and is said: through the adapter, over the wire."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from adapters.model.openai import ModelSettings, OpenAIModel
from bot.digest.analyst import AnalystSettings, Change, Findings, ModelAnalyst
from bot.digest.analyst.analyst import Kept
from bot.model import Phrase, Tier
from bot.ports import ModelRequest
from tests.digest.analyst.support import (
    FixedClock,
    Json,
    Memory,
    Steps,
    day,
    honest,
    in_full,
    landed,
    sections,
    verdict,
)
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import (
    Answer,
    Cut,
    Drop,
    Hang,
    Says,
    answer_of,
    context_length,
    cut_by_length,
    enormous,
    fenced,
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
from tests.fakes.openai_calls import Call

CHANGES = [
    landed(1, "Order requests [high] by deadline"),
    landed(2, "Keep the queue [medium] short"),
    landed(3, "Rename a variable [low]"),
    landed(4, "Drop the option [high] at last"),
]
SHAS = [change.commit.sha for change in CHANGES]
FIRST = SHAS[0]

Fault = Callable[[str], Answer]


def request_of(call: Call) -> ModelRequest:
    """Return what a call asks for, as the analyst had it."""
    return ModelRequest(call.task, call.system, call.user, call.schema, 0)


def answer_to(call: Call) -> str:
    """Return the honest answer to a call, as JSON."""
    return json.dumps(honest(request_of(call)))


def concerns(call: Call, task: str, change: Change = CHANGES[0]) -> bool:
    """Tell whether a call is one of a task, about a change."""
    return call.task == task and change.commit.sha[:8] in sections(request_of(call))


class Wire:
    """An analyst whose model answers over the wire."""

    def __init__(self, fake: FakeOpenAI) -> None:
        self.fake = fake
        self.memory = Memory()

    async def analyse(self, **settings: object) -> Findings:
        """Return what is found out about the day."""
        wanted = {
            "base_url": self.fake.url, "key": "sk-1", "name": "large", "timeout": 20, "attempts": 2, "context": 64_000,
            "longest_wait": timedelta(seconds=5), **settings,
        }  # fmt: skip
        async with OpenAIModel(ModelSettings.model_validate(wanted), clock=FixedClock()) as model:
            kept = Kept(self.memory, self.memory)
            return await ModelAnalyst(model, kept, AnalystSettings(), FixedClock()).analyse(day(*CHANGES), Steps())


@pytest.fixture
async def wire(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wire]:
    """Return an analyst on a fake model that answers honestly."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DIGESTBOT_MODEL"):
        monkeypatch.delenv(name, raising=False)
    async with FakeOpenAI(answer_to) as fake:
        yield Wire(fake)


def always(fault: Answer | str) -> Fault:
    """Return the same whatever would have been said."""
    return lambda _: answer_of(fault)


def changed(change: Callable[[Json], Json]) -> Fault:
    """Return an honest answer with something changed."""
    return lambda honest_text: Says(json.dumps(change(json.loads(honest_text))))


RIGHT: dict[str, Fault] = {
    "fences": fenced,
    "thinking": thinking,
    "prose around": lambda text: Says(f"Sure! {text} Hope that helps {{really}}."),
    "a draft before": lambda text: Says(f'{{"sha": "nonsense"}} or rather {text}'),
    "another key": changed(lambda answer: answer | {"mood": "good"}),
    "upper case": changed(lambda answer: answer | {"change_type": " FIX "}),
    "a list around": lambda text: Says(f"[{text}]"),
}
ONCE: dict[str, Fault] = {
    "invalid JSON": lambda text: Says(text[:-1]),
    "not the shape": always('{"tier": "high"}'),
    "wrong sha": changed(lambda answer: answer | {"sha": "ffffffff"}),
    "no sha": changed(lambda answer: {key: value for key, value in answer.items() if key != "sha"}),
    "cut by length": cut_by_length,
    "200 kB": always(enormous()),
    "brackets": always(Says("[" * 200_000)),
    "429": always(rate_limited("1")),
    "429 without a time": always(rate_limited()),
    "500": always(server_error()),
    "a dropped connection": always(Drop()),
    "a connection dropped in the middle": lambda text: Cut(Says(text)),
    "a timeout": always(Hang()),
}
NEVER: dict[str, Fault] = ONCE | {
    "empty": always(Says("")),
    "white space": always(Says(" \n ")),
    "refusal": always(refusal()),
    "filtered": always(filtered()),
    "no choice": always(no_choice()),
    "400 context length": always(context_length()),
}


def patience(name: str) -> float:
    """Return how many seconds a call may take, which is too few only for what never ends."""
    return 0.5 if name == "a timeout" else 20


@pytest.mark.parametrize("name", RIGHT)
async def test_an_answer_in_another_form_is_understood(wire: Wire, name: str) -> None:
    """What is around an answer, or beside what it needs, costs no further call."""
    expected = await wire.analyse()
    calls = len(wire.fake.calls())
    wire.memory = Memory()
    wire.fake.answer = lambda call: RIGHT[name](answer_to(call)) if concerns(call, "high") else answer_to(call)
    found = await wire.analyse()
    assert found.analyses == expected.analyses
    assert len(wire.fake.calls()) == 2 * calls
    assert not found.fallback


@pytest.mark.parametrize("name", ONCE)
async def test_what_fails_once_is_asked_again(wire: Wire, name: str) -> None:
    """A fault that passes leaves no trace in the digest."""
    expected = await wire.analyse()
    wire.memory = Memory()
    failed: list[Call] = []

    def answer(call: Call) -> Answer | str:
        if concerns(call, "high") and not failed:
            failed.append(call)
            return ONCE[name](answer_to(call))
        return answer_to(call)

    wire.fake.answer = answer
    found = await wire.analyse(timeout=patience(name))
    assert failed
    assert found.analyses == expected.analyses
    assert not found.fallback


@pytest.mark.parametrize("name", NEVER)
async def test_what_fails_always_costs_the_depth_of_that_change_alone(wire: Wire, name: str) -> None:
    """All others are as ever, the change keeps its tier, the findings name it, and a later run finishes it."""
    expected = await wire.analyse()
    wire.memory = Memory()
    wire.fake.answer = lambda call: NEVER[name](answer_to(call)) if concerns(call, "high") else answer_to(call)
    found = await wire.analyse(timeout=patience(name))
    assert set(found.fallback) == {FIRST}
    assert [note.values for note in found.notes] == [(("count", 1),)]
    assert {sha: found.analyses[sha] for sha in SHAS[1:]} == {sha: expected.analyses[sha] for sha in SHAS[1:]}
    assert found.analyses[FIRST].tier is Tier.HIGH
    assert found.analyses[FIRST].depth is None

    wire.fake.answer = answer_to
    calls = len(wire.fake.calls())
    assert (await wire.analyse()).analyses == expected.analyses
    assert len(wire.fake.calls()) == calls + 1


TRIAGE: dict[str, Callable[[list[Json]], list[Json]]] = {
    "missing": lambda items: items[1:],
    "wrong sha": lambda items: [items[0] | {"sha": "ffffffff"}, *items[1:]],
    "named twice": lambda items: [items[0] | {"tier": "low"}, *items],
    "no tier": lambda items: [items[0] | {"tier": "enormous"}, *items[1:]],
    "another's sha": lambda items: [items[0] | {"sha": items[1]["sha"]}, items[0] | {"tier": "none"}, *items[1:]],
}


@pytest.mark.parametrize("name", TRIAGE)
async def test_what_a_triage_leaves_out_is_asked_for_by_itself_once(wire: Wire, name: str) -> None:
    """One repair names only what is missing; if it is not said then either, the rules say it, for that change alone."""
    expected = await wire.analyse()
    wire.memory = Memory()

    def answer(call: Call) -> str:
        given = honest(request_of(call))
        assert isinstance(given, dict)
        if call.task == "triage" and call not in repairs(wire.fake):
            given = {"changes": TRIAGE[name](given["changes"])}
        return json.dumps(given)

    def repairs(fake: FakeOpenAI) -> list[Call]:
        return [call for call in fake.calls("triage") if len(sections(request_of(call))) < len(CHANGES)]

    wire.fake.answer = answer
    found = await wire.analyse()
    asked = sections(request_of(repairs(wire.fake)[0]))
    assert FIRST[:8] in asked
    assert len(asked) <= 2
    assert found.analyses == expected.analyses

    wire.memory = Memory()
    broken = {"changes": [verdict("ffffffff", "")]}
    wire.fake.answer = lambda call: json.dumps(broken) if call in repairs(wire.fake) else answer(call)
    found = await wire.analyse()
    assert FIRST in found.fallback
    assert found.fallback[FIRST] == Phrase.of("fallback-unusable")
    assert found.analyses[FIRST] == CHANGES[0].rules
    assert {sha: found.analyses[sha] for sha in SHAS[2:]} == {sha: expected.analyses[sha] for sha in SHAS[2:]}


async def test_invented_files_and_numbers_are_dropped_and_counted(wire: Wire) -> None:
    """What the change does not have is not in its entry, and the rest of the answer is."""

    def answer(call: Call) -> str:
        if not concerns(call, "high"):
            return answer_to(call)
        name, text = next(iter(sections(request_of(call)).items()))
        given = in_full(name, text, summary="Requests wait less. They wait 87 ms less.")
        given["risks"] = [given["risks"][0] | {"path": "engine/invented.py"}]
        return json.dumps(given)

    wire.fake.answer = answer
    found = await wire.analyse()
    depth = found.analyses[FIRST].depth
    assert depth is not None
    assert not depth.risks
    assert depth.summary == "Requests wait less."
    assert depth.scope
    assert found.dropped == 2


@pytest.mark.parametrize(
    "fault", [unauthorised(), forbidden(), unknown_model(), no_credit()], ids=lambda fault: fault.status
)
async def test_a_server_that_refuses_the_bot_is_asked_once(wire: Wire, fault: Answer) -> None:
    """Every entry is then the rules', with one note, and the next call is not made."""
    wire.fake.answer = lambda _: fault
    found = await wire.analyse()
    assert len(wire.fake.calls()) <= 2
    assert found.analyses == {change.commit.sha: change.rules for change in CHANGES}
    assert set(found.fallback) == set(SHAS)
    assert len(found.notes) == 1


async def test_a_context_that_is_smaller_than_was_said_splits_the_triage(wire: Wire) -> None:
    """A request that the server finds too long is made shorter until it fits."""
    expected = await wire.analyse()
    wire.memory = Memory()
    wire.fake.answer = lambda call: (
        context_length() if call.task == "triage" and len(sections(request_of(call))) > 1 else answer_to(call)
    )
    found = await wire.analyse()
    assert found.analyses == expected.analyses


async def test_half_of_the_calls_failing_leaves_a_digest(wire: Wire) -> None:
    """What failed is named, and a later run finishes it without asking for anything else again."""
    expected = await wire.analyse()
    wire.memory = Memory()
    odd: list[bool] = []

    def answer(call: Call) -> Answer | str:
        odd.append(call.task != "triage" and not (odd and odd[-1]))
        return server_error() if odd[-1] else answer_to(call)

    wire.fake.answer = answer
    found = await wire.analyse(attempts=1)
    assert found.fallback
    assert set(found.fallback) < set(SHAS)
    wire.fake.answer = answer_to
    calls = len(wire.fake.calls())
    assert (await wire.analyse()).analyses == expected.analyses
    assert len(wire.fake.calls()) - calls == len(found.fallback)


async def test_a_server_that_is_down_is_given_up(wire: Wire) -> None:
    """Nobody waits for hundreds of calls: the digest is the rules', and says so."""
    wire.fake.answer = lambda _: server_error(503)
    found = await wire.analyse()
    assert len(wire.fake.calls()) == 2
    assert found.analyses == {change.commit.sha: change.rules for change in CHANGES}
    assert set(found.fallback.values()) == {Phrase.of("fallback-unavailable")}
