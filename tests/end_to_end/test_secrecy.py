"""Where a credential must not appear, whatever the program does with it."""

import base64
import logging
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.end_to_end.conftest import CHANGES, DAY, Bot
from tests.fakes.github import FakeGitHub
from tests.fakes.github_answers import server_error
from tests.fakes.github_faults import Truncate
from tests.fakes.github_traffic import Exchange
from tests.fakes.github_world import App, Installation, Repository, Token

# Other tests may run at the same time, some of them with their tokens on a command line.
TOKEN = f"ghp_{secrets.token_hex(18)}"
WRONG = f"ghp_{secrets.token_hex(18)}"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """Return the key of an app."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def pem(key: rsa.RSAPrivateKey, hub: FakeGitHub) -> str:
    """Return the key as GitHub hands it out, of an app that is installed where the repository is."""
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    hub.world.app = App(7, "digestbot", "acme", public.decode())
    hub.world.installations = [Installation(71, "acme")]
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture
def command_lines(hub: FakeGitHub) -> set[bytes]:
    """Return the command lines of this machine, as they are whenever the server is asked something."""
    seen: set[bytes] = set()

    def look(_: Exchange) -> None:
        seen.update(_command_lines())

    hub.watch = look
    return seen


def _command_lines() -> Iterator[bytes]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            yield (process / "cmdline").read_bytes()
        except OSError:  # it has just ended
            continue


def disguises(secret: str) -> set[bytes]:
    """Return a secret as it is, and as it goes into a header."""
    header = base64.b64encode(f"x-access-token:{secret}".encode())
    return {secret.encode(), base64.b64encode(secret.encode()).rstrip(b"="), header}


@pytest.mark.parametrize("way", ["token", "app"])
def test_a_private_repository(
    bot: Bot,
    hub: FakeGitHub,
    rocket: Repository,
    pem: str,
    command_lines: set[bytes],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    way: str,
) -> None:
    """A private repository is read; the credential is in no log, command line, address, error, output or file."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("DIGESTBOT_DEBUG", "1")
    rocket.private = True
    hub.world.tokens = {TOKEN: Token("ada")}
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    if way == "app":
        monkeypatch.setenv("GITHUB_TOKEN", "")
        monkeypatch.setenv("GITHUB_APP_ID", "7")
        monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", pem)
    report = tmp_path / "data" / "report.md"
    done = [bot("rocket", DAY), bot("rocket", DAY, "--format", "markdown", "--output", str(report))]
    assert done[0].digest["receipt"]["found"] == CHANGES
    assert done[0].digest["entries"][0]["labels"] == ["breaking-change"]
    assert any(b"remote-http" in line for line in command_lines)
    hub.faults.add(*[server_error(502)] * 3, *[Truncate(20)] * 3)
    done += [bot("rocket", DAY) for _ in range(3)]
    monkeypatch.setenv("GITHUB_TOKEN", WRONG)
    done.append(bot("acme/other", DAY))
    assert {outcome.code for outcome in done} > {0, 5}
    assert [exchange for exchange in hub.log if exchange.kind == "graphql"]
    tokens = {TOKEN, WRONG, *hub.world.tokens}
    assert (len(tokens) > 2) == (way == "app")
    hidden = {*(each for token in tokens for each in disguises(token)), pem.splitlines()[5].encode()}
    seen = {
        "logs": [record.getMessage().encode() for record in caplog.records],
        "output": [text.encode() for outcome in done for text in (outcome.out, outcome.err)],
        "addresses": [exchange.path.encode() for exchange in hub.log],
        "command lines": list(command_lines),
        "files": [path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()],
    }
    assert all(seen.values())
    assert [place for place, texts in seen.items() for text in texts if any(secret in text for secret in hidden)] == []
