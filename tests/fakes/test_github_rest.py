"""The fake GitHub's REST API: shapes, pagination, caching, credentials and limits."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from github import Auth, Github, GithubIntegration

from bot.contracts.repositories import BuiltRepository
from tests.fakes.conftest import OUTSIDER, TOKEN, Clock
from tests.fakes.github import FakeGitHub
from tests.fakes.github_client import Reply, ask
from tests.fakes.github_limits import Limits
from tests.fakes.github_world import App, Installation, PullRequest, Repository, Token, World

LINK = re.compile(r'<([^>]*)>; rel="(\w+)"')


@pytest.fixture(scope="module")
def key() -> tuple[str, str]:
    """Return the private and the public key of an app, in PEM."""
    private = rsa.generate_private_key(65537, 2048)
    pkcs8 = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pkcs8.decode(), public.decode()


def get(hub: FakeGitHub, path: str, token: str | None = TOKEN, **headers: str) -> Reply:
    """Return what a path of the API answers."""
    return ask(hub.url + path, token=token, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_repository(hub: FakeGitHub) -> None:
    """A repository says where to clone it from, its default branch, and how often it was starred."""
    shape = get(hub, "/repos/Acme/Rocket", None).json
    assert (shape["full_name"], shape["default_branch"], shape["stargazers_count"]) == ("acme/rocket", "main", 5)
    assert (shape["clone_url"], shape["url"]) == (f"{hub.url}/acme/rocket.git", f"{hub.url}/repos/acme/rocket")
    assert (shape["private"], shape["archived"], shape["disabled"], shape["owner"]["type"]) == (
        False,
        False,
        False,
        "Organization",
    )


@pytest.mark.parametrize(("token", "status"), [(None, 404), (OUTSIDER, 404), (TOKEN, 200), ("wrong", 401)])
def test_private_repository(hub: FakeGitHub, token: str | None, status: int) -> None:
    """A private repository is missing for whoever may not see it."""
    assert get(hub, "/repos/acme/secret", token).status == status


def test_renamed_repository(hub: FakeGitHub, world: World) -> None:
    """The old name redirects to an address that no rename changes, with what was asked."""
    world.repositories[0].rename("acme/falcon")
    reply = get(hub, "/repos/acme/rocket/pulls?state=all&per_page=1")
    assert reply.status == 301
    assert re.fullmatch(rf"{hub.url}/repositories/\d+/pulls\?state=all&per_page=1", reply.headers["location"])
    assert [pull["base"]["repo"]["full_name"] for pull in ask(reply.headers["location"]).json] == ["acme/falcon"]


def test_empty_and_blocked_repositories(hub: FakeGitHub, world: World, tmp_path: Path) -> None:
    """An empty repository has the size 0, and a blocked one answers 451 with the reason."""
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "empty"], check=True)
    world.repositories += [
        Repository("acme/empty", tmp_path / "empty"),
        Repository("acme/gone", tmp_path, blocked="dmca"),
    ]
    assert get(hub, "/repos/acme/empty").json["size"] == 0
    assert get(hub, f"/repos/acme/empty/commits/{'0' * 40}/pulls").status == 409
    reply = get(hub, "/repos/acme/gone")
    assert (reply.status, reply.json["block"]["reason"]) == (451, "dmca")


def test_search(hub: FakeGitHub, world: World, rocket: BuiltRepository) -> None:
    """A search finds what the caller may see, not forks, by name, the most starred first where that is asked."""
    world.repositories += [
        Repository("zeta/rocket", rocket.path, stars=9),
        Repository("zeta/rocket-science", rocket.path, stars=99),
        Repository("fork/rocket", rocket.path, stars=999, fork=True),
        Repository("acme/rocket-plans", rocket.path, private=True),
    ]

    def names(query: str, token: str | None = None) -> list[str]:
        return [item["full_name"] for item in get(hub, f"/search/repositories?q={query}", token).json["items"]]

    assert names("rocket+in:name") == ["zeta/rocket", "acme/rocket", "zeta/rocket-science"]
    assert names("rocket&sort=stars") == ["zeta/rocket-science", "zeta/rocket", "acme/rocket"]
    assert names("rocket+user:acme", TOKEN) == ["acme/rocket", "acme/rocket-plans"]
    assert names("rocket+fork:only") == ["fork/rocket"]
    assert names("nothing") == []
    assert get(hub, "/search/repositories?q=").status == 422
    assert get(hub, "/search/repositories?q=rocket+language:c").status == 422


def test_pull_requests(hub: FakeGitHub, rocket: BuiltRepository) -> None:
    """A pull request has its labels and author, is listed by state, and is found by the commit that it landed as."""
    one = get(hub, "/repos/acme/rocket/pulls/12").json
    assert (one["title"], one["user"]["login"], one["merged"]) == ("Order requests by deadline", "ada", True)
    assert [label["name"] for label in one["labels"]] == ["scheduler", "breaking-change"]
    assert [item["number"] for item in get(hub, "/repos/acme/rocket/pulls?state=closed").json] == [13, 12]
    assert [item["user"]["login"] for item in get(hub, "/repos/acme/rocket/pulls").json] == ["ghost"]
    landed = get(hub, f"/repos/acme/rocket/commits/{rocket.sha(3)}/pulls").json
    assert [(item["number"], item["user"]["type"]) for item in landed] == [(13, "Bot")]
    assert get(hub, f"/repos/acme/rocket/commits/{rocket.sha(1)}/pulls").json == []
    assert get(hub, f"/repos/acme/rocket/commits/{'0' * 40}/pulls").status == 422
    assert get(hub, "/repos/acme/rocket/pulls/99").status == 404


def test_pagination(hub: FakeGitHub, world: World) -> None:
    """Lists come in pages of at most a hundred, with links on the fake's own address that lead through all of them."""
    world.repositories[0].add(*(PullRequest(number, "Change") for number in range(100, 350)))
    url: str | None = f"{hub.url}/repos/acme/rocket/pulls?state=all&per_page=500"
    sizes, seen = [], set()
    while url:
        reply = ask(url, token=TOKEN)
        sizes.append(len(reply.json))
        seen |= {pull["number"] for pull in reply.json}
        links = {rel: link for link, rel in LINK.findall(reply.headers["link"])}
        url = links.get("next")
    assert (sizes, len(seen), set(links)) == ([100, 100, 53], 253, {"prev", "first"})


