"""Digests delivered to a Discord at which things go wrong at random: everything once, and in order."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from adapters.chat.discord.chat import DiscordChat
from adapters.chat.discord.settings import DiscordSettings
from bot.engine.delivery import Attachment, Delivery
from bot.errors import ChatUnavailable
from bot.model import Place
from bot.present.blocks import Message, Paragraph, Text, Thread
from bot.store import open_store
from tests.chaos.clock import FastClock
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_answers import limited, server_error
from tests.fakes.discord_faults import Afterwards, Drop, Hang
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Channel, MessageType
from tests.fakes.discord_world import Message as Stored

pytestmark = pytest.mark.long

DELIVERIES = 20
REPLIES = ("high/1", "high/2", "low/1")
FAULTS = (
    Drop(),
    Hang(),
    server_error(),
    server_error(502),
    server_error(503),
    limited(1.5),
    Afterwards(Drop()),
    Afterwards(server_error()),
    Afterwards(server_error(504)),
)


def message(part: str) -> Message:
    """Return a message that says the name of its part; the high ones are pinned."""
    return Message(part, part, (Paragraph((Text(part),)),), pinned=part.startswith("high"))


THREAD = Thread(message("root"), tuple(map(message, REPLIES)), "the day")


async def deliver(delivery: Delivery, place: Place) -> None:
    """Deliver the thread, as often as it takes."""
    report = Attachment("report.md", "# Report")
    for _ in range(30):
        try:
            outcome = await delivery.deliver(place.channel, place, THREAD, repository="r", attachment=report)
        except ChatUnavailable:
            continue
        assert outcome.ended is None
        if not outcome.notes:  # else a pin was given up for now
            return
    pytest.fail("it was never delivered")


def said(message: Stored) -> str:
    """Return what a message says, or the name of its file."""
    return str(message.embeds[0].get("description") or message.attachments[0]["filename"])


def read(channel: Channel) -> list[str]:
    """Return what the bot said in a channel or a thread, in order."""
    return [said(each) for each in channel.messages.values() if each.type is MessageType.DEFAULT]


@pytest.mark.parametrize("kind", ["channel", "forum"])
async def test_everything_once_and_in_order(kind: str, tmp_path: Path) -> None:
    """In twenty deliveries with random faults, every message is there once, in its place, and pinned if need be."""
    clock = FastClock(300)
    town = Town(lambda: clock.now().timestamp())
    tags = () if kind == "forum" else None
    channels = [town.world.add_channel(town.guild, f"c{number}", tags=tags) for number in range(DELIVERIES)]
    async with FakeDiscord(town.world) as fake, open_store(tmp_path, clock=clock) as store:
        fake.faults.sometimes(*FAULTS, probability=0.25, random=Random(1))  # noqa: S311 - no secret comes of it
        given = {"token": fake.world.application.token, "api_url": fake.api_url, "timeout": 0.2}
        async with DiscordChat(DiscordSettings.model_validate(given)) as chat:
            delivery = Delivery(chat, store.outbox, clock, "one")
            places = [Place("discord", str(town.guild.id), str(channel.id)) for channel in channels]
            await asyncio.gather(*(deliver(delivery, place) for place in places))
        assert sum(exchange.fault is not None for exchange in fake.log) > DELIVERIES
    for channel in channels:
        (thread,) = town.world.threads(parent_id=channel.id)
        assert read(channel) + read(thread) == ["root", *REPLIES, "report.md"]
        assert sorted(said(thread.messages[number]) for number in thread.pins) == ["high/1", "high/2"]
