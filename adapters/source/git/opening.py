"""Getting a repository ready to be read: opened in place, or mirrored until the period's changes are all there."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adapters.source.git.differences import Unread
from adapters.source.git.failures import means_damage
from adapters.source.git.files import read_names
from adapters.source.git.history import OLDER_AFTER_A_TIP, OLDER_IN_A_ROW, OLDER_IN_PLACE
from adapters.source.git.local import head_of, place_at, tag_of, tags_of
from adapters.source.git.mirror import FIRST_DEPTH, Mirror, locked_mirror
from adapters.source.git.process import Git, GitFailed
from adapters.source.git.refs import as_sha, unknown_ref
from adapters.source.git.survey import Survey, Wish, committed_at, survey
from adapters.source.git.view import View, commit_named, is_ancestor, is_settled, missing_objects, view_of
from bot.model import Period, Since

_SHA_DIGITS = (40, 64)
_MOST_COMMITS_SEARCHED = 8192
"""How deep a commit is looked for of which only some digits are known: they may be mistyped."""

_MOST_COMMITS_FOR_MERGES = 32_768
"""How deep a mirror becomes just to tell what a merge brought: one may have brought a whole other history."""

_NOT_GIVEN_OUT = re.compile("not our ref|unadvertised object")
_DAMAGED = GitFailed(1, "the mirror is corrupt")


@dataclass(frozen=True, slots=True)
class Opened:
    """A repository that is ready to be read, and what the period has in it."""

    view: View
    tip: str
    tip_committed_at: datetime
    found: Survey
    detached: bool


@dataclass(frozen=True, slots=True)
class _Base:
    """What a `Since` begins after, on a server: the tag's commit, or the digits of a commit's name."""

    ref: str
    tag: str | None
    digits: str | None

    @property
    def refspec(self) -> str | None:
        """What the server can be asked for: part of a commit's name is not enough."""
        if self.tag:
            return f"refs/tags/{self.ref}"
        return self.digits if self.digits and len(self.digits) in _SHA_DIGITS else None


@asynccontextmanager
async def opened_in_place(git: Git, location: str, wish: Wish) -> AsyncIterator[Opened | None]:
    """Open a repository on this disk; None if it has no commit. Raises UnknownRef, RepositoryNotFound."""
    period = wish.period
    place = await place_at(git, location)
    head = await head_of(git, place)
    if not head.tip:
        yield None
        return
    with view_of(git, place) as view:
        base = None
        if isinstance(period, Since):
            base = await tag_of(git, place, period.ref) or await _ancestor(view, period.ref, head.tip)
            if not base:
                raise unknown_ref(period.ref, await tags_of(git, place))
        found = await survey(view, head.tip, wish, base, patience=OLDER_IN_PLACE)
        yield Opened(view, head.tip, await committed_at(view, head.tip), found, head.detached)


@asynccontextmanager
async def opened_mirror(
    git: Git, mirrors: Path, url: str, wish: Wish, advance: Callable[[], None]
) -> AsyncIterator[Opened | None]:
    """Open the mirror of a repository, after bringing it up to date; None if the repository is empty.

    A mirror that turns out to be damaged is made anew, once. Raises UnknownRef, GitFailed, GitStalled.
    """
    with ExitStack() as views:
        async with locked_mirror(mirrors, url, git, advance) as mirror:
            try:
                opened = await _Opening(git, mirror, views).open(wish)
            except GitFailed as error:
                if not means_damage(error):
                    raise
                mirror.remove()
                opened = await _Opening(git, mirror, views).open(wish)
        yield opened


class _Opening:
    """Bringing a mirror as far as a period needs it."""

    def __init__(self, git: Git, mirror: Mirror, views: ExitStack) -> None:
        self._git = git
        self._mirror = mirror
        self._views = views

    async def open(self, wish: Wish) -> Opened | None:
        advertised = await self._mirror.advertised()
        if not advertised:
            return None
        base = await self._base(wish.period)
        place = await self._mirror.place(advertised.tip)
        depth = max(self._mirror.depth, FIRST_DEPTH)
        if not self._mirror.depth or await self._mirror.tip() != advertised.tip or (base and base.refspec):
            await self._fetch(depth, base, wish.after)
        before = None
        while True:
            view = self._views.enter_context(view_of(self._git, place))
            tip = await self._mirror.tip()
            if not tip:
                raise _DAMAGED
            # A server that is cut off itself has no more to give, however deep it is asked for.
            whole = not view.shallow or (tip, view.shallow) == before
            if found := await self._survey(view, tip, wish, base, whole=whole):
                break
            before = (tip, view.shallow)
            depth *= 2
            await self._fetch(depth, base, wish.after)
        await self._bring_blobs(view, found)
        return Opened(view, tip, await committed_at(view, tip), found, advertised.detached)

    async def _base(self, period: Period) -> _Base | None:
        if not isinstance(period, Since):
            return None
        base = _Base(period.ref, await self._mirror.tag(period.ref), as_sha(period.ref))
        if not base.tag and not base.digits:
            raise unknown_ref(period.ref, await self._mirror.tags())
        return base

    async def _fetch(self, depth: int, base: _Base | None, former_tip: str | None) -> None:
        try:
            await self._mirror.fetch(depth, base.refspec if base else former_tip)
        except GitFailed as error:
            if former_tip and _NOT_GIVEN_OUT.search(error.said):
                return await self._mirror.fetch(depth)
            if base and base.refspec == base.digits and "not our ref" in error.said:
                raise unknown_ref(base.ref, await self._mirror.tags()) from None
            raise

    async def _survey(self, view: View, tip: str, wish: Wish, base: _Base | None, *, whole: bool) -> Survey | None:
        """Return what the period has, or None if the mirror has to be deeper to know, and is not the whole history."""
        sha = None
        if base:
            sha = base.tag or await commit_named(view, base.digits or "")
            if not sha and not whole and self._mirror.depth < _MOST_COMMITS_SEARCHED:
                return None
            if not sha:
                raise unknown_ref(base.ref, await self._mirror.tags())
            if not whole and not await is_settled(view, tip, sha):
                return None
            if not base.tag and not await is_ancestor(view, sha, tip):
                raise unknown_ref(base.ref, await self._mirror.tags())
        deep = self._mirror.depth >= _MOST_COMMITS_FOR_MERGES
        if wish.after and not (whole or deep or await is_settled(view, tip, wish.after)):
            return None
        patience = OLDER_AFTER_A_TIP if wish.after else OLDER_IN_A_ROW
        found = await survey(view, tip, wish, sha, patience=patience)
        if found.walk.broken:
            raise _DAMAGED
        enough = deep and found.walk.reaches(view.shallow)
        return found if whole or enough or found.is_exact(view) else None

    async def _bring_blobs(self, view: View, found: Survey) -> None:
        """Fetch the contents of the files that the changes touched, as far as they are not here."""
        blobs: set[str] = set()
        async with aclosing(read_names(view, found.steps(view))) as answers:
            async for answer in answers:
                if isinstance(answer, Unread):
                    raise _DAMAGED
                blobs |= answer.blobs
        await self._mirror.fetch_blobs(await missing_objects(view, blobs))


async def _ancestor(view: View, ref: str, tip: str) -> str | None:
    """Return the commit of the default branch that a ref names by its digits."""
    sha = await commit_named(view, digits) if (digits := as_sha(ref)) else None
    return sha if sha and await is_ancestor(view, sha, tip) else None
