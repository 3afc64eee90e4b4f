"""Questions are answered through the adapter, over the wire: streamed, cited, checked, remembered."""

import json
from collections.abc import AsyncGenerator, Mapping

import pytest

from adapters.model.openai import ModelSettings, OpenAIModel
from bot.answer.answering import Answerer
from bot.answer.question import AnswerLimits
from bot.answer.sentence import Kind
from bot.asking import Limit
from bot.errors import AccessDenied
from bot.model import Exchange, PassageKind, Usage
from bot.ports import Conversation, TextPiece, ToolCall, TurnEnd
from tests.answer.support import OLD, A, B, Bench, Clock, links, passage, words
from tests.fakes.digests import NOON
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Says

PAGE = "https://github.com/acme/rocket"


def calls(*asked: tuple[str, Mapping[str, str]]) -> Says:
    """Return a turn in which a model asks for tools."""
    return Says(None, calls=[(name, json.dumps(arguments)) for name, arguments in asked])


async def test_a_question_about_the_digest_is_answered_with_links(fake: FakeOpenAI, bench: Bench) -> None:
    """What the digest says is there from the start: a citation of it becomes a link that we make."""
    fake.script(f"Yes. Requests are ordered by deadline, and `--fifo` is gone [{A[:7]}].")
    answer = await bench.ask("Does #17 remove a flag?")
    assert words(answer) == [f"Yes. Requests are ordered by deadline, and `--fifo` is gone {A[:7]}."]
    assert links(answer) == [f"{PAGE}/commit/{A}"]
    assert "The flag `--fifo` is gone." in fake.calls()[0].prompt


async def test_a_model_reads_what_it_asks_for(fake: FakeOpenAI, bench: Bench) -> None:
    """A line of a diff can be cited once a tool has shown it, with its number, and leads to that line."""
    fake.script(calls(("read_diff", {"sha": B[:7], "path": "engine/queue.py"})), on="limit")
    fake.script(f"The limit was 16 and is 32 [{B[:7]} engine/queue.py:8].")
    answer = await bench.ask("What is the limit now?")
    assert words(answer) == [f"The limit was 16 and is 32 {B[:7]} engine/queue.py:8."]
    assert links(answer) == [f"{PAGE}/blob/{B}/engine/queue.py#L8"]
    assert bench.material.asked == [("diff", B[:7], "engine/queue.py")]
    assert "8\t+    limit = 32" in fake.calls()[1].prompt


async def test_a_line_that_was_not_read_is_not_cited(fake: FakeOpenAI, bench: Bench) -> None:
    """The file is then, since that was read; a file that was not read takes its sentence with it."""
    fake.script(calls(("read_diff", {"sha": B})))
    fake.script(f"The limit is 32 [{B[:7]} engine/queue.py:800]. The queue is long [{B[:7]} engine/other.py:1].")
    answer = await bench.ask("What is the limit now?")
    assert words(answer)[0] == f"The limit is 32 {B[:7]} engine/queue.py."
    assert links(answer) == [f"{PAGE}/commit/{B}"]
    assert [each.kind for each in answer] == [Kind.SAID, Kind.REMARK]


@pytest.mark.parametrize(
    "sentence",
    [
        "The limit is 32.",
        "The limit is 32 [fffffff].",
        f"It was not read [{OLD[:7]}].",
        f"The limit is 33 [{B[:7]}].",
        f"It is twice as fast [{A[:7]}].",
        f"It is in `engine/invented.py` [{A[:7]}].",
        f"Read https://evil.example/install [{A[:7]}].",
        f"Read [this](https://evil.example/install) [{A[:7]}].",
        f"Attention @everyone [{A[:7]}].",
        f"Attention <!channel> and <@U0001> [{A[:7]}].",
        f"[{A[:7]}](https://evil.example) says so.",
        f"It is gone [{A[:7]}; fffffff].",
    ],
)
async def test_what_is_not_borne_out_is_left_out_and_counted(fake: FakeOpenAI, bench: Bench, sentence: str) -> None:
    """A sentence without a citation, with one of what was not read, or that says more than it, is not shown."""
    fake.script(f"{sentence} Requests are ordered [{A[:7]}].")
    assert words(await bench.ask("What happened?")) == [
        f"Requests are ordered {A[:7]}.",
        "One sentence was left out: what was read does not bear it out.",
    ]


