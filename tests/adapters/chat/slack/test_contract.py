"""The contract of every Chat, for Slack."""

from collections.abc import Sequence

import pytest

from adapters.chat.slack.chat import SlackChat
from bot.contracts.chat import ChatContract, Seen
from bot.model import Place
from bot.ports import Chat
from tests.adapters.chat.slack.conftest import GENERAL
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_reading import read


class TestSlack(ChatContract):
    """A channel of a workspace."""

    page = 200

    @pytest.fixture(autouse=True)
    def _opened(self, slack: FakeSlack, chat: SlackChat) -> None:
        slack.limits.enforced = False
        self._slack, self._chat = slack, chat

    def chat(self) -> Chat:
        """Return the adapter."""
        return self._chat

    def channel(self) -> Place:
        """Return a channel that the bot is in."""
        return GENERAL

    async def files(self) -> Sequence[str]:
        """Return what is shared."""
        return [file.content or "" for file in self._slack.world.files.values() if file.shared]

    async def seen(self) -> Sequence[Seen]:
        """Return what the channel and its threads show, in the order of their times."""
        channel = self._slack.world.channels[GENERAL.channel]
        pinned = {pin.ts for pin in channel.pins}
        found = []
        for message in channel.messages.values():
            reading = read(message, self._slack.world)
            assert not reading.pings
            urls = frozenset(link.url for link in reading.links)
            found.append(Seen(reading.text, urls, message.ts in pinned, message.is_reply))
        return found
