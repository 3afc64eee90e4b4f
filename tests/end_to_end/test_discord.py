"""The journey of a team on Discord, from the command to the daily post, through the program itself."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import App
from bot.contracts.repositories import BuiltRepository
from bot.engine.roles import Role
from tests.chaos.clock import FastClock
from tests.end_to_end.conftest import DAY, begin_afresh, of_hub
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_reading import links, pings, visible
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import LOADING, Channel, Message, MessageType
from tests.fakes.github import FakeGitHub
from tests.fakes.openai import FakeOpenAI


@pytest.fixture
def town() -> Town:
    """Return a server on which time passes as it does."""
    return Town(lambda: datetime.now(UTC).timestamp())


@pytest.fixture
async def fake(town: Town) -> AsyncIterator[FakeDiscord]:
    """Return a running Discord."""
    async with FakeDiscord(town.world) as fake:
        yield fake


@pytest.fixture(autouse=True)
def _settings(fake: FakeDiscord, hub: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_afresh(
        monkeypatch,
        tmp_path,
        **of_hub(hub),
        DISCORD_TOKEN=fake.world.application.token,
        DISCORD_API_URL=fake.api_url,
        DISCORD_GATEWAY_URL=fake.gateway_url,
    )
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


@asynccontextmanager
async def running(fake: FakeDiscord) -> AsyncIterator[FastClock]:
    """Run the program until the end of the block, by a clock on which a minute is a second."""
    stop, clock = asyncio.Event(), FastClock(60)
    async with App(clock).process(Role.ALL) as process:
        work = asyncio.create_task(process.run(stop))
        try:
            await fake.until(lambda: work.done() or (fake.gateway.connected and fake.world.commands), 120)
            yield clock
        finally:
            stop.set()
            await work


def texts(channel: Channel, town: Town) -> list[str]:
    """Return what is read in a channel."""
    return [visible(message, town.world) for message in channel.visible]


async def test_a_digest_by_command(fake: FakeDiscord, town: Town) -> None:
    """A command is acknowledged at once; the digest comes with thread and pins, notifies nobody and leads to GitHub."""
    async with running(fake):
        typed = fake.suggest(town.ada, town.general, "/digest period:y")
        await fake.until(lambda: "yesterday" in [choice["value"] for choice in typed.choices])
        used = fake.command(town.ada, town.general, f"/digest repository:acme/rocket period:{DAY}")
        await fake.until(lambda: used.callback)
        await fake.until(lambda: any("10 changes" in text for text in texts(town.general, town)), 120)
        await fake.until(lambda: list(town.world.threads(parent_id=town.general.id)), 120)
        (thread,) = town.world.threads(parent_id=town.general.id)
        await fake.until(lambda: any(message.attachments for message in thread.visible) and thread.pins, 120)
        await fake.until(lambda: used.original and "acme/rocket" in visible(used.original, town.world))
    messages = [*town.general.visible, *thread.visible]
    assert "acme/rocket" in thread.name
    assert not any(pings(message) for message in messages)
    assert all(link.startswith("http://127.0.0.1") for message in messages for link in links(message))


async def test_questions(fake: FakeDiscord, town: Town, model: FakeOpenAI, built: BuiltRepository) -> None:
    """In a digest's thread a mention is answered once, with what it is from; a reply to the root goes on from there.

    What other bots say is left alone. The answer to what is deleted is deleted.
    """
    sha, me = built.sha(300)[:7], f"<@{town.world.bot.id}>"
    other = town.world.add_user("other", bot=True)
    town.guild.members[other.id] = set()
    model.script(f"Limits were raised [{sha}].", on="What was raised")
    model.script(f"The last of them was this one [{sha}].", on="Which was the last")
    async with running(fake):
        fake.command(town.ada, town.general, f"/digest repository:acme/rocket period:{DAY}")
        await fake.until(lambda: list(town.world.threads(parent_id=town.general.id)), 120)
        (thread,) = town.world.threads(parent_id=town.general.id)
        await fake.until(lambda: any(message.attachments for message in thread.visible), 120)
        before = len(_said(thread, town))
        (root,) = [message for message in town.general.visible if message.id == thread.id]
        fake.gateway.duplicates = 2
        fake.say(other, thread, f"{me} What was raised?")
        fake.say(town.ada, thread, f"{me} What was raised?")
        await fake.until(lambda: "Limits were raised" in _said(thread, town)[-1], 120)
        question = fake.say(town.bob, town.general, f"{me} Which was the last?", reply_to=root)
        await fake.until(lambda: "this one" in _said(thread, town)[-1], 120)
        await fake.until(lambda: "Reading…" not in _said(thread, town)[-1], 120)
        answers, last = _said(thread, town)[before:], thread.visible[-1]
        thanks = fake.press(town.bob, last, f"useful:{question.id}")
        await fake.until(lambda: thanks.original and visible(thanks.original, town.world) == "谢谢，已记下。", 120)
        fake.remove(question)
        await fake.until(lambda: len(_said(thread, town)) == before + 1, 120)
    assert ["Limits were raised" in text for text in answers] == [True, False]
    asked = [call for call in model.calls() if call.body.get("stream")]
    assert len(asked) == 2
    assert "Limits were raised" in asked[1].prompt
    assert all(sha in text for text in answers)
    assert any(f"/commit/{built.sha(300)}" in link for link in links(last))


def _said(channel: Channel, town: Town) -> list[str]:
    """Return what the bot posted to a channel itself."""
    own = [each for each in channel.visible if each.author_id == town.world.bot.id]
    return [visible(message, town.world) for message in own if message.type is MessageType.DEFAULT]


async def test_a_subscription(fake: FakeDiscord, town: Town) -> None:
    """What a channel subscribes to is posted there when it is due, and is listed to who asks."""
    async with running(fake) as clock:
        due = (clock.now() + timedelta(minutes=4)).strftime("%H:%M")
        asked = f"/digestbot subscribe repository:acme/rocket option:daily at {due} in UTC"
        used = fake.command(town.ada, town.general, asked)
        await fake.until(lambda: used.original and "acme/rocket" in visible(used.original, town.world), 120)
        listed = fake.command(town.bob, town.general, "/digestbot 列表")
        await fake.until(lambda: listed.original and "acme/rocket" in visible(listed.original, town.world), 120)
        await fake.until(lambda: list(town.world.threads(parent_id=town.general.id)), 120)
        told = await _status(fake, town)
    (thread,) = town.world.threads(parent_id=town.general.id)
    assert "acme/rocket · next" in visible(told, town.world)
    assert any(link.endswith(f"/{thread.id}") for link in links(told))


async def _status(fake: FakeDiscord, town: Town) -> Message:
    """Ask how the bot is doing until the digest is done with, and return what it says."""
    for _ in range(40):
        used = fake.command(town.ada, town.general, "/digestbot status")
        await fake.until(lambda used=used: used.original and not used.original.flags & LOADING, 120)  # type: ignore[misc]
        if used.original and all(words in visible(used.original, town.world) for words in ("last digest", "· next")):
            return used.original
        await asyncio.sleep(1)
    raise AssertionError("it knows of no digest")


async def test_the_invitation(fake: FakeDiscord) -> None:
    """The program prints the link that invites it, and nothing else."""
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "discord", "invite", cwd=Path(__file__).parents[2], stdout=PIPE
    )
    said, _ = await run.communicate()
    assert run.returncode == 0
    assert said.decode().startswith(f"https://discord.com/oauth2/authorize?client_id={fake.world.application.id}&")
    assert said.decode().count("\n") == 1


async def test_a_subscription_of_a_forum(fake: FakeDiscord, town: Town, tmp_path: Path) -> None:
    """In a forum, which the file names, a digest is a post of its own with its parts beneath."""
    place = f"discord:{town.guild.id}/{town.forum.id}"
    wish = f'[[subscriptions]]\nplace = "{place}"\nrepositories = ["acme/rocket"]\nat = "12:04"\ntimezone = "UTC"\n'
    (tmp_path / "digestbot.toml").write_text(wish)
    async with running(fake):
        await fake.until(lambda: list(town.world.threads(parent_id=town.forum.id)), 120)
        (thread,) = town.world.threads(parent_id=town.forum.id)
        await fake.until(lambda: any(message.attachments for message in thread.visible), 120)
    assert "acme/rocket" in thread.name
    assert "acme/rocket" in texts(thread, town)[0]


async def test_the_doctor(fake: FakeDiscord, town: Town, tmp_path: Path) -> None:
    """The program says which parts of the set-up are in order, and what to do about the others."""
    place = f"discord:{town.guild.id}/{town.general.id}"
    (tmp_path / "digestbot.toml").write_text(f'[channels."{place}"]\nlanguage = "zh"\n[channels."slack:T1/C1"]\n')
    town.bot_role.permissions &= ~Permission.PIN_MESSAGES
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor"),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 5
    intent = "commands, mentions and direct messages are answered without it, other messages in a thread are not"
    assert out.decode().splitlines() == [
        "ok     the database",
        "wrong  Slack",
        "ok     Discord: the bot's token",
        f"ok     Discord: message content intent (off: {intent})",
        "ok     Discord: gateway",
        f"ok     Discord: server {town.guild.id}",
        f"wrong  Discord: {place}",
    ]
    assert "Set SLACK_BOT_TOKEN" in err.decode()
    assert "Allow it to the bot's role in that channel: Pin Messages." in err.decode()
    assert not fake.gateway.sessions
