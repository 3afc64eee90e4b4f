"""The console: the contract of every chat, with and without a terminal, and what is its own."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.chat.console import WIDEST, ConsoleChat
from bot.contracts.chat import PAGE, ChatContract, Seen
from bot.model import Place
from bot.ports import Chat
from bot.present.blocks import Bold, Code, Context, Heading, Link, Message, Paragraph, Span, Spans, Table, Text
from bot.present.characters import visible
from bot.present.labels import Labels
from bot.present.layout import lay_out
from tests.fakes.digests import busy, day, shanghai

CHANNEL = Place("console", "", "")
THREAD = replace(CHANNEL, thread="root")

PRINTED = pytest.mark.xfail(strict=True, reason="what is printed stays")

LINK = re.compile(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\")
STYLE = re.compile(r"\x1b\[[0-9;]*m")


def read(page: str, *, colour: bool) -> Seen:
    """Return what a reader sees of one post. An escape code other than a colour or a link is left in its text."""
    urls = set(LINK.findall(page)) if colour else {line.strip("│▌ ") for line in page.split("\n") if "https:" in line}
    text = STYLE.sub("", LINK.sub("", page))
    return Seen(
        text=re.sub(r"^│ ", "", text, flags=re.MULTILINE) if colour else "\n".join(_without_urls(text)),
        urls=frozenset(urls - {""}) if colour else frozenset(url for url in urls if url.startswith("https:")),
        pinned="📌" in text,
        threaded=text.startswith("│ "),
    )


def _without_urls(text: str) -> Sequence[str]:
    lines = (re.sub(r"^[│▌] ", "", line) for line in text.split("\n"))
    return [line for line in lines if not line.strip().startswith(PAGE)]


class Recorded(io.StringIO):
    """A stream that keeps its writes apart, one a post."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    def write(self, text: str) -> int:
        """Keep what is written."""
        self.writes.append(text)
        return super().write(text)


class TestTerminal(ChatContract):
    """A stream that is a terminal with colours and links."""

    colour = True

    @pytest.fixture(autouse=True)
    def _stream(self) -> None:
        self.stream = Recorded()
        self.console = ConsoleChat(self.stream, width=80, colour=self.colour)

    def chat(self) -> Chat:
        """Return the console."""
        return self.console

    def channel(self) -> Place:
        """Return the only channel that there is."""
        return CHANNEL

    async def seen(self) -> Sequence[Seen]:
        """Return the posts, each of which is one write."""
        return [read(page, colour=self.colour) for page in self.stream.writes]

    @PRINTED
    async def test_a_pin_is_known(self) -> None:
        """A message bears its pin when it is printed."""
        await super().test_a_pin_is_known()

    @PRINTED
    async def test_an_edit_is_an_edit(self) -> None:
        """An edited message is printed once more."""
        await super().test_an_edit_is_an_edit()

    @PRINTED
    async def test_a_deleted_post_is_gone(self) -> None:
        """A deleted message can be read as before."""
        await super().test_a_deleted_post_is_gone()


class TestFile(TestTerminal):
    """A stream that is a file or a pipe."""

    colour = False


async def printed(*messages: Message, width: int = 80, colour: bool = False, place: Place = CHANNEL) -> str:
    """Return what the console writes."""
    stream = io.StringIO()
    chat = ConsoleChat(stream, width=width, colour=colour)
    for message in messages:
        await post(chat, message, place)
    return stream.getvalue()


async def post(chat: ConsoleChat, message: Message, place: Place = CHANNEL) -> None:
    """Post a message, which is one piece whatever it holds."""
    (body,) = chat.render(place, message)
    await chat.post(place, body, "token")


def message(*spans: Span) -> Message:
    """Return a message of one paragraph."""
    return Message("root", "title", (Paragraph(spans),))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [30, 80, 100])
async def test_no_line_is_wider_than_the_screen(language: str, width: int) -> None:
    """Lines are wrapped to the width, counting wide characters as two cells."""
    thread = lay_out(day(shanghai(), depth=True), Labels(language))
    page = await printed(thread.root, *thread.replies, width=width, colour=True, place=THREAD)
    assert max(cell_len(line) for line in STYLE.sub("", LINK.sub("", page)).split("\n")) <= width


async def test_the_root_of_a_busy_day_fits_a_screen() -> None:
    """The root of three hundred changes is at most 40 lines of 100 cells, even with its URLs written out."""
    page = await printed(lay_out(busy(300, highs=14), Labels("en")).root, width=100)
    assert len(page.rstrip("\n").split("\n")) <= 40


async def test_a_file_gets_no_escape_codes() -> None:
    """Where the stream is no terminal there are no escape codes, and each URL stands whole on a line of its own."""
    stream = io.StringIO()
    await post(ConsoleChat(stream), message(Bold("b"), Code("--fifo"), Link("#1412", PAGE), Text("\nnext")))
    assert stream.getvalue() == f"b`--fifo`#1412\n{PAGE}\nnext\n\n"


async def test_a_file_gets_lines_of_a_hundred() -> None:
    """Where the stream is no terminal, lines have 100 cells, whatever the terminal beside it has."""
    stream = io.StringIO()
    await post(ConsoleChat(stream), message(Text("word " * 100)))
    assert max(map(len, stream.getvalue().split("\n"))) == WIDEST - 1


async def test_a_link_can_be_clicked() -> None:
    """In a terminal a link is OSC 8, and its URL is not written out."""
    page = await printed(message(Link("#1412", PAGE)), colour=True)
    assert LINK.findall(page) == [PAGE, ""]
    assert STYLE.sub("", LINK.sub("", page)) == "#1412\n\n"


async def test_chinese_breaks_between_characters() -> None:
    """A line of Chinese is filled before it breaks, and no line begins or ends with the wrong bracket or comma."""
    lines = (await printed(message(Text("变更：" + "新增接口，（移除参数）。" * 9)), width=21)).strip().split("\n")
    assert all(cell_len(line) >= 16 for line in lines[:-1])
    assert not any(line[0] in "，。）" or line[-1] == "（" for line in lines)


async def test_a_table_is_aligned_by_cells() -> None:
    """In a terminal the columns of a table begin at the same cell on every line, behind names in any script."""
    rows = tuple(((Text(name),), (Text("end"),)) for name in ("Ada", "王小明", "Артём"))
    page = await printed(Message("table/1", "", (Table(("Author", "Message"), rows),)), colour=True)
    lines = STYLE.sub("", page).split("\n")
    assert {cell_len(line[: line.index("end")]) for line in lines if "end" in line} == {8}


async def test_a_stream_without_unicode_gets_escapes() -> None:
    """A stream that cannot show a character gets an escape for it, so that nothing is lost."""
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii")
    await post(ConsoleChat(stream), Message("root", "", (Heading((Text("🔴 high"),)),), pinned=True))
    assert written.getvalue() == rb"\U0001f4cc \U0001f534 high" + b"\n\n"


spans = st.text(max_size=60).flatmap(
    lambda text: st.sampled_from([Text(text), Bold(text), Code(text), Link(text, PAGE)])
)


@given(st.lists(spans, max_size=4).map(tuple), st.booleans())
async def test_no_text_reaches_the_terminal_as_a_code(mixed: Spans, colour: bool) -> None:
    """Whatever a commit holds, only our own colours and links are escape codes, and every character can be seen."""
    page = await printed(Message("root", "", (Paragraph(mixed), Context(mixed))), colour=colour)
    plain = STYLE.sub("", LINK.sub("", page)) if colour else page
    assert plain == visible(plain)
    assert "\x1b" not in plain
    assert {url for url in LINK.findall(page) if url} <= {PAGE}
