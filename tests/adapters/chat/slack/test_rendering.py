"""Neutral messages as Slack's blocks."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.slack.rendering import BLOCKS, CHARACTERS, Payload, fallback, render
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
)
from bot.present.characters import visible
from bot.present.labels import Labels
from bot.present.layout import lay_out
from tests.fakes.digests import busy, day

PAGE = "https://github.com/acme/rocket/pull/1412"
TEXTS = st.text(st.characters() | st.sampled_from("<>&.@:/*_~` \n"), max_size=200)
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
    st.builds(NumberedList, ITEMS),
    st.just(Divider()),
    st.builds(Table, st.just(("a", "b")), st.lists(st.tuples(SPANS, SPANS), max_size=4).map(tuple)),
)


def posted(*blocks: Block, characters: int = CHARACTERS) -> list[Payload]:
    """Return what is posted for a message of these blocks."""
    return render(Message("root", "title", blocks), characters=characters)


def elements(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object within a payload's blocks that holds text, in reading order."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value
        for inner in value.values():
            yield from elements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from elements(inner)


def words(payloads: list[Payload]) -> str:
    """Return all the text of messages, without any space."""
    return squeezed("".join(element["text"] for payload in payloads for element in elements(payload.blocks)))


def squeezed(text: str) -> str:
    """Return a text without space, which a table or a list sets as it likes."""
    return "".join(text.split())


def spans_of(block: Block) -> Iterator[Spans]:
    """Yield the spans of a block in reading order."""
    match block:
        case Heading(spans) | Paragraph(spans) | Quote(spans) | Context(spans):
            yield spans
        case BulletedList(items) | NumberedList(items):
            yield from items
        case Table(header, rows):
            yield from ((Text(name),) for name in header if rows)
            yield from chain.from_iterable(rows)
        case _:
            pass


@settings(deadline=None)
@given(st.lists(BLOCK, max_size=6))
def test_all_text_arrives_in_order(blocks: list[Block]) -> None:
    """Whatever the blocks hold is read in order, in its visible form, and only our links are links."""
    payloads = posted(*blocks)
    expected = "".join(visible(span.text) for block in blocks for spans in spans_of(block) for span in spans)
    assert words(payloads) == squeezed(expected)
    links = [element["url"] for payload in payloads for element in elements(payload.blocks) if "url" in element]
    assert set(links) <= {PAGE}


@settings(deadline=None, max_examples=50)
@given(st.lists(BLOCK, max_size=6), st.integers(40, 400))
def test_every_message_is_within_the_limits(blocks: list[Block], characters: int) -> None:
    """However small the limit is, every part keeps to it, and a table is the last block of its message."""
    for payload in posted(*blocks, characters=characters):
        assert len(payload.text) <= characters + len("title")
        assert len(payload.blocks) <= BLOCKS
        tables = [at for at, block in enumerate(payload.blocks) if block["type"] == "table"]
        assert tables in ([], [len(payload.blocks) - 1])


@pytest.mark.parametrize("size", [1, 24, 70, 300])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_days_of_any_size(size: int, language: str) -> None:
    """A day of one, 24, 70 or 300 changes is within Slack's limits, and parts of it begin with a whole line."""
    thread = lay_out(busy(size, highs=min(size, 12)), Labels(language))
    for message in (thread.root, *thread.replies):
        payloads = render(message)
        assert all(0 < len(payload.text) <= 4_000 and 0 < len(payload.blocks) <= 50 for payload in payloads)
        assert all(len(block["rows"]) <= 100 for payload in payloads for block in payload.blocks if "rows" in block)


def test_a_numbered_list_goes_on_counting() -> None:
    """An item that goes to the next message keeps its number."""
    items = tuple((Text(f"item {number} " + "x" * 40),) for number in range(6))
    first, second, *_ = posted(NumberedList(items), characters=180)
    (listed,) = second.blocks[0]["elements"]
    assert listed["offset"] == len(first.blocks[0]["elements"][0]["elements"])


def test_a_table_goes_on_with_its_header() -> None:
    """Each message that a long table takes begins with the names of its columns."""
    rows = tuple(((Text(str(number)),), (Text("word " * 8),)) for number in range(150))
    for payload in posted(Table(("number", "words"), rows)):
        (table,) = payload.blocks
        assert [cell["elements"][0]["elements"][0]["text"] for cell in table["rows"][0]] == ["number", "words"]


def test_small_print_without_links_is_small() -> None:
    """Text alone is set as a context; what holds a link, or Slack's syntax, is rich text, which knows none."""
    plain, *rich = posted(
        Context((Text("by *rules*"),)), Context((Text("see "), Link("#1", PAGE))), Context((Text("<!channel>"),))
    )[0].blocks
    assert plain == {"type": "context", "elements": [{"type": "plain_text", "text": "by *rules*", "emoji": False}]}
    assert [block["type"] for block in rich] == ["rich_text", "rich_text"]


def test_buttons() -> None:
    """A button has its text, its action and its value."""
    (block,) = posted(Actions((Button("Too high", "tier", "low"),)))[0].blocks
    (button,) = block["elements"]
    assert (button["text"]["text"], button["action_id"], button["value"]) == ("Too high", "tier:0", "low")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("see https://evil.example/x", "see https:\u2060//evil\u2060.example/x"),
        ("www.evil.example", "www\u2060.evil\u2060.example"),
        ("ada@example.org", "ada\u2060@example\u2060.org"),
        ("The end. And more...", "The end. And more..."),
    ],
)
def test_the_fallback_means_itself(text: str, said: str) -> None:
    """In the fallback nothing pings, and nothing becomes a link."""
    assert fallback(text) == said


def test_the_fallback_holds_the_whole_message() -> None:
    """A screen reader, which reads the fallback, is read every word of the digest but the names of columns."""
    thread = lay_out(day(depth=True), Labels("en"))
    for message in (thread.root, *thread.replies):
        for payload in render(message):
            blocks = [block | {"rows": block["rows"][1:]} if "rows" in block else block for block in payload.blocks]
            said = squeezed(payload.text).replace("\u2060", "")
            for element in elements(blocks):
                assert squeezed(fallback(element["text"])).replace("\u2060", "") in said
