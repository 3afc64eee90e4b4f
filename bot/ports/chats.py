"""Platforms on which messages are posted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.model import (
    Place,
    PostReference,
)
from bot.present.blocks import Message


class Call(StrEnum):
    """The kinds of calls that a chat platform counts apart."""

    POST = "post"
    EDIT = "edit"
    DELETE = "delete"
    PIN = "pin"
    FIND = "find"
    ATTACH = "attach"
    BEGIN = "begin"
    GROW = "grow"


class Asking(StrEnum):
    """How people ask in the thread of a digest: by mentioning the bot, or by whatever they write."""

    MENTION = "mention"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class ChatTraits:
    """What a chat platform can do, and how often.

    `post_interval` is how many seconds lie at least between two posts (of messages or files) to one channel, and
    `calls` how many calls of a kind one workspace takes in any 60 seconds; of a kind that is absent, as many as come.
    Pinning and unpinning count together. `edit_interval` is how many seconds lie at least between two edits of a post
    is made to grow by them. `growth` is for how many seconds a post can grow without edits, 0 where it cannot: see
    `GrowingChat`. `files` says whether a text can be attached as a file, and `pins_by_thread`
    whether a thread has pins of its own, apart from those of its channel. `asking` is how people ask in the thread of a
    digest, which is told of there; None where nobody is heard.
    """

    post_interval: float = 0.0
    calls: Mapping[Call, int] = field(default_factory=dict)
    edit_interval: float = 0.0
    growth: float = 0.0
    files: bool = True
    pins_by_thread: bool = False
    asking: Asking | None = None


Body = Mapping[str, object]
"""A message, or a piece of one, as a platform takes it: JSON-pure and opaque to the core. Equal bodies look alike."""


class Chat(Protocol):
    """A platform on which messages are posted.

    What a message looks like and where it is parted is the adapter's business; which post it is, the order of the posts
    and their pace are the core's. So an adapter sends each call once: it neither repeats nor delays it. The core calls
    it by the traits, waits and asks again. A call without an answer is given up after 30 seconds at most.

    A `token` names a post for good: at most 25 characters out of a-z and 0-9, the same in every attempt to post it. It
    travels with the post, out of the reader's way, so that `find` can find it; where the platform knows idempotency, it
    is the key for that too.

    Every method that calls the platform raises ChatUnavailable, with `unknown` set if the call may have had its effect
    all the same; CredentialRefused; PlaceGone; NotAllowed; and ChatError for whatever else the platform does not take.
    """

    @property
    def traits(self) -> ChatTraits:
        """What the platform can do; it does not change."""
        ...

    def render(self, place: Place, message: Message, halvings: int = 0) -> tuple[Body, ...]:
        """Return the message as the pieces, one at least, in which it is posted to the place. Pure.

        Nothing is cut, and a piece ends where a reader would stop: between entries, lines, sentences. Each of the
        `halvings` halves how large a piece may be, for a platform that found one too long; where no piece can become
        smaller, the pieces are the same as before.
        """
        ...

    async def post(self, place: Place, body: Body, token: str) -> PostReference:
        """Post to a channel, or to a thread where the place names one; nobody is pinged. Raises MessageTooLong."""
        ...

    async def beneath(self, post: PostReference, title: str) -> Place:
        """Return the place of the replies to a post: its thread, which is made now if the platform has to make it.

        Of a thread that is made, `title` is the name, shortened as the platform asks. What cannot have a thread (a post
        that is in one, a direct message) is replied to where it is. A thread that is there already is success.
        """
        ...

    async def find(self, place: Place, token: str, since: datetime) -> PostReference | None:
        """Return our post or file in the place that bears the token, or None.

        It was posted at `since` (UTC) or later, if at all: an adapter need not look further back, and may. That moment
        is told by our clock, from which the platform's may differ by a minute. None says that the post is certainly not
        there: all pages are looked through, and what cannot be looked through to the end is an error.
        """
        ...

    async def edit(self, post: PostReference, body: Body, token: str) -> None:
        """Put a body in place of that of a post, which keeps its token. Raises PostGone, MessageTooLong."""
        ...

    async def delete(self, post: PostReference) -> None:
        """Delete a post or a file of ours. Raises PostGone."""
        ...

    async def pin(self, post: PostReference) -> bool:
        """Pin a post, and return whether it was not pinned before. Raises TooManyPins, PostGone."""
        ...

    async def unpin(self, post: PostReference) -> None:
        """Unpin a post; that it is not pinned is success. Raises PostGone."""
        ...

    async def link(self, post: PostReference) -> str | None:
        """Return the address (https or http) under which people find a post, or None if it has none."""
        ...

    async def attach(self, place: Place, name: str, text: str, token: str) -> PostReference:
        """Post a text as a file of this name. Never called where the traits say that there are no files."""
        ...


@runtime_checkable
class GrowingChat(Chat, Protocol):
    """A chat with posts that grow while they are read, which not every platform has: what the traits' `growth` tells.

    A post that grows is one like any other: it bears its token, it can be found and deleted, and an edit ends its
    growth and puts a body in place of all that it says. So nothing has to be ended before an edit, nor after a crash.
    The core edits wherever a method here raises something, or time is up.
    """

    async def begin(self, place: Place, body: Body, token: str, reader: str) -> PostReference:
        """Post what will grow, to a thread. `reader` is whom it is for, by the name that the platform has for them."""
        ...

    async def grow(self, post: PostReference, body: Body) -> None:
        """Add a body at the end of what a post says. Raises PostGone, and ChatError if it does not grow any more."""
        ...
