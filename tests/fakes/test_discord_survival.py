"""The fake Discord when the bot's process is killed."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from functools import partial
from pathlib import Path

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_town import Town
from tests.fakes.test_discord_messages import contents

BOT = """
import asyncio, os, sys
import discord, yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = sys.argv[1], yarl.URL(sys.argv[2])
bot = discord.Client(intents=discord.Intents.default(), guild_ready_timeout=0.02)

@bot.event
async def on_ready():
    channel = bot.get_channel(int(sys.argv[4]))
    seen = [message.content async for message in channel.history(oldest_first=True)]
    await channel.send(f"after {len(seen)}", nonce="once")
    await channel.send(f"and {len(seen)}")

bot.run(sys.argv[3], log_handler=None)
"""


def sent(town: Town, count: int) -> bool:
    """Tell whether so many messages were sent."""
    return len(town.general.messages) == count


async def test_a_bot_that_is_killed(fake: FakeDiscord, town: Town) -> None:
    """What was sent stays, a nonce is remembered, and the next process finds both."""
    arguments = (fake.api_url, fake.gateway_url, town.world.application.token, str(town.general.id))
    for run in (1, 2):
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "ignore", "-c", BOT, *arguments, cwd=Path(__file__).parents[2], stderr=PIPE
        )
        await fake.until(partial(sent, town, 1 + run), seconds=20)
        os.kill(bot.pid, signal.SIGKILL)
        await bot.communicate()
        await fake.until(lambda: not fake.gateway.connected)
    assert contents(town.general) == ["after 0", "and 0", "and 2"]
