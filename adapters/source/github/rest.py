"""What the REST API says of pull requests. Pure."""

from collections.abc import Iterable, Sequence

from adapters.source.github.landing import says_title
from adapters.source.github.shapes import RestPullRequest, read
from bot.model import Commit, PullRequest


def path_of_number(full_name: str, number: int) -> str:
    """Return the path of a pull request."""
    return f"/repos/{full_name}/pulls/{number}"


def path_of_commit(full_name: str, sha: str) -> str:
    """Return the path of the pull requests that a commit belongs to."""
    return f"/repos/{full_name}/commits/{sha}/pulls"


def read_numbered(answer: object, commit: Commit) -> PullRequest | None:
    """Return the pull request that a commit's message names, or None if the commit did not land through it.

    Raises RequestFailed for an unusable answer.
    """
    said = read(RestPullRequest, answer)
    landed = said.merge_commit_sha == commit.sha or not said.merged_at or says_title(commit, said.title)
    return _pull_request(said) if landed and said.state == "closed" else None


def read_associated(answer: object, commit: Commit) -> PullRequest | None:
    """Return the pull request that a commit landed through, of all that it belongs to; None if there is none.

    Raises RequestFailed for an unusable answer.
    """
    landed = _landed(read(list[RestPullRequest], answer), commit.sha)
    return _pull_request(landed) if landed else None


def by_importance(commits: Sequence[Commit]) -> list[Commit]:
    """Return changes, given newest first, in the order to ask in where not all can be asked for.

    A change counts by its place among the newest and its place among the largest together.
    """
    by_size = sorted(range(len(commits)), key=lambda at: -(commits[at].additions + commits[at].deletions))
    place = {at: at + largest for largest, at in enumerate(by_size)}
    return [commits[at] for at in sorted(range(len(commits)), key=lambda at: (place[at], at))]


def _landed(associated: Iterable[RestPullRequest], sha: str) -> RestPullRequest | None:
    """Return the merged pull request whose merge a commit is, else the first merged into the default branch."""
    merged = [each for each in associated if each.merged_at]
    for each in merged:
        if each.merge_commit_sha == sha:
            return each
    landed = [each for each in merged if each.base.ref == each.base.repo.default_branch]
    return min(landed, key=lambda each: str(each.merged_at), default=None)


def _pull_request(said: RestPullRequest) -> PullRequest:
    """Return a pull request. Who reviewed it and which issues it closes would each cost a request more."""
    return PullRequest(
        number=said.number,
        title=said.title,
        body=said.body or "",
        labels=tuple(label.name for label in said.labels),
        author=said.user.login if said.user else None,
        milestone=said.milestone.title if said.milestone else None,
    )
