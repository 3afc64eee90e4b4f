"""The fake Discord's commands, answers, completions and buttons, through discord.py."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.fakes.conftest import Clock
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import Bot
from tests.fakes.discord_people import NotPossible
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import MessageType

Answering = Callable[["discord.Interaction[Bot]"], Coroutine[Any, Any, object]]


class Words(app_commands.Translator):
    """The Chinese of one word."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,  # noqa: ARG002 - the SDK's signature
    ) -> str | None:
        """Return it."""
        return {"period": "时段"}.get(string.message) if locale is discord.Locale.chinese else None


async def offer(bot: Bot, town: Town, answering: Answering) -> None:
    """Register /digest, with one option that is completed, and what answers it."""

    async def complete(_: "discord.Interaction[Bot]", current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=each, value=each) for each in ("today", "week") if each.startswith(current)]

    @app_commands.command(name="digest", description="A digest")
    @app_commands.describe(period="Of when")
    @app_commands.autocomplete(period=complete)
    async def digest(interaction: "discord.Interaction[Bot]", period: str = "today") -> None:
        interaction.extras["period"] = period
        await answering(interaction)

    bot.tree.add_command(digest)
    await bot.tree.set_translator(Words())
    bot.tree.copy_global_to(guild=discord.Object(town.guild.id))
    await bot.tree.sync(guild=discord.Object(town.guild.id))


