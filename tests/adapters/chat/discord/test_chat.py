"""Posting on Discord: what is sent, what is found again, and how threads, forums and pins behave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.chat.discord.chat import DiscordChat
from adapters.chat.discord.settings import DiscordSettings
from bot.errors import ChatUnavailable, NotAllowed, PlaceGone, PostGone, TooManyPins
from bot.model import Place, PostReference
from bot.ports import Asking
from bot.present.blocks import Actions, Block, Button, Message, Paragraph, Text
from tests.adapters.chat.discord.conftest import Clock
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_answers import server_error
from tests.fakes.discord_faults import Afterwards, Drop
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Channel, MessageType, Overwrite, Tag
from tests.fakes.discord_world import Message as Stored


def since(clock: Clock) -> datetime:
    """Return a moment a minute ago by Discord's clock."""
    return datetime.fromtimestamp(clock.seconds, UTC) - timedelta(minutes=1)


async def post(chat: DiscordChat, place: Place, token: str = "t1", *blocks: Block) -> PostReference:  # noqa: S107 - names a post
    """Post a paragraph, or blocks."""
    (body,) = chat.render(place, Message("root", "the title", blocks or (Paragraph((Text("hello"),)),)))
    return await chat.post(place, body, token)


def stored(fake: FakeDiscord, post: PostReference) -> Stored:
    """Return a post as Discord keeps it."""
    return fake.world.channels[int(post.place.thread or post.place.channel)].messages[int(post.message)]


def thread_of(fake: FakeDiscord, place: Place) -> Channel:
    """Return the thread that a place is."""
    return fake.world.channels[int(place.thread or 0)]


def forbid(town: Town, channel: Channel, *denied: Permission) -> None:
    """Take permissions from the bot in a channel."""
    channel.overwrites = [Overwrite(town.world.bot.id, 1, deny=sum(denied))]


async def deliver(chat: DiscordChat, place: Place) -> None:
    """Post a root, and beneath it a message that is pinned and a report."""
    thread = await chat.beneath(await post(chat, place), "name")
    await chat.pin(await post(chat, thread, "t2"))
    await chat.attach(thread, "report.md", "report", "t3")


async def test_posts_are_found_again(chat: DiscordChat, general: Place, clock: Clock) -> None:
    """What was posted is found by its token in the channel or thread where it is, and nowhere else."""
    root = await post(chat, general, "t1")
    thread = await chat.beneath(root, "name")
    reply = await post(chat, thread, "t2")
    assert await chat.find(general, "t1", since(clock)) == root
    assert await chat.find(thread, "t2", since(clock)) == reply
    assert await chat.find(general, "t2", since(clock)) is None
    assert await chat.find(thread, "t3", since(clock)) is None


async def test_a_post_of_somebody_else_is_not_ours(
    chat: DiscordChat, general: Place, fake: FakeDiscord, town: Town, clock: Clock
) -> None:
    """A message with our footer that somebody else posted is not taken for ours."""
    stored(fake, await post(chat, general)).author_id = town.ada.id
    assert await chat.find(general, "t1", since(clock)) is None


async def test_posts_are_found_on_every_page(
    chat: DiscordChat, general: Place, fake: FakeDiscord, town: Town, clock: Clock
) -> None:
    """A post is found behind more messages than a page of history has, and one from before is not looked for."""
    early = since(clock)
    for _ in range(230):
        fake.say(town.ada, town.general, "noise")
    last = await post(chat, general)
    assert await chat.find(general, "t1", early) == last
    clock.seconds += 600
    assert await chat.find(general, "t1", since(clock) + timedelta(minutes=1)) is None


async def test_a_history_that_may_not_be_read_is_no_empty_one(
    chat: DiscordChat, general: Place, town: Town, clock: Clock
) -> None:
    """Without the permission to read the history nothing is said of what is in it, and the error names it."""
    assert await chat.find(general, "t1", since(clock)) is None
    forbid(town, town.general, Permission.READ_MESSAGE_HISTORY)
    with pytest.raises(NotAllowed, match="Read Message History"):
        await chat.find(general, "t1", since(clock))