def test_conditional_requests(hub: FakeGitHub) -> None:
    """What has not changed is answered with 304, at no cost for whoever has a token; new pull requests change it."""
    first = get(hub, "/repos/acme/rocket/pulls")
    again = get(hub, "/repos/acme/rocket/pulls", if_none_match=first.headers["etag"])
    assert (again.status, again.payload) == (304, b"")
    assert again.headers["x-ratelimit-remaining"] == first.headers["x-ratelimit-remaining"] == "4999"
    hub.world.repositories[0].add(PullRequest(15, "More", state="OPEN"))
    assert get(hub, "/repos/acme/rocket/pulls", if_none_match=first.headers["etag"]).status == 200


def test_a_304_costs_the_anonymous(hub: FakeGitHub) -> None:
    """Without a token an answer of 304 counts as any other."""
    first = get(hub, "/repos/acme/rocket", None)
    again = get(hub, "/repos/acme/rocket", None, if_none_match=first.headers["etag"])
    assert (again.status, again.headers["x-ratelimit-remaining"]) == (304, "58")


def test_primary_limit(hub: FakeGitHub, clock: Clock) -> None:
    """The sixty-first anonymous request of an hour is refused, with the second from which on it is served."""
    statuses = [get(hub, "/repos/acme/rocket", None).status for _ in range(60)]
    refused = get(hub, "/repos/acme/rocket", None)
    assert set(statuses) == {200}
    assert (refused.status, refused.headers["x-ratelimit-remaining"]) == (403, "0")
    assert "rate limit exceeded" in refused.json["message"]
    assert get(hub, "/rate_limit", None).json["rate"]["remaining"] == 0
    assert get(hub, "/repos/acme/rocket").status == 200
    clock.seconds = float(refused.headers["x-ratelimit-reset"])
    assert get(hub, "/repos/acme/rocket", None).status == 200


def test_secondary_limit(hub: FakeGitHub, clock: Clock) -> None:
    """More requests in a minute than GitHub allows are refused with the time to wait."""
    hub.limits.points_a_minute["core"] = 2
    assert [get(hub, "/user").status for _ in range(3)] == [200, 200, 403]
    refused = get(hub, "/user")
    assert (refused.headers["retry-after"], "secondary rate limit" in refused.json["message"]) == ("60", True)
    clock.seconds += 61
    assert get(hub, "/user").status == 200


def test_searches_have_a_quota_of_their_own(hub: FakeGitHub) -> None:
    """A search counts against ten a minute, not against the hour."""
    reply = get(hub, "/search/repositories?q=rocket", None)
    assert (reply.headers["x-ratelimit-resource"], reply.headers["x-ratelimit-remaining"]) == ("search", "9")
    assert get(hub, "/rate_limit", None).json["resources"]["core"]["used"] == 0


def test_limits_as_documented() -> None:
    """The quotas are those that GitHub documents."""
    limits = Limits(Clock())
    assert (limits.limits["core"], limits.anonymous["core"], limits.concurrent) == (5000, 60, 100)


def test_expired_token(hub: FakeGitHub, world: World, clock: Clock) -> None:
    """A token is refused from the second on at which it expires."""
    expiry = datetime.fromtimestamp(clock.seconds, UTC) + timedelta(seconds=5)
    world.tokens["ghp_short"] = Token("ada", expires_at=expiry)
    assert get(hub, "/user", "ghp_short").json["login"] == "ada"
    clock.seconds += 5
    assert get(hub, "/user", "ghp_short").status == 401


def test_who_asks(hub: FakeGitHub) -> None:
    """A request without a User-Agent is refused, and /user needs a token."""
    assert get(hub, "/user", None, user_agent="").status == 403
    assert get(hub, "/user", None).status == 401
    assert get(hub, "/nowhere").status == 404


