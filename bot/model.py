"""The nouns of the core. All of them are frozen, and none knows where it came from or how it will be shown.

Times are timezone-aware and in UTC; the zone of a reader is carried beside them as an IANA name.
Text that came from outside (names, messages, paths) is kept as it came, decoded to `str`: escaping it is the
business of whoever shows it.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo


class Tier(StrEnum):
    """How much of a reader's attention a change deserves."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ChangeType(StrEnum):
    """What a change does to the code, in the words of a changelog."""

    FEATURE = "feature"
    FIX = "fix"
    PERFORMANCE = "performance"
    SECURITY = "security"
    REFACTOR = "refactor"
    DOCUMENTATION = "documentation"
    TEST = "test"
    CI = "ci"
    BUILD = "build"
    DEPENDENCIES = "dependencies"
    REVERT = "revert"
    RELEASE = "release"
    OTHER = "other"


class FileStatus(StrEnum):
    """What happened to a path, as git's raw diff names it."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    COPIED = "copied"
    TYPE_CHANGED = "type_changed"


class FileKind(StrEnum):
    """What a path is after the change (before it, where the change deletes it)."""

    REGULAR = "regular"
    EXECUTABLE = "executable"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of ours that is put into words only where it is shown, in the reader's language.

    `id` names a message of `bot.present.labels`; `values` are the arguments that this message takes. Text values are
    shown as plain text.
    """

    id: str
    values: tuple[tuple[str, str | int], ...] = ()

    @classmethod
    def of(cls, id: str, /, **values: str | int) -> "Phrase":
        """Return the phrase with its values in a stable order, so that equal phrases compare equal."""
        return cls(id, tuple(sorted(values.items())))


