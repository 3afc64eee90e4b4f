"""Slack and Discord in one process and on one event loop, both with more to do than they can do at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from adapters.chat.discord.chat import DiscordChat
from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.settings import SlackSettings
from bot.model import Place, PostReference
from bot.ports import Asker, Chat
from bot.present.blocks import Message
from bot.present.labels import Labels
from bot.present.layout import lay_out
from tests.adapters.chat.discord.test_listener import listening
from tests.adapters.chat.slack.talking import Echo, talking, whispers
from tests.fakes.digests import busy
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_town import Town
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN

COMMANDS = 100
"""On each platform; they come so fast that most come while digests of earlier ones are posted."""
BETWEEN = 0.01
AT_ONCE = 2
"""Digests that are posted to a platform at the same time."""
PATIENCE = 60.0


@dataclass
class Posting(Echo):
    """Posts a digest for each command before it answers."""

    chat: Chat = field(kw_only=True)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    numbers: "count[int]" = field(default_factory=count)

    async def command(self, text: str, asker: Asker) -> Message:
        """Post a digest where the command was given, and answer it."""
        async with self.turns:
            thread = lay_out(busy(2, highs=1), Labels("en"))
            root = await self._post(asker.place, thread.root)
            beneath = await self.chat.beneath(root, thread.title)
            for reply in thread.replies:
                await self._post(beneath, reply)
        return await super().command(text, asker)

    async def _post(self, place: Place, message: Message) -> PostReference:
        *others, last = self.chat.render(place, message)
        for body in others:
            await self.chat.post(place, body, f"n{next(self.numbers)}")
        return await self.chat.post(place, last, f"n{next(self.numbers)}")


@dataclass
class Both:
    """Both platforms, and the people there."""

    slack: FakeSlack
    discord: FakeDiscord
    town: Town

    async def busy(self) -> tuple[float, float]:
        """Let people give commands; return the seconds in which 99 of 100 are acknowledged on Slack and on Discord.

        Each is due at its moment. What holds the loop up holds up the people of this test too: that counts as well.
        """
        typed, used, late = [], [], []
        answered = len(whispers(self.slack)) + 2 * COMMANDS
        began = time.time()
        for number in range(COMMANDS):
            await asyncio.sleep(began + number * BETWEEN - time.time())
            late.append(time.time() - began - number * BETWEEN)
            used.append(self.discord.command(self.town.ada, self.town.general, f"/digest repository:r{number}"))
            typed.append(asyncio.create_task(self.slack.people.command("/digest", f"r{number}")))
        deliveries = await asyncio.gather(*typed)
        await self.discord.until(lambda: all(one.original and one.original.edited_at for one in used), PATIENCE)
        await self.discord.until(lambda: len(whispers(self.slack)) == answered, PATIENCE)
        assert all(delivery.acknowledged for delivery in deliveries)
        callbacks = {each.path.split("/")[2]: each.at for each in self.discord.requests("POST /interactions/")}
        on_slack = [delivery.attempts[0].seconds for delivery in deliveries]
        on_discord = [callbacks[str(one.id)] - one.started_at for one in used]
        return _p99(late, on_slack), _p99(late, on_discord)


def _p99(late: list[float], seconds: list[float]) -> float:
    return sorted(map(sum, zip(late, seconds, strict=True)))[COMMANDS * 99 // 100 - 1]


@asynccontextmanager
async def opened() -> AsyncIterator[Both]:
    """Yield both platforms, with a bot that listens and posts on both. Neither limits how fast it may post."""
    town = Town(time.time)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(FakeSlack())
        slack.limits.enforced = False
        discord = await stack.enter_async_context(FakeDiscord(town.world))
        of_slack = SlackSettings.model_validate({"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "api_url": slack.api})
        given = {"token": town.world.application.token, "api_url": discord.api_url, "gateway_url": discord.gateway_url}
        of_discord = DiscordSettings.model_validate(given)
        on_slack = Posting(chat=await stack.enter_async_context(SlackChat(of_slack)))
        on_discord = Posting(chat=await stack.enter_async_context(DiscordChat(of_discord)))
        await stack.enter_async_context(talking(slack, of_slack, on_slack))
        await stack.enter_async_context(listening(discord, of_discord, on_discord))
        yield Both(slack, discord, town)
