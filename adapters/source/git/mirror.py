"""Bare mirrors of remote repositories: as much of the default branch as was asked for, and no more.

A mirror holds the last commits of one branch, by depth, and the contents of only those files that somebody wanted to
compare. Not `--shallow-since`: it drops landed changes whose dates are out of order, and makes a merge show its whole
tree. Not `--mirror`: it copies the refs of every pull request.
"""

import asyncio
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.source.git.failures import NO_DEFAULT_BRANCH, NO_GIT_SERVER
from adapters.source.git.process import Git, GitFailed, GitStalled
from adapters.source.git.view import Place

FIRST_DEPTH = 128
"""The first depth that is asked for: a day of most repositories, and the older commits that end the walk."""

_TIP = "refs/digestbot/tip"
_BASE = "refs/digestbot/base"
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--recurse-submodules=no")
_PACKS = 40
_LOCK_PAUSE = 0.05
_REFUSED = re.compile(r"not our ref ([0-9a-f]{40,64})")
_MOST_REFUSALS = 200


@dataclass(frozen=True, slots=True)
class Advertised:
    """What a server says of its default branch: the commit, and whether HEAD is no branch."""

    tip: str
    detached: bool


@dataclass(frozen=True)
class Mirror:
    """A mirror that is locked: nobody else changes it meanwhile."""

    folder: Path
    git: Git
    advance: Callable[[], None]

    async def advertised(self) -> Advertised | None:
        """Ask the server for its default branch; None if the repository is empty. Raises GitFailed, GitStalled."""
        said = await self._ask("--symref", "HEAD")
        tip = next((sha for sha, name in said if name == "HEAD" and not sha.startswith("ref:")), None)
        if tip:
            return Advertised(tip, detached=not any(sha.startswith("ref:") for sha, _ in said))
        if await self._ask("--heads"):
            raise GitFailed(128, NO_DEFAULT_BRANCH)
        return None

    async def tag(self, name: str) -> str | None:
        """Return the commit of a tag of the server's."""
        found = {ref: sha for sha, ref in await self._ask(f"refs/tags/{name}", f"refs/tags/{name}^{{}}")}
        return found.get(f"refs/tags/{name}^{{}}") or found.get(f"refs/tags/{name}")

    async def tags(self) -> list[str]:
        """Return the names of all tags of the server's."""
        return [ref.removeprefix("refs/tags/") for _, ref in await self._ask("--tags", "--refs")]

    async def place(self, sha: str) -> Place:
        """Return where the mirror is. It is made if it is not there yet, for commits that are named like this one."""
        place = Place.of_mirror(self.folder, sha)
        if not (self.folder / "HEAD").exists():
            new = self.folder.with_suffix(".new")
            shutil.rmtree(new, ignore_errors=True)
            await self.git.run(
                "init", "--quiet", "--bare", "--template=", f"--object-format={place.object_format}", str(new)
            )
            new.rename(self.folder)
        return place

    async def tip(self) -> str | None:
        """Return the commit that the mirror's branch is at."""
        return await tip_of(self.git, self.folder)

    @property
    def depth(self) -> int:
        """How deep the branch was fetched."""
        try:
            return int(self._depth_file.read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    async def fetch(self, depth: int, base: str | None = None) -> None:
        """Bring the branch, and the commit that somebody asks from, to a depth. Raises GitFailed, GitStalled."""
        refspecs = [f"+HEAD:{_TIP}", *([f"+{base}:{_BASE}"] if base else [])]
        options = (f"--depth={depth}", "--filter=blob:none", "--update-shallow", "--force")
        await self.git.run(*_FETCH, *options, "origin", *refspecs, folder=self.folder)
        self._depth_file.write_text(str(depth), "ascii")
        self.advance()
        if len(list((self.folder / "objects" / "pack").glob("*.pack"))) > _PACKS:
            await self.git.run("repack", "-a", "-d", "--quiet", folder=self.folder)

    async def fetch_blobs(self, blobs: Collection[str]) -> None:
        """Bring the contents of files; a server that gives nothing out by its name is asked for all at this depth."""
        if await self.fetch_named(blobs):
            return
        everything = (f"--depth={self.depth}", "--refetch", "--no-filter", "--force")
        await self.git.run(*_FETCH, *everything, "origin", f"+HEAD:{_TIP}", folder=self.folder)
        self.advance()

    async def fetch_named(self, blobs: Collection[str]) -> bool:
        """Bring the contents of files, all in one request, and return whether the server gives out what it is asked.

        A server that does not have one of them says which, and is asked for the others.
        """
        wanted = set(blobs)
        git = self.git.configured({"fetch.negotiationAlgorithm": "noop"})
        options = ("--filter=blob:none", "--stdin")
        for _ in range(_MOST_REFUSALS):
            if not wanted:
                return True
            stdin = "".join(f"{blob}\n" for blob in sorted(wanted)).encode("ascii")
            try:
                await git.run(*_FETCH, *options, "origin", stdin=stdin, folder=self.folder)
            except GitFailed as error:
                refused = _REFUSED.search(error.said)
                if not refused or refused[1] not in wanted:
                    break
                wanted.discard(refused[1])
            else:
                self.advance()
                return True
        return False

    def remove(self) -> None:
        """Forget the mirror, so that it is made anew."""
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _ask(self, *arguments: str) -> list[tuple[str, str]]:
        options = [argument for argument in arguments if argument.startswith("--")]
        patterns = [argument for argument in arguments if not argument.startswith("--")]
        with tempfile.NamedTemporaryFile(prefix="digestbot-") as packets:
            # git must not take the folder that the mirrors happen to be in for the repository that is meant.
            git = self.git.having(GIT_DIR=os.devnull, GIT_TRACE_PACKET=packets.name)
            said = (await git.run("ls-remote", "--quiet", *options, "origin", *patterns)).decode("utf-8", "replace")
            # Over http, git takes a page of less than a line for the empty list of a server that is a mere folder.
            if not said and not packets.read(1):
                raise GitFailed(128, NO_GIT_SERVER)
        return [(sha, name) for sha, _, name in (line.partition("\t") for line in said.splitlines())]

    @property
    def _depth_file(self) -> Path:
        return self.folder / "digestbot-depth"


@asynccontextmanager
async def locked_mirror(mirrors: Path, url: str, git: Git, advance: Callable[[], None]) -> AsyncIterator[Mirror]:
    """Give the mirror of a URL, to nobody else at the same time. Raises GitStalled if somebody has it for too long.

    git inherits the lock. So it is held until the last git is gone, even when whoever started that was killed, and
    what a killed one left behind may be removed by the next that has the lock.
    """
    folder = mirror_folder(mirrors, url)
    lock = _open_lock(folder)
    try:
        await _lock(lock, git.time_limit)
        _remove_left_behind(folder)
        yield Mirror(folder, replace(_bound(git, mirrors, url), keep_open=(lock,)), advance)
    finally:
        os.close(lock)


async def advertised_tip(mirrors: Path, url: str, git: Git) -> str | None:
    """Return the commit that a server's default branch is at, without waiting for whoever has the mirror."""
    advertised = await Mirror(mirror_folder(mirrors, url), _bound(git, mirrors, url), lambda: None).advertised()
    return advertised.tip if advertised else None


async def tip_of(git: Git, folder: Path) -> str | None:
    """Return the commit that the branch of a mirror is at, whoever has it; None if there is no such mirror."""
    try:
        said = await git.run("rev-parse", "--verify", "--quiet", f"{_TIP}^{{commit}}", folder=folder)
    except GitFailed:
        return None
    return said.decode("ascii").strip()


def mirror_folder(mirrors: Path, url: str) -> Path:
    """Return where the mirror of a URL is: a name that can be read, and one that cannot be mistaken."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", url.partition("://")[2] or url).strip("-")[-60:].strip("-")
    return mirrors / f"{readable}-{hashlib.sha256(url.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"


def _bound(git: Git, mirrors: Path, url: str) -> Git:
    return git.configured({"remote.origin.url": url, "fetch.unpackLimit": "1"}).having(**_transport(mirrors, url))


def _transport(mirrors: Path, url: str) -> dict[str, str]:
    """Return the environment for the one way in which a URL is reached."""
    scheme = url.partition("://")[0] if "://" in url else "ssh"
    if scheme != "file":
        return {"GIT_ALLOW_PROTOCOL": "ssh" if "ssh" in scheme else scheme}
    # Here git is the server too, and serves nobody else's repository, unless a configuration that it also reads as a
    # server says so. What it would run for a client it takes from there alone, never from the repository.
    trusting = mirrors / "file.gitconfig"
    mirrors.mkdir(mode=0o700, parents=True, exist_ok=True)
    trusting.write_text("[safe]\n\tdirectory = *\n", "ascii")
    return {"GIT_ALLOW_PROTOCOL": "file", "GIT_CONFIG_GLOBAL": str(trusting)}


def _open_lock(folder: Path) -> int:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # private repositories are among them
    return os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


async def _lock(lock: int, time_limit: float) -> None:
    for _ in range(int(time_limit / _LOCK_PAUSE) + 1):
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(_LOCK_PAUSE)
    raise GitStalled("waiting for another fetch")


def _remove_left_behind(folder: Path) -> None:
    for pattern in ("*.lock", "tmp_*", ".tmp-*", "shallow_*"):
        for left in folder.rglob(pattern):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