@dataclass(frozen=True, slots=True)
class LinkedIssue:
    """An issue that a pull request closes; `repository` is its "owner/name"."""

    repository: str
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that can be read.

    `name` is what people call it ("owner/name", or the name of a local folder), `location` is what a source reads it
    from (a clone URL or an absolute path, never with credentials), and `web_url` is its page, or None if it has none.
    """

    name: str
    location: str
    web_url: str | None = None

    @property
    def full_name(self) -> str:
        """The name with the host before it (host/owner/name), by which things are kept; without a page, the name."""
        return (self.web_url or self.name).partition("://")[2] or self.name

    def commit_url(self, sha: str) -> str | None:
        """Return the page of a commit, or None if the repository has no pages."""
        return f"{self._pages}/commit/{sha}" if self.web_url else None

    def file_url(self, sha: str, path: str, line: int | None = None) -> str | None:
        """Return the page of a file as it is at a commit, at a line, or None if the repository has no pages."""
        at = f"#L{line}" if line else ""
        return f"{self._pages}/blob/{sha}/{quote(path.encode('utf-8', 'replace'))}{at}" if self.web_url else None

    def pull_request_url(self, number: int) -> str | None:
        """Return the page of a pull request (a merge request on GitLab), or None if the repository has no pages."""
        kind = "merge_requests" if self._on_gitlab else "pull"
        return f"{self._pages}/{kind}/{number}" if self.web_url else None

    def issue_url(self, issue: LinkedIssue) -> str | None:
        """Return the page of an issue of this host, or None if that is not known."""
        host = self.web_url.removesuffix(f"/{self.name}") if self.web_url else None
        return f"{host}/{issue.repository}/issues/{issue.number}" if host and host != self.web_url else None

    @property
    def request_mark(self) -> str:
        """What stands before the number of a pull request, where "#" may be for issues alone."""
        return "!" if self._on_gitlab else "#"

    @property
    def _on_gitlab(self) -> bool:
        return "gitlab" in (urlsplit(self.web_url or "").hostname or "")

    @property
    def _pages(self) -> str:
        return f"{self.web_url}/-" if self._on_gitlab else str(self.web_url)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a commit names them; `login` is their account on the code host, where it is known."""

    name: str
    email: str
    login: str | None = None


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a change does to one path.

    `additions` and `deletions` count lines. They are None for binary files, and for whatever was not read (yet);
    whether a file is binary is known from then on, too.
    `previous_path` is set for renames and copies. Paths are decoded from UTF-8; bytes that are not UTF-8 appear as
    backslash escapes.
    """

    path: str
    status: FileStatus
    kind: FileKind
    additions: int | None
    deletions: int | None
    previous_path: str | None = None
    binary: bool = False
    mode_changed: bool = False


@dataclass(frozen=True, slots=True)
class PullRequest:
    """The pull request that a change landed through.

    Its number is known from the commit's message. The rest is known once a code host was asked, and then `title` is
    not None. `author` and `reviewers` are logins.
    """

    number: int
    title: str | None = None
    body: str = ""
    labels: tuple[str, ...] = ()
    author: str | None = None
    reviewers: tuple[str, ...] = ()
    linked_issues: tuple[LinkedIssue, ...] = ()
    milestone: str | None = None


@dataclass(frozen=True, slots=True)
class BroughtCommit:
    """A commit that a merge brought: it is shown beneath the merge and is no change of its own."""

    sha: str
    subject: str
    author: Person


@dataclass(frozen=True, slots=True)
class Commit:
    """A landed change: a first-parent commit of the default branch.

    `files` are the differences to the first parent, so that a merge is one change; `brought` lists the commits that a
    merge brought, newest first. `unread` says why the files are missing, and is None when they were read.
    """

    sha: str
    parents: tuple[str, ...]
    author: Person
    co_authors: tuple[Person, ...]
    authored_at: datetime
    committed_at: datetime
    message: str
    trailers: tuple[tuple[str, str], ...] = ()
    pull_request: PullRequest | None = None
    brought: tuple[BroughtCommit, ...] = ()
    files: tuple[FileChange, ...] = ()
    unread: Phrase | None = None

    @property
    def subject(self) -> str:
        """The first line of the message; empty if the message is."""
        return self.message.strip().partition("\n")[0].rstrip()

    @property
    def body(self) -> str:
        """The message without its first line."""
        return self.message.strip().partition("\n")[2].strip("\n")

    @property
    def additions(self) -> int:
        """The added lines of all text files."""
        return sum(file.additions or 0 for file in self.files)

    @property
    def deletions(self) -> int:
        """The deleted lines of all text files."""
        return sum(file.deletions or 0 for file in self.files)


@dataclass(frozen=True, slots=True)
class FilePatch:
    """The patch of one path: the hunks, without git's header lines. `size` is its full length in bytes."""

    path: str
    text: str
    size: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Patch:
    """The patch of one change against its first parent, as much of it as was asked for."""

    sha: str
    files: tuple[FilePatch, ...] = ()
    unread: Phrase | None = None

    @property
    def cut(self) -> bool:
        """Whether any file's patch is shorter here than it is in the repository."""
        return any(file.cut for file in self.files)


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open interval [start, end) in UTC, with the IANA zone and the label that it came from."""

    start: datetime
    end: datetime
    timezone: str
    label: str

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the window's days begin and end."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Since:
    """Everything that landed after a tag or a commit, up to `now`. A source resolves it into a window."""

    ref: str
    now: datetime
    timezone: str
    label: str


Period = Window | Since


@dataclass(frozen=True, slots=True)
class Collection:
    """Every landed change of a window, newest first, as a source found them.

    `tip` is the commit that the default branch pointed at and `tip_committed_at` its date; both are None in an empty
    repository. `notes` say what could not be read or was limited. `late` are those (by sha) that are dated before the
    window, and came into the branch's history after a commit that somebody asked from.
    """

    repository: Repository
    window: Window
    tip: str | None
    tip_committed_at: datetime | None
    commits: tuple[Commit, ...]
    notes: tuple[Phrase, ...] = ()
    late: frozenset[str] = frozenset()


RULES = "rules"
"""The name by which an analysis says that the rules made it, and no language model."""


class Severity(StrEnum):
    """How bad a risk would be."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Insight:
    """What a change means in one respect (architecture, performance, security, maintainability, compatibility)."""

    aspect: str
    text: str


