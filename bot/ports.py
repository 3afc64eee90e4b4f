"""What the core asks of the outside, as protocols. An adapter implements one; a test may too."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.model import (
    ChangeType,
    Collection,
    Commit,
    Delivered,
    DepthText,
    Digest,
    Exchange,
    PastChange,
    Patch,
    Period,
    Phrase,
    Place,
    PostReference,
    PullRequest,
    Repository,
    Subscription,
    Tier,
    TierOpinion,
    Usage,
    Verdict,
)
from bot.present.blocks import Message, Spans


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """Return the present moment in UTC, timezone-aware."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Stage(StrEnum):
    """What a person who waits is told that the bot is doing."""

    FETCH = "fetch"
    COLLECT = "collect"
    RANK = "rank"
    ANALYSE = "analyse"


class Progress(Protocol):
    """Told of every step of a job that somebody may be waiting for."""

    def begin(self, stage: Stage, subject: str, total: int | None = None) -> None:
        """Begin a stage about a subject (a repository's name), of `total` steps where that is known."""
        ...

    def advance(self, steps: int = 1) -> None:
        """Count steps of the current stage as done."""
        ...


@dataclass(frozen=True, slots=True)
class PatchLimits:
    """How many bytes of a patch are kept: of one file, and of all files of one change together.

    `context` is how many unchanged lines are shown around a change, one at least.
    """

    file: int
    change: int
    context: int = 3


