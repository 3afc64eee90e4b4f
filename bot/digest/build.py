"""collect -> rank -> analyse -> Digest, with progress and a receipt that adds up."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.digest import rules
from bot.digest.audience import wanted_by
from bot.digest.indexing import indexed
from bot.digest.memory import recall, remember
from bot.model import EVERYBODY, RULES, Audience, Collection, Digest, Entry, Period, Phrase, Receipt
from bot.ports import ChangeIndex, FoundRepository, PastChanges, Progress, Source, Stage

if TYPE_CHECKING:
    from bot.digest.analyst import Change, Findings, ModelAnalyst


@dataclass(frozen=True, slots=True)
class Wish:
    """What a digest is to be of, in which language (an IETF tag), and for whom.

    With `after`, the tip of the digest before, what landed late since then is in it. `examples` are what people thought
    of earlier tiers (see `bot.digest.examples`).
    """

    found: FoundRepository
    period: Period
    language: str
    audience: Audience = EVERYBODY
    after: str | None = None
    examples: tuple[str, ...] = ()


BuildDigest = Callable[[Wish, Progress], Awaitable[Digest]]
"""Builds digests, as `DigestBuilder.build` does."""


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A change as the rules rank it, what a model is to read of it, and whether only a part of its patch was read."""

    entry: Entry
    change: "Change | None"
    cut: bool


class DigestBuilder:
    """Builds digests of a source's changes: by rules, and where there is an analyst, with a language model."""

    def __init__(
        self,
        source: Source,
        analyst: "ModelAnalyst | None" = None,
        past: PastChanges | None = None,
        index: ChangeIndex | None = None,
    ) -> None:
        """Build from a source; `past` is the memory across days and `index` what is searched, where there is one."""
        self._source = source
        self._analyst = analyst
        self._past = past
        self._index = index

    async def build(self, wish: Wish, progress: Progress) -> Digest:
        """Return a digest.

        A change whose files or patch cannot be read is ranked by what is known of it and counted as failed; one that
        the model fails on is the rules'. Raises what `Source.collect` raises, StoreUnavailable and StoreError.
        """
        collection = await self._source.collect(wish.found.repository, wish.period, progress, after=wish.after)
        # A repository that was renamed is collected under its new name.
        ranked = await self._rank(collection, progress)
        entries = [each.entry for each in ranked]
        receipt = Receipt(
            found=len(entries),
            analysed=sum(entry.commit.unread is None for entry in entries),
            failed=sum(entry.commit.unread is not None for entry in entries),
            cut=sum(each.cut for each in ranked),
            notes=wish.found.notes + collection.notes,
        )
        wanted = wanted_by(wish.audience, entries)
        if self._analyst and wanted:
            findings = await self._analyse(self._analyst, wish, collection, ranked, wanted, progress)
            wanted = wanted_by(wish.audience, _with(findings, wanted))
            receipt = _completed(receipt, findings)
        if self._past:
            await remember(self._past, collection.repository, (*entries, *wanted))
            wanted = await recall(self._past, collection.repository, wanted)
        if self._index:
            await self._index.keep(collection.repository.full_name, map(indexed, (*entries, *wanted)))
        return Digest(
            repository=collection.repository,
            window=collection.window,
            tip=collection.tip,
            tip_committed_at=collection.tip_committed_at,
            language=wish.language,
            analyst=_analyst_of(wanted),
            receipt=replace(receipt, excluded=len(entries) - len(wanted)),
            entries=wanted,
        )

    async def deepen(self, digest: Digest, entry: Entry) -> Entry | Phrase:
        """Return an entry of a digest with all that a model writes of a high change, or why it does not.

        Raises what `Source.collect` raises, StoreUnavailable and StoreError.
        """
        if self._analyst is None:
            return Phrase.of("fallback-no-model")
        from bot.digest.analyst import Day  # noqa: PLC0415 - as in `_analyse`

        limits = self._analyst.limits
        async with aclosing(self._source.read(digest.repository, [entry.commit], limits)) as changes:
            commit, patch = await anext(changes)
        change = await self._analyst.prepare(commit, rules.analyse(commit, patch), patch)
        day = Day(digest.repository, digest.window, digest.language, EVERYBODY, [change])
        depth = await self._analyst.write_in_full(day)
        text = depth.texts.get(commit.sha)
        if text is None:
            return depth.failed[commit.sha]
        summary = text.summary or entry.analysis.summary
        return replace(entry, analysis=replace(entry.analysis, depth=text, summary=summary))

    async def _rank(self, collection: Collection, progress: Progress) -> list[_Ranked]:
        analyst = self._analyst
        limits = analyst.limits if analyst else rules.PATCH_LIMITS
        progress.begin(Stage.RANK, collection.repository.name, len(collection.commits))
        ranked = []
        async with aclosing(self._source.read(collection.repository, collection.commits, limits)) as changes:
            async for commit, patch in changes:
                entry = Entry(commit, rules.analyse(commit, patch), late=commit.sha in collection.late)
                change = await analyst.prepare(commit, entry.analysis, patch) if analyst else None
                ranked.append(_Ranked(entry, change, patch.cut))
                progress.advance()
        return ranked

    async def _analyse(
        self,
        analyst: "ModelAnalyst",
        wish: Wish,
        collection: Collection,
        ranked: Sequence[_Ranked],
        wanted: Sequence[Entry],
        progress: Progress,
    ) -> "Findings":
        # With what it needs, the analyst takes longer to load than most digests by rules take.
        from bot.digest.analyst import Day  # noqa: PLC0415 - see above

        shas = {entry.commit.sha for entry in wanted}
        changes = [each.change for each in ranked if each.change and each.entry.commit.sha in shas]
        progress.begin(Stage.ANALYSE, collection.repository.name, len(changes))
        day = Day(collection.repository, collection.window, wish.language, wish.audience, changes, wish.examples)
        return await analyst.analyse(day, progress)


def _with(findings: "Findings", entries: Sequence[Entry]) -> list[Entry]:
    return [replace(entry, analysis=findings.analyses[entry.commit.sha]) for entry in entries]


def _completed(receipt: Receipt, findings: "Findings") -> Receipt:
    return replace(
        receipt,
        fallback=tuple(findings.fallback),
        notes=receipt.notes + findings.notes,
        dropped=findings.dropped,
        masked=findings.masked,
        usage=findings.usage,
    )


def _analyst_of(entries: Sequence[Entry]) -> str:
    """Return who analysed most changes, the rules only if it was nobody else."""
    models = Counter(entry.analysis.analyst for entry in entries if entry.analysis.analyst != RULES)
    return models.most_common(1)[0][0] if models else RULES
