"""The fake Discord's messages, through discord.py: sending, nonces, history, limits, pins."""

import io

import aiohttp
import discord
import pytest

from tests.fakes.conftest import Clock
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import Bot
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Channel, MessageType


def contents(channel: Channel) -> list[str]:
    """Return what was written in a channel, by people and the bot."""
    return [each.content for each in channel.visible if each.type in (MessageType.DEFAULT, MessageType.REPLY)]


def paths(problem: discord.HTTPException) -> list[str]:
    """Return the lines that say what is wrong with a form."""
    return problem.text.splitlines()[1:]


async def test_sending_editing_deleting(bot: Bot, town: Town, clock: Clock) -> None:
    """A message is stored as it is sent, edited and deleted."""
    message = await bot.channel(town.general.id).send("one", embed=discord.Embed(title="t", url="https://acme.example"))
    stored = town.general.messages[message.id]
    assert (stored.content, stored.embeds[0]["url"], stored.author_id) == (
        "one",
        "https://acme.example",
        bot.application_id,
    )
    clock.seconds += 60
    await message.edit(content="two", embed=None)
    assert (stored.content, stored.embeds, stored.edited_at) == ("two", [], clock.seconds)
    await message.delete()
    assert town.general.messages == {}


async def test_a_nonce_sends_once(bot: Bot, town: Town, clock: Clock) -> None:
    """A nonce that was sent minutes ago returns the first message; later it sends another."""
    channel = bot.channel(town.general.id)
    first = await channel.send("one", nonce="digest/1")
    assert (await channel.send("again", nonce="digest/1")).id == first.id
    assert (await channel.send("two", nonce="digest/2")).id != first.id
    clock.seconds += 600
    assert (await channel.send("later", nonce="digest/1")).id != first.id
    assert contents(town.general) == ["one", "two", "later"]
    with pytest.raises(discord.HTTPException, match="Nonce must be 25 or fewer"):
        await channel.send("x", nonce="n" * 26)


