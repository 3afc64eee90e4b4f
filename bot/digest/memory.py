"""What a change has to do with earlier ones: it reverts, relands or fixes one, or is one more fix of the same file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.digest.references import Reference, references
from bot.digest.rules.paths import Role, role_of
from bot.model import ChangeType, Commit, Digest, Earlier, Entry, PastChange, Phrase, Repository
from bot.ports import PastChanges

_FIXES = frozenset({ChangeType.FIX, ChangeType.SECURITY})
_WEEK = timedelta(days=7)
_OFTEN = 3
_LEAST_DIGITS = 7


async def remember(past: PastChanges, repository: Repository, entries: Iterable[Entry]) -> None:
    """Keep what later digests may have to do with. Raises StoreUnavailable and StoreError."""
    await past.keep(repository.full_name, map(_remembered, entries))


async def recall(past: PastChanges, repository: Repository, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return entries with what they have to do with changes that are remembered, themselves among them.

    Only what a message says and the memory bears out. Raises StoreUnavailable and StoreError.
    """
    named = {entry.commit.sha: references(entry.commit, repository) for entry in entries}
    asked = [reference for each in named.values() for reference in each]
    digits = {reference.digits for reference in asked if reference.digits}
    numbers = {reference.number for reference in asked if reference.number}
    known = await past.named(repository.full_name, digits, numbers) if asked else ()
    fixes = await _fixes(past, repository, entries)
    return tuple(
        replace(entry, earlier=_earlier(entry, named[entry.commit.sha], known), remarks=_remarks(entry, fixes))
        for entry in entries
    )


@dataclass(frozen=True, slots=True)
class Note:
    """What the part of a thread that told of an earlier change is to say from now on: what `by` does to that."""

    earlier: Earlier
    by: Commit


def notes(digest: Digest) -> tuple[Note, ...]:
    """Return the notes that the parts of earlier changes get when a digest is delivered."""
    return tuple(Note(earlier, entry.commit) for entry in digest.entries for earlier in entry.earlier)


def with_links(digest: Digest, links: Mapping[str, str]) -> Digest:
    """Return a digest whose earlier changes lead to where a place was told of them; `links` are by sha."""
    entries = tuple(
        replace(entry, earlier=tuple(replace(each, link=links.get(each.sha)) for each in entry.earlier))
        for entry in digest.entries
    )
    return replace(digest, entries=entries)


def _remembered(entry: Entry) -> PastChange:
    commit, analysis = entry.commit, entry.analysis
    return PastChange(
        sha=commit.sha,
        headline=analysis.headline or commit.subject,
        committed_at=commit.committed_at,
        change_type=analysis.change_type,
        pull_request=commit.pull_request.number if commit.pull_request else None,
        paths=_paths(entry) if analysis.change_type in _FIXES else (),
    )


def _paths(entry: Entry) -> tuple[str, ...]:
    """Return the files of source that a change touches: what every fix touches, such as a changelog, says nothing."""
    return tuple(file.path for file in entry.commit.files if role_of(file.path) is Role.SOURCE)


def _earlier(entry: Entry, named: Sequence[Reference], known: Sequence[PastChange]) -> tuple[Earlier, ...]:
    found: dict[str, Earlier] = {}
    for reference in named:
        meant = [change for change in known if change.sha != entry.commit.sha and _is_meant(reference, change)]
        if len(meant) == 1 and meant[0].sha not in found:
            (change,) = meant
            found[change.sha] = Earlier(
                reference.relation, change.sha, change.headline, change.committed_at, change.pull_request
            )
    return tuple(found.values())


def _is_meant(reference: Reference, change: PastChange) -> bool:
    if reference.digits is None:
        return change.pull_request == reference.number
    return len(reference.digits) >= _LEAST_DIGITS and change.sha.startswith(reference.digits)


async def _fixes(past: PastChanges, repository: Repository, entries: Sequence[Entry]) -> Sequence[PastChange]:
    dates = [entry.commit.committed_at for entry in entries if entry.analysis.change_type in _FIXES]
    return await past.fixes_since(repository.full_name, min(dates) - _WEEK) if dates else ()


def _remarks(entry: Entry, fixes: Sequence[PastChange]) -> tuple[Phrase, ...]:
    """Return the remark that a change is at least the third fix of a file within a week; of the most fixed one."""
    if entry.analysis.change_type not in _FIXES:
        return ()
    now = (entry.commit.committed_at, entry.commit.sha)
    recent = [fix for fix in fixes if now[0] - _WEEK < fix.committed_at and (fix.committed_at, fix.sha) < now]
    before = Counter(path for fix in recent for path in fix.paths)
    path = max(_paths(entry), key=lambda path: before[path], default="")
    count = before[path] + 1
    return (Phrase.of("remark-fixed-again", count=count, path=path),) if count >= _OFTEN else ()
