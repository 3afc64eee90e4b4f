"""What people in a chat ask for, and the words that go back."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from bot import logs
from bot.access import Access
from bot.contracts.repositories import Story
from bot.engine.workflows import State
from bot.errors import CredentialRefused, RepositoryNotFound
from bot.model import Place
from bot.ports import NO_TRACER, Asker, FoundRepository, Suggesting, Tracer
from bot.ports.tracing import CHANNEL, ERROR
from bot.present.blocks import Block, BulletedList, Context, Link, Message, Paragraph, Span
from bot.requests import Digesting, Readers, RequestDesk
from bot.requests.digesting import FindFor
from bot.settings import AccessSettings, LogSettings, Settings
from bot.subscriptions import SubscriptionDesk
from tests.engine.support import Bench, bench
from tests.fakes.spans import Noting

DAY = datetime(2026, 1, 14, tzinfo=UTC)
ASKER = Asker(Place("rooms", "W", "C"), "ada")


class Chat:
    """Somebody who says things, and hears what is said."""

    def __init__(self, at_work: Bench, requests: RequestDesk) -> None:
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
    assert isinstance(block, Paragraph | BulletedList | Context)
    lines: tuple[tuple[Span, ...], ...] = block.items if isinstance(block, BulletedList) else (block.spans,)
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

        yield Chat(at_work, desk_of(at_work, find, Settings(data_dir=tmp_path, timezone="UTC")))


def desk_of(at_work: Bench, find: FindFor, settings: Settings, tracer: Tracer = NO_TRACER) -> RequestDesk:
    """Return a desk of these settings."""
    access = Access(settings)
    subscriptions = SubscriptionDesk(at_work.store.subscriptions, settings, at_work.clock)
    readers = Readers(at_work.store.preferences, settings)
    digesting = Digesting(at_work.orders, find, access, at_work.clock)
    return RequestDesk(
        digesting, subscriptions, readers, access, at_work.answering, settings, at_work.clock, tracer=tracer
    )


async def test_a_digest(chat: Chat) -> None:
    """Asked for a digest, the bot says what is meant; then that it is being made, with a link; then that it is here."""
    chat.at_work.builder.gate.clear()

    answer = await chat.ask("digest acme/rocket yesterday")
    under_way = await chat.requests.command("/digest acme/rocket yesterday", ASKER)
    links = [span for block in under_way.blocks if isinstance(block, Paragraph) for span in block.spans]
    status = await chat.ask("status")
    chat.at_work.builder.gate.set()
    await chat.at_work.until("deliver:", State.DONE)

    assert answer == "acme/rocket is rocket; Wednesday 14 January 2026 in UTC."
    assert "It is being made in this thread" in _words(under_way)
    assert any(isinstance(span, Link) for span in links)
    assert "1 digest is being made" in status
    assert "rocket · Wednesday" in status
    assert "It is in this thread" in await chat.ask("acme/rocket yesterday")
    assert "Nothing is being made" in await chat.ask("status")


async def test_a_day_that_grows(chat: Chat) -> None:
    """A day that is not over is made again when it is asked for again, in the same thread."""
    for _ in range(2):
        answer = await chat.ask("digest acme/rocket today")
        await chat.at_work.until("deliver:", State.DONE)
    assert "What has landed since is added to this thread" in answer
    assert len(chat.at_work.rooms.of_channel("C")) == 1


async def test_what_cannot_be(chat: Chat) -> None:
    """A name that nobody knows is said for that name alone, and what is no command is said with what would be."""
    said = await chat.ask("digest acme/gone acme/rocket yesterday")

    assert said.startswith("There is no repository acme/gone.")
    assert "acme/rocket is rocket" in said
    assert "is not a command" in await chat.ask("subscrib acme/rocket")
    assert "digest REPOSITORY… [PERIOD]" in await chat.ask("help")


async def test_cancelling(chat: Chat) -> None:
    """What is being made for a channel can be cancelled there, and from no other channel."""
    chat.at_work.builder.gate.clear()
    await chat.ask("digest acme/rocket yesterday")
    elsewhere = Asker(Place("rooms", "W", "other"), "eve")

    assert "nothing to cancel" in await chat.ask("cancel", elsewhere)
    assert "nothing to cancel" in await chat.ask("cancel acme/gears")
    assert "1 digest was cancelled" in await chat.ask("cancel rocket")
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
    """The asker's own zone and language hold and are kept, until the channel has some; then those do."""
    li = Asker(ASKER.place, "li", "Asia/Shanghai", "zh-CN")
    unknown = Asker(ASKER.place, "li")

    assert await chat.ask("状态", li) == "此处没有正在生成的摘要。"
    assert "Asia/Shanghai" in await chat.ask("subscribe acme/rocket", unknown)
    assert "Europe/Berlin" in await chat.ask("set in Europe/Berlin language en", li)
    assert await chat.ask("status", li) == "Nothing is being made here."
    assert "Europe/Berlin" in await chat.ask("subscribe acme/rocket weekdays", li)


