"""What GitHub answers, and which names and addresses lead there."""

from contextlib import suppress
from urllib.parse import urlsplit

from hypothesis import strategies as st

from adapters.source.github.addresses import Server
from adapters.source.github.failures import RequestFailed, failure_of_answer, reset_of
from adapters.source.github.graphql import query_about, read_answer
from adapters.source.github.rest import read_associated, read_numbered
from adapters.source.github.shapes import Listed, SearchResult, read
from bot.errors import ConfigurationError
from bot.model import PullRequest
from tests.fakes.digests import commit
from tests.fuzz.inputs import altered, words
from tests.fuzz.target import target

_COMMITS = (commit("Order requests (#12)", number=12), commit("Give it a name"))
_NODE = {
    "number": 12,
    "title": "Order requests",
    "body": "Pop.",
    "state": "MERGED",
    "mergedAt": "2026-01-15T12:00:00Z",
    "baseRefName": "main",
    "mergeCommit": {"oid": _COMMITS[0].sha},
    "author": {"__typename": "Bot", "login": "fixer"},
    "labels": {"nodes": [{"name": "bug"}, None]},
    "milestone": {"title": "1.0"},
    "latestReviews": {"nodes": [{"author": {"__typename": "User", "login": "bob"}}]},
    "closingIssuesReferences": {"nodes": [{"number": 7, "title": "x", "repository": {"nameWithOwner": "acme/rocket"}}]},
}
_PEOPLE = {"authors": {"nodes": [{"email": "Ada@example.org", "user": {"login": "ada"}}]}}
_ANSWER = {
    "data": {
        "repository": {
            "nameWithOwner": "acme/rocket",
            "defaultBranchRef": {"name": "main"},
            "c0": _PEOPLE,
            "p0": _NODE,
            "c1": _PEOPLE | {"associatedPullRequests": {"nodes": [_NODE]}},
        }
    },
    "errors": [{"type": "NOT_FOUND", "path": ["repository", "p1"]}],
}
_REST = {
    "number": 12,
    "title": "Order requests",
    "body": None,
    "state": "closed",
    "user": {"login": "ada"},
    "labels": [{"name": "x"}],
    "milestone": {"title": "1.0"},
    "merged_at": "2026-01-15T12:00:00Z",
    "merge_commit_sha": _COMMITS[0].sha,
    "base": {"ref": "main", "repo": {"default_branch": "main"}},
}
_LISTED = {"full_name": "acme/rocket", "stargazers_count": 5, "private": True, "archived": False, "disabled": False}
_TEXTS = words(("acme/rocket", "main", "MERGED", "2026-01-15T12:00:00Z", "<!channel>"))


def _is_whole(found: PullRequest | None) -> None:
    if found is not None:
        assert isinstance(found.number, int)
        texts = (found.title, found.body, found.author, found.milestone, *found.labels, *found.reviewers)
        assert all(text is None or isinstance(text, str) for text in texts)


@target(altered([_ANSWER], _TEXTS))
def github_queries(answer: object) -> None:
    """An answer to a query is read in its shape, or is one that cannot be used."""
    try:
        answers = read_answer(answer, _COMMITS)
    except RequestFailed:
        return
    for found in answers.found.values():
        _is_whole(found)
    assert set(answers.found) <= {each.sha for each in _COMMITS}
    assert all(isinstance(login, str) for login in answers.logins.values())


@target(altered([_REST, [_REST], _LISTED, {"incomplete_results": False, "items": [_LISTED]}], _TEXTS))
def github_resources(answer: object) -> None:
    """An answer of the REST API is read in its shape, or is one that cannot be used; whether one is private is said."""
    for reader in (read_numbered, read_associated):
        with suppress(RequestFailed):
            _is_whole(reader(answer, _COMMITS[0]))
    with suppress(RequestFailed):
        assert isinstance(read(Listed, answer).private, bool)
    with suppress(RequestFailed):
        assert all(isinstance(each.private, bool) for each in read(SearchResult, answer).items)


_HEADERS = st.dictionaries(
    st.sampled_from(("retry-after", "x-ratelimit-remaining", "x-ratelimit-reset")),
    words(("0", "60", "1768478400", "²", "٣", "-1", "9" * 5000, "1e9")),
)


@target(st.tuples(st.integers(300, 599), _HEADERS, altered([{"message": "secondary rate limit", "block": {}}], _TEXTS)))
def github_refusals(given: tuple[int, dict[str, str], object]) -> None:
    """A refusal with any headers is a failure, with a wait that is bounded."""
    status, headers, body = given
    failure = failure_of_answer(status, headers, body)
    assert failure.retry_after is None or 0 < failure.retry_after < 1e11
    assert reset_of(headers) is None or headers["x-ratelimit-reset"].isdecimal()


@target(words(tuple(query_about("acme/rocket", _COMMITS).text.split("\n"))[:1]).map(lambda text: f"acme/{text}"))
def github_variables(full_name: str) -> None:
    """What names a repository travels as a variable: no name is part of a query's text."""
    query = query_about(full_name, _COMMITS)
    assert query.text == query_about("acme/rocket", _COMMITS).text


@target(
    words(
        ("acme/rocket", "https://github.com/acme/rocket.git", "git@github.com:acme/rocket", "rocket", "github.com/a/b"),
        ("@", ":", "//"),
    )
)
def github_names(name: str) -> None:
    """What is located is a repository of this server and of no other."""
    server = Server.of("https://api.github.com")
    found = server.locate(name)
    if found is None:
        return
    for url in (found.location, found.web_url or ""):
        parts = urlsplit(url)
        assert (parts.scheme, parts.netloc) == ("https", "github.com")
        assert parts.path.count("/") == 2
        assert ".." not in parts.path.split("/")
        assert not parts.query
        assert not parts.fragment


@target(
    words(
        ("https://api.github.com", "https://git.example.org/api/v3", "http://127.0.0.1:80", "https://api.x.ghe.com"),
        ("@", "#", "?"),
    )
)
def github_servers(url: str) -> None:
    """The address of an API is encrypted or of this machine, and bears no credential; anything else is refused."""
    try:
        server = Server.of(url)
    except ConfigurationError:
        return
    parts = urlsplit(server.api)
    assert parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")
    assert "@" not in parts.netloc
    assert "@" not in server.host
