"""The fake GitHub's git server: git's own protocol, with GitHub's credentials and redirects."""

import base64
import gzip
import subprocess
from pathlib import Path

import pytest

from bot.contracts.repositories import ENVIRONMENT, BuiltRepository, Story, run_git
from tests.fakes.conftest import OUTSIDER, TOKEN, WRONG
from tests.fakes.github import FakeGitHub
from tests.fakes.github_answers import Answer
from tests.fakes.github_client import ask
from tests.fakes.github_faults import Drop, Truncate
from tests.fakes.github_world import World

LS_REFS = b"0014command=ls-refs\n0000"


def clone(hub: FakeGitHub, name: str, to: Path, *options: str, token: str | None = None) -> str:
    """Clone a repository of the fake, and return the object that its main branch has."""
    header = ["-c", f"http.extraHeader=Authorization: Bearer {token}"] if token else []
    run_git(*header, "clone", "-q", "--bare", *options, f"{hub.url}/{name}.git", str(to))
    return run_git("rev-parse", "main", folder=to)


def refusal(hub: FakeGitHub, name: str, *, token: str | None = None) -> str:
    """Return what git says of a repository that it cannot read."""
    header = ["-c", f"http.extraHeader=Authorization: Bearer {token}"] if token else []
    command = ["git", *header, "ls-remote", f"{hub.url}/{name}.git"]
    run = subprocess.run(
        command,
        env={**ENVIRONMENT, "GIT_TERMINAL_PROMPT": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode
    return run.stderr


def test_clone(hub: FakeGitHub, rocket: BuiltRepository, tmp_path: Path) -> None:
    """A full clone has every commit."""
    assert clone(hub, "acme/rocket", tmp_path / "c") == rocket.sha(3)
    assert run_git("rev-list", "--count", "main", folder=tmp_path / "c") == "3"


def test_shallow_partial_clone(hub: FakeGitHub, tmp_path: Path) -> None:
    """Depth and filters are honoured: the bytes sent for the last commit without blobs are a fraction of a clone's."""
    clone(hub, "acme/rocket", tmp_path / "full")
    full = sum(exchange.sent for exchange in hub.requests("git"))
    hub.log.clear()
    clone(hub, "acme/rocket", tmp_path / "thin", "--depth=1", "--filter=blob:none")
    thin = sum(exchange.sent for exchange in hub.requests("git"))
    assert run_git("rev-list", "--count", "main", folder=tmp_path / "thin") == "1"
    assert thin < full / 50


def test_fetch_by_sha_and_deepen(hub: FakeGitHub, rocket: BuiltRepository, tmp_path: Path) -> None:
    """A blob that a partial clone lacks can be fetched by its sha, and a shallow clone deepened."""
    clone(hub, "acme/rocket", tmp_path / "c", "--depth=1", "--filter=blob:none")
    blob = rocket.git("rev-parse", "v1.0:queue.py")
    run_git("fetch", "-q", "origin", blob, folder=tmp_path / "c")
    assert run_git("cat-file", "blob", blob, folder=tmp_path / "c") == "heap"
    run_git("fetch", "-q", "--deepen=1", "origin", "main", folder=tmp_path / "c")
    assert run_git("rev-list", "--count", "main", folder=tmp_path / "c") == "2"


def test_incremental_fetch(hub: FakeGitHub, world: World, tmp_path: Path) -> None:
    """A fetch after a push brings what is new."""
    story = Story()
    story.commit("One", {"a": "1"})
    grown = story.write(tmp_path / "grown.git")
    world.repositories[0].path = grown.path
    clone(hub, "acme/rocket", tmp_path / "c")
    more = Story()
    mark = more.commit("Two", {"a": "2"}, parents=[grown.sha(1)])
    tip = grown.add(more).sha(mark)
    run_git("fetch", "-q", "origin", "main:main", folder=tmp_path / "c")
    assert run_git("rev-parse", "main", folder=tmp_path / "c") == tip


def test_protocol_2_and_compressed_bodies(hub: FakeGitHub, rocket: BuiltRepository) -> None:
    """A request in protocol 2 whose body is compressed, as git compresses long ones, is understood."""
    headers = {
        "Git-Protocol": "version=2",
        "Content-Type": "application/x-git-upload-pack-request",
        "Content-Encoding": "gzip",
    }
    reply = ask(f"{hub.url}/acme/rocket.git/git-upload-pack", post=gzip.compress(LS_REFS), headers=headers)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/x-git-upload-pack-result")
    assert f"{rocket.sha(3)} HEAD".encode() in reply.payload


def test_pushing_is_refused(hub: FakeGitHub) -> None:
    """Nothing can be pushed."""
    assert ask(f"{hub.url}/acme/rocket.git/info/refs?service=git-receive-pack").status == 403


def test_private_repository(hub: FakeGitHub, rocket: BuiltRepository, tmp_path: Path) -> None:
    """A private repository is read with a token that covers it, in either kind of header, and is missing for others."""
    assert clone(hub, "acme/secret", tmp_path / "c", token=TOKEN) == rocket.sha(3)
    basic = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    refs = f"{hub.url}/acme/secret.git/info/refs?service=git-upload-pack"
    assert ask(refs, headers={"Authorization": f"Basic {basic}"}).status == 200
    assert ask(refs, headers={"Authorization": f"token {TOKEN}"}).status == 200
    assert ask(refs, token=OUTSIDER).status == 404
    assert ask(refs, token=WRONG).status == 401


def test_credentials_are_asked_for(hub: FakeGitHub) -> None:
    """Without a token a private repository and a missing one look the same: a question for credentials."""
    for name in ("secret", "missing"):
        reply = ask(f"{hub.url}/acme/{name}.git/info/refs?service=git-upload-pack")
        assert (reply.status, reply.headers["www-authenticate"]) == (401, 'Basic realm="GitHub"')
        assert "could not read Username" in refusal(hub, f"acme/{name}")


def test_renamed_repository(hub: FakeGitHub, world: World, rocket: BuiltRepository, tmp_path: Path) -> None:
    """A clone follows the redirect of a repository that was renamed."""
    world.repositories[0].rename("acme/falcon")
    assert clone(hub, "acme/rocket", tmp_path / "c") == rocket.sha(3)
    assert {exchange.status for exchange in hub.requests("git")} == {301, 200}


def test_blocked_repository(hub: FakeGitHub, world: World) -> None:
    """A repository that was taken down answers 451."""
    world.repositories[0].blocked = "dmca"
    assert "451" in refusal(hub, "acme/rocket")


def test_empty_repository(hub: FakeGitHub, world: World, tmp_path: Path) -> None:
    """An empty repository can be cloned."""
    run_git("init", "-q", "--bare", str(tmp_path / "empty"))
    world.repositories[0].path = tmp_path / "empty"
    run_git("clone", "-q", "--bare", f"{hub.url}/acme/rocket.git", str(tmp_path / "c"))
    assert run_git("for-each-ref", folder=tmp_path / "c") == ""


@pytest.mark.parametrize("fault", [Answer(503, b"Down"), Drop(), Truncate(20)])
def test_server_down(hub: FakeGitHub, fault: Answer | Drop | Truncate) -> None:
    """A server that is down, or hangs up, or does so halfway, is an error for git; the next request is served."""
    hub.faults.add(fault, on="info/refs")
    assert "fatal" in refusal(hub, "acme/rocket")
    assert hub.faults.left == 0
    assert ask(f"{hub.url}/acme/rocket.git/info/refs?service=git-upload-pack").status == 200


def test_truncated_pack(hub: FakeGitHub, tmp_path: Path) -> None:
    """A pack that ends after so many bytes fails the clone, and the log has the bytes that were sent."""
    hub.faults.add(Truncate(10_000), on="POST .*git-upload-pack")
    hub.faults.add(Truncate(10_000), on="POST .*git-upload-pack")
    with pytest.raises(subprocess.CalledProcessError):
        clone(hub, "acme/rocket", tmp_path / "c")
    assert hub.requests("git")[-1].sent == 10_000