async def test_a_nonsensical_zone_and_language(chat: Chat) -> None:
    """A zone that does not exist, or a language without words, is as none."""
    assert await chat.ask("status", Asker(ASKER.place, "x", "Mars/Base", "tlh")) == "Nothing is being made here."


async def test_what_is_said_at_once(chat: Chat) -> None:
    """What the grammar alone knows is said at once: which digest is meant, help, and what is no command."""
    assert chat.acknowledged("subscrib acme/rocket")[1]
    heard, over = chat.acknowledged("digest acme/rocket yesterday")
    assert heard == "acme/rocket, Wednesday 14 January 2026: one moment."
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


async def test_a_question_outside_the_threads_of_digests(chat: Chat) -> None:
    """In a thread a command is one all the same, and anything else that is said to the bot leads to what can be."""
    elsewhere = "Questions are answered in the threads of digests"
    assert await _asked(chat, "status") == "Nothing is being made here."
    for text in ("why did it land?", "status of #17?", "list what touches the queue", ""):
        assert elsewhere in await _asked(chat, text)


async def test_what_is_said_to_others(chat: Chat, tmp_path: Path) -> None:
    """Nothing is answered to what is not said to the bot, be it a command, a question or from somebody who may not."""
    for text in ("status", "why did it land?", ""):
        assert await _asked(chat, text, addressed=False) == ""

    async def find(name: str, place: Place) -> FoundRepository:
        raise RepositoryNotFound(f"There is no {name} in {place.channel}.")

    settings = Settings(data_dir=tmp_path, access=AccessSettings(channels=("rooms:W/other",)))
    strict = Chat(chat.at_work, desk_of(chat.at_work, find, settings))
    assert await _asked(strict, "why did it land?", addressed=False) == ""
    assert "may not be asked in this channel" in await _asked(strict, "why did it land?")


async def _asked(chat: Chat, text: str, *, addressed: bool = True) -> str:
    asker = replace(ASKER, place=replace(ASKER.place, thread="T"))
    answer = await chat.requests.question(text, asker, "1", addressed=addressed)
    return _words(answer) if answer else ""


async def test_what_may_not_be(chat: Chat, tmp_path: Path) -> None:
    """Who may not subscribe is told so, and who asks too often is told when they may again."""

    async def find(name: str, place: Place) -> FoundRepository:
        raise CredentialRefused(f"The token for {name} in {place.channel} is wrong.", remedy="Set another.")

    access = AccessSettings(subscribers=("rooms:W/boss",), requests_per_hour=1)
    strict = Chat(chat.at_work, desk_of(chat.at_work, find, Settings(data_dir=tmp_path, access=access)))

    assert "may not change" in await strict.ask("subscribe acme/rocket")
    assert "Whoever runs it finds the reason" in await strict.ask("acme/rocket")
    assert "1 times an hour. Ask again in 60 min" in await strict.ask("acme/rocket")


@pytest.mark.usefixtures("logging_restored")
async def test_the_id_of_an_error(chat: Chat, tmp_path: Path) -> None:
    """What only the operator can put right is told with an id, by which each line of the log about it is found."""

    async def refuse(_name: str, _place: Place) -> FoundRepository:
        raise CredentialRefused("GitHub does not take the token.", remedy="Set GITHUB_TOKEN to another.")

    stream = StringIO()
    logs.begin(LogSettings(), stream)
    chat.requests = desk_of(chat.at_work, refuse, Settings(data_dir=tmp_path, timezone="UTC"))
    told = await chat.ask("acme/rocket yesterday")
    in_chinese = await chat.ask("acme/rocket yesterday", replace(ASKER, language="zh-CN"))
    theirs = await chat.ask("subscrib acme/rocket")

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    found = re.search(r"finds the reason in its log\. \(id ([0-9a-f]{8})\)$", told)
    assert found
    assert {line["event"] for line in lines if line["request"] == found[1]} == {
        "Asked in rooms:W/C: digest",
        "Asked in rooms:W/C: GitHub does not take the token. Set GITHUB_TOKEN to another.",
    }
    assert re.search(r"（编号 [0-9a-f]{8}）$", in_chinese)
    assert "id" not in theirs.split()


async def test_the_spans_of_commands(chat: Chat, tmp_path: Path) -> None:
    """A command is a span that has its channel and no word of it; its error is told, as a failure unless theirs."""

    async def refuse(_name: str, _place: Place) -> FoundRepository:
        raise CredentialRefused("GitHub does not take the token.")

    tracer = Noting()
    chat.requests = desk_of(chat.at_work, refuse, Settings(data_dir=tmp_path, timezone="UTC"), tracer)
    for text in ("list", "subscribe acme/rocket", "subscrib acme/rocket"):
        await chat.ask(text)

    done, refused, misspelt = tracer.spans
    assert {span.name for span in tracer.spans} == {"command"}
    assert {span.attributes[CHANNEL] for span in tracer.spans} == {"rooms:W/C"}
    assert (done.failed, misspelt.failed) == (None, None)
    assert misspelt.attributes[ERROR]
    assert refused.failed == ("CredentialRefused", "GitHub does not take the token.")
    assert "acme" not in repr(tracer.spans)