def test_app(hub: FakeGitHub, world: World, clock: Clock, key: tuple[str, str]) -> None:
    """An app signs its way to the token of an installation, which reads what the installation covers for an hour."""
    world.app = App(7, "digest", "acme", key[1])
    world.installations = [Installation(11, "acme", frozenset({"acme/secret"})), Installation(12, "zeta")]
    now = int(clock.seconds)
    signed = jwt.encode({"iss": "7", "iat": now - 60, "exp": now + 300}, key[0], "RS256")
    assert get(hub, "/app", signed).json["slug"] == "digest"
    assert [item["id"] for item in get(hub, "/app/installations?per_page=1", signed).json] == [11]
    assert get(hub, "/repos/acme/secret/installation", signed).json["id"] == 11
    assert get(hub, "/repos/acme/rocket/installation", signed).status == 404
    issued = ask(f"{hub.url}/app/installations/11/access_tokens", token=signed, post={})
    secret = issued.json["token"]
    assert issued.status == 201
    assert get(hub, "/repos/acme/secret", secret).status == 200
    assert [item["name"] for item in get(hub, "/installation/repositories", secret).json["repositories"]] == ["secret"]
    assert get(hub, "/user", secret).status == 403
    clock.seconds += 3600
    assert get(hub, "/repos/acme/secret", secret).status == 401


def test_apps_that_are_refused(hub: FakeGitHub, world: World, clock: Clock, key: tuple[str, str]) -> None:
    """A signature that is expired, too long, of another app or of nobody is refused, as is a token in its place."""
    world.app = App(7, "digest", "acme", key[1])
    world.installations = [Installation(11, "acme", suspended_at=datetime(2026, 1, 1, tzinfo=UTC))]
    now = int(clock.seconds)

    def status(**claims: object) -> int:
        signed = jwt.encode({"iss": "7", "iat": now, "exp": now + 60, **claims}, key[0], "RS256")
        return get(hub, "/app", signed).status

    assert status() == 200
    assert [status(exp=now), status(exp=now + 601), status(iat=now + 5), status(iss="8")] == [401, 401, 401, 404]
    assert get(hub, "/app", "a.b.c").status == 401
    assert get(hub, "/app").status == 401
    signed = jwt.encode({"iss": "7", "iat": now, "exp": now + 60}, key[0], "RS256")
    assert ask(f"{hub.url}/app/installations/11/access_tokens", token=signed, post={}).status == 403


def test_pygithub(world: World, key: tuple[str, str]) -> None:
    """PyGithub reads repositories, pull requests and searches, follows a rename, and signs in as an installation."""
    world.app = App(7, "digest", "acme", key[1])
    world.installations = [Installation(11, "acme")]
    world.repositories[0].rename("acme/falcon")
    with FakeGitHub(world).in_thread() as hub:
        for base in (hub.url, f"{hub.url}/api/v3"):
            with Github(
                base_url=base, auth=Auth.Token(TOKEN), seconds_between_requests=0, retry=None, per_page=1
            ) as client:
                repo = client.get_repo("acme/rocket")
                assert (repo.full_name, [pull.number for pull in repo.get_pulls("all")]) == (
                    "acme/falcon",
                    [14, 13, 12],
                )
                assert [found.full_name for found in client.search_repositories("falcon in:name")] == ["acme/falcon"]
                _, answer = client.requester.graphql_query("{ viewer { login } }", {})
                assert answer["data"] == {"viewer": {"login": "ada"}}
        with GithubIntegration(base_url=hub.url, auth=Auth.AppAuth(7, key[0]), seconds_between_requests=0) as app:
            installed = app.get_github_for_installation(11)
            assert installed.get_repo("acme/secret").private


def test_record(world: World, tmp_path: Path) -> None:
    """The API's traffic is recorded as if it were GitHub's own, without a token in it; git's is not."""
    file = tmp_path / "traffic.jsonl"
    with FakeGitHub(world, record_to=file).in_thread() as hub:
        get(hub, "/api/v3/user")
        ask(f"{hub.url}/graphql", token=TOKEN, post={"query": "{ viewer { login } }"})
        ask(f"{hub.url}/acme/rocket.git/info/refs?service=git-upload-pack", token=TOKEN)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["request"]["url"] for line in lines] == [
        "https://api.github.com/user",
        "https://api.github.com/graphql",
    ]
    assert lines[0]["response"]["body"]["login"] == "ada"
    assert lines[0]["request"]["headers"]["authorization"] == "<redacted>"
    assert TOKEN not in file.read_text()


def test_command_line(rocket: BuiltRepository) -> None:
    """The command line serves repositories with the pull requests that their subjects name, and prints its address."""
    command = [sys.executable, "-m", "tests.fakes.github", "--repo", f"acme/rocket={rocket.path}", "--token", TOKEN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            url = server.stdout.readline().strip()
            assert ask(f"{url}/repos/acme/rocket/pulls/12").status == 404
            pull = ask(f"{url}/repos/acme/rocket/pulls/12", token=TOKEN).json
            assert (pull["title"], pull["merge_commit_sha"]) == ("Order requests by deadline", rocket.sha(2))
        finally:
            server.terminate()