async def test_history(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """History is read backwards, forwards and around a message, in pages of at most a hundred."""
    sent = [fake.say(town.ada, town.general, f"{n}") for n in range(150)]
    channel = bot.channel(town.general.id)
    assert [each.id async for each in channel.history(limit=None)] == [each.id for each in reversed(sent)]
    oldest_first = [each.id async for each in channel.history(limit=3, after=discord.Object(sent[9].id))]
    assert oldest_first == [each.id for each in sent[10:13]]
    before = [each.id async for each in channel.history(limit=2, before=discord.Object(sent[5].id))]
    assert before == [sent[4].id, sent[3].id]
    around = [each.id async for each in channel.history(limit=5, around=discord.Object(sent[50].id))]
    assert sorted(around) == [each.id for each in sent[48:53]]
    with pytest.raises(discord.NotFound, match="Unknown Message"):
        await channel.fetch_message(1)


async def test_what_others_write_is_withheld(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """Without the content intent only what mentions the bot can be read, and what it wrote itself."""
    fake.say(town.ada, town.general, "secret")
    fake.say(town.ada, town.general, f"<@{fake.world.bot.id}> hello")
    fake.say(town.ada, town.world.conversation(town.ada), "hi")
    await fake.until(lambda: len(bot.heard) == 3)
    assert [each.content for each in bot.heard] == ["", f"<@{fake.world.bot.id}> hello", "hi"]
    assert [each.content async for each in bot.channel(town.general.id).history()] == [bot.heard[1].content, ""]


@pytest.mark.parametrize(
    ("embeds", "path"),
    [
        ([discord.Embed(title="x" * 257)], "In embeds.0.title: Must be 256 or fewer in length."),
        ([discord.Embed(description="x" * 4097)], "In embeds.0.description: Must be 4096 or fewer in length."),
        (
            [discord.Embed(description="x" * 3001), discord.Embed(description="x" * 3000)],
            "In embeds: Embed size exceeds maximum size of 6000",
        ),
        ([discord.Embed(title="x", url="javascript:alert(1)")], "In embeds.0.url: Scheme 'javascript' must be one of"),
    ],
)
async def test_limits_of_embeds(bot: Bot, town: Town, embeds: list[discord.Embed], path: str) -> None:
    """An embed that is too much is refused, with the path of what is wrong."""
    with pytest.raises(discord.HTTPException) as refused:
        await bot.channel(town.general.id).send(embeds=embeds)
    assert refused.value.code == 50035
    assert paths(refused.value)[0].startswith(path)
    assert town.general.messages == {}


async def test_limits_of_messages(bot: Bot, town: Town) -> None:
    """Content has 2000 characters, an embed 25 fields, and something has to be said."""
    channel = bot.channel(town.general.id)
    await channel.send("x" * 2000)
    with pytest.raises(discord.HTTPException, match=r"In content: Must be 2000 or fewer"):
        await channel.send("x" * 2001)
    embed = discord.Embed(title="t")
    for _ in range(26):
        embed.add_field(name="n", value="v")
    with pytest.raises(discord.HTTPException, match=r"In embeds\.0\.fields: Must be 25 or fewer"):
        await channel.send(embed=embed)
    with pytest.raises(discord.HTTPException, match="Cannot send an empty message"):
        await channel.send(" ")


async def test_files(bot: Bot, town: Town, fake: FakeDiscord) -> None:
    """A file is kept as it was uploaded, and can be fetched."""
    message = await bot.channel(town.general.id).send("report", file=discord.File(io.BytesIO(b"# report"), "report.md"))
    assert (message.attachments[0].filename, message.attachments[0].size) == ("report.md", 8)
    assert await message.attachments[0].read() == b"# report"
    assert fake.log[-1].body["files[0]"] == "report.md"


async def test_a_file_without_a_message(fake: FakeDiscord, town: Town) -> None:
    """An upload that says nothing else, and a body that is no JSON, are refused."""
    form = aiohttp.FormData({"files[0]": io.BytesIO(b"x")})
    headers = {"Authorization": f"Bot {town.world.application.token}"}
    url = f"{fake.api_url}/channels/{town.general.id}/messages"
    async with aiohttp.ClientSession(headers=headers) as session:
        for body in (form, b"{", b"[]"):
            async with session.post(url, data=body) as answer:
                assert (answer.status, (await answer.json())["code"]) == (400, 50109)
    assert town.general.messages == {}


async def test_large_files(bot: Bot, town: Town) -> None:
    """A file has ten megabytes at most."""
    channel = bot.channel(town.general.id)
    for size, fits in ((10 << 20, True), ((10 << 20) + 1, False)):
        file = discord.File(io.BytesIO(b"x" * size), "x.bin")
        if fits:
            assert (await channel.send(file=file)).attachments[0].size == size
        else:
            with pytest.raises(discord.HTTPException, match="too large"):
                await channel.send(file=file)


async def test_buttons_and_displays_have_limits(bot: Bot, town: Town) -> None:
    """A row has five buttons, each with a name of its own; displays are 40 at most, of 4000 characters together."""
    channel = bot.channel(town.general.id)

    async def refused(**given: object) -> list[str]:
        with pytest.raises(discord.HTTPException) as problem:
            await bot.http.request(
                discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id), json=given
            )
        return paths(problem.value)

    button = {"type": 2, "style": 1, "label": "b", "custom_id": "b"}
    row = {"type": 1, "components": [button]}
    assert (await refused(components=[row] * 6))[0] == "In components: Must be 5 or fewer in length."
    assert (await refused(components=[row] * 2))[0] == "In components: Component custom id cannot be duplicated"
    many = {"type": 1, "components": [{**button, "custom_id": f"{n}"} for n in range(6)]}
    assert (await refused(components=[many]))[0].startswith("In components.0.components: Must be between 1 and 5")
    long = {"type": 1, "components": [{**button, "label": "x" * 81}]}
    assert (await refused(components=[long]))[0] == "In components.0.components.0.label: Must be 80 or fewer in length."
    link = {"type": 1, "components": [{"type": 2, "style": 5, "label": "b", "url": "javascript:alert(1)"}]}
    assert "Scheme 'javascript'" in (await refused(components=[link]))[0]
    display = {"type": 10, "content": "x" * 2001}
    assert "more than 4000" in (await refused(components=[display] * 2, flags=1 << 15))[0]
    assert (await refused(components=[{**display, "content": "x"}] * 41, flags=1 << 15))[0].startswith("In components")
    assert (await refused(components=[{**display, "content": "x"}]))[0].startswith("In components.0.type")
    assert "cannot be used" in (await refused(components=[display], content="x", flags=1 << 15))[0]
    assert town.general.messages == {}


async def test_pins(bot: Bot, town: Town) -> None:
    """Pinning says so in the channel, pins are listed the last one first, and there are 250 at most."""
    channel = bot.channel(town.general.id)
    sent = [await channel.send(f"{n}") for n in range(2)]
    for each in sent:
        await each.pin()
    await sent[0].pin()
    assert [each.id async for each in channel.pins()] == [sent[1].id, sent[0].id]
    assert [each.type for each in town.general.visible].count(MessageType.PINNED) == 2
    more = [await channel.send(f"{n}") for n in range(60)]
    for each in more:
        await each.pin()
    assert [each.id async for each in channel.pins(limit=None)] == [each.id for each in reversed(sent + more)]
    for each in more:
        await each.unpin()
    await sent[0].unpin()
    assert list(town.general.pins) == [sent[1].id]
    town.general.pins.update(dict.fromkeys(range(249), 0.0))
    with pytest.raises(discord.HTTPException) as full:
        await sent[0].pin()
    assert full.value.code == 30003


async def test_pins_of_another_channel(bot: Bot, town: Town) -> None:
    """A message is pinned where it was sent, and nowhere else."""
    root = await bot.channel(town.general.id).send("root")
    thread = await root.create_thread(name="t")
    with pytest.raises(discord.HTTPException) as refused:
        await bot.http.pin_message(thread.id, root.id)
    assert refused.value.code == 50019


@pytest.mark.parametrize(
    ("missing", "code"),
    [(Permission.SEND_MESSAGES, 50013), (Permission.EMBED_LINKS, 50013), (Permission.VIEW_CHANNEL, 50001)],
)
async def test_permissions(bot: Bot, town: Town, missing: Permission, code: int) -> None:
    """What is not allowed is refused: whatever the bot lacks where it sees the channel, and all where it does not."""
    channel = bot.channel(town.general.id)
    for role in (town.bot_role, town.guild.roles[town.guild.id]):
        role.permissions &= ~missing
    with pytest.raises(discord.Forbidden) as refused:
        await channel.send(embed=discord.Embed(title="t"))
    assert refused.value.code == code


async def test_pinning_takes_a_permission_of_its_own(bot: Bot, town: Town) -> None:
    """Who may manage messages may not pin for that."""
    message = await bot.channel(town.general.id).send("one")
    town.bot_role.permissions = int(Permission.MANAGE_MESSAGES)
    with pytest.raises(discord.Forbidden):
        await message.pin()


async def test_reactions_and_typing(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """A reaction is counted once, and typing is shown."""
    channel = bot.channel(town.general.id)
    message = await channel.send("one")
    await message.add_reaction("👀")
    await message.add_reaction("👀")
    assert town.general.messages[message.id].reactions == {"👀": [fake.world.bot.id]}
    await message.remove_reaction("👀", discord.Object(fake.world.bot.id))
    assert town.general.messages[message.id].reactions == {}
    async with channel.typing():
        assert town.world.typing == [(town.general.id, fake.world.bot.id)]


async def test_replies(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """A reply names the message that it answers, which has to be there."""
    question = fake.say(town.ada, town.general, "?")
    await fake.until(lambda: bot.heard)
    answer = await bot.heard[0].reply("!", mention_author=False)
    stored = town.general.messages[answer.id]
    assert (stored.type, stored.reference and stored.reference["message_id"]) == (MessageType.REPLY, str(question.id))
    assert not stored.pings
    del town.general.messages[question.id]
    with pytest.raises(discord.HTTPException, match="Unknown message"):
        await bot.heard[0].reply("!")