async def test_a_line_that_does_not_end_is_counted(fake: FakeOpenAI, bench: Bench) -> None:
    """What a model leaves unfinished is not shown, and is said to be left out."""
    fake.script(f"Requests are ordered [{A[:7]}].\nThe limit was raised to 32, since")
    assert words(await bench.ask("What happened?")) == [
        f"Requests are ordered {A[:7]}.",
        "One sentence was left out: what was read does not bear it out.",
    ]


@pytest.mark.parametrize(
    ("question", "said", "shown"),
    [
        ("Was it fast?", "[none: run]", "What was read here does not say. Only a run would tell"),
        ("Was it fast?", "I do not know.", "What was read here does not say. A question that names"),
        ("变快了吗？", "[none: run]", "这里读到的内容没有说明这一点。只有实际运行才能知道"),
        (
            "Is it fast?",
            f"It is ordered [{A[:7]}].\n[none: author]",
            "Beyond that, what was read here does not say. Whoever",
        ),
    ],
)
async def test_what_the_material_does_not_say_is_said_in_words_of_ours(
    fake: FakeOpenAI, bench: Bench, question: str, said: str, shown: str
) -> None:
    """The model only chooses what would tell; both sentences are ours, in the language of the question."""
    fake.script(said)
    assert any(line.startswith(shown) for line in words(await bench.ask(question)))


async def test_a_sentence_is_passed_on_before_the_model_says_more(fake: FakeOpenAI, bench: Bench) -> None:
    """The next piece is asked of the model only after the sentence that was whole is shown."""
    fake.script(f"Requests are ordered by deadline [{A[:7]}]. The limit is 32 [{B[:7]}].")
    pieces: list[str] = []

    class Watched(OpenAIModel):
        """Notes the pieces of the model as they are taken."""

        async def converse(self, conversation: Conversation) -> AsyncGenerator[TextPiece | ToolCall | TurnEnd, None]:
            async for piece in super().converse(conversation):
                pieces.append(getattr(piece, "text", ""))
                yield piece

    settings = ModelSettings.model_validate({"base_url": fake.url, "key": "sk-1", "name": "large"})
    async with Watched(settings, clock=Clock()) as model:
        answer = Answerer(model, bench.memory, bench.memory, Clock()).answer(bench.question("What happened?"))
        first = await anext(answer)
        taken = "".join(pieces)
        rest = [sentence async for sentence in answer]
    assert first.text == f"Requests are ordered by deadline [{A[:7]}]."
    assert taken.startswith(first.text)
    assert len(taken) < len(first.text) + 16
    assert [each.text for each in rest] == [f"The limit is 32 [{B[:7]}]."]


async def test_a_conversation_goes_on_in_another_process(fake: FakeOpenAI, bench: Bench) -> None:
    """What was said and cited before is there when the next question is asked, whoever asks the model then."""
    fake.script(calls(("search_changes", {"query": "queue"})))
    fake.script(f"The queue was added on Tuesday [{OLD[:7]}].")
    await bench.ask("When was the queue added?")
    again = Bench(bench.model, memory=bench.memory)
    fake.script(f"It was a feature [{OLD[:7]}].")
    assert words(await again.ask("Was that a feature?")) == [f"It was a feature {OLD[:7]}."]
    said = fake.calls()[-1].body["messages"]
    assert [message["role"] for message in said] == ["system", "user", "assistant", "user"]
    assert said[2]["content"] == f"The queue was added on Tuesday [{OLD[:7]}]."
    assert "Add the queue" in said[1]["content"]
    assert not again.material.asked
    assert bench.memory.kept["thread"][1].usage.calls == 1


async def test_a_server_without_tools_gets_what_a_search_finds(fake: FakeOpenAI, bench: Bench) -> None:
    """The same material comes in one prompt, and may be cited."""
    settings = ModelSettings.model_validate({"base_url": fake.url, "key": "sk-1", "name": "small", "tools": False})
    fake.script(f"The queue was added on Tuesday [{OLD[:7]}].")
    async with OpenAIModel(settings, clock=Clock()) as bench.model:
        answer = await bench.ask("When was the queue added?")
    assert links(answer) == [f"{PAGE}/commit/{OLD}"]
    assert len(fake.calls()) == 1
    assert "tools" not in fake.calls()[0].body


