"""Which commits landed: the walk along first parents, and what merges brought."""

from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from adapters.source.git.messages import co_authors, decode, moment, plain_lines, pull_request, trailers_of
from adapters.source.git.process import GitFailed
from adapters.source.git.view import View
from bot.model import BroughtCommit, Commit, FileChange, Person, Phrase, Window

OLDER_IN_A_ROW = 50
"""Committer dates are not monotone: only so many older commits in succession say that the window is behind."""

OLDER_AFTER_A_TIP = 250
"""The same for whoever is served day by day: a change that was dated ahead of its landing lies behind many older."""

OLDER_IN_PLACE = 10_000
"""The same where looking further costs next to nothing. Imported histories can be hundreds of commits out of order."""

BROUGHT_KEPT = 250
"""How many of the commits that a merge brought are kept: more than anybody reads beneath one change."""

TEXT_KEPT = 1 << 17
"""Bytes of a message, or of any other field of a commit, that are kept: more than code hosts let anybody write."""

_WALK = "%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%e%x00%(trailers:only,unfold)%x00%B"
_WALK_FIELDS = 9
_BROUGHT = "%H%x00%P%x00%ct%x00%an%x00%ae%x00%e%x00%s"
_BROUGHT_FIELDS = 7
_PLAIN = ("-z", "--encoding=UTF-8", "--no-show-signature", "--no-mailmap", "--no-notes", "--no-decorate", "--no-color")