async def test_the_same_token_posts_once(chat: DiscordChat, general: Place, town: Town) -> None:
    """A second attempt with a token within minutes returns the first message: a lost answer cannot double it."""
    assert await post(chat, general) == await post(chat, general)
    assert len(town.general.messages) == 1


async def test_a_lost_answer_is_found(chat: DiscordChat, general: Place, fake: FakeDiscord, clock: Clock) -> None:
    """A post whose answer was lost is found by its token, in a forum too."""
    await post(chat, general, "t0")
    fake.faults.add(Afterwards(Drop()), on="POST .*/messages")
    with pytest.raises(ChatUnavailable, match="did not answer"):
        await post(chat, general)
    assert await chat.find(general, "t1", since(clock))


async def test_nobody_is_notified(chat: DiscordChat, general: Place, fake: FakeDiscord) -> None:
    """Every post, edit and file says that nobody may be mentioned."""
    root = await post(chat, general)
    (body,) = chat.render(general, Message("root", "title", (Paragraph((Text("@everyone"),)),)))
    await chat.edit(root, body, "t1")
    await chat.attach(general, "report.md", "@everyone", "t2")
    sent = [exchange.body for exchange in fake.requests("(POST|PATCH) ")]
    assert [body["allowed_mentions"] for body in sent] == [{"parse": []}] * 3


async def test_an_edit_keeps_the_token(chat: DiscordChat, general: Place, fake: FakeDiscord, clock: Clock) -> None:
    """A post that was edited has its new text, none of its old buttons, and is found by the same token."""
    root = await post(chat, general, "t1", Actions((Button("Too high", "tier", "low"),)))
    assert stored(fake, root).components
    (body,) = chat.render(general, Message("root", "title", (Paragraph((Text("changed"),)),)))
    await chat.edit(root, body, "t1")
    assert stored(fake, root).embeds[0]["description"] == "changed"
    assert not stored(fake, root).components
    assert await chat.find(general, "t1", since(clock)) == root


async def test_the_longest_pieces_are_taken(chat: DiscordChat, general: Place) -> None:
    """Every piece of a message of 100 kB is one that Discord takes, as a post and as an edit."""
    pieces = chat.render(general, Message("root", "t", (Paragraph((Text("<*> 🚀 words. " * 7_000),)),)))
    first = await chat.post(general, pieces[0], "t0")
    for at, body in enumerate(pieces[1:]):
        await chat.post(general, body, f"u{at}")
        await chat.edit(first, body, "t0")


async def test_a_thread_is_made_once(chat: DiscordChat, general: Place, fake: FakeDiscord) -> None:
    """A thread hangs on the root under a name that Discord takes; asked for again, it is the same one."""
    root = await post(chat, general)
    thread = await chat.beneath(root, "acme/rocket\n" + "x" * 200)
    assert thread == replace(general, thread=root.message) == await chat.beneath(root, "another")
    name = thread_of(fake, thread).name
    assert (len(name), name[:13], name[-1]) == (100, "acme/rocket x", "…")
    reply = await post(chat, thread, "t2")
    assert await chat.beneath(reply, "name") == thread


async def test_a_conversation_has_no_threads(chat: DiscordChat, fake: FakeDiscord, town: Town) -> None:
    """In direct messages what comes beneath a post comes after it."""
    direct = Place("discord", "", str(fake.world.conversation(town.ada).id))
    root = await post(chat, direct)
    assert await chat.beneath(root, "name") == direct
    assert await chat.link(root) == f"https://discord.com/channels/@me/{direct.channel}/{root.message}"


async def test_an_archived_thread_is_opened(chat: DiscordChat, general: Place, fake: FakeDiscord) -> None:
    """In a thread that was archived one posts, edits, pins, unpins and deletes as if it were open."""
    thread = await chat.beneath(await post(chat, general), "name")
    reply = await post(chat, thread, "t2")
    channel = thread_of(fake, thread).thread
    assert channel
    (body,) = chat.render(thread, Message("root", "title", (Paragraph((Text("changed"),)),)))
    for call in (
        lambda: post(chat, thread, "t3"),
        lambda: chat.edit(reply, body, "t2"),
        lambda: chat.pin(reply),
        lambda: chat.unpin(reply),
        lambda: chat.delete(reply),
    ):
        channel.archived = True
        await call()
        assert not channel.archived


