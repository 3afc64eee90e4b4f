"""What of a digested change can be searched for."""

from collections.abc import Iterator

from bot.model import Commit, Entry
from bot.ports import IndexedChange

_LONGEST_BODY = 6_000
_LONGEST_LINE = 500
_MOST_PATHS = 300


def indexed(entry: Entry) -> IndexedChange:
    """Return what a change is found by, bounded: beyond that, a text is no longer about anything in particular."""
    commit, analysis, request = entry.commit, entry.analysis, entry.commit.pull_request
    return IndexedChange(
        sha=commit.sha,
        committed_at=commit.committed_at,
        subject=commit.subject[:_LONGEST_LINE],
        body=commit.body[:_LONGEST_BODY],
        change_type=analysis.change_type,
        tier=analysis.tier,
        headline=(analysis.headline or commit.subject)[:_LONGEST_LINE],
        summary=" ".join(_said(entry))[:_LONGEST_BODY],
        pull_request=request.number if request else None,
        title=(request.title or "")[:_LONGEST_LINE] if request else "",
        request_body=request.body[:_LONGEST_BODY] if request else "",
        paths=tuple(file.path for file in commit.files[:_MOST_PATHS]),
        authors=tuple(dict.fromkeys(_people(commit))),
    )


def _said(entry: Entry) -> Iterator[str]:
    """Yield what the digest says of a change beside its headline; what a model wrote of it last says most."""
    if depth := entry.analysis.depth:
        yield depth.summary or entry.analysis.summary
        yield from (each.text for each in depth.insight)
        yield from (each.text for each in depth.risks)
        yield depth.conclusion or ""
    else:
        yield entry.analysis.summary


def _people(commit: Commit) -> Iterator[str]:
    for person in (commit.author, *commit.co_authors):
        yield person.name
        if person.login:
            yield person.login
