"""What is kept between runs. All methods raise StoreUnavailable and StoreError."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.model import (
    ChangeType,
    Commit,
    Delivered,
    DepthText,
    Digest,
    Exchange,
    PastChange,
    Place,
    PullRequest,
    Subscription,
    Tier,
    TierOpinion,
    Usage,
    Verdict,
)
from bot.ports.outbox import Gap
from bot.ports.work import Stage


class ResolvedNames(Protocol):
    """What short names were found to mean, so that each is searched for once.

    `scope` says for whom: "" for everybody, else the key of a channel. Names are compared without regard to case. As
    all ports for what is kept, these methods raise StoreUnavailable and StoreError.
    """

    async def recall(self, name: str, *, scope: str = "", since: datetime | None = None) -> str | None:
        """Return the full name (host/owner/name) that a name stands for, or None if it is not known.

        With `since`, only what was remembered at that moment or later counts as known.
        """
        ...

    async def remember(self, name: str, full_name: str, *, scope: str = "") -> None:
        """Keep what a short name stands for, in place of what it stood for before."""
        ...

    async def forget(self, name: str, *, scope: str = "") -> None:
        """Drop a short name, known or not."""
        ...


class PullRequests(Protocol):
    """The pull requests behind landed changes, by the full name of a repository (host/owner/name) and the sha."""

    async def known(self, repository: str, shas: Iterable[str]) -> Mapping[str, PullRequest | None]:
        """Return what was kept: None if the code host knows of no pull request; never asked, and the sha is absent."""
        ...

    async def keep(self, repository: str, found: Mapping[str, PullRequest | None]) -> None:
        """Keep what a code host answered, in place of what it answered before."""
        ...


class Changes(Protocol):
    """Landed changes as a source read them, by the name of a repository and the sha.

    A change never changes. Of its pull request only the number is kept: the rest is the business of `PullRequests`.
    """

    async def known(self, repository: str, shas: Iterable[str]) -> Mapping[str, Commit]:
        """Return those of the changes that were kept."""
        ...

    async def keep(self, repository: str, commits: Iterable[Commit]) -> None:
        """Keep changes, except those whose files could not be read: they may be readable the next time."""
        ...


@dataclass(frozen=True, slots=True)
class DepthKey:
    """What a text about a change depends on beside the change: a change never changes, so nothing else does.

    `repository` is its full name, `depth` the tier whose depth it was written in, and `prompt` the version of what the
    model was told.
    """

    repository: str
    depth: Tier
    prompt: str
    model: str
    language: str


class Analyses(Protocol):
    """What language models said of changes.

    `day` is the key of a repository's day and its audience (see `bot.digest.keys`): what is high depends on both.
    """

    async def verdicts(self, day: str, shas: Iterable[str]) -> Mapping[str, Verdict]:
        """Return what was said of the changes in the triage of this day."""
        ...

    async def keep_verdicts(self, day: str, verdicts: Mapping[str, Verdict]) -> None:
        """Keep what was said; a verdict that is there already stays, since it may have been posted."""
        ...

    async def texts(self, key: DepthKey, shas: Iterable[str]) -> Mapping[str, DepthText]:
        """Return what was written about the changes."""
        ...

    async def keep_texts(self, key: DepthKey, texts: Mapping[str, DepthText]) -> None:
        """Keep what was written."""
        ...


class PastChanges(Protocol):
    """What is remembered of landed changes, by the full name of their repository."""

    async def named(self, repository: str, digits: Iterable[str], numbers: Iterable[int]) -> Sequence[PastChange]:
        """Return those whose sha begins with one of the digits, or that landed through one of the pull requests."""
        ...

    async def fixes_since(self, repository: str, moment: datetime) -> Sequence[PastChange]:
        """Return the fixes (also those of security) that are dated at a moment (aware) or later."""
        ...

    async def keep(self, repository: str, changes: Iterable[PastChange]) -> None:
        """Keep changes, in place of what was kept of them."""
        ...


@dataclass(frozen=True, slots=True)
class IndexedChange:
    """What a change can be found by, and shown as when it is. `body` and `request_body` may be cut short.

    `title` is that of the pull request; `summary` is what a digest says of it, in as many sentences as there are.
    """

    sha: str
    committed_at: datetime
    subject: str
    body: str
    change_type: ChangeType
    tier: Tier
    headline: str
    summary: str = ""
    pull_request: int | None = None
    title: str = ""
    request_body: str = ""
    paths: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """Changes that hold at least one of the terms of a search, by repository, and what ranks them.

    `frequencies` says in how many of the `total` changes of these repositories each term is. `left` counts the changes
    that hold a term and were not brought, because too many do: they hold only the most frequent ones.
    """

    changes: Sequence[tuple[str, IndexedChange]]
    frequencies: Mapping[str, int]
    total: int
    left: int = 0


class ChangeIndex(Protocol):
    """Digested changes by their words, by the full name of their repository. Terms are those of `bot.lexemes`."""

    async def keep(self, repository: str, changes: Iterable[IndexedChange]) -> None:
        """Keep changes, in place of what was kept of them."""
        ...

    async def named(
        self, repositories: Sequence[str], digits: Iterable[str], numbers: Iterable[int]
    ) -> Sequence[tuple[str, IndexedChange]]:
        """Return those whose sha begins with one of the digits, or that landed through one of the pull requests."""
        ...

    async def matching(
        self,
        repositories: Sequence[str],
        terms: Iterable[str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Matches:
        """Return the changes of [since, until) that hold any of the terms; without terms, the newest changes."""
        ...


class Spending(Protocol):
    """What language models took, by the day (UTC) on which they did."""

    async def spent(self, day: date) -> Usage:
        """Return what was taken on a day."""
        ...

    async def add(self, day: date, usage: Usage) -> None:
        """Count what was taken; processes that count at the same time lose nothing."""
        ...


class Subscriptions(Protocol):
    """Who wants which digests when, and how far they were delivered. Nothing here is dropped by age."""

    async def all(self) -> Sequence[Subscription]:
        """Return every subscription, the oldest first."""
        ...

    async def of_channel(self, place: Place) -> Sequence[Subscription]:
        """Return those of a channel, the oldest first; the thread of the place does not matter."""
        ...

    async def get(self, id: str) -> Subscription | None:
        """Return a subscription, or None."""
        ...

    async def keep(self, subscription: Subscription) -> None:
        """Keep a new subscription, or what is wished of one that is there.

        Of one that is there, how far its repositories were delivered stays as it is, and so do its last run and error:
        a run may be under way. A repository that is new to it begins where `delivered` says.
        """
        ...

    async def remove(self, id: str) -> bool:
        """Drop a subscription, and return whether it was there."""
        ...

    async def began(self, id: str, day: date) -> None:
        """Count the occasion of a local date, and all before it, as acted on."""
        ...

    async def delivered(self, id: str, repository: str, delivered: Delivered) -> None:
        """Count a repository as delivered up to a moment; never less far than it was."""
        ...

    async def ended(self, id: str, at: datetime, error: str | None) -> bool:
        """Keep how a run ended, and return whether its place has still to be told that runs fail.

        It is told of the first failure after a run that went well, and not of those that follow.
        """
        ...

    async def told(self, id: str) -> None:
        """Keep that the place was told."""
        ...


@dataclass(frozen=True, slots=True)
class Preference:
    """How a person or a channel reads: a time zone (an IANA name) and a language (an IETF tag), where known."""

    timezone: str | None = None
    language: str | None = None


class Preferences(Protocol):
    """How people and channels read, by their keys. Nothing here is dropped by age."""

    async def get(self, key: str) -> Preference:
        """Return what was kept; nothing is known of a key that nothing was kept for."""
        ...

    async def keep(self, key: str, preference: Preference) -> None:
        """Keep a preference, in place of what was kept."""
        ...


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """How far a build is: `done` of `total` steps of a stage, where the total is known."""

    stage: Stage
    done: int = 0
    total: int | None = None


class Builds(Protocol):
    """Digests by the key of their build, and how far those are that are not there yet."""

    async def get(self, key: str) -> Digest | None:
        """Return a digest, or None."""
        ...

    async def keep(self, key: str, digest: Digest) -> None:
        """Keep a digest."""
        ...

    async def progress(self, key: str) -> BuildProgress | None:
        """Return how far a build is, or None if that is not known, or it is done."""
        ...

    async def advance(self, key: str, progress: BuildProgress) -> None:
        """Keep how far a build is."""
        ...


class Conversations(Protocol):
    """What was asked and answered, by the key of a conversation: that of a thread, or whatever else goes on."""

    async def exchanges(self, conversation: str, most: int, but: str | None = None) -> Sequence[Exchange]:
        """Return the newest exchanges, the oldest of them first; not that of one question (by its own name)."""
        ...

    async def keep(self, conversation: str, exchange: Exchange, most: int, question: str | None = None) -> int:
        """Append an exchange, of which no more than `most` are kept, and return its number in the conversation.

        An exchange whose question (by its own name) was kept before takes the place of that one, and its number: after
        a crash a question is answered anew.
        """
        ...

    async def asked(
        self, since: datetime, *, conversation: str | None = None, user: str | None = None, but: str | None = None
    ) -> int:
        """Return how many questions were asked since a moment (aware), in a conversation or by somebody, or both.

        One (by its own name) is not counted.
        """
        ...

    async def rate(self, conversation: str, user: str, *, useful: bool, question: str | None = None) -> bool:
        """Keep whether somebody found an answer useful, in place of what they found before.

        It is the newest answer unless a question is given (by its own name). Return whether there is such an answer.
        """
        ...

    async def ratings(self) -> tuple[int, int]:
        """Return how many ratings say that an answer was useful, and how many that it was not."""
        ...

    async def forget(self, conversation: str, question: str | None = None) -> None:
        """Drop what was asked and answered, or one question (by its own name); limits count it all the same."""
        ...


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many changes channels were shown, and of how many somebody finds that their tier is too high, or too low."""

    shown: int
    too_high: int
    too_low: int

    @property
    def agreed(self) -> float:
        """The share of the changes shown that nobody finds otherwise, from 0 to 1; 1 if none was shown."""
        return max(0.0, 1 - (self.too_high + self.too_low) / self.shown) if self.shown else 1.0


