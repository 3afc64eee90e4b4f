"""What is answered to commands in the thread of a digest. Pure."""

from collections.abc import Sequence

from bot.model import Digest, Entry, Leaning, Passage, Phrase
from bot.present import change
from bot.present.blocks import Block, Bold, BulletedList, Code, Context, Message, Paragraph, Quote, Spans, Text
from bot.present.labels import Labels
from bot.present.prose import joined, prose

PART = "answer"
_MOST_LISTED = 20


def more(entry: Entry, digest: Digest, labels: Labels, missing: Phrase | None = None) -> Message:
    """Return all that is known of a change; `missing` is why a model's part of it is."""
    told: list[Block] = [Paragraph((Bold("".join(span.text for span in change.headline(entry))),))]
    if entry.analysis.summary:
        told.append(Paragraph(prose(entry.analysis.summary)))
    told += change.why(entry, labels)
    told += change.reach(entry, labels, in_full=True)
    told += change.depth_blocks(entry, labels)
    told += change.brought(entry.commit, digest.repository, labels)
    told += change.pull_request(entry.commit, digest.repository, labels)
    if missing:
        told.append(Context((Text(labels.text("more-without", reason=labels.phrase(missing))),)))
    told.append(Context(change.identity(entry, digest.repository, labels)))
    return _message(told)


def why(entries: Sequence[tuple[Entry, Digest]], labels: Labels) -> Message:
    """Return the reasons of changes for their tiers."""
    items = [_reasons(entry, digest, labels) for entry, digest in entries[:_MOST_LISTED]]
    told: list[Block] = [BulletedList(tuple(items))]
    if rest := len(entries) - len(items):
        told.append(Context((Text(labels.text("shape-more", count=rest)),)))
    return _message(told)


def rated(entry: Entry, digest: Digest, leaning: Leaning, labels: Labels) -> Message:
    """Return that an opinion was kept."""
    spans = labels.spans(
        f"rated-{leaning.value.replace('_', '-')}",
        change=(*change.reference(entry.commit, digest.repository), Text(" "), *change.headline(entry)),
        tier=labels.tier(entry.analysis.tier),
    )
    return _message([Paragraph(spans)])


def diff(passages: Sequence[Passage], *, whole: bool, labels: Labels) -> Message:
    """Return parts of a diff, as plain text."""
    told: list[Block] = []
    for passage in passages:
        place = f"{passage.sha[:7]} {passage.path or ''}{f':{passage.first}' if passage.first else ''}".strip()
        told += [Paragraph((Code(place),)), Quote((Text(passage.text),))]
    if not whole:
        told.append(Context((Text(labels.text("diff-in-part")),)))
    return _message(told)


def sentence(id: str, labels: Labels, **values: str | int) -> Message:
    """Return an answer of one sentence."""
    return _message([Paragraph((Text(labels.text(id, **values)),))])


def _reasons(entry: Entry, digest: Digest, labels: Labels) -> Spans:
    told = change.reasons(entry, labels) or (Text(labels.text("why-nothing")),)
    name: Spans = (*change.reference(entry.commit, digest.repository), Text(" "), *change.headline(entry))
    tier: Spans = (Text(labels.tier(entry.analysis.tier)),)
    return joined((name, tier, told), labels.text("dot"))


def _message(blocks: Sequence[Block]) -> Message:
    first = blocks[0]
    title = "".join(span.text for span in first.spans) if isinstance(first, Paragraph) else ""
    return Message(PART, title, tuple(blocks))
