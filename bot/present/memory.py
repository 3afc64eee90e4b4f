"""What a change has to do with earlier ones, and what is said of it beneath them later."""

from bot.model import Commit, Digest, Earlier, Entry, Relation, Repository
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


def noted(relation: Relation, by: Commit, repository: Repository, labels: Labels, link: str | None = None) -> Spans:
    """Return the note for the post of a change: what a later one does to it. `link` is where that one is told of."""
    name = change.reference(by, repository)
    return labels.spans(f"noted-{relation}", change=_leading(name, link))


def _earlier(earlier: Earlier, digest: Digest, labels: Labels) -> Spans:
    repository = digest.repository
    if earlier.pull_request is None:
        name = change.commit_link(earlier.sha, repository)
    else:
        number = earlier.pull_request
        name = linked(f"#{number}", repository.pull_request_url(number))
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