class TierOpinions(Protocol):
    """What people think of the tiers that their channel was shown."""

    async def keep(self, channel: str, opinion: TierOpinion) -> None:
        """Keep what somebody thinks of a change, in place of what they thought of it before."""
        ...

    async def of_channel(self, channel: str, before: datetime, most: int) -> Sequence[TierOpinion]:
        """Return what was thought in a channel before a moment (aware), the newest first."""
        ...

    async def agreement(self) -> Agreement:
        """Return how often people agree."""
        ...


class Processes(Protocol):
    """The processes that do the work of one database. A process is alive for as long as it holds its name."""

    @property
    def name(self) -> str:
        """The name of this process, which no other living one has."""
        ...

    async def hold(self) -> None:
        """Hold the name, again if it was lost. Has to be called every few seconds. Raises StoreUnavailable."""
        ...

    async def gone(self, names: Iterable[str]) -> set[str]:
        """Return those of the names that nobody holds. Raises StoreUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class RunningProcess:
    """A process that does the work, as others see it.

    `role` is as `digestbot run --role` has it, and None of a process whose version did not tell it. `since` (UTC) is
    when it began; on PostgreSQL, when it last connected.
    """

    name: str
    role: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class DigestThread:
    """A delivered thread, by its key, and the key of the build that it shows."""

    key: str
    build: str


class Threads(Protocol):
    """Which digests the threads of chats show."""

    async def keep(self, thread: DigestThread) -> None:
        """Keep what a thread shows, in place of what it showed before; one that was never delivered is left out."""
        ...

    async def at(self, place: Place) -> DigestThread | None:
        """Return what is shown in the thread of a chat that a place names, or None if no digest of ours is."""
        ...


class Upkeep(Protocol):
    """What is done to everything that is kept."""

    async def rename(self, old: str, new: str) -> None:
        """Let everything that was kept of a repository count for its new name."""
        ...

    async def prune(self) -> int:
        """Drop what was kept too long ago, and return how many rows; at most once a day, whoever calls."""
        ...

    async def gap(self) -> Gap | None:
        """Return the time of which nothing is known, where a backup was brought back within a month."""
        ...
