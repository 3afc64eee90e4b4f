"""Messages -> posts, in order, and pins."""

from dataclasses import replace

from bot.model import Place
from bot.ports import Chat
from bot.present.blocks import Thread


async def deliver(chat: Chat, place: Place, thread: Thread) -> None:
    """Post the root to the place and the replies beneath it, and pin what is to be pinned."""
    root = await chat.post(place, thread.root)
    beneath = replace(place, thread=root.message)
    for message in (thread.root, *thread.replies):
        post = root if message is thread.root else await chat.post(beneath, message)
        if message.pinned:
            await chat.pin(post)
