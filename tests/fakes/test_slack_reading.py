"""What a message does to its readers: whom it pings, where its links lead, and what is seen of it."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.slack_reading import Reading, lines, read
from tests.fakes.slack_world import Json, Message, World

WORLD = World.with_people()


def reading(text: str = "", blocks: list[Json] | None = None, **more: Any) -> Reading:  # noqa: ANN401 - any field
    """Return what a message is to its readers."""
    return read(Message("C0GENERAL", "1.000001", "U0DIGEST", text, blocks or [], **more), WORLD)


def mrkdwn(text: str, *, verbatim: bool = False) -> Reading:
    """Return what a section is to its readers."""
    return reading("", [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": verbatim}}])


def plain(text: str) -> Reading:
    """Return what a header is to its readers."""
    return reading("", [{"type": "header", "text": {"type": "plain_text", "text": text}}])


def cell(text: str) -> Reading:
    """Return what a table is to its readers."""
    return reading("", [{"type": "table", "rows": [[{"type": "raw_text", "text": text}]]}])


def rich(text: str) -> Reading:
    """Return what rich text is to its readers."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return reading("", [{"type": "rich_text", "elements": [section]}])


def markdown(text: str) -> Reading:
    """Return what a markdown block is to its readers."""
    return reading("", [{"type": "markdown", "text": text}])


LIVE = [
    ("<!channel>", "channel"),
    ("<!here|nobody>", "here"),
    ("<!everyone>", "everyone"),
    ("<@U0ADA>", "user:U0ADA"),
    ("<@U0NOBODY|ada>", "user:U0NOBODY"),
    ("<!subteam^S0TEAM>", "usergroup:S0TEAM"),
]


@pytest.mark.parametrize(("text", "whom"), LIVE)
@pytest.mark.parametrize("position", [reading, mrkdwn, plain, markdown])
@pytest.mark.parametrize("around", ["{}", "a `{}` b", "*{}*", "a\n> {}", "```\n{}\n```"])
def test_pings(text: str, whom: str, position: Any, around: str) -> None:  # noqa: ANN401 - a function
    """A control sequence pings wherever text is interpreted, in code too, and not when it is escaped."""
    found = position(around.format(text))
    assert {ping for ping, _ in found.pings} == {whom}
    if position is not markdown:
        escaped = around.format(text.replace("<", "&lt;").replace(">", "&gt;"))
        assert position(escaped).pings == []


@pytest.mark.parametrize("text", [text for text, _ in LIVE] + ["@here", "https://example.org", "&lt;b&gt;", "*a*"])
@pytest.mark.parametrize("position", [cell, rich])
def test_structured_text(text: str, position: Any) -> None:  # noqa: ANN401 - a function
    """The text of a cell or of rich text is shown as it is, and never live."""
    found = position(text)
    assert (found.text, found.pings, found.links) == (text, [], [])


@pytest.mark.parametrize(
    ("text", "url", "shown", "made"),
    [
        ("<https://example.org|here>", "https://example.org", "here", "syntax"),
        (
            "<https://example.org/?a=1&amp;b=2>",
            "https://example.org/?a=1&b=2",
            "https://example.org/?a=1&b=2",
            "syntax",
        ),
        ("<mailto:a@example.org|a>", "mailto:a@example.org", "a", "syntax"),
        ("<#C0GENERAL>", "channel:C0GENERAL", "#general", "syntax"),
        ("<!date^1^{date}^https://example.org|then>", "https://example.org", "then", "syntax"),
        ("see https://example.org/a_b.", "https://example.org/a_b", "https://example.org/a_b", "auto"),
        ("(http://example.org)", "http://example.org", "http://example.org", "auto"),
        ("www.example.org", "www.example.org", "www.example.org", "auto"),
        ("in README.md, for example", "http://README.md", "README.md", "domain"),
        ("bot/model.py", "http://model.py", "model.py", "domain"),
        ("by ada@example.org", "mailto:ada@example.org", "ada@example.org", "email"),
    ],
)
def test_links(text: str, url: str, shown: str, made: str) -> None:
    """Links are made by syntax, and of bare addresses and domains where the text is not verbatim."""
    for found in (mrkdwn(text), reading(text)):
        assert [(link.url, link.text, link.made) for link in found.links] == [(url, shown, made)]
    assert bool(mrkdwn(text, verbatim=True).links) == (made == "syntax")
    assert mrkdwn(f"`{text}`").links == (mrkdwn(text).links if made == "syntax" else [])


def test_bare_names() -> None:
    """Bare names of groups, people and channels are live in blocks that are not verbatim, and in a text by request."""
    text = "@here @ada #general @nobody a@here"
    for found in (mrkdwn(text), reading(text, link_names=True), reading(text, parse="full"), markdown(text)):
        assert [whom for whom, _ in found.pings] == ["here", "user:U0ADA"]
        assert [link.url for link in found.links] == ["channel:C0GENERAL"]
    for found in (mrkdwn(text, verbatim=True), reading(text)):
        assert (found.pings, found.links, found.text) == ([], [], text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("*bold* _italic_ ~strike~ `code`", "bold italic strike code"),
        ("a_b_c 2*3*4 snake_case_ *", "a_b_c 2*3*4 snake_case_ *"),
        ("*a* b* *c d", "a b* *c d"),
        ("&gt; quoted\n> too\na > b", "quoted\ntoo\na > b"),
        (">>> all\nof it", "all\nof it"),
        ("`*x*` ```_y_```", "*x* _y_"),
        ("*<https://example.org|a_b>*", "a_b"),
        ("&lt;b&gt; &amp;lt; &quot;", "<b> &lt; &quot;"),
        ("<b> 1 < 2 > 0", "<b> 1 < 2 > 0"),
        ("<!date^1^{date}|then> <!new|label>", "then label"),
        ("<!date^1^{date}> <!date^^>", "date^1^{date} date^^"),
        ("*_~a~_* *b *c* d*", "a b *c d*"),
    ],
)
def test_what_is_seen(text: str, seen: str) -> None:
    """Marks, control sequences and entities become what a reader sees of them."""
    assert mrkdwn(text).text == seen


