"""Reading a repository's objects without reading its configuration.

git is not run in the repository itself but in an empty one that borrows its objects. So nothing in the repository's
configuration can make git run a program, a partial clone cannot fetch behind our back (what is missing is plainly
missing), nothing is ever written there, and where history ends in a shallow clone stays as it was when the view was
opened, although a fetch may move it meanwhile.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.source.git.process import Git, GitFailed

# git would map all of a pack and keep 96 MB of unpacked objects beside it. A fraction is as fast for changes in a row.
_FRUGAL = {
    "core.packedGitLimit": "32m",
    "core.packedGitWindowSize": "2m",
    "core.deltaBaseCacheLimit": "32m",
}
_SHA256_DIGITS = 64


@dataclass(frozen=True)
class Place:
    """A repository on this disk: the folder to run git in, where its objects are, and how they are named."""

    folder: Path
    common: Path
    object_format: str

    @classmethod
    def of_mirror(cls, folder: Path, sha: str) -> "Place":
        """Return the place of a bare repository, of which a commit's name is known."""
        return cls(folder, folder, "sha256" if len(sha) == _SHA256_DIGITS else "sha1")


@dataclass(frozen=True)
class View:
    """What can be read: `git` is bound to the objects, and history ends at the `shallow` commits."""

    git: Git
    shallow: frozenset[str]


async def place_of(git: Git, folder: Path) -> Place:
    """Return the repository that a folder is in. Raises GitFailed if there is none."""
    said = await git.run("rev-parse", "--show-object-format", "--git-common-dir", folder=folder)
    object_format, common = said.decode("utf-8", "surrogateescape").rstrip("\n").split("\n", 1)
    return Place(folder, (folder / common).resolve(), object_format)


@contextmanager
def view_of(git: Git, place: Place) -> Iterator[View]:
    """Open a view of a repository, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="digestbot-view-", ignore_cleanup_errors=True) as name:
        view = Path(name)
        (view / "refs").mkdir()
        (view / "HEAD").write_text("ref: refs/heads/none\n")
        (view / "config").write_text(
            "[core]\n\tbare = true\n\trepositoryFormatVersion = 1\n"
            f"[extensions]\n\tobjectFormat = {place.object_format}\n"
        )
        try:
            shallow = (place.common / "shallow").read_text("ascii")
        except FileNotFoundError:
            shallow = ""
        (view / "shallow").write_text(shallow)
        borrowing = git.configured(_FRUGAL).having(GIT_DIR=name, GIT_OBJECT_DIRECTORY=str(place.common / "objects"))
        yield View(borrowing, frozenset(shallow.split()))


async def commit_named(view: View, name: str) -> str | None:
    """Return the full sha of a commit given by some of its digits; None if there is none, or more than one."""
    try:
        said = await view.git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except GitFailed:
        return None
    return said.decode("ascii").strip()


async def is_ancestor(view: View, older: str, newer: str) -> bool:
    """Return whether one commit is part of another's history, as far as that can be read."""
    try:
        await view.git.run("merge-base", "--is-ancestor", older, newer)
    except GitFailed:
        return False
    return True


async def merge_base(view: View, one: str, other: str) -> str | None:
    """Return the newest commit that two have in common; None if there is none, or one of the two is not here."""
    try:
        said = await view.git.run("merge-base", "--end-of-options", one, other)
    except GitFailed:
        return None
    return said.decode("ascii").strip()


async def is_settled(view: View, one: str, other: str) -> bool:
    """Return whether all of the history in which two commits differ is here, so that nothing can still join them.

    A commit that is not here differs in nothing.
    """
    if await missing_objects(view, (one, other)):
        return True
    said = await view.git.run("rev-list", "--end-of-options", f"{one}...{other}")
    return view.shallow.isdisjoint(said.decode("ascii").split())


async def missing_objects(view: View, names: Iterable[str]) -> set[str]:
    """Return which of the objects are not here."""
    stdin = "".join(f"{name}\n" for name in names).encode("ascii")
    if not stdin:
        return set()
    said = await view.git.run("cat-file", "--batch-check=%(objectname)", "--buffer", stdin=stdin)
    return {line.split()[0] for line in said.decode("ascii").splitlines() if line.endswith(" missing")}
