"""Digest -> a thread of neutral messages: the day on one screen, and beneath it every change.

The thread reads from what matters to what is there for the record: a message per high change, the medium changes by
area, the low ones by type, and the table of all commits.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.model import RULES, ChangeType, Digest, Entry, Tier
from bot.ports import Asking
from bot.present import change, overview
from bot.present.blocks import (
    Block,
    Bold,
    BulletedList,
    Context,
    Heading,
    Message,
    NumberedList,
    Paragraph,
    Spans,
    Table,
    Text,
    Thread,
)
from bot.present.labels import Labels
from bot.present.memory import recollection_blocks, recollections
from bot.present.prose import bold, joined, plain, prose

# A channel shows few pins well: the most important changes are pinned, and the root says when others are not.
PINS = 5

# What a phone shows of the root without scrolling far.
HIGHS_IN_ROOT = 10
MEDIUMS_IN_ROOT = 3

# How much goes into one message. Small enough to be read, large enough that a busy day is not a hundred messages.
MEDIUM_PER_MESSAGE = 8
LOW_PER_MESSAGE = 25
TABLE_ROWS = 50

# The order in which low changes are of interest.
_TYPES = tuple(ChangeType)


def lay_out(digest: Digest, labels: Labels, asking: Asking | None = None) -> Thread:
    """Return the digest as a root message and its threaded messages, in the order in which they are to be posted.

    `asking` is how people ask about it in its thread: the root ends with that, unless nobody is heard there.
    A day without changes is the root alone. The parts keep their names when the day grows: a high change is named by
    its sha, and the table begins with the oldest change, so that a new one only appends to its last part.
    """
    title = overview.title(digest, labels)
    if not digest.entries:
        return Thread(_quiet(digest, labels), (), title)
    replies = (
        *_highs(digest, labels),
        *_mediums(digest, labels),
        *_lows(digest, labels),
        *_tables(digest, labels),
    )
    return Thread(_root(digest, labels, asking), replies, title)


def _quiet(digest: Digest, labels: Labels) -> Message:
    """Return the one line of a quiet day; only what could not be read makes it longer."""
    title, said = overview.title(digest, labels), overview.quiet(digest, labels)
    line = Paragraph((Bold(title), Text(labels.text("dot")), Text(said)))
    notes = overview.notes(digest, labels)
    return Message("root", labels.text("notification", title=title, text=said), (line, *notes))


def _root(digest: Digest, labels: Labels, asking: Asking | None) -> Message:
    title = overview.title(digest, labels)
    counts = overview.counts(digest, labels)
    blocks: list[Block] = [Heading((Text(title),)), Paragraph((Text(counts),)), *_top(digest, labels)]
    if where := overview.where(digest, labels):
        blocks.append(Paragraph(where))
    blocks += overview.small_print(digest, labels)
    blocks.append(Context((Text(_more(digest, labels, asking)),)))
    highest = next(tier for tier, count in digest.counts.items() if count)
    return Message("root", labels.text("notification", title=title, text=counts), tuple(blocks), tier=highest)


def _top(digest: Digest, labels: Labels) -> tuple[Block, ...]:
    """Return the headlines of the high changes; on a day that has none, those of the first medium ones."""
    tier, most = (Tier.HIGH, HIGHS_IN_ROOT) if digest.counts[Tier.HIGH] else (Tier.MEDIUM, MEDIUMS_IN_ROOT)
    entries = digest.of_tier(tier)
    items = tuple(_headline_with_link(entry, digest) for entry in entries[:most])
    if not items:
        return ()
    listed: Block = NumberedList(items) if tier is Tier.HIGH else BulletedList(items)
    rest = len(entries) - len(items)
    if not rest:
        return (listed,)
    return listed, Context((Text(labels.text(f"more-{tier}", count=rest)),))


def _headline_with_link(entry: Entry, digest: Digest) -> Spans:
    return (*change.headline(entry), Text(" "), *change.reference(entry.commit, digest.repository))


def _more(digest: Digest, labels: Labels, asking: Asking | None) -> str:
    """Return what the thread holds, how many of the high changes are pinned if not all of them are, and how to ask."""
    parts = [labels.text(f"thread-{tier}") for tier in Tier if digest.counts[tier]]
    parts.append(labels.text("thread-table"))
    said = [labels.text("in-the-thread", parts=labels.text("list-separator").join(parts))]
    if digest.counts[Tier.HIGH] > PINS:
        said.append(labels.text("pinned-some", pinned=PINS, count=digest.counts[Tier.HIGH]))
    if asking:
        said.append(labels.text(f"ask-by-{asking}"))
    return labels.text("sentence-separator").join(said)


def _highs(digest: Digest, labels: Labels) -> Iterable[Message]:
    entries = digest.of_tier(Tier.HIGH)
    for position, entry in enumerate(entries, start=1):
        yield _high(entry, digest, labels, position, len(entries))


def _high(entry: Entry, digest: Digest, labels: Labels, position: int, of: int) -> Message:
    headline = change.headline(entry)
    place = labels.text("position", position=position, count=of)
    said = prose(entry.analysis.summary)
    blocks = (
        Heading((Text(f"{place} "), *headline)),
        Context(change.identity(entry, digest.repository, labels)),
        *change.pull_request(entry.commit, digest.repository, labels),
        *((Paragraph(said),) if said else ()),
        *recollection_blocks(entry, digest, labels),
        *change.why(entry, labels),
        *change.reach(entry, labels),
        *change.depth_blocks(entry, labels),
        *change.brought(entry.commit, digest.repository, labels),
    )
    sha = entry.commit.sha
    pinned = position <= PINS
    return Message(f"high/{sha}", plain(headline), blocks, pinned=pinned, changes=(sha,), tier=Tier.HIGH)


def _mediums(digest: Digest, labels: Labels) -> Iterable[Message]:
    areas: dict[str | None, list[Entry]] = defaultdict(list)
    for entry in digest.of_tier(Tier.MEDIUM):
        areas[entry.analysis.area].append(entry)
    # The area of the most important change comes first; what has no area comes last.
    elsewhere = areas.pop(None, [])
    groups = [(labels.spans("group-medium", area=prose(area or "")), entries) for area, entries in areas.items()]
    if elsewhere:
        groups.append((labels.spans("group-medium-none"), elsewhere))
    for number, packed in enumerate(_packed(groups, MEDIUM_PER_MESSAGE), start=1):
        blocks: list[Block] = []
        for name, entries in packed:
            blocks.append(Heading(name))
            blocks += [Paragraph(_medium(entry, digest, labels)) for entry in entries]
        shas = _shas(packed)
        yield Message(f"medium/{number}", _names(packed, labels), tuple(blocks), changes=shas, tier=Tier.MEDIUM)


def _medium(entry: Entry, digest: Digest, labels: Labels) -> Spans:
    """Return a few lines: what it is, what it means, what it touches and why it matters, and what to do."""
    dot = labels.text("dot")
    first = joined(
        (
            (*bold(change.headline(entry)), Text(" "), *change.reference(entry.commit, digest.repository)),
            change.authors(entry.commit, labels),
            *change.kind(entry, labels),
            *change.marks(entry, labels),
        ),
        dot,
    )
    brought = len(entry.commit.brought)
    last = joined(
        (
            change.reasons(entry, labels),
            change.scope(entry.commit, labels),
            (Text(labels.text("brings", count=brought)),) if brought else (),
        ),
        dot,
    )
    memory = recollections(entry, digest, labels)
    return joined((first, prose(entry.analysis.summary), last, change.advice_line(entry, labels), *memory), "\n")


def _lows(digest: Digest, labels: Labels) -> Iterable[Message]:
    types: dict[ChangeType, list[Entry]] = defaultdict(list)
    for entry in digest.of_tier(Tier.LOW):
        types[entry.analysis.change_type].append(entry)
    ordered = sorted(types.items(), key=lambda group: _TYPES.index(group[0]))
    groups = [(labels.spans("group-low", type=labels.change_type(kind)), entries) for kind, entries in ordered]
    for number, packed in enumerate(_packed(groups, LOW_PER_MESSAGE), start=1):
        blocks: list[Block] = []
        for name, entries in packed:
            blocks.append(Heading(name))
            blocks.append(BulletedList(tuple(_low(entry, digest, labels) for entry in entries)))
        shas = _shas(packed)
        yield Message(f"low/{number}", _names(packed, labels), tuple(blocks), changes=shas, tier=Tier.LOW)


def _low(entry: Entry, digest: Digest, labels: Labels) -> Spans:
    said = prose(entry.analysis.summary) if entry.analysis.analyst != RULES else ()
    # The rules know no more than the subject; a model says in one line what changed in the code.
    line = (*(said or change.headline(entry)), Text(" "), *change.reference(entry.commit, digest.repository))
    unread = () if entry.commit.unread is None else change.scope(entry.commit, labels)
    memory = recollections(entry, digest, labels)
    return joined((line, *change.marks(entry, labels), unread, *memory), labels.text("dot"))


_Groups = Sequence[tuple[Spans, Sequence[Entry]]]


def _packed(groups: _Groups, most: int) -> Iterable[_Groups]:
    """Yield the groups in packs of at most `most` entries; only a group that is larger than a pack is parted."""
    pack: list[tuple[Spans, Sequence[Entry]]] = []
    for name, entries in groups:
        room = most - sum(len(packed) for _, packed in pack)
        if pack and len(entries) > room:
            yield pack
            pack = []
        full = len(entries) // most * most
        for first in range(0, full, most):
            yield [(name, entries[first : first + most])]
        if len(entries) > full:
            pack.append((name, entries[full:]))
    if pack:
        yield pack


def _names(groups: _Groups, labels: Labels) -> str:
    return labels.text("list-separator").join(plain(name) for name, _ in groups)


def _shas(groups: _Groups) -> tuple[str, ...]:
    return tuple(entry.commit.sha for _, entries in groups for entry in entries)


def _tables(digest: Digest, labels: Labels) -> Iterable[Message]:
    entries = tuple(reversed(digest.entries))
    for part, first in enumerate(range(0, len(entries), TABLE_ROWS), start=1):
        # Nothing of a full part may depend on how many there are: it would have to be edited when another is added.
        title = labels.text("table-title") if part == 1 else labels.text("table-title-from", number=first + 1)
        rows = tuple(change.row(entry, digest, labels) for entry in entries[first : first + TABLE_ROWS])
        yield Message(f"table/{part}", title, (Heading((Text(title),)), Table(change.columns(labels), rows)))
