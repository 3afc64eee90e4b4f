"""What the adapter sends, and what the fake answers, against Discord's own description of its API."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from adapters.chat.discord.chat import DiscordChat
from adapters.chat.discord.rendering import render
from adapters.chat.discord.settings import DiscordSettings
from bot.errors import DigestbotError
from bot.model import Place
from bot.ports import Acknowledgement
from bot.present.blocks import Actions, Button, Message, Paragraph, Text
from bot.present.labels import Labels
from bot.present.layout import lay_out
from tests.adapters.chat.discord.conftest import Clock
from tests.adapters.chat.discord.test_chat import since, thread_of
from tests.adapters.chat.discord.test_listener import Heard, listening, said
from tests.fakes.digests import busy
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_town import Town

CONFORM = Path(__file__).parents[5] / "shared" / "conform"


async def deliver(chat: DiscordChat, place: Place, clock: Clock, fake: FakeDiscord, name: str) -> None:
    """Do everything that the port can do, with a digest of 70 changes, whose tokens begin with a name."""
    digest = lay_out(busy(70, highs=6), Labels("en"))
    (body,) = chat.render(place, digest.root)
    root = await chat.post(place, body, f"{name}root")
    thread = await chat.beneath(root, digest.title)
    for at, message in enumerate(digest.replies):
        for piece, part in enumerate(chat.render(place, message)):
            reply = await chat.post(thread, part, f"{name}{at}x{piece}")
        if message.pinned:
            await chat.pin(reply)
    await chat.attach(thread, "report.md", "# Report", f"{name}report")
    opened = thread_of(fake, thread).thread
    assert opened
    opened.archived = True
    buttons = Message("x", "x", (Paragraph((Text("x"),)), Actions((Button("Too high", "tier", "low"),))))
    (body,) = chat.render(place, buttons)
    await chat.edit(reply, body, f"{name}edited")
    await chat.pin(reply)
    await chat.unpin(reply)
    assert await chat.find(place, f"{name}root", since(clock))
    assert await chat.find(place, "nowhere", since(clock)) is None
    assert await chat.find(thread, f"{name}edited", since(clock))
    await chat.beneath(root, digest.title)
    await chat.delete(reply)
    with pytest.raises(DigestbotError):
        await chat.delete(reply)


async def conform(traffic: Path, exchanges: int) -> None:
    """Check so many recorded exchanges."""
    command = (sys.executable, "conform.py", "--waivers", "waivers.json", str(traffic))
    run = await asyncio.create_subprocess_exec(*command, cwd=CONFORM, stdout=PIPE, stderr=STDOUT)
    output, _ = await run.communicate()
    assert run.returncode == 0, output.decode()
    assert f"exchanges={exchanges} " in output.decode()


async def converse(fake: FakeDiscord, town: Town, heard: Heard) -> None:
    """Give commands, complete one, and say things, in English and Chinese."""
    fake.command(town.ada, town.general, "/digest repository:acme/rocket")
    fake.command(town.bob, town.general, "/digestbot 状态")
    typed = fake.suggest(town.ada, town.general, "/digest repository:a")
    fake.say(town.ada, town.general, f"<@{town.world.bot.id}> help")
    await fake.until(lambda: len(heard.commands) == 3 and typed.choices)
    heard.at_once, heard.answer = Acknowledgement(None), said("word. " * 2_000)
    used = fake.command(town.ada, town.general, "/digestbot list")
    await fake.until(lambda: used.original and not used.loading)
    await fake.until(lambda: len(fake.requests("POST /webhooks")) == len(render(heard.answer)) - 1)


needs_description = pytest.mark.skipif(not CONFORM.is_dir(), reason="Discord's description is not beside this project")


@needs_description
async def test_talking(town: Town, tmp_path: Path, settings: DiscordSettings) -> None:
    """Commands, what they are answered, and replies are as Discord describes them."""
    traffic = tmp_path / "traffic.jsonl"
    heard = Heard(suggested=["acme/rocket"])
    async with FakeDiscord(town.world, record_to=traffic) as fake:
        led = settings.model_copy(update={"api_url": fake.api_url, "gateway_url": fake.gateway_url})
        async with listening(fake, led, heard):
            await converse(fake, town, heard)
            await fake.until(lambda: all(exchange.status for exchange in fake.log))
    await conform(traffic, len(fake.log))


@needs_description
async def test_requests_and_answers(
    town: Town, clock: Clock, general: Place, forum: Place, tmp_path: Path, settings: DiscordSettings
) -> None:
    """Every kind of request of the adapter, and its answer, is as Discord describes it."""
    traffic = tmp_path / "traffic.jsonl"
    async with FakeDiscord(town.world, speed=1000, record_to=traffic) as fake:
        led = settings.model_copy(update={"api_url": fake.api_url})
        async with DiscordChat(led) as chat:
            await deliver(chat, general, clock, fake, "a")
            await deliver(chat, forum, clock, fake, "b")
    await conform(traffic, len(fake.log))
