"""The digests of a thread, as the first thing that a model reads. Pure."""

from collections.abc import Iterable, Sequence

from bot.answer.passages import headed
from bot.digest.indexing import indexed
from bot.model import Digest, Entry, Passage, PassageKind, Tier
from bot.present.labels import Labels
from bot.tokens import estimate

_LABELS = "en"
_FILES = 12


def overview(digests: Sequence[Digest], tokens: int) -> tuple[list[Passage], int]:
    """Return a passage for every change, as many as fit into so many tokens, and how many did not.

    The most important are first; when room is short, the changes of the lower tiers are told by their headline.
    """
    entries = [(digest, entry) for tier in Tier for digest in digests for entry in digest.of_tier(tier)]
    told: list[Passage] = []
    for place, (digest, entry) in enumerate(entries):
        passage = _told_of(entry, digest)
        left = tokens - sum(_BRIEF for _ in entries[place + 1 :])
        if estimate(passage.text) > left:
            passage = _told_of(entry, digest, brief=True)
        tokens -= estimate(passage.text) + _TITLE
        if tokens < 0:
            return told, len(entries) - len(told)
        told.append(passage)
    return told, 0


_TITLE = 12
_BRIEF = 60
"""Tokens of what stands before a passage, and of a change that is told by its headline."""


def _told_of(entry: Entry, digest: Digest, *, brief: bool = False) -> Passage:
    """Return what a digest says of a change."""
    head = headed(indexed(entry), digest.window.timezone)
    parts = [head] if brief else [head, *_details(entry)]
    return Passage(digest.repository.full_name, entry.commit.sha, PassageKind.CHANGE, "\n".join(filter(None, parts)))


def _details(entry: Entry) -> Iterable[str]:
    analysis, depth = entry.analysis, entry.analysis.depth
    yield analysis.summary
    yield "why: " + "; ".join(map(Labels(_LABELS).reason, analysis.reasons)) if analysis.reasons else ""
    if depth:
        yield from (f"{each.aspect}: {each.text}" for each in depth.insight)
        yield from (f"risk in {each.path}{f':{each.line}' if each.line else ''}: {each.text}" for each in depth.risks)
        yield from depth.advice
    files = entry.commit.files
    if files:
        named = ", ".join(file.path for file in files[:_FILES])
        yield f"files: {named}{f' and {len(files) - _FILES} more' if len(files) > _FILES else ''}"
