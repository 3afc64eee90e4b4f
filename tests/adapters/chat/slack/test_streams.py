"""Answers that grow as Slack's streams: one message remains of each, whatever Slack does to the stream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.settings import SlackSettings
from bot.contracts.chat import said
from bot.engine.delivery import Delivery
from bot.engine.delivery.growth import Growth
from bot.engine.delivery.live import Live
from bot.engine.delivery.outcome import Tally
from bot.engine.delivery.pacing import Pacer
from bot.engine.delivery.posting import Posting
from bot.engine.delivery.session import LASTING, Session
from bot.model import Place
from bot.ports import ChatTraits, Clock, GrowingChat, Outbox
from bot.present.blocks import Context, Message, Paragraph, Text, Thread
from bot.store import Store, open_store
from tests.adapters.chat.slack.conftest import GENERAL
from tests.chaos.clock import FastClock
from tests.engine.delivery.test_crashes import Killed, Life, Mortal
from tests.engine.support import QuickClock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_faults import RESET, STORED_RESET, Fault, error, too_fast
from tests.fakes.slack_world import Message as Shown

FACTOR = 20
WAITING = Context((Text("Reading…"),))
METHODS = ["chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update", "chat.delete", "chat.postMessage"]


def so_far(number: int) -> Message:
    """Return an answer of so many sentences, two of them a paragraph."""
    texts = [Text(f"Sentence {at}. ") for at in range(number)]
    return Message("root", "an answer", tuple(Paragraph(tuple(texts[at : at + 2])) for at in range(0, number, 2)))


class SkippingClock(FastClock):
    """A clock on which a minute is three seconds, and which can be put forward."""

    def __init__(self) -> None:
        super().__init__(FACTOR)
        self.skipped = timedelta()

    def now(self) -> datetime:
        """Return the moment."""
        return super().now() + self.skipped


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """Return a running fake whose time passes as that of the clock."""
    async with FakeSlack(scale=FACTOR) as slack:
        yield slack


@pytest.fixture
def clock() -> SkippingClock:
    """Return the clock."""
    return SkippingClock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    """Return where posts are kept."""
    async with open_store(tmp_path, clock=clock) as store:
        yield store


class Asked:
    """An answer in a thread, as it is given and as it is read."""

    def __init__(self, slack: FakeSlack, delivery: Delivery, clock: Clock, place: Place) -> None:
        self.slack = slack
        self.delivery = delivery
        self.clock = clock
        self.place = place
        self.key = "answer"

    @property
    def replies(self) -> list[Shown]:
        """What stands in the thread."""
        return self.slack.world.channels[GENERAL.channel].replies(str(self.place.thread))

    def read(self) -> list[str]:
        """Return what is read in the thread, by its blocks."""
        return ["".join(_texts(reply.blocks)).strip() for reply in self.replies]

    @asynccontextmanager
    async def growing(self) -> AsyncIterator[Live]:
        """Post the placeholder, and let the answer grow."""
        await self.delivery.begin(self.key, self.place, said("Reading…"))
        async with self.delivery.growing(self.key, self.place, "U0ADA", WAITING) as live:
            yield live

    async def show(self, live: Live, number: int) -> None:
        """Show so many sentences, and wait until they are there."""
        live.show(so_far(number))
        async with asyncio.timeout(120):
            while f"Sentence {number - 1}." not in "".join(self.read()):  # noqa: ASYNC110 - Slack tells nobody
                await asyncio.sleep(0.005)

    async def end(self, number: int) -> None:
        """Let the thread show the whole answer."""
        whole = Thread(so_far(number), (), "an answer")
        outcome = await self.delivery.deliver(self.key, self.place, whole, repository="")
        assert outcome.ended is None
        assert self.read() == [_words(number)]
        (reply,) = self.replies
        assert reply.streaming != "in_progress"
        assert reply.metadata

    def calls(self) -> dict[str, int]:
        """Return how often each method was called."""
        return {name: len(self.slack.calls(name)) for name in METHODS if self.slack.calls(name)}


@pytest.fixture
async def asked(slack: FakeSlack, chat: SlackChat, store: Store, clock: Clock) -> Asked:
    """Return an answer that is to be given."""
    root = await slack.people.say("the root of a thread", channel=GENERAL.channel)
    place = Place("slack", GENERAL.workspace, GENERAL.channel, root.ts)
    return Asked(slack, Delivery(chat, store.outbox, clock, "one"), clock, place)


async def test_an_answer_is_a_stream(asked: Asked) -> None:
    """It takes the place of the placeholder, grows by what is new alone, and becomes the whole in the same message."""
    async with asked.growing() as live:
        assert asked.read() == ["Reading…"]
        await asked.show(live, 1)
        (stream,) = asked.replies
        assert stream.streaming == "in_progress"
        for number in (2, 3, 5):
            await asked.show(live, number)
            assert asked.read() == [_words(number)]
    await asked.end(6)
    assert [reply.ts for reply in asked.replies] == [stream.ts]
    expected = {"chat.startStream": 1, "chat.appendStream": 3, "chat.stopStream": 1, "chat.delete": 1}
    assert asked.calls() == {**expected, "chat.update": 2, "chat.postMessage": 1}


REFUSED = {
    "no such method": error("unknown_method"),
    "a scope is missing": error("missing_scope"),
    "not in such a channel": error("channel_type_not_supported"),
    "no such chunks": error("invalid_chunks"),
    "too fast": too_fast(30),
}


@pytest.mark.parametrize("why", REFUSED)
async def test_a_stream_that_is_refused_is_edited(asked: Asked, why: str) -> None:
    """Then the sentences come in an ordinary message, and nothing else is left of the attempt."""
    asked.slack.faults.add(REFUSED[why], on="chat.startStream")
    async with asked.growing() as live:
        for number in (1, 2, 3):
            await asked.show(live, number)
            assert len(asked.replies) == 1
    await asked.end(4)


@pytest.mark.parametrize("why", ["stopped_by_user", "message_not_in_streaming_state", "ratelimited", "internal_error"])
async def test_a_stream_that_ends_early_is_edited(asked: Asked, why: str) -> None:
    """What it does not take comes by edits of the same message."""
    async with asked.growing() as live:
        await asked.show(live, 1)
        (stream,) = asked.replies
        asked.slack.faults.add(error(why), on="chat.appendStream")
        await asked.show(live, 2)
        await asked.show(live, 3)
        assert [reply.ts for reply in asked.replies] == [stream.ts]
    await asked.end(4)
    assert len(asked.slack.calls("chat.appendStream")) == 1


async def test_a_stream_is_not_added_to_until_it_dies(asked: Asked, chat: SlackChat, clock: SkippingClock) -> None:
    """After four minutes edits go on with it, before Slack ends it after five."""
    async with asked.growing() as live:
        await asked.show(live, 1)
        clock.skipped += timedelta(seconds=chat.traits.growth)
        await asked.show(live, 2)
    await asked.end(3)
    assert "chat.appendStream" not in asked.calls()


async def test_a_dead_stream_becomes_the_answer(asked: Asked) -> None:
    """One that Slack has ended is edited like any message."""
    async with asked.growing() as live:
        await asked.show(live, 1)
        asked.slack.time.skip(300)
    await asked.end(3)


@pytest.mark.parametrize(("fault", "begun"), [(STORED_RESET, 1), (RESET, 2)])
async def test_an_answer_that_was_lost_on_its_way_is_found(asked: Asked, fault: Fault, begun: int) -> None:
    """A stream that began without an answer of Slack's is found by its token, and one that did not begins then."""
    asked.slack.faults.add(fault, on="chat.startStream")
    async with asked.growing() as live:
        await asked.show(live, 1)
        await asked.show(live, 2)
    await asked.end(3)
    assert asked.calls()["chat.startStream"] == begun


