"""What goes over the wire between discord.py and the fake, against Discord's own description of its API."""

import asyncio
import gzip
import io
import json
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import discord
import jsonschema_rs
import pytest

from tests.fakes.conftest import Clock
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_answers import limited, unauthorized
from tests.fakes.discord_client import Bot, connected, lead
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Overwrite
from tests.fakes.test_discord_interactions import offer

CONFORM = Path(__file__).parents[3] / "shared" / "conform"
WAIVERS = [
    [
        "discord",
        "POST /channels/.*/threads",
        "use_nested_fields",
        "discord.py 2.7.1 sends it with every post in a forum (http.py, start_thread_in_forum); nobody describes it",
    ]
]
needs_description = pytest.mark.skipif(not CONFORM.is_dir(), reason="Discord's description is not beside this project")


async def refused(request: Awaitable[object]) -> None:
    """Await what has to be refused."""
    with pytest.raises(discord.HTTPException):
        await request


async def write(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """Do everything that can be done with messages."""
    channel = bot.channel(town.general.id)
    embed = discord.Embed(
        title="t", description="d", url="https://acme.example", color=1, timestamp=discord.utils.utcnow()
    )
    embed.add_field(name="n", value="v").set_footer(text="f").set_author(name="a", url="https://acme.example")
    embed.set_image(url="https://acme.example/i.png").set_thumbnail(url="https://acme.example/t.png")
    view = discord.ui.View(timeout=None).add_item(discord.ui.Button(label="b", custom_id="b"))
    view.add_item(discord.ui.Button(label="l", url="https://acme.example"))
    view.add_item(discord.ui.Select(custom_id="s", options=[discord.SelectOption(label="o")]))
    message = await channel.send(
        "one <@1>", embed=embed, view=view, nonce="1", allowed_mentions=discord.AllowedMentions.none()
    )
    displays = discord.ui.LayoutView().add_item(discord.ui.Container(discord.ui.TextDisplay("# words")))
    await channel.send(view=displays)
    await message.edit(content="two")
    await message.reply("three", file=discord.File(io.BytesIO(b"x"), "x.txt"))
    await message.add_reaction("👀")
    await channel.fetch_message(message.id)
    await message.pin()
    assert [each async for each in channel.pins()]
    assert [each async for each in channel.history(limit=50, before=discord.Object(1 << 62))]
    await bot.http.request(discord.http.Route("GET", "/channels/{channel_id}/pins", channel_id=channel.id))
    await message.unpin()
    await message.remove_reaction("👀", discord.Object(town.world.bot.id))
    await channel.typing()
    await message.delete()
    await refused(channel.send("x" * 1999, embeds=[discord.Embed(description="x" * 4096)] * 2))
    await refused(channel.fetch_message(1))
    await refused(channel.send())
    fake.faults.add(limited(0.001))
    await channel.send("after a 429")
    fake.faults.add(unauthorized())
    await refused(channel.send("x"))


async def branch(bot: Bot, town: Town) -> None:
    """Do everything that can be done with threads and channels."""
    channel = bot.channel(town.general.id)
    root = await channel.send("root")
    thread = await root.create_thread(name="t")
    await thread.join()
    part = await thread.send("part")
    await part.pin()
    await channel.fetch_message(root.id)
    await thread.edit(archived=True)
    assert [each async for each in channel.archived_threads()]
    await channel.guild.active_threads()
    await thread.leave()
    await refused(root.create_thread(name="t"))
    await channel.create_thread(name="alone", type=discord.ChannelType.public_thread)
    forum = bot.get_channel(town.forum.id)
    assert isinstance(forum, discord.ForumChannel)
    await forum.create_thread(name="post", content="root", applied_tags=[forum.available_tags[0]])
    await bot.fetch_channel(town.forum.id)
    await bot.fetch_channel(thread.id)
    await (await bot.fetch_user(town.ada.id)).send("hello")
    home = await bot.fetch_guild(town.guild.id, with_counts=True)
    await home.fetch_channels()
    await home.fetch_roles()
    await home.fetch_member(town.ada.id)
    assert [each async for each in bot.fetch_guilds(with_counts=False)]
    await refused(bot.fetch_channel(1))
    town.general.overwrites = [Overwrite(town.world.bot.id, 1, deny=1 << 11)]
    await refused(channel.send("x"))
    town.general.overwrites = []


async def converse(bot: Bot, fake: FakeDiscord, town: Town, clock: Clock) -> None:
    """Register a command, use it, complete it, press a button, and answer in every way."""
    done: list[int] = []

    async def answer(interaction: "discord.Interaction[Bot]") -> None:
        if interaction.extras["period"] == "now":
            view = discord.ui.View(timeout=None).add_item(discord.ui.Button(label="b", custom_id="b"))
            await interaction.response.send_message("now", view=view)
        else:
            await interaction.response.defer(ephemeral=interaction.extras["period"] == "me", thinking=True)
            await interaction.edit_original_response(content="edited", embed=discord.Embed(title="t"))
            follow = await interaction.followup.send("more", wait=True)
            await follow.edit(content="more of it")
            await interaction.original_response()
            await follow.delete()
        done.append(interaction.id)

    await offer(bot, town, answer)
    await bot.tree.fetch_commands(guild=discord.Object(town.guild.id))
    for period in ("today", "me", "now"):
        fake.command(town.ada, town.general, f"/digest period:{period}")
        await fake.until(lambda: len(done) == 1)
        done.clear()
    typed = fake.suggest(town.ada, town.general, "/digest period:t")
    await fake.until(lambda: typed.choices)

    async def pressed(interaction: "discord.Interaction[discord.Client]") -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.edit_message(content="pressed")
            clock.seconds += 901
            await refused(interaction.edit_original_response(content="late"))
            done.append(interaction.id)

    bot.on_interaction = pressed  # type: ignore[attr-defined]  # how a client is given a listener
    message = next(each for each in reversed(town.general.messages.values()) if each.components)
    fake.press(town.ada, message, "b")
    await fake.until(lambda: done)


@needs_description
async def test_requests_and_answers(town: Town, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every kind of request of discord.py, and its answer, is as Discord describes it, and no secret is recorded."""
    traffic = tmp_path / "traffic.jsonl"
    async with FakeDiscord(town.world, speed=1000, record_to=traffic) as fake:
        lead(monkeypatch, fake)
        async with connected(fake) as bot:
            await write(bot, fake, town)
            await branch(bot, town)
            await converse(bot, fake, town, clock)
    recorded = traffic.read_text(encoding="utf-8")
    assert not any(secret in recorded for secret in (town.world.application.token, *town.world.interactions))
    waivers = tmp_path / "waivers.json"
    waivers.write_text(json.dumps([*json.loads((CONFORM / "waivers.json").read_text()), *WAIVERS]))
    command = (sys.executable, "conform.py", "--waivers", str(waivers), str(traffic))
    run = await asyncio.create_subprocess_exec(*command, cwd=CONFORM, stdout=PIPE, stderr=STDOUT)
    said, _ = await run.communicate()
    assert run.returncode == 0, said.decode()
    assert f"exchanges={len(fake.log)} " in said.decode()


@needs_description
async def test_frames(town: Town, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the gateway says and hears is as Discord's own types describe it."""
    async with FakeDiscord(town.world) as fake:
        lead(monkeypatch, fake)
        async with connected(fake) as bot:
            fake.gateway.drop()
            await converse(bot, fake, town, clock)
    schemas = json.loads(gzip.decompress((CONFORM / "specs" / "dgw.schemas.json.gz").read_bytes()))
    kinds: dict[object, str] = {
        ("in", 10): "X_Hello",
        ("in", "READY"): "X_Ready",
        ("in", "GUILD_CREATE"): "X_GuildCreate",
        ("in", "INTERACTION_CREATE"): "X_Interaction",
        ("out", 2): "X_Identify",
        ("out", 6): "X_Resume",
    }
    seen = set()
    for frame in fake.frames:
        kind = kinds.get((frame.way, frame.payload.get("t") or frame.payload["op"]))
        if frame.payload.get("t") == "RESUMED":  # described without data, which discord.py wants there
            continue
        for name in filter(None, (kind, "X_Receive" if frame.way == "in" else "X_Send")):
            seen.add(name)
            assert problems(schemas[name], frame.payload) == []
    assert seen == {*kinds.values(), "X_Receive", "X_Send"}


def problems(schema: dict[str, Any], payload: dict[str, Any]) -> list[str]:
    """Return what a frame does not keep to."""
    for name in schema["definitions"]:
        if name.endswith("Flags"):  # TypeScript has no type for a set of bits: its schema lists single ones
            schema["definitions"][name] = {"type": "integer"}
    found = jsonschema_rs.validator_for(schema).iter_errors(payload)
    return [f"{'/'.join(map(str, each.instance_path))}: {each.message[:300]}" for each in found]
