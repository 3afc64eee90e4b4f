"""collect -> rank -> Digest, with progress and a receipt that adds up."""

from bot.digest import rules
from bot.model import Digest, Entry, Period, Receipt, Repository
from bot.ports import Progress, Source, Stage


async def build(source: Source, repository: Repository, period: Period, language: str, progress: Progress) -> Digest:
    """Return the digest of a repository's period.

    A change whose files or patch cannot be read is ranked by what is known of it and counted as failed. Raises what
    `Source.collect` raises.
    """
    collection = await source.collect(repository, period, progress)
    progress.begin(Stage.ANALYSE, repository.name, len(collection.commits))
    entries, failed, cut = [], 0, 0
    commits = iter(collection.commits)
    async for patch in source.patches(repository, collection.commits, rules.PATCH_LIMITS):
        commit = next(commits)
        entries.append(Entry(commit, rules.analyse(commit, patch)))
        failed += bool(commit.unread or patch.unread)
        cut += patch.cut
        progress.advance()
    receipt = Receipt(
        found=len(entries), analysed=len(entries) - failed, failed=failed, cut=cut, notes=collection.notes
    )
    return Digest(
        repository=repository,
        window=collection.window,
        tip=collection.tip,
        tip_committed_at=collection.tip_committed_at,
        language=language,
        analyst=rules.ANALYST,
        receipt=receipt,
        entries=tuple(entries),
    )
