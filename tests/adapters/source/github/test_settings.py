"""What may be set about GitHub, and where."""

from pathlib import Path

import pytest

from adapters.source.github import GitHub, GitHubSettings
from bot.errors import ConfigurationError
from bot.settings import ConfigurationFile
from tests.adapters.source.github.conftest import Clock


def read(**table: object) -> GitHubSettings:
    """Return the settings of a file with this table, and of the environment."""
    return ConfigurationFile(Path("digestbot.toml"), {"github": table}).section(GitHubSettings, "github")


def test_defaults() -> None:
    """Without any settings the public GitHub is asked, as nobody in particular."""
    settings = read()
    assert (settings.api_url, settings.token, settings.app_id) == ("https://api.github.com", None, None)


def test_the_conventional_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that other tools read are read, and win over the file."""
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_1")
    monkeypatch.setenv("GITHUB_API_URL", "https://ghe.example/api/v3")
    monkeypatch.setenv("DIGESTBOT_GITHUB_THREADS", "2")
    settings = read(token="ghp_2", reserve=3)  # noqa: S106 - no token of anybody
    assert settings.token
    assert settings.token.get_secret_value() == "ghp_1"
    assert (settings.api_url, settings.threads, settings.reserve) == ("https://ghe.example/api/v3", 2, 3)


def test_an_empty_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is empty is not set."""
    monkeypatch.setenv("GITHUB_TOKEN", "")
    assert read().token is None


def test_a_token_from_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line feed that a file ends with is no part of a token."""
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_1\n")
    token = read().token
    assert token
    assert token.get_secret_value() == "ghp_1"


@pytest.mark.parametrize("token", ["ghp secret", "ghp_secret\r\nX-Other: 1", "ghp_secret\N{EN DASH}"])
def test_no_token(token: str) -> None:
    """What cannot travel in a header is refused when the settings are read, and not repeated."""
    with pytest.raises(ConfigurationError, match="no token has") as caught:
        read(token=token)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("half", [{"app_id": "7"}, {"app_private_key": "secret"}])
def test_half_an_app(half: dict[str, str]) -> None:
    """An app without its key, or a key without its app, is refused; the key is not repeated."""
    with pytest.raises(ConfigurationError, match="both its id and its private key") as caught:
        read(**half)
    assert "secret" not in str(caught.value)


def test_secrets_do_not_show() -> None:
    """Neither token nor key are in what the settings print as."""
    settings = read(token="ghp_secret", app_id=7, app_private_key="secret key")  # noqa: S106 - no token of anybody
    assert "secret" not in f"{settings} {settings!r}".replace("SecretStr", "")


def test_a_wrong_address() -> None:
    """An address that cannot be used is refused when the adapter is made, before anything is sent."""
    with pytest.raises(ConfigurationError, match="GITHUB_API_URL"):
        GitHub(read(api_url="http://ghe.example/api/v3"), clock=Clock())
