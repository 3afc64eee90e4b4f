"""Delivery: the order of the posts, where they go, and what is pinned."""

import io

from adapters.chat.console import ConsoleChat
from bot.engine.delivery import show
from bot.model import Place
from bot.present.blocks import Message, Paragraph, Text, Thread

CHANNEL = Place("console", "", "")


def message(part: str, *, pinned: bool = False) -> Message:
    """Return a message of one word."""
    return Message(part, part, (Paragraph((Text(part),)),), pinned=pinned)


async def test_a_thread_is_shown_in_order() -> None:
    """The root is shown in the channel, every reply beneath it in the order of the layout, and pins where they are."""
    stream = io.StringIO()
    replies = (message("high/1", pinned=True), message("low/1"))
    await show(ConsoleChat(stream), CHANNEL, Thread(message("root"), replies, "title"))
    assert stream.getvalue() == "root\n\n│ 📌 high/1\n\n│ low/1\n\n"
