"""The judge: what a stored message notifies, links and shows, as Discord's clients read it."""

import string
import time

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.conftest import Clock
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import Bot
from tests.fakes.discord_markdown import Node, parse, parse_inline
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_reading import links, pings, visible, words
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Message, Pings, World

EVIL = "https://evil.example"
WORLD = Town(Clock()).world


def targets(nodes: tuple[Node, ...]) -> set[str]:
    """Return where a parsed text leads."""
    return {each.target for node in nodes for each in node.walk() if each.kind == "link"}


@pytest.mark.parametrize(
    ("text", "read", "leads"),
    [
        ("plain", "plain", set()),
        ("**b** *i* _i_ __u__ ~~s~~ ||p|| ***both***", "b i i u s p both", set()),
        ("snake_case_name 2*3*4 a_b", "snake_case_name 234 a_b", set()),
        (r"\*not\* \_bold\_ \`code\` \\", r"*not* _bold_ `code` \ ".rstrip(), set()),
        (f"[page]({EVIL})", "page", {EVIL}),
        (f"[page]({EVIL}/a_(b) 'title')", "page", {f"{EVIL}/a_(b)"}),
        (f"[page](<{EVIL}>)", "page", {EVIL}),
        (f"[**page** [1]]({EVIL})", "page [1]", {EVIL}),
        (f"[https://good.example]({EVIL})", f"[https://good.example]({EVIL})", {f"https://good.example]({EVIL})"}),
        (rf"\[page]({EVIL})", f"[page]({EVIL})", {EVIL}),
        (r"\[page\](https\:\/\/evil.example)", f"[page]({EVIL})", set()),
        ("[page](javascript:alert)", "[page](javascript:alert)", set()),
        (f"see {EVIL}. ({EVIL}/x)", f"see {EVIL}. ({EVIL}/x)", {EVIL, f"{EVIL}/x"}),
        (f"<{EVIL}>", EVIL, {EVIL}),
        ("HTTPS://evil.example", "HTTPS://evil.example", {"HTTPS://evil.example"}),
        ("join discord.gg/abc", "join discord.gg/abc", {"discord.gg/abc"}),
        ("<a@b.example> <+15551234567>", "a@b.example +15551234567", {"mailto:a@b.example", "tel:+15551234567"}),
        (f"`{EVIL} **x**` ``a`b``", f"{EVIL} **x** a`b", set()),
        (f"```py\n{EVIL}\n# x\n```", f"{EVIL}\n# x", set()),
        ("# Head\n-# small\n> quote\n- item\n1. first", "Head\nsmall\nquote\n• item\n1. first", set()),
        ("no # head, no - item, no > quote", "no # head, no - item, no > quote", set()),
        (r"\# no head" + "\n" + r"\- no item" + "\n" + r"\> no quote", "# no head\n- no item\n> no quote", set()),
        (">>> all\n# of it", "all\nof it", set()),
        ("<t:0:R> <t:99999999999999999>", "1970-01-01 00:00 UTC Invalid Date", set()),
        ("<:rocket:123> :tada:", ":rocket: :tada:", set()),
        ("<@99> <@&99> <#99> </digest:99>", "@unknown-user @unknown-role #unknown /digest", set()),
        ("2 < 3 > 1 & <b> &lt;", "2 < 3 > 1 & <b> &lt;", set()),
        ("*", "*", set()),
        ("", "", set()),
    ],
)  # fmt: skip
def test_markdown(text: str, read: str, leads: set[str]) -> None:
    """Marks are gone, escapes are resolved, and every link is found."""
    nodes = parse(text)
    assert (words(nodes, WORLD), targets(nodes)) == (read, leads)


def test_titles_have_no_links() -> None:
    """In the title of an embed, and in the name of a field, words may be bold, and lead nowhere."""
    nodes = parse_inline(f"**b** # [x]({EVIL}) {EVIL}")
    assert (words(nodes, WORLD), targets(nodes)) == (f"b # [x]({EVIL}) {EVIL}", set())


