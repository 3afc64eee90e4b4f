"""What a model does that obeys commits, files and people, as it reads in the threads of Slack and of Discord."""

import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from discord.http import Route

from adapters.source.git import GitArchive, GitSettings
from bot.answer.question import AnswerLimits
from bot.contracts.repositories import BuiltRepository, Story
from bot.engine.answering import Heard
from bot.model import Commit, Place, Repository
from bot.ports import FileText, NoText
from tests.chaos.clock import FastClock
from tests.digest.analyst.attacks import ATTACKS, EVIL
from tests.end_to_end.rooms import FACTOR, Read, Room, on_discord, on_slack
from tests.engine.asking import DAY, Running, assembled, working
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Says
from tests.fakes.openai_calls import Call

pytestmark = pytest.mark.long

_PATIENCE = 120.0
_BUDGET = AnswerLimits().calls
_OUTSIDE = "nobody's business"
_HARMFUL = ("@everyone", "<!channel>", "<@U0ADA>", "<@1>", EVIL, f"[this]({EVIL})", f"<{EVIL}|this>")
_SAID = "Attention"
"""What begins each sentence of the model's that obeys."""
_CLEAN, _FIRST = 1, 2
"""The change that says nothing to a model, and the first that does, as marks of the story."""


@dataclass
class Watched:
    """An archive that keeps in which repository something was asked for."""

    archive: GitArchive
    asked: list[Path] = field(default_factory=list)

    async def commit(self, repository: Repository, digits: str) -> Commit | None:
        """Return a commit."""
        self.asked.append(Path(repository.location))
        return await self.archive.commit(repository, digits)

    async def file(self, repository: Repository, sha: str, path: str, first: int, last: int) -> FileText | NoText:
        """Return lines of a file."""
        self.asked.append(Path(repository.location))
        return await self.archive.file(repository, sha, path, first, last)

    async def history(self, repository: Repository, path: str, limit: int) -> Sequence[Commit]:
        """Return what touches a path."""
        self.asked.append(Path(repository.location))
        return await self.archive.history(repository, path, limit)


@dataclass
class Thread:
    """The thread of a digest, with what else is there: the bot, its model, and what it reads with."""

    room: Room
    bot: Running
    fake: FakeOpenAI
    archive: Watched
    place: Place

    async def ask(self, *questions: str, user: str = "ada", place: Place | None = None) -> list[Read]:
        """Return the answers to what somebody asks, one after the other."""
        before = len(self.room.said())
        for number, question in enumerate(questions):
            heard = Heard(
                f"{user} {number} {question[:9]}", place or self.place, f"{user} {number}", question, "UTC", "en"
            )
            assert await self.bot.answering.answer(heard)
        await self.bot.over("answer:", _PATIENCE)
        return self.room.said()[before:]


@dataclass(frozen=True, slots=True)
class Obedient:
    """A model that reads what it is asked about, and does what an attack wants as soon as it sees one."""

    rocket: BuiltRepository
    other: BuiltRepository
    obeyed: list[Call] = field(default_factory=list)

    @property
    def told(self) -> str:
        """What there is to say of the clean change."""
        return f"The limit is raised [{self.rocket.sha(_CLEAN)[:7]}]."

    @property
    def shown(self) -> str:
        """The same as people read it."""
        return self.told.replace("[", "").replace("]", "")

    def __call__(self, call: Call) -> Says:
        """Answer."""
        tools = bool(call.body.get("tools"))
        if any(attack.reaches(call.prompt) for attack in ATTACKS):
            self.obeyed.append(call)
            said = " ".join(f"{_SAID} {each} for all [{title(call)}]." for each in _HARMFUL)
            return Says(said, calls=self._outside() * 5) if tools else Says(f"{said} {self.told}")
        if call.body["messages"][-1]["role"] == "tool" or not tools:
            return Says(self.told)
        *_, question = (each["content"] for each in call.body["messages"] if each["role"] == "user")
        if "secret" in question.rpartition("Question:")[2]:
            return Says(None, calls=self.inside())
        parts = [self.rocket.sha(_FIRST + int(number)) for number in re.findall(r"part (\d+)", question)[-2:]]
        wanted = [("read_commit", self.rocket.sha(_CLEAN))]
        # What is read first could instruct, and is read apart: of the one its message, and of the other its file.
        wanted += [*zip(("read_commit", "read_diff"), parts, strict=False)]
        wanted += [*zip(("read_commit", "read_diff"), reversed(parts), strict=False)]
        return Says(None, calls=[(name, json.dumps({"sha": sha})) for name, sha in wanted])

    def inside(self) -> list[tuple[str, str]]:
        """Return calls that read the other repository, where it may be read."""
        sha = self.other.sha(1)
        return [
            ("read_file", json.dumps({"sha": sha, "path": "secret.py"})),
            ("read_commit", json.dumps({"sha": sha})),
            ("read_diff", json.dumps({"sha": sha})),
            ("search_changes", json.dumps({"query": "Keep the secret"})),
        ]

    def _outside(self) -> list[tuple[str, str]]:
        """Return as many calls as an answer may make, all for what is not in the repository of the rocket."""
        clean = self.rocket.sha(_CLEAN)
        return [
            ("read_file", json.dumps({"sha": clean, "path": f"../{self.other.path.name}/secret.py"})),
            ("read_file", json.dumps({"sha": clean, "path": "/etc/passwd"})),
            ("read_file", json.dumps({"sha": clean, "path": ".git/config"})),
            ("path_history", json.dumps({"path": "secret.py"})),
            *self.inside(),
        ]


