"""Channels of the fake Slack and Discord with the real adapters in them, and what messages do to readers."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from adapters.chat.discord.chat import DiscordChat
from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.settings import SlackSettings
from bot.model import Place
from bot.ports import Chat
from tests.chaos.clock import FastClock
from tests.fakes import discord_reading
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Message
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_reading import read
from tests.fakes.slack_world import BOT_TOKEN, Channel, World

FACTOR = 200
"""How many seconds of the rooms' clock pass in one."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a message does to its readers."""

    text: str
    pings: Sequence[object]
    links: Sequence[str]


@dataclass
class Room:
    """Two channels of a fake platform, and the bot there; what readers get of the first one, and all that was sent."""

    place: Place
    other: Place
    chat: Chat
    root: Callable[[Place], str]
    said: Callable[[], list[Read]]
    sent: Callable[[], str]


@asynccontextmanager
async def on_slack(clock: FastClock) -> AsyncIterator[Room]:
    """Open channels on Slack."""
    world = World.with_people()
    world.clock = lambda: clock.now().timestamp()
    here, there = (Channel(f"C{number}", f"c{number}", members=list(world.users)) for number in range(2))
    world.channels |= {here.id: here, there.id: there}
    async with FakeSlack(world, scale=FACTOR) as slack:

        def said() -> list[Read]:
            ours = [each for each in here.messages.values() if each.user == world.bot_user and not each.files]
            readings = [read(each, world) for each in ours]
            return [Read(each.text, each.pings, [link.url for link in each.links]) for each in readings]

        # The other token is for listening, which nobody does here.
        given = {"bot_token": BOT_TOKEN, "app_token": BOT_TOKEN, "api_url": slack.api}
        async with SlackChat(SlackSettings.model_validate(given)) as chat:
            first, second = (Place("slack", world.team_id, each.id) for each in (here, there))
            yield Room(
                first,
                second,
                chat,
                lambda place: world.channels[place.channel].timeline()[0].ts,
                said,
                lambda: "\n".join(str(each.arguments) for each in slack.log),
            )


@asynccontextmanager
async def on_discord(clock: FastClock) -> AsyncIterator[Room]:
    """Open channels on Discord."""
    town = Town(lambda: clock.now().timestamp())
    here, there = (town.world.add_channel(town.guild, f"c{number}") for number in range(2))
    async with FakeDiscord(town.world, speed=1) as discord:
        discord.limits.clock = town.clock

        def said() -> list[Read]:
            channels = [here, *town.world.threads(parent_id=here.id)]
            ours = [each for channel in channels for each in channel.visible if not each.attachments]
            return [Read(words(each), pings(each), sorted(discord_reading.links(each))) for each in ours]

        def words(message: Message) -> str:
            # The foot of an embed bears the name of its post.
            feet = [each["footer"]["text"] for each in message.embeds if "footer" in each]
            return "\n".join(
                each for each in discord_reading.visible(message, town.world).split("\n") if each not in feet
            )

        def pings(message: Message) -> list[object]:
            return [found] if (found := discord_reading.pings(message)) else []

        given = {"token": town.world.application.token, "api_url": discord.api_url, "gateway_url": discord.gateway_url}
        async with DiscordChat(DiscordSettings.model_validate(given)) as chat:
            first, second = (Place("discord", str(town.guild.id), str(each.id)) for each in (here, there))
            yield Room(
                first,
                second,
                chat,
                lambda place: str(town.world.channels[int(place.channel)].visible[0].id),
                said,
                lambda: "\n".join(str(each.body) for each in discord.log),
            )
