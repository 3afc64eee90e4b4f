"""GitHub's GraphQL API: real queries, validated and executed against a part of GitHub's schema."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from tests.fakes.github_answers import Answer, error
from tests.fakes.github_cost import Cost, Excess, measure
from tests.fakes.github_faults import GraphQLErrors
from tests.fakes.github_limits import Caller, Limits
from tests.fakes.github_shapes import Addresses, instant, node_id
from tests.fakes.github_world import Account, GitCommit, Issue, PullRequest, Repository, World, stable_id

SCHEMA = build_schema(Path(__file__).with_name("github.graphql").read_text(encoding="utf-8"))

Json = dict[str, Any]


class _Problem(GraphQLError):
    """An error with the `type` that GitHub puts beside the message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def answer(
    request: object, world: World, limits: Limits, caller: Caller, at: Addresses, fault: GraphQLErrors | None = None
) -> Answer:
    """Return the answer to the body of a POST; the quota is charged with the query's cost."""
    if caller.token is None:
        return error(401, "This endpoint requires you to be authenticated.")
    if not isinstance(request, dict) or not isinstance(request.get("query"), str):
        return error(400, "A query attribute must be specified and must be a string.")
    variables: Json = request.get("variables") or {}
    try:
        document = parse(request["query"])
    except GraphQLSyntaxError as problem:
        return _errors([problem])
    if invalid := validate(SCHEMA, document):
        return _errors(invalid)
    try:
        cost = measure(SCHEMA, _operation(document), document, variables)
    except Excess as excess:
        return Answer(200, {"errors": [{"type": excess.kind, "message": str(excess)}]})
    limits.spend(caller, "graphql", cost.points)
    root = _Views(world, limits, caller, at).query(cost)
    result = execute_sync(SCHEMA, document, root, variable_values=variables)
    body: Json = {"data": result.data}
    problems = [_shown(problem) for problem in result.errors or ()]
    for path, message in (fault.messages if fault else {}).items():
        _blank(body, path)
        problems.append({"type": fault and fault.type, "path": list(path), "message": message})
    return Answer(200, body | ({"errors": problems} if problems else {}))


def rate_limited(caller: Caller) -> Answer:
    """Return what a query is answered with when the quota is used up: with 200, unlike REST."""
    return Answer(
        200, {"errors": [{"type": "RATE_LIMITED", "message": f"API rate limit exceeded for {caller.words}."}]}
    )


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    return next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))


def _errors(problems: Sequence[GraphQLError]) -> Answer:
    return Answer(200, {"errors": [_shown(problem) for problem in problems]})


def _shown(problem: GraphQLError) -> Json:
    cause = problem.original_error or problem
    kind = {"type": cause.kind} if isinstance(cause, _Problem) else {}
    return {**kind, **problem.formatted}


def _blank(body: Json, path: Sequence[str]) -> None:
    """Set what a path leads to, where it leads to anything, to null."""
    *parents, last = ("data", *path)
    node: Any = body
    for parent in parents:
        node = node.get(parent) if isinstance(node, dict) else None
    if isinstance(node, dict) and last in node:
        node[last] = None


