"""Questions at a terminal: from the command line to the wire and back, over several processes."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from bot.contracts.repositories import BuiltRepository, Story
from bot.ports import ModelRequest
from tests.digest.analyst.support import Given, honest
from tests.end_to_end.conftest import Outcome, begin_afresh, of_model
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Says, server_error
from tests.fakes.openai_calls import Call

DAY = "2026-01-15"
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
Ask = Callable[..., Outcome]


@pytest.fixture
def rocket(tmp_path: Path) -> BuiltRepository:
    """Return a day of a high change and a low one, after one of the day before."""
    story = Story()
    story.commit("Add the queue", {"engine/queue.py": "limit = 16\n"}, at=NOON - timedelta(days=1))
    story.commit("Order requests [high] by deadline (#17)", {"engine/queue.py": "limit = 32\n"}, at=NOON)
    story.commit("Fix typo [low]", {"README.md": "Hello.\n"}, at=NOON + timedelta(hours=1))
    return story.write(tmp_path / "rocket")


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    """Return a running model that the program is set to; it analyses honestly."""

    def answer(call: Call) -> Given:
        return honest(ModelRequest(call.task, call.system, call.user, {}, 0))

    with FakeOpenAI(answer=answer).in_thread() as model:  # type: ignore[arg-type] # it raises nothing
        begin_afresh(monkeypatch, tmp_path, DIGESTBOT_MODEL_ATTEMPTS="1", **of_model(model))
        yield model


@pytest.fixture
def ask(rocket: BuiltRepository, model: FakeOpenAI, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Return the program, which is asked about the day; each run is a process as far as what is kept goes."""
    assert model.url

    def run(question: str, *options: str) -> Outcome:
        capsys.readouterr()
        code = main(["ask", str(rocket.path), DAY, question, *options])
        return Outcome(code, *capsys.readouterr())

    return run


def talk(model: FakeOpenAI) -> list[Call]:
    """Return the turns of conversations that the model was asked for."""
    return [call for call in model.calls() if call.body.get("stream")]


def test_a_conversation_goes_on_over_processes(ask: Ask, model: FakeOpenAI, rocket: BuiltRepository) -> None:
    """A question, one that needs the context of the first, and a third that still has it; --new begins anew."""
    sha = rocket.sha(2)
    read = ("read_diff", json.dumps({"sha": sha, "path": "engine/queue.py"}))
    model.script(Says(None, calls=[read]), on="What is the")
    model.script(f"The limit is 32, it was 16 [{sha[:7]} engine/queue.py:1].", on="What is the")
    first = ask("What is the limit?")
    assert (first.code, first.out) == (0, f"The limit is 32, it was 16 `{sha[:7]} engine/queue.py:1`.\n\n")
    assert "1\t+limit = 32" in talk(model)[1].prompt

    model.script(f"It was 16 before [{sha[:7]} engine/queue.py:1].", on="And before that")
    assert ask("And before that?").out.startswith("It was 16 before")
    model.script(f"It doubled, 32 after 16 [{sha[:7]} engine/queue.py].", on="How much more")
    assert "It doubled" not in ask("How much more is that?").out  # nothing that was read compares
    model.script(f"It rose to 32 [{sha[:7]} engine/queue.py].", on="So it rose")
    assert ask("So it rose?").out.startswith("It rose to 32")
    said = [message["content"] for message in talk(model)[-1].body["messages"] if message["role"] == "user"]
    assert [text.rpartition("Question: ")[2] for text in said] == [
        "What is the limit?",
        "And before that?",
        "How much more is that?",
        "So it rose?",
    ]
    assert "limit = 32" in said[0]

    model.script("[none]", on="What was that")
    assert ask("What was that?", "--new").out.startswith("What was read here does not say.")
    assert len(talk(model)[-1].body["messages"]) == 2


def test_what_an_answer_is_made_from(ask: Ask, model: FakeOpenAI, rocket: BuiltRepository) -> None:
    """--explain tells what was asked for and read, each once, what was left out and why, the tokens and the cost."""
    sha = rocket.sha(2)
    read = ("read_diff", json.dumps({"sha": sha, "path": "engine/queue.py"}))
    model.script(Says(None, calls=[read]), on="What is the")
    model.script(f"The limit is 32 [{sha[:7]} engine/queue.py:1]. It is 99 [{sha[:7]}].", on="What is the")
    ask("more on #17")  # so that the day is analysed already
    answer = ask("What is the limit?", "--explain")
    assert answer.out.startswith("The limit is 32")
    assert answer.err.count("Question: What is the limit?") == 1
    assert f"--- calls read_diff: {read[1]}\n" in answer.err
    assert answer.err.count("1\t+limit = 32") == 1
    assert "--- instructions:\n(as in call 1)\n" in answer.err
    assert f"=== dropped (a number that is not in what it cites): It is 99 [{sha[:7]}].\n" in answer.err
    assert re.search(r"=== in all: 2 calls; [1-9][0-9]* tokens read.*, cost unknown\n$", answer.err)


