"""Neutral messages as Discord's embeds, as Discord's own clients read them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.chat.discord.markdown import escaped
from adapters.chat.discord.rendering import CHARACTERS, COLOURS, render
from bot.model import Tier
from bot.present.blocks import (
    Actions,
    Block,
    Bold,
    BulletedList,
    Button,
    Code,
    Context,
    Divider,
    Heading,
    Link,
    Message,
    NumberedList,
    Paragraph,
    Quote,
    Spans,
    Table,
    Text,
    Time,
)
from bot.present.characters import visible
from bot.present.labels import Labels
from bot.present.layout import lay_out
from tests.fakes.digests import busy, day
from tests.fakes.discord_forms import read_message
from tests.fakes.discord_markdown import parse
from tests.fakes.discord_reading import links, words
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Message as Stored

PAGE = "https://github.com/acme/rocket/pull/1412"
WORLD = Town(lambda: 1_768_000_000.0).world
TEXTS = st.text(st.characters() | st.sampled_from("<>&.@:/*_~`|#-+1[]()\\ \nhtps"), max_size=200)
SPANS = st.lists(
    st.builds(Text, TEXTS) | st.builds(Bold, TEXTS) | st.builds(Code, TEXTS) | st.builds(Link, TEXTS, st.just(PAGE)),
    max_size=4,
).map(tuple)
ITEMS = st.lists(SPANS, max_size=4).map(tuple)
BLOCK: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, SPANS),
    st.builds(Paragraph, SPANS),
    st.builds(Quote, SPANS),
    st.builds(Context, SPANS),
    st.builds(BulletedList, ITEMS),
    st.just(Divider()),
    st.builds(Table, st.just(("column", "other")), st.lists(st.tuples(SPANS, SPANS), max_size=4).map(tuple)),
)


def posted(*blocks: Block, characters: int = CHARACTERS) -> list[dict[str, Any]]:
    """Return what is posted for a message of these blocks."""
    return render(Message("root", "title", blocks), characters=characters)


def descriptions(*blocks: Block, characters: int = CHARACTERS) -> list[str]:
    """Return the markdown of what is posted."""
    return [payload["embeds"][0]["description"] for payload in posted(*blocks, characters=characters)]


def squeezed(text: str) -> str:
    """Return a text without space, and without what the adapter itself puts between texts."""
    return "".join(text.split()).translate(dict.fromkeys(map(ord, "•·↗─")))


def texts(block: Block) -> Iterator[str]:
    """Yield the texts of a block in reading order."""
    match block:
        case Heading(spans) | Paragraph(spans) | Quote(spans) | Context(spans):
            yield from (span.text for span in spans)
        case BulletedList(items) | NumberedList(items):
            yield from (span.text for item in items for span in item)
        case Table(_, rows):
            yield from (span.text for cell in chain.from_iterable(rows) for span in cell)
        case _:
            pass


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(st.lists(BLOCK, max_size=6))
def test_all_text_arrives_in_order(blocks: list[Block]) -> None:
    """Whatever the blocks hold is read in order, in its visible form, and only our links are links."""
    pages = descriptions(*blocks)
    read = "".join(words(parse(page), WORLD) for page in pages)
    expected = squeezed("".join(visible(text) for block in blocks for text in texts(block)))
    assert squeezed(read.replace("column · other", "")) in (expected, expected or "title")
    leads = [node.target for page in pages for top in parse(page) for node in top.walk() if node.kind == "link"]
    assert set(leads) <= {PAGE}
    kinds = {node.kind for page in pages for top in parse(page) for node in top.walk()}
    assert not kinds & {"mention", "time", "emoji", "underline", "strike", "spoiler", "em", "block"}


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])  # likewise
@given(st.lists(BLOCK, max_size=6), st.integers(200, 400))
def test_every_message_is_within_the_limits(blocks: list[Block], characters: int) -> None:
    """However small the limit is, every part keeps to it, and is one that Discord takes."""
    for payload in posted(*blocks, characters=characters):
        (embed,) = payload["embeds"]
        assert len(embed["description"]) <= characters
        read_message({name: payload[name] for name in ("embeds", "components") if name in payload})


@pytest.mark.parametrize("size", [1, 24, 70, 300])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_days_of_any_size(size: int, language: str) -> None:
    """A day of one, 24, 70 or 300 changes is within Discord's limits, and parts of it begin with a whole line."""
    thread = lay_out(busy(size, highs=min(size, 12)), Labels(language))
    for message in (thread.root, *thread.replies):
        for payload in render(message):
            (embed,) = payload["embeds"]
            read_message({"embeds": [embed | {"footer": {"text": "x" * 25}}]})
            assert embed["description"][0] in "#*-12345"


def test_a_message_has_the_colour_of_its_tier() -> None:
    """The root is as the highest tier of the day, a part as its own; the table of commits has no colour."""
    thread = lay_out(day(), Labels("en"))
    seen = {message.part.partition("/")[0]: render(message)[0]["embeds"][0].get("color") for message in thread.replies}
    assert seen == {str(tier): colour for tier, colour in COLOURS.items()} | {"table": None}
    assert render(thread.root)[0]["embeds"][0]["color"] == COLOURS[Tier.HIGH]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain, words. And more: 1.5 - x", "plain, words. And more: 1.5 - x"),
        ("snake_case *b* `c` ||s|| ~~x~~ \\", r"snake\_case \*b\* \`c\` \|\|s\|\| \~\~x\~\~ " + "\\\\"),
        ("https://evil.example/x", r"https\://evil\.example/x"),
        ("discord.gg/abc www.evil.example", r"discord\.gg/abc www\.evil\.example"),
        ("<@1> @everyone <#1> <t:1:R> </cmd:1>", r"\<\@1> \@everyone \<#1> \<t:1:R> \</cmd:1>"),
        ("[x](y)", r"\[x\]\(y)"),
        ("# head", r"\# head"),
        ("-# small", r"\-# small"),
        ("> quote", r"\> quote"),
        (" - item", r" \- item"),
        ("12. item", r"12\. item"),
    ],
)
def test_text_is_escaped(text: str, written: str) -> None:
    """A backslash stands before what Discord would take for a mark, a mention or an address, and nowhere else."""
    assert escaped(text) == written
    assert words(parse(written), WORLD) == text


