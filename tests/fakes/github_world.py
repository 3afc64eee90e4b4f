"""What the fake GitHub knows: accounts, repositories with their pull requests, tokens, an app and its installations.

Tests build a World, hand it to the server, and may change it while the server runs. The commits themselves stay in
real git repositories.
"""

import re
import subprocess
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
"""When everything was created that does not say otherwise."""

_NUMBER_IN_SUBJECT = re.compile(r"\(#(\d+)\)\s*$|^Merge pull request #(\d+)")


def stable_id(*words: str) -> int:
    """Return a positive number that depends on the words alone, as a database would have assigned one."""
    return zlib.crc32("/".join(words).lower().encode()) or 1


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody, an organization or a bot. The login of a bot ends with `[bot]`, as the REST API writes it."""

    login: str
    kind: Literal["User", "Organization", "Bot"] = "User"
    name: str | None = None
    emails: frozenset[str] = frozenset()

    @property
    def id(self) -> int:
        """The number of the account."""
        return stable_id("account", self.login)


GHOST = Account("ghost", name="Deleted user")


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue, as far as pull requests close it."""

    number: int
    title: str
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Review:
    """A review that was submitted."""

    author: str
    state: Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"] = "APPROVED"


@dataclass(slots=True)
class PullRequest:
    """A pull request. `author` is None when the account was deleted; `commits` are all those that belong to it."""

    number: int
    title: str
    body: str | None = None
    author: str | None = "ada"
    merge_commit: str | None = None
    commits: tuple[str, ...] = ()
    state: Literal["OPEN", "CLOSED", "MERGED"] = "MERGED"
    labels: tuple[str, ...] = ()
    milestone: str | None = None
    reviews: tuple[Review, ...] = ()
    requested_reviewers: tuple[str, ...] = ()
    closes: tuple[Issue, ...] = ()
    created_at: datetime = EPOCH
    merged_at: datetime | None = None
    base: str = "main"
    head: str = "topic"
    draft: bool = False
    additions: int = 1
    deletions: int = 0
    changed_files: int = 1

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed or merged."""
        return None if self.state == "OPEN" else self.merged_at or self.created_at

    @property
    def head_sha(self) -> str:
        """The last commit of its branch."""
        return self.commits[-1] if self.commits else self.merge_commit or "0" * 40


@dataclass(slots=True)
class Repository:
    """A repository: what GitHub says about it, and the folder of the git repository that holds its commits.

    `former_names` are full names that redirect here; `blocked` is the reason why its content may not be shown (the
    answer is 451), such as "dmca".
    """

    full_name: str
    path: Path
    private: bool = False
    archived: bool = False
    fork: bool = False
    blocked: str | None = None
    stars: int = 0
    size: int = 1024
    description: str | None = None
    former_names: tuple[str, ...] = ()
    created_at: datetime = EPOCH
    pulls: dict[int, PullRequest] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Keep what identifies the repository when it is renamed."""
        self._id = stable_id("repository", self.full_name)

    _id: int = field(init=False)

    @property
    def id(self) -> int:
        """The number of the repository, which outlives its names."""
        return self._id

    @property
    def owner(self) -> str:
        """The login of the owner."""
        return self.full_name.partition("/")[0]

    @property
    def name(self) -> str:
        """The name without the owner."""
        return self.full_name.partition("/")[2]

    @property
    def git_dir(self) -> Path:
        """Where git keeps its objects."""
        inner = self.path / ".git"
        return inner if inner.is_dir() else self.path

    @property
    def default_branch(self) -> str:
        """What HEAD names; `main` where it is detached."""
        return self.git("symbolic-ref", "--quiet", "--short", "HEAD").strip() or "main"

    @property
    def tip(self) -> str | None:
        """The commit of HEAD, or None in an empty repository."""
        return self.resolve("HEAD") or None

    @property
    def pushed_at(self) -> datetime | None:
        """The committer date of the tip, or None in an empty repository."""
        seconds = self.git("log", "-1", "--format=%ct")
        return datetime.fromtimestamp(int(seconds), UTC) if seconds else None

    def rename(self, full_name: str) -> None:
        """Give the repository another name; the old one redirects."""
        self.former_names = (*self.former_names, self.full_name)
        self.full_name = full_name

    def add(self, *pulls: PullRequest) -> None:
        """Add pull requests."""
        self.pulls.update({pull.number: pull for pull in pulls})

    def adopt_pull_requests(self) -> None:
        """Invent the pull requests that the first-parent subjects of HEAD name, such as `Fix it (#12)`."""
        log = self.git("log", "--first-parent", "--format=%H%x00%s%x00%b%x00%an%x00%ct%x01", "HEAD")
        for record in log.split("\x01\n"):
            sha, _, rest = record.partition("\x00")
            if match := _NUMBER_IN_SUBJECT.search(rest.partition("\x00")[0]):
                subject, body, author, seconds = rest.split("\x00")
                at = datetime.fromtimestamp(int(seconds), UTC)
                login = re.sub(r"[^a-z0-9]+", "-", author.lower()).strip("-") or "ghost"
                title = subject[: match.start()].strip() or body.strip().partition("\n")[0] or subject
                number = int(match[1] or match[2])
                self.add(PullRequest(number, title, body, login, sha, (sha,), created_at=at, merged_at=at))

    def pulls_of(self, sha: str) -> list[PullRequest]:
        """Return the pull requests that a commit landed through or belongs to."""
        return [pull for pull in self.pulls.values() if sha in (pull.merge_commit, *pull.commits)]

    def git(self, *arguments: str) -> str:
        """Return what git prints; nothing where it fails, such as in an empty repository."""
        command = ["git", "-c", "safe.directory=*", "--git-dir", str(self.git_dir), *arguments]
        run = subprocess.run(command, capture_output=True, check=False)
        return run.stdout.decode(errors="replace") if run.returncode == 0 else ""

    def resolve(self, expression: str) -> str:
        """Return the sha of the commit that an expression names; nothing where it names none."""
        wanted = f"{expression}^{{commit}}"
        return self.git("rev-parse", "--quiet", "--verify", "--end-of-options", wanted).strip()

    def commit(self, oid: str) -> "GitCommit | None":
        """Return a commit by its full sha, or None if there is none."""
        return _read_commit(self.git_dir, oid) if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", oid) else None


