"""What was read -> passages: bounded, and without secrets. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.answer.material import Omission, Passage, PassageKind, Reading, Unit
from bot.digest.diffs import mask, prepare
from bot.model import Commit, FileChange, Patch, PullRequest, Repository
from bot.ports import FileText, IndexedChange
from bot.tokens import estimate

_LONGEST_TEXT = 8_000
_LONGEST_READ = 4 * _LONGEST_TEXT
_LONGEST_BODY = 800
_LONGEST_LINE = 1_000
_MOST_PATHS = 12
_MOST_BARE = 20
"""How many files without hunks are told of."""
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


def _landed(moment: datetime, timezone: str) -> str:
    """Return when something landed (aware), in an IANA zone."""
    return f"{moment.astimezone(ZoneInfo(timezone)):%A %Y-%m-%d %H:%M} {timezone}"


def headed(change: IndexedChange, timezone: str) -> str:
    """Return the line by which a change is told, with its moment in an IANA zone."""
    number = f"#{change.pull_request} " if change.pull_request else ""
    when = _landed(change.committed_at, timezone)
    return f"{number}{change.headline} ({change.tier}, {change.change_type}, {when})"


def of_change(repository: str, change: IndexedChange, timezone: str) -> Passage:
    """Return what is known of a change since its digest: its headline, then whatever else there is."""
    lines = [headed(change, timezone)]
    said = (change.title, change.summary, change.body, change.request_body)
    others = dict.fromkeys(_shortened(_masked(text), _LONGEST_BODY) for text in said)
    lines += [text for text in others if text and text != change.headline]
    lines += [f"by {', '.join(change.authors)}"] if change.authors else []
    if change.paths:
        more = len(change.paths) - _MOST_PATHS
        lines.append(f"files: {', '.join(change.paths[:_MOST_PATHS])}{f' and {more} more' if more > 0 else ''}")
    return Passage(repository, change.sha, PassageKind.CHANGE, _masked("\n".join(lines)))


def of_message(repository: Repository, commit: Commit, timezone: str) -> Reading:
    """Return the full message of a commit, with what a merge brought."""
    people = ", ".join(person.name for person in (commit.author, *commit.co_authors))
    brought = "".join(f"\nbrought {each.sha[:12]} {each.subject}" for each in commit.brought)
    text = f"{commit.message}\n\nby {people}, {_landed(commit.committed_at, timezone)}{brought}"
    return _bounded(Passage(repository.full_name, commit.sha, PassageKind.MESSAGE, text))


def of_pull_request(repository: Repository, commit: Commit, request: PullRequest | None) -> Reading:
    """Return the text of the pull request that a commit landed through; nothing if it is not known."""
    if request is None or request.title is None:
        return Reading()
    facts = [f"by {request.author}"] if request.author else []
    facts += [f"labels: {', '.join(request.labels)}"] if request.labels else []
    facts += [f"closes {each.repository}#{each.number} {each.title}" for each in request.linked_issues]
    text = "\n".join([f"#{request.number} {request.title}", *facts, "", request.body])
    return _bounded(Passage(repository.full_name, commit.sha, PassageKind.PULL_REQUEST, text))


def of_diff(repository: Repository, commit: Commit, patch: Patch, tokens: int) -> Reading:
    """Return the hunks that say most within a budget, in the order of the patch, and the files that have none."""
    diff = prepare(commit, patch, max(0, tokens))
    chosen, lines_left = [], 0
    for piece in diff.material.pieces:
        cost = estimate(piece.text or "")
        if piece.text is None or cost > tokens:
            lines_left += max(1, (piece.text or "").count("\n"))
            continue
        tokens -= cost
        chosen.append(piece)
    chosen.sort(key=lambda piece: piece.position)
    hunks = [_hunk(repository, commit, piece.path, piece.text or "") for piece in chosen]
    with_hunks = {piece.path for piece in diff.material.pieces}
    bare = [file for file in commit.files if file.path not in with_hunks]
    lines_left += sum(each.cut for each in patch.files)
    omitted = [Omission(Unit.LINES, lines_left)] if lines_left else []
    omitted += [Omission(Unit.FILES, len(bare) - _MOST_BARE)] if len(bare) > _MOST_BARE else []
    told = [_bare(repository, commit, file) for file in bare[:_MOST_BARE]]
    return Reading((*hunks, *told), tuple(omitted))


def of_file(repository: Repository, sha: str, path: str, text: FileText, asked: int | None) -> Reading:
    """Return lines of a file; `asked` is the last one that was asked for, None for all."""
    last = text.first + len(text.lines) - 1
    left = min(text.total, text.total if asked is None else asked) - last
    short = text.cut or any(len(line) > _LONGEST_LINE for line in text.lines)
    omitted = (Omission(Unit.LINES, max(left, 1)),) if short or left > 0 else ()
    if not text.lines:
        return Reading((Passage(repository.full_name, sha, PassageKind.FILE, _no_line(text), path),), omitted)
    lines = [_shortened(line, _LONGEST_LINE) for line in _masked("\n".join(text.lines)).split("\n")]
    passage = Passage(repository.full_name, sha, PassageKind.FILE, "\n".join(lines), path, text.first, last)
    return Reading((passage,), omitted)


def of_history(repository: Repository, path: str, commits: Sequence[Commit], limit: int, timezone: str) -> Reading:
    """Return the changes of a path, a passage each; one more than the limit says that there are more."""
    passages = tuple(
        Passage(
            repository.full_name,
            commit.sha,
            PassageKind.HISTORY,
            _masked(f"{commit.subject}\nby {commit.author.name}, {_landed(commit.committed_at, timezone)}"),
            path,
        )
        for commit in commits[:limit]
    )
    return Reading(passages, (Omission(Unit.CHANGES, 1),) if len(commits) > limit else ())


def _no_line(text: FileText) -> str:
    return f"[The file has {text.total} lines, none of them here.]"


def _hunk(repository: Repository, commit: Commit, path: str, text: str) -> Passage:
    first, last = None, None
    if (header := _HUNK.match(text)) and (count := 1 if header[2] is None else int(header[2])):
        first = int(header[1])
        last = first + count - 1
    return Passage(repository.full_name, commit.sha, PassageKind.DIFF, text, path, first, last)


def _bare(repository: Repository, commit: Commit, file: FileChange) -> Passage:
    """Return what is to be told of a file without hunks."""
    moved = f" from {file.previous_path}" if file.previous_path else ""
    kind = "binary" if file.binary else file.kind
    text = f"{file.path}: {str(file.status).replace('_', ' ')}{moved}, {kind}, no lines shown"
    return Passage(repository.full_name, commit.sha, PassageKind.DIFF, _masked(text), file.path)


def _bounded(passage: Passage) -> Reading:
    """Return a passage that is not too long. A secret is masked before the text is cut: half of one is none."""
    left = len(passage.text) - _LONGEST_TEXT
    omitted = (Omission(Unit.CHARACTERS, left),) if left > 0 else ()
    text = _masked(passage.text[:_LONGEST_READ])[:_LONGEST_TEXT].strip()
    return Reading((replace(passage, text=text),), omitted)


def _masked(text: str) -> str:
    return mask(text)[0]


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