async def test_a_locked_thread(chat: DiscordChat, general: Place, fake: FakeDiscord) -> None:
    """A locked thread takes no message, and the error says what to do about it."""
    thread = await chat.beneath(await post(chat, general), "name")
    channel = thread_of(fake, thread).thread
    assert channel
    channel.locked = True
    with pytest.raises(NotAllowed, match="Unlock"):
        await post(chat, thread, "t2")


async def test_pins(chat: DiscordChat, general: Place, fake: FakeDiscord) -> None:
    """A thread has pins of its own; pinning twice is no error and says so; unpinning twice is none either."""
    assert chat.traits.pins_by_thread
    thread = await chat.beneath(await post(chat, general), "name")
    reply = await post(chat, thread, "t2")
    assert [await chat.pin(reply), await chat.pin(reply)] == [True, False]
    assert list(thread_of(fake, thread).pins) == [int(reply.message)]
    await chat.unpin(reply)
    await chat.unpin(reply)
    assert not thread_of(fake, thread).pins


async def test_a_pin_is_not_announced(chat: DiscordChat, general: Place, fake: FakeDiscord, town: Town) -> None:
    """The line by which Discord tells of a pin is deleted; where that fails, the message is pinned all the same."""
    fake.faults.add(server_error(), on="GET .*/messages[?]")
    for token, left in (("t1", 1), ("t2", 1)):
        assert await chat.pin(await post(chat, general, token))
        assert [each.type for each in town.general.messages.values()].count(MessageType.PINNED) == left
    assert len(town.general.pins) == 2


async def test_too_many_pins(chat: DiscordChat, general: Place, town: Town) -> None:
    """That a channel has all the pins that it can have is an error of its own."""
    root = await post(chat, general)
    town.general.pins = dict.fromkeys(range(250), 0.0)
    with pytest.raises(TooManyPins):
        await chat.pin(root)


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.EMBED_LINKS, "Embed Links"),
        (Permission.SEND_MESSAGES_IN_THREADS, "Send Messages in Threads"),
        (Permission.CREATE_PUBLIC_THREADS, "Create Public Threads"),
        (Permission.ATTACH_FILES, "Attach Files"),
        (Permission.PIN_MESSAGES, "Pin Messages"),
        (Permission.READ_MESSAGE_HISTORY, "Read Message History"),
    ],
)
async def test_a_missing_permission_is_named(
    chat: DiscordChat, general: Place, town: Town, denied: Permission, named: str
) -> None:
    """Whichever permission is missing, the remedy names it."""
    forbid(town, town.general, denied)
    with pytest.raises(NotAllowed, match=named):
        await deliver(chat, general)


async def test_a_channel_that_is_not_shown(chat: DiscordChat, general: Place, town: Town) -> None:
    """A channel that the bot may not see, and one that is gone, are places that it cannot post to."""
    with pytest.raises(PlaceGone):
        await post(chat, replace(general, channel="1"))
    forbid(town, town.general, Permission.VIEW_CHANNEL)
    with pytest.raises(PlaceGone, match="View Channel"):
        await post(chat, general)


async def test_what_was_deleted(chat: DiscordChat, general: Place, clock: Clock) -> None:
    """What somebody deleted can be neither edited nor pinned nor deleted, and is not found."""
    root = await post(chat, general)
    await chat.delete(root)
    (body,) = chat.render(general, Message("root", "title", (Paragraph((Text("changed"),)),)))
    for call in (lambda: chat.edit(root, body, "t1"), lambda: chat.pin(root), lambda: chat.delete(root)):
        with pytest.raises(PostGone):
            await call()
    assert await chat.find(general, "t1", since(clock)) is None


async def test_a_report_is_attached(chat: DiscordChat, general: Place, fake: FakeDiscord, clock: Clock) -> None:
    """A file stands in the thread under its name, with all of its text, is found again, and can be deleted."""
    thread = await chat.beneath(await post(chat, general), "name")
    file = await chat.attach(thread, "rocket 15 Jan.md", "# Report\n汉字 \ud800", "t9")
    (kept,) = stored(fake, file).attachments
    assert kept["filename"] == "rocket 15 Jan.md"
    assert fake.world.files[int(kept["id"])].decode() == "# Report\n汉字 \\ud800"
    assert await chat.find(thread, "t9", since(clock)) == file
    await chat.delete(file)
    assert await chat.find(thread, "t9", since(clock)) is None


