"""What is said in a digest's thread is answered there once: whole, by a chat over the wire, through a stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.contracts.repositories import BuiltRepository
from bot.engine.answering import Heard
from bot.model import Place
from tests.chaos.chat import ChaosChat
from tests.chaos.chat_server import ChatServer
from tests.chaos.clock import FastClock
from tests.engine.asking import Running, assembled, working, written
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Cut, Says

CHANNEL = Place("chat", "W", "C")


@pytest.fixture
def rocket(tmp_path: Path) -> BuiltRepository:
    """Return a repository with a change on the day."""
    return written(tmp_path / "rocket")


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    """Return a chat platform."""
    async with ChatServer(FastClock(1000)).running() as server:
        yield server


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeOpenAI]:
    """Return a model that talks in threads; digests do without it."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DIGESTBOT_MODEL"):
        monkeypatch.delenv(name, raising=False)
    async with FakeOpenAI() as fake:
        yield fake


@asynccontextmanager
async def process(name: str, folder: Path, server: ChatServer, fake: FakeOpenAI) -> AsyncIterator[Running]:
    """Put a process together that posts to the platform."""
    async with (
        ChaosChat.opened(server.url, patience=5, longest=300) as chat,
        working(assembled(name, folder, chat, CHANNEL.platform, fake.url, FastClock(1000))) as running,
    ):
        yield running


def heard(server: ChatServer, text: str, id: str = "1") -> Heard:
    """Return something that is said in the thread of the only digest."""
    root = next(post for post in server.stored if post.thread is None)
    return Heard(id, replace(CHANNEL, thread=root.id), "ada", text, "UTC", "en")


def answers(server: ChatServer, before: int) -> list[str]:
    """Return what a reader sees in the thread beneath what the digest posted."""
    return [str(post.body["text"]) for post in server.shown("C")[before:]]


async def test_a_question_is_answered_in_its_thread_once(
    tmp_path: Path, rocket: BuiltRepository, server: ChatServer, fake: FakeOpenAI
) -> None:
    """However often it is heard, there is one answer, of as many posts as it takes; the next one knows of it."""
    sha = rocket.sha(1)[:7]
    sentences = [f"Requests are ordered by deadline, says number {name} [{sha}]." for name in ("one", "two", "three")]
    async with process("one", tmp_path, server, fake) as running:
        await running.digest(rocket, CHANNEL)
        before = len(server.shown("C"))
        fake.script(" ".join(sentences * 3))
        for _ in range(3):
            assert await running.answering.answer(heard(server, "What happened?"))
        await running.over("answer:")
        told = answers(server, before)
        assert len(told) > 1
        assert " ".join(" ".join(told).split()) == " ".join(sentences * 3).replace("[", "").replace("]", "")
        assert len(fake.calls()) == 1

        fake.script(f"It is so [{sha}].")
        await running.answering.answer(heard(server, "Is it so?", "2"))
        await running.over("answer:")
        assert answers(server, before)[len(told) :] == [f"It is so {sha}."]
        assert "What happened?" in fake.calls()[-1].prompt


async def test_questions_of_a_thread_are_answered_in_order(
    tmp_path: Path, rocket: BuiltRepository, server: ChatServer, fake: FakeOpenAI
) -> None:
    """All have their placeholders while the first is answered, and each answer knows of those before it."""
    sha, asked = rocket.sha(1)[:7], asyncio.Event()
    fake.watch = lambda _: asked.set()
    fake.latency = 0.5
    names = ("first", "second", "third")
    async with process("one", tmp_path, server, fake) as running:
        await running.digest(rocket, CHANNEL)
        before = len(server.shown("C"))
        for name in reversed(names):
            fake.script(f"This is the {name} [{sha}].", on=f"the {name} one")
        for number, name in enumerate(names):
            await running.answering.answer(heard(server, f"What is the {name} one?", str(number)))
        await asyncio.wait_for(asked.wait(), 60)
        assert len(answers(server, before)) == 3
        await running.over("answer:")
    assert answers(server, before) == [f"This is the {name} {sha}." for name in names]
    assert [name in fake.calls()[-1].prompt for name in names] == [True, True, True]
    assert "This is the second" in fake.calls()[-1].prompt


async def test_a_thread_that_grows_can_be_asked_about(
    tmp_path: Path, rocket: BuiltRepository, server: ChatServer, fake: FakeOpenAI
) -> None:
    """As soon as something stands beneath the root it is a digest's thread, though the rest is still being posted."""
    async with process("one", tmp_path, server, fake) as running:
        digest = asyncio.create_task(running.digest(rocket, CHANNEL))
        async with asyncio.timeout(60):
            while not any(post.thread for post in server.stored):  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.002)
        assert await running.store.threads.at(heard(server, "").place)
        await digest


async def test_a_stop_in_the_middle_leads_to_one_whole_answer(
    tmp_path: Path, rocket: BuiltRepository, server: ChatServer, fake: FakeOpenAI
) -> None:
    """The half that was shown becomes the whole, in the same post, once the process runs again."""
    sha = rocket.sha(1)[:7]
    asked = asyncio.Event()
    fake.watch = lambda _: asked.set()
    async with process("one", tmp_path, server, fake) as running:
        await running.digest(rocket, CHANNEL)
        before = len(server.shown("C"))
        fake.pace = 5
        fake.script(f"Requests are ordered [{sha}]. So they are [{sha}].")
        await running.answering.answer(heard(server, "What happened?"))
        await asyncio.wait_for(asked.wait(), 60)
        assert answers(server, before) == ["Reading…"]
    fake.pace = 0
    fake.script(f"Requests are ordered [{sha}]. So they are [{sha}].")
    async with process("one", tmp_path, server, fake) as running:
        await running.over("answer:")
        assert answers(server, before) == [f"Requests are ordered {sha}. So they are {sha}."]
        thread = await running.store.threads.at(heard(server, "").place)
        assert thread is not None
        kept = await running.store.conversations.exchanges(thread.key, 9)
        assert [each.question for each in kept] == ["What happened?"]


