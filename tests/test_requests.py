"""What people in a chat ask for, and the words that go back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.engine.workflows import State
from bot.errors import RepositoryNotFound
from bot.model import Place
from bot.ports import Asker, FoundRepository, Suggesting
from bot.present.blocks import Block, BulletedList, Link, Message, Paragraph, Span
from bot.requests import ChatRequests
from bot.settings import Settings
from bot.subscriptions import SubscriptionDesk
from tests.engine.support import Bench, bench
from tests.fakes.repositories import Story

DAY = datetime(2026, 1, 14, tzinfo=UTC)
ASKER = Asker(Place("rooms", "W", "C"), "ada")


class Chat:
    """Somebody who says things, and hears what is said."""

    def __init__(self, at_work: Bench, requests: ChatRequests) -> None:
        self.at_work = at_work
        self.requests = requests

    async def ask(self, text: str, asker: Asker = ASKER) -> str:
        """Say something, and return the answer."""
        return _words(await self.requests.command(text, asker))

    def acknowledged(self, text: str, asker: Asker = ASKER) -> tuple[str, bool]:
        """Say something, and return what is said at once, and whether that is all."""
        acknowledged = self.requests.acknowledge(text, asker)
        return _words(acknowledged.message) if acknowledged.message else "", acknowledged.over


def _words(message: Message) -> str:
    return "\n".join(_text(block) for block in message.blocks)


def _text(block: Block) -> str:
    assert isinstance(block, Paragraph | BulletedList)
    lines: tuple[tuple[Span, ...], ...] = (block.spans,) if isinstance(block, Paragraph) else block.items
    return "\n".join("".join(span.text for span in line) for line in lines)


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    """Return a chat in which the repository `acme/rocket` is known."""
    story = Story()
    story.commit("Add a stage", {"a.py": "x = 1\n"}, at=DAY + timedelta(hours=9))
    built = story.write(tmp_path / "rocket")
    async with bench(tmp_path) as at_work:

        async def find(name: str, place: Place) -> FoundRepository:  # noqa: ARG001 - the same everywhere
            if name != "acme/rocket":
                raise RepositoryNotFound(f"There is no repository {name}.")
            return FoundRepository(await at_work.builder.source.find(str(built.path)))

        settings = Settings(data_dir=tmp_path, timezone="UTC")
        desk = SubscriptionDesk(at_work.store.subscriptions, settings, at_work.clock)
        yield Chat(at_work, ChatRequests(at_work.orders, desk, find, settings, at_work.clock))


async def test_a_digest(chat: Chat) -> None:
    """Asked for a digest, the bot says that it is being made, with a link; then so again; and then that it is here."""
    chat.at_work.builder.gate.clear()

    answer = await chat.requests.command("digest acme/rocket yesterday", ASKER)
    links = [span for block in answer.blocks if isinstance(block, Paragraph) for span in block.spans]
    under_way = await chat.ask("/digest acme/rocket yesterday")
    status = await chat.ask("status")
    chat.at_work.builder.gate.set()
    await chat.at_work.until("deliver:", State.DONE)

    assert _words(answer).startswith("rocket · Wednesday 14 January 2026: it is being made.")
    assert any(isinstance(span, Link) for span in links)
    assert "is being made already" in under_way
    assert "One digest" in status
    assert "rocket · Wednesday" in status
    assert "is here already" in await chat.ask("digest acme/rocket yesterday")
    assert "Nothing is being made" in await chat.ask("status")


async def test_what_cannot_be(chat: Chat) -> None:
    """A name that nobody knows is said for that name alone, and what is no command is said with what would be."""
    said = await chat.ask("digest acme/gone acme/rocket yesterday")

    assert said.startswith("acme/gone: There is no repository acme/gone.")
    assert "it is being made" in said
    assert "is not a command" in await chat.ask("destroy acme/rocket")
    assert "digest REPOSITORY… [PERIOD]" in await chat.ask("help")


async def test_cancelling(chat: Chat) -> None:
    """What is being made for a channel can be cancelled there, and from no other channel."""
    chat.at_work.builder.gate.clear()
    await chat.ask("digest acme/rocket yesterday")
    elsewhere = Asker(Place("rooms", "W", "other"), "eve")

    assert "nothing to cancel" in await chat.ask("cancel", elsewhere)
    assert "One digest is cancelled" in await chat.ask("cancel")
    await chat.at_work.until("cancelled:", State.DONE)
    assert any("Cancelled" in root for root in chat.at_work.rooms.of_channel("C"))


async def test_subscriptions(chat: Chat) -> None:
    """Subscriptions are made, seen, paused and ended in words."""
    made = await chat.ask("subscribe acme/rocket weekdays at 10:00")
    [kept] = await chat.at_work.store.subscriptions.all()

    assert "acme/rocket" in made
    assert kept.id in await chat.ask("list")
    assert "paused" in await chat.ask(f"pause {kept.id}")
    await chat.ask(f"resume {kept.id}")
    await chat.ask(f"set {kept.id} at 11:00")
    assert "has ended" in await chat.ask(f"unsubscribe {kept.id}")
    assert await chat.at_work.store.subscriptions.all() == []


async def test_the_zone_and_language_of_who_asks(chat: Chat) -> None:
    """Where the channel does not say, the asker's own language is spoken."""
    said = await chat.ask("状态", Asker(ASKER.place, "li", "Asia/Shanghai", "zh"))

    assert said.startswith("此频道")


async def test_what_is_said_at_once(chat: Chat) -> None:
    """What the grammar alone knows is said at once: which digest is meant, help, and what is no command."""
    assert chat.acknowledged("acme/rocket yesterday")[1]
    heard, over = chat.acknowledged("digest acme/rocket yesterday")
    assert "acme/rocket · Wednesday 14 January 2026" in heard
    assert not over
    assert chat.acknowledged("help")[1]
    assert chat.acknowledged("list") == ("", False)


async def test_suggestions(chat: Chat) -> None:
    """Periods, subscriptions of the channel and their repositories are suggested by their beginnings."""
    await chat.ask("subscribe acme/rocket")
    [kept] = await chat.at_work.store.subscriptions.all()

    assert "yesterday" in await chat.requests.suggestions(Suggesting.PERIOD, "yes", ASKER)
    assert await chat.requests.suggestions(Suggesting.REPOSITORY, "ACME", ASKER) == ["acme/rocket"]
    assert await chat.requests.suggestions(Suggesting.SUBSCRIPTION, "", ASKER) == [kept.id]
    assert await chat.requests.suggestions(Suggesting.REPOSITORY, "zzz", ASKER) == []
