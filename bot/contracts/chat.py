"""What every Chat does, whatever the platform."""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from urllib.parse import urlsplit

import pytest

from bot.conformance import nonconformity
from bot.errors import ChatError, PostGone
from bot.model import Place, PostReference
from bot.ports import Chat, GrowingChat, Platform
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
    Span,
    Spans,
    Table,
    Text,
    Time,
)
from bot.present.characters import visible

AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PAGE = "https://github.com/acme/rocket/pull/1412"

_NUMBERS = count(1)


@dataclass(frozen=True)
class Seen:
    """A post as a reader sees it: its words, where its links lead, whether it is pinned and in a thread.

    `pings` are the people and groups whom it notifies.
    """

    text: str
    urls: frozenset[str]
    pinned: bool
    threaded: bool
    pings: frozenset[str] = frozenset()


def words(name: str) -> Spans:
    """Return a span of every type, told apart by a name."""
    return (
        Text(f"text {name} "),
        Bold(f"bold {name}"),
        Code(f"code_{name}"),
        Link(f"link {name}", f"{PAGE}?{name}"),
        Time(AT, f"12:00 {name}"),
    )


EVERY_BLOCK: dict[str, tuple[Block, list[str]]] = {
    "heading": (Heading(words("h")), ["h"]),
    "paragraph": (Paragraph(words("p")), ["p"]),
    "bulleted list": (BulletedList((words("b1"), words("b2"))), ["b1", "b2"]),
    "numbered list": (NumberedList((words("n1"), words("n2"))), ["n1", "n2"]),
    "table": (Table(("column", "other"), ((words("t1"), words("t2")), (words("t3"), ()))), ["t1", "t2", "t3"]),
    "quote": (Quote(words("q")), ["q"]),
    "context": (Context(words("c")), ["c"]),
}

HOSTILE = (
    "*bold* _em_ ~gone~ `code` **b** __u__ ||spoiler|| > quote # heading",
    "[x](https://evil.example) <https://evil.example|x> [bold]rich[/bold] [link=https://evil.example]x[/link]",
    "<@U1> <!channel> <!here> @everyone @here <#C1> &lt; &amp;",
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07x\x1b]8;;\x07 \x9b2J \x07 \r gone",
    "\u202eevil\u202c \u2066x\u2069 \u200f",
    ":tada: :warning: <t:1:R> <:a:1>",
    "名字很长" * 80,
    "x" * 500,
)