async def test_what_goes_wrong_is_said_in_the_thread(
    tmp_path: Path, rocket: BuiltRepository, server: ChatServer, fake: FakeOpenAI
) -> None:
    """A model that breaks off, a command that means nothing, and a digest that is gone end the placeholder."""
    sha = rocket.sha(1)[:7]
    async with process("one", tmp_path, server, fake) as running:
        await running.digest(rocket, CHANNEL)
        before = len(server.shown("C"))
        fake.script(
            Cut(Says(f"Requests are ordered [{sha}]. So they are, for as long as anybody has known them [{sha}]."))
        )
        for number, text in enumerate(("What happened?", "too high #99", "why is #17 low")):
            await running.answering.answer(heard(server, text, str(number)))
            await running.over("answer:")
        broken, unknown, why = answers(server, before)
        assert broken == f"Requests are ordered {sha}.\nThe language model broke off here. Ask again for the rest."
        assert unknown.startswith("No change of this thread is called so.")
        assert "Order requests by deadline" in why


async def test_a_deleted_question_leaves_nothing_behind(
    tmp_path: Path, rocket: BuiltRepository, server: ChatServer, fake: FakeOpenAI
) -> None:
    """Whether it is answered already, is being answered, waits, or is heard later: no answer to it stays, or comes."""
    sha, asked = rocket.sha(1)[:7], asyncio.Event()
    async with process("one", tmp_path, server, fake) as running:
        await running.digest(rocket, CHANNEL)
        before = len(server.shown("C"))
        fake.script(f"This is so [{sha}].", on="answered already")
        said = [
            heard(server, text, text[:1]) for text in ("answered already?", "being answered?", "waiting?", "later?")
        ]
        await running.answering.answer(said[0])
        await running.over("answer:")
        assert answers(server, before) == [f"This is so {sha}."]

        fake.watch = lambda _: asked.set()
        fake.latency = 60
        for each in said[1:3]:
            await running.answering.answer(each)
        await asyncio.wait_for(asked.wait(), 60)
        assert answers(server, before)[1:] == ["Reading…", "Reading…"]
        for each in said:
            await running.answering.withdraw(each.place, each.id)
        await running.over("withdraw:")
        await running.answering.answer(said[3])
        await running.over("answer:")
        assert answers(server, before) == []

        fake.latency = 0
        fake.script(f"It is so [{sha}].")
        await running.answering.answer(heard(server, "And now?", "5"))
        await running.over("answer:")
        assert answers(server, before) == [f"It is so {sha}."]
        assert len(fake.calls()) == 3
        assert "answered already" not in fake.calls()[-1].prompt


async def test_an_answer_can_be_judged(
    tmp_path: Path, rocket: BuiltRepository, server: ChatServer, fake: FakeOpenAI
) -> None:
    """An answer, not what is still being read, has buttons; each person counts once for each answer, the last time."""
    sha, asked = rocket.sha(1)[:7], asyncio.Event()
    fake.watch = lambda _: asked.set()
    fake.script(f"It is so [{sha}].")
    async with process("one", tmp_path, server, fake) as running:
        await running.digest(rocket, CHANNEL)
        said = heard(server, "Is it so?", "1")
        fake.latency = 0.5
        await running.answering.answer(said)
        await asyncio.wait_for(asked.wait(), 60)
        assert not server.shown("C")[-1].body["buttons"]
        await running.over("answer:")
        assert server.shown("C")[-1].body["buttons"] == ["Useful", "Not useful"]

        for user, useful in (("ada", True), ("grace", True), ("ada", False)):
            assert await running.answering.judge(said.place, "1", user, useful=useful)
        assert await running.store.conversations.ratings() == (1, 1)
        for place, name in ((said.place, "2"), (replace(said.place, channel="D"), "1"), (CHANNEL, "1")):
            assert not await running.answering.judge(place, name, "ada", useful=True)

        await running.answering.answer(heard(server, "too high #99", "2"))
        await running.over("answer:")
        assert not server.shown("C")[-1].body["buttons"]


async def test_what_is_deleted_elsewhere_is_let_pass(
    tmp_path: Path, rocket: BuiltRepository, server: ChatServer, fake: FakeOpenAI
) -> None:
    """Nothing is done about what was deleted from a thread of no digest."""
    async with process("one", tmp_path, server, fake) as running:
        await running.digest(rocket, CHANNEL)
        await running.answering.withdraw(replace(CHANNEL, thread="elsewhere"), "1")
        assert not await running.engine.works("withdraw:")


async def test_a_thread_of_no_digest_is_left_alone(
    tmp_path: Path, rocket: BuiltRepository, server: ChatServer, fake: FakeOpenAI
) -> None:
    """Nothing is posted, and nobody asked, where somebody else's words began a thread, or in the channel itself."""
    async with process("one", tmp_path, server, fake) as running:
        await running.digest(rocket, CHANNEL)
        said = heard(server, "What happened?")
        for place in (CHANNEL, replace(CHANNEL, thread="elsewhere"), replace(said.place, channel="D")):
            assert not await running.answering.answer(replace(said, place=place))
        assert not await running.engine.works("answer:")
        assert not fake.calls()