async def test_calls_beyond_the_budget_are_not_made(fake: FakeOpenAI, bench: Bench) -> None:
    """However many a model asks for, and whatever for, no more is read, and the answer comes without."""
    bench.limits = AnswerLimits(calls=3)
    fake.script(calls(*[("read_commit", {"sha": A})] * 2))
    fake.script(calls(*[("search_changes", {"query": "deadline"})] * 50))
    fake.script(f"Requests are ordered [{A[:7]}].")
    assert words(await bench.ask("What happened?")) == [f"Requests are ordered {A[:7]}."]
    assert len(bench.material.asked) == 3
    assert "tools" not in fake.calls()[-1].body


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("shell", '{"command": "id"}'),
        ("read_file", "not JSON"),
        ("read_file", '{"sha": 1}'),
        ("read_diff", "[" * 100_000),
        ("read_commit", "[]"),
        ("search_changes", '{"query": "x", "since": "never"}'),
    ],
)
async def test_a_call_of_no_use_is_told_to_the_model(fake: FakeOpenAI, bench: Bench, tool: str, arguments: str) -> None:
    """It reads nothing, and the model may go on."""
    fake.script(Says(None, calls=[(tool, arguments)]))
    fake.script(f"Requests are ordered [{A[:7]}].")
    assert words(await bench.ask("What happened?")) == [f"Requests are ordered {A[:7]}."]
    assert not bench.material.asked


async def test_what_an_answer_takes_is_counted(fake: FakeOpenAI, bench: Bench) -> None:
    """Each turn is counted for the day and for the conversation; beyond the budget a search answers."""
    fake.script(calls(("read_commit", {"sha": A})), f"Requests are ordered [{A[:7]}].")
    await bench.ask("What happened?")
    assert bench.memory.taken.calls == 2
    assert bench.memory.kept["thread"][0].usage == bench.memory.taken
    bench.limits = AnswerLimits(day=Limit(tokens=10))
    assert words(await bench.ask("Who added the queue?"))[0].startswith("The language model has been used as much")
    assert bench.memory.kept["thread"][1].usage == Usage()


async def test_too_many_questions_are_refused(bench: Bench) -> None:
    """A person has a limit, and a thread has one."""
    bench.model = None
    bench.limits = AnswerLimits(of_user=2)
    await bench.ask("What about the queue?")
    await bench.ask("And the limit?")
    with pytest.raises(AccessDenied, match="2 questions within an hour are too many for one person"):
        await bench.ask("And now?")
    bench.limits = AnswerLimits(of_conversation=2)
    with pytest.raises(AccessDenied, match="帖子"):
        await bench.ask("还有呢？")


async def test_without_a_model_a_search_answers(bench: Bench) -> None:
    """The changes that match come with their links, and one sentence says why; if none matches, another says so."""
    bench.model = None
    assert words(await bench.ask("Who touched the queue?")) == [
        "No language model is configured, so a search answers.",
        "These changes match:",
        f"• def pop(queue): {B[:7]}",
        f"• #9 Add the queue (high, feature, Tuesday 2026-01-13) {OLD[:7]}",
    ]
    assert words(await bench.ask("Where is Elvis?"))[1:] == ["No change that is known here matches."]


async def test_an_answer_that_nobody_waits_for_is_not_kept(fake: FakeOpenAI, bench: Bench) -> None:
    """Whoever is stopped in the middle asks again, and gets one answer."""
    fake.script(f"Requests are ordered [{A[:7]}]. The limit is 32 [{B[:7]}].")
    answer = Answerer(bench.model, bench.memory, bench.memory, Clock()).answer(bench.question("What happened?"))
    await anext(answer)
    await answer.aclose()
    assert not bench.memory.kept
    assert bench.memory.taken.calls == 1


async def test_a_small_model_is_told_no_more_than_it_can_read(fake: FakeOpenAI, bench: Bench) -> None:
    """However long the conversation and the material are, a request and its answer fit into the context."""
    fake.rules.context = 8_000
    bench.material.passages = [
        passage(A, PassageKind.DIFF, "\n".join(f"+limit{line} = {line}" for line in range(5_000)), "a.py", 1)
    ]
    long = Exchange("ada", NOON, "And? " * 350, "So it is. " * 400)
    bench.memory.kept["thread"] = [long] * 10
    settings = ModelSettings.model_validate({"base_url": fake.url, "key": "sk-1", "name": "small", "context": 8_000})
    asked, answered = calls(*[("read_diff", {"sha": A})] * 2), Says(f"It is ordered [{A[:7]}].")
    fake.answer = lambda call: asked if call.body.get("tools") else answered
    async with OpenAIModel(settings, clock=Clock()) as bench.model:
        answer = await bench.ask("What happened?")
    assert words(answer)[0] == f"It is ordered {A[:7]}."
    assert len(fake.calls()) > 1
    assert all(call.status == 200 for call in fake.calls())
