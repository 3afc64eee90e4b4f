"""The composition root: the one place that builds adapters and hands them to the core."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

from adapters.chat.console import ConsoleChat
from adapters.source.git import GitSettings, GitSource

from bot.engine.delivery import deliver
from bot.model import Digest, Place
from bot.present.labels import Labels
from bot.present.layout import lay_out
from bot.service import Service
from bot.settings import ConfigurationFile, Settings

SECTIONS = frozenset({"git"})


@dataclass(frozen=True, slots=True)
class App:
    """The program, put together from its settings."""

    settings: Settings
    service: Service

    @classmethod
    def from_environment(cls) -> "App":
        """Read the settings and build what they ask for. Raises ConfigurationError."""
        file = ConfigurationFile.read()
        settings = file.settings(SECTIONS)
        source = GitSource(file.section(GitSettings, "git"), data_dir=settings.data_dir)
        return cls(settings, Service(source, aliases=settings.aliases, clone_base=settings.clone_base))

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)

    async def show(self, digests: Sequence[Digest], labels: Labels, stream: TextIO) -> None:
        """Show each digest as the thread that a channel would see, on a terminal or in a file."""
        chat = ConsoleChat(stream)
        place = Place(platform="console", workspace="", channel="")
        for digest in digests:
            await deliver(chat, place, lay_out(digest, labels))
