"""Reads a change's patch once, and keeps of it what may be shown."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.digest.diffs.excerpts import Excerpt, Material, Piece, excerpt
from bot.digest.diffs.hunks import LONGEST_SHOWN, Hunk, parse, shorten
from bot.digest.diffs.ranking import LOWEST_GRADE, grade_of, rank_of, signatures_of
from bot.digest.diffs.secrets import mask
from bot.model import Commit, FileChange, FileKind, FilePatch, FileStatus, Patch
from bot.tokens import estimate

_LONGEST_READ = 4_000
"""Characters of a line that are looked at."""
_LONGEST_SIGNATURE = 200
_SMALL = 300
"""Tokens of a diff that nothing is saved of."""
_NUMBER = re.compile(r"\d+(?:[,_]\d{3})*(?:\.\d+)?")
_DIGITS = re.compile(r"\d+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u0085]")


@dataclass(frozen=True)
class Diff:
    """What is known of a change's differences, secrets masked.

    `paths` are all that the change touches, by their new and their previous names. `numbers` are those in the part of
    the patch that was read, without thousands separators, and the parts of those. `lines` are, by path, where the hunks
    lie in the new file. `masked` counts secrets. `cut` is whether the patch was cut or unread before it came here.
    `size` is how many tokens the whole patch has.
    """

    paths: frozenset[str]
    numbers: frozenset[str]
    lines: Mapping[str, tuple[range, ...]]
    masked: int
    cut: bool
    size: int
    material: Material

    def budget(self, most: int) -> int:
        """Return how many tokens are worth spending on this change, if `most` are worth spending on a large one.

        Half of a diff says nearly all that it says: the rest is tests, documentation, and more of the same.
        """
        return min(most, max(_SMALL, self.size * 2 // 5))

    def within(self, tokens: int) -> Excerpt:
        """Return what says most in no more than so many tokens."""
        return excerpt(self.material, tokens)


@dataclass(frozen=True, slots=True)
class _Ranked:
    key: tuple[int, int, int, int]
    hunk: Hunk
    piece: Piece


def prepare(commit: Commit, patch: Patch | None, most: int) -> Diff:
    """Mask and rank a change's patch, and keep no more of its hunks than about `most` tokens."""
    files = {file.path: file for file in commit.files}
    patches = patch.files if patch else ()
    ranked: list[_Ranked] = []
    numbers: set[str] = set()
    lines: dict[str, tuple[range, ...]] = {}
    masked = 0
    bodies: set[str] = set()
    for number, file in enumerate(patches):
        shown, count = _masked(file.text)
        masked += count
        hunks = list(parse(shown))
        lines[file.path] = tuple(hunk.lines for hunk in hunks if hunk.count)
        for hunk in hunks:
            numbers.update(_numbers(hunk))
        ranked += _ranked(file.path, files.get(file.path), (number, len(ranked)), hunks, bodies)
    ranked.sort(key=lambda each: each.key)
    cut = patch is None or patch.unread is not None or patch.cut or commit.unread is not None
    with_hunks = dict.fromkeys(each.piece.path for each in ranked)
    material = Material(
        pieces=tuple(_kept(ranked, most)),
        headers={path: f"=== {_described(path, files.get(path))}" for path in with_hunks},
        remarks=tuple(_remarks(commit, patches, with_hunks, unread=patch is None or patch.unread is not None)),
        complete=not cut,
    )
    previous = {file.previous_path for file in commit.files if file.previous_path}
    return Diff(frozenset(files) | previous, frozenset(numbers), lines, masked, cut, _size(patches), material)


def _masked(text: str) -> tuple[list[str], int]:
    """Return the lines of a patch without secrets, each as far as it is shown."""
    lines = text.removesuffix("\n").split("\n")
    lengths = [len(line) for line in lines]
    if max(lengths) <= LONGEST_SHOWN:
        masked, count = mask(text.removesuffix("\n"))
        return masked.split("\n"), count
    masked, count = mask("\n".join(line[:_LONGEST_READ] for line in lines))
    return [shorten(line, length) for line, length in zip(masked.split("\n"), lengths, strict=True)], count