async def test_a_link(chat: DiscordChat, general: Place) -> None:
    """A post has the address that Discord's clients know it by, in a thread that of the thread."""
    root = await post(chat, general)
    reply = await post(chat, await chat.beneath(root, "name"), "t2")
    server = f"https://discord.com/channels/{general.workspace}"
    assert await chat.link(root) == f"{server}/{general.channel}/{root.message}"
    assert await chat.link(reply) == f"{server}/{root.message}/{reply.message}"


class TestForum:
    """A forum has a post per digest."""

    async def test_a_digest_is_a_post(self, chat: DiscordChat, forum: Place, fake: FakeDiscord) -> None:
        """The root is the first message of a post that bears its title; the parts are its replies, pinned there."""
        root = await post(chat, forum)
        thread = await chat.beneath(root, "name")
        part = await post(chat, thread, "t2")
        await chat.pin(part)
        channel = thread_of(fake, thread)
        assert (channel.name, thread.thread, thread) == ("the title", root.message, root.place)
        kinds = [message.type for message in channel.messages.values()]
        assert kinds == [MessageType.DEFAULT, MessageType.DEFAULT]
        assert list(channel.pins) == [int(part.message)]

    async def test_it_is_found_again(self, chat: DiscordChat, forum: Place, fake: FakeDiscord, clock: Clock) -> None:
        """A post of a forum is found by the token of its root, also once it is archived; that of another is not."""
        root = await post(chat, forum)
        other = await post(chat, forum, "t2")
        for reference in (root, other):
            thread = thread_of(fake, reference.place).thread
            assert thread
            assert await chat.find(forum, "t1", since(clock)) == root
            thread.archived, thread.archived_at = True, clock()
        assert await chat.find(forum, "t1", since(clock)) == root
        assert await chat.find(forum, "t3", since(clock)) is None

    async def test_it_can_be_edited(self, chat: DiscordChat, forum: Place, fake: FakeDiscord) -> None:
        """The root of a post is edited as any other message."""
        root = await post(chat, forum)
        (body,) = chat.render(forum, Message("root", "title", (Paragraph((Text("changed"),)),)))
        await chat.edit(root, body, "t1")
        assert stored(fake, root).embeds[0]["description"] == "changed"

    @pytest.mark.parametrize(("asks", "worn"), [(("Digest", "daily"), ["Digest"]), (("daily",), ["daily"]), ((), [])])
    async def test_its_tags(
        self, chat: DiscordChat, forum: Place, fake: FakeDiscord, town: Town, asks: tuple[str, ...], worn: list[str]
    ) -> None:
        """A digest wears the tag that the settings name; where the forum asks for one and has it not, the first."""
        town.forum.tags = [Tag(number, name) for number, name in enumerate(asks, start=1)]
        town.forum.requires_tag = bool(asks)
        thread = thread_of(fake, (await post(chat, forum)).place).thread
        assert thread
        assert [asks[number - 1] for number in thread.tags] == worn


async def test_one_login(chat: DiscordChat, general: Place, fake: FakeDiscord) -> None:
    """The bot logs in with its first call, once, and again when that failed."""
    assert not fake.log
    fake.faults.add(server_error(), on="GET /users/@me")
    with pytest.raises(ChatUnavailable, match="fails"):
        await post(chat, general)
    await post(chat, general)
    await post(chat, general, "t2")
    assert len(fake.requests("GET /users/@me")) == 2
    assert len(fake.requests(f"GET /channels/{general.channel}$")) == 1


@pytest.mark.parametrize(("every_message", "asking"), [(False, Asking.MENTION), (True, Asking.MESSAGE)])
async def test_how_people_ask(settings: DiscordSettings, every_message: bool, asking: Asking) -> None:
    """They mention the bot, unless every message in the thread of a digest is set to be a question."""
    async with DiscordChat(settings.model_copy(update={"answer_threads": every_message})) as chat:
        assert chat.traits.asking is asking
