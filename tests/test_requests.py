"""What people in a chat ask for, and the words that go back."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from io import StringIO
from pathlib import Path

import pytest

from bot import logs
from bot.access import Access
from bot.asking import Limit, spent_today
from bot.contracts.repositories import Story
from bot.engine.workflows import State
from bot.errors import ChatUnavailable, CredentialRefused, PostGone, RepositoryNotFound
from bot.model import Delivered, Place, Quiet, Rhythm, Schedule, Subscription, Usage
from bot.ports import NO_TRACER, Asker, FoundRepository, Suggesting, Tracer
from bot.ports.tracing import CHANNEL, ERROR
from bot.present.blocks import Block, BulletedList, Context, Link, Message, Paragraph, Span
from bot.requests import Digesting, Readers, RequestDesk, StatusDesk
from bot.requests.digesting import FindFor
from bot.settings import AccessSettings, BudgetSettings, LogSettings, Settings
from bot.subscriptions import SubscriptionDesk
from tests.engine.support import Bench, bench
from tests.fakes.spans import Noting

DAY = datetime(2026, 1, 14, tzinfo=UTC)
NOTHING = "Nothing is being made here."
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


def _links(message: Message) -> list[Link]:
    items = [item for block in message.blocks if isinstance(block, BulletedList) for item in block.items]
    return [span for item in items for span in item if isinstance(span, Link)]


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


def desk_of(
    at_work: Bench, find: FindFor, settings: Settings, model: str | None = None, tracer: Tracer = NO_TRACER
) -> RequestDesk:
    """Return a desk of these settings."""
    access = Access(settings)
    subscriptions = SubscriptionDesk(at_work.store.subscriptions, settings, at_work.clock)
    readers = Readers(at_work.store.preferences, settings)
    digesting = Digesting(at_work.orders, find, access, at_work.clock)
    limit = Limit(settings.budget.day_tokens, settings.budget.day_cost)
    spent = partial(spent_today, at_work.store.spending, limit, at_work.clock)
    status = StatusDesk(digesting, at_work.orders, subscriptions, model, spent)
    return RequestDesk(
        digesting, status, subscriptions, readers, access, at_work.answering, settings, at_work.clock, tracer=tracer
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


async def test_the_status_before_anything_happened(chat: Chat) -> None:
    """It says that nothing is made and nothing subscribed to, and that rules rank the changes."""
    assert (await chat.ask("status")).splitlines() == [
        NOTHING,
        "No subscriptions",
        "No language model is configured: changes are ranked by rules.",
    ]
    assert (await chat.ask("进度", replace(ASKER, language="zh"))).splitlines() == [
        "此处没有正在生成的摘要。",
        "没有订阅",
        "未配置语言模型：变更按规则排序。",
    ]


async def test_the_status_of_subscriptions(chat: Chat, tmp_path: Path) -> None:
    """Of each is said when it is due or that it is made, what it posted last, and why it failed, trouble first."""
    rocket = str(tmp_path / "rocket")
    for made in (subscribed("well", rocket), subscribed("failing", "/none", rocket, "/neither")):
        await chat.at_work.store.subscriptions.keep(made)
    await chat.at_work.store.subscriptions.keep(
        replace(subscribed("hidden", "/hidden"), place=Place("rooms", "W", "D"))
    )
    due = "due since 15 Jan 09:00 UTC, and not begun"
    assert (await chat.ask("status")).splitlines()[1:6] == [
        "2 subscriptions",
        f"/none, {rocket}, /neither · {due}",
        "no digest yet",
        f"{rocket} · {due}",
        "no digest yet",
    ]
    chat.at_work.builder.gate.clear()
    await chat.at_work.orders.tick()
    told = (await chat.ask("status")).splitlines()
    assert "being made here" in told[0]
    assert told[0] != NOTHING
    assert f"{rocket} · being made" in told
    chat.at_work.builder.gate.set()
    for name in ("well", "failing"):
        await chat.at_work.until(f"deliver:{name}:", State.DONE)

    gone = "There is no /none. Give the path of a repository, or a clone URL."
    owed = "What landed meanwhile will be in the next digest."
    message = await chat.requests.command("status", replace(ASKER, timezone="Asia/Shanghai"))
    assert _words(message).splitlines()[1:] == [
        "2 subscriptions",
        f"/none, {rocket}, /neither · next 16 Jan 17:00 Asia/Shanghai",
        f"last digest: {rocket} · Wednesday 14 January 2026",
        f"The last run failed: /none: {gone} 1 more repository failed, too. {owed}",
        f"{rocket} · next 16 Jan 17:00 Asia/Shanghai",
        "last digest: Wednesday 14 January 2026",
        "No language model is configured: changes are ranked by rules.",
    ]
    assert [link.url.startswith("https://chat.example/C/") for link in _links(message)] == [True, True]


async def test_the_status_of_what_was_posted(chat: Chat, tmp_path: Path) -> None:
    """Digests of several repositories lead to a thread each; where nothing was posted, to the last that was."""
    rocket, gears = str(tmp_path / "rocket"), str(tmp_path / "gears")
    Story().write(tmp_path / "gears")
    await chat.at_work.store.subscriptions.keep(replace(subscribed("both", rocket, gears), quiet=Quiet.SILENCE))
    titles = [f"{rocket} · Wednesday 14 January 2026"]
    for day in range(2):
        chat.at_work.clock.moment += timedelta(days=day)
        await chat.at_work.orders.tick()
        await chat.at_work.until(f"deliver:both:2026-01-{15 + day}", State.DONE)
        assert [link.text for link in _links(await chat.requests.command("status", ASKER))] == titles


async def test_a_digest_whose_address_is_not_known(chat: Chat, tmp_path: Path) -> None:
    """While the chat does not tell addresses, and where the post is gone, the last digest is told without a link."""
    await chat.at_work.store.subscriptions.keep(subscribed("well", str(tmp_path / "rocket")))
    await chat.at_work.orders.tick()
    await chat.at_work.until("deliver:well:", State.DONE)
    for error in (ChatUnavailable("It is away.", unknown=False), PostGone("It is deleted.")):
        chat.at_work.rooms.linkless = error
        told = await chat.requests.command("status", ASKER)
        assert "last digest: Wednesday 14 January 2026" in _words(told)
        assert _links(told) == []


async def test_many_subscriptions(chat: Chat) -> None:
    """A phone shows five, those in trouble among them, and where the rest is."""
    for number in range(8):
        await chat.at_work.store.subscriptions.keep(subscribed(f"of-{number}", f"/r{number}"))
        await chat.at_work.store.subscriptions.began(f"of-{number}", date(2026, 1, 15))
    await chat.at_work.store.subscriptions.ended("of-7", chat.at_work.clock.now(), "/r7: It is gone.")
    told = await chat.ask("status")
    assert "8 subscriptions" in told
    assert [name for number in range(8) if (name := f"/r{number}") in told] == ["/r0", "/r1", "/r2", "/r3", "/r7"]
    assert "3 more: list shows them." in told


async def test_the_status_of_the_model(chat: Chat, tmp_path: Path) -> None:
    """The model is named, and nothing of what it took; once the budget of the day is spent, what that means."""
    settings = Settings(data_dir=tmp_path, budget=BudgetSettings(day_tokens=100, day_cost=9.0))
    chat.requests = desk_of(chat.at_work, _unknown, settings, "model-x")
    assert "The language model model-x writes what is said of the changes." in await chat.ask("status")
    await chat.at_work.store.spending.add(chat.at_work.clock.now().date(), Usage(3, 90, 0, 9, 7.77))
    spent = await chat.ask("status")
    assert "Today's budget is spent" in spent
    assert not any(figure in spent for figure in ("99", "100", "7.77"))
    chat.at_work.clock.moment += timedelta(days=1)
    assert "model-x writes" in await chat.ask("status")


async def _unknown(name: str, place: Place) -> FoundRepository:
    raise RepositoryNotFound(f"There is no {name} in {place.channel}.")


def subscribed(id: str, *repositories: str) -> Subscription:
    """Return what a channel subscribes to every day at nine, and is owed since the day began."""
    return Subscription(
        id,
        ASKER.place,
        repositories,
        Schedule(Rhythm.DAILY, time(9), "UTC"),
        "en",
        DAY,
        {name: Delivered(DAY) for name in repositories},
    )


async def test_the_zone_and_language_of_who_asks(chat: Chat) -> None:
    """The asker's own zone and language hold and are kept, until the channel has some; then those do."""
    li = Asker(ASKER.place, "li", "Asia/Shanghai", "zh-CN")
    unknown = Asker(ASKER.place, "li")

    assert (await chat.ask("状态", li)).startswith("此处没有正在生成的摘要。")
    assert "Asia/Shanghai" in await chat.ask("subscribe acme/rocket", unknown)
    assert "Europe/Berlin" in await chat.ask("set in Europe/Berlin language en", li)
    assert (await chat.ask("status", li)).startswith(NOTHING)
    assert "Europe/Berlin" in await chat.ask("subscribe acme/rocket weekdays", li)


async def test_a_nonsensical_zone_and_language(chat: Chat) -> None:
    """A zone that does not exist, or a language without words, is as none."""
    assert (await chat.ask("status", Asker(ASKER.place, "x", "Mars/Base", "tlh"))).startswith(NOTHING)


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
    assert (await _asked(chat, "status")).startswith(NOTHING)
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
    chat.requests = desk_of(chat.at_work, refuse, Settings(data_dir=tmp_path, timezone="UTC"), tracer=tracer)
    for text in ("list", "subscribe acme/rocket", "subscrib acme/rocket"):
        await chat.ask(text)

    done, refused, misspelt = tracer.spans
    assert {span.name for span in tracer.spans} == {"command"}
    assert {span.attributes[CHANNEL] for span in tracer.spans} == {"rooms:W/C"}
    assert (done.failed, misspelt.failed) == (None, None)
    assert misspelt.attributes[ERROR]
    assert refused.failed == ("CredentialRefused", "GitHub does not take the token.")
    assert "acme" not in repr(tracer.spans)
