"""The fake GitHub's GraphQL API: real queries, GitHub's errors and GitHub's costs."""

import os
from pathlib import Path
from typing import Any

import pytest
from graphql import BreakingChange, build_schema, find_breaking_changes

from bot.contracts.repositories import BuiltRepository
from tests.fakes.conftest import OUTSIDER, TOKEN
from tests.fakes.github import FakeGitHub
from tests.fakes.github_client import ask
from tests.fakes.github_graphql import SCHEMA
from tests.fakes.github_world import World

PUBLISHED = os.environ.get("GITHUB_GRAPHQL_SCHEMA")
"""A copy of the schema that GitHub publishes, such as `schema.graphql` of the npm package @octokit/graphql-schema."""

LANDED = """
fragment landed on Commit { associatedPullRequests(first: 1) { nodes { ...pull } } }
fragment pull on PullRequest {
  number title body state author { login __typename }
  labels(first: 20) { nodes { name } }
  milestone { title }
  latestReviews(first: 10) { nodes { state author { login } } }
  reviewRequests(first: 10) { nodes { requestedReviewer { ... on User { login } } } }
  closingIssuesReferences(first: 10) { nodes { number title } }
}
"""


def run(hub: FakeGitHub, query: str, token: str | None = TOKEN, **variables: object) -> dict[str, Any]:
    """Return the body of the answer to a query."""
    reply = ask(f"{hub.url}/graphql", token=token, post={"query": query, "variables": variables})
    assert reply.status == 200
    body: dict[str, Any] = reply.json
    return body


def within(field: str) -> str:
    """Return a query of one field of the repository."""
    return f'{{ repository(owner: "acme", name: "rocket") {{ {field} }} }}'


def test_pull_requests_of_commits(hub: FakeGitHub, rocket: BuiltRepository) -> None:
    """One query with an alias for each commit brings the pull requests that the commits landed through."""
    aliases = "\n".join(f'c{n}: object(oid: "{rocket.sha(n)}") {{ ...landed }}' for n in (1, 2, 3))
    found = run(hub, f"query {within(aliases)} {LANDED}")["data"]["repository"]
    pulls = [found[f"c{n}"]["associatedPullRequests"]["nodes"] for n in (1, 2, 3)]
    assert pulls[0] == []
    assert pulls[1] == [
        {
            "number": 12,
            "title": "Order requests by deadline",
            "body": "Pop is O(log n).",
            "state": "MERGED",
            "author": {"login": "ada", "__typename": "User"},
            "labels": {"nodes": [{"name": "scheduler"}, {"name": "breaking-change"}]},
            "milestone": {"title": "1.0"},
            "latestReviews": {
                "nodes": [
                    {"state": "APPROVED", "author": {"login": "bob"}},
                    {"state": "CHANGES_REQUESTED", "author": {"login": "eve"}},
                ]
            },
            "reviewRequests": {"nodes": [{"requestedReviewer": {"login": "mallory"}}]},
            "closingIssuesReferences": {"nodes": [{"number": 7, "title": "Old requests starve"}]},
        }
    ]
    assert (pulls[2][0]["author"], pulls[2][0]["body"]) == ({"login": "renamer", "__typename": "Bot"}, "")


def test_pull_requests_by_number(hub: FakeGitHub) -> None:
    """A number that is no pull request is null with an error beside it, and the others are answered."""
    body = run(
        hub, within("a: pullRequest(number: 14) { author { login } state } b: pullRequest(number: 99) { title }")
    )
    assert body["data"]["repository"] == {"a": {"author": None, "state": "OPEN"}, "b": None}
    assert [(problem["type"], problem["path"]) for problem in body["errors"]] == [("NOT_FOUND", ["repository", "b"])]


def test_issue_or_pull_request(hub: FakeGitHub) -> None:
    """A number is told to be an issue or a pull request."""
    fields = " ".join(f"n{n}: issueOrPullRequest(number: {n}) {{ __typename }}" for n in (7, 12))
    found = run(hub, within(fields))["data"]["repository"]
    assert [found["n7"]["__typename"], found["n12"]["__typename"]] == ["Issue", "PullRequest"]


def test_commits(hub: FakeGitHub, rocket: BuiltRepository) -> None:
    """A commit has its author with the account of the address, and one that does not exist is null without an error."""
    commit = "{ ... on Commit { oid messageHeadline author { name user { login } } } }"
    body = run(
        hub,
        within(
            f'a: object(expression: "main") {commit} b: object(oid: "{"0" * 40}") {commit} defaultBranchRef {{ name }}'
        ),
    )
    assert body["data"]["repository"] == {
        "a": {
            "oid": rocket.sha(3),
            "messageHeadline": "Name the queue (#13)",
            "author": {"name": "Bob", "user": {"login": "bob"}},
        },
        "b": None,
        "defaultBranchRef": {"name": "main"},
    }
    assert "errors" not in body


