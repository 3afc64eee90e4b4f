"""The repository of the questions with all of it digested, and its material."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from adapters.source.git import GitArchive, GitSettings, GitSource
from bot.answer.library import Library, Shelves
from bot.contracts.source import Steps, window
from bot.digest.build import DigestBuilder, Wish
from bot.model import Digest, Repository
from bot.ports import FoundRepository
from bot.store import Store
from tests.answer.questions import ASKED_AT, THURSDAY, ZONE, write


@dataclass(frozen=True)
class Digested:
    """A repository of which sixty days were digested; `digest` is that of Thursday, and `shas` are by key."""

    repository: Repository
    shas: dict[str, str]
    digest: Digest
    store: Store
    shelves: Shelves
    library: Library


async def digest_all(store: Store, folder: Path) -> Digested:
    """Make the repository of the questions in a folder, and digest it."""
    built, shas = write(folder / "rocket")
    data = folder / "mirrors"
    source = GitSource(GitSettings(), data_dir=data)
    found = FoundRepository(await source.find(str(built.path)))
    builder = DigestBuilder(source, index=store.change_index)
    await builder.build(Wish(found, window(THURSDAY - timedelta(days=60), THURSDAY), "en"), Steps())
    digest = await builder.build(Wish(found, window(THURSDAY), "en"), Steps())
    shelves = Shelves(store.change_index, GitArchive(GitSettings(), data_dir=data), source, store.pull_requests)
    library = Library(shelves, [found.repository], [digest], ASKED_AT, ZONE)
    return Digested(found.repository, shas, digest, store, shelves, library)
