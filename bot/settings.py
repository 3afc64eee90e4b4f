"""Typed settings: the environment over `digestbot.toml` over defaults.

The file is the one that DIGESTBOT_CONFIG names, else `digestbot.toml` in the working directory if there is one. The
core's own settings stand at its top level; each adapter brings a settings class of its own, which reads the table of
its name. A secret, which is whatever a class declares as one, may stand in a file of its own in place of its variable.
Nothing here is read at import.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar, get_args
from zoneinfo import available_timezones

import platformdirs
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, SettingsError

from bot.errors import ConfigurationError, RequestError
from bot.model import EVERYBODY, Audience, ChangeType, Pins, Quiet, Rhythm
from bot.redaction import redact
from bot.secret_files import open_to_others, read_secrets
from bot.talk.commands import MAX_REPOSITORIES
from bot.talk.globs import check_glob
from bot.talk.places import parse_place
from bot.talk.terms import parse_weekday
from bot.talk.times import parse_time

FILE_NAME = "digestbot.toml"
DEFAULT_TIME = time(9)
"""When a subscription is due that does not say."""

_HARMLESS = re.compile(r"[A-Za-z_-]{1,40}|[a-z]+:[\w.-]+/[\w.-]+")
_Value = TypeVar("_Value")


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        message = "not an IANA time zone, such as UTC, Europe/Berlin or Asia/Shanghai"
        raise ValueError(message)
    return name


def _said(parse: Callable[[str], _Value]) -> Callable[[object], _Value]:
    """Return a validator that reads a text as people say it."""

    def validate(value: object) -> _Value:
        try:
            return parse(str(value))
        except RequestError as error:
            raise ValueError(str(error)) from None

    return validate


def _time_of_day(value: object) -> time:
    """Read `"09:00"`, and a time of TOML's own."""
    found = value if isinstance(value, time) else _said(parse_time)(value)
    if found.second or found.microsecond:
        message = "a time of day is given to the minute"
        raise ValueError(message)
    return found


TimeZone = Annotated[str, AfterValidator(_known_timezone)]
Glob = Annotated[str, AfterValidator(_said(check_glob))]
Pattern = Annotated[str, Field(min_length=1, max_length=200)]
PlaceText = Annotated[str, AfterValidator(_said(lambda text: parse_place(text).channel_key))]

SectionType = TypeVar("SectionType", bound=BaseSettings)


class BudgetSettings(BaseModel):
    """How much of a language model may be taken: tokens, read and written, and US dollars, where prices are set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    digest_tokens: int | None = Field(default=None, ge=0, description="tokens for one digest")
    digest_cost: float | None = Field(default=None, ge=0, allow_inf_nan=False, description="US dollars for one digest")
    day_tokens: int | None = Field(
        default=None, ge=0, description="tokens for a day (UTC), all digests and answers together"
    )
    day_cost: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="US dollars for a day, likewise"
    )


class AnswerSettings(BaseModel):
    """What an answer to a question may take, and how often somebody may ask."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    calls: int = Field(default=8, ge=0, description="calls of tools with which a model reads, for one answer")
    tokens: int = Field(default=400_000, ge=0, description="tokens, read and written, for one answer")
    seconds: float = Field(
        default=180, gt=0, allow_inf_nan=False, description="seconds to wait for the model, for one answer"
    )
    per_hour_of_user: int = Field(default=30, ge=1, description="questions that one person may ask in an hour")
    per_hour_of_thread: int = Field(default=60, ge=1, description="questions that are answered in a thread in an hour")