class ChatContract(ABC):
    """The tests that a chat's own test class inherits, after saying how its chat is made and read.

    `page` is how many posts the platform tells of at once, at most, and `buttons` whether there is something to press:
    where there is not, what buttons say may be left out.
    """

    page = 100
    buttons = True

    @abstractmethod
    def chat(self) -> Chat:
        """Return the chat under test."""

    @abstractmethod
    def channel(self) -> Place:
        """Return a place to post to."""

    @abstractmethod
    async def seen(self) -> Sequence[Seen]:
        """Return every post so far, in the order in which a reader sees them; the text in any spacing."""

    def shown(self, span: Span) -> str:
        """Return what a reader sees of a span; a platform may show a moment in the reader's own zone."""
        return span.text

    async def files(self) -> Sequence[str]:
        """Return the texts of all files that are attached, where a platform has files."""
        raise NotImplementedError

    async def post(self, *blocks: Block) -> Seen:
        """Post a message with these blocks and return what a reader sees of it."""
        await self.sent(Message("root", "title", blocks))
        return (await self.seen())[-1]

    async def sent(self, message: Message, place: Place | None = None) -> PostReference:
        """Post a message that fits into one piece, to a place or to the channel."""
        where = place or self.channel()
        (body,) = self.chat().render(where, message)
        return await self.chat().post(where, body, f"{next(_NUMBERS)}")

    @pytest.mark.parametrize("kind", EVERY_BLOCK)
    async def test_all_text_of_a_block_arrives(self, kind: str) -> None:
        """Every span of every block is read in the order in which it was written, and its links lead where they say."""
        block, names = EVERY_BLOCK[kind]
        seen = await self.post(block)
        rest = squeezed(seen.text)
        for span in (span for name in names for span in words(name)):
            before, found, rest = rest.partition(squeezed(self.shown(span)))
            assert found, f"{span.text!r} is missing behind {before!r}"
        assert {f"{PAGE}?{name}" for name in names} <= seen.urls

    async def test_blocks_without_text_are_posted(self) -> None:
        """A divider and buttons are no words; a button that is shown has its name, among the blocks or beneath them."""
        buttons = Actions((Button("Too high", "tier", "low"), Button("Too low", "tier", "high")))
        seen = await self.post(Paragraph((Text("one"),)), Divider(), buttons, Paragraph((Text("two"),)))
        for first, second in (("one", "two"), ("Toohigh", "Toolow")) if self.buttons else (("one", "two"),):
            _, found, rest = squeezed(seen.text).partition(first)
            assert found
            assert second in rest

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    @pytest.mark.parametrize("kind", ["paragraph", "bulleted list", "table", "heading", "code", "bold", "link"])
    async def test_text_stays_text(self, kind: str, text: str) -> None:
        """Text of a commit is read as it was written, in any block and span, and makes nothing of its own."""
        spans: Spans = (Text("["), Text(text), Text("]"))
        blocks: dict[str, Block] = {
            "paragraph": Paragraph(spans),
            "bulleted list": BulletedList((spans,)),
            "table": Table(("a", "b"), (((Text("a"),), spans),)),
            "heading": Heading(spans),
            "code": Paragraph((Code(text),)),
            "bold": Paragraph((Bold(text),)),
            "link": Paragraph((Link(text, PAGE),)),
        }
        seen = await self.post(blocks[kind])
        assert squeezed(visible(text)) in squeezed(seen.text)
        assert seen.urls <= {PAGE}
        assert not seen.pings

    async def test_the_order_is_kept(self) -> None:
        """Messages are read in the order in which they were posted."""
        for number in range(5):
            await self.post(Paragraph((Text(f"message {number}"),)))
        assert ["".join(filter(str.isdigit, seen.text)) for seen in await self.seen()] == list("01234")

    async def test_a_reply_is_in_the_thread(self) -> None:
        """A message to a place with a thread is read beneath the message that the thread hangs on."""
        root = await self.sent(Message("root", "title", (Paragraph((Text("root"),)),)))
        beneath = await self.chat().beneath(root, "a name")
        await self.sent(Message("table/1", "title", (Paragraph((Text("reply"),)),)), beneath)
        assert [seen.threaded for seen in await self.seen()] == [False, True]
        assert await self.chat().beneath(root, "a name") == beneath

    async def test_a_pinned_message_is_pinned(self) -> None:
        """A message that is to be pinned is, once the chat was asked to, whatever it begins with."""
        await self.post(Paragraph((Text("one"),)))
        for part, block in (("high/1", Heading((Text("two"),))), ("high/2", BulletedList(((Text("three"),),)))):
            await self.chat().pin(await self.sent(Message(part, "title", (block,), pinned=True)))
        assert [seen.pinned for seen in await self.seen()] == [False, True, True]

    async def test_a_pin_is_known(self) -> None:
        """The chat says whether a post was pinned before, and unpinning it twice is no error."""
        post = await self.sent(said("one"))
        assert await self.chat().pin(post)
        assert not await self.chat().pin(post)
        for _ in range(2):
            await self.chat().unpin(post)
            assert [seen.pinned for seen in await self.seen()] == [False]

    async def test_a_hundred_kilobytes_arrive(self) -> None:
        """A message of any length arrives whole and in order, in as many pieces as it takes."""
        lines = [f"{number:04} {'word ' * 18}" for number in range(1_000)]
        items = tuple((Text(line),) for line in lines[:500])
        rows = tuple(((Text(line),), ()) for line in lines[500:])
        message = Message("low/1", "title", (BulletedList(items), Table(("a", "b"), rows)))
        for body in self.chat().render(self.channel(), message):
            await self.chat().post(self.channel(), body, f"{next(_NUMBERS)}")
        rest = squeezed("".join(seen.text for seen in await self.seen()))
        for line in lines:
            _, found, rest = rest.partition(squeezed(line))
            assert found, f"{line[:4]} is missing"

    async def test_smaller_pieces_say_the_same(self) -> None:
        """However small the pieces have to be, there are not fewer of them, and nothing is lost of the message."""
        words_of_it = [f"word{number:04}" for number in range(600)]
        message = Message("low/1", "title", (Paragraph((Text(". ".join(words_of_it)),)),))
        pieces = [self.chat().render(self.channel(), message, halvings) for halvings in range(5)]
        assert len(pieces[0]) <= len(pieces[1]) <= len(pieces[2]) <= len(pieces[3]) <= len(pieces[4])
        for body in pieces[4]:
            await self.chat().post(self.channel(), body, f"{next(_NUMBERS)}")
        rest = squeezed("".join(seen.text for seen in await self.seen()))
        for word in words_of_it:
            _, found, rest = rest.partition(word)
            assert found

    def test_pieces_can_be_smaller(self) -> None:
        """Where a message takes several pieces, halvings make more of them: the platform may take less than thought."""
        lines = tuple((Text("word " * 20),) for _ in range(400))
        message = Message("low/1", "title", (BulletedList(lines),))
        whole, halved = (len(self.chat().render(self.channel(), message, halvings)) for halvings in (0, 3))
        assert halved > whole > 1 or halved == whole == 1

    def test_rendering_is_pure(self) -> None:
        """A message is rendered into the same bodies each time, of nothing but what JSON has."""
        for kind, (block, _) in EVERY_BLOCK.items():
            message = Message("root", kind, (block,))
            bodies = self.chat().render(self.channel(), message)
            assert bodies == self.chat().render(self.channel(), message)
            assert [json.loads(json.dumps(body)) for body in bodies] == list(bodies)

    async def test_an_edit_is_an_edit(self) -> None:
        """An edited post says the new words in its old place, and no others."""
        first, _ = await self.sent(said("one")), await self.sent(said("two"))
        (body,) = self.chat().render(first.place, said("three"))
        await self.chat().edit(first, body, "token")
        assert [squeezed(seen.text) for seen in await self.seen()] == ["three", "two"]

    async def test_a_deleted_post_is_gone(self) -> None:
        """A deleted post is read by nobody, and can be neither edited, pinned nor deleted."""
        first, _ = await self.sent(said("one")), await self.sent(said("two"))
        await self.chat().delete(first)
        assert [squeezed(seen.text) for seen in await self.seen()] == ["two"]
        (body,) = self.chat().render(first.place, said("three"))
        for call in (self.chat().edit(first, body, "token"), self.chat().pin(first), self.chat().delete(first)):
            with pytest.raises(PostGone):
                await call

    async def test_what_was_posted_is_found(self) -> None:
        """A post is found by its token in its own place, also after an edit, and nothing else is."""
        chat, channel = self.chat(), self.channel()
        (body,) = chat.render(channel, said("one"))
        root = await chat.post(channel, body, "a2b3c4d5e6f7g2h3i4j5k6l7")
        beneath = await chat.beneath(root, "a name")
        reply = await chat.post(beneath, body, "zzzzzzzzzzzzzzzzzzzzzzzz")
        await chat.edit(root, body, "a2b3c4d5e6f7g2h3i4j5k6l7")

        assert await chat.find(channel, "a2b3c4d5e6f7g2h3i4j5k6l7", LONG_AGO) == root
        assert await chat.find(beneath, "zzzzzzzzzzzzzzzzzzzzzzzz", LONG_AGO) == reply
        assert await chat.find(channel, "a2b3c4d5e6f7g2h3i4j5k6l", LONG_AGO) is None
        assert await chat.find(channel, "zzzzzzzzzzzzzzzzzzzzzzzz", LONG_AGO) is None
        assert await chat.find(beneath, "a2b3c4d5e6f7g2h3i4j5k6l7", LONG_AGO) is None

    @pytest.mark.parametrize("threaded", [False, True], ids=["channel", "thread"])
    async def test_what_is_far_back_is_found(self, threaded: bool) -> None:
        """A post is found on whatever page of the platform's it is, since None says that it is certainly not there."""
        chat, place = self.chat(), self.channel()
        if threaded:
            place = await chat.beneath(await self.sent(said("root")), "a name")
        (body,) = chat.render(place, said("one"))
        tokens = [f"many{number}" for number in range(self.page + 2)]
        posts = {token: await chat.post(place, body, token) for token in tokens}
        for token in (tokens[0], tokens[self.page // 2], tokens[-1]):
            assert await chat.find(place, token, LONG_AGO) == posts[token]
        assert await chat.find(place, "manymany", LONG_AGO) is None

    async def test_a_link_leads_somewhere(self) -> None:
        """A post, and a reply, has an address that a browser takes, or None."""
        chat, root = self.chat(), await self.sent(said("root"))
        reply = await self.sent(said("reply"), await chat.beneath(root, "a name"))
        for address in [link for post in (root, reply) if (link := await chat.link(post)) is not None]:
            parts = urlsplit(address)
            assert parts.scheme in ("https", "http")
            assert parts.netloc

    def test_nothing_is_missing(self) -> None:
        """The chat has all that the core calls, also what no other fact asks for."""
        assert nonconformity(Platform(self.chat()), Platform) == ""

    async def test_a_file_arrives(self) -> None:
        """A text of any length hangs on the thread as a file, whole, and is found by its token like a message."""
        if not self.chat().traits.files:
            pytest.skip("this platform has no files")
        beneath = await self.chat().beneath(await self.sent(said("one")), "a name")
        text = "".join(f"line {number} of <@U1> *it*\n" for number in range(5_000))
        file = await self.chat().attach(beneath, "report.md", text, "filefilefilefilefilefile")
        assert await self.files() == [text]
        assert await self.chat().find(beneath, "filefilefilefilefilefile", LONG_AGO) == file
        await self.chat().delete(file)
        assert await self.files() == []

    async def grown(self, *messages: Message, token: str = "growing") -> PostReference:  # noqa: S107 - names a post
        """Return a post, in a thread, that grew by these messages; skip the test where posts do not grow."""
        chat = growing(self.chat())
        root = await self.sent(said("root"))
        beneath = await chat.beneath(root, "a name")
        (first,), *rest = (chat.render(beneath, message) for message in messages)
        post = await chat.begin(beneath, first, token, self.reader())
        for (body,) in rest:
            await chat.grow(post, body)
        return post

    def reader(self) -> str:
        """Return the platform's name of somebody who reads, where posts grow."""
        return "reader"

    async def test_a_post_grows(self) -> None:
        """What is added is read beneath what was there, in one and the same post of the thread, found by its token."""
        post = await self.grown(said("one"), said("two"), said("three"))
        *_, seen = await self.seen()
        assert "".join(filter(str.isalpha, seen.text)) == "onetwothree"
        assert seen.threaded
        assert await self.chat().find(post.place, "growing", LONG_AGO) == post

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    async def test_text_that_grows_stays_text(self, text: str) -> None:
        """It is read as it was written, from the first word to what is added, and makes nothing of its own."""
        spans: Spans = (Text("["), Text(text), Bold(text), Code(text), Link(text, PAGE), Text("]"))
        message = Message("root", "title", (Paragraph(spans),))
        await self.grown(message, message)
        *_, seen = await self.seen()
        assert squeezed(seen.text).count(squeezed(visible(text))) >= 8
        assert seen.urls <= {PAGE}
        assert not seen.pings

    async def test_an_edit_ends_growth(self) -> None:
        """The edited post says the new words alone, bears its token, can be edited again, and grows no more."""
        post = await self.grown(said("one"), said("two"))
        chat = growing(self.chat())
        for word in ("whole", "corrected"):
            (body,) = chat.render(post.place, said(word))
            await chat.edit(post, body, "growing")
            *_, seen = await self.seen()
            assert "".join(filter(str.isalpha, seen.text)) == word
        with pytest.raises(ChatError):
            await chat.grow(post, body)
        assert await chat.find(post.place, "growing", LONG_AGO) == post

    async def test_what_grows_can_be_deleted(self) -> None:
        """Then it is not found, and adding to it says that it is gone."""
        post = await self.grown(said("one"))
        chat = growing(self.chat())
        await chat.delete(post)
        assert await chat.find(post.place, "growing", LONG_AGO) is None
        (body,) = chat.render(post.place, said("two"))
        with pytest.raises(PostGone):
            await chat.grow(post, body)


def said(text: str) -> Message:
    """Return a message of one text."""
    return Message("root", "title", (Paragraph((Text(text),)),))


def growing(chat: Chat) -> GrowingChat:
    """Return a chat as one whose posts grow; skip the test of another."""
    if not isinstance(chat, GrowingChat) or chat.traits.growth <= 0:
        pytest.skip("this chat has no posts that grow")
    return chat


def squeezed(text: str) -> str:
    """Return text without any space: a platform breaks lines as it likes."""
    return "".join(text.split())
