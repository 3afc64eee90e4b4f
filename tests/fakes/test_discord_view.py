"""The fake Discord as people see it: the page of a channel, and the terminal."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import aiohttp
import discord
import pytest

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_cli import Terminal
from tests.fakes.discord_client import Bot
from tests.fakes.discord_town import Town
from tests.fakes.test_discord_interactions import offer


async def view(fake: FakeDiscord, name: str) -> str:
    """Return the page of a channel."""
    async with aiohttp.ClientSession() as session, session.get(f"{fake.url}/view/{name}") as answer:
        assert answer.content_type == "text/html" or answer.status == 404
        return await answer.text()


async def test_the_page_of_a_channel(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """The page shows messages, embeds, buttons, the thread and the pins, and text as text."""
    buttons = discord.ui.View(timeout=None)
    buttons.add_item(discord.ui.Button(label="Too high", custom_id="low"))
    embed = discord.Embed(title="Rocket", description="**7** <changes> [page](https://acme.example/1)", color=0xFF0000)
    root = await bot.channel(town.general.id).send("<script>alert(1)</script> `code`", embed=embed, view=buttons)
    part = await (await root.create_thread(name="rocket <b>")).send("- part")
    await part.pin()
    page = await view(fake, "general")
    for piece in (
        "&lt;script&gt;alert(1)&lt;/script&gt; <code>code</code>",
        "<strong>7</strong> &lt;changes&gt; <a href='https://acme.example/1'",
        "border-color:#ff0000",
        "Too high",
        "🧵 rocket &lt;b&gt;",
        "📌 Pinned",
        "<span class=app>APP</span>",
    ):
        assert piece in page
    assert "<script" not in page
    assert "part" in await view(fake, str(root.id))
    assert "Unknown Channel" in await view(fake, "nothing")


async def test_the_terminal(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """What is typed happens, what becomes visible is printed, and what is not possible is said."""
    said: list[str] = []
    terminal = Terminal(fake, town, said.append)
    await terminal.obey("@bot hello")
    await fake.until(lambda: bot.heard)
    await bot.heard[0].reply("**hi**")
    await terminal.obey("/nothing")
    await terminal.obey(":in digests")
    await terminal.obey("words")
    await terminal.obey(":direct")
    await terminal.obey("psst")
    await fake.until(lambda: len(bot.heard) > 1 and bot.heard[-1].content == "psst")
    assert said[0] == "[#general] ada: @digestbot hello"
    assert said[1] == "[#general] digestbot: hi"
    assert said[2] == "No command is called nothing"
    assert said[3].startswith("You are in #digests: http://127.0.0.1:")
    assert said[-1] == "[direct] ada: psst"


async def test_commands_at_the_terminal(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """A command is answered, its options are completed, and the buttons of the answer can be pressed."""

    async def answer(interaction: "discord.Interaction[Bot]") -> None:
        view = discord.ui.View(timeout=None)
        button: discord.ui.Button[discord.ui.View] = discord.ui.Button(label="Less", custom_id="less")
        setattr(button, "callback", press)  # noqa: B010 - a type checker takes a plain assignment for an error
        await interaction.response.send_message(f"of {interaction.extras['period']}", view=view.add_item(button))

    async def press(interaction: "discord.Interaction[discord.Client]") -> None:
        await interaction.response.send_message("as you wish", ephemeral=True)

    await offer(bot, town, answer)
    said: list[str] = []
    terminal = Terminal(fake, town, said.append)
    await terminal.obey("/digest period:?")
    await terminal.obey("/digest period:week")
    await fake.until(lambda: len(said) == 4)
    assert said == [
        "    today (today)",
        "    week (week)",
        "[#general] digestbot: of week\n    Less",
        "    :press less",
    ]
    await terminal.obey(":press less")
    await fake.until(lambda: any(each.seen_by for each in town.general.messages.values()))
    await terminal.obey(":press more")
    assert said[-1] == "No button is called more"


async def test_the_page_of_a_forum(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """A forum shows its posts with their tags."""
    forum = bot.get_channel(town.forum.id)
    assert isinstance(forum, discord.ForumChannel)
    await forum.create_thread(name="rocket", content="**root**", applied_tags=[forum.available_tags[1]])
    page = await view(fake, "digests")
    assert all(piece in page for piece in ("🧵 rocket", "<i>weekly</i>", "<strong>root</strong>"))


@pytest.mark.parametrize("flags", [[], ["--message-content", "--speed", "10"]])
async def test_the_command_line(flags: list[str]) -> None:
    """It says with which settings the bot finds it, and ends with its input."""
    command = (sys.executable, "-m", "tests.fakes.discord", *flags)
    run = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=Path(__file__).parents[2])
    said, _ = await asyncio.wait_for(run.communicate(b"hello\n:quit\n"), 120)
    rows = said.decode().splitlines()
    assert [row.partition("=")[0] for row in rows[:3]] == ["DISCORD_TOKEN", "DISCORD_API_URL", "DISCORD_GATEWAY_URL"]
    assert rows[-1] == "[#general] ada: hello"