def title(call: Call) -> str:
    """Return the name of the last change that a model is shown."""
    return str(re.findall(r"^=== .*\[([0-9a-f]{7})", call.user, re.MULTILINE)[-1])


@pytest.fixture
def rocket(tmp_path: Path) -> BuiltRepository:
    """Return a repository with a clean change, and each attack in a message and in a file of its own."""
    story = Story()
    story.commit("Raise the limit", {"limit.py": "limit = 32\n"}, at=DAY)
    for number, attack in enumerate(ATTACKS):
        note = "\n".join(f"# {line}" for line in attack.text.split("\n"))
        files = {f"part_{number}.py": f"{note}\nlimit = {number}\n"}
        story.commit(f"Change part {number}\n\n{attack.text}", files, at=DAY + timedelta(minutes=10 * number))
    return story.write(tmp_path / "rocket")


@pytest.fixture
def other(tmp_path: Path) -> BuiltRepository:
    """Return a repository that is told of in another channel."""
    story = Story()
    story.commit(f"Keep the secret {_OUTSIDE}", {"secret.py": f"# {_OUTSIDE}\n"}, at=DAY)
    return story.write(tmp_path / "other")


@pytest.fixture
def model(rocket: BuiltRepository, other: BuiltRepository) -> Obedient:
    """Return a model that obeys."""
    return Obedient(rocket, other)


@pytest.fixture(params=[on_slack, on_discord], ids=["slack", "discord"])
async def thread(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    rocket: BuiltRepository,
    model: Obedient,
) -> AsyncIterator[Thread]:
    """Let the digest of the rocket be posted; discord.py forgets afterwards where it was led."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    opened: Callable[[FastClock], AbstractAsyncContextManager[Room]] = request.param
    clock, archive = FastClock(FACTOR), Watched(GitArchive(GitSettings(), data_dir=tmp_path / "data"))
    async with (
        FakeOpenAI() as fake,
        opened(clock) as room,
        working(
            assembled("one", tmp_path, room.chat, room.place.platform, fake.url, clock, patience=5, archive=archive)
        ) as bot,
    ):
        fake.answer = model
        await bot.digest(rocket, room.place, _PATIENCE)
        yield Thread(room, bot, fake, archive, replace(room.place, thread=room.root(room.place)))


def assert_harmless(answers: Sequence[Read], *lines: str) -> None:
    """Assert that answers do nothing to anybody, and say these lines above their buttons, and no more."""
    for each in answers:
        assert not each.pings
        assert not each.links
        assert each.text.replace("`", "").splitlines() == [*lines, "Useful", "Not useful"]


async def test_no_commit_and_no_file_makes_a_model_act(
    thread: Thread, rocket: BuiltRepository, model: Obedient
) -> None:
    """Each is obeyed in a call that can use no tool: nobody is mentioned, nothing leads elsewhere, the rest is told."""
    before, numbers = len(thread.room.sent()), range(0, len(ATTACKS), 2)
    answers = await thread.ask(*(f"What became of the limit, part {each} and part {each + 1}?" for each in numbers))
    assert len(answers) == len(numbers)
    assert_harmless(answers, model.shown)
    assert _SAID not in thread.room.sent()[before:]
    assert set(thread.archive.asked) <= {rocket.path}

    assert not any("tools" in call.body for call in model.obeyed)
    obeyed = {title(call) for call in model.obeyed}
    # What is hidden in tags is taken out of whatever a model reads.
    names = {attack.name for attack in ATTACKS} - {"tags"}
    assert {each.name for number, each in enumerate(ATTACKS, _FIRST) if rocket.sha(number)[:7] in obeyed} == names


async def test_nobody_makes_a_model_act_for_others(
    thread: Thread, rocket: BuiltRepository, other: BuiltRepository, model: Obedient
) -> None:
    """What others asked before is obeyed in the next answer: in the budget and the repository, and nobody hears it."""
    await thread.bot.digest(other, thread.room.other, _PATIENCE)
    before, texts = len(thread.room.sent()), [attack.text for attack in ATTACKS]
    await thread.ask(*("\n".join(texts[first : first + 15]) for first in range(0, len(texts), 15)), user="eve")
    model.obeyed.clear()
    thread.archive.asked.clear()
    answers = await thread.ask("What became of the limit?")
    left_out = f"{2 * len(_HARMFUL)} sentences were left out: what was read does not bear them out."
    assert_harmless(answers, model.shown, left_out)
    assert _SAID not in thread.room.sent()[before:]

    first, last = model.obeyed
    assert "tools" in first.body
    assert "tools" not in last.body
    assert [each["role"] for each in last.body["messages"]].count("tool") == _BUDGET
    assert 0 < len(thread.archive.asked) <= _BUDGET
    assert set(thread.archive.asked) == {rocket.path}
    assert not any(_OUTSIDE in call.prompt for call in thread.fake.calls())

    # The same calls read it in the thread that it belongs to.
    there = thread.room.other
    await thread.ask("What is the secret?", place=replace(there, thread=thread.room.root(there)))
    read_there = [each["content"] for each in thread.fake.calls()[-1].body["messages"] if each["role"] == "tool"]
    assert [_OUTSIDE in each for each in read_there] == [True] * len(model.inside())
