"""Inward: what a chat adapter hands over of what people say, and what it gets back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.errors import DigestbotError
from bot.model import (
    Place,
)
from bot.ports.chats import Chat
from bot.present.blocks import Message


@dataclass(frozen=True, slots=True)
class Asker:
    """Who says something in a chat, and where.

    `place` has the thread where the words stand in one. `user` is opaque, and the same person's for good. `timezone`
    (an IANA name) and `language` (an IETF tag) are the person's own, where the platform knows them. `direct` says that
    nobody else reads what is said there.
    """

    place: Place
    user: str
    timezone: str | None = None
    language: str | None = None
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What is said at once, or None if that is nothing. `over` says that it is the whole answer."""

    message: Message | None
    over: bool = False


class Suggesting(StrEnum):
    """What suggestions are for, while somebody is still typing it."""

    REPOSITORY = "repository"
    PERIOD = "period"
    SUBSCRIPTION = "subscription"


class Requests(Protocol):
    """What a chat adapter calls when people say something. No method raises: what goes wrong is in the answer.

    `text` is as it was typed, without the bot's name: a verb of `Surroundings.grammar` and what follows it, or just
    repositories and a period. What people say to each other in a channel is not handed over. Answers are for who asked:
    whether others see them is the adapter's business.
    """

    def acknowledge(self, text: str, asker: Asker) -> Acknowledgement:
        """Return what the grammar alone knows, without waiting for anything. If it is not over, call `command`."""
        ...

    async def command(self, text: str, asker: Asker) -> Message:
        """Do what a text asks for, and return what came of it; a digest is posted on its own, and grows there."""
        ...

    async def suggestions(self, kind: Suggesting, typed: str, asker: Asker) -> Sequence[str]:
        """Return what may be meant by the beginning of a word, the likeliest first; nothing if nothing is known."""
        ...

    async def question(self, text: str, asker: Asker, message: str, *, addressed: bool) -> Message | None:
        """Take what was said in a thread, which may be a command all the same; `message` is its name there for good.

        In the thread of a digest it is answered on its own, once however often it is told, and None is returned; what
        is said in one thread is answered in the order of the calls.
        Elsewhere what was said to the bot (`addressed`) is answered with what can be asked, and all else with None.
        """
        ...

    async def pressed(self, action: str, value: str, asker: Asker) -> Message | None:
        """Do what a button of ours is for that somebody pressed where `asker` says; return what they are told.

        It may be pressed by everybody who sees it; the answer is for who pressed it. None if no button is called so.
        """
        ...

    async def deleted(self, place: Place, message: str) -> None:
        """Take note that what was said in a thread was deleted there: it is not answered, and no answer to it stays."""
        ...


@dataclass(frozen=True, slots=True)
class Platform:
    """A chat platform that is set up. `listen` hands over what people say, until it is cancelled.

    `connected` tells whether they can be heard at the moment; None where the platform has no connection to lose.
    """

    chat: Chat
    listen: Callable[[Requests], Awaitable[None]] | None = None
    connected: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check of the set-up found: of a subject, what is wrong and what to do; both are "" if it is in order.

    `cause` is the error that says so, if one does.
    """

    subject: str
    problem: str = ""
    remedy: str = ""
    cause: DigestbotError | None = None

    @classmethod
    def of(cls, subject: str, error: DigestbotError) -> "Finding":
        """Return that an error keeps a subject from being in order."""
        return cls(subject, error.message, error.remedy, error)
