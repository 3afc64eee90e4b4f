"""The settings: where they come from, and what is said when they are wrong."""

from pathlib import Path

import pytest
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigurationError
from bot.settings import ConfigurationFile


class Section(BaseSettings):
    """Stands for an adapter's settings."""

    model_config = SettingsConfigDict(env_prefix="DIGESTBOT_SECTION_", extra="forbid", hide_input_in_errors=True)

    limit: int = 3
    token: SecretStr | None = None

    @model_validator(mode="after")
    def _two_are_enough(self) -> "Section":
        if self.token and self.limit > 3:
            message = "a token is for three at most"
            raise ValueError(message)
        return self


class Needy(Section):
    """Has a setting without a default, and one by the name that everybody gives it."""

    folder: Path
    key: str = Field(default="", alias="SECTION_KEY")


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "TIMEZONE", "LANGUAGE", "DATA_DIR", "ALIASES", "SECTION_LIMIT"):
        monkeypatch.delenv(f"DIGESTBOT_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def written(text: str) -> ConfigurationFile:
    """Return the configuration of a file with this text in the working directory."""
    Path("digestbot.toml").write_text(text, "utf-8")
    return ConfigurationFile.read()


def test_defaults_need_no_file() -> None:
    """Without a file and without variables the defaults hold."""
    settings = ConfigurationFile.read().settings(frozenset())
    assert (settings.timezone, settings.language, settings.aliases) == ("UTC", "en", {})


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable overrides the file, and the file overrides the default."""
    monkeypatch.setenv("DIGESTBOT_TIMEZONE", "Asia/Shanghai")
    settings = written('timezone = "Europe/Berlin"\nlanguage = "zh"').settings(frozenset())
    assert (settings.timezone, settings.language) == ("Asia/Shanghai", "zh")


def test_aliases_are_a_table() -> None:
    """Aliases map a short name to a location."""
    settings = written('[aliases]\nrocket = "acme/rocket"').settings(frozenset())
    assert settings.aliases == {"rocket": "acme/rocket"}


def test_a_section_reads_its_table_and_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """An adapter's settings come from the table of its name, below the environment."""
    file = written("[section]\nlimit = 5")
    assert file.section(Section, "section").limit == 5
    monkeypatch.setenv("DIGESTBOT_SECTION_LIMIT", "7")
    assert file.section(Section, "section").limit == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('colour = "red"', "colour is wrong: there is no such setting"),
        ('timezone = "Mars/Olympus"', "timezone (DIGESTBOT_TIMEZONE) is wrong: not an IANA time zone"),
        ("timezone = 5", "timezone (DIGESTBOT_TIMEZONE) is wrong"),
        ('[[subscriptions]]\nplace = "console:"', "subscriptions.0.repositories is wrong: Field required"),
        ("timezone = ", "cannot be read"),
        ("aliases = 5", "aliases (DIGESTBOT_ALIASES) is wrong"),
    ],
)
def test_a_wrong_file_is_named_with_its_setting(text: str, said: str) -> None:
    """A wrong setting gives one sentence that names it, and what to do."""
    with pytest.raises(ConfigurationError) as caught:
        written(text).settings(frozenset())
    assert said in str(caught.value)
    assert "digestbot.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("section", "text", "said"),
    [
        (
            Section,
            "limit = []",
            "The setting section.limit (DIGESTBOT_SECTION_LIMIT) is wrong: Input should be a valid",
        ),
        (Section, "limits = 5", "The setting section.limits is wrong: there is no such setting. Correct it in"),
        (Section, 'limit = 5\ntoken = "x"', "The setting [section] is wrong: a token is for three at most."),
        (Needy, "", "The setting section.folder is missing. Set DIGESTBOT_SECTION_FOLDER in the environment, or sect"),
        (Needy, 'folder = "x"\nSECTION_KEY = 5', "The setting section.key (SECTION_KEY) is wrong: Input should be a"),
    ],
)
def test_a_wrong_setting_of_a_section(section: type[BaseSettings], text: str, said: str) -> None:
    """A wrong setting is named with its table and its variable; one that is missing, with where to set it."""
    Path("digestbot.toml").touch(0o600)
    with pytest.raises(ConfigurationError) as caught:
        written(f"[section]\n{text}").section(section, "section")
    assert str(caught.value).startswith(said)


def test_a_named_file_has_to_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that DIGESTBOT_CONFIG names is not passed over when it is missing."""
    monkeypatch.setenv("DIGESTBOT_CONFIG", "elsewhere.toml")
    with pytest.raises(ConfigurationError, match=r"elsewhere\.toml does not exist"):
        ConfigurationFile.read()


def test_a_variable_that_is_no_json_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A structured variable that cannot be parsed is a configuration error."""
    monkeypatch.setenv("DIGESTBOT_ALIASES", "rocket=acme/rocket")
    with pytest.raises(ConfigurationError, match="JSON"):
        ConfigurationFile.read().settings(frozenset())


def test_no_value_reaches_an_error() -> None:
    """The sentence about a wrong setting never holds its value, which may be a secret."""
    with pytest.raises(ConfigurationError) as caught:
        written('[section]\nlimit = "hunter2"\ntoken = "hunter2"').section(Section, "section")
    assert "hunter2" not in str(caught.value)


def test_a_section_has_to_be_a_table() -> None:
    """A plain value in the place of a section is an error, not an empty section."""
    with pytest.raises(ConfigurationError, match="has to be a table"):
        written("section = 5").section(Section, "section")
