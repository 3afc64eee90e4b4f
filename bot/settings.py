"""Typed settings: the environment over `digestbot.toml` over defaults.

The file is the one that DIGESTBOT_CONFIG names, else `digestbot.toml` in the working directory if there is one. The
core's own settings stand at its top level; each adapter brings a settings class of its own, which reads the table of
its name. Nothing here is read at import.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import available_timezones

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, SettingsError

from bot.errors import ConfigurationError

FILE_NAME = "digestbot.toml"
SectionType = TypeVar("SectionType", bound=BaseSettings)


class BudgetSettings(BaseModel):
    """How much of a language model may be taken: tokens, read and written, and US dollars, where prices are set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    digest_tokens: int | None = Field(default=None, ge=0)
    digest_cost: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    day_tokens: int | None = Field(default=None, ge=0)
    day_cost: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class Settings(BaseSettings):
    """What the core needs to know; in the environment, each name with the prefix DIGESTBOT_.

    DATABASE_URL, as everybody calls it, has none; without it a database in the data directory is used.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_", extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True
    )

    data_dir: Path = Field(default_factory=lambda: platformdirs.user_data_path("digestbot"))
    timezone: str = "UTC"
    language: str = "en"
    database_url: SecretStr | None = Field(default=None, alias="DATABASE_URL")
    aliases: dict[str, str] = Field(default_factory=dict)
    budget: BudgetSettings = BudgetSettings()

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        if name not in available_timezones():
            message = "not an IANA time zone, such as UTC, Europe/Berlin or Asia/Shanghai"
            raise ValueError(message)
        return name


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """The tables of `digestbot.toml`; empty where there is no file."""

    path: Path | None
    tables: Mapping[str, Any]

    @classmethod
    def read(cls) -> "ConfigurationFile":
        """Read the file.

        Raises ConfigurationError if it is named but missing, unreadable or no TOML.
        """
        named = os.environ.get("DIGESTBOT_CONFIG")
        path = Path(named or FILE_NAME)
        try:
            return cls(path, tomllib.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            if named:
                message = f"The configuration file {path} does not exist."
                raise ConfigurationError(message, remedy="Create it, or unset DIGESTBOT_CONFIG.") from None
            return cls(None, {})
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            message = f"The configuration file {path} cannot be read: {error}."
            raise ConfigurationError(message, remedy="Correct it, and start again.") from None

    def settings(self, sections: frozenset[str]) -> Settings:
        """Return the core's settings; `sections` are the tables that belong to adapters."""
        return self._load(Settings, {key: value for key, value in self.tables.items() if key not in sections})

    def section(self, section: type[SectionType], name: str) -> SectionType:
        """Return the settings of an adapter, from the table of that name."""
        table = self.tables.get(name, {})
        if not isinstance(table, dict):
            message = f"{self.path}: [{name}] has to be a table."
            raise ConfigurationError(message, remedy="Correct it, and start again.")
        return self._load(section, table)

    def _load(self, section: type[SectionType], table: Mapping[str, Any]) -> SectionType:
        try:
            return section(**{**table, **EnvSettingsSource(section)()})
        except ValidationError as error:
            # The values stay out of the sentence: one of them may be a secret.
            first = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            problem = "there is no such setting" if first["type"] == "extra_forbidden" else first["msg"]
            message = f"The setting {key} is wrong: {problem.removeprefix('Value error, ')}."
        except SettingsError:
            prefix = section.model_config.get("env_prefix", "")
            message = f"A variable {prefix}… is not the JSON that its setting needs."
        where = f"{self.path} or in the environment" if self.path else "the environment"
        raise ConfigurationError(message, remedy=f"Correct it in {where}, and start again.")
