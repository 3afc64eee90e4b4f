"""Pull requests. See `bot.ports.PullRequests`."""

from collections.abc import Iterable, Mapping

from bot.model import PullRequest
from bot.ports import Clock
from bot.store.codec import Codec
from bot.store.engine import Database
from bot.store.rows import ByCommit
from bot.store.tables import PULL_REQUESTS

_CODEC = Codec(PullRequest, meaning=1)


class StoredPullRequests:
    """Keeps pull requests, and that there is none."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._rows = ByCommit(database, clock, PULL_REQUESTS, _CODEC)

    async def known(self, repository: str, shas: Iterable[str]) -> Mapping[str, PullRequest | None]:
        """Return what was kept."""
        return await self._rows.known(repository, shas)

    async def keep(self, repository: str, found: Mapping[str, PullRequest | None]) -> None:
        """Keep what was found."""
        await self._rows.keep(repository, found.items())
