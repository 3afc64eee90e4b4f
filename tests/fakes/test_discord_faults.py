"""The fake Discord's limits and faults, through discord.py."""

import asyncio
import time
from random import Random

import aiohttp
import discord
import pytest

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_answers import Refusal, limited, server_error
from tests.fakes.discord_client import Bot
from tests.fakes.discord_faults import Afterwards, Drop, Hang, Slow
from tests.fakes.discord_limits import Limits
from tests.fakes.discord_town import Town
from tests.fakes.test_discord_messages import contents

SENDING = r"POST /channels/\d+/messages$"


@pytest.mark.parametrize(
    ("fault", "stored"),
    [(server_error(503), []), (Drop(), []), (Afterwards(server_error(503)), ["one"]), (Afterwards(Drop()), ["one"])],
)
async def test_a_failure_before_and_after_storing(
    bot: Bot, fake: FakeDiscord, town: Town, fault: Drop | Afterwards, stored: list[str]
) -> None:
    """A request fails without a trace, or its message is stored though nobody learns of it."""
    fake.faults.add(fault, on=SENDING)
    with pytest.raises((discord.DiscordServerError, aiohttp.ClientError)):
        await bot.channel(town.general.id).send("one")
    assert (contents(town.general), fake.faults.left) == (stored, 0)


async def test_a_lost_answer_and_a_nonce(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """With its nonce a message whose answer was lost is found again."""
    fake.faults.add(Afterwards(Drop()), on=SENDING)
    channel = bot.channel(town.general.id)
    with pytest.raises(aiohttp.ClientError):
        await channel.send("one", nonce="1")
    found = await channel.send("one", nonce="1")
    assert list(town.general.messages) == [found.id]


async def test_hanging_and_slow(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """An answer may never come, or come late."""
    fake.faults.add(Hang(), Slow(0.05), on=SENDING)
    channel = bot.channel(town.general.id)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(channel.send("one"), 0.05)
    begun = time.monotonic()
    await channel.send("two")
    assert time.monotonic() - begun >= 0.05
    assert contents(town.general) == ["two"]


async def test_too_many_requests(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """A 429 is waited for, and the message comes."""
    fake.faults.add(limited(0.01), limited(0.01, everywhere=True), on=SENDING)
    await bot.channel(town.general.id).send("one")
    assert [each.status for each in fake.requests(SENDING)] == [429, 429, 200]


async def test_chance(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """Faults happen as often as their probability says, and stop when they are told to."""
    random = Random(3)  # noqa: S311 - repeatable dice
    fake.faults.sometimes(Afterwards(Drop()), Drop(), probability=0.5, random=random, on=SENDING)
    failed = 0
    for n in range(20):
        try:
            await bot.channel(town.general.id).send(f"{n}")
        except aiohttp.ClientError:
            failed += 1
    assert 4 < failed < 16
    assert 20 - failed < len(town.general.messages) < 20
    fake.faults.stop()
    await bot.channel(town.general.id).send("last")


@pytest.mark.parametrize("seed", range(10))
async def test_everything_once(bot: Bot, fake: FakeDiscord, town: Town, seed: int) -> None:
    """Whatever goes wrong, what is sent with a nonce until that is confirmed is there once and in order."""
    random = Random(seed)  # noqa: S311 - repeatable dice
    faults = (Drop(), Afterwards(Drop()), server_error(503), Afterwards(server_error(503)), limited(0.001))
    fake.faults.sometimes(*faults, probability=0.4, random=random, on=SENDING)
    channel = bot.channel(town.general.id)
    for n in range(10):
        sent = False
        while not sent:
            try:
                await channel.send(f"{n}", nonce=f"{n}")
                sent = True
            except (aiohttp.ClientError, discord.DiscordServerError):
                continue
    assert contents(town.general) == [f"{n}" for n in range(10)]


async def test_rate_limits(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """discord.py keeps to the limits that the headers tell; who does not is refused with 429."""
    fake.limits.speed = 50
    begun = time.monotonic()
    for n in range(11):
        await bot.channel(town.general.id).send(f"{n}")
    assert time.monotonic() - begun > 0.19
    fake.limits.speed = 1
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {town.world.application.token}"}) as session:
        statuses = []
        for _ in range(7):
            async with session.get(f"{fake.api_url}/channels/{town.general.id}/messages") as answer:
                statuses.append(answer.status)
    assert (statuses[0], statuses[-1], answer.headers["x-ratelimit-remaining"]) == (200, 429, "0")
    assert float(answer.headers["retry-after"]) >= 0
    assert answer.headers["via"]


def test_the_global_limit_and_the_ban() -> None:
    """Fifty requests a second are served; after ten thousand invalid ones nothing is for ten minutes."""
    now = [0.0]
    limits = Limits(1, clock=lambda: now[0], invalid=3)
    refused = 0
    for n in range(60):
        try:
            limits.spend("GET", "/channels/{channel}", {"channel": str(n)})
        except Refusal:
            refused += 1
    assert refused == 10
    now[0] = 2
    for status in (401, 403, 404, 429):
        limits.count(status)
    with pytest.raises(Refusal, match="1015"):
        limits.spend("GET", "/users/@me", {})
    now[0] = 700
    limits.spend("GET", "/users/@me", {})