@pytest.mark.parametrize("fault", [STORED_RESET, RESET, error("cant_delete_message"), error("internal_error")])
async def test_a_placeholder_that_is_hard_to_delete(asked: Asked, fault: Fault) -> None:
    """Whether it is gone or not, one message remains."""
    asked.slack.faults.add(fault, on="chat.delete")
    async with asked.growing() as live:
        await asked.show(live, 1)
        await asked.show(live, 2)
    await asked.end(3)


async def test_what_people_delete_stays_deleted(asked: Asked) -> None:
    """Beneath a placeholder that somebody deleted no stream begins, and nothing comes in the end."""
    async with asked.growing() as live:
        channel = asked.slack.world.channels[GENERAL.channel]
        for reply in asked.replies:
            del channel.messages[reply.ts]
        live.show(so_far(1))
        await asked.clock.sleep(60)
    assert asked.replies == []
    assert "chat.startStream" not in asked.calls()


async def test_a_process_killed_at_any_step(slack: FakeSlack, chat: SlackChat, store: Store, clock: Clock) -> None:
    """Whatever step is the last of a process, the next one makes one whole answer of what there is."""
    slack.limits.enforced = False
    for steps in count():
        root = await slack.people.say("the root of a thread", channel=GENERAL.channel)
        place = Place("slack", GENERAL.workspace, GENERAL.channel, root.ts)
        asked = Asked(slack, Delivery(chat, store.outbox, clock, "one"), clock, place)
        asked.key = root.ts
        life = Life(steps)
        with suppress(Killed):
            await _answer(Mortal(chat, life), Mortal(store.outbox, life), asked)
        await _answer(chat, store.outbox, asked)
        await asked.end(3)
        if life.left >= 0:
            break
    assert steps > 20


