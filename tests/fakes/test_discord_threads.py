"""The fake Discord's threads and forums, through discord.py."""

from datetime import UTC, datetime

import discord
import pytest

from tests.fakes.conftest import Clock
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import Bot
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import HAS_THREAD, MessageType


async def test_a_thread_on_a_message(bot: Bot, town: Town, fake: FakeDiscord) -> None:
    """A thread has the id of its message, shows it first, and there is one at most."""
    root = await bot.channel(town.general.id).send("root")
    thread = await root.create_thread(name="rocket", auto_archive_duration=60)
    assert thread.id == root.id
    assert town.general.messages[root.id].flags & HAS_THREAD
    part = await thread.send("part")
    kinds = [(each.type.value, each.content) async for each in thread.history(oldest_first=True)]
    assert kinds == [(MessageType.THREAD_STARTER, ""), (MessageType.DEFAULT, "part")]
    await part.pin()
    assert [each.id async for each in thread.pins()] == [part.id]
    with pytest.raises(discord.HTTPException) as twice:
        await root.create_thread(name="again")
    assert twice.value.code == 160004
    with pytest.raises(discord.HTTPException, match="Must be between 1 and 100"):
        await (await bot.channel(town.general.id).send("x")).create_thread(name="x" * 101)
    await fake.until(lambda: bot.get_channel(thread.id))


async def test_sending_opens_a_thread_that_is_not_locked(bot: Bot, town: Town) -> None:
    """A message opens an archived thread; in a locked one only moderators send."""
    root = await bot.channel(town.general.id).send("root")
    thread = await root.create_thread(name="rocket")
    stored = town.world.channels[thread.id].thread
    assert stored
    await thread.edit(archived=True)
    await thread.send("part")
    assert not stored.archived
    stored.locked = True
    with pytest.raises(discord.Forbidden) as locked:
        await thread.send("part")
    assert locked.value.code == 160005
    with pytest.raises(discord.Forbidden):
        await thread.edit(archived=False, locked=False)
    town.bot_role.permissions |= Permission.MANAGE_THREADS
    await thread.send("part")


async def test_nothing_changes_in_an_archived_thread(bot: Bot, town: Town) -> None:
    """Editing, deleting and pinning are refused until it is opened, which takes no more than sending does."""
    thread = await (await bot.channel(town.general.id).send("root")).create_thread(name="rocket")
    part = await thread.send("part")
    await thread.edit(archived=True)
    for action in (part.edit(content="x"), part.delete(), part.pin()):
        with pytest.raises(discord.HTTPException) as refused:
            await action
        assert refused.value.code == 50083
    await thread.edit(archived=False)
    await part.pin()


async def test_permissions_in_threads(bot: Bot, town: Town) -> None:
    """Beginning a thread and sending in it are permissions of their own."""
    root = await bot.channel(town.general.id).send("root")
    everyone = town.guild.roles[town.guild.id]
    for role in (town.bot_role, everyone):
        role.permissions &= ~Permission.CREATE_PUBLIC_THREADS
    with pytest.raises(discord.Forbidden):
        await root.create_thread(name="rocket")
    everyone.permissions |= Permission.CREATE_PUBLIC_THREADS
    thread = await root.create_thread(name="rocket")
    for role in (town.bot_role, everyone):
        role.permissions &= ~Permission.SEND_MESSAGES_IN_THREADS
    with pytest.raises(discord.Forbidden):
        await thread.send("part")
    await root.channel.send("still")


async def test_a_post_in_a_forum(bot: Bot, town: Town) -> None:
    """A post is a thread whose first message has its id, with tags that the forum knows."""
    forum = bot.get_channel(town.forum.id)
    assert isinstance(forum, discord.ForumChannel)
    made = await forum.create_thread(name="rocket", content="root", applied_tags=[forum.available_tags[0]])
    assert made.message.id == made.thread.id
    assert town.world.channels[made.thread.id].thread
    assert [tag.name for tag in made.thread.applied_tags] == ["daily"]
    unknown = discord.ForumTag(name="unknown")
    unknown.id = 1
    with pytest.raises(discord.HTTPException, match="Unknown tag"):
        await forum.create_thread(name="rocket", content="root", applied_tags=[unknown])
    town.forum.requires_tag = True
    with pytest.raises(discord.HTTPException, match="A tag is required"):
        await forum.create_thread(name="rocket", content="root")
    with pytest.raises(discord.HTTPException, match="non-text channel"):
        await bot.http.send_message(forum.id, params=discord.http.handle_message_parameters("x"))


async def test_lists_of_threads(bot: Bot, town: Town, clock: Clock) -> None:
    """Active threads are listed by server, archived ones by channel, the last archived first."""
    channel = bot.channel(town.general.id)
    threads = [await (await channel.send(f"{n}")).create_thread(name=f"{n}") for n in range(3)]
    for thread in threads[:2]:
        clock.seconds += 60
        await thread.edit(archived=True)
    assert [each.name for each in await channel.guild.active_threads()] == ["2"]
    assert [each.name async for each in channel.archived_threads()] == ["1", "0"]
    last = datetime.fromtimestamp(clock.seconds, UTC)
    assert [each.name async for each in channel.archived_threads(before=last)] == ["0"]


async def test_idle_threads_are_archived(bot: Bot, town: Town, clock: Clock) -> None:
    """A thread in which nothing happened for its time is archived; a message opens it, for that time again."""
    thread = await (await bot.channel(town.general.id).send("root")).create_thread(name="t", auto_archive_duration=60)
    part = await thread.send("part")
    clock.seconds += 3600
    with pytest.raises(discord.HTTPException, match="Thread is archived"):
        await part.edit(content="x")
    await thread.send("another")
    clock.seconds += 3599
    await part.edit(content="x")


async def test_what_is_not_there(bot: Bot, town: Town) -> None:
    """A channel, a route or a method that nobody knows is refused by its number."""
    with pytest.raises(discord.NotFound) as channel:
        await bot.fetch_channel(1)
    with pytest.raises(discord.NotFound) as route:
        await bot.http.request(discord.http.Route("GET", "/nothing"))
    with pytest.raises(discord.HTTPException) as method:
        await bot.http.request(discord.http.Route("DELETE", "/gateway"))
    assert (channel.value.code, route.value.code, method.value.status) == (10003, 0, 405)
    assert town.general.messages == {}


async def test_a_thread_without_a_message(bot: Bot, town: Town) -> None:
    """A line in the channel says that it was begun; its name may be changed by who began it."""
    thread = await bot.channel(town.general.id).create_thread(name="rocket", type=discord.ChannelType.public_thread)
    assert [each.type for each in town.general.visible] == [MessageType.THREAD_CREATED]
    await thread.edit(name="falcon")
    assert town.world.channels[thread.id].name == "falcon"
