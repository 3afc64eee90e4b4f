"""What a package has to hold, so that its platform, source or model is found by its entry point; see docs/extend.md."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from bot.model import Place
from bot.ports.grammar import Verb
from bot.ports.models import AnsweringModel, LanguageModel
from bot.ports.requests import Finding, Platform
from bot.ports.sources import Archive, Branches, CodeHost, Source
from bot.ports.work import Clock

API = 1
"""The version of what plugins are made with: the ports, and what is in this module. It is raised by whatever a plugin
would have to be changed for."""

Words = Callable[[str, str], str]
"""The sentences of a language by their ids, as in `words("en", "verb-digest")`."""

Credential = Callable[[str], Awaitable[SecretStr | None]]
"""Asked for the token with which git may read a clone URL; None where it knows of none."""

_Settings = TypeVar("_Settings", bound=BaseSettings)
_Opened = TypeVar("_Opened")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a plugin is given to work with.

    `folder` is for what it keeps on the disk; whoever writes there makes it. `grammar` is what can be asked for in a
    chat, and `words` has its names and descriptions: `verb-<name>`, `parameter-<name>` and `parameter-name-<name>`.
    """

    clock: Clock
    folder: Path
    grammar: Sequence[Verb]
    words: Words


class Reader(Source, Branches, Protocol):
    """Reads the repositories whose location begins with the plugin's name and a colon, and knows their tips."""


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """A source that is set up: what reads its own kind of repositories, or a code host of git's, or both.

    Without an archive, no question is answered from the files of a repository. `credential` is asked before git
    fetches.
    """

    reader: Reader | None = None
    archive: Archive | None = None
    host: CodeHost | None = None
    credential: Credential | None = None


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A language model that is set up. Without one that answers, questions are answered by a search.

    `provider` is whose interface it has, for traces: by its name in the conventions of OpenTelemetry, if it has one.
    """

    writes: LanguageModel
    answers: AnsweringModel | None = None
    provider: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin(Generic[_Settings, _Opened]):
    """What all kinds of plugins have. `api` is the version that the plugin was made with, written as a number.

    `settings` reads the table of the plugin's name in digestbot.toml, and the environment. It is only connected if it
    is `configured`, for as long as the program runs.
    """

    api: int
    settings: type[_Settings]
    configured: Callable[[_Settings], bool]
    connect: Callable[[_Settings, Surroundings], AbstractAsyncContextManager[_Opened]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPlugin(Plugin[_Settings, Platform]):
    """A chat platform; places on it begin with its name.

    `check` tells whether everything is in order, for these channels too. `remedy` is what is missing where there are
    channels and nothing is configured.
    """

    check: Callable[[_Settings, Sequence[Place]], AsyncIterator[Finding]] | None = None
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlugin(Plugin[_Settings, OpenedSource]):
    """Another kind of repositories, or another code host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPlugin(Plugin[_Settings, OpenedModel]):
    """A language model. One at most may be configured."""
