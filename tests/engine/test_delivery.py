"""Delivery: the order of the posts, where they go, and what is pinned."""

from bot.engine.delivery import deliver
from bot.model import Place, PostReference
from bot.present.blocks import Message, Paragraph, Text, Thread

CHANNEL = Place("memory", "W", "C")


class RecordingChat:
    """A chat that remembers what was asked of it."""

    def __init__(self) -> None:
        self.posts: list[tuple[Place, str]] = []
        self.pins: list[str] = []

    async def post(self, place: Place, message: Message) -> PostReference:
        """Remember where a part went."""
        self.posts.append((place, message.part))
        return PostReference(place, f"id of {message.part}")

    async def pin(self, post: PostReference) -> None:
        """Remember which post was pinned."""
        self.pins.append(post.message)


def message(part: str, *, pinned: bool = False) -> Message:
    """Return a message of one word."""
    return Message(part, part, (Paragraph((Text(part),)),), pinned=pinned)


async def test_replies_go_beneath_the_root_in_order() -> None:
    """The root is posted to the channel, and every reply to the root's thread in the order of the layout."""
    chat = RecordingChat()
    await deliver(chat, CHANNEL, Thread(message("root"), (message("high/1"), message("table/1"))))
    beneath = Place("memory", "W", "C", "id of root")
    assert chat.posts == [(CHANNEL, "root"), (beneath, "high/1"), (beneath, "table/1")]


async def test_only_what_the_layout_pins_is_pinned() -> None:
    """Messages marked as pinned are pinned, and no others."""
    chat = RecordingChat()
    await deliver(chat, CHANNEL, Thread(message("root"), (message("high/1", pinned=True), message("low/1"))))
    assert chat.pins == ["id of high/1"]
