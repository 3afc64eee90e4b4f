"""What a language model and its server say."""

import asyncio
import json
import re

from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.model.openai import ModelSettings
from adapters.model.openai.bodies import asking, conversing, texts
from adapters.model.openai.shapes import Completion, Pieces, answer_of
from bot.answer.checking import Checker
from bot.answer.readings import Readings
from bot.answer.sentence import Sentence
from bot.answer.streaming import Sentences
from bot.answer.tools import TOOLS, UnusableCall, read
from bot.asking.fence import fence
from bot.asking.reading import find
from bot.digest.analyst.answers import SHAPES
from bot.digest.analyst.claims import ClaimKind, claims
from bot.digest.analyst.grounding import Grounding
from bot.digest.analyst.sheets import write_sheets
from bot.model import PassageKind
from bot.ports import Conversation, ModelRequest, Speaker, Tool, ToolCall, Turn
from bot.present.blocks import Link
from tests.answer.support import OLD, REPOSITORY, A, B, FakeMaterial, passage
from tests.digest.analyst.attacks import ATTACKS
from tests.digest.analyst.support import day, landed
from tests.fakes.digests import ROCKET
from tests.fuzz.inputs import altered, words
from tests.fuzz.target import target

_JUDGED = {
    "sha": A,
    "tier": "high",
    "importance": 0.9,
    "change_type": "perf",
    "reason": "It is faster.",
    "headline": "Faster.",
    "line": "It pops in 4 ms.",
}
_WRITTEN = {
    "sha": A,
    "change_type": "feature",
    "summary": "The queue is ordered.",
    "scope": [{"path": "a.py", "what": "Pops."}],
    "advice": ["Set a default."],
}
_FULL = _WRITTEN | {
    "insight": [{"aspect": "performance", "text": "It is `O(log n)`."}],
    "risks": [{"severity": "critical", "what": "Jumps.", "consequence": "Late.", "path": "a.py", "line": "3"}],
    "conclusion": "Upgrade.",
}
_ANSWERS = {
    "triage": {"changes": [_JUDGED]},
    "alone": _JUDGED | _WRITTEN,
    "high": _FULL,
    "medium": {"changes": [_WRITTEN]},
}
_AROUND = ("", "```json\n", "\n```", "<think>So {it} is.</think>", "</think>", "Sure: ", " [end", '"', "{", "]")
_SAID = words(tuple(each.text for each in ATTACKS[:40]))


def _ways() -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from(sorted(SHAPES)).flatmap(
        lambda name: st.tuples(
            st.just(name),
            st.tuples(
                st.sampled_from(_AROUND), altered([_ANSWERS[name]], _SAID).map(json.dumps), st.sampled_from(_AROUND)
            ).map("".join)
            | words((json.dumps(_ANSWERS[name]),), _AROUND),
        )
    )


_SHEET = write_sheets(day(landed(1, "Order requests by deadline (#1412)", "a.py", diff="@@ -1 +1 @@\n+pop in 4 ms")))[0]


@target(_ways())
def model_answers(given: tuple[str, str]) -> None:
    """What a model wrote is an answer in its shape, of which only what the change supports is kept, or a ValueError."""
    name, text = given
    try:
        answer = find(text, "", SHAPES[name].model_validate)
    except ValueError:
        return
    assert isinstance(answer, SHAPES[name])
    for said in _texts(answer.model_dump()):
        kept = Grounding(_SHEET).text(said)
        assert "\n" not in kept
        assert not any(each.kind is ClaimKind.LINK for each in claims(kept))


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [text for each in value for text in _texts(each)]
        case dict():
            return [text for each in value.values() for text in _texts(each)]
        case _:
            return []


_BODY = {
    "id": "x",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "yes",
                "refusal": None,
                "tool_calls": [{"index": 0, "id": "c", "function": {"name": "read_file", "arguments": "{}"}}],
            },
            "delta": {"content": "yes"},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 5, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 2}},
    "error": None,
}


@target(st.lists(altered([_BODY], _SAID), min_size=1, max_size=4))
def model_bodies(given: list[object]) -> None:
    """An answer of a server, whole or in pieces, is read or refused by its shape; what was read has only text in it."""
    pieces = Pieces()
    for body in given:
        try:
            completion = Completion.model_validate_json(json.dumps(body))
        except ValidationError:
            continue
        answer = answer_of(completion, None)
        assert isinstance(answer.text, str)
        assert answer.usage.input_tokens >= 0
        assert isinstance(pieces.take(completion), str)
    for call in pieces.calls:
        assert all(isinstance(part, str) for part in (call.id, call.tool, call.arguments))
    assert pieces.usage(None).output_tokens >= 0


_SETTINGS = [
    ModelSettings.model_validate(
        {"name": "x", "base_url": "http://127.0.0.1:1/v1", "structured": form, "system_role": role}
    )
    for form in ("json_schema", "json_object", "none")
    for role in (True, False)
]