async def _answer(chat: GrowingChat, outbox: Outbox, asked: Asked) -> None:
    """Answer, without a pause between the sentences."""
    delivery = Delivery(chat, outbox, asked.clock, "one")
    await delivery.begin(asked.key, asked.place, said("Reading…"))
    growth = Growth(chat, asked.clock, asked.place, "U0ADA", WAITING)
    for number in (1, 2, 3):
        lease = await outbox.lease(asked.key, "one", LASTING)
        assert lease
        session = Session(chat, outbox, asked.clock, Pacer(ChatTraits(), asked.clock), lease)
        assert await growth.show(session, await Posting.resume(session, Tally()), so_far(number))
        await outbox.release(lease)
    await delivery.deliver(asked.key, asked.place, Thread(so_far(3), (), "an answer"), repository="")


async def test_streams_can_be_switched_off(asked: Asked, settings: SlackSettings, store: Store, clock: Clock) -> None:
    """Then an answer is edited from the beginning."""
    async with SlackChat(settings.model_copy(update={"streams": False})) as chat:
        asked.delivery = Delivery(chat, store.outbox, clock, "one")
        async with asked.growing() as live:
            await asked.show(live, 1)
        await asked.end(2)
    assert asked.calls().keys() == {"chat.postMessage", "chat.update"}


async def test_few_streams_are_begun(slack: FakeSlack, chat: SlackChat, store: Store) -> None:
    """When half of those that Slack allows in a minute were begun, edits are what is left."""
    slack.limits.enforced = False
    clock = QuickClock()
    delivery = Delivery(chat, store.outbox, clock, "one")
    for number in range(12):
        root = await slack.people.say("the root of a thread", channel=GENERAL.channel)
        asked = Asked(slack, delivery, clock, Place("slack", GENERAL.workspace, GENERAL.channel, root.ts))
        asked.key = f"answer-{number}"
        async with asked.growing() as live:
            await asked.show(live, 1)
        await asked.end(2)
    assert len(slack.calls("chat.startStream")) == 10


def _words(number: int) -> str:
    return "".join(f"Sentence {at}. " for at in range(number)).strip()


def _texts(piece: object) -> list[str]:
    """Return the texts within blocks, in order."""
    if isinstance(piece, list):
        return [text for each in piece for text in _texts(each)]
    if not isinstance(piece, dict):
        return []
    own = [piece["text"]] if isinstance(piece.get("text"), str) else []
    return own + [text for each in piece.values() if not isinstance(each, str) for text in _texts(each)]
