"""The composition root: the one place that builds adapters and hands them to the core."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePath
from typing import TextIO

from adapters.chat.console import ConsoleChat
from adapters.source.git import GitSettings, GitSource
from bot.engine.delivery import show
from bot.errors import DigestbotError
from bot.model import Digest, Place
from bot.ports import FoundRepository
from bot.present.labels import Labels
from bot.present.layout import lay_out
from bot.service import Service
from bot.settings import ConfigurationFile

SECTIONS = frozenset({"git", "github", "model"})


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class App:
    """The program, put together from its settings."""

    def __init__(self) -> None:
        """Read the settings. Raises ConfigurationError."""
        self._file = ConfigurationFile.read()
        self.settings = self._file.settings(SECTIONS)
        self.clock = SystemClock()
        self._git_settings = self._file.section(GitSettings, "git")
        self._git = GitSource(self._git_settings, data_dir=self.settings.data_dir)

    @asynccontextmanager
    async def service(self, names: Sequence[str]) -> AsyncIterator[Service]:
        """Open what it takes to digest these repositories, and close it afterwards.

        Raises ConfigurationError, StoreUnavailable and StoreError.
        """
        on_disk = await self._on_disk(names)
        if on_disk is not None:
            yield Service(self._git, on_disk)
            return
        # Loading the code host and the store takes as long as a digest of a repository on this disk.
        from adapters.source.github import GitHub, GitHubSettings  # noqa: PLC0415 - see above
        from bot.digest.collect import EnrichedSource, Kept  # noqa: PLC0415 - likewise
        from bot.names import RepositoryNames  # noqa: PLC0415 - likewise
        from bot.store import open_store  # noqa: PLC0415 - likewise

        url = self.settings.database_url
        opened = open_store(self.settings.data_dir, url.get_secret_value() if url else None, clock=self.clock)
        host_settings = self._file.section(GitHubSettings, "github")
        async with opened as store, GitHub(host_settings, clock=self.clock) as host:
            await store.prune()
            git = GitSource(self._git_settings, data_dir=self.settings.data_dir, credential=host.credential)
            source = EnrichedSource(git, host, Kept(store.pull_requests, store.changes, store))
            found = RepositoryNames(source, host, store.names, store, self.clock, aliases=self.settings.aliases)
            yield Service(source, partial(found.find, anywhere=True))

    async def _on_disk(self, names: Sequence[str]) -> "OnDisk | None":
        """Return the repositories if all of them are on this disk."""
        on_disk = OnDisk()
        aliases = {alias.casefold(): location for alias, location in self.settings.aliases.items()}
        for name in names:
            try:
                repository = await self._git.find(aliases.get(name.casefold(), name))
            except DigestbotError:
                return None
            if not PurePath(repository.location).is_absolute():
                return None
            on_disk[name] = FoundRepository(repository)
        return on_disk

    async def show(self, digests: Sequence[Digest], labels: Labels, stream: TextIO) -> None:
        """Show each digest as the thread that a channel would see, on a terminal or in a file."""
        chat = ConsoleChat(stream)
        place = Place(platform="console", workspace="", channel="")
        for digest in digests:
            await show(chat, place, lay_out(digest, labels))


class OnDisk(dict[str, FoundRepository]):
    """Repositories by the names that were asked for."""

    async def __call__(self, name: str) -> FoundRepository:
        """Return the repository of a name."""
        return self[name]