@given(st.text(st.sampled_from(string.punctuation + " \nhtps://aZ019@éñ漢👀")))
def test_what_is_escaped_is_read_as_it_is(text: str) -> None:
    """With a backslash before every mark a text is read as it was written, and leads nowhere."""
    escaped = "".join(f"\\{each}" if each in string.punctuation else each for each in text)
    nodes = parse(escaped)
    assert (words(nodes, WORLD), targets(nodes)) == (text, set())
    assert {node.kind for node in nodes} <= {"text"}


@given(st.text(st.sampled_from("*_~|`[]()<>\\#->1. \nahttps://@")))
def test_any_text_is_read(text: str) -> None:
    """Whatever is written, no letter is lost and nothing is read that was not written."""
    read = words(parse(text), WORLD)
    assert sum(each.isalpha() for each in read) <= sum(each.isalpha() for each in text)


@pytest.mark.parametrize("unit", ["[", "*", "_", "**", "`", "||", "~~a", "[a](", "[[]", "> ", ">>> ", "*a ", "("])
def test_long_texts(unit: str) -> None:
    """No text takes long to read."""
    begun = time.process_time()
    parse((unit * 4096)[:4096])
    assert time.process_time() - begun < 5


def message(content: str = "", **fields: object) -> Message:
    """Return a message that nobody sent."""
    made = Message(1, 1, 1, 0.0, content)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def test_embeds_buttons_and_displays() -> None:
    """Words and links are read wherever they stand."""
    embed = {
        "title": "**T**",
        "url": "https://a.example",
        "description": "[d](https://b.example)",
        "author": {"name": "*A*", "url": "https://c.example"},
        "footer": {"text": "*F* https://no.example"},
        "fields": [{"name": "N", "value": "https://d.example", "inline": False}],
        "image": {"url": "https://e.example/i.png"},
    }
    row = {"type": 1, "components": [{"type": 2, "label": "L", "url": "https://f.example"}]}
    display = {"type": 17, "components": [{"type": 10, "content": "# [H](https://g.example)"}]}
    stored = message("C", embeds=[embed], components=[row, display], flags=1 << 15)
    assert visible(stored, WORLD) == "C\n*A*\nT\nd\nN\nhttps://d.example\n*F* https://no.example\nL\nH"
    assert {each.removeprefix("https://")[0] for each in links(stored)} == set("abcdefg")


async def test_pings(bot: Bot, town: Town) -> None:
    """Who is notified depends on what may be mentioned, by whom, and what the request allows."""
    channel = bot.channel(town.general.id)
    everything = f"<@{town.ada.id}> <@&{town.team.id}> @everyone"
    none, every = discord.AllowedMentions.none(), discord.AllowedMentions.all()

    async def notified(content: str, allowed: discord.AllowedMentions | None = None, **options: bool) -> Pings:
        sent = await channel.send(content, allowed_mentions=allowed or every, **options)  # type: ignore[call-overload]
        return pings(town.general.messages[sent.id])

    assert await notified(everything, none) == Pings()
    assert await notified(everything) == Pings(frozenset({town.ada.id}), frozenset({town.team.id}))
    only = discord.AllowedMentions(everyone=False, roles=False, users=[town.ada])
    assert await notified(f"{everything} <@{town.bob.id}>", only) == Pings(frozenset({town.ada.id}))
    assert await notified(rf"\<@{town.ada.id}> <@1>") == Pings(frozenset({town.ada.id}))
    assert await notified(f"`{everything}` ```\n{everything}```") == Pings()
    assert await notified(everything, silent=True)
    sent = await channel.send(embed=discord.Embed(description=everything), allowed_mentions=every)
    assert not pings(town.general.messages[sent.id])
    town.bot_role.permissions |= Permission.MENTION_EVERYONE
    assert (await notified("@here")).everyone


async def test_mentions_have_names(bot: Bot, fake: FakeDiscord, town: Town) -> None:
    """A mention is read as the name of who or what is mentioned, whether or not anybody is notified."""
    sent = await bot.channel(town.general.id).send(
        f"<@{town.ada.id}> <#{town.forum.id}> <@&{town.team.id}>", allowed_mentions=discord.AllowedMentions.none()
    )
    assert visible(town.general.messages[sent.id], fake.world) == "@ada #digests @team"


def test_the_world_of_a_judge_may_be_empty() -> None:
    """Reading needs no server."""
    assert visible(message("<@1>"), World(Clock())) == "@unknown-user"