class Source(Protocol):
    """Where landed changes come from."""

    async def find(self, name: str) -> Repository:
        """Return the repository that a location names.

        Raises RepositoryNotFound, UnsafeName, SourceUnavailable.
        """
        ...

    async def collect(
        self, repository: Repository, period: Period, progress: Progress, *, after: str | None = None
    ) -> Collection:
        """Return every landed change of the period, after bringing the repository up to date.

        With `after`, a former tip of the branch, also what is dated before the window but no part of that tip's
        history: it landed late. Where the tip is no part of the branch any more, or not there at all, a note says so.
        The lines of their files are not counted yet: that takes most of the time, and is done by `read`.
        Raises UnknownRef for a `Since` that cannot be resolved, SourceUnavailable and SourceError. What cannot be read
        of a single change is said in that change, and counted in no error.
        """
        ...

    def read(
        self, repository: Repository, commits: Sequence[Commit], limits: PatchLimits
    ) -> AsyncGenerator[tuple[Commit, Patch], None]:
        """Yield each of the commits that `collect` returned with its lines counted, and its patch, in their order.

        What cannot be read is yielded with `unread` set on both; none is left out.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileText:
    """Lines of a file, from `first` on, which counts from 1; `total` is how many the whole file has.

    `lines` are without their ends. `cut` says that the last of them, or whatever was asked for after it, is not whole.
    """

    first: int
    lines: tuple[str, ...]
    total: int
    cut: bool = False


class NoText(StrEnum):
    """Why there is no text: no such path, or one that is a folder, a submodule or binary."""

    UNKNOWN = "unknown"
    OTHER = "other"


class Archive(Protocol):
    """Reads what a repository was like at a commit. Paths are untrusted, and nothing but paths.

    It is read from what is here; what a file holds may be brought here for it, in bounded time. Raises
    RepositoryNotFound, SourceUnavailable, SourceError, ConfigurationError.
    """

    async def commit(self, repository: Repository, digits: str) -> Commit | None:
        """Return the commit whose sha begins with these digits, with its files; None if there is none, or several."""
        ...

    async def file(self, repository: Repository, sha: str, path: str, first: int, last: int) -> FileText | NoText:
        """Return the lines from `first` to `last` of a file as it is at a commit, as many as a bound allows."""
        ...

    async def history(self, repository: Repository, path: str, limit: int) -> Sequence[Commit]:
        """Return the newest landed changes that touch a path, the newest first, without their files.

        Nothing if the path was never there, as far as the history is here.
        """
        ...


class Branches(Protocol):
    """Knows what the default branches of repositories are at, without bringing anything here."""

    async def tip(self, repository: Repository) -> str | None:
        """Return the commit that the default branch is at now, or None if the repository is empty.

        Raises RepositoryNotFound, SourceUnavailable, SourceError, ConfigurationError.
        """
        ...


@dataclass(frozen=True, slots=True)
class FoundRepository:
    """What a name means to a code host.

    `renamed` says that it was asked for by a name that it no longer has, and `private` that not everybody may see it.
    `notes` say whatever else a reader has to know: which repository was taken, or that it is archived.
    """

    repository: Repository
    renamed: bool = False
    private: bool = False
    notes: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundPullRequests:
    """What a code host knows of changes.

    `found` is by sha: None if there is no pull request; a sha that could not be asked for is absent. `logins` are
    accounts by the address that people commit with, in lower case. `repository` is the one that was asked for, by the
    name that it has now. `notes` say for how many changes something is missing, and why.
    """

    repository: Repository
    found: Mapping[str, PullRequest | None]
    logins: Mapping[str, str]
    notes: tuple[Phrase, ...] = ()


class CodeHost(Protocol):
    """Knows what git does not: which repository a name means, who may see it, and what a change landed through."""

    def locate(self, name: str) -> Repository | None:
        """Return the repository that an owner/name or an address must be, without asking anybody.

        Whether it exists is not known then. None for a short name, and for what is not on this host.
        """
        ...

    async def find(self, name: str) -> FoundRepository:
        """Return the repository that a short name, an owner/name or an address means; a short name is searched for.

        Raises RepositoryNotFound, RepositoryBlocked, AmbiguousName, UnsafeName, CredentialRefused,
        CodeHostUnavailable, RateLimited.
        """
        ...

    async def pull_requests(self, repository: Repository, commits: Sequence[Commit]) -> FoundPullRequests:
        """Return the pull requests behind changes, as many as can be had; why others cannot is said in the notes."""
        ...


class Finish(StrEnum):
    """How an answer of a language model ended."""

    COMPLETE = "complete"
    LENGTH = "length"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a language model is asked for: one answer, in JSON.

    `instructions` are ours and the same for every request of a task, so that a server may keep them read; `material` is
    what they speak of, and holds text from outside. `schema` is the JSON schema of the answer; each of its objects
    requires all of its properties and allows no others, as OpenAI insists. `longest` is how many tokens the answer may
    have. `light` asks for the cheaper model, where there is one.
    """

    task: str
    instructions: str
    material: str
    schema: Mapping[str, object]
    longest: int
    light: bool = False


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a language model answered, as it came: `text` may be anything. `usage` counts this call."""

    text: str
    finish: Finish
    usage: Usage


class LanguageModel(Protocol):
    """Writes. How many calls are under way at once, their pace and their repetition are the adapter's business."""

    @property
    def context(self) -> int:
        """How many tokens a request and its answer may have together."""
        ...

    def name(self, *, light: bool = False) -> str:
        """Return the name of the model, by which what it wrote is kept."""
        ...

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return an answer.

        Raises ModelUnavailable, ModelError, PromptTooLong, CredentialRefused, ConfigurationError.
        """
        ...


class Speaker(StrEnum):
    """Whose turn of a conversation it is. What a tool says is the result of a call."""

    PERSON = "person"
    MODEL = "model"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a language model may ask to be done. `parameters` is the JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A language model asks for a tool. `arguments` should be JSON; like the name of the tool, they may be anything."""

    id: str
    tool: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said. `calls` are those of a turn of the model; a tool's turn answers the one whose id is `call`."""

    speaker: Speaker
    text: str
    calls: tuple[ToolCall, ...] = ()
    call: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation whose next turn is the model's: `turns` is not empty. See `ModelRequest` for the rest."""

    instructions: str
    turns: tuple[Turn, ...]
    longest: int
    tools: tuple[Tool, ...] = ()
    light: bool = False


