"""The fake Discord's gateway, through discord.py: sessions, resuming, intents, and what goes wrong."""

import asyncio
from random import Random

import discord
import pytest
from aiohttp import ClientSession, WSMsgType

from tests.fakes import discord_actions as actions
from tests.fakes import discord_gateway as gateway
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import CONTENT, Bot, connected
from tests.fakes.discord_permissions import MEMBER, Permission
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Overwrite


async def test_a_bot_is_introduced_to_its_server(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """After READY the bot knows the server, its channels, and what it may do there."""
    home = bot.get_guild(town.guild.id)
    assert home
    assert [channel.name for channel in home.channels] == ["general", "digests"]
    mine = bot.channel(town.general.id).permissions_for(home.me)
    assert (mine.send_messages, mine.pin_messages, mine.manage_messages) == (True, True, False)
    assert bot.happened[:2] == ["READY", "GUILD_CREATE"]
    ops = [frame.payload["op"] for frame in fake.frames if frame.way == "out"]
    assert ops == [gateway.HEARTBEAT, gateway.IDENTIFY]


async def test_heartbeats(fake: FakeDiscord) -> None:
    """A client beats as often as it is told to, and each beat is acknowledged."""
    fake.gateway.heartbeat = 0.02
    async with connected(fake):
        await fake.until(lambda: [each.payload["op"] for each in fake.frames].count(gateway.ACK) > 2)


@pytest.mark.parametrize("code", [0, 4000, 1001])
async def test_a_dropped_connection_resumes(bot: Bot, fake: FakeDiscord, town: Town, code: int) -> None:
    """What happened while the connection was gone is told once, in its order."""
    fake.gateway.drop(code)
    for n in range(3):
        fake.say(town.ada, town.world.conversation(town.ada), f"{n}")
    await fake.until(lambda: len(bot.heard) == 3)
    assert [each.content for each in bot.heard] == ["0", "1", "2"]
    await fake.until(lambda: "RESUMED" in bot.happened)
    assert bot.happened.count("READY") == 1


async def test_a_refused_resume_identifies_anew(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """Without its session the bot begins another, and does not learn what happened meanwhile."""
    fake.gateway.refuse_resumes = 1
    fake.gateway.drop()
    fake.say(town.ada, town.world.conversation(town.ada), "lost")
    await fake.until(lambda: bot.happened.count("READY") == 2)
    fake.say(town.ada, town.world.conversation(town.ada), "found")
    await fake.until(lambda: bot.heard)
    assert [each.content for each in bot.heard] == ["found"]


async def test_asked_to_reconnect(bot: Bot, fake: FakeDiscord) -> None:
    """RECONNECT leads to a RESUME, an invalid session to another IDENTIFY."""
    fake.gateway.ask_to_reconnect()
    await fake.until(lambda: "RESUMED" in bot.happened)
    fake.gateway.invalidate()
    await fake.until(lambda: bot.happened.count("READY") == 2)


async def test_duplicates(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """An event may be told twice."""
    fake.gateway.duplicates = 1
    fake.say(town.ada, town.world.conversation(town.ada), "one")
    fake.say(town.ada, town.world.conversation(town.ada), "two")
    await fake.until(lambda: len(bot.heard) == 3)
    assert [each.content for each in bot.heard] == ["one", "one", "two"]


async def test_trouble_by_chance(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """However often the connection is cut, no event is lost and the order is kept."""
    fake.gateway.trouble = gateway.Trouble(Random(7), cut=0.3)  # noqa: S311 - repeatable dice
    for n in range(30):
        fake.say(town.ada, town.world.conversation(town.ada), f"{n}")
        await asyncio.sleep(0.002)
    await fake.until(lambda: len(bot.heard) == 30)
    assert [each.content for each in bot.heard] == [f"{n}" for n in range(30)]
    assert bot.happened.count("RESUMED") >= 1


async def test_more_trouble_by_chance(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """Events may be told twice and sessions be lost, as often as their probabilities say."""
    fake.gateway.trouble = gateway.Trouble(Random(1), twice=1.0, refuse=1.0)  # noqa: S311 - repeatable dice
    fake.say(town.ada, town.world.conversation(town.ada), "one")
    await fake.until(lambda: [each.content for each in bot.heard] == ["one", "one"])
    fake.gateway.drop()
    await fake.until(lambda: bot.happened.count("READY") >= 2)
    assert "RESUMED" not in bot.happened


async def test_privileged_intents(fake: FakeDiscord, town: Town) -> None:
    """The words of others are read by whom the application's owner let, and with the intent."""
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(fake, CONTENT):
            pass
    town.world.application.message_content = True
    async with connected(fake, CONTENT) as bot:
        fake.say(town.ada, town.general, "words")
        await fake.until(lambda: bot.heard)
        assert bot.heard[0].content == "words"


@pytest.mark.usefixtures("fake")
async def test_a_wrong_token() -> None:
    """A token that is not good logs nobody in."""
    bot = Bot(discord.Intents.default())
    with pytest.raises(discord.LoginFailure):
        await bot.start("wrong")
    await bot.close()


async def test_events_of_hidden_channels(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """Of a channel that the bot does not see it is told nothing."""
    hidden = town.world.add_channel(town.guild, "hidden")
    hidden.overwrites = [Overwrite(town.world.bot.id, 1, deny=1 << 10)]
    fake.say(town.ada, hidden, "secret")
    fake.say(town.ada, town.world.conversation(town.ada), "hello")
    await fake.until(lambda: bot.heard)
    assert [each.content for each in bot.heard] == ["hello"]


async def test_servers_come_and_go(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """The bot is told of a server that it is added to, of what it may do no longer, and that it was put out."""
    other = town.world.add_guild("Other", everyone=MEMBER, bot=MEMBER)
    actions.install(town.world, other)
    await fake.until(lambda: bot.get_guild(other.id))
    town.bot_role.permissions &= ~Permission.PIN_MESSAGES
    actions.update_role(town.world, town.guild, town.bot_role)
    home = bot.channel(town.general.id).guild
    await fake.until(lambda: not bot.channel(town.general.id).permissions_for(home.me).pin_messages)
    added = town.world.add_channel(town.guild, "added")
    actions.create_channel(town.world, added)
    await fake.until(lambda: bot.get_channel(added.id))
    actions.expel(town.world, other)
    await fake.until(lambda: not bot.get_guild(other.id))
    with pytest.raises(discord.Forbidden):
        await bot.fetch_guild(other.id)


async def test_shards(fake: FakeDiscord, town: Town) -> None:
    """Each shard hears of its own servers, and the first one of direct messages."""
    heard: dict[int | None, list[str]] = {0: [], 1: []}

    class Sharded(discord.AutoShardedClient):
        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            pass

        async def on_message(self, message: discord.Message) -> None:
            shard = message.guild.shard_id if message.guild else None
            heard.setdefault(shard, []).append(message.author.name)

    bot = Sharded(intents=discord.Intents.default(), shard_count=2, guild_ready_timeout=0.02)
    running = asyncio.create_task(bot.start(town.world.application.token))
    await fake.until(lambda: len(fake.gateway.connected) == 2 and bot.is_ready())
    fake.say(town.ada, town.general, "hello")
    fake.say(town.ada, town.world.conversation(town.ada), "hello")
    await fake.until(lambda: sum(map(len, heard.values())) == 2)
    assert heard[(town.guild.id >> 22) % 2] == ["ada"]
    assert heard[None] == ["ada"]
    await bot.close()
    await running


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["nonsense"], gateway.NOT_JSON),
        (['{"op": 99}'], gateway.UNKNOWN_OPCODE),
        (['{"op": 3, "d": {}}'], gateway.NOT_IDENTIFIED),
        (['{"op": 2, "d": {"token": "wrong", "intents": 0}}'], gateway.BAD_TOKEN),
        (['{"op": 2, "d": {"token": "TOKEN", "intents": 4294967296}}'], gateway.INTENTS_UNKNOWN),
        (['{"op": 2, "d": {"token": "TOKEN", "intents": 2}}'], gateway.INTENTS_FORBIDDEN),
        (['{"op": 2, "d": {"token": "TOKEN", "intents": 0, "shard": [1, 1]}}'], gateway.SHARD_UNKNOWN),
        (['{"op": 2, "d": {"token": "TOKEN", "intents": 0}}'] * 2, gateway.IDENTIFIED_TWICE),
        (['{"op": 1, "d": null}'] * 121, gateway.TOO_FAST),
    ],
)
async def test_close_codes(fake: FakeDiscord, frames: list[str], code: int) -> None:
    """A client that does not keep to the protocol is told why it is put out."""
    async with ClientSession() as session, session.ws_connect(f"{fake.gateway_url}?v=10&encoding=json") as socket:
        for frame in frames:
            await socket.send_str(frame.replace("TOKEN", fake.world.application.token))
        while (await socket.receive(timeout=60)).type is WSMsgType.TEXT:
            pass
        assert socket.close_code == code
