"""Connects what is installed and configured: chats, sources and the language model, whoever made them."""

import logging
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar, assert_never

from pydantic_settings import BaseSettings

from bot import plugins, prompts
from bot.conformance import nonconformity
from bot.errors import ConfigurationError, DigestbotError
from bot.model import Place
from bot.plugins import Installed, Kind
from bot.ports import (
    API,
    ChatPlugin,
    Clock,
    Finding,
    ModelPlugin,
    OpenedModel,
    OpenedSource,
    Platform,
    Plugin,
    Requests,
    SourcePlugin,
    Surroundings,
)
from bot.present import labels
from bot.present.labels import Labels
from bot.settings import ConfigurationFile, Settings
from bot.talk.commands import GRAMMAR

_KINDS: dict[Kind, type[Plugin[Any, Any]]] = {
    Kind.CHAT: ChatPlugin,
    Kind.SOURCE: SourcePlugin,
    Kind.MODEL: ModelPlugin,
}
_OPENED = {Kind.CHAT: Platform, Kind.SOURCE: OpenedSource, Kind.MODEL: OpenedModel}
_Made = TypeVar("_Made", bound=Plugin[Any, Any])
_Opened = TypeVar("_Opened")
_LOG = logging.getLogger(__name__)


def sections() -> frozenset[str]:
    """Return the tables of digestbot.toml that belong to plugins."""
    return frozenset().union(*(plugins.names(kind) for kind in _KINDS)) - Settings.model_fields.keys()


def chosen(kind: Kind) -> tuple[Installed, ...]:
    """Return all of a kind. Raises ConfigurationError if the name of one cannot be one."""
    for each in plugins.installed(kind):
        plugins.check_name(each, Settings.model_fields)
    return plugins.installed(kind)


def load(one: Installed, of: type[_Made]) -> _Made:
    """Return what an entry point leads to. Raises ConfigurationError for whatever is no plugin of this version."""
    with plugins.blamed(one):
        plugin = one.point.load()
    if not isinstance(plugin, of):
        raise ConfigurationError(f"The {one} is no {of.__name__}.", remedy=plugins.CORRECT)
    if type(plugin.api) is not int:
        message = f"The {one} was made with api={plugin.api!r}, which has to be a number, such as api={API}."
        raise ConfigurationError(message, remedy=plugins.CORRECT)
    if plugin.api != API:
        message = f"The {one} was made with version {plugin.api} of the interface for plugins; this one has {API}."
        raise ConfigurationError(message, remedy=plugins.FIT)
    if one.package and (exposed := _without_prefix(plugin.settings)):
        message = f"The settings of the {one} have no env_prefix: any variable {exposed} would set {exposed.lower()}."
        raise ConfigurationError(message, remedy=plugins.CORRECT)
    return plugin


def _without_prefix(settings: type[BaseSettings]) -> str:
    """Return the variable of a setting that anything on the machine may be called, as PATH is; "" if there is none."""
    if settings.model_config.get("env_prefix"):
        return ""
    return next((name.upper() for name, field in settings.model_fields.items() if not field.alias), "")


@dataclass(frozen=True, slots=True)
class Standing:
    """How something that is installed is doing; `error` is why it cannot be used, if it cannot."""

    one: Installed
    doing: str
    error: DigestbotError | None = None

    @property
    def finding(self) -> Finding:
        """The same as a check of the set-up tells it."""
        if self.error:
            return Finding.of(str(self.one), self.error)
        return Finding(f"{self.one}: {self.doing}")


@dataclass(frozen=True, slots=True)
class _Ready(Generic[_Opened]):
    """A plugin that is configured, and its settings."""

    one: Installed
    plugin: Plugin[Any, _Opened]
    settings: BaseSettings


