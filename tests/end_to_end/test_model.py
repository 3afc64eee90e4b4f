"""A digest with a language model, from the command line to the wire and back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from bot.contracts.repositories import BuiltRepository, Story
from bot.ports import ModelRequest
from tests.digest.analyst.support import Given, honest
from tests.end_to_end.conftest import Outcome, begin_afresh
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import server_error
from tests.fakes.openai_calls import Call

KEY = "sk-of-ada"
DAY = "2026-01-15"
SECRET = "ghp_" + "a1B2" * 9
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def answer(call: Call) -> Given:
    """Answer as an honest model does."""
    return honest(ModelRequest(call.task, call.system, call.user, {}, 0))


@pytest.fixture
def rocket(tmp_path: Path) -> BuiltRepository:
    """Return a day of a high change, a medium one that holds a secret, and a low one."""
    story = Story()
    for number, tier in enumerate(("high", "medium", "low")):
        text = f"def order_{number}(queue):\n    token = '{SECRET}'\n    return queue\n"
        subject = f"Order requests [{tier}] by deadline"
        story.commit(subject, {f"engine/part_{number}.py": text}, at=NOON + timedelta(minutes=number))
    return story.write(tmp_path / "rocket")


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    """Return a running model that the program is set to, with a data directory of its own."""
    with FakeOpenAI(answer=answer).in_thread() as model:  # type: ignore[arg-type] # it raises nothing
        begin_afresh(
            monkeypatch,
            tmp_path,
            DIGESTBOT_MODEL="model-x",
            DIGESTBOT_MODEL_ATTEMPTS="1",
            OPENAI_API_KEY=KEY,
            OPENAI_BASE_URL=model.url,
        )
        yield model


@pytest.fixture
def digest(rocket: BuiltRepository, model: FakeOpenAI, capsys: pytest.CaptureFixture[str]) -> "Digest":
    """Return the program, which digests the day."""
    assert model.url
    return Digest(rocket, capsys)


class Digest:
    """Runs the program on the day of the repository."""

    def __init__(self, rocket: BuiltRepository, capsys: pytest.CaptureFixture[str]) -> None:
        self._path = str(rocket.path)
        self._capsys = capsys

    def __call__(self, *options: str) -> Outcome:
        """Return how it ended and what it printed."""
        self._capsys.readouterr()
        code = main(["digest", self._path, DAY, *options])
        return Outcome(code, *self._capsys.readouterr())


def test_a_digest_by_a_model(digest: Digest, model: FakeOpenAI) -> None:
    """Each tier is told in its depth, in the model's words, with what it took; once more it takes nothing."""
    shown = digest("--format", "json")
    assert (shown.code, shown.digest["analyst"]) == (0, "model-x")
    by_tier = {entry["tier"]: entry for entry in shown.digest["entries"]}
    assert by_tier["high"]["conclusion"] == "Set a default deadline first."
    assert by_tier["medium"]["advice"] == ["Restart the workers."]
    assert by_tier["low"]["summary"].startswith("Callers now see")
    assert shown.digest["receipt"]["usage"]["calls"] == len(model.history) == 3
    again = digest("--format", "json")
    assert len(model.history) == 3
    assert again.digest["entries"] == shown.digest["entries"]


def test_no_secret_reaches_the_model(digest: Digest, model: FakeOpenAI) -> None:
    """A secret in a diff is masked before anything is sent, and counted."""
    shown = digest("--format", "json")
    assert model.history
    assert not [call for call in model.history if SECRET in call.system + call.user]
    assert shown.digest["receipt"]["masked"] > 0


def test_a_model_that_is_down(digest: Digest, model: FakeOpenAI) -> None:
    """While the model fails the digest is the rules' and says so, and later the model finishes it."""
    model.script(*[server_error()] * 20)
    shown = digest()
    assert shown.code == 0
    assert "ranked by rules" in shown.out
    assert "server" in shown.out.split("ranked by rules")[1].partition("In the thread")[0]
    model.forget()
    assert "by model-x" in digest().out


def test_a_wrong_key(digest: Digest, model: FakeOpenAI) -> None:
    """A key that is refused costs the digest its model and nothing else; the key is in no output."""
    model.rules.keys = {"sk-of-bob"}
    shown = digest("--explain")
    assert shown.code == 0
    assert "ranked by rules" in shown.out
    assert KEY not in shown.out + shown.err


def test_the_explanation(digest: Digest, model: FakeOpenAI) -> None:
    """What was sent, what came back, what was dropped and what it cost is told beside the digest."""

    def invents(call: Call) -> Given:
        said = answer(call)
        if call.task == "high":
            assert isinstance(said, dict)
            said["risks"] = [{**said["risks"][0], "path": "engine/invented.py"}]
        return said

    model.answer = invents  # type: ignore[assignment] # it raises nothing
    shown = digest("--explain", "--format", "json")
    for call in model.history:
        assert call.user.split("\n")[0] in shown.err
    assert "engine/invented.py" in shown.err.split("=== dropped of ")[1]
    assert shown.err.rstrip().split("\n")[-1].startswith("=== in all: 3 calls; ")
    assert shown.digest["receipt"]["dropped"] == 1
    assert SECRET not in shown.err


def test_both_languages(digest: Digest) -> None:
    """The labels are ours in either language, around what the model wrote."""
    assert "结论" in digest("--language", "zh").out
    assert "Conclusion" in digest("--language", "en").out
