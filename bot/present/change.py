"""What is said of one change, in pieces that a message and the report put together."""

from datetime import datetime

from bot.model import BroughtCommit, ChangeType, Commit, Digest, Entry, LinkedIssue, Person, Repository, Tier
from bot.present.blocks import Block, Bold, BulletedList, Code, Context, Link, Paragraph, Spans, Text, Time
from bot.present.labels import Labels
from bot.present.prose import joined, linked, plain, prose
from bot.present.shape import shape

# How many of the commits that a merge brought a message names.
BROUGHT_NAMED = 5

_WHY = {Tier.HIGH: "why-high", Tier.MEDIUM: "why-medium", Tier.LOW: "why-low"}


def short(sha: str) -> str:
    """Return the first seven digits of a sha, as code hosts show it."""
    return sha[:7]


def headline(entry: Entry) -> Spans:
    """Return the headline; a change without any words is called by its sha."""
    return prose(entry.analysis.headline) or prose(entry.commit.subject) or (Code(short(entry.commit.sha)),)


def reference(commit: Commit, repository: Repository) -> Spans:
    """Return the shortest name of a change, leading to its page: of the pull request, or of the commit."""
    if commit.pull_request is None:
        return commit_link(commit.sha, repository)
    number = commit.pull_request.number
    url = repository.pull_request_url(number)
    return (Link(f"#{number}", url),) if url else (Text(f"#{number}"),)


def commit_link(sha: str, repository: Repository) -> Spans:
    """Return the short sha, leading to the commit's page where there is one."""
    return linked(short(sha), repository.commit_url(sha))


def authors(commit: Commit, labels: Labels) -> Spans:
    """Return who wrote the change; a person who is named under two addresses is named once."""
    author, *others = dict.fromkeys(map(_name, (commit.author, *commit.co_authors)))
    if not others:
        return (Text(author),)
    return (Text(labels.text("authors", author=author, others=labels.text("list-separator").join(others))),)


def identity(entry: Entry, repository: Repository, labels: Labels) -> Spans:
    """Return what a change is known by: pull request, authors, sha, type, and whether it breaks something."""
    commit = entry.commit
    parts: list[Spans] = [reference(commit, repository)] if commit.pull_request else []
    parts += [authors(commit, labels), commit_link(commit.sha, repository)]
    parts += [*kind(entry, labels), *marks(entry, labels)]
    return joined(parts, labels.text("dot"))


def kind(entry: Entry, labels: Labels) -> list[Spans]:
    """Return of which type a change is; nothing where that is not known, since "other" tells a reader nothing."""
    change_type = entry.analysis.change_type
    return [] if change_type is ChangeType.OTHER else [(Text(labels.change_type(change_type)),)]


def marks(entry: Entry, labels: Labels) -> list[Spans]:
    """Return what a reader must not miss: that a change breaks something, that it landed late."""
    words = (("breaking", entry.analysis.breaking), ("late", entry.late))
    return [(Bold(labels.text(word)),) for word, is_so in words if is_so]


def reasons(entry: Entry, labels: Labels) -> Spans:
    """Return why the tier is what it is, in one line; empty if nobody said why."""
    texts = map(labels.reason, entry.analysis.reasons)
    return joined((prose(text) for text in texts), labels.text("clause-separator"))


def scope(commit: Commit, labels: Labels, *, in_full: bool = False) -> Spans:
    """Return the shape of the change, or why it is not known."""
    if commit.unread is not None:
        return labels.spans("unread", reason=prose(labels.phrase(commit.unread)))
    return shape(commit, labels, in_full=in_full)


def summary(entry: Entry, labels: Labels) -> str:
    """Return the summary as plain text; until a model wrote of the change, the shape of the change is part of it."""
    written = entry.analysis.summary
    if entry.analysis.depth is not None:
        return written
    return f"{written}\n{plain(scope(entry.commit, labels))}".strip()


def why(entry: Entry, labels: Labels) -> tuple[Block, ...]:
    """Return the paragraph of the reasons, if there are any."""
    return _labelled(labels.text(_WHY[entry.analysis.tier]), reasons(entry, labels), labels)


def reach(entry: Entry, labels: Labels, *, in_full: bool = False) -> tuple[Block, ...]:
    """Return the paragraph of the scope: what the change touches by the data, then what a model says it affects."""
    depth = entry.analysis.depth
    written = joined((prose(text) for text in depth.scope), "\n") if depth else ()
    touched = scope(entry.commit, labels, in_full=in_full)
    return _labelled(labels.text("scope"), joined((touched, written), "\n"), labels)


