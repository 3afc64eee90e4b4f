"""One GraphQL query about many changes: its text, and what its answer says. Pure.

A change whose message names a pull request is asked for by that number, which costs a fifth of asking what the commit
belongs to. Every value travels as a variable; the text depends only on how many changes there are and of which sort.
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api gives the limits: 100 of a
connection, 500,000 nodes of a query.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.source.github.failures import Failure, Kind, RequestFailed
from adapters.source.github.landing import says_title
from adapters.source.github.shapes import CommitNode, Error, PullRequestNode, QueryAnswer, RepositoryNode, read
from bot.model import Commit, LinkedIssue, PullRequest

BATCH = 100
"""Changes of one query."""

_PULL_REQUEST = """
fragment Landed on PullRequest {
  number title body state mergedAt baseRefName
  mergeCommit { oid }
  author { ...Login }
  labels(first: 100) { nodes { name } }
  milestone { title }
  latestReviews(first: 100) { nodes { author { ...Login } } }
  closingIssuesReferences(first: 50) { nodes { number title repository { nameWithOwner } } }
}
fragment Login on Actor { __typename login }
"""
_PEOPLE = """
fragment People on Commit { authors(first: 10) { nodes { email user { login } } } }
"""
_ASSOCIATED = """
fragment Associated on Commit { associatedPullRequests(first: 5) { nodes { ...Landed } } }
"""


@dataclass(frozen=True, slots=True)
class Query:
    """The text of a query and its variables."""

    text: str
    variables: Mapping[str, object]


@dataclass(slots=True)
class Answers:
    """What an answer says: pull requests by sha, logins by address, and the name that the repository has now.

    A sha is absent where GitHub could not answer for that change, and where the number in its message is not that of
    the pull request that it landed through: those are `misnumbered`.
    """

    full_name: str
    found: dict[str, PullRequest | None] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    misnumbered: list[Commit] = field(default_factory=list)


def query_about(full_name: str, commits: Sequence[Commit]) -> Query:
    """Return the query about changes, at most BATCH of them."""
    owner, _, name = full_name.partition("/")
    variables: dict[str, object] = {"owner": owner, "name": name}
    declared, asked, fragments = ["$owner: String!", "$name: String!"], [], [_PULL_REQUEST, _PEOPLE]
    for at, commit in enumerate(commits):
        variables[f"c{at}"] = commit.sha
        declared.append(f"$c{at}: GitObjectID!")
        if commit.pull_request:
            variables[f"p{at}"] = commit.pull_request.number
            declared.append(f"$p{at}: Int!")
            asked.append(f"c{at}: object(oid: $c{at}) {{ ...People }}")
            asked.append(f"p{at}: pullRequest(number: $p{at}) {{ ...Landed }}")
        else:
            asked.append(f"c{at}: object(oid: $c{at}) {{ ...People ...Associated }}")
    if any(not commit.pull_request for commit in commits):
        fragments.append(_ASSOCIATED)
    body = "\n    ".join(asked)
    text = (
        f"query({', '.join(declared)}) {{\n"
        f"  repository(owner: $owner, name: $name) {{\n"
        f"    nameWithOwner defaultBranchRef {{ name }}\n    {body}\n  }}\n}}{''.join(fragments)}"
    )
    return Query(text, variables)


def read_answer(answer: object, commits: Sequence[Commit]) -> Answers:
    """Return what an answer says of the changes that its query was about.

    Part of an answer may be missing, with an error in its place. Raises RequestFailed where all of it is.
    """
    said = read(QueryAnswer, answer)
    errors = _types_of(said.errors)
    repository = said.data and said.data.repository
    if not repository:
        raise RequestFailed(_failure(errors))
    answers = Answers(repository.name_with_owner)
    for at, commit in enumerate(commits):
        if commit.pull_request:
            _read_numbered(repository, f"p{at}", commit, errors, answers)
        elif f"c{at}" not in errors:
            _read_associated(repository, f"c{at}", commit, answers)
        made = repository.asked(f"c{at}", CommitNode)
        if made is not None:
            answers.logins.update(_logins(made))
    return answers


def _types_of(errors: Iterable[Error]) -> dict[str, str]:
    """Return the types of errors by the alias that they are about, at any depth beneath it; "" for the repository."""
    types: dict[str, str] = {}
    for error in errors:
        types.setdefault(str(error.path[1]) if len(error.path) > 1 else "", error.type)
    return types


def _failure(errors: Mapping[str, str]) -> Failure:
    kinds = {"NOT_FOUND": Kind.MISSING, "FORBIDDEN": Kind.FORBIDDEN, "RATE_LIMITED": Kind.LIMITED}
    return Failure(kinds.get(errors.get("", ""), Kind.UNAVAILABLE))


def _read_numbered(
    repository: RepositoryNode, alias: str, commit: Commit, errors: Mapping[str, str], into: Answers
) -> None:
    if errors.get(alias, "NOT_FOUND") != "NOT_FOUND":
        return
    said = repository.asked(alias, PullRequestNode)
    if said is not None and _landed_as(said, commit):
        into.found[commit.sha] = _pull_request(said)
    else:
        into.misnumbered.append(commit)


def _read_associated(repository: RepositoryNode, alias: str, commit: Commit, into: Answers) -> None:
    said = repository.asked(alias, CommitNode)
    if said is not None and said.associated_pull_requests is not None:
        branch = repository.default_branch_ref.name if repository.default_branch_ref else None
        landed = _landed(said.associated_pull_requests, commit.sha, branch)
        into.found[commit.sha] = _pull_request(landed) if landed else None


def _landed_as(said: PullRequestNode, commit: Commit) -> bool:
    """Tell whether a commit that names a pull request landed through it.

    The number may be that of an issue, or of a pull request of the project that this one was forked from. GitHub itself
    calls a pull request closed, not merged, where a merge bot lands its commits.
    """
    if said.state != "MERGED":
        return said.state == "CLOSED"
    merged_here = said.merge_commit is not None and said.merge_commit.oid == commit.sha
    return merged_here or says_title(commit, said.title)


def _landed(associated: Iterable[PullRequestNode], sha: str, branch: str | None) -> PullRequestNode | None:
    """Return the pull request that a commit landed through: the one it is the merge of, else the first that landed.

    A commit of a rebase is the merge commit of none.
    """
    merged = [each for each in associated if each.merged_at]
    for each in merged:
        if each.merge_commit and each.merge_commit.oid == sha:
            return each
    landed = [each for each in merged if each.base_ref_name == branch]
    return min(landed, key=lambda each: str(each.merged_at), default=None)


def _pull_request(said: PullRequestNode) -> PullRequest:
    author = said.author.full_login if said.author else None
    reviewers = (review.author.full_login for review in said.latest_reviews or () if review.author)
    return PullRequest(
        number=said.number,
        title=said.title,
        body=said.body,
        labels=tuple(label.name for label in said.labels or ()),
        author=author,
        reviewers=tuple(dict.fromkeys(login for login in reviewers if login != author)),
        linked_issues=tuple(
            LinkedIssue(issue.repository.name_with_owner, issue.number, issue.title)
            for issue in said.closing_issues_references or ()
        ),
        milestone=said.milestone.title if said.milestone else None,
    )


def _logins(made: CommitNode) -> Iterator[tuple[str, str]]:
    for person in made.authors:
        if person.user and person.email:
            yield person.email.lower(), person.user.login
