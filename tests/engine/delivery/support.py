"""What the tests of the delivery share: threads of plain texts, and a bench to deliver them on."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.engine.delivery import Attachment, Delivery, Outcome, PinPolicy
from bot.model import Place
from bot.ports import ChatTraits, Outbox
from bot.present.blocks import Message, Paragraph, Text, Thread
from tests.chaos.chat import ChaosChat
from tests.chaos.chat_server import ChatServer, Counts
from tests.chaos.clock import FastClock

CHANNEL = Place("chaos", "W", "C")
REPOSITORY = "code.example/acme/rocket"
KEY = "thread"


def message(part: str, text: str | None = None, *, pinned: bool = False, changes: tuple[str, ...] = ()) -> Message:
    """Return a message of one text, by default its part's name."""
    return Message(part, part, (Paragraph((Text(text or part),)),), pinned=pinned, changes=changes)


def thread(*replies: str | Message, root: str = "root") -> Thread:
    """Return a thread of these replies."""
    return Thread(
        message("root", root),
        tuple(reply if isinstance(reply, Message) else message(reply) for reply in replies),
        "day",
    )


@dataclass
class Bench:
    """A delivery, and the server that it delivers to."""

    server: ChatServer
    chat: ChaosChat
    outbox: Outbox
    clock: FastClock
    delivery: Delivery

    @classmethod
    @asynccontextmanager
    async def opened(
        cls,
        server: ChatServer,
        outbox: Outbox,
        clock: FastClock,
        *,
        owner: str = "one",
        longest: int = 4000,
        traits: ChatTraits | None = None,
    ) -> AsyncIterator["Bench"]:
        """Open the connection to the server."""
        async with ChaosChat.opened(server.url, patience=5, longest=longest, traits=traits) as chat:
            yield cls(server, chat, outbox, clock, Delivery(chat, outbox, clock, owner))

    async def deliver(
        self,
        thread: Thread,
        key: str = KEY,
        *,
        place: Place = CHANNEL,
        pins: PinPolicy | None = None,
        attachment: Attachment | None = None,
        anew: bool = False,
    ) -> Outcome:
        """Deliver a thread."""
        return await self.delivery.deliver(
            key,
            place,
            thread,
            repository=REPOSITORY,
            pins=pins or PinPolicy(),
            attachment=attachment,
            anew=anew,
            after="tip",
        )

    @property
    def texts(self) -> list[str]:
        """What a reader sees in the channel, in order."""
        return [str(post.body["text"]) for post in self.server.shown(CHANNEL.channel)]

    def counts(self, expected: Sequence[str]) -> Counts:
        """Return what is wrong with the channel."""
        return self.server.counts(CHANNEL.channel, expected)
