"""Repositories on this disk. They are read where they are, and never written."""

from dataclasses import dataclass
from pathlib import Path

from adapters.source.git.failures import NO_DEFAULT_BRANCH
from adapters.source.git.locations import exists, page_of
from adapters.source.git.process import Git, GitFailed
from adapters.source.git.view import Place, place_of
from bot.errors import RepositoryNotFound
from bot.model import Repository


@dataclass(frozen=True, slots=True)
class Head:
    """The commit that is checked out, None if there is none yet, and whether it is on no branch."""

    tip: str | None
    detached: bool


async def find_local(git: Git, name: str) -> Repository:
    """Return the repository that a path is in. Raises RepositoryNotFound."""
    folder = _folder(name)
    try:
        said = await git.run(
            "rev-parse", "--is-bare-repository", "--is-inside-git-dir", "--git-common-dir", folder=folder
        )
        bare, inside, common = _text(said).split("\n", 2)
        if bare == "false" and inside == "false":
            root = Path(_text(await git.run("rev-parse", "--show-toplevel", folder=folder)))
        else:
            root = (folder / common).resolve()
    except GitFailed:
        raise RepositoryNotFound(
            f"There is no git repository at {name}.", remedy="Give the path of a repository, or a clone URL."
        ) from None
    called = root.parent if root.name == ".git" else root
    return Repository(called.name.removesuffix(".git") or "repository", str(root), await _page(git, root))


def _folder(name: str) -> Path:
    path = Path(name).absolute()
    if not exists(path):
        raise RepositoryNotFound(f"There is no {name}.", remedy="Give the path of a repository, or a clone URL.")
    return path if path.is_dir() else path.parent


async def place_at(git: Git, location: str) -> Place:
    """Return where a repository is that was found before. Raises RepositoryNotFound."""
    try:
        return await place_of(git, Path(location))
    except GitFailed:
        raise RepositoryNotFound(
            f"There is no git repository at {location} any more.", remedy="Give the path of a repository."
        ) from None


async def head_of(git: Git, place: Place) -> Head:
    """Return what the branch that is checked out is at: on this disk, that is the default branch.

    Raises GitFailed if that is missing although there are others, since a repository like that is not empty.
    """
    tip = await _resolved(git, place, "HEAD")
    if not tip and await git.run("for-each-ref", "--count=1", "refs/heads", folder=place.folder):
        raise GitFailed(128, NO_DEFAULT_BRANCH)
    try:
        await git.run("symbolic-ref", "--quiet", "HEAD", folder=place.folder)
    except GitFailed:
        return Head(tip, detached=True)
    return Head(tip, detached=False)


async def tag_of(git: Git, place: Place, name: str) -> str | None:
    """Return the commit of a tag."""
    return await _resolved(git, place, f"refs/tags/{name}")


async def tags_of(git: Git, place: Place) -> list[str]:
    """Return the names of all tags."""
    said = await git.run("for-each-ref", "--format=%(refname:lstrip=2)", "refs/tags", folder=place.folder)
    return said.decode("utf-8", "replace").splitlines()


async def _resolved(git: Git, place: Place, ref: str) -> str | None:
    arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    try:
        return _text(await git.run(*arguments, folder=place.folder))
    except GitFailed:
        return None


async def _page(git: Git, root: Path) -> str | None:
    try:
        return page_of(_text(await git.run("config", "--get", "remote.origin.url", folder=root)))
    except GitFailed:
        return None


def _text(said: bytes) -> str:
    return said.decode("utf-8", "surrogateescape").removesuffix("\n")