@target(
    st.tuples(st.integers(0, len(_SETTINGS) - 1), words(("Order requests by deadline",)), words(("read_file",)), _SAID)
)
def model_requests(given: tuple[int, str, str, str]) -> None:
    """Whatever is asked can be sent: it is UTF-8, and what is material is never in the instructions."""
    which, material, name, arguments = given
    settings = _SETTINGS[which]
    body = asking(ModelRequest(name, "Instructions.", material, {"type": "object"}, 10), settings)
    json.dumps(body, ensure_ascii=False).encode()
    assert settings.system_role is any(message["role"] == "system" for message in body["messages"])
    turns = (Turn(Speaker.PERSON, material), Turn(Speaker.MODEL, "", (ToolCall(name, name, arguments),)))
    conversation = Conversation(
        "Instructions.", (*turns, Turn(Speaker.TOOL, material, call=name)), 10, (Tool("t", "d", {}),)
    )
    body = conversing(conversation, settings)
    json.dumps(body, ensure_ascii=False).encode()
    assert all(isinstance(text, str) for text in texts(body))


_READ = (
    passage(A, PassageKind.CHANGE, "#17 Order requests by deadline; 4 files."),
    passage(B, PassageKind.DIFF, " def pop(queue):\n-    limit = 16\n+    limit = 32", "engine/queue.py", 7),
)
_SENTENCES = (
    f"The limit is 32 [{B[:7]} engine/queue.py:8]. ",
    f"Requests are ordered [{A[:7]}]. ",
    f"It is so [{OLD[:7]}]. ",
    "Yes. ",
    "<think>hm.</think>It e.g. breaks. [none: run]\n- item ",
    "```python\nfoo. bar.\n```\n",
    "默认值变了。",
    f"[x](https://evil.example) [{A[:7]}; {B[:7]}].",
    f"@everyone [{A[:7]}].",
)


_RUN_ON = re.compile(r"\][.!?。！？](?=.)", re.DOTALL)
"""A citation and a full stop with something behind it: a sentence that ends so is not held back to see what follows."""


@target(
    st.tuples(
        words(_SENTENCES, ("[", "]", "(", "`", "。", ".", "`" * 3, "<think>", "</think>", A, B[:7])), st.integers(1, 50)
    )
)
def answers_in_pieces(given: tuple[str, int]) -> None:
    """Sentences are the same in any pieces; each that is shown cites what was read, and has no link but ours."""
    text, size = given
    raws = []
    for step in (max(1, len(text)), size):
        sentences = Sentences()
        raws.append([raw for at in range(0, len(text), step) for raw in sentences.take(text[at : at + step])])
        raws[-1] += sentences.end()
    if not _RUN_ON.search(text):
        assert raws[0] == raws[1]
    checker = Checker(Readings(_READ), "What is the limit?", {REPOSITORY: ROCKET}.get)
    for raw in raws[0]:
        shown = checker.check(raw)
        if not isinstance(shown, Sentence):
            continue
        assert shown.cited
        assert {each.sha for each in shown.cited} <= {A, B}
        for span in shown.spans:
            if isinstance(span, Link):
                assert re.match(rf"https://github\.com/acme/rocket/(?:commit|blob)/(?:{A}|{B})\b", span.url)
            else:
                assert not any(each.kind is ClaimKind.LINK for each in claims(span.text))
                assert "@everyone" not in span.text


_CALLS = (
    {"sha": A[:7]},
    {"sha": B, "path": "engine/queue.py", "first": 1, "last": 9},
    {"query": "deadline", "since": "2026-01-15"},
    {"names": ["#17", A]},
    {"path": "engine/"},
)


@target(
    st.tuples(
        st.sampled_from([*(tool.name for tool in TOOLS), "x"]),
        altered(_CALLS, _SAID).map(json.dumps) | words(tuple(map(json.dumps, _CALLS))) | st.just('{"a":' * 3000),
    )
)
def tool_calls(given: tuple[str, str]) -> None:
    """What a model asks to be done is done, or refused in a sentence that tells nothing of what it said."""
    name, arguments = given
    try:
        asyncio.run(read(ToolCall("1", name, arguments), FakeMaterial()))
    except UnusableCall as error:
        assert len(str(error)) < 500


@target(st.lists(st.tuples(st.just("title"), words(("text", "=== 0123456789ab", "</material>"))), max_size=4))
def fences(given: list[tuple[str, str]]) -> None:
    """The marks around texts from outside are in none of these, so that none can end its own part."""
    fenced = fence(given)
    mark = fenced.partition("\n")[0].removeprefix("<material ").removesuffix(">")
    assert not any(mark in text for _, text in given)
    assert fenced.count(mark) == len(given) + 2
