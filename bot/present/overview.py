"""What is said of a digest as a whole: its title, its counts, where the work went, and the receipt."""

from collections import Counter

from bot.model import RULES, Digest, Receipt, Tier, Usage
from bot.present import change
from bot.present.blocks import Block, Bold, Context, Spans, Text
from bot.present.labels import Labels
from bot.present.prose import joined, prose

# How many areas are named; the rest are counted together.
AREAS_NAMED = 8
# How many of the changes that the rules had to analyse are named; the rest are counted.
FALLBACK_NAMED = 10

_COUNTS = {Tier.HIGH: "count-high", Tier.MEDIUM: "count-medium", Tier.LOW: "count-low"}


def title(digest: Digest, labels: Labels) -> str:
    """Return the repository and the period."""
    return labels.text("title", repository=digest.repository.name, period=labels.period(digest.window))


def counts(digest: Digest, labels: Labels) -> str:
    """Return how many changes there are, by how many authors, and how many in each tier that has any.

    An author is told by the account or the name, since one person commits under several addresses.
    """
    authors = (entry.commit.author for entry in digest.entries)
    people = {(author.login or author.name).casefold() for author in authors}
    parts = [labels.text("changes-by-authors", changes=len(digest.entries), authors=len(people))]
    parts += [labels.text(_COUNTS[tier], count=count) for tier, count in digest.counts.items() if count]
    return labels.text("dot").join(parts)


def quiet(digest: Digest, labels: Labels) -> str:
    """Return that nothing landed, and the day of the change that was the last to land, if that was before."""
    if digest.tip_committed_at is None or digest.tip_committed_at >= digest.window.end:
        return labels.text("quiet")
    return labels.text("quiet-since", day=labels.day(digest.tip_committed_at.astimezone(digest.window.zone).date()))


def types(digest: Digest, labels: Labels) -> Spans:
    """Return the types of the changes with their numbers, the most frequent first."""
    kinds = Counter(entry.analysis.change_type for entry in digest.entries)
    parts = (
        labels.text("type-count", type=labels.change_type(kind), count=count) for kind, count in kinds.most_common()
    )
    return (Bold(labels.text("types")), Text(labels.text("after-label")), Text(labels.text("dot").join(parts)))


def where(digest: Digest, labels: Labels) -> Spans:
    """Return the areas with their changes, the busiest first, and the lines and files of all changes together.

    A file that several changes touch counts once.
    """
    areas = Counter(entry.analysis.area for entry in digest.entries)
    elsewhere = areas.pop(None, 0)
    ranked = sorted(areas.items(), key=lambda area: (-area[1], area[0] or ""))
    named, rest = ranked[:AREAS_NAMED], ranked[AREAS_NAMED:]
    parts = [labels.spans("area-count", area=prose(area or ""), count=count) for area, count in named]
    if rest:
        count = sum(count for _, count in rest)
        parts.append((Text(labels.text("areas-more", areas=len(rest), count=count)),))
    if elsewhere and named:
        parts.append((Text(labels.text("areas-none", count=elsewhere)),))
    parts.append(_lines(digest, labels))
    line = joined(parts, labels.text("dot"))
    return (Bold(labels.text("where")), Text(labels.text("after-label")), *line) if line else ()


def _lines(digest: Digest, labels: Labels) -> Spans:
    commits = [entry.commit for entry in digest.entries]
    files = {file.path for commit in commits for file in commit.files}
    if not files:
        return ()
    text = labels.text(
        "lines-in-files",
        additions=sum(commit.additions for commit in commits),
        deletions=sum(commit.deletions for commit in commits),
        files=len(files),
    )
    return (Text(text),)


def receipt(digest: Digest, labels: Labels) -> str:
    """Return the window in its zone and in UTC, what was found, read and cut, and who analysed it."""
    tally = labels.text("tally-separator").join(_tally(digest.receipt, labels))
    parts = (_window(digest, labels), tally, _analyst(digest, labels))
    return labels.text("dot").join(parts)


def notes(digest: Digest, labels: Labels) -> tuple[Block, ...]:
    """Return what could not be read or was limited, a line each, and which changes the rules had to analyse."""
    said = tuple(Context(prose(labels.phrase(note))) for note in digest.receipt.notes)
    return (*said, *_fallback(digest, labels))


def _fallback(digest: Digest, labels: Labels) -> tuple[Block, ...]:
    shas = frozenset(digest.receipt.fallback)
    changes = [entry.commit for entry in digest.entries if entry.commit.sha in shas]
    # Where all of them are by rules the analyst's name says so.
    if not changes or len(changes) == len(digest.entries):
        return ()
    named = [change.reference(commit, digest.repository) for commit in changes[:FALLBACK_NAMED]]
    if rest := len(changes) - len(named):
        named.append((Text(labels.text("fallback-more", count=rest)),))
    return (Context(labels.spans("fallback-named", changes=joined(named, labels.text("list-separator")))),)


def small_print(digest: Digest, labels: Labels) -> tuple[Block, ...]:
    """Return the receipt and its notes."""
    return (Context((Text(receipt(digest, labels)),)), *notes(digest, labels))


def _window(digest: Digest, labels: Labels) -> str:
    window = digest.window
    start, end = (labels.moment(moment) for moment in (window.start, window.end))
    local_start, local_end = (labels.moment(moment.astimezone(window.zone)) for moment in (window.start, window.end))
    if (local_start, local_end) == (start, end):
        return labels.text("window-utc", start=start, end=end)
    return labels.text(
        "window-zone", start=local_start, end=local_end, zone=window.timezone, startUtc=start, endUtc=end
    )


def _tally(receipt: Receipt, labels: Labels) -> list[str]:
    counted = (
        ("receipt-excluded", receipt.excluded),
        ("receipt-fallback", len(receipt.fallback)),
        ("receipt-failed", receipt.failed),
        ("receipt-cut", receipt.cut),
        ("receipt-dropped", receipt.dropped),
        ("receipt-masked", receipt.masked),
    )
    found = labels.text("receipt-found", found=receipt.found, analysed=receipt.analysed)
    return [found, *(labels.text(name, count=count) for name, count in counted if count)]


def _analyst(digest: Digest, labels: Labels) -> str:
    if digest.analyst == RULES:
        return labels.text("analyst-rules")
    return labels.text("tally-separator").join(
        (labels.text("analyst-model", analyst=digest.analyst), *_taken(digest.receipt.usage, labels))
    )


def _taken(usage: Usage, labels: Labels) -> tuple[str, ...]:
    """Return what the digest cost, or where that is not known what it took; nothing where all was there before."""
    if not usage.calls:
        return ()
    if usage.cost is None:
        tokens = usage.input_tokens + usage.output_tokens
        return (labels.text("usage-calls", count=usage.calls), labels.text("usage-tokens", count=tokens))
    if usage.cost < 0.01:
        return (labels.text("usage-calls", count=usage.calls), labels.text("usage-cost-small"))
    return (labels.text("usage-cost", cost=f"{usage.cost:.2f}"),)
