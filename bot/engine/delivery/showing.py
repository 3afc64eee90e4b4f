"""A thread on a chat that is gone with the process, such as a terminal."""

from itertools import count

from bot.model import Place
from bot.ports import Chat
from bot.present.blocks import Message, Thread


async def show(chat: Chat, place: Place, thread: Thread) -> None:
    """Post the root to the place and the replies beneath it, pin what is to be pinned, and remember nothing."""
    numbers = count(1)

    async def post(where: Place, message: Message) -> Place:
        bodies = chat.render(where, message)
        posts = [await chat.post(where, body, f"{next(numbers)}") for body in bodies]
        if message.pinned:
            await chat.pin(posts[0])
        return await chat.beneath(posts[0], thread.title) if message is thread.root and thread.replies else where

    beneath = await post(place, thread.root)
    for message in thread.replies:
        await post(beneath, message)
