"""A Slack at which things go wrong at random: what is asked for comes once, whole and in order.

SCHEDULES is how many schedules of faults are lived through; each is another seed.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.listener import SlackListener
from adapters.chat.slack.settings import SlackSettings
from bot.engine.delivery import Attachment, Delivery
from bot.errors import ChatUnavailable
from bot.model import Place
from bot.ports import Acknowledgement, Asker, Outbox, Suggesting
from bot.present.blocks import Message, Paragraph, Text, Thread
from bot.store import open_store
from tests.adapters.chat.slack.talking import answers, said
from tests.chaos.clock import FastClock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_faults import RESET, STORED_RESET, Fault, server_error, too_fast
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, Channel, World
from tests.fakes.slack_world import Message as Asked

pytestmark = pytest.mark.long

SCHEDULES = int(os.environ.get("SCHEDULES", "20"))
AT_ONCE = 5
FACTOR = 200
REPLIES = ("high/1", "high/2", "medium/1", "low/1")
FAULTS = (
    RESET,
    STORED_RESET,
    server_error(500),
    server_error(503),
    server_error(502, stored=True),
    too_fast(2),
    Fault(late=3 / FACTOR),
)
SHARE = 0.04
"""How often each of the faults happens to a call: in all, to about every fourth."""


def message(part: str) -> Message:
    """Return a message that says the name of its part; the high ones are pinned."""
    return Message(part, part, (Paragraph((Text(part),)),), pinned=part.startswith("high"))


THREAD = Thread(message("root"), tuple(map(message, REPLIES)), "the day")


class Delivering:
    """Lets the thread be delivered to whoever asks."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self.asked = 0

    def acknowledge(self, text: str, asker: Asker) -> Acknowledgement:  # noqa: ARG002 - the port's
        """Say nothing."""
        return Acknowledgement(None)

    async def command(self, text: str, asker: Asker) -> Message:
        """Deliver, as often as it takes."""
        self.asked += 1
        place, report = Place(asker.place.platform, asker.place.workspace, asker.place.channel), "# Report"
        for _ in range(50):
            try:
                outcome = await self._delivery.deliver(
                    place.channel, place, THREAD, repository="r", attachment=Attachment("report.md", report)
                )
            except ChatUnavailable:
                continue
            assert outcome.ended is None
            if not outcome.notes:  # else a pin was given up for now
                return said(f"Done: {text}")
        pytest.fail("it was never delivered")

    async def suggestions(self, kind: Suggesting, typed: str, asker: Asker) -> Sequence[str]:  # noqa: ARG002 - likewise
        """Suggest nothing."""
        return ()

    async def question(self, text: str, asker: Asker, message: str, *, addressed: bool) -> Message:  # noqa: ARG002 - likewise
        """Do the same."""
        return await self.command(text, asker)

    async def pressed(self, action: str, value: str, asker: Asker) -> None:
        """Let it pass."""

    async def deleted(self, place: Place, message: str) -> None:
        """Let it pass."""


async def _live(seed: int, outbox: Outbox, clock: FastClock) -> None:
    """Live through one schedule: two people ask while the socket is cut, events come twice, and calls fail."""
    random, world = Random(seed), World.with_people()  # noqa: S311 - no secret comes of it
    room = world.channels[f"C0{seed}"] = Channel(f"C0{seed}", "room", members=list(world.users))
    async with FakeSlack(world, scale=FACTOR, seed=seed) as slack:
        given = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "api_url": slack.api, "timeout": 1}
        settings = SlackSettings.model_validate(given)
        async with SlackChat(settings) as chat:
            requests = Delivering(Delivery(chat, outbox, clock, "one"))
            listener = SlackListener(settings, chat, clock, ping=0.5)
            listening = asyncio.create_task(listener.listen(requests))
            await slack.sockets.connected(1)
            try:
                asked = await _ask(slack, room, random.random() / 5)
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
    assert requests.asked == len(asked)
    assert [answers(slack, each) for each in asked] == [["Done: 0"], ["Done: 1"]]
    (root,) = [each for each in room.timeline() if each.user == world.bot_user]
    shown = [reply.text or "report" for reply in room.replies(root.ts)]
    assert [root.text, *shown] == ["root", *REPLIES, "report"]
    assert sorted(room.messages[pin.ts].text for pin in room.pins) == ["high/1", "high/2"]


async def _ask(slack: FakeSlack, room: Channel, cut_after: float) -> list[Asked]:
    """Let two people ask, and return what they said once both are answered and nothing is left to be told."""
    slack.faults.duplicates, slack.faults.lost_acknowledgements = 0.5, 0.3
    for fault in FAULTS:
        slack.faults.often(fault, SHARE, on="^(?!apps|auth|chat.getPermalink)")
    asked = [await slack.people.say(f"@digestbot {n}", channel=room.id, user="U0LIN") for n in range(2)]
    await asyncio.sleep(cut_after)
    slack.sockets.drop()
    async with asyncio.timeout(60):
        while not all(answers(slack, each) for each in asked):  # noqa: ASYNC110 - people are told by nobody else
            await asyncio.sleep(0.01)
        slack.faults.clear()
        await slack.deliveries.settled()
    return asked


async def test_everything_once_and_in_order(tmp_path: Path) -> None:
    """In every schedule, what two people asked for is there once, in its place, and each of them is answered once."""
    room, clock = asyncio.Semaphore(AT_ONCE), FastClock(FACTOR)
    async with open_store(tmp_path, clock=clock) as store, asyncio.TaskGroup() as all_:

        async def live(seed: int) -> None:
            async with room:
                await _live(seed, store.outbox, clock)

        for seed in range(SCHEDULES):
            all_.create_task(live(seed))
