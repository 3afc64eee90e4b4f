"""Text from outside in Markdown, and GitHub's anchors."""

import html
import re
from urllib.parse import unquote

import cmarkgfm  # type: ignore[import-untyped] # it has no types
import pytest
from cmarkgfm.cmark import Options  # type: ignore[import-untyped] # likewise
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.present.blocks import Bold, BulletedList, Code, Link, NumberedList, Paragraph, Quote, Span, Spans, Text
from bot.present.characters import visible
from bot.present.markdown import Anchors, block, escaped, inline, slug, table, words

PAGE = "https://github.com/acme/rocket/commit/1"

HOSTILE = [
    "<script>alert(1)</script>",
    "<!-- hidden",
    "</details><details open>",
    "[a](https://evil.example)",
    "![a](https://evil.example/a.png)",
    "[a]: https://evil.example",
    "https://evil.example/a?b=c",
    "see www.evil.example.",
    "mail root@evil.example now",
    "mailto:root@evil.example",
    "xmpp:root@evil.example/a",
    "ftp://evil.example",
    "@channel @acme/team",
    "#1 GH-2 acme/rocket#3",
    "deadbeef a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
    ":tada: :+1:",
    "$x$ and $$y$$",
    "a | b || \\| c",
    "**bold** _em_ ~~gone~~ `code`",
    "# heading",
    "- item",
    "1. item",
    "1) item",
    "> quote",
    "---",
    "===",
    ":-- | :--",
    "&amp; &#64; &copy;",
    "trailing \\",
    "```\nfence\n```",
    "line\n---\nline",
    "\x1b[31mred\x07 \u202eevil\u202c",
]

# What Markdown and GitHub act on is what a random text should be made of.
PARTS = [*"ab1@#:/.-_*`~|<>[]()!&$\\\n =+\"'wé中🔴", "http", "www.", "://", "<!--", "-->", "    ", "deadbeef"]
active = st.lists(st.sampled_from(PARTS), max_size=30).map("".join)
texts = st.one_of(active, st.text(max_size=40), st.sampled_from(HOSTILE))


def rendered(markdown: str) -> str:
    """Return HTML as GitHub's own parser makes it, with raw HTML let through as GitHub lets a few elements."""
    return str(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))


def read(page: str) -> str:
    """Return the words that a reader sees, without any space."""
    without_comments = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    return squeezed(html.unescape(re.sub(r"<[^>]*>", "", without_comments)))


def squeezed(text: str) -> str:
    """Return text without any space, which HTML does not keep."""
    return "".join(text.split())


def elements(page: str) -> set[str]:
    """Return the names of the elements of a page."""
    return set(re.findall(r"<([a-z0-9]+)", re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)))


@given(texts)
@settings(max_examples=600)
def test_text_is_read_as_it_was_written(text: str) -> None:
    """Any text in a paragraph is shown as that text, and makes no element of its own."""
    page = rendered(block(Paragraph((Text("x"), Text(text), Text("x")))))
    assert read(page) == squeezed(f"x{visible(text)}x")
    assert elements(page) <= {"p", "br", "span"}


@given(texts)
@settings(max_examples=600)
def test_text_at_the_start_of_a_line_makes_no_block(text: str) -> None:
    """Any text that begins a paragraph is shown as that text, and makes no list, heading or quote."""
    page = rendered(block(Paragraph((Text(text), Text("\nx")))))
    assert read(page) == squeezed(visible(f"{text}\nx"))
    assert elements(page) <= {"p", "br", "span"}


def spans_of(draw_text: st.SearchStrategy[str]) -> st.SearchStrategy[Spans]:
    """Return spans of every type around the texts."""
    span: st.SearchStrategy[Span] = st.one_of(
        draw_text.map(Text), draw_text.map(Bold), draw_text.map(Code), draw_text.map(lambda text: Link(text, PAGE))
    )
    return st.lists(span, min_size=1, max_size=5).map(tuple)


def seen(spans: Spans) -> str:
    """Return the words of spans, without any space."""
    return squeezed(words(spans))