def test_what_a_question_without_a_model_is_explained_by(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is asked, --explain says so."""
    monkeypatch.delenv("DIGESTBOT_MODEL")
    explained = ask("Which changes order requests?", "--explain").err
    assert explained.endswith("=== in all: 0 calls; 0 tokens read, 0 written, $0.0000\n")


def test_a_change_of_another_day_is_found_by_a_search(ask: Ask, model: FakeOpenAI, rocket: BuiltRepository) -> None:
    """What was digested on another day can be asked about, and read from the repository."""
    sha = rocket.sha(1)
    assert main(["digest", str(rocket.path), "2026-01-14", "--quiet"]) == 0
    model.script(Says(None, calls=[("search_changes", json.dumps({"query": "add the queue"}))]), on="When did")
    model.script(Says(None, calls=[("read_file", json.dumps({"sha": sha, "path": "engine/queue.py"}))]), on="When did")
    model.script(f"It was added with a limit of 16 [{sha[:7]} engine/queue.py:1].", on="When did")
    assert ask("When did the queue come?").out.startswith("It was added with a limit of 16")


def test_a_model_that_is_away_is_replaced_by_a_search(ask: Ask, model: FakeOpenAI) -> None:
    """The changes that match are shown, with the reason."""
    ask("Which changes order requests?")
    model.answer = lambda _: server_error()
    answer = ask("Which changes order requests?")
    assert answer.code == 0
    assert answer.out.startswith("The language model does not answer now, so a search does.")
    assert "Order requests" in answer.out


def test_without_a_model_a_search_answers(ask: Ask, monkeypatch: pytest.MonkeyPatch, rocket: BuiltRepository) -> None:
    """So it does where none is configured."""
    monkeypatch.delenv("DIGESTBOT_MODEL")
    answer = ask("Which changes order requests by deadline?")
    assert answer.out.startswith("No language model is configured, so a search answers.")
    assert rocket.sha(2)[:7] in answer.out
    assert "No change that is known here matches." in ask("Where is Elvis?").out


def test_commands_are_done_in_place_of_answers(ask: Ask, rocket: BuiltRepository) -> None:
    """A change is analysed in full depth, explained, rated, and its diff shown."""
    more = ask("more on #17").out
    assert "Set a default deadline first." in more
    low = ask(f"more on {rocket.sha(3)[:7]}").out
    assert "Set a default deadline first." in low
    assert "It alters what callers see." in ask("why high").out
    assert "is too high for" in ask("too high #17").out
    diff = ask("diff #17 engine/queue.py").out
    assert re.search(r"\+limit = 32", diff)
    unknown = ask("diff #18")
    assert (unknown.code, unknown.out) == (2, "")


def test_what_is_thought_of_tiers_is_in_the_status(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """How many changes somebody finds too high or too low."""
    ask("too high #17")
    capsys.readouterr()
    assert main(["status"]) == 0
    assert "1 found too high, 0 too low" in capsys.readouterr().out


def test_what_a_model_took_is_in_the_status(
    ask: Ask, model: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its name, and what the day's digests and answers took of the budget; never its key or its address."""
    ask("too high #17")
    monkeypatch.setenv("DIGESTBOT_BUDGET", '{"day_tokens": 10}')
    capsys.readouterr()
    assert main(["status"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"^Model: model-x; today \(UTC\) \d+ calls, [\d,]+ of 10 tokens", told, re.MULTILINE)
    assert "Today's budget is spent" in told
    assert main(["status", "--json"]) == 0
    written = capsys.readouterr().out
    assert json.loads(written)["model"]["used"]["calls"] > 0
    assert not any(secret in told + written for secret in ("sk-of-ada", model.url))


@pytest.mark.usefixtures("model")
def test_a_question_is_about_one_repository(rocket: BuiltRepository) -> None:
    """Of several, or of none that exists, is said why there is no answer."""
    assert main(["ask", str(rocket.path), str(rocket.path), "What?"]) == 2
    assert main(["ask", "/nowhere", DAY, "What?"]) == 3