@dataclass(frozen=True, slots=True)
class GitCommit:
    """What git knows of a commit; dates are ISO 8601 with an offset."""

    oid: str
    author: tuple[str, str, str]
    committer: tuple[str, str, str]
    message: str


@lru_cache(maxsize=4096)
def _read_commit(git_dir: Path, oid: str) -> GitCommit | None:
    fields = "%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"
    shown = Repository("-/-", git_dir).git("show", "--no-patch", f"--format={fields}", oid, "--")
    if not shown:
        return None
    an, ae, ad, cn, ce, cd, message = shown.split("\x00")
    return GitCommit(oid, (an, ae, ad), (cn, ce, cd), message.rstrip("\n"))


@dataclass(frozen=True, slots=True)
class Token:
    """What a token may do: read every public repository, and those private ones that it names (None: all of them)."""

    login: str
    kind: Literal["user", "installation"] = "user"
    private_repositories: frozenset[str] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App; `public_key` is the PEM of the key that its tokens are checked with."""

    id: int
    slug: str
    owner: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Installation:
    """An app on an account; `repositories` are full names, or None for all of that account."""

    id: int
    account: str
    repositories: frozenset[str] | None = None
    suspended_at: datetime | None = None

    def covers(self, repository: Repository) -> bool:
        """Whether the installation may see a repository."""
        within = self.repositories is None or repository.full_name in self.repositories
        return within and repository.owner.lower() == self.account.lower()


class World:
    """Everything that the fake knows."""

    def __init__(self, repositories: Iterable[Repository] = (), accounts: Iterable[Account] = ()) -> None:
        """Start with repositories and accounts; an account that is only mentioned is a user."""
        self.repositories = list(repositories)
        self.accounts = {account.login.lower(): account for account in accounts}
        self.tokens: dict[str, Token] = {}
        self.app: App | None = None
        self.installations: list[Installation] = []

    def account(self, login: str | None) -> Account:
        """Return the account of a login; the ghost where the account is gone."""
        if login is None:
            return GHOST
        kind: Literal["User", "Bot"] = "Bot" if login.endswith("[bot]") else "User"
        return self.accounts.get(login.lower()) or Account(login, kind)

    def account_of_email(self, email: str) -> Account | None:
        """Return who commits with an address."""
        return next((account for account in self.accounts.values() if email in account.emails), None)

    def named(self, full_name: str) -> Repository | None:
        """Return the repository that has a full name now, in any case of its letters."""
        return next((repo for repo in self.repositories if repo.full_name.lower() == full_name.lower()), None)

    def formerly_named(self, full_name: str) -> Repository | None:
        """Return the repository that had a full name once, and that no other has now."""
        wanted = full_name.lower()
        return next(
            (repo for repo in self.repositories if wanted in (name.lower() for name in repo.former_names)), None
        )

    def numbered(self, number: int) -> Repository | None:
        """Return the repository of a number."""
        return next((repo for repo in self.repositories if repo.id == number), None)

    def visible(self, repository: Repository, token: Token | None) -> bool:
        """Whether whoever holds the token, or nobody in particular, may know of a repository."""
        if not repository.private:
            return True
        if token is None:
            return False
        return token.private_repositories is None or repository.full_name in token.private_repositories