class AccessSettings(BaseModel):
    """Who may ask for what, by patterns with stars; of what has no list, everybody or everything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    repositories: tuple[Pattern, ...] = Field(
        default=(), description="repositories that people may ask for, such as `acme/*`"
    )
    channels: tuple[Pattern, ...] = Field(
        default=(), description="channels in which people may ask, such as `slack:T1/C1` or `slack:T1/*`"
    )
    users: tuple[Pattern, ...] = Field(default=(), description="people who may ask, such as `slack:T1/U1`")
    subscribers: tuple[Pattern, ...] = Field(
        default=(), description="people who may make and change subscriptions, such as `slack:T1/U1`"
    )
    direct: bool = Field(
        default=True, description="whether direct messages are answered, which no list of channels says"
    )
    requests_per_hour: int = Field(
        default=30, ge=1, description="digests and subscriptions that one person may ask a process for in an hour"
    )


class ChannelSettings(BaseModel):
    """What holds for a channel: how it reads, and which changes it wants to see."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    repositories: tuple[Pattern, ...] = Field(
        default=(), description="repositories that may be private and are shown here all the same, such as `acme/*`"
    )
    timezone: TimeZone | None = Field(default=None, description="where days begin and end, such as `Asia/Shanghai`")
    language: str | None = Field(default=None, description="`en` or `zh`")
    interests: tuple[str, ...] = Field(default=(), description="what the channel cares about; a model ranks by it")
    exclude_bots: bool = Field(default=False, description="leave the changes of bots out")
    exclude_authors: tuple[str, ...] = Field(
        default=(), description="leave the changes of these people out: a login, a name or an address"
    )
    exclude_paths: tuple[Glob, ...] = Field(
        default=(), description="leave out what touches such files alone; globs as in a `.gitignore`"
    )
    exclude_types: tuple[ChangeType, ...] = Field(default=(), description="leave changes of these types out")
    only_paths: tuple[Glob, ...] = Field(default=(), description="leave out what touches no such file")

    def audience(self, otherwise: Audience = EVERYBODY) -> Audience:
        """Return whom digests are for; what is not set here is as it is `otherwise`."""
        ours = self.model_fields_set.intersection(field.name for field in fields(Audience))
        return replace(otherwise, **{name: getattr(self, name) for name in ours})


class SubscriptionSettings(ChannelSettings):
    """A subscription. All settings of a channel are settings of a subscription, too.

    What it does not say is as its channel has it, and then as the top of the file has it.
    """

    place: PlaceText = Field(
        description="where it is posted: `slack:WORKSPACE/CHANNEL`, `discord:SERVER/CHANNEL` or `console:`"
    )
    repositories: Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_REPOSITORIES)] = Field(
        description="a name or owner/name on GitHub, a clone URL, a path, or an alias"
    )
    rhythm: Rhythm = Field(default=Rhythm.DAILY, description="how often it comes")
    weekday: Annotated[int, BeforeValidator(_said(parse_weekday))] = Field(
        default=0, description="the day of a weekly one, such as `friday`; Monday unless set"
    )
    at: Annotated[time, BeforeValidator(_time_of_day)] = Field(default=DEFAULT_TIME, description="when it is due")
    quiet: Quiet = Field(default=Quiet.LINE, description="what is posted when nothing landed")
    pins: Pins = Field(default=Pins.HIGH, description="what is pinned")


class LogFormat(StrEnum):
    """How lines of the log look."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogSettings(BaseSettings):
    """What `digestbot run` logs, to its standard error; in the environment, each name with the prefix DIGESTBOT_LOGS_.

    No line has a secret, at any level.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_LOGS_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    format: LogFormat = Field(
        default=LogFormat.AUTO, description="lines for a person or for a machine; by itself, text on a terminal only"
    )
    level: LogLevel = Field(default=LogLevel.INFO, description="how much digestbot says")
    libraries: LogLevel = Field(default=LogLevel.WARNING, description="how much the libraries say that it is made with")


