"""What goes wrong with a model in the middle of an answer, as it reads in the threads of Slack and of Discord."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from discord.http import Route

from bot.engine.answering import Heard
from bot.model import Place
from tests.chaos.chats import opened
from tests.chaos.clock import FastClock
from tests.chaos.platforms import Platform, running
from tests.engine.asking import Running, assembled, working, written
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import (
    Answer,
    Cut,
    Drop,
    Hang,
    Says,
    Stall,
    cut_by_length,
    enormous,
    failing,
    rate_limited,
    server_error,
    unauthorised,
)

_FACTOR = 60
WHOLE = "Requests are ordered by deadline"
NEXT = "The limit of the queue is raised"
BROKEN = "The language model broke off here. Ask again for the rest."
CUT = "The answer is longer than it may be, and ends here. Ask for the rest."
ONE_LEFT_OUT = "One sentence was left out: what was read does not bear it out."
LEFT_OUT = " sentences were left out: what was read does not bear them out."
SEARCHED = "The language model does not answer now, so a search does."
SILENT = "What was read here does not say."


def in_the_middle(sha: str) -> dict[str, tuple[list[Answer], str]]:
    """Return what the model does after a whole sentence, and how the answer ends, by what is wrong."""
    whole = f"{WHOLE} [{sha}]."
    both = f"{whole} {NEXT} to no more and no less than what it takes [{sha}]."
    read = ("read_commit", json.dumps({"sha": sha}))
    return {
        "the connection is cut": ([Cut(Says(both))], BROKEN),
        "it stalls": ([Stall(Says(both))], BROKEN),
        "it is asked too often": ([failing(both, rate_limited())], BROKEN),
        "its server fails": ([failing(both, server_error())], BROKEN),
        "the key is revoked": ([failing(both, unauthorised())], BROKEN),
        "half an event comes": ([Cut(Says(both), "{half")], BROKEN),
        "the filter takes it": ([Says(f"{whole} {NEXT}", finish="content_filter")], BROKEN),
        "its length is cut": ([cut_by_length(f"{both} {whole}")], CUT),
        "it talks nonsense": ([Says(f"{whole} {enormous(600).text}")], LEFT_OUT),
        "it fails after a tool": ([Says(f"{whole} {NEXT}", calls=[read]), server_error()], BROKEN),
        "it says nothing after a tool": ([Says(f"{whole} ", calls=[read]), Says("")], "."),
        "it stops as if that were all": ([Says(f"{whole} {NEXT}")], ONE_LEFT_OUT),
    }


AT_ONCE: dict[str, tuple[Answer, str]] = {
    "it is asked too often": (rate_limited(), SEARCHED),
    "its server fails": (server_error(), SEARCHED),
    "there is no connection": (Drop(), SEARCHED),
    "it never answers": (Hang(), SEARCHED),
    "it says nothing": (Says(""), SILENT),
}


@dataclass
class Thread:
    """A thread of a digest, and who answers there."""

    platform: Platform
    running: Running
    place: Place
    sha: str

    async def ask(self, text: str) -> str:
        """Return what stands in the thread beneath what stood there before, once the question is answered."""
        before = len(self.platform.shown(self.place.channel))
        await self.running.answering.answer(Heard(text, self.place, "ada", text, "UTC", "en"))
        await self.running.over("answer:")
        texts = [str(each.body["text"]) for each in self.platform.shown(self.place.channel)[before:]]
        return "\n".join(texts).replace("`", "").strip()


@asynccontextmanager
async def thread(name: str, folder: Path, fake: FakeOpenAI) -> AsyncIterator[Thread]:
    """Let a digest be posted on a platform."""
    rocket, clock = written(folder / "rocket"), FastClock(_FACTOR)
    async with (
        running(name, clock, _FACTOR, 1, 0.0, 1) as platform,
        opened(name, platform.url, platform.token, _FACTOR / 10) as chat,
        working(assembled("one", folder, chat, name, fake.url, clock, patience=2)) as bot,
    ):
        place = platform.place(0)
        await bot.digest(rocket, place)
        root = platform.shown(place.channel)[0]
        place = replace(place, thread=root.id)
        yield Thread(platform, bot, place, rocket.sha(1)[:7])


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeOpenAI]:
    """Return a model; discord.py forgets afterwards where it was led."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    async with FakeOpenAI() as fake:
        yield fake


@pytest.mark.parametrize("name", ["slack", "discord"])
async def test_every_fault_has_a_clear_end(name: str, tmp_path: Path, fake: FakeOpenAI) -> None:
    """What was whole stays, no half sentence does, the last one says what happened, and nothing waits any more."""
    async with thread(name, tmp_path, fake) as asked:
        for what, (answers, end) in in_the_middle(asked.sha).items():
            fake.script(*answers)
            first, *rest = (await asked.ask(f"What happened to requests, when in the middle {what}?")).splitlines()
            assert first == f"{WHOLE} {asked.sha}.", what
            assert [line.endswith(end) for line in rest] == ([] if end == "." else [True]), (what, rest)
        for what, (answer, begin) in AT_ONCE.items():
            fake.script(answer)
            told = await asked.ask(f"What happened to requests, when at once {what}?")
            assert told.startswith(begin), (what, told)
            assert WHOLE not in told, what
        assert fake.left == 0
