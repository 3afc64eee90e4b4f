"""What is said in a digest's thread is answered there once: whole, by a chat over the wire, through a stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.model.openai import ModelSettings, OpenAIModel
from adapters.source.git import GitArchive, GitSettings, GitSource
from bot.answer.answering import Answerer
from bot.answer.commanding import ThreadDesk
from bot.answer.hearing import Hearing
from bot.answer.library import Shelves
from bot.contracts.repositories import BuiltRepository, Story
from bot.digest.build import DigestBuilder
from bot.engine.answering import Answering, Heard
from bot.engine.delivery import Delivery
from bot.engine.jobs import Jobs
from bot.engine.kit import Kit
from bot.engine.orders import Orders
from bot.engine.places import Places
from bot.engine.wishes import Target, Wish
from bot.engine.workflows import Engine, Queue
from bot.model import Place, Subscription, Window
from bot.ports import FoundRepository
from bot.store import Store, engine_url, open_store
from tests.chaos.chat import ChaosChat
from tests.chaos.chat_server import ChatServer
from tests.chaos.clock import FastClock
from tests.engine.support import SOON
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Cut, Says

DAY = datetime(2026, 1, 14, tzinfo=UTC)
CHANNEL = Place("chat", "W", "C")


@dataclass
class Running:
    """A process at work."""

    orders: Orders
    answering: Answering
    engine: Engine
    store: Store
    source: GitSource

    async def over(self, prefix: str) -> None:
        """Wait until all work of a prefix is over."""
        async with asyncio.timeout(20):
            while True:
                works = await self.engine.works(prefix)
                if works and all(work.state.over for work in works):
                    return
                await asyncio.sleep(0.02)

    async def digest(self, rocket: BuiltRepository) -> None:
        """Let the day be posted in the channel."""
        found = FoundRepository(await self.source.find(str(rocket.path)))
        target = Target(found, Window(DAY, DAY + timedelta(days=1), "UTC", "2026-01-14"), "en")
        await self.orders.ask(Wish(target, CHANNEL, awaited=True))
        await self.over("deliver:")


@pytest.fixture
def rocket(tmp_path: Path) -> BuiltRepository:
    """Return a repository with a change on the day."""
    story = Story()
    story.commit("Order requests by deadline (#17)", {"a.py": "limit = 32\n"}, at=DAY + timedelta(hours=9))
    return story.write(tmp_path / "rocket")


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
    """Put a process together, and stop it at once at the end, whatever it does."""
    clock, data = FastClock(1000), folder / "data"
    source = GitSource(GitSettings(), data_dir=data)
    settings = ModelSettings.model_validate({"base_url": fake.url, "key": "sk-1", "name": "large", "attempts": 1})

    async def find(name: str, _: Subscription) -> FoundRepository:
        return FoundRepository(await source.find(name))

    async with (
        open_store(data, clock=clock) as store,
        OpenAIModel(settings, clock=clock) as model,
        ChaosChat.opened(server.url, patience=5, longest=300) as chat,
    ):
        builder = DigestBuilder(source, None, store.past_changes, store.change_index)
        shelves = Shelves(store.change_index, GitArchive(GitSettings(), data_dir=data), source, store.pull_requests)
        answerer = Answerer(model, store.conversations, store.spending, clock)
        desk = ThreadDesk(store.conversations, store.tier_opinions, builder.deepen, clock)
        kit = Kit(
            find,
            builder.build,
            source,
            store.builds,
            Places({"chat": Delivery(chat, store.outbox, clock, name)}),
            store.subscriptions,
            clock,
            threads=store.threads,
            hearing=Hearing(answerer, desk, shelves, clock),
        )
        engine = Engine(await engine_url(data, None), name, poll=SOON)
        Jobs(kit, engine)
        answering = Answering(kit, engine)
        await engine.launch(Queue)
        try:
            yield Running(Orders(engine, kit), answering, engine, store, source)
        finally:
            await engine.close(timedelta())


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
        await running.digest(rocket)
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


async def test_a_thread_that_grows_can_be_asked_about(
    tmp_path: Path, rocket: BuiltRepository, server: ChatServer, fake: FakeOpenAI
) -> None:
    """As soon as something stands beneath the root it is a digest's thread, though the rest is still being posted."""
    async with process("one", tmp_path, server, fake) as running:
        digest = asyncio.create_task(running.digest(rocket))
        async with asyncio.timeout(10):
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
        await running.digest(rocket)
        before = len(server.shown("C"))
        fake.pace = 5
        fake.script(f"Requests are ordered [{sha}]. So they are [{sha}].")
        await running.answering.answer(heard(server, "What happened?"))
        await asyncio.wait_for(asked.wait(), 10)
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
        await running.digest(rocket)
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


async def test_a_thread_of_no_digest_is_left_alone(
    tmp_path: Path, rocket: BuiltRepository, server: ChatServer, fake: FakeOpenAI
) -> None:
    """Nothing is posted, and nobody asked, where somebody else's words began a thread, or in the channel itself."""
    async with process("one", tmp_path, server, fake) as running:
        await running.digest(rocket)
        said = heard(server, "What happened?")
        for place in (CHANNEL, replace(CHANNEL, thread="elsewhere"), replace(said.place, channel="D")):
            assert not await running.answering.answer(replace(said, place=place))
        assert not await running.engine.works("answer:")
        assert not fake.calls()