def _resolver(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function as graphql-core calls the values of a mapping: with the execution's state first."""
    return lambda _info, **arguments: resolve(**arguments)


def _connection(nodes: Sequence[Any]) -> Callable[..., Any]:
    """Return the resolver of a connection over all of its nodes; cursors are positions."""

    def resolve(
        after: str | None = None,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
        **_: object,
    ) -> Json:
        start = int(base64.b64decode(after)) if after else 0
        end = int(base64.b64decode(before)) - 1 if before else len(nodes)
        if first is not None:
            end = min(end, start + first)
        elif last is not None:
            start = max(start, end - last)
        cursors = [base64.b64encode(str(n + 1).encode()).decode() for n in range(start, end)]
        page = {
            "hasNextPage": end < len(nodes),
            "hasPreviousPage": start > 0,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        }
        return {"nodes": nodes[start:end], "pageInfo": page, "totalCount": len(nodes)}

    return _resolver(resolve)


@dataclass(frozen=True, slots=True)
class _Views:
    """What the fake knows, as GraphQL sees it: mappings, of which whatever costs something is a function."""

    world: World
    limits: Limits
    caller: Caller
    at: Addresses

    def query(self, cost: Cost) -> Json:
        return {
            "repository": _resolver(self._find),
            "viewer": lambda _info: self._account(self.caller.token.login if self.caller.token else None),
            "rateLimit": lambda _info, **_: self._rate_limit(cost),
        }

    def _rate_limit(self, cost: Cost) -> Json:
        state = self.limits.state(self.caller, "graphql")
        reset = instant(datetime.fromtimestamp(state["reset"], UTC))
        return {**state, "cost": cost.points, "nodeCount": cost.nodes, "resetAt": reset}

    def _find(self, owner: str, name: str, *, followRenames: bool = True) -> Json:  # noqa: N803 - GitHub's argument
        full_name = f"{owner}/{name}"
        repo = self.world.named(full_name) or (self.world.formerly_named(full_name) if followRenames else None)
        if repo is None or repo.blocked or not self.world.visible(repo, self.caller.token):
            raise _Problem("NOT_FOUND", f"Could not resolve to a Repository with the name '{full_name}'.")
        return self._repository(repo)

    def _repository(self, repo: Repository) -> Json:
        return {
            "id": node_id("R", repo.id),
            "databaseId": repo.id,
            "name": repo.name,
            "nameWithOwner": repo.full_name,
            "owner": lambda _info: self._account(repo.owner),
            "url": f"{self.at.web}/{repo.full_name}",
            "description": repo.description,
            "isArchived": repo.archived,
            "isDisabled": False,
            "isEmpty": lambda _info: repo.tip is None,
            "isFork": repo.fork,
            "isPrivate": repo.private,
            "stargazerCount": repo.stars,
            "createdAt": instant(repo.created_at),
            "pushedAt": lambda _info: instant(repo.pushed_at or repo.created_at),
            "defaultBranchRef": lambda _info: self._default_branch(repo),
            "object": _resolver(lambda expression=None, oid=None: self._object(repo, expression, oid)),
            "pullRequest": _resolver(lambda number: self._pull_request(repo, self._pull(repo, number, "PullRequest"))),
            "issueOrPullRequest": _resolver(lambda number: self._issue_or_pull(repo, number)),
        }

    def _default_branch(self, repo: Repository) -> Json | None:
        tip = repo.tip
        if tip is None:
            return None
        branch = repo.default_branch
        target = self._object(repo, None, tip)
        return {"id": node_id("REF", repo.id), "name": branch, "prefix": "refs/heads/", "target": target}

    def _object(self, repo: Repository, expression: str | None, oid: str | None) -> Json | None:
        commit = repo.commit(oid or repo.resolve(expression or "HEAD"))
        return self._commit(repo, commit) if commit else None

    def _commit(self, repo: Repository, commit: GitCommit) -> Json:
        headline, _, body = commit.message.partition("\n")
        pulls = repo.pulls_of(commit.oid)
        author = self._git_actor(commit.author)
        return {
            "__typename": "Commit",
            "id": f"C_{commit.oid}",
            "oid": commit.oid,
            "abbreviatedOid": commit.oid[:7],
            "message": commit.message,
            "messageHeadline": headline,
            "messageBody": body.lstrip("\n"),
            "author": author,
            "authors": _connection([author]),
            "committer": self._git_actor(commit.committer),
            "authoredDate": commit.author[2],
            "committedDate": commit.committer[2],
            "url": f"{self.at.web}/{repo.full_name}/commit/{commit.oid}",
            "associatedPullRequests": _connection([self._pull_request(repo, pull) for pull in pulls]),
        }

    def _git_actor(self, who: tuple[str, str, str]) -> Json:
        name, email, date = who
        account = self.world.account_of_email(email)
        return {"name": name, "email": email, "date": date, "user": self._account(account.login) if account else None}

    def _pull(self, repo: Repository, number: int, kind: str) -> PullRequest:
        if number not in repo.pulls:
            words = "an issue or pull request" if kind == "IssueOrPullRequest" else f"a {kind}"
            raise _Problem("NOT_FOUND", f"Could not resolve to {words} with the number of {number}.")
        return repo.pulls[number]

    def _issue_or_pull(self, repo: Repository, number: int) -> Json:
        issues = {issue.number: issue for pull in repo.pulls.values() for issue in pull.closes}
        if number in issues:
            return self._issue(repo, issues[number])
        return self._pull_request(repo, self._pull(repo, number, "IssueOrPullRequest"))

    def _issue(self, repo: Repository, issue: Issue) -> Json:
        return {
            "__typename": "Issue",
            "id": node_id("I", stable_id("issue", repo.full_name, str(issue.number))),
            "number": issue.number,
            "title": issue.title,
            "url": f"{self.at.web}/{repo.full_name}/issues/{issue.number}",
            "closed": issue.closed,
            "state": "CLOSED" if issue.closed else "OPEN",
            "repository": lambda _info: self._repository(repo),
        }

    def _pull_request(self, repo: Repository, pull: PullRequest) -> Json:
        number = stable_id("pull", repo.full_name, str(pull.number))
        url = f"{self.at.web}/{repo.full_name}/pull/{pull.number}"
        closed, merged = pull.closed_at, pull.state == "MERGED"
        return {
            "__typename": "PullRequest",
            "id": node_id("PR", number),
            "fullDatabaseId": str(number),
            "number": pull.number,
            "title": pull.title,
            "body": pull.body or "",
            "bodyText": pull.body or "",
            "url": url,
            "permalink": url,
            "state": pull.state,
            "closed": pull.state != "OPEN",
            "closedAt": instant(closed) if closed else None,
            "merged": merged,
            "mergedAt": instant(closed) if closed and merged else None,
            "mergedBy": self._account(repo.owner) if merged else None,
            "mergeCommit": lambda _info: self._object(repo, None, pull.merge_commit) if pull.merge_commit else None,
            "createdAt": instant(pull.created_at),
            "updatedAt": instant(closed or pull.created_at),
            "author": self._account(pull.author),
            "authorAssociation": "CONTRIBUTOR",
            "isDraft": pull.draft,
            "baseRefName": pull.base,
            "headRefName": pull.head,
            "headRefOid": pull.head_sha,
            "additions": pull.additions,
            "deletions": pull.deletions,
            "changedFiles": pull.changed_files,
            "milestone": self._milestone(repo, pull.milestone) if pull.milestone else None,
            "repository": lambda _info: self._repository(repo),
            "labels": _connection([self._label(repo, name) for name in pull.labels]),
            "closingIssuesReferences": _connection([self._issue(repo, issue) for issue in pull.closes]),
            **self._reviews(pull, number),
        }

    def _reviews(self, pull: PullRequest, number: int) -> Json:
        requested = pull.requested_reviewers
        reviews = [
            {"id": node_id("PRR", number + at), "author": self._account(review.author), "state": review.state}
            for at, review in enumerate(pull.reviews)
        ]
        latest = {review.author: shown for review, shown in zip(pull.reviews, reviews, strict=True)}
        return {
            "reviews": lambda _info, author=None, states=None, **page: _connection(
                [
                    shown
                    for review, shown in zip(pull.reviews, reviews, strict=True)
                    if author in (None, review.author) and (states is None or review.state in states)
                ]
            )(_info, **page),
            "latestReviews": _connection(list(latest.values())),
            "reviewRequests": _connection(
                [
                    {"id": node_id("RR", number + at), "requestedReviewer": self._account(login)}
                    for at, login in enumerate(requested)
                ]
            ),
        }

    def _label(self, repo: Repository, name: str) -> Json:
        return {
            "id": node_id("LA", stable_id("label", repo.full_name, name)),
            "name": name,
            "color": "ededed",
            "description": None,
            "isDefault": False,
            "url": f"{self.at.web}/{repo.full_name}/labels/{name}",
        }

    def _milestone(self, repo: Repository, title: str) -> Json:
        return {
            "id": node_id("MI", stable_id("milestone", repo.full_name, title)),
            "number": 1,
            "title": title,
            "description": None,
            "dueOn": None,
            "state": "OPEN",
            "url": f"{self.at.web}/{repo.full_name}/milestone/1",
        }

    def _account(self, login: str | None) -> Json | None:
        """Return an actor: null for an account that is gone, and without the suffix that REST gives to bots."""
        if login is None:
            return None
        account: Account = self.world.account(login)
        shown = account.login.removesuffix("[bot]")
        page = f"apps/{shown}" if account.kind == "Bot" else shown
        return {
            "__typename": account.kind,
            "id": node_id("U", account.id),
            "databaseId": account.id,
            "login": shown,
            "name": account.name,
            "url": f"{self.at.web}/{page}",
            "avatarUrl": lambda _info, **_: f"{self.at.web}/avatars/{account.id}",
        }
