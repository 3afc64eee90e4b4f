"""What a change has to do with earlier ones, and what is said of it beneath them later."""

from bot.model import Commit, Digest, Earlier, Entry, Repository
from bot.present import change
from bot.present.blocks import Block, Context, Link, Spans
from bot.present.labels import Labels
from bot.present.prose import linked, prose


def recollections(entry: Entry, digest: Digest, labels: Labels) -> tuple[Spans, ...]:
    """Return a line for each earlier change that one reverts, relands or fixes, and for each remark."""
    earlier = (_earlier(each, digest, labels) for each in entry.earlier)
    return (*earlier, *(prose(labels.phrase(remark)) for remark in entry.remarks))


def recollection_blocks(entry: Entry, digest: Digest, labels: Labels) -> tuple[Block, ...]:
    """Return the same as blocks."""
    return tuple(Context(line) for line in recollections(entry, digest, labels))


def noted(earlier: Earlier, by: Commit, repository: Repository, labels: Labels, link: str | None = None) -> Spans:
    """Return the note for the post of a change: what a later one does to it. `link` is where that one is told of."""
    later = _leading(change.reference(by, repository), link)
    return labels.spans(f"noted-{earlier.relation}", earlier=_name(earlier, repository), change=later)


def _name(earlier: Earlier, repository: Repository) -> Spans:
    number = earlier.pull_request
    if number is None:
        return change.commit_link(earlier.sha, repository)
    return linked(f"#{number}", repository.pull_request_url(number))


def _earlier(earlier: Earlier, digest: Digest, labels: Labels) -> Spans:
    name = _name(earlier, digest.repository)
    day = earlier.committed_at.astimezone(digest.window.zone).date()
    return labels.spans(
        f"earlier-{earlier.relation}",
        change=_leading(name, earlier.link),
        day=labels.days(day, day),
        headline=prose(earlier.headline),
    )


def _leading(name: Spans, link: str | None) -> Spans:
    """Return a name so that it leads to a post, where there is one, in place of the page of the change."""
    return (Link("".join(span.text for span in name), link),) if link else name
