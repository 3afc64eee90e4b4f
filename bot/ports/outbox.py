"""What is kept of posts, so that each happens once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.model import (
    Place,
    PostReference,
)
from bot.present.blocks import Message, Spans


@dataclass(frozen=True, slots=True)
class Gap:
    """A time (UTC) of which nothing is known, since what is kept was then brought back from a backup.

    What was posted in it has to be looked up. `since` is the newest moment of the backup or before, and `until` is when
    it was brought back.
    """

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to post to a thread, which one holds at a time. `generation` counts how often it was begun anew.

    `gap` is a time in which posts may have been made that the outbox does not know.
    """

    thread: str
    owner: str
    generation: int
    gap: Gap | None = None

    def may_have_forgotten(self, post: "OutboxPost | None") -> bool:
        """Return whether more may have happened to a post than is known; without one, whether it may have been made."""
        return self.gap is not None and (post is None or post.first_attempt <= self.gap.since)


class PostState(StrEnum):
    """What became of a post: of a post that was certainly not made there is no row."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class OutboxPost:
    """What is known of a post of a thread, which is the piece `number` (from 1) of a part.

    SENDING: the attempt was begun, and its outcome is not known. SENT: it is there. FAILED: the platform does not take
    it. GONE: it was there, and somebody has deleted it. `digest` is the hash of the body that it shows, or that failed;
    "" if that is not known. `post` is where it is, once that is known. Attempts are in UTC.
    """

    token: str
    part: str
    number: int
    state: PostState
    digest: str
    first_attempt: datetime
    last_attempt: datetime
    post: PostReference | None = None


@dataclass(frozen=True, slots=True)
class OutboxPart:
    """What a part of a thread says: its message, and notes that were added to it later.

    `halvings` is how often its pieces had to be made smaller. `message` is None where it was kept by a version of the
    program that had other messages.
    """

    part: str
    message: Message | None
    notes: tuple[Spans, ...] = ()
    halvings: int = 0


@dataclass(frozen=True, slots=True)
class Showing:
    """When a thread last came to show a digest whole, and the tip (a sha) after which that told of what landed late."""

    at: datetime
    after: str | None = None


class PinState(StrEnum):
    """What became of a pin. LEFT: the post is pinned by somebody else, or cannot be pinned; it is left as it is."""

    PINNING = "pinning"
    PINNED = "pinned"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class OutboxPin:
    """A post of a thread that we pinned, or tried to, and when (UTC)."""

    token: str
    thread: str
    post: PostReference
    state: PinState
    at: datetime


class Outbox(Protocol):
    """What was posted, and what was about to be, so that whoever goes on after a crash knows.

    A thread is named by its key. Whoever writes of one holds its lease, and writing prolongs it: DeliveryBusy is
    raised if it is somebody else's by now. What is kept of pins needs no lease.
    """

    async def lease(self, thread: str, owner: str, lasting: timedelta) -> Lease | None:
        """Take the lease of a thread, or prolong it, until so long from now; None while another owner has it."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give a lease back, if it is still ours."""
        ...

    async def begin_anew(self, lease: Lease) -> Lease:
        """Forget the posts and parts of a thread, and return the lease of its next generation."""
        ...

    async def keep_showing(self, lease: Lease, showing: Showing) -> None:
        """Keep that a thread shows a digest whole."""
        ...

    async def showing(self, thread: str) -> Showing | None:
        """Return when a thread last came to show a digest whole, or None if it never did."""
        ...

    async def posts(self, thread: str) -> Sequence[OutboxPost]:
        """Return what is known of the posts of a thread, in the order in which they were first attempted."""
        ...

    async def keep_post(self, lease: Lease, post: OutboxPost) -> None:
        """Keep what is known of a post, in place of what was."""
        ...

    async def drop_post(self, lease: Lease, token: str) -> None:
        """Forget a post: it is certainly not there."""
        ...

    async def parts(self, thread: str) -> Mapping[str, OutboxPart]:
        """Return what the parts of a thread say, by their names."""
        ...

    async def keep_part(
        self, lease: Lease, part: OutboxPart, place: Place, repository: str, post: OutboxPost | None = None
    ) -> None:
        """Keep what a part says, and that the changes of its message (of this repository) have their place there.

        What is known of a post of it is kept together with that.
        """
        ...

    async def drop_part(self, lease: Lease, part: str) -> None:
        """Forget a part and its posts."""
        ...

    async def part_of_change(self, place: Place, repository: str, sha: str) -> tuple[str, str] | None:
        """Return the thread and the part that last told the place's channel of a change, or None."""
        ...

    async def pins(self, place: Place) -> Sequence[OutboxPin]:
        """Return what is known of pins in the place's channel and in all of its threads, the oldest first."""
        ...

    async def keep_pin(self, pin: OutboxPin) -> None:
        """Keep what is known of a pin."""
        ...

    async def drop_pin(self, token: str) -> None:
        """Forget a pin: the post is not pinned any more."""
        ...
