"""Which repository a name means: an alias, what was remembered, else what the code host says."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.errors import CodeHostUnavailable, RateLimited, RepositoryNotFound
from bot.model import Phrase, Repository
from bot.ports import Clock, CodeHost, FoundRepository, ResolvedNames, Source, Upkeep

REMEMBERED_FOR = timedelta(days=1)
"""How long a name is not asked for again."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)?")


class RepositoryNames:
    """Finds what names mean. `aliases` are those of the settings, and lead to names, to clone URLs and to paths.

    `public_only` says that the host is asked without a credential, so that all it has to show is public.
    """

    def __init__(
        self,
        source: Source,
        host: CodeHost,
        remembered: ResolvedNames,
        upkeep: Upkeep,
        clock: Clock,
        *,
        aliases: Mapping[str, str],
        public_only: bool = True,
    ) -> None:
        self._source = source
        self._host = host
        self._remembered = remembered
        self._upkeep = upkeep
        self._clock = clock
        self._public_only = public_only
        self._aliases = {alias.casefold(): location for alias, location in aliases.items()}

    async def find(self, name: str, *, scope: str = "", anywhere: bool = False) -> FoundRepository:
        """Return the repository that a name means to those in a scope (a channel's key; "" for everybody).

        `anywhere` allows paths and clone URLs: only for somebody at the machine itself, since a chat could otherwise
        read whatever the machine can. Raises what `Source.find` and `CodeHost.find` raise.
        """
        chosen = await self._remembered.recall(name, scope=scope) if scope else None
        location = chosen or self._aliases.get(name.casefold())
        if location or anywhere:
            elsewhere = await self._elsewhere(location or name)
            if elsewhere:
                return FoundRepository(elsewhere)
        return await self._on_host(location or name, unchecked=anywhere or self._public_only)

    async def _elsewhere(self, location: str) -> Repository | None:
        """Return the repository at a path or a clone URL, or None for what is the code host's to find.

        An address for ssh is taken as it is: whoever gives one has a key, and may have no token.
        """
        is_name = bool(_NAME.fullmatch(location))
        if not is_name and "@" not in location and self._host.locate(location):
            return None
        try:
            return await self._source.find(location)
        except RepositoryNotFound:
            if is_name:
                return None
            raise

    async def _on_host(self, name: str, *, unchecked: bool) -> FoundRepository:
        """Ask the host, unless it was asked within a day. While it does not answer, what is known serves.

        A private repository is not remembered: whether it may be shown is asked every time. `unchecked` allows one of
        which nobody could say whether it is private.
        """
        located = self._host.locate(name)
        key = located.full_name if located else name
        fresh = await self._recall(key, self._clock.now() - REMEMBERED_FOR)
        if fresh:
            # What stands for a short name is said every time: whoever reads today may not have read yesterday.
            return FoundRepository(fresh, notes=() if located else (_meant(name, fresh),))
        try:
            found = await self._host.find(name)
        except CodeHostUnavailable as error:
            known = await self._recall(key) or (located if unchecked else None)
            if known is None:
                raise
            return FoundRepository(known, notes=(_unchecked(known, error),))
        if located and found.renamed:
            await self._upkeep.rename(located.full_name, found.repository.full_name)
        if found.private:
            await self._remembered.forget(key)
        else:
            await self._remembered.remember(key, found.repository.full_name)
        return found

    async def _recall(self, key: str, since: datetime | None = None) -> Repository | None:
        known = await self._remembered.recall(key, since=since)
        return self._host.locate(known) if known else None


def _meant(name: str, repository: Repository) -> Phrase:
    return Phrase.of("name-means", name=name, repository=repository.name)


def _unchecked(repository: Repository, error: CodeHostUnavailable) -> Phrase:
    """Say that nobody could be asked whether the name still holds, and when somebody can be."""
    if isinstance(error, RateLimited) and error.resets_at:
        reset = f"{error.resets_at.astimezone(UTC):%H:%M} UTC"
        return Phrase.of("name-unchecked-limited", repository=repository.name, reset=reset)
    return Phrase.of("name-unchecked", repository=repository.name)
