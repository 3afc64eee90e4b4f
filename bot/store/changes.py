"""Landed changes. See `bot.ports.Changes`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.model import Commit, PullRequest
from bot.ports import Clock
from bot.store.codec import Codec
from bot.store.engine import Database
from bot.store.rows import ByCommit
from bot.store.tables import CHANGES

_CODEC = Codec(Commit, meaning=1)


class StoredChanges:
    """Keeps changes, with no more than the number of their pull requests."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._rows = ByCommit(database, clock, CHANGES, _CODEC)

    async def known(self, repository: str, shas: Iterable[str]) -> Mapping[str, Commit]:
        """Return what was kept."""
        found = await self._rows.known(repository, shas)
        return {sha: commit for sha, commit in found.items() if commit is not None}

    async def keep(self, repository: str, commits: Iterable[Commit]) -> None:
        """Keep the changes that were read whole."""
        await self._rows.keep(repository, ((commit.sha, _bare(commit)) for commit in commits if commit.unread is None))


def _bare(commit: Commit) -> Commit:
    return replace(commit, pull_request=commit.pull_request and PullRequest(commit.pull_request.number))