def advice_line(entry: Entry, labels: Labels) -> Spans:
    """Return what a model advises, in one line; empty if it advises nothing."""
    depth = entry.analysis.depth
    if depth is None or not depth.advice:
        return ()
    advice = joined((prose(text) for text in depth.advice), labels.text("sentence-separator"))
    return (Bold(labels.text("advice")), Text(labels.text("after-label")), *advice)


def depth_blocks(entry: Entry, labels: Labels) -> tuple[Block, ...]:
    """Return what a model wrote: insight, risks, advice and conclusion, each only if there is any."""
    depth = entry.analysis.depth
    if depth is None:
        return ()
    insight = tuple(
        labels.spans("named", name=(Bold(labels.aspect(item.aspect)),), text=prose(item.text)) for item in depth.insight
    )
    risks = tuple(
        labels.spans(
            "risk",
            severity=(Bold(labels.severity(risk.severity)),),
            text=prose(risk.text),
            place=(Code(risk.path if risk.line is None else f"{risk.path}:{risk.line}"),),
        )
        for risk in depth.risks
    )
    advice = tuple(prose(text) for text in depth.advice)
    return (
        *_listed(labels.text("insight"), insight),
        *_listed(labels.text("risks"), risks),
        *_listed(labels.text("advice"), advice),
        *_labelled(labels.text("conclusion"), prose(depth.conclusion or ""), labels),
    )


def brought(commit: Commit, repository: Repository, labels: Labels, *, in_full: bool = False) -> tuple[Block, ...]:
    """Return the commits that a merge brought, if it brought any: the first few by name, or all of them `in_full`."""
    if not commit.brought:
        return ()
    named = commit.brought if in_full else commit.brought[:BROUGHT_NAMED]
    items = [_brought_commit(one, repository, labels) for one in named]
    if rest := len(commit.brought) - len(items):
        items.append((Text(labels.text("brings-more", count=rest)),))
    return _listed(labels.text("brings", count=len(commit.brought)), tuple(items))


def _brought_commit(commit: BroughtCommit, repository: Repository, labels: Labels) -> Spans:
    parts = (prose(commit.subject), (Text(_name(commit.author)),), commit_link(commit.sha, repository))
    return joined(parts, labels.text("dot"))


def _name(person: Person) -> str:
    return person.login or person.name or person.email


def pull_request(commit: Commit, repository: Repository, labels: Labels) -> tuple[Block, ...]:
    """Return what the code host knows of the pull request: the issues it closes, who reviewed it, labels, milestone."""
    known = commit.pull_request
    if known is None:
        return ()
    separator = labels.text("list-separator")
    parts: list[Spans] = []
    if known.linked_issues:
        issues = joined((_issue(issue, repository) for issue in known.linked_issues), separator)
        parts.append(labels.spans("pull-request-closes", issues=issues))
    if known.reviewers:
        parts.append(labels.spans("pull-request-reviewers", people=(Text(separator.join(known.reviewers)),)))
    if known.labels:
        parts.append(labels.spans("pull-request-labels", labels=(Text(separator.join(known.labels)),)))
    if known.milestone:
        parts.append(labels.spans("pull-request-milestone", milestone=(Text(known.milestone),)))
    return (Context(joined(parts, labels.text("dot"))),) if parts else ()


def _issue(issue: LinkedIssue, repository: Repository) -> Spans:
    name = f"#{issue.number}" if issue.repository == repository.name else f"{issue.repository}#{issue.number}"
    url = repository.issue_url(issue)
    title = (Text(f" {issue.title}"),) if issue.title else ()
    return (Link(name, url) if url else Text(name), *title)


def _labelled(label: str, spans: Spans, labels: Labels) -> tuple[Block, ...]:
    return (Paragraph((Bold(label), Text(labels.text("after-label")), *spans)),) if spans else ()


def _listed(label: str, items: tuple[Spans, ...]) -> tuple[Block, ...]:
    return (Paragraph((Bold(label),)), BulletedList(items)) if items else ()


def columns(labels: Labels) -> tuple[str, ...]:
    """Return the header of the table of commits."""
    return tuple(labels.text(f"table-{name}") for name in ("time", "author", "message", "commit"))


def row(entry: Entry, digest: Digest, labels: Labels) -> tuple[Spans, ...]:
    """Return a row of the table of commits. The day is left out where it is the window's only one."""
    commit, window = entry.commit, digest.window
    local = commit.committed_at.astimezone(window.zone)
    first, last = window.start.astimezone(window.zone), (window.end - datetime.resolution).astimezone(window.zone)
    one_day = first.date() == last.date() and not entry.late
    said = labels.time(local) if one_day else labels.moment(local)
    return (
        (Time(commit.committed_at, said),),
        authors(commit, labels),
        prose(commit.subject),
        commit_link(commit.sha, digest.repository),
    )
