"""The program as it is installed, from its entry point to the bytes on the wire, and a GitHub on 127.0.0.1."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.contracts.repositories import BuiltRepository, Story
from bot.ports import ModelRequest
from tests.digest.analyst.support import Given, honest
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Account, Repository, Token, World
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_calls import Call

TOKEN = "ghp_of-ada"  # noqa: S105 - good for nothing but the fake
REPOSITORY = "acme/rocket"
DAY = "2026-01-15"
CHANGES = 10
"""How many changes landed on the day, as on every day before it."""

_DAYS = 30
_BEGINNING = datetime(2026, 1, 15, tzinfo=UTC) - timedelta(days=_DAYS - 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of the program ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def digest(self) -> dict[str, Any]:
        """The digest, where JSON was asked for."""
        digests: list[dict[str, Any]] = json.loads(self.out)["digests"]
        (digest,) = digests
        return digest

    @property
    def notes(self) -> str:
        """What the receipt says beside its figures."""
        return "\n".join(self.digest["receipt"]["notes"])


Bot = Callable[..., Outcome]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltRepository:
    """Return a month of changes, each through a pull request of its own."""
    story = Story()
    for number in range(_DAYS * CHANGES):
        at = _BEGINNING + number * timedelta(days=1) / CHANGES
        files = {f"engine/part_{number % 7}.py": f"limit = {number}\n" * 40}
        story.commit(f"Raise limit {number} (#{number + 1})", files, at=at, author="Grace <grace@example.org>")
    return story.write(tmp_path_factory.mktemp("built") / "rocket.git")


@pytest.fixture
def rocket(built: BuiltRepository) -> Repository:
    """Return what GitHub knows of the repository."""
    rocket = Repository("acme/rocket", built.path, stars=500)
    rocket.adopt_pull_requests()
    for number, pull in rocket.pulls.items():
        pull.title = f"Title of {number}"
        pull.labels = ("breaking-change",)
    return rocket


@pytest.fixture
def hub(rocket: Repository) -> Iterator[FakeGitHub]:
    """Yield a running GitHub that has the repository."""
    world = World([rocket], [Account("grace-hopper", emails=frozenset({"grace@example.org"}))])
    world.tokens[TOKEN] = Token("ada")
    with FakeGitHub(world).in_thread() as hub:
        yield hub


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    """Yield a running model that the program is set to; it analyses honestly, and says what its script has."""

    def answer(call: Call) -> Given:
        return honest(ModelRequest(call.task, call.system, call.user, {}, 0))

    with FakeOpenAI(answer=answer).in_thread() as model:  # type: ignore[arg-type] # it raises nothing
        for name, value in of_model(model).items():
            monkeypatch.setenv(name, value)
        yield model


_OURS = ("DIGESTBOT_", "GITHUB_", "SLACK_", "DISCORD_", "OPENAI_", "DATABASE_URL")


def begin_afresh(monkeypatch: pytest.MonkeyPatch, folder: Path, **settings: str) -> None:
    """Let the program find no setting but these, and work in a folder that it keeps its data in."""
    for name in os.environ:
        if name.startswith(_OURS):
            monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    for name, value in {"DIGESTBOT_DATA_DIR": str(folder / "data"), **settings}.items():
        monkeypatch.setenv(name, value)


def of_hub(hub: FakeGitHub) -> dict[str, str]:
    """Return the settings that lead the program to a GitHub, which it need not spare."""
    return {
        "DIGESTBOT_GITHUB_SECONDS_BETWEEN_REQUESTS": "0",
        "GITHUB_API_URL": hub.url,
        "GITHUB_TOKEN": TOKEN,
    }


def of_model(model: FakeOpenAI) -> dict[str, str]:
    """Return the settings that lead the program to a model."""
    return {"DIGESTBOT_MODEL": "model-x", "OPENAI_API_KEY": "sk-of-ada", "OPENAI_BASE_URL": model.url}


@pytest.fixture
def bot(hub: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bot:
    """Return the program, with a token, a data directory of its own, and no patience."""
    begin_afresh(
        monkeypatch,
        tmp_path,
        DIGESTBOT_GITHUB_ATTEMPTS="2",
        DIGESTBOT_GITHUB_TIMEOUT="2",
        **of_hub(hub),
    )

    def run(*words: str) -> Outcome:
        capsys.readouterr()
        code = main(["digest", "--format", "json", *words])
        return Outcome(code, *capsys.readouterr())

    return run
