"""collect -> rank -> Digest, with progress and a receipt that adds up."""

from contextlib import aclosing

from bot.digest import rules
from bot.model import RULES, Digest, Entry, Period, Receipt
from bot.ports import FoundRepository, Progress, Source, Stage


async def build(source: Source, found: FoundRepository, period: Period, language: str, progress: Progress) -> Digest:
    """Return the digest of a repository's period.

    A change whose files or patch cannot be read is ranked by what is known of it and counted as failed. Raises what
    `Source.collect` raises.
    """
    collection = await source.collect(found.repository, period, progress)
    # A repository that was renamed is collected under its new name.
    repository = collection.repository
    progress.begin(Stage.ANALYSE, repository.name, len(collection.commits))
    entries, failed, cut = [], 0, 0
    async with aclosing(source.read(repository, collection.commits, rules.PATCH_LIMITS)) as changes:
        async for commit, patch in changes:
            entries.append(Entry(commit, rules.analyse(commit, patch), late=commit.sha in collection.late))
            failed += commit.unread is not None
            cut += patch.cut
            progress.advance()
    receipt = Receipt(
        found=len(entries),
        analysed=len(entries) - failed,
        failed=failed,
        cut=cut,
        notes=found.notes + collection.notes,
    )
    return Digest(
        repository=repository,
        window=collection.window,
        tip=collection.tip,
        tip_committed_at=collection.tip_committed_at,
        language=language,
        analyst=RULES,
        receipt=receipt,
        entries=tuple(entries),
    )