@dataclass(frozen=True, slots=True)
class Record:
    """A commit of the walk, without its files."""

    sha: str
    parents: tuple[str, ...]
    author: Person
    authored_at: datetime
    committed_at: datetime
    message: str
    trailers: tuple[tuple[str, str], ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """The landed changes of a period, newest first.

    `last` is the oldest commit that was seen, wanted or not, and `ended_by_rule` says that older ones cannot matter.
    `broken` says that history could not be read beyond `last`.
    """

    records: tuple[Record, ...]
    last: str | None
    ended_by_rule: bool
    broken: bool = False

    def reaches(self, shallow: frozenset[str]) -> bool:
        """Return whether the walk ended by itself, and not where a clone was cut off."""
        return self.ended_by_rule or self.last not in shallow


@dataclass(frozen=True, slots=True)
class Brought:
    """What the merges brought: by merge the first commits and the number of all of them.

    `complete` is False when a clone is cut off where that may matter; there may then be too many commits, or too few.
    """

    commits: dict[str, tuple[BroughtCommit, ...]]
    counts: dict[str, int]
    complete: bool


_Graph = dict[str, tuple[tuple[str, ...], BroughtCommit]]


async def walk_window(view: View, tip: str, window: Window, *, patience: int = OLDER_IN_A_ROW) -> Walk:
    """Return every first-parent commit whose own committer date lies in the window.

    The walk ends after `patience` successive older commits, or as many as it had to pass before them if that is more:
    the further back a window is, the longer are the runs of commits on the way to it that are out of order.
    """
    kept: list[Record] = []
    last, passed, older = None, 0, 0
    try:
        async with aclosing(_first_parents(view, tip)) as records:
            async for record in records:
                last = record.sha
                if record.committed_at < window.start:
                    older += 1
                else:
                    passed, older = passed + older + 1, 0
                if window.start <= record.committed_at < window.end:
                    kept.append(record)
                if older >= max(patience, passed):
                    return Walk(tuple(kept), last, ended_by_rule=True)
    except GitFailed:
        return Walk(tuple(kept), last, ended_by_rule=False, broken=True)
    return Walk(tuple(kept), last, ended_by_rule=False)


async def walk_since(view: View, tip: str, base: str) -> Walk:
    """Return every first-parent commit of the tip that is no part of the base's history."""
    kept: list[Record] = []
    try:
        async with aclosing(_first_parents(view, tip, f"^{base}")) as records:
            async for record in records:
                kept.append(record)  # noqa: PERF401 -- what was read before an error is kept
    except GitFailed:
        return Walk(tuple(kept), kept[-1].sha if kept else None, ended_by_rule=False, broken=True)
    return Walk(tuple(kept), kept[-1].sha if kept else None, ended_by_rule=False)


async def walk_path(view: View, tip: str, path: str, limit: int) -> list[Record]:
    """Return the newest first-parent commits that touch a path. Raises GitFailed, GitStalled."""
    arguments = ("--first-parent", f"--max-count={limit}", "--end-of-options", tip, "--", path)
    async with aclosing(_log(view, *arguments)) as records:
        return [record async for record in records]


async def record_of(view: View, sha: str) -> Record:
    """Return one commit. Raises GitFailed, GitStalled."""
    async with aclosing(_log(view, "--no-walk", "--end-of-options", sha)) as records:
        return await anext(records)


def commit_of(
    record: Record,
    *,
    brought: tuple[BroughtCommit, ...] = (),
    files: tuple[FileChange, ...] = (),
    unread: Phrase | None = None,
) -> Commit:
    """Return a commit of the walk with its files, and with what its message says."""
    return Commit(
        sha=record.sha,
        parents=record.parents,
        author=record.author,
        co_authors=co_authors(record.trailers, record.author),
        authored_at=record.authored_at,
        committed_at=record.committed_at,
        message=record.message,
        trailers=record.trailers,
        pull_request=pull_request(record.message),
        brought=brought,
        files=files,
        unread=unread,
    )


async def read_brought(view: View, records: Sequence[Record]) -> Brought:
    """Return what each of the merges brought, `M^1..M` without M itself, newest first; all of it by one git.

    The changes lie on one line of first parents. So a commit was brought by the oldest merge of the line that reaches
    it, and one list of everything above the oldest merge's first parent is enough to tell them apart.
    """
    merges = [record for record in records if len(record.parents) > 1]
    if not merges:
        return Brought({}, {}, complete=True)
    revisions = (merges[0].sha, f"^{merges[-1].parents[0]}")
    graph: _Graph = {}
    oldest = merges[0].committed_at
    try:
        arguments = ("log", *_PLAIN, f"--format={_BROUGHT}", "--end-of-options", *revisions)
        async with aclosing(_records(view, arguments, _BROUGHT_FIELDS)) as found:
            async for sha, parents, committed, name, email, encoding, subject in found:
                codec = encoding.decode("ascii", "replace")
                commit = BroughtCommit(
                    sha.decode("ascii"), _text(subject, codec), Person(_text(name, codec), _text(email, codec))
                )
                graph[commit.sha] = (_parents(sha, parents), commit)
                oldest = min(oldest, moment(committed))
        cut_off = not view.shallow.isdisjoint(graph) or await _ends_after(view, oldest)
    except GitFailed:
        return Brought({}, {}, complete=False)
    commits, counts = _share_out(merges, graph)
    return Brought(commits, counts, complete=not cut_off)


async def _ends_after(view: View, oldest: datetime) -> bool:
    """Return whether a clone is cut off at a commit that is newer than what merges seem to have brought.

    What lies behind the cut may then be what merges seem to have brought: a branch that left the line long ago leads
    back to where it did, and on to the beginning of history, without ever meeting the line.
    """
    if not view.shallow:
        return False
    ends = "".join(f"{sha}\n" for sha in sorted(view.shallow)).encode("ascii")
    said = await view.git.run("log", "--no-walk=unsorted", "--format=%ct", "--ignore-missing", "--stdin", stdin=ends)
    return any(moment(end) >= oldest for end in said.split())


def _share_out(merges: Sequence[Record], graph: _Graph) -> tuple[dict[str, tuple[BroughtCommit, ...]], dict[str, int]]:
    line = tuple(_line(merges[0].sha, graph))
    owner = dict.fromkeys(line, "")
    for merge in reversed(line):
        pending = list(graph[merge][0][1:])
        while pending:
            sha = pending.pop()
            if sha in graph and sha not in owner:
                owner[sha] = merge
                pending += graph[sha][0]
    lists: dict[str, list[BroughtCommit]] = {merge.sha: [] for merge in merges}
    counts = dict.fromkeys(lists, 0)
    for sha, (_, commit) in graph.items():
        merged_by = owner.get(sha)
        if merged_by in lists:
            counts[merged_by] += 1
            if len(lists[merged_by]) < BROUGHT_KEPT:
                lists[merged_by].append(commit)
    return {sha: tuple(commits) for sha, commits in lists.items()}, counts


def _line(sha: str, graph: _Graph) -> Iterator[str]:
    while sha in graph:
        yield sha
        sha = next(iter(graph[sha][0]), "")


async def _first_parents(view: View, *revisions: str) -> AsyncGenerator[Record, None]:
    following = revisions[0]
    try:
        async with aclosing(_log(view, "--first-parent", "--end-of-options", *revisions)) as records:
            async for record in records:
                following = next(iter(record.parents), "")
                yield record
    except GitFailed:
        # git looks for a commit's parent before it shows the commit: the last one that is there is still to come.
        if following:
            async with aclosing(_log(view, "--no-walk", "--end-of-options", following)) as records:
                async for record in records:
                    yield record
        raise


async def _log(view: View, *arguments: str) -> AsyncGenerator[Record, None]:
    async with aclosing(_records(view, ("log", *_PLAIN, f"--format={_WALK}", *arguments), _WALK_FIELDS)) as found:
        async for record in found:
            yield _record(record)


def _record(found: Iterable[bytes]) -> Record:
    sha, parents, name, email, authored, committed, encoding, trailers, message = found
    codec = encoding.decode("ascii", "replace")
    return Record(
        sha=sha.decode("ascii"),
        parents=_parents(sha, parents),
        author=Person(_text(name, codec), _text(email, codec)),
        authored_at=moment(authored),
        committed_at=moment(committed),
        message=plain_lines(_text(message, codec)),
        trailers=trailers_of(_text(trailers, codec)),
        cut=len(message) > TEXT_KEPT,
    )


def _parents(sha: bytes, parents: bytes) -> tuple[str, ...]:
    """Return the names of parents; that of one which the limit cut in two is none, and thousands are before it."""
    return tuple(name for name in parents.decode("ascii").split() if len(name) == len(sha))


def _text(field: bytes, codec: str) -> str:
    """Return the text of a field; one that is longer than what is kept ends with dots, and not within a character."""
    if len(field) <= TEXT_KEPT:
        return decode(field, codec)
    end = next((at for at in range(TEXT_KEPT, TEXT_KEPT - 4, -1) if field[at] & 0xC0 != 0x80), TEXT_KEPT)
    return f"{decode(field[:end], codec)}…"


async def _records(view: View, arguments: Sequence[str], width: int) -> AsyncGenerator[list[bytes], None]:
    """Yield the fields of each commit, of which no more than a byte above `TEXT_KEPT` is kept."""
    async with view.git.stream(arguments) as stream:
        rest: list[bytes] = [b""]
        async for chunk in stream:
            first, *more = chunk.split(b"\0")
            rest[-1] = _begun(rest[-1] + first)
            rest += map(_begun, more)
            whole = (len(rest) - 1) // width * width
            for begin in range(0, whole, width):
                yield rest[begin : begin + width]
            del rest[:whole]
        await stream.finish()


def _begun(field: bytes) -> bytes:
    return field[: TEXT_KEPT + 1]