def _size(patches: Iterable[FilePatch]) -> int:
    """Return how many tokens patches have, also what was cut off of them: about four bytes are one."""
    return sum(
        estimate(f"{file.path}\n{file.text}") + (max(0, file.size - _bytes(file.text)) // 4 if file.cut else 0)
        for file in patches
    )


def _bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))  # a source may give halves of characters


def _numbers(hunk: Hunk) -> Iterator[str]:
    """Yield the numbers of a hunk's lines, also the parts of one that has marks: it may be a version, or arguments."""
    for found in _NUMBER.findall(hunk.body):
        yield found.replace(",", "").replace("_", "")
        if not found.isdecimal():
            yield from _DIGITS.findall(found)


def _ranked(
    path: str, file: FileChange | None, at: tuple[int, int], hunks: list[Hunk], bodies: set[str]
) -> Iterator[_Ranked]:
    """Yield the hunks of a file with the keys that sort them among all, so that files take turns.

    `at` is how many files and how many hunks came before, `bodies` what they said: saying it again says nothing.
    """
    number, position = at
    rank = rank_of(path, file.kind if file else FileKind.REGULAR)
    before: Counter[int] = Counter()
    for hunk in hunks:
        changed = signatures_of(path, hunk.text)
        grade = LOWEST_GRADE if hunk.body in bodies else grade_of(path, hunk.text, changed)
        bodies.add(hunk.body)
        signatures = tuple(_signature(line) for line in changed)
        piece = Piece(path, position, hunk.text, signatures, hunk.shortened)
        yield _Ranked((rank, grade, before[grade], number), hunk, piece)
        before[grade] += 1
        position += 1


def _signature(line: str) -> str:
    text = f"{line[0]} {line[1:].strip()}"
    return text if len(text) <= _LONGEST_SIGNATURE else f"{text[:_LONGEST_SIGNATURE]}…"


def _kept(ranked: list[_Ranked], most: int) -> Iterator[Piece]:
    """Yield the pieces, the text only of those that there is room for; of the rest the signatures, likewise.

    A signature is listed once, however many files it is copied to.
    """
    room, room_for_signatures = most, most
    listed: set[str] = set()
    for each in ranked:
        piece = replace(each.piece, signatures=tuple(new for new in each.piece.signatures if new not in listed))
        listed.update(piece.signatures)
        cost = estimate(piece.text or "")
        if cost <= room:
            room -= cost
            yield piece
            continue
        cost = sum(map(estimate, piece.signatures))
        room_for_signatures -= cost
        yield Piece(
            piece.path, piece.position, None, piece.signatures if room_for_signatures >= 0 else (), shortened=True
        )


def _described(path: str, file: FileChange | None) -> str:
    """Return a path and what happened to it."""
    words = list(_happened(file)) if file else []
    return f"{_plain(path)} ({', '.join(words)})" if words else f"{_plain(path)} (changed)"


def _happened(file: FileChange) -> Iterator[str]:
    if file.previous_path:
        yield f"{file.status} from {_plain(file.previous_path)}"
    elif file.status is not FileStatus.MODIFIED:
        yield str(file.status).replace("_", " ")
    if file.kind in (FileKind.SUBMODULE, FileKind.SYMLINK):
        yield str(file.kind)
    if file.binary:
        yield "binary"
    elif file.additions is not None:
        yield f"+{file.additions} -{file.deletions}"
    if file.mode_changed:
        yield f"now {file.kind}" if file.kind is FileKind.EXECUTABLE else "mode changed"


def _remarks(
    commit: Commit, patches: tuple[FilePatch, ...], shown: Mapping[str, None], *, unread: bool
) -> Iterator[str]:
    """Yield a line for whatever has no hunk to show, and one for what was not read."""
    if unread or commit.unread:
        yield "[The diff could not be read.]"
    cut = {file.path for file in patches if file.cut}
    for file in commit.files:
        if file.path not in shown:
            yield f"=== {_described(file.path, file)}{' [not read]' if file.path in cut else ''}"
        elif file.path in cut:
            yield f"[Of {_plain(file.path)} only the beginning was read.]"


def _plain(path: str) -> str:
    """Return a path as one line without secrets."""
    return mask(_CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", path))[0]
