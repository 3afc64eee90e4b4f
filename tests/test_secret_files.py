"""Secrets in files: which one is taken, and what is said of one that is of no use."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.slack.settings import SlackSettings
from adapters.model.openai.settings import ModelSettings
from adapters.source.git import GitSettings
from adapters.source.github import GitHubSettings
from adapters.traces import TracesSettings
from bot.errors import ConfigurationError
from bot.secret_files import read_secrets
from bot.settings import ConfigurationFile

SECRET = "hunter2"  # noqa: S105 - of nobody
SECTIONS: dict[str, type[BaseSettings]] = {
    "slack": SlackSettings,
    "discord": DiscordSettings,
    "model": ModelSettings,
    "git": GitSettings,
    "github": GitHubSettings,
    "traces": TracesSettings,
}
SECRETS = (
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "DISCORD_TOKEN",
    "OPENAI_API_KEY",
    "DIGESTBOT_GIT_TOKEN",
    "GITHUB_TOKEN",
    "GITHUB_APP_PRIVATE_KEY",
    "DIGESTBOT_TRACES_HEADERS",
    "DATABASE_URL",
)


@pytest.fixture(autouse=True)
def _no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    for name in ("DIGESTBOT_CONFIG", "DIGESTBOT_SECRETS_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_APP_ID", "1")
    monkeypatch.chdir(tmp_path)


def known() -> set[str]:
    """Return the secrets that the settings hold, told apart by their names."""
    file = ConfigurationFile.read()
    sections = [file.settings(frozenset()), *(file.section(section, name) for name, section in SECTIONS.items())]
    values = [value for section in sections for _, value in section]
    return {value.get_secret_value() for value in values if isinstance(value, SecretStr)}


def test_each_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every secret of every section is read from the file that its variable with _FILE names."""
    for name in SECRETS:
        (tmp_path / name).write_text(f"of={name}\n")
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
    assert known() == {f"of={name}" for name in SECRETS}


def test_each_secret_may_stand_in_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every secret of every section is read from the file of its name in the folder of secrets."""
    for name in SECRETS:
        (tmp_path / name).write_text(f"of={name}\r\n")
    monkeypatch.setenv("DIGESTBOT_SECRETS_DIR", str(tmp_path))
    assert known() == {f"of={name}" for name in SECRETS}


def test_a_file_wins_over_the_configuration_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A secret in a file of its own goes before one in digestbot.toml, under either of its names there."""
    (tmp_path / "token").write_text(SECRET)
    monkeypatch.setenv("GITHUB_TOKEN_FILE", str(tmp_path / "token"))
    for key in ("token", "GITHUB_TOKEN"):
        Path("digestbot.toml").write_text(f'[github]\n{key} = "another"\napp_private_key = "key"')
        Path("digestbot.toml").chmod(0o600)
        token = ConfigurationFile.read().section(GitHubSettings, "github").token
        assert token
        assert token.get_secret_value() == SECRET


def test_the_order_is_variable_then_file_then_folder(tmp_path: Path) -> None:
    """A variable goes before the folder, and so does a file that is named; an empty variable is none."""
    (tmp_path / "GITHUB_TOKEN").write_text("of the folder")
    (tmp_path / "named").write_text("named")
    folder = {"DIGESTBOT_SECRETS_DIR": str(tmp_path)}
    named = {"GITHUB_TOKEN_FILE": str(tmp_path / "named")}
    assert read_secrets(["GITHUB_TOKEN"], {"GITHUB_TOKEN": "set", **folder}) == {}
    assert read_secrets(["GITHUB_TOKEN"], {**named, **folder}) == {"GITHUB_TOKEN": "named"}
    assert read_secrets(["GITHUB_TOKEN"], {"GITHUB_TOKEN": "", **folder}) == {"GITHUB_TOKEN": "of the folder"}


def test_an_empty_file_of_the_folder_is_no_secret(tmp_path: Path) -> None:
    """The folder may have an empty file, or none, for a secret that is not set."""
    (tmp_path / "GITHUB_TOKEN").touch()
    assert read_secrets(["GITHUB_TOKEN", "DISCORD_TOKEN"], {"DIGESTBOT_SECRETS_DIR": str(tmp_path)}) == {}


def test_a_secret_is_given_once(tmp_path: Path) -> None:
    """A variable and a file for the same secret are an error."""
    given = {"GITHUB_TOKEN": SECRET, "GITHUB_TOKEN_FILE": str(tmp_path / "token")}
    with pytest.raises(ConfigurationError, match="GITHUB_TOKEN and GITHUB_TOKEN_FILE are both set"):
        read_secrets(["GITHUB_TOKEN"], given)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfe", "is no text"),
        (b"x" * 70_000, "is longer than any secret"),
    ],
)
def test_a_file_of_no_use_is_an_error(tmp_path: Path, content: bytes | None, said: str) -> None:
    """A file that is named and missing, empty, binary or far too long is an error that names the variable."""
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"The file that GITHUB_TOKEN_FILE names {said}"):
        read_secrets(["GITHUB_TOKEN"], {"GITHUB_TOKEN_FILE": str(path)})


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """A folder where a file should be, and a missing folder of secrets, are errors with the reason."""
    (tmp_path / "GITHUB_TOKEN").mkdir()
    for variable in ("GITHUB_TOKEN_FILE", "DIGESTBOT_SECRETS_DIR"):
        with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
            read_secrets(["GITHUB_TOKEN"], {variable: str(tmp_path)})
    with pytest.raises(ConfigurationError, match="DIGESTBOT_SECRETS_DIR names no folder"):
        read_secrets(["GITHUB_TOKEN"], {"DIGESTBOT_SECRETS_DIR": str(tmp_path / "missing")})


@given(secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_no_error_shows_a_secret_in_the_wrong_place(secret: str) -> None:
    """A secret that was put into the variable of its file is in no error."""
    with pytest.raises(ConfigurationError) as caught:
        read_secrets(["T"], {"T_FILE": f"/missing/{secret}~{secret}"})
    assert f"{secret}~{secret}" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o644, 0o602, 0o666])
def test_a_configuration_file_with_a_secret_is_not_for_everybody(mode: int) -> None:
    """A secret in a digestbot.toml that every user may read or write is refused, with what to do."""
    path = Path("digestbot.toml")
    path.write_text(f'[github]\ntoken = "{SECRET}"\napp_private_key = "key"')
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match=r"chmod o= digestbot\.toml") as caught:
        ConfigurationFile.read().section(GitHubSettings, "github")
    assert SECRET not in str(caught.value)
    path.chmod(0o640)
    assert ConfigurationFile.read().section(GitHubSettings, "github").token


def test_a_configuration_file_without_a_secret_may_be_read_by_all() -> None:
    """Whatever else digestbot.toml says is no reason to refuse it."""
    path = Path("digestbot.toml")
    path.write_text('timezone = "Europe/Berlin"\n[git]\nallow_http = true')
    path.chmod(0o644)
    assert ConfigurationFile.read().section(GitSettings, "git").allow_http
