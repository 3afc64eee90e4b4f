"""The shapes of GitHub's answers, as far as they are read. Whatever does not fit is an answer that cannot be used."""

from collections.abc import Iterator
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, SecretStr, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from adapters.source.github.failures import Kind, RequestFailed

T = TypeVar("T")


def read(shape: type[T], answer: object) -> T:
    """Return an answer in its shape. Raises RequestFailed."""
    try:
        return TypeAdapter(shape).validate_python(answer)
    except ValidationError:
        raise RequestFailed.because(Kind.UNAVAILABLE) from None


class Account(BaseModel):
    """Somebody, an organization or a bot."""

    login: str


class Named(BaseModel):
    """A label."""

    name: str


class Titled(BaseModel):
    """A milestone."""

    title: str


class Listed(BaseModel):
    """A repository of the REST API."""

    full_name: str
    stargazers_count: int
    private: bool
    archived: bool
    disabled: bool

    @property
    def name(self) -> str:
        """The name without the owner."""
        return self.full_name.partition("/")[2]


class SearchResult(BaseModel):
    """The repositories of a search; incomplete if GitHub ran out of time."""

    incomplete_results: bool
    items: list[Listed]


class BaseRepository(BaseModel):
    """The repository that a pull request is for."""

    default_branch: str


class Base(BaseModel):
    """The branch that a pull request is for."""

    ref: str
    repo: BaseRepository


class RestPullRequest(BaseModel):
    """A pull request of the REST API, whether asked for alone or in a list."""

    number: int
    title: str
    body: str | None
    state: str
    user: Account | None
    labels: list[Named]
    milestone: Titled | None
    merged_at: datetime | None
    merge_commit_sha: str | None
    base: Base


class Installation(BaseModel):
    """An app on an account."""

    id: int
    account: Account


class InstallationToken(BaseModel):
    """What an app is given to ask with."""

    model_config = ConfigDict(hide_input_in_errors=True)

    token: SecretStr
    expires_at: datetime


class _GraphQL(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class Nodes(_GraphQL, Generic[T]):
    """A connection; a node that may not be seen is null."""

    nodes: list[T | None] | None

    def __iter__(self) -> Iterator[T]:  # type: ignore[override] # nothing iterates over the fields of a connection
        return (node for node in self.nodes or () if node is not None)


class Actor(BaseModel):
    """An account and its sort. GraphQL leaves out the ending that the login of a bot has everywhere else."""

    model_config = ConfigDict(alias_generator=lambda field: "__typename" if field == "sort" else field)

    sort: str
    login: str

    @property
    def full_login(self) -> str:
        """The login as it is written elsewhere."""
        return f"{self.login}[bot]" if self.sort == "Bot" else self.login


class Review(_GraphQL):
    """A review, by somebody whose account may be gone."""

    author: Actor | None


class RepositoryName(_GraphQL):
    """The repository of an issue."""

    name_with_owner: str


class Issue(_GraphQL):
    """An issue."""

    number: int
    title: str
    repository: RepositoryName


class MergeCommit(_GraphQL):
    """The commit that a merge made."""

    oid: str


class PullRequestNode(_GraphQL):
    """A pull request of the GraphQL API."""

    number: int
    title: str
    body: str
    state: str
    merged_at: datetime | None
    base_ref_name: str
    merge_commit: MergeCommit | None
    author: Actor | None
    labels: Nodes[Named] | None
    milestone: Titled | None
    latest_reviews: Nodes[Review] | None
    closing_issues_references: Nodes[Issue] | None


class GitActor(_GraphQL):
    """Somebody as a commit names them, and their account."""

    email: str | None
    user: Account | None


class CommitNode(_GraphQL):
    """A commit: who made it and, where that was asked, what it belongs to."""

    authors: Nodes[GitActor]
    associated_pull_requests: Nodes[PullRequestNode] | None = None


class RepositoryNode(_GraphQL):
    """A repository of the GraphQL API. What was asked by an alias is beside these fields."""

    model_config = ConfigDict(extra="allow")

    name_with_owner: str
    default_branch_ref: Named | None

    def asked(self, alias: str, shape: type[T]) -> T | None:
        """Return what was asked by an alias, None if it is missing. Raises RequestFailed."""
        answer = (self.model_extra or {}).get(alias)
        return None if answer is None else read(shape, answer)


class Data(_GraphQL):
    """What a query asked for."""

    repository: RepositoryNode | None


class Error(_GraphQL):
    """Why something is missing in an answer, and where; GitHub leaves the type out at times."""

    type: str = ""
    path: list[str | int] = []


class QueryAnswer(_GraphQL):
    """The answer to a query; `errors` stand for what is null in `data`."""

    data: Data | None = None
    errors: list[Error] = []
