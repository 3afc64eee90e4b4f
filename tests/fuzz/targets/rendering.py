"""What is shown of text from outside: nothing pings, nothing is a link that is not ours, and no word is lost."""

import io
import re

from hypothesis import strategies as st

from adapters.chat.console import ConsoleChat
from adapters.chat.discord.rendering import render as render_for_discord
from adapters.chat.slack.rendering import render as render_for_slack
from bot.model import Place
from bot.present.blocks import (
    Block,
    Bold,
    BulletedList,
    Code,
    Context,
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
from bot.present.report import render as render_report
from tests.adapters.chat.attacks import TEXTS, attacked, is_seen
from tests.adapters.chat.slack.test_rendering import spans_of
from tests.fakes import discord_reading, slack_reading
from tests.fakes.discord_markdown import parse
from tests.fakes.discord_town import Town
from tests.fakes.slack_world import Message as SlackMessage
from tests.fakes.slack_world import World
from tests.fuzz.inputs import words
from tests.fuzz.target import target
from tests.present.test_report import words as words_of_html

PAGE = "https://github.com/acme/rocket/pull/1412"
OURS = "https://github.com/acme/"
_SLACK = World.with_people()
_DISCORD = Town(lambda: 1_768_000_000.0).world
_TEXT = words(TEXTS)
_SHORT = _TEXT.filter(lambda text: len(visible(text)) <= 400)
"""No longer than the longest text that a digest shows whole everywhere."""
_KINDS = ("text", "bold", "code", "link")
_SPANS = st.lists(st.tuples(st.sampled_from(_KINDS), _TEXT), max_size=3)
_BLOCKS = st.lists(
    st.tuples(
        st.sampled_from(("heading", "paragraph", "quote", "context", "bullets", "numbers", "table")), _SPANS, _SPANS
    ),
    min_size=1,
    max_size=3,
)
Given = list[tuple[str, list[tuple[str, str]], list[tuple[str, str]]]]


_WORDS: dict[str, type[Text | Bold | Code]] = {"text": Text, "bold": Bold, "code": Code}
_LINES: dict[str, type[Heading | Paragraph | Quote | Context]] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "quote": Quote,
    "context": Context,
}


def _spans(given: list[tuple[str, str]]) -> Spans:
    return tuple(Link(text, PAGE) if kind == "link" else _WORDS[kind](text) for kind, text in given)


def _blocks(given: Given) -> tuple[Block, ...]:
    made: list[Block] = []
    for kind, first, second in given:
        one, other = _spans(first), _spans(second)
        match kind:
            case "bullets":
                made.append(BulletedList((one, other)))
            case "numbers":
                made.append(NumberedList((one, other)))
            case "table":
                made.append(Table(("column", "other"), ((one, other), (other, one))))
            case _:
                made.append(_LINES[kind](one))
    return tuple(made)


def _bare(text: str) -> str:
    return "".join(text.split())


@target(_BLOCKS)
def shown_on_slack(given: Given) -> None:
    """On Slack every word is read in its order, nobody is pinged, and only our links lead anywhere."""
    blocks = _blocks(given)
    payloads = render_for_slack(Message("root", "title", blocks))
    posts = [SlackMessage("C0GENERAL", "1", "U0DIGEST", each.text, each.blocks) for each in payloads]
    read = [slack_reading.read(post, _SLACK) for post in posts]
    assert not [ping for reading in read for ping in reading.pings]
    assert {link.url for reading in read for link in reading.links} <= {PAGE}
    assert not [name for reading in read for name in reading.emoji]
    expected = "".join(visible(span.text) for block in blocks for spans in spans_of(block) for span in spans)
    said = "".join(
        _bare(line.text) for post in posts for line in slack_reading.lines(post, _SLACK) if line.kind != "fallback"
    )
    assert len(said) >= len(_bare(expected))
    if not any(isinstance(block, Table) for block in blocks):
        assert said == _bare(expected)


@target(_BLOCKS)
def shown_on_discord(given: Given) -> None:
    """On Discord every word is read in its order, nothing is a mark or a mention, and only our links lead anywhere."""
    blocks = _blocks(given)
    pages = [each["embeds"][0]["description"] for each in render_for_discord(Message("root", "title", blocks))]
    nodes = [node for page in pages for top in parse(page) for node in top.walk()]
    assert {node.target for node in nodes if node.kind == "link"} <= {PAGE}
    assert not {node.kind for node in nodes} & {
        "mention",
        "time",
        "emoji",
        "underline",
        "strike",
        "spoiler",
        "em",
        "block",
    }
    if any(isinstance(block, Table | NumberedList) for block in blocks):
        return
    ours = dict.fromkeys(map(ord, "•·↗─"))
    read = "".join(discord_reading.words(parse(page), _DISCORD) for page in pages)
    expected = "".join(visible(span.text) for block in blocks for spans in spans_of(block) for span in spans)
    expected = _bare(expected).translate(ours)
    assert _bare(read).translate(ours) in (expected, expected or "title")


@target(st.tuples(_BLOCKS, st.booleans(), st.integers(20, 100)))
def shown_on_terminals(given: tuple[Given, bool, int]) -> None:
    """On a terminal nothing acts but our colours and links, and every word is read."""
    blocks, colour = _blocks(given[0]), given[1]
    console = ConsoleChat(io.StringIO(), width=given[2], colour=colour)
    (body,) = console.render(Place("console", "", "", "root"), Message("root", "title", blocks))
    page = str(body["text"])
    if colour:
        urls = re.findall(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\", page)
        assert set(urls) <= {PAGE, ""}
        page = re.sub(r"\x1b\]8;[^;]*;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m", "", page)
    assert visible(page) == page
    page.encode()
    frame = dict.fromkeys(map(ord, "│▌•─━·`"))
    said = _bare(page).translate(frame)
    for block in blocks:
        if isinstance(block, Heading | Paragraph) and not any(isinstance(span, Link) for span in block.spans):
            expected = _bare("".join(visible(span.text) for span in block.spans)).translate(frame)
            assert expected in said


@target(_SHORT)
def whole_digests(text: str) -> None:
    """A digest that has a text everywhere pings nobody on Slack, leads nowhere but to its pages, and loses nothing."""
    made, marked = attacked(text)
    thread = lay_out(made, Labels("en"))
    payloads = [payload for message in (thread.root, *thread.replies) for payload in render_for_slack(message)]
    posts = [SlackMessage("C0GENERAL", "1", "U0DIGEST", each.text, each.blocks) for each in payloads]
    read = [slack_reading.read(post, _SLACK) for post in posts]
    assert not [ping for reading in read for ping in reading.pings]
    assert not [link for reading in read for link in reading.links if not link.url.startswith(OURS)]
    seen = "".join(_bare(reading.text) for reading in read)
    assert not [place for place in marked if not is_seen(place, seen)]


@target(_SHORT)
def reports(text: str) -> None:
    """In a Markdown report a text makes no link, no picture and no HTML."""
    import cmarkgfm  # type: ignore[import-untyped] # noqa: PLC0415 - it has no types
    from cmarkgfm.cmark import Options  # type: ignore[import-untyped] # noqa: PLC0415 - likewise

    made, _ = attacked(text)
    page = str(cmarkgfm.github_flavored_markdown_to_html(render_report([made], Labels("en")), Options.CMARK_OPT_UNSAFE))
    for url in re.findall(r'(?:href|src)="([^"]*)"', page):
        assert url.startswith((OURS, "#")), url
    assert not re.search(r"<(?:script|img|b|iframe|form|input)\b", page)
    assert words_of_html(page)
