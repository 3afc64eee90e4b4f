"""Which changes an audience sees."""

from dataclasses import replace

import pytest

from bot.digest.audience import wanted_by
from bot.model import (
    EVERYBODY,
    Audience,
    BroughtCommit,
    ChangeType,
    Entry,
    FileChange,
    FileKind,
    FileStatus,
    Person,
    Phrase,
    PullRequest,
)
from tests.fakes.digests import analysis, commit, day

GRACE = Person("Grace Hopper", "grace@acme.example", "grace")
BOT = Person("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", "dependabot[bot]")


def of(*paths: str, author: Person = GRACE) -> Entry:
    """Return a change of files."""
    files = tuple(FileChange(path, FileStatus.MODIFIED, FileKind.REGULAR, 1, 1) for path in paths)
    return Entry(replace(commit("Change it"), author=author, files=files, pull_request=None), analysis("Change it"))


def sees(entry: Entry, **audience: object) -> bool:
    """Return whether an audience sees a change."""
    return wanted_by(Audience(**audience), [entry]) == (entry,)  # type: ignore[arg-type] # the tests say which


def test_everybody_sees_everything_in_its_order() -> None:
    """Without filters nothing is left out, and with them the order stays."""
    entries = day().entries
    some = wanted_by(Audience(exclude_types=(ChangeType.FIX,)), entries)

    assert wanted_by(EVERYBODY, entries) == entries
    assert list(some) == [entry for entry in entries if entry.analysis.change_type is not ChangeType.FIX]
    assert 0 < len(some) < len(entries)


@pytest.mark.parametrize(
    ("paths", "pattern", "left_out"),
    [
        (("docs/a.md", "docs/deep/b.md"), "docs/", True),
        (("docs/a.md", "src/a.py"), "docs/", False),
        (("a/README.md",), "*.md", True),
        (("a/README.md",), "/*.md", False),
        (("src/gen/a/b.py",), "src/**/*.py", True),
        (("src/a_pb2.py",), "src/?_pb2.py", True),
        ((), "*", False),
    ],
)
def test_paths_that_are_excluded(paths: tuple[str, ...], pattern: str, left_out: bool) -> None:
    """A change is left out if all of its files match, by the rules of a .gitignore."""
    assert sees(of(*paths), exclude_paths=(pattern,)) is not left_out


@pytest.mark.parametrize(
    ("paths", "seen"),
    [(("src/a.py", "docs/a.md"), True), (("docs/a.md",), False), ((), False), (("src/private/a.py",), False)],
)
def test_paths_that_alone_count(paths: tuple[str, ...], seen: bool) -> None:
    """A change is left out if none of its files matches; of several patterns the last that matches decides."""
    assert sees(of(*paths), only_paths=("src/", "!src/private/", "src/private/b.py")) is seen


def test_a_file_that_was_moved_is_in_both_places() -> None:
    """What is moved into a folder, or out of it, concerns those who watch it, and is no change of that folder alone."""
    moved = FileChange("docs/a.py", FileStatus.RENAMED, FileKind.REGULAR, 0, 0, previous_path="src/a.py")
    entry = replace(of(), commit=replace(of().commit, files=(moved,)))

    assert sees(entry, only_paths=("src/",))
    assert sees(entry, exclude_paths=("docs/",))
    assert not sees(entry, exclude_paths=("docs/", "src/"))


def test_files_that_are_not_known_leave_nothing_out() -> None:
    """A change whose files could not be read is seen by those who asked for some paths only."""
    unread = replace(of().commit, unread=Phrase.of("unread-timeout"))
    assert sees(replace(of(), commit=unread), only_paths=("src/",), exclude_paths=("*",))


@pytest.mark.parametrize("name", ["grace", "@Grace", "GRACE HOPPER", "grace@acme.example"])
def test_authors_go_by_login_name_or_address(name: str) -> None:
    """An author is left out by any name they have, without regard to case."""
    assert not sees(of("a"), exclude_authors=(name,))
    assert sees(of("a", author=Person("Ada", "ada@acme.example")), exclude_authors=(name,))


def test_machines() -> None:
    """Changes of bots are left out where that is wished, also where a person merged them."""
    merge = replace(
        of("a").commit, brought=(BroughtCommit("1" * 40, "Bump", BOT), BroughtCommit("2" * 40, "Bump", BOT))
    )
    mixed = replace(merge, brought=(*merge.brought, BroughtCommit("3" * 40, "Fix", GRACE)))
    opened = replace(merge, brought=(), pull_request=PullRequest(7, "Bump", author="renovate[bot]"))

    assert sees(of("a", author=BOT))
    assert not sees(of("a", author=BOT), exclude_bots=True)
    assert not sees(replace(of(), commit=merge), exclude_bots=True)
    assert sees(replace(of(), commit=mixed), exclude_bots=True)
    assert not sees(replace(of(), commit=opened), exclude_bots=True)
    assert sees(of("a"), exclude_bots=True)