@given(spans_of(texts))
@settings(max_examples=600)
def test_spans_keep_to_themselves(spans: Spans) -> None:
    """Spans of every type next to each other are shown as their texts, and only a Link links."""
    page = rendered(block(BulletedList(((Text("x"), *spans),))))
    assert read(page) == "x" + seen(spans)
    assert set(re.findall(r'href="([^"]*)"', page)) <= {PAGE}
    assert elements(page) <= {"ul", "li", "p", "br", "span", "strong", "code", "a"}


@given(st.lists(st.tuples(spans_of(texts), spans_of(texts)), min_size=1, max_size=3))
@settings(max_examples=400)
def test_a_cell_holds_its_text(rows: list[tuple[Spans, Spans]]) -> None:
    """Any text in a cell stays in its cell: the table has the rows and columns that it was given."""
    page = rendered(table(("one", "two"), rows))
    cells = re.findall(r"<td>(.*?)</td>", page, flags=re.DOTALL)
    assert [read(cell) for cell in cells] == [seen(cell) for row in rows for cell in row]
    assert set(re.findall(r'href="([^"]*)"', page)) <= {PAGE}
    assert read(page) == "onetwo" + "".join(seen(cell) for row in rows for cell in row)


@pytest.mark.parametrize("text", ["@ada", "#12", "GH-12", "https://a.example", "www.a.example", ":tada:", "deadbeef"])
def test_what_github_acts_on_is_parted(text: str) -> None:
    """What GitHub links or replaces after Markdown stands in two texts, with a comment between them."""
    assert "<!-- -->" in escaped(text)
    assert text not in re.sub(r"\\", "", escaped(text))


def test_a_dollar_sign_is_no_mathematics() -> None:
    """A dollar sign stands in a span, which is how GitHub is told that it is none of mathematics."""
    assert escaped("$x$") == "<span>$</span>x<span>$</span>"


@pytest.mark.parametrize("text", ["（甲）", "`--fifo`", "!", "a."])
def test_bold_text_is_bold_next_to_letters(text: str) -> None:
    """Bold text that begins or ends with punctuation is bold between letters, too."""
    assert f"<strong>{text}</strong>" in rendered(inline((Text("甲"), Bold(text), Text("乙"))))


def test_a_url_cannot_end_its_link() -> None:
    """A URL with parentheses, spaces and pipes stays one URL."""
    page = rendered(inline((Link("a", "https://example.org/a(b) c|d<e>"),)))
    found = re.search(r'href="([^"]*)"', page)
    assert found
    assert unquote(found[1]) == "https://example.org/a(b) c|d<e>"


def test_every_kind_of_list_keeps_its_items() -> None:
    """Lists, numbered lists and quotes hold text of several lines as one item each."""
    items = ((Text("one\n- two"),), (Text("three"),))
    assert rendered(block(BulletedList(items))).count("<li>") == 2
    assert rendered(block(NumberedList(items))).count("<li>") == 2
    assert rendered(block(Quote((Text("one\n# two"),)))).count("<p>") == 1


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("🔴 High (3)", "-high-3"),
        ("acme/rocket", "acmerocket"),
        ("Add --fifo_2, now", "add---fifo_2-now"),
        ("Профили пользователей", "профили-пользователей"),
        ("变更摘要：2026年1月15日", "变更摘要2026年1月15日"),
        ("Ⅷ ⓐ ² ½", "ⅷ-ⓐ--"),
        ("नमस्ते", "नमस्ते"),
        ("a\u200db\u00a0c", "abc"),
        ("!?", ""),
    ],
)
def test_anchors_are_those_of_github(heading: str, anchor: str) -> None:
    """An anchor keeps letters, marks, digits, connectors, hyphens and spaces, of any script."""
    assert slug(heading) == anchor


def test_repeated_headings_are_numbered() -> None:
    """The second heading of the same text gets a number, and a number that a heading has already is not given again."""
    anchors = Anchors()
    assert [anchors.claim(text) for text in ("Fix", "Fix-1", "fix!", "Fix")] == ["fix", "fix-1", "fix-2", "fix-3"]
    assert anchors.taken("FIX")
    assert anchors.taken("!?")
    assert not anchors.taken("Add")