def test_pages_of_a_connection(hub: FakeGitHub) -> None:
    """A connection is read a page at a time by its cursor."""
    page = "totalCount pageInfo { hasNextPage endCursor } nodes { name }"
    first = run(hub, within(f"pullRequest(number: 12) {{ labels(first: 1) {{ {page} }} }}"))
    labels = first["data"]["repository"]["pullRequest"]["labels"]
    assert (labels["totalCount"], labels["pageInfo"]["hasNextPage"]) == (2, True)
    after = labels["pageInfo"]["endCursor"]
    second = run(hub, within(f'pullRequest(number: 12) {{ labels(first: 1, after: "{after}") {{ {page} }} }}'))
    labels = second["data"]["repository"]["pullRequest"]["labels"]
    assert (labels["nodes"], labels["pageInfo"]["hasNextPage"]) == ([{"name": "breaking-change"}], False)


def test_repositories(hub: FakeGitHub, world: World) -> None:
    """A renamed repository is found by its old name, and a private one only by whoever may see it."""
    world.repositories[0].rename("acme/falcon")
    assert run(hub, within("nameWithOwner"))["data"]["repository"]["nameWithOwner"] == "acme/falcon"
    query = '{ repository(owner: "acme", name: "secret") { isPrivate } }'
    assert run(hub, query)["data"]["repository"] == {"isPrivate": True}
    hidden = run(hub, query, OUTSIDER)
    assert (hidden["data"]["repository"], hidden["errors"][0]["type"]) == (None, "NOT_FOUND")


def test_variables(hub: FakeGitHub) -> None:
    """Variables are typed as GitHub types them."""
    query = 'query($n: Int!) { repository(owner: "acme", name: "rocket") { pullRequest(number: $n) { number } } }'
    assert run(hub, query, n=12)["data"]["repository"]["pullRequest"]["number"] == 12
    assert "errors" in run(hub, query, n="twelve")


@pytest.mark.parametrize(
    "query", ["{", "{ nothing }", within("pullRequest { title }"), within('object(oid: "x") { nothing }')]
)
def test_invalid_queries(hub: FakeGitHub, query: str) -> None:
    """A query that the schema does not allow is answered with errors alone."""
    body = run(hub, query)
    assert body["errors"]
    assert body.get("data") is None


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("labels { totalCount }", "MISSING_PAGINATION_BOUNDARIES"),
        ("labels(first: 101) { totalCount }", "EXCESSIVE_PAGINATION"),
        ("labels(first: 0) { totalCount }", "EXCESSIVE_PAGINATION"),
    ],
)
def test_rules_of_connections(hub: FakeGitHub, field: str, kind: str) -> None:
    """A connection without bounds, or with bounds beyond a hundred, is refused."""
    body = run(hub, within(f"pullRequest(number: 12) {{ {field} }}"))
    assert ([problem["type"] for problem in body["errors"]], "data" in body) == ([kind], False)


def test_most_nodes(hub: FakeGitHub, rocket: BuiltRepository) -> None:
    """A query that could return more than half a million nodes is refused."""
    inner = "associatedPullRequests(first: 100) { nodes { labels(first: 100) { nodes { name } } } }"
    aliases = "".join(f'c{n}: object(oid: "{rocket.sha(2)}") {{ ... on Commit {{ {inner} }} }}' for n in range(50))
    assert [problem["type"] for problem in run(hub, within(aliases))["errors"]] == ["MAX_NODE_LIMIT_EXCEEDED"]


def test_cost(hub: FakeGitHub, rocket: BuiltRepository) -> None:
    """A hundred commits with four connections each cost five points, which the quota loses."""
    aliases = "".join(f'c{n}: object(oid: "{rocket.sha(2)}") {{ ...landed }}' for n in range(100))
    body = run(hub, f"query {{ rateLimit {{ cost remaining nodeCount }} {within(aliases)[1:]} {LANDED}")
    assert body["data"]["rateLimit"] == {"cost": 5, "remaining": 4995, "nodeCount": 5100}


def test_limits(hub: FakeGitHub) -> None:
    """A query needs a token; when the quota is used up the answer is 200 with an error of its own type."""
    assert ask(f"{hub.url}/graphql", post={"query": "{ viewer { login } }"}).status == 401
    assert ask(f"{hub.url}/graphql", token=TOKEN, post=b"{").status == 400
    hub.limits.limits["graphql"] = 1
    assert "errors" not in run(hub, "{ viewer { login } }")
    reply = ask(f"{hub.url}/graphql", token=TOKEN, post={"query": "{ viewer { login } }"})
    assert (reply.status, reply.headers["x-ratelimit-remaining"]) == (200, "0")
    assert [problem["type"] for problem in reply.json["errors"]] == ["RATE_LIMITED"]


@pytest.mark.skipif(PUBLISHED is None, reason="GITHUB_GRAPHQL_SCHEMA names no copy of the published schema")
def test_schema_is_a_part_of_the_published_one() -> None:
    """Whatever is valid against the fake's schema is valid against GitHub's."""
    published = build_schema(Path(PUBLISHED or "").read_text(encoding="utf-8"), assume_valid_sdl=True)
    breaking: list[BreakingChange] = find_breaking_changes(SCHEMA, published)
    assert breaking == []