class Connector:
    """Connects plugins by the settings of their own. Every method raises ConfigurationError."""

    def __init__(self, file: ConfigurationFile, clock: Clock, data_dir: Path) -> None:
        self._file = file
        self._clock = clock
        self._data_dir = data_dir

    async def connect(self, stack: AsyncExitStack, kind: Kind, of: type[Plugin[Any, _Opened]]) -> dict[str, _Opened]:
        """Return all of a kind that are configured, by name, until the stack is left."""
        return {ready.one.name: await self._connect(stack, ready) for ready in self._ready(kind, of)}

    async def chats(self, stack: AsyncExitStack) -> dict[str, Platform]:
        """Return all chats that are configured, by name, until the stack is left."""
        return {
            ready.one.name: _blaming(ready.one, await self._connect(stack, ready))
            for ready in self._ready(Kind.CHAT, ChatPlugin)
        }

    @property
    def has_model(self) -> bool:
        """Whether there is a language model to ask."""
        return self._model is not None

    async def model(self, stack: AsyncExitStack) -> OpenedModel | None:
        """Return the language model that is configured, if one is, until the stack is left."""
        if self._model is None:
            return None
        opened: OpenedModel = await self._connect(stack, self._model)
        return opened

    async def check_chats(
        self, places: Sequence[Place], *, besides: Collection[Installed] = ()
    ) -> AsyncIterator[Finding]:
        """Yield what is found of the chats `besides` some; `places` are the channels that are to be posted to."""
        for one in (one for one in plugins.installed(Kind.CHAT) if one not in besides):
            there = [place for place in places if place.platform == one.name]
            try:
                async for finding in self._check_chat(one, there):
                    yield finding
            except DigestbotError as error:
                yield Finding.of(one.name.capitalize(), error)

    async def check_sources(self, *, besides: Collection[Installed] = ()) -> AsyncIterator[Finding]:
        """Yield why sources `besides` some cannot be used that are set up."""
        for one in (one for one in plugins.installed(Kind.SOURCE) if one not in besides):
            try:
                if ready := self._prepared(one, load(one, SourcePlugin)):
                    await self._try(ready)
            except DigestbotError as error:
                yield Finding.of(one.name.capitalize(), error)

    def inventory(self) -> Iterator[Standing]:
        """Yield all that is installed, and what is wrong with it or with its settings."""
        for one in (one for kind in Kind for one in plugins.installed(kind)):
            try:
                yield Standing(one, self._standing(one))
            except DigestbotError as error:
                yield Standing(one, "cannot be used", error)

    def _standing(self, one: Installed) -> str:
        """Return how something is doing that can be used. Raises ConfigurationError if it cannot be."""
        match one.kind:
            case Kind.LANGUAGE:
                plugins.check_name(one)
                missing = len(labels.missing(one.name))
                return f"{missing} of its messages are missing, and shown in English" if missing else "complete"
            case Kind.PROMPT:
                if one.name not in prompts.names():
                    known = ", ".join(prompts.names())
                    raise ConfigurationError(f"The {one} has the name of no prompt.", remedy=f"There are: {known}.")
                prompts.OURS.load(one.name)
                return "in place of ours"
            case Kind.CHAT | Kind.SOURCE | Kind.MODEL:
                plugins.check_name(one, Settings.model_fields)
                return "set up" if self._prepared(one, load(one, _KINDS[one.kind])) else "not set up"
            case _:
                assert_never(one.kind)

    async def _check_chat(self, one: Installed, places: Sequence[Place]) -> AsyncIterator[Finding]:
        plugin = load(one, ChatPlugin)
        ready = self._prepared(one, plugin)
        if ready is None:
            if places:
                platform = one.name.capitalize()
                problem = f"There are channels of {platform} in the settings, and it is not set up."
                yield Finding(platform, problem, plugin.remedy)
            return
        in_order = True
        if plugin.check:
            with plugins.blamed(one):
                async for finding in plugin.check(ready.settings, places):
                    in_order = in_order and not finding.problem
                    yield finding
        # What a check finds says more than what fails as it is connected.
        if one.package and in_order:
            await self._try(ready)
        if not plugin.check:
            yield Finding(one.name.capitalize())

    async def _try(self, ready: _Ready[Any]) -> None:
        async with AsyncExitStack() as stack:
            await self._connect(stack, ready)

    @cached_property
    def _model(self) -> _Ready[OpenedModel] | None:
        ready: list[_Ready[OpenedModel]] = list(self._ready(Kind.MODEL, ModelPlugin))
        if len(ready) > 1:
            named = " and ".join(f"[{each.one.name}]" for each in ready)
            raise ConfigurationError(f"Several language models are set up: {named}.", remedy="Leave one of them set.")
        return ready[0] if ready else None

    def _ready(self, kind: Kind, of: type[Plugin[Any, _Opened]]) -> Iterator[_Ready[_Opened]]:
        for one in chosen(kind):
            if ready := self._prepared(one, load(one, of)):
                yield ready

    def _prepared(self, one: Installed, plugin: Plugin[Any, _Opened]) -> _Ready[_Opened] | None:
        """Return a plugin with its settings, if it is configured by them."""
        with plugins.blamed(one):
            settings = self._file.section(plugin.settings, one.name)
            return _Ready(one, plugin, settings) if plugin.configured(settings) else None

    async def _connect(self, stack: AsyncExitStack, ready: _Ready[_Opened]) -> _Opened:
        folder = self._data_dir / "plugins" / ready.one.name
        surroundings = Surroundings(self._clock, folder, GRAMMAR, _words)
        with plugins.blamed(ready.one):
            opened = await stack.enter_async_context(ready.plugin.connect(ready.settings, surroundings))
            problem = nonconformity(opened, _OPENED[ready.one.kind])
        if problem:
            raise ConfigurationError(f"The {ready.one} cannot be used: {problem}.", remedy=plugins.CORRECT)
        return opened


def _blaming(one: Installed, platform: Platform) -> Platform:
    """Return a platform of another package, which is named if it ceases to listen: the process ends then."""
    listen = platform.listen
    if not (listen and one.package):
        return platform

    async def listening(requests: Requests) -> None:
        with plugins.blamed(one):
            try:
                await listen(requests)
            except DigestbotError:
                raise
            except Exception:
                _LOG.exception("The %s has a fault where it listens", one)
                raise
        problem = "its `listen` has returned, and has to go on until it is cancelled"
        raise ConfigurationError(f"The {one} does not listen any more: {problem}.", remedy=plugins.CORRECT)

    return replace(platform, listen=listening)


def _words(language: str, name: str) -> str:
    return Labels(language).text(name)