@dataclass(frozen=True, slots=True)
class Risk:
    """Something that may go wrong, in a file (and line) that the change touches."""

    severity: Severity
    text: str
    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class DepthText:
    """What a language model wrote about one change after reading its diff.

    `change_type` and `summary` stand in place of what the triage said of them; None and empty, they do not.
    """

    scope: tuple[str, ...] = ()
    insight: tuple[Insight, ...] = ()
    risks: tuple[Risk, ...] = ()
    advice: tuple[str, ...] = ()
    conclusion: str | None = None
    change_type: ChangeType | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the triage of a day said of one change. `importance` is from 0 to 1, and orders the changes of that day.

    `line` says in one sentence what the change does; it is all that is said of a low change. `model` is who said it.
    """

    tier: Tier
    importance: float
    reason: str
    change_type: ChangeType
    headline: str
    line: str
    model: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What calls of a language model took. `cached_tokens` are those of the input that the server had read before.

    `cost` is in US dollars, by the prices of the settings; None where a price is not known.
    """

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        """Return both together; the cost is known only if both are."""
        known = None if self.cost is None or other.cost is None else self.cost + other.cost
        return Usage(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
            known,
        )


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a digest is for: what they care about, and which changes they do not want to see.

    `interests` are in the audience's own words ("we run on AMD"). Paths are globs as in a .gitignore; authors are
    logins, names or addresses, without regard to case. A change is left out if all of its files match `exclude_paths`,
    or if none matches `only_paths`.
    """

    interests: tuple[str, ...] = ()
    exclude_bots: bool = False
    exclude_authors: tuple[str, ...] = ()
    exclude_paths: tuple[str, ...] = ()
    exclude_types: tuple[ChangeType, ...] = ()
    only_paths: tuple[str, ...] = ()


EVERYBODY = Audience()
"""The audience without interests and filters."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What an analyst says of one change.

    `score` grows with importance; it is comparable within one analyst. `reasons` are why the tier is what it is:
    phrases of ours, or a model's own words. `headline` and `summary` are in the words of the author or of a model;
    `summary` is empty if there is nothing to add to the headline. `depth` is None until a model wrote it.
    """

    change_type: ChangeType
    area: str | None
    breaking: bool
    tier: Tier
    score: float
    reasons: tuple[Phrase | str, ...]
    analyst: str
    headline: str
    summary: str
    depth: DepthText | None = None


class Relation(StrEnum):
    """What a change does to an earlier one."""

    REVERTS = "reverts"
    RELANDS = "relands"
    FIXES = "fixes"


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier change that a change names, and what it does to it.

    `link` is where a reader was told of it: an address that holds in one place only, and None until that is known.
    """

    relation: Relation
    sha: str
    headline: str
    committed_at: datetime
    pull_request: int | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class PastChange:
    """What is remembered of a change after its digest."""

    sha: str
    headline: str
    committed_at: datetime
    change_type: ChangeType
    pull_request: int | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A change and what was found out about it.

    One that landed `late` is dated before the window, but was not there yet when that time was digested. `earlier` are
    the changes that it reverts, relands or fixes, and `remarks` say what is worth noting of it and others together.
    """

    commit: Commit
    analysis: Analysis
    late: bool = False
    earlier: tuple[Earlier, ...] = ()
    remarks: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was found, read and cut, so that nothing is missing without a word.

    found = analysed + failed. A change has failed when its files could not be read; it is still an entry, ranked by
    its message. `cut` counts the diffs of which the analyst saw only a part, and `fallback` lists the changes (by sha)
    that the rules had to analyse in place of a model. `dropped` counts what a model claimed and the change does not
    support, `masked` the secrets that were kept from it, and `usage` is what this digest took of it. `excluded` counts
    the changes that the audience does not want to see: they are found, and no entries.
    """

    found: int
    analysed: int
    failed: int
    cut: int
    fallback: tuple[str, ...] = ()
    notes: tuple[Phrase, ...] = ()
    dropped: int = 0
    masked: int = 0
    excluded: int = 0
    usage: Usage = Usage()


@dataclass(frozen=True)
class Digest:
    """The ranked changes of one repository and window; entries are newest first.

    `tip_committed_at` is the date of the newest change of all, in the window or not.
    """

    repository: Repository
    window: Window
    tip: str | None
    tip_committed_at: datetime | None
    language: str
    analyst: str
    receipt: Receipt
    entries: tuple[Entry, ...]

    @cached_property
    def counts(self) -> dict[Tier, int]:
        """How many entries each tier has; every tier is there."""
        tiers = Counter(entry.analysis.tier for entry in self.entries)
        return {tier: tiers[tier] for tier in Tier}

    def of_tier(self, tier: Tier) -> tuple[Entry, ...]:
        """Return the entries of a tier, the most important first."""
        entries = [entry for entry in self.entries if entry.analysis.tier is tier]
        return tuple(sorted(entries, key=lambda entry: -entry.analysis.score))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes. All parts are opaque to the core; `thread` is None for a channel itself."""

    platform: str
    workspace: str
    channel: str
    thread: str | None = None

    @property
    def channel_key(self) -> str:
        """The channel as settings and terminals write it: `slack:T1/C1`, `console:`."""
        return f"{self.platform}:{'/'.join(part for part in (self.workspace, self.channel) if part)}"


@dataclass(frozen=True, slots=True)
class PostReference:
    """A message that was posted: enough to reply to it, to edit it and to pin it."""

    place: Place
    message: str


class Rhythm(StrEnum):
    """On which days a subscription is due."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a subscription is due: at a local time, to the minute, in an IANA zone.

    `weekday` is for a weekly one alone, and counts from 0, a Monday.
    """

    rhythm: Rhythm
    at: time
    timezone: str
    weekday: int = 0

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which it is due, and in which its days begin and end."""
        return ZoneInfo(self.timezone)


