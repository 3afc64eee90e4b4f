"""What every chat does, done by Discord."""

from collections.abc import Sequence

import pytest

from adapters.chat.discord.chat import DiscordChat
from bot.contracts.chat import ChatContract, Seen
from bot.model import Place
from bot.ports import Chat
from bot.present.blocks import Span, Time
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_reading import links, visible
from tests.fakes.discord_world import Message, MessageType


class TestDiscord(ChatContract):
    """Posting on Discord."""

    @pytest.fixture(autouse=True)
    def _posting(self, chat: DiscordChat, general: Place, fake: FakeDiscord) -> None:
        self._chat, self._place, self._fake = chat, general, fake

    def chat(self) -> Chat:
        """Return the adapter."""
        return self._chat

    def channel(self) -> Place:
        """Return the channel."""
        return self._place

    def shown(self, span: Span) -> str:
        """Return what is read of a span: of a moment, what Discord makes of it for somebody in UTC."""
        return f"{span.at:%Y-%m-%d %H:%M} UTC" if isinstance(span, Time) else span.text

    async def files(self) -> Sequence[str]:
        """Return what hangs on the messages that are there."""
        world = self._fake.world
        posts = [post for channel in world.channels.values() for post in channel.messages.values()]
        return [world.files[int(file["id"])].decode() for post in posts for file in post.attachments]

    async def seen(self) -> Sequence[Seen]:
        """Return the posts of the channel and of its threads as Discord's clients show them, without the small print.

        What is small print is the token, in the footer.
        """
        world = self._fake.world
        posts = [each for channel in world.channels.values() for each in channel.messages.values()]
        return [
            self._read(post) for post in sorted(posts, key=lambda each: each.id) if post.type == MessageType.DEFAULT
        ]

    def _read(self, post: Message) -> Seen:
        channel = self._fake.world.channels[post.channel_id]
        for embed in post.embeds:
            embed.pop("footer", None)
        text = visible(post, self._fake.world)
        return Seen(text, links(post), post.id in channel.pins, channel.thread is not None)
