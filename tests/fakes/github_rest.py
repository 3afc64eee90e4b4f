"""GitHub's REST API, as far as the bot asks it: one function an endpoint, and the table that leads to them."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from tests.fakes import github_shapes as shapes
from tests.fakes.github_answers import Answer, Refusal, blocked, error, not_found
from tests.fakes.github_limits import Caller, Limits
from tests.fakes.github_shapes import Addresses
from tests.fakes.github_world import App, Installation, Repository, Token, World

T = TypeVar("T")

_SEARCHABLE = 1000
_QUALIFIER = re.compile(r"([a-z]+):(\S+)")


@dataclass(frozen=True, slots=True)
class Call:
    """A request, as an endpoint sees it. `path` is below the API's address."""

    world: World
    limits: Limits
    caller: Caller
    at: Addresses
    method: str
    path: str
    query: Mapping[str, str]

    def repository(self, full_name: str) -> Repository:
        """Return a repository that the caller may see. Raises Refusal: missing, moved or blocked."""
        world = self.world
        here = world.named(full_name)
        repo = here or world.formerly_named(full_name)
        if repo is None or not world.visible(repo, self.caller.token):
            raise Refusal(not_found())
        if here is None:
            raise Refusal(self._moved(repo))
        if repo.blocked:
            raise Refusal(blocked(repo.blocked))
        return repo

    def _moved(self, repo: Repository) -> Answer:
        rest = "/".join(self.path.split("/")[4:])
        url = f"{self.at.api}/repositories/{repo.id}{'/' * bool(rest)}{rest}"
        if self.query:
            url += f"?{urlencode(self.query)}"
        body = {"message": "Moved Permanently", "url": url, "documentation_url": "https://docs.github.com/rest"}
        return Answer(301, body, {"location": url})

    def paginate(self, items: Sequence[T], stable_path: str) -> tuple[Sequence[T], dict[str, str]]:
        """Return a page of the items and its Link header; the links lead to the path that renames do not change."""
        size = min(100, self._number("per_page", 30))
        page = self._number("page", 1)
        last = max(1, -(-len(items) // size))
        pages = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        shown = {"prev": page > 1, "next": page < last, "last": page < last, "first": page > 1}
        links = [
            f'<{self.at.api}{stable_path}?{urlencode({**self.query, "page": number})}>; rel="{name}"'
            for name, number in pages.items()
            if shown[name]
        ]
        headers = {"link": ", ".join(links)} if links else {}
        return items[(page - 1) * size : page * size], headers

    def _number(self, name: str, default: int) -> int:
        given = self.query.get(name, "")
        return max(1, int(given)) if given.isdecimal() else default


def answer(call: Call) -> Answer:
    """Return the answer to a call."""
    call = _by_name(call)
    for method, pattern, endpoint in _ENDPOINTS:
        match = pattern.fullmatch(call.path)
        if match and method == call.method:
            try:
                return endpoint(call, match)
            except Refusal as refusal:
                return refusal.answer
    return not_found()


def resource(path: str) -> str | None:
    """Return the quota that a path is counted against; None for what is free."""
    if path == "/rate_limit":
        return None
    return "search" if path.startswith("/search/") else "core"


def _by_name(call: Call) -> Call:
    """Return the call by a repository's number as the one by its name."""
    match = re.fullmatch(r"/repositories/(\d+)(/.*)?", call.path)
    repo = call.world.numbered(int(match[1])) if match else None
    return replace(call, path=f"/repos/{repo.full_name}{match[2] or ''}") if match and repo else call


def _repository(call: Call, match: re.Match[str]) -> Answer:
    return Answer(200, shapes.full_repository(call.repository(match["repo"]), call.world, call.at))


def _pull(call: Call, match: re.Match[str]) -> Answer:
    repo = call.repository(match["repo"])
    pull = repo.pulls.get(int(match["number"]))
    return Answer(200, shapes.pull_request(pull, repo, call.world, call.at)) if pull else not_found()


def _pulls(call: Call, match: re.Match[str]) -> Answer:
    repo = call.repository(match["repo"])
    state, base = call.query.get("state", "open"), call.query.get("base")
    sort = call.query.get("sort", "created")
    if state not in {"open", "closed", "all"} or sort not in {"created", "updated"}:
        return error(422, "Validation Failed")
    pulls = [
        pull
        for pull in repo.pulls.values()
        if state in ("all", "open" if pull.state == "OPEN" else "closed") and base in (None, pull.base)
    ]
    descending = call.query.get("direction", "desc" if sort == "created" and "sort" not in call.query else "asc")
    pulls.sort(
        key=lambda pull: (pull.created_at if sort == "created" else pull.closed_at or pull.created_at, pull.number),
        reverse=descending == "desc",
    )
    page, headers = call.paginate(pulls, f"/repositories/{repo.id}/pulls")
    return Answer(200, shapes.simple_pull_requests(page, repo, call.world, call.at), headers)


def _pulls_of_commit(call: Call, match: re.Match[str]) -> Answer:
    repo, sha = call.repository(match["repo"]), match["sha"]
    if repo.tip is None:
        return error(409, "Git Repository is empty.")
    if repo.commit(sha) is None:
        return error(422, f"No commit found for SHA: {sha}")
    page, headers = call.paginate(repo.pulls_of(sha), f"/repositories/{repo.id}/commits/{sha}/pulls")
    return Answer(200, shapes.simple_pull_requests(page, repo, call.world, call.at), headers)


def _search(call: Call, _match: re.Match[str]) -> Answer:
    """Search as GitHub does for the qualifiers that it is asked with; another one is an error, not a wrong result."""
    text = call.query.get("q", "")
    qualifiers = dict(_QUALIFIER.findall(text))
    if unknown := qualifiers.keys() - {"in", "user", "org", "repo", "fork", "archived", "stars"}:
        return error(422, f"The fake knows no qualifier {min(unknown)}.")
    words = _QUALIFIER.sub("", text).lower().split()
    if not words and not qualifiers:
        return error(422, "Validation Failed")
    found = [
        repo
        for repo in call.world.repositories
        if call.world.visible(repo, call.caller.token)
        and not repo.blocked
        and _has_words(repo, words, qualifiers.get("in", "name,description"))
        and _is_qualified(repo, qualifiers)
    ]
    sort, order = call.query.get("sort"), call.query.get("order", "desc")
    if sort == "stars":
        found.sort(key=lambda repo: repo.stars, reverse=order == "desc")
    else:  # the best match is not documented; an exact name, then stars, is what it comes to
        found.sort(key=lambda repo: (repo.name.lower() not in words, -repo.stars))
    page, headers = call.paginate(found[:_SEARCHABLE], "/search/repositories")
    items = [{**shapes.repository(repo, call.world, call.at), "score": 1.0} for repo in page]
    return Answer(200, {"total_count": len(found), "incomplete_results": False, "items": items}, headers)


def _has_words(repo: Repository, words: list[str], where: str) -> bool:
    fields = {"name": repo.name, "description": repo.description or "", "full_name": repo.full_name}
    text = " ".join(fields.get(name, "") for name in where.split(",")).lower()
    return all(word in text for word in words)


def _is_qualified(repo: Repository, qualifiers: Mapping[str, str]) -> bool:
    owners = {value.lower() for name, value in qualifiers.items() if name in {"user", "org"}}
    fork = qualifiers.get("fork", "false")
    archived = qualifiers.get("archived", str(repo.archived).lower())
    return (
        (not owners or repo.owner.lower() in owners)
        and qualifiers.get("repo", repo.full_name).lower() == repo.full_name.lower()
        and (fork == "true" or repo.fork == (fork == "only"))
        and archived == str(repo.archived).lower()
        and repo.stars >= int(qualifiers.get("stars", "0").lstrip(">=") or 0)
    )


def _rate_limit(call: Call, _match: re.Match[str]) -> Answer:
    resources = {name: call.limits.state(call.caller, name) for name in ("core", "search", "graphql")}
    return Answer(200, {"resources": resources, "rate": resources["core"]})


def _user(call: Call, _match: re.Match[str]) -> Answer:
    token = call.caller.token
    if token is None:
        return error(401, "Requires authentication")
    if token.kind == "installation":
        return error(403, "Resource not accessible by integration")
    return Answer(200, shapes.public_account(call.world.account(token.login), call.at))


def _signed_app(call: Call) -> App:
    if call.caller.app is None:
        raise Refusal(error(401, "A JSON web token could not be decoded"))
    return call.caller.app


def _app(call: Call, _match: re.Match[str]) -> Answer:
    return Answer(200, shapes.app(_signed_app(call), call.world, call.at))


def _installations(call: Call, _match: re.Match[str]) -> Answer:
    app = _signed_app(call)
    page, headers = call.paginate(call.world.installations, "/app/installations")
    return Answer(200, [shapes.listed_installation(where, app, call.world, call.at) for where in page], headers)


def _find_installation(call: Call, number: str) -> Installation:
    where = next((where for where in call.world.installations if where.id == int(number)), None)
    if where is None:
        raise Refusal(not_found())
    return where


def _installation(call: Call, match: re.Match[str]) -> Answer:
    app = _signed_app(call)
    return Answer(200, shapes.installation(_find_installation(call, match["id"]), app, call.world, call.at))


def _installation_of_repository(call: Call, match: re.Match[str]) -> Answer:
    app, repo = _signed_app(call), call.world.named(match["repo"])
    where = next((where for where in call.world.installations if repo and where.covers(repo)), None)
    return Answer(200, shapes.installation(where, app, call.world, call.at)) if where else not_found()


def _access_token(call: Call, match: re.Match[str]) -> Answer:
    app, where = _signed_app(call), _find_installation(call, match["id"])
    if where.suspended_at:
        return error(403, "This installation has been suspended")
    secret = f"ghs_{secrets.token_urlsafe(27)}"
    token = Token(
        f"{app.slug}[bot]",
        "installation",
        frozenset(repo.full_name for repo in call.world.repositories if where.covers(repo)),
        datetime.fromtimestamp(call.limits.clock(), UTC) + timedelta(hours=1),
    )
    call.world.tokens[secret] = token
    return Answer(201, shapes.installation_token(secret, token))


def _installed_repositories(call: Call, _match: re.Match[str]) -> Answer:
    token = call.caller.token
    if token is None or token.kind != "installation":
        return error(403, "You must authenticate with an installation access token in order to list repositories")
    names = token.private_repositories or frozenset[str]()
    found = [repo for repo in call.world.repositories if repo.full_name in names]
    page, headers = call.paginate(found, "/installation/repositories")
    items = [shapes.repository(repo, call.world, call.at) for repo in page]
    return Answer(200, {"total_count": len(found), "repositories": items}, headers)


_REPOSITORY = r"/repos/(?P<repo>[^/]+/[^/]+)"
_Endpoint = Callable[[Call, re.Match[str]], Answer]
_ENDPOINTS: tuple[tuple[str, re.Pattern[str], _Endpoint], ...] = tuple(
    (method, re.compile(path), endpoint)
    for method, path, endpoint in (
        ("GET", _REPOSITORY, _repository),
        ("GET", _REPOSITORY + r"/pulls", _pulls),
        ("GET", _REPOSITORY + r"/pulls/(?P<number>\d{1,9})", _pull),
        ("GET", _REPOSITORY + r"/commits/(?P<sha>[^/]+)/pulls", _pulls_of_commit),
        ("GET", _REPOSITORY + r"/installation", _installation_of_repository),
        ("GET", r"/search/repositories", _search),
        ("GET", r"/rate_limit", _rate_limit),
        ("GET", r"/user", _user),
        ("GET", r"/app", _app),
        ("GET", r"/app/installations", _installations),
        ("GET", r"/app/installations/(?P<id>\d{1,18})", _installation),
        ("POST", r"/app/installations/(?P<id>\d{1,18})/access_tokens", _access_token),
        ("GET", r"/installation/repositories", _installed_repositories),
    )
)
