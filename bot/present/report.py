"""Digests -> one Markdown document for GitHub: everything that is known of every change, with a table of contents."""

from collections.abc import Iterator, Sequence

from bot.model import Digest, Entry, Tier
from bot.present import change, overview
from bot.present.blocks import Block, Code, Context, Paragraph, Spans, Table, Text, Time
from bot.present.labels import Labels
from bot.present.markdown import Anchors, block, inline, words
from bot.present.memory import recollection_blocks
from bot.present.prose import joined, prose


def render(digests: Sequence[Digest], labels: Labels) -> str:
    """Return the report of one or more digests, in their order.

    The heading of a change is its headline. One whose anchor is taken already is followed by the sha, so that every
    link of the contents has one target, whatever the authors wrote.
    """
    return _Report(labels).render(digests)


class _Report:
    """A document in the making: what its headings are, and the lines of the contents that lead to them."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._anchors = Anchors()
        self._contents: list[str] = []

    def render(self, digests: Sequence[Digest]) -> str:
        title = prose(self._title(digests))
        contents = self._labels.text("report-contents")
        for heading in (words(title), contents):
            self._anchors.claim(heading)
        # The body comes first: it is what fills the contents.
        body = [part for digest in digests for part in self._digest(digest)]
        parts = [f"# {inline(title)}", f"## {contents}", "\n".join(self._contents), *body]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _title(self, digests: Sequence[Digest]) -> str:
        if len(digests) == 1:
            return overview.title(digests[0], self._labels)
        periods = dict.fromkeys(self._labels.period(digest.window) for digest in digests)
        return self._labels.text("title-several", period=self._labels.text("list-separator").join(periods))

    def _digest(self, digest: Digest) -> Iterator[str]:
        yield self._heading(2, prose(digest.repository.name))
        if digest.entries:
            yield from map(block, self._statistics(digest))
        else:
            yield block(Paragraph((Text(overview.quiet(digest, self._labels)),)))
        yield from map(block, overview.small_print(digest, self._labels))
        for tier in Tier:
            yield from self._tier(tier, digest)
        if digest.entries:
            yield self._heading(3, (Text(self._labels.text("report-commits")),))
            yield from map(block, self._commits(digest))

    def _statistics(self, digest: Digest) -> Iterator[Block]:
        yield Paragraph((Text(overview.counts(digest, self._labels)),))
        for line in (overview.types(digest, self._labels), overview.where(digest, self._labels)):
            if line:
                yield Paragraph(line)

    def _tier(self, tier: Tier, digest: Digest) -> Iterator[str]:
        entries = digest.of_tier(tier)
        if not entries:
            return
        name = self._labels.text("report-tier", tier=self._labels.tier(tier), count=len(entries))
        yield self._heading(3, (Text(name),))
        for entry in entries:
            yield self._entry_heading(entry)
            yield from map(block, self._entry(entry, digest))

    def _entry_heading(self, entry: Entry) -> str:
        headline = change.headline(entry)
        if self._anchors.taken(words(headline)):
            headline = (*headline, Text(" "), Code(change.short(entry.commit.sha)))
        return self._heading(4, headline)

    def _entry(self, entry: Entry, digest: Digest) -> Iterator[Block]:
        labels, repository = self._labels, digest.repository
        yield Paragraph(self._identity(entry, digest))
        yield from change.pull_request(entry.commit, repository, labels)
        if summary := prose(entry.analysis.summary):
            yield Paragraph(summary)
        yield from recollection_blocks(entry, digest, labels)
        yield from change.why(entry, labels)
        yield from change.reach(entry, labels, in_full=True)
        yield from change.depth_blocks(entry, labels)
        yield from change.brought(entry.commit, repository, labels, in_full=True)

    def _identity(self, entry: Entry, digest: Digest) -> Spans:
        labels, commit = self._labels, entry.commit
        local = commit.committed_at.astimezone(digest.window.zone)
        parts: list[Spans] = [
            change.identity(entry, digest.repository, labels),
            (Time(commit.committed_at, labels.moment(local)),),
        ]
        return joined(parts, labels.text("dot"))

    def _commits(self, digest: Digest) -> Iterator[Block]:
        yield Context((Text(self._labels.text("report-time-zone", zone=digest.window.timezone)),))
        rows = tuple(change.row(entry, digest, self._labels) for entry in digest.entries)
        yield Table(change.columns(self._labels), rows)

    def _heading(self, level: int, spans: Spans) -> str:
        """Return a heading of the document, after noting it in the contents."""
        anchor = self._anchors.claim(words(spans))
        self._contents.append(f"{'  ' * (level - 2)}- [{inline(spans)}](#{anchor})")
        return f"{'#' * level} {inline(spans)}"
