"""What is asked of a delivery, and what it says in the end."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from bot.errors import ChatError, ChatUnavailable
from bot.model import Phrase, Pins, PostReference


@dataclass(frozen=True, slots=True)
class PinPolicy:
    """What of a digest is pinned.

    At most `most` posts of it, and at most `in_channel` of ours in a channel (in a thread, where threads have pins of
    their own), none longer than `lasting`.
    """

    what: Pins = Pins.HIGH
    most: int = 5
    in_channel: int = 25
    lasting: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text that hangs on the thread as a file."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a delivery did, and where the thread is.

    `notes` say what was not done and why; each is said by one delivery alone. `ended` is why nothing more can be posted
    there; it is None if the thread is complete, but for what the notes say.
    """

    root: PostReference | None
    posted: int = 0
    edited: int = 0
    deleted: int = 0
    pinned: int = 0
    notes: tuple[Phrase, ...] = ()
    ended: Phrase | None = None


@dataclass
class Tally:
    """Counts what a delivery does."""

    posted: int = 0
    edited: int = 0
    deleted: int = 0
    pinned: int = 0
    gone: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    unpinned: Counter[str] = field(default_factory=Counter)

    def fail(self, error: ChatError) -> None:
        """Count a message that cannot be shown."""
        self.failed[error.public] += 1

    def leave_unpinned(self, error: ChatError | ChatUnavailable) -> None:
        """Count a message that cannot be pinned."""
        self.unpinned[error.public] += 1

    def outcome(self, root: PostReference | None, ended: Phrase | None = None) -> Outcome:
        """Return what was done."""
        notes = [Phrase.of("delivery-failed", count=count, reason=reason) for reason, count in self.failed.items()]
        notes += [Phrase.of("delivery-unpinned", count=count, reason=reason) for reason, count in self.unpinned.items()]
        if self.gone:
            notes.append(Phrase.of("delivery-deleted", count=self.gone))
        return Outcome(root, self.posted, self.edited, self.deleted, self.pinned, tuple(notes), ended)