@dataclass(frozen=True, slots=True)
class TextPiece:
    """The next characters of a turn."""

    text: str


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """The last of a turn. `usage` counts the call."""

    finish: Finish
    usage: Usage


class ConversingModel(Protocol):
    """Takes turns with a person, and asks for tools."""

    @property
    def tools(self) -> bool:
        """Whether tools can be offered; if not, those of a conversation are left out."""
        ...

    def converse(self, conversation: Conversation) -> AsyncGenerator[TextPiece | ToolCall | TurnEnd, None]:
        """Yield the next turn as it comes: pieces of text, then whole calls of tools, then its end.

        Raises what `LanguageModel.ask` raises. A turn that breaks off raises ModelUnavailable after some of its text;
        without a TurnEnd no turn is whole.
        """
        ...


class Call(StrEnum):
    """The kinds of calls that a chat platform counts apart."""

    POST = "post"
    EDIT = "edit"
    DELETE = "delete"
    PIN = "pin"
    FIND = "find"
    ATTACH = "attach"


@dataclass(frozen=True, slots=True)
class ChatTraits:
    """What a chat platform can do, and how often.

    `post_interval` is how many seconds lie at least between two posts (of messages or files) to one channel, and
    `calls` how many calls of a kind one workspace takes in any 60 seconds; of a kind that is absent, as many as come.
    Pinning and unpinning count together. `files` says whether a text can be attached as a file, and `pins_by_thread`
    whether a thread has pins of its own, apart from those of its channel.
    """

    post_interval: float = 0.0
    calls: Mapping[Call, int] = field(default_factory=dict)
    files: bool = True
    pins_by_thread: bool = False


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
        """Return our post in the place that bears the token and was posted at `since` (UTC) or later, or None.

        None says that it is certainly not there: what cannot be looked through to the end is an error.
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
        """Return the address under which people find a post, or None if it has none."""
        ...

    async def attach(self, place: Place, name: str, text: str, token: str) -> PostReference:
        """Post a text as a file of this name. Never called where the traits say that there are no files."""
        ...


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

    `text` is as it was typed, without the bot's name; a verb of `bot.talk.commands.GRAMMAR` and what follows it, or
    just repositories and a period. Answers are for who asked: whether others see them is the adapter's business.
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

        In the thread of a digest it is answered on its own, once however often it is told, and None is returned.
        Elsewhere what was said to the bot (`addressed`) is answered with what can be asked, and all else with None.
        """
        ...


@dataclass(frozen=True, slots=True)
class Platform:
    """A chat platform that is set up. `listen` hands over what people say, until it is cancelled."""

    chat: Chat
    listen: Callable[[Requests], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check of the set-up found: of a subject, what is wrong and what to do; both are "" if it is in order."""

    subject: str
    problem: str = ""
    remedy: str = ""


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

    async def exchanges(self, conversation: str, most: int) -> Sequence[Exchange]:
        """Return the newest exchanges, the oldest of them first."""
        ...

    async def keep(self, conversation: str, exchange: Exchange, most: int) -> int:
        """Append an exchange, of which no more than `most` are kept, and return its number in the conversation."""
        ...

    async def asked(self, since: datetime, *, conversation: str | None = None, user: str | None = None) -> int:
        """Return how many questions were asked since a moment (aware), in a conversation or by somebody, or both."""
        ...

    async def rate(self, conversation: str, user: str, *, useful: bool, number: int | None = None) -> bool:
        """Keep whether somebody found an answer useful, in place of what they found before.

        It is the newest answer unless a number is given. Return whether there is such an answer.
        """
        ...

    async def ratings(self) -> tuple[int, int]:
        """Return how many ratings say that an answer was useful, and how many that it was not."""
        ...

    async def forget(self, conversation: str) -> None:
        """Drop what was asked and answered, so that the conversation begins anew; limits count it all the same."""
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
class Lease:
    """The right to post to a thread, which one holds at a time. `generation` counts how often it was begun anew."""

    thread: str
    owner: str
    generation: int


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