class Settings(BaseSettings):
    """What the core needs to know; in the environment, each name with the prefix DIGESTBOT_.

    DATABASE_URL, as everybody calls it, has none; without it a database in the data directory is used.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_", extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True
    )

    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("digestbot"),
        description="where everything is kept; by default, where your system keeps a user's data",
    )
    timezone: TimeZone = Field(default="UTC", description="where days begin and end, such as `Asia/Shanghai`")
    language: str = Field(default="en", description="`en` or `zh`")
    database_url: SecretStr | None = Field(
        default=None,
        alias="DATABASE_URL",
        description="a PostgreSQL database, as `postgresql://…`; without it, a file in the data directory",
    )
    aliases: dict[str, str] = Field(
        default_factory=dict, description="short names, and the repository, clone URL or path that each stands for"
    )
    prompts: Path | None = Field(
        default=None, description="a folder of prompts that take the place of ours, or extend them; see docs/extend.md"
    )
    budget: BudgetSettings = BudgetSettings()
    access: AccessSettings = AccessSettings()
    answers: AnswerSettings = AnswerSettings()
    channels: dict[PlaceText, ChannelSettings] = Field(default_factory=dict, description="what holds for a channel")
    subscriptions: tuple[SubscriptionSettings, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """The tables of `digestbot.toml`; empty where there is no file.

    `exposed` says that every user of the machine may read or write it.
    """

    path: Path | None
    tables: Mapping[str, Any]
    exposed: bool = False

    @classmethod
    def read(cls) -> "ConfigurationFile":
        """Read the file.

        Raises ConfigurationError if it is named but missing, unreadable or no TOML.
        """
        named = os.environ.get("DIGESTBOT_CONFIG")
        path = Path(named or FILE_NAME)
        try:
            with path.open("rb") as file:
                return cls(path, tomllib.load(file), exposed=open_to_others(file))
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
        return self._load(section, table, name)

    def _load(self, section: type[SectionType], table: Mapping[str, Any], name: str = "") -> SectionType:
        secrets = _secrets(section)
        if self.exposed and any(table.get(key) for field in secrets for key in (field.key, field.name)):
            message = f"The configuration file {self.path} holds a secret, and every user may read or write it."
            remedy = f"Run `chmod o= {self.path}`, or keep the secret in a file of its own."
            raise ConfigurationError(message, remedy=remedy)
        found = read_secrets([field.variable for field in secrets], os.environ)
        in_files = {field.key: found[field.variable] for field in secrets if field.variable in found}
        try:
            given = {**table, **EnvSettingsSource(section)(), **in_files}
            # Before anything is said of them, also of one that is wrong.
            for value in (given.get(key) for field in secrets for key in (field.key, field.name)):
                redact.learn(str(value or ""))
            return section(**given)
        except ValidationError as error:
            # The values stay out of the sentence: one of them may be a secret.
            first = error.errors(include_input=False, include_url=False)[0]
            key, variable = _called(section, name, first["loc"])
            if first["type"] == "missing" and variable:
                remedy = f"Set {variable} in the environment, or {key} in {self.path or FILE_NAME}, and start again."
                raise ConfigurationError(f"The setting {key} is missing.", remedy=remedy) from None
            problem = "there is no such setting" if first["type"] == "extra_forbidden" else first["msg"]
            called = f"{key} ({variable})" if variable else key
            message = f"The setting {called} is wrong: {problem.removeprefix('Value error, ')}."
        except SettingsError:
            prefix = section.model_config.get("env_prefix", "")
            message = f"A variable {prefix}… is not the JSON that its setting needs."
        where = f"{self.path} or in the environment" if self.path else "the environment"
        raise ConfigurationError(message, remedy=f"Correct it in {where}, and start again.")


class _SecretField(NamedTuple):
    """A setting that is a secret: its key is what its class takes it by, and its variable what operators set."""

    name: str
    key: str
    variable: str


def _secrets(section: type[BaseSettings]) -> list[_SecretField]:
    return [
        _SecretField(name, field.alias or name, _variable(section, name))
        for name, field in section.model_fields.items()
        if SecretStr in (field.annotation, *get_args(field.annotation))
    ]


def _variable(section: type[BaseSettings], name: str) -> str:
    """Return the variable of the environment that a field is set by."""
    prefix = section.model_config.get("env_prefix", "")
    return section.model_fields[name].alias or f"{prefix}{name}".upper()


def _called(section: type[BaseSettings], table: str, location: tuple[int | str, ...]) -> tuple[str, str]:
    """Return the key of a setting in the file, and its variable; "" for what is only a part of one, or all of them."""
    if not location:
        return f"[{table}]", ""
    first, *parts = location
    names = {field.alias or name: name for name, field in section.model_fields.items()}
    name = names.get(str(first), str(first))
    known = name in section.model_fields
    shown = (table, name if known else _shown(name), *map(_shown, parts))
    return ".".join(filter(None, shown)), _variable(section, name) if known and not parts else ""


def _shown(part: int | str) -> str:
    """Return a part of a key as it can be shown: what is neither a word nor a place may be a secret that slipped."""
    return str(part) if isinstance(part, int) or _HARMLESS.fullmatch(part) else "…"