class Quiet(StrEnum):
    """What a subscription posts when nothing landed: a line that says so, or nothing."""

    LINE = "line"
    SILENCE = "silence"


class Pins(StrEnum):
    """What of a digest is pinned: its most important changes, its root, or nothing."""

    HIGH = "high"
    ROOT = "root"
    NONE = "none"


class Origin(StrEnum):
    """Where a subscription was made: in `digestbot.toml`, where alone it can be changed, at a terminal or in a chat.

    Whoever made it in a chat named repositories of the code host, and never meant a path or a URL.
    """

    FILE = "file"
    TERMINAL = "terminal"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Delivered:
    """How far a repository was delivered: every change of the tip's history that is dated before `end`.

    `tip` is None before the first delivery, when `end` is where that begins, and after one of an empty repository.
    """

    end: datetime
    tip: str | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A wish for digests of repositories in a place, as regularly as its schedule says, and how far it was fulfilled.

    Repositories go by the names that they were subscribed by. Occasions before `effective_from` do not count: that is
    when the subscription was made, resumed, or given another schedule.

    `delivered` has every repository, also of a subscription that never ran. `last_day` is the local date of the last
    occasion that was acted on; `last_run` and `last_error` are of the last run that ended, and `last_error` is None if
    it went well. `told` says that the place knows that runs fail.
    """

    id: str
    place: Place
    repositories: tuple[str, ...]
    schedule: Schedule
    language: str
    effective_from: datetime
    delivered: Mapping[str, Delivered] = field(default_factory=dict)
    audience: Audience = EVERYBODY
    quiet: Quiet = Quiet.LINE
    pins: Pins = Pins.HIGH
    origin: Origin = Origin.CHAT
    paused: bool = False
    last_day: date | None = None
    last_run: datetime | None = None
    last_error: str | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A subscription, and when it is due next: None if it is paused, or known to the file alone.

    One that is `overdue` should have begun long ago.
    """

    subscription: Subscription
    next_due: datetime | None
    overdue: bool = False

    @property
    def in_trouble(self) -> bool:
        """Whether somebody should look at it; not at one that rests."""
        return not self.subscription.paused and (self.overdue or self.subscription.last_error is not None)


@dataclass(frozen=True, slots=True)
class PostedDigest:
    """The digest that a subscription last posted of a repository, by the name that it was subscribed by.

    `link` is the address of its thread, or None where that is not to be had.
    """

    repository: str
    window: Window
    link: str | None


class PassageKind(StrEnum):
    """What a passage is a part of. CHANGE is what a digest, or the memory of one, says of a change."""

    CHANGE = "change"
    MESSAGE = "message"
    PULL_REQUEST = "pull_request"
    DIFF = "diff"
    FILE = "file"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Passage:
    """Something that was really read of one commit, and may be cited.

    `repository` is a full name (host/owner/name), `sha` whole. `first` and `last` are lines of the file as it is at
    that commit, both included; None where the passage is no part of a file, or holds no line of it (it was deleted, or
    is binary). `text` is from outside, with its secrets masked.
    """

    repository: str
    sha: str
    kind: PassageKind
    text: str
    path: str | None = None
    first: int | None = None
    last: int | None = None

    @property
    def id(self) -> str:
        """A name for what was read: the same whenever it is read again, in any process."""
        parts = (self.repository, self.sha, self.kind, self.path, self.first, self.last)
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


class Leaning(StrEnum):
    """What somebody thinks of a tier."""

    TOO_HIGH = "too_high"
    TOO_LOW = "too_low"


@dataclass(frozen=True, slots=True)
class TierOpinion:
    """What somebody (opaque, as in `Exchange`) thinks of the tier that a change was shown with."""

    user: str
    repository: str
    sha: str
    tier: Tier
    leaning: Leaning
    headline: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what was answered, in a conversation that goes on.

    `user` is opaque, and the same person's for good. `answer` is what was shown, with its citations as a model writes
    them; `passages` are what it cites. `usage` is what the answer took.
    """

    user: str
    asked_at: datetime
    question: str
    answer: str
    passages: tuple[Passage, ...] = ()
    usage: Usage = Usage()