def test_inside_of_a_line_no_line_begins() -> None:
    """A mark that counts at the start of a line alone is left as it is elsewhere."""
    assert descriptions(Paragraph((Bold("1"), Text("- a # b > c")))) == ["**1**- a # b > c"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("--fifo", "`--fifo`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("a``b", r"a\`\`b"),
        ("a\nb", "`a`\n`b`"),
    ],
)
def test_code(text: str, written: str) -> None:
    """Code is fenced by as many backticks as it takes, and each of its lines by itself."""
    assert descriptions(Paragraph((Code(text),))) == [written]
    assert squeezed(words(parse(written), WORLD)) == squeezed(text)


@pytest.mark.parametrize("text", ["](https://evil.example)", "y] z](x)", "](<https://evil.example>)"])
def test_what_follows_a_link_does_not_end_its_label(text: str) -> None:
    """Text and code behind a link are read as they are, and the link leads to its page alone."""
    for span in (Text(text), Code(text)):
        made = descriptions(Paragraph((Link("#1", PAGE), span)))
        assert links(Stored(1, 1, 1, 0.0, embeds=[{"description": made[0]}])) == {PAGE}
        assert words(parse(made[0]), WORLD) == f"#1{text}"


def test_neighbours_of_one_kind_are_one() -> None:
    """Bold beside bold, and code beside code, is read whole: marks back to back would cancel each other."""
    assert descriptions(Paragraph((Bold("a"), Bold("b"), Code("c"), Code("d"), Text("https:"), Text("//e")))) == [
        r"**ab**`cd`https\://e"
    ]


def test_links() -> None:
    """Words lead to their page; words that cannot be a label stand before an arrow that does."""
    made = descriptions(Paragraph((Link("#1", PAGE + "(a b)"), Text(" "), Link("[x](https://evil.example)", PAGE))))
    assert made == [rf"[#1]({PAGE}%28a%20b%29) \[x\]\(https\://evil\.example) [↗]({PAGE})"]
    assert links(Stored(1, 1, 1, 0.0, embeds=[{"description": made[0]}])) == {PAGE + "%28a%20b%29", PAGE}


def test_a_link_that_is_too_long_is_words() -> None:
    """An address that would fill the message is left out; its words are not."""
    assert descriptions(Paragraph((Link("x", PAGE + "a" * 2000),))) == ["x"]


def test_a_moment_is_the_readers_own() -> None:
    """A time of the day is shown as one, a moment with its date, in the zone of whoever reads it."""
    at = datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert descriptions(Paragraph((Time(at, "20:00"), Text(" "), Time(at, "15 Jan 20:00")))) == [
        "<t:1768478400:t> <t:1768478400:f>"
    ]


def test_a_numbered_list_goes_on_counting() -> None:
    """An item that goes to the next message keeps its number; what is too long for one goes on without."""
    items = tuple((Text(f"item {number} " + "x" * 60),) for number in range(1, 7))
    pages = descriptions(NumberedList(items), characters=250)
    assert [line.split(" x")[0] for page in pages for line in page.split("\n")] == [
        f"{n}. item {n}" for n in range(1, 7)
    ]
    first, second = descriptions(NumberedList(((Text("word. " * 50),),)), characters=200)
    assert (first[:9], second[:5]) == ("1. word. ", "word.")


def test_a_table_goes_on_with_its_header() -> None:
    """A table is a list of its rows; each message that it takes begins with the names of its columns."""
    rows = tuple(((Text(str(number)),), (Text("word " * 8),)) for number in range(150))
    pages = descriptions(Table(("number", "words"), rows))
    assert len(pages) > 1
    assert all(page.startswith("-# number · words\n- ") for page in pages)


def test_a_heading_is_not_left_behind() -> None:
    """A heading goes to the next message with what it is of."""
    first, second = descriptions(
        Paragraph((Text("a" * 180),)), Heading((Text("head"),)), Paragraph((Text("b" * 180),)), characters=200
    )
    assert (first, second) == ("a" * 180, "### head\n" + "b" * 180)


def test_buttons_stand_beneath() -> None:
    """Five buttons make a row, and each has its text, its action and its value."""
    buttons = tuple(Button(f"b{number}", "tier", str(number)) for number in range(7))
    (payload,) = posted(Actions(buttons), Paragraph((Text("words"),)))
    assert [len(row["components"]) for row in payload["components"]] == [5, 2]
    assert payload["components"][1]["components"][1] == {
        "type": 2, "style": 2, "label": "b6", "custom_id": "tier:6"
    }  # fmt: skip
    assert payload["embeds"] == [{"description": "words"}]


def test_blocks_of_several_lines_stand_apart() -> None:
    """An empty line parts what is hard to tell apart, and nothing else."""
    long: Spans = (Text("a\nb"),)
    assert descriptions(Heading((Text("h"),)), Paragraph(long), Paragraph(long), Context((Text("c"),))) == [
        "### h\na\nb\n\na\nb\n-# c"
    ]


def test_an_empty_message_says_its_title() -> None:
    """A message without words is posted all the same."""
    assert descriptions() == ["title"]