@pytest.mark.parametrize(
    ("text", "seen", "links"),
    [
        ("**bold** [a](https://example.org) ~~s~~ `c`", "bold a s c", ["https://example.org"]),
        ("# Head\n\n- one\n- two\n\n> three", "Head\none\ntwo\nthree", []),
        ("![pic](https://example.org/x.png)", "pic", ["https://example.org/x.png"]),
        ("<https://example.org> https://example.com", "https://example.org https://example.com", None),
        ("[a][1]\n\n[1]: https://example.org", "a", ["https://example.org"]),
        ("\\*a\\* <b>b</b> &lt;c&gt;", "*a* <b>b</b> <c>", []),
        ("```py\nx = 1\n```", "x = 1", []),
        ("| a | b |\n|---|---|\n| [c](https://example.org) | d |", "a\nb\nc\nd", ["https://example.org"]),
    ],
)
def test_markdown(text: str, seen: str, links: list[str] | None) -> None:
    """A markdown block, and a text that was given as markdown, is CommonMark without HTML."""
    for found in (markdown(text), reading(text, markdown=True)):
        assert found.text == seen
        assert [link.url for link in found.links] == links or (links is None and len(found.links) == 2)


def test_elements() -> None:
    """Elements of rich text ping and link by what they are; a date, a button and an image may link too."""
    elements: list[Json] = [
        {"type": "user", "user_id": "U0ADA"},
        {"type": "usergroup", "usergroup_id": "S0TEAM"},
        {"type": "broadcast", "range": "here"},
        {"type": "channel", "channel_id": "C0GENERAL"},
        {"type": "link", "url": "https://example.org", "text": "a"},
        {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then", "url": "https://example.com"},
        {"type": "emoji", "name": "rocket"},
    ]
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "url": "https://example.net"}
    image = {"type": "image", "image_url": "https://example.edu/x.png", "alt_text": "x"}
    blocks: list[Json] = [
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]},
        {"type": "actions", "elements": [button]},
        image,
    ]
    found = reading("fallback", blocks)
    assert [whom for whom, _ in found.pings] == ["user:U0ADA", "usergroup:S0TEAM", "here"]
    urls = ["channel:C0GENERAL", "https://example.org", "https://example.com", "https://example.net"]
    assert [link.url for link in found.links] == [*urls, "https://example.edu/x.png"]
    assert found.text == "@ada@team@here#generalathen:rocket:\nGo\nx"
    assert (found.fallback, found.emoji) == ("fallback", ["rocket"])


def test_the_fallback() -> None:
    """The text beside blocks is not seen in the channel, but what is live in it is found."""
    found = reading("<!channel> https://example.org", [{"type": "divider"}])
    assert (found.text, found.fallback) == ("", "@channel https://example.org")
    assert found.pings == [("channel", "/text")]
    assert [link.where for link in found.links] == ["/text"]


def test_a_table_is_at_the_bottom() -> None:
    """A table is seen beneath everything else, wherever it stands among the blocks."""
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]}
    below = {"type": "section", "text": {"type": "mrkdwn", "text": "c"}}
    assert reading("", [table, below]).text == "c\na\nb"


@pytest.mark.parametrize(
    "text", ["x" * 40_000, "*a " * 13_000, "a." * 20_000, "`\n" * 20_000, "a@" * 20_000, "<@" * 20_000]
)
def test_long_texts(text: str) -> None:
    """The longest text that a message can have is read within a second, whatever it is made of."""
    began = time.process_time()
    assert reading(text).text == text
    assert time.process_time() - began < 1


@pytest.mark.parametrize("depth", [1, 1000])
def test_nested_styles(depth: int) -> None:
    """Styles nest, each once, however deep somebody would like them to."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*" * depth + "_~a~_" + "*" * depth}}
    found = list(lines(Message("C0GENERAL", "1.000001", "U0DIGEST", blocks=[section]), WORLD))
    styles = {style for line in found for piece in line.pieces for style in piece.style}
    assert styles == {"italic", "strike"} | ({"bold"} if depth == 1 else set())


@given(st.text(max_size=60))
def test_escaped_text(text: str) -> None:
    """Whatever is escaped, in a verbatim text without marks, is seen as it is and does nothing."""
    harmless = "".join(c for c in text if c not in "*_~`>:\n\r")
    escaped = harmless.replace("&", "&amp;").replace("<", "&lt;")
    found = mrkdwn(escaped, verbatim=True)
    assert (found.text, found.pings, found.links) == (harmless, [], [])


@given(st.text(alphabet="<>&!@#|`*_~ \n:.aU0^https/mdorgdate", max_size=60))
def test_any_text(text: str) -> None:
    """No text is too strange to be read, in any position."""
    for position in (reading, mrkdwn, plain, markdown, cell, rich):
        position(text or "x")
