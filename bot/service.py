"""What a request causes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.digest.build import BuildDigest, Wish
from bot.errors import DigestbotError
from bot.model import Digest, Period
from bot.ports import FoundRepository, Progress


@dataclass(frozen=True, slots=True)
class Failure:
    """A repository of a request that has no digest, and why. The other repositories are not affected."""

    name: str
    error: DigestbotError


class Service:
    """Turns requests into digests. `find` says which repository a name means to whoever asks."""

    def __init__(self, build: BuildDigest, find: Callable[[str], Awaitable[FoundRepository]]) -> None:
        self._build = build
        self._find = find

    async def digests(
        self, names: Sequence[str], period: Period, language: str, progress: Progress
    ) -> AsyncIterator[Digest | Failure]:
        """Yield the digest of each repository in the order asked for, or the error that stands in for it."""
        for name in names:
            try:
                wish = Wish(await self._find(name), period, language)
                yield await self._build(wish, progress)
            except DigestbotError as error:
                yield Failure(name, error)