async def test_a_deferred_answer(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """A deferred answer shows that the bot is thinking until it is edited; what follows answers it."""
    goes_on = asyncio.Event()

    async def answer(interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.defer(thinking=True)
        await goes_on.wait()
        await interaction.edit_original_response(content=f"of {interaction.extras['period']}")
        await interaction.followup.send("more", wait=True)

    await offer(bot, town, answer)
    used = fake.command(town.ada, town.general, "/digest period:week")
    await fake.until(lambda: used.loading)
    goes_on.set()
    await fake.until(lambda: len(town.general.messages) == 2)
    assert used.original
    assert [each.content for each in town.general.visible] == ["of week", "more"]
    assert (used.original.type, used.original.edited_at) == (MessageType.COMMAND, None)


async def test_answers_for_one_person(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """An ephemeral answer is in no history, may be edited and deleted, and notifies nobody."""

    async def answer(interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.send_message("only you", ephemeral=True)
        await interaction.edit_original_response(content="still only you")

    await offer(bot, town, answer)
    used = fake.command(town.ada, town.general, "/digest")
    await fake.until(lambda: used.original and used.original.content == "still only you")
    assert used.original
    assert used.original.seen_by == town.ada.id
    assert [each async for each in bot.channel(town.general.id).history()] == []


async def test_the_life_of_a_token(bot: Bot, fake: FakeDiscord, town: Town, clock: Clock) -> None:
    """An answer is due in 3 seconds and once; the token is good for 15 minutes."""
    problems: list[int | str] = []

    async def answer(interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.defer()
        try:
            await interaction.client.http.request(
                discord.http.Route("POST", f"/interactions/{interaction.id}/{interaction.token}/callback"),
                json={"type": 5},
            )
        except discord.HTTPException as problem:
            problems.append(problem.code)
        clock.seconds += 901
        try:
            await interaction.edit_original_response(content="late")
        except discord.HTTPException as problem:
            problems.append(problem.code)

    await offer(bot, town, answer)
    fake.command(town.ada, town.general, "/digest")
    await fake.until(lambda: len(problems) == 2)
    assert problems == [40060, 50027]


async def test_an_answer_that_comes_too_late(bot: Bot, fake: FakeDiscord, town: Town, clock: Clock) -> None:
    """After 3 seconds nobody knows the interaction any more."""
    problems: list[int] = []

    async def answer(interaction: "discord.Interaction[Bot]") -> None:
        clock.seconds += 4
        try:
            await interaction.response.defer()
        except discord.NotFound as problem:
            problems.append(problem.code)

    await offer(bot, town, answer)
    used = fake.command(town.ada, town.general, "/digest")
    await fake.until(lambda: problems)
    assert (problems, used.original) == ([10062], None)


async def test_completion(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """What is typed of an option is completed by the bot; people find the names of their language."""

    async def answer(interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.send_message(str(interaction.extras["period"]))

    await offer(bot, town, answer)
    typed = fake.suggest(town.ada, town.general, "/digest period:to")
    await fake.until(lambda: typed.choices)
    assert typed.choices == [{"name": "today", "value": "today"}]
    used = fake.command(town.bob, town.general, "/digest 时段:last week")
    await fake.until(lambda: used.original)
    assert used.original
    assert used.original.content == "last week"
    with pytest.raises(NotPossible, match="No command"):
        fake.command(town.ada, town.general, "/nothing")
    with pytest.raises(NotPossible, match="no option"):
        fake.command(town.ada, town.general, "/digest today")


async def test_buttons(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """A button tells the bot who pressed it, and its answer may change the message."""
    view = discord.ui.View(timeout=None)
    button: discord.ui.Button[discord.ui.View] = discord.ui.Button(label="Too high", custom_id="low")

    async def pressed(interaction: "discord.Interaction[discord.Client]") -> None:
        await interaction.response.edit_message(content=f"by {interaction.user.name}", view=None)

    setattr(button, "callback", pressed)  # noqa: B010 - a type checker takes a plain assignment for an error
    view.add_item(button).add_item(discord.ui.Button(label="Page", url="https://acme.example"))
    message = await bot.channel(town.general.id).send("digest", view=view)
    stored = town.general.messages[message.id]
    fake.press(town.ada, stored, "low")
    await fake.until(lambda: stored.content == "by ada")
    assert stored.components == []
    with pytest.raises(NotPossible):
        fake.press(town.ada, stored, "low")


async def test_commands_that_are_not_for_all(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """A command may take a permission, which Discord checks before the bot hears of it."""
    number = bot.application_id
    assert number
    command = {"name": "digest", "description": "d", "default_member_permissions": 1 << 5}
    await bot.http.bulk_upsert_global_commands(number, [command])
    with pytest.raises(NotPossible, match="not for ada"):
        fake.command(town.ada, town.general, "/digest")
    fake.command(town.world.users[town.guild.owner_id], town.general, "/digest")


async def test_registering_commands(bot: Bot, town: Town) -> None:
    """Commands are replaced together and keep their ids; a name, a locale or a number that is wrong is refused."""
    http, number = bot.http, bot.application_id
    assert number
    first = await http.bulk_upsert_global_commands(number, [{"name": "digest", "description": "d", "type": 1}])
    again = await http.bulk_upsert_global_commands(
        number,
        [
            {"name": "digest", "description": "e", "name_localizations": {"zh-CN": "摘要"}},
            {"name": "a", "description": "b"},
        ],
    )
    assert [each["id"] == first[0]["id"] for each in again] == [True, False]
    assert [each["name"] for each in await http.get_global_commands(number)] == ["digest", "a"]
    assert await http.get_guild_commands(number, town.guild.id) == []
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"name": "Digest", "description": "d"}, "name is invalid"),
        ({"name": "digest"}, "This field is required"),
        ({"name": "digest", "description": "d", "name_localizations": {"zh": "摘要"}}, "Value must be one of"),
        (
            {"name": "digest", "description": "d", "options": [{"type": 3, "name": "o", "description": "d"}] * 26},
            "Must be 25 or fewer",
        ),
    ]
    for command, words in wrong:
        with pytest.raises(discord.HTTPException, match=words) as refused:
            await http.bulk_upsert_global_commands(number, [command])
        assert refused.value.code == 50035
    many = [{"name": f"c{n}", "description": "d"} for n in range(101)]
    with pytest.raises(discord.HTTPException) as full:
        await http.bulk_upsert_global_commands(number, many)
    assert full.value.code == 30032
