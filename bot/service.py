"""What a request causes."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from bot.digest.build import build
from bot.errors import DigestbotError, RepositoryNotFound
from bot.model import Digest, Period, Repository
from bot.ports import Progress, Source

OWNER_AND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Failure:
    """A repository of a request that has no digest, and why. The other repositories are not affected."""

    name: str
    error: DigestbotError


class Service:
    """Turns requests into digests. `aliases` are short names for locations; `clone_base` is where owner/name lives."""

    def __init__(self, source: Source, *, aliases: Mapping[str, str], clone_base: str) -> None:
        self._source = source
        self._aliases = aliases
        self._clone_base = clone_base.rstrip("/")

    async def digests(
        self, names: Sequence[str], period: Period, language: str, progress: Progress
    ) -> AsyncIterator[Digest | Failure]:
        """Yield the digest of each repository in the order asked for, or the error that stands in for it."""
        for name in names:
            try:
                repository = await self._find(name)
                yield await build(self._source, repository, period, language, progress)
            except DigestbotError as error:
                yield Failure(name, error)

    async def _find(self, name: str) -> Repository:
        location = self._aliases.get(name, name)
        try:
            return await self._source.find(location)
        except RepositoryNotFound:
            if OWNER_AND_NAME.fullmatch(location):
                return await self._source.find(f"{self._clone_base}/{location}.git")
            if location != name or "/" in name:
                raise
        known = f"Aliases are: {', '.join(sorted(self._aliases))}." if self._aliases else "There are no aliases yet."
        message = f"No folder and no alias is called {name!r}."
        raise RepositoryNotFound(message, remedy=f"Give a path, a clone URL or owner/name. {known}")
