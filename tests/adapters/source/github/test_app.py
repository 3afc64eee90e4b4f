"""Asking as a GitHub App: its hourly tokens, and where it is installed."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.source.github import GitHub
from bot.errors import ConfigurationError, CredentialRefused
from bot.model import Commit
from tests.adapters.source.github.conftest import Clock, Opened
from tests.adapters.source.github.test_pull_requests import asked
from tests.fakes.github import FakeGitHub
from tests.fakes.github_answers import server_error
from tests.fakes.github_world import App, Installation, Repository, World

pytestmark = pytest.mark.usefixtures("installed")


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    """Return the key of the app."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def pem(key: rsa.RSAPrivateKey) -> str:
    """Return the key as GitHub hands it out."""
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture
def clock() -> Clock:
    """Return a clock for the adapter that begins at the present."""
    clock = Clock()
    clock.moment = datetime.now(UTC)
    return clock


@pytest.fixture
def seconds() -> Callable[[], float]:
    """Return the machine's clock for the fake: by it PyGithub dates what it signs, whatever time a test sets."""
    return time.time


@pytest.fixture
def installed(world: World, rocket: Repository, key: rsa.RSAPrivateKey) -> World:
    """Return the world with an app on two accounts, whose repositories are private."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    world.app = App(7, "digestbot", "acme", public)
    world.installations = [Installation(70, "newco"), Installation(71, "acme")]
    rocket.private = True
    world.repositories.append(Repository("newco/probe", rocket.path, private=True))
    return world


@pytest.fixture
def app(opened: Opened, pem: str) -> GitHub:
    """Return the adapter as the app."""
    return opened(token=None, app_id="7", app_private_key=pem)


async def test_one_token_for_everything(app: GitHub, hub: FakeGitHub, commits: list[Commit]) -> None:
    """An hourly token is fetched once, and serves names, pull requests and git."""
    assert (await app.find("acme/rocket")).private
    assert len((await asked(app, commits)).found) == 3
    assert await app.credential(f"{hub.url}/acme/rocket.git")
    assert [exchange.path for exchange in hub.log] == [
        "/app/installations?per_page=100",
        "/app/installations/71/access_tokens",
        "/repos/acme/rocket",
        "/graphql",
    ]


async def test_each_owner_has_an_installation(app: GitHub, hub: FakeGitHub) -> None:
    """The repositories of each account are asked for by the token of its own installation."""
    assert (await app.find("acme/rocket")).repository.name == "acme/rocket"
    assert (await app.find("newco/probe")).repository.name == "newco/probe"
    one, other = [await app.credential(f"{hub.url}/{name}.git") for name in ("acme/rocket", "newco/probe")]
    assert one
    assert other
    assert one != other


async def test_a_named_installation(opened: Opened, hub: FakeGitHub, pem: str, commits: list[Commit]) -> None:
    """A named installation is not looked up: a short name, its pull requests and the token cost three requests."""
    github = opened(token=None, app_id="7", app_private_key=pem, app_installation_id=71)
    await asked(github, commits, (await github.find("rocket")).repository.name)
    assert len(hub.log) == 3


async def test_elsewhere_as_another_installation(app: GitHub, world: World, rocket: Repository) -> None:
    """What is public on an account without the app is asked for as one of the installations."""
    world.repositories.append(Repository("stranger/open", rocket.path))
    assert (await app.find("stranger/open")).repository.name == "stranger/open"


async def test_a_fresh_token_in_time(app: GitHub, hub: FakeGitHub, clock: Clock) -> None:
    """A token is replaced ten minutes before it expires, and not earlier."""
    url = f"{hub.url}/acme/rocket.git"
    first = await app.credential(url)
    clock.moment += timedelta(minutes=49)
    assert await app.credential(url) == first
    clock.moment += timedelta(minutes=2)
    assert await app.credential(url) != first


async def test_at_once_there_is_one_token(app: GitHub, hub: FakeGitHub) -> None:
    """Whoever needs a token while it is fetched waits for the same one."""
    url = f"{hub.url}/acme/rocket.git"
    assert len(set(await asyncio.gather(*(app.credential(url) for _ in range(8))))) == 1
    assert len(hub.log) == 2


async def test_a_key_in_a_file(opened: Opened, pem: str, tmp_path: Path) -> None:
    """The key may be in a file, and a file that cannot be read is named by its variable."""
    file = tmp_path / "key.pem"
    with pytest.raises(ConfigurationError, match="GITHUB_APP_PRIVATE_KEY_PATH"):
        await opened(token=None, app_id="7", app_private_key_path=file).find("acme/rocket")
    file.write_text(pem)
    github = opened(token=None, app_id="7", app_private_key_path=file)
    assert (await github.find("acme/rocket")).private


async def test_a_key_on_one_line(opened: Opened, pem: str) -> None:
    r"""A key whose line feeds are written as \n is the same key."""
    github = opened(token=None, app_id="7", app_private_key=pem.replace("\n", "\\n"))
    assert (await github.find("acme/rocket")).private


@pytest.mark.parametrize("app_id", ["8", "7"])
async def test_an_app_that_is_refused(opened: Opened, pem: str, app_id: str) -> None:
    """A wrong id and a key that is none are the operator's to correct; the key is not repeated."""
    wrong = pem if app_id == "8" else "-----BEGIN RSA PRIVATE KEY-----\nsecret\n-----END RSA PRIVATE KEY-----"
    with pytest.raises(CredentialRefused) as caught:
        await opened(token=None, app_id=app_id, app_private_key=wrong).find("acme/rocket")
    assert "GITHUB_APP_ID" in caught.value.remedy
    assert "secret" not in str(caught.value)


async def test_an_app_that_is_nowhere(app: GitHub, installed: World, commits: list[Commit]) -> None:
    """An app without installations says so; a digest goes on with a note."""
    installed.installations.clear()
    with pytest.raises(CredentialRefused, match="not installed"):
        await app.find("acme/rocket")
    assert [note.id for note in (await asked(app, commits)).notes] == ["pull-requests-unauthorised"]


async def test_no_token_to_be_had(app: GitHub, hub: FakeGitHub, commits: list[Commit]) -> None:
    """While no token can be fetched, a digest goes on with a note, and git hears that GitHub fails."""
    hub.faults.add(*[server_error()] * 8)
    assert [note.id for note in (await asked(app, commits)).notes] == ["pull-requests-unavailable"]
    with pytest.raises(Exception, match="does not answer"):
        await app.credential(f"{hub.url}/acme/rocket.git")
