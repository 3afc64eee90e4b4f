"""The posts of one thread: each made once, edited when it has to say something else, deleted when it has nothing more.

Before a post its intent is kept, and afterwards its receipt. What became of an intent without a receipt is looked up,
after a while, since a post may still be travelling.
"""

import hashlib
import json
from base64 import b32encode
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

from bot.engine.delivery.outcome import Attachment, Tally
from bot.engine.delivery.session import Session
from bot.errors import ChatError, ChatUnavailable, FinalError, MessageTooLong, NotAllowed, PlaceGone, PostGone
from bot.model import Place, PostReference
from bot.ports import Body, Call, OutboxPart, OutboxPost, PostState
from bot.present.blocks import Context, Message, Spans

ROOT = "root"
PROGRESS = "progress"
"""Stands for the digest of a root that shows how far the work is."""

_TRAVEL = timedelta(seconds=10)
"""So long after its call has ended, a post that cannot be found will not come any more."""
_CALL = timedelta(seconds=30)
"""So long after it was begun, a call has ended."""
_SKEW = timedelta(minutes=1)
_HALVINGS = 8
_UNDELETABLE = "undeletable"
"""Stands for the digest of a post that the platform would not delete."""


@dataclass(frozen=True)
class _Piece:
    """A piece of a part: which post it is, and the hash of what it shall show."""

    token: str
    part: str
    number: int
    digest: str


class Posting:
    """What was posted of a thread, and what is being posted. `repository` is that of the changes that it tells of."""

    def __init__(
        self, session: Session, tally: Tally, posts: Sequence[OutboxPost], parts: dict[str, OutboxPart], repository: str
    ) -> None:
        self._session = session
        self._chat = session.chat
        self._outbox = session.outbox
        self._clock = session.clock
        self._tally = tally
        self._posts = {post.token: post for post in posts}
        self._parts = parts
        self._repository = repository
        self._unkept: tuple[Place, OutboxPart] | None = None

    @classmethod
    async def resume(cls, session: Session, tally: Tally, repository: str = "") -> "Posting":
        """Return the posts as far as they were made."""
        thread = session.lease.thread
        posts, parts = await session.outbox.posts(thread), await session.outbox.parts(thread)
        return cls(session, tally, posts, dict(parts), repository)

    def of_part(self, part: str) -> list[OutboxPost]:
        """Return what is known of a part's posts, in order."""
        posts = (post for post in self._posts.values() if post.part == part)
        return sorted(posts, key=lambda post: post.number)

    @property
    def root(self) -> OutboxPost | None:
        """The post that the thread hangs on, if it was ever attempted."""
        return next(iter(self.of_part(ROOT)), None)

    @property
    def is_over(self) -> bool:
        """Whether the root was there once, or was to be, and is gone."""
        return self.root is not None and self.root.state is PostState.GONE

    def first_posts(self, parts: Iterable[str]) -> list[OutboxPost]:
        """Return the first post of each of the parts, where there is one."""
        firsts = (post for part in parts for post in self.of_part(part)[:1])
        return [post for post in firsts if post.post and post.state is not PostState.GONE]

    @property
    def beneath(self) -> Place | None:
        """Where replies were posted, if there are any."""
        places = (post.post.place for post in self._posts.values() if post.part != ROOT and post.post)
        return next(places, None)

    async def begin_anew(self) -> None:
        """Forget everything: the thread is posted once more, as another one."""
        self._session.lease = await self._outbox.begin_anew(self._session.lease)
        self._posts.clear()
        self._parts.clear()

    async def placeholder(self, place: Place, message: Message, *, anew: bool) -> PostReference:
        """Return the root, after posting this message in its stead if there is none. Raises ChatError.

        Where the root was deleted, another thread begins (`anew`), or PostGone is raised.
        """
        if self.is_over:
            if not anew:
                raise PostGone("The root of the thread was deleted.")
            await self.begin_anew()
        piece = _Piece(self._token(ROOT, 1), ROOT, 1, PROGRESS)
        await self._settle(place, piece)
        known = self._posts.get(piece.token)
        if known and known.post:
            return known.post
        body = self._chat.render(place, message)[0]
        return await self._post(Call.POST, place, piece, lambda: self._chat.post(place, body, piece.token))

    async def replace_root(self, place: Place, post: Callable[[str], Awaitable[PostReference]]) -> PostReference | None:
        """Post something, under the root's token, in place of a root that shows how far the work is; return it.

        Where the root shows something else, or people deleted it, nothing is done and None returned. Raises what `post`
        raises, and ChatUnavailable, ChatError if the root cannot be deleted.
        """
        piece = _Piece(self._token(ROOT, 1), ROOT, 1, PROGRESS)
        root = self.root
        if root is not None:
            if root.post is None or root.state is not PostState.SENT or root.digest != PROGRESS:
                return None
            if not await self._clear(place, root, root.post):
                return None
        return await self._post(Call.BEGIN, place, piece, lambda: post(piece.token))

    async def _clear(self, place: Place, root: OutboxPost, old: PostReference) -> bool:
        """Delete the root; return False if it was not there any more, or still is.

        From here on it may be gone, by us: what is found under its token after a crash is its root, whichever it is.
        """
        trial = replace(root, state=PostState.SENDING, post=None, last_attempt=self._clock.now())
        await self._session.turn(Call.DELETE, place)
        await self._keep(trial)
        try:
            await self._session.counted(Call.DELETE, place, self._chat.delete(old))
        except PostGone:
            await self._keep(replace(root, state=PostState.GONE))
            return False
        except ChatUnavailable as error:
            if not error.unknown:
                await self._keep(root)
                raise
            return await self._look_up(place, trial) is None
        except ChatError:
            await self._keep(root)
            raise
        return True

    async def refresh(self, message: Message) -> bool:
        """Show how far the work is, if the root still does; return False if that has to wait for its turn."""
        root = self.root
        if root is None or root.post is None or root.digest != PROGRESS:
            return True
        post = root.post
        if not self._session.pacer.spare(Call.EDIT, post.place):
            return False
        body = self._chat.render(post.place, message)[0]
        await self._edit(root, post, _Piece(root.token, ROOT, 1, PROGRESS), body)
        return True

    async def part(self, place: Place, message: Message) -> None:
        """Let a part show a message, with the notes that were added to it. Raises PlaceGone, NotAllowed."""
        await self._show(place, self._parts.get(message.part, OutboxPart(message.part, None)), message)

    async def note(self, part: str, note: Spans) -> bool:
        """Add a note to a part, unless it is there; return whether it is there now."""
        kept = self._parts.get(part)
        place = next((post.post.place for post in self.of_part(part) if post.post), None)
        if kept is None or kept.message is None or place is None:
            return False
        message = kept.message
        if note not in kept.notes:
            kept = replace(kept, notes=(*kept.notes, note))
        await self._show(place, kept, message)
        return all(post.state is PostState.SENT for post in self.of_part(part))

    async def attach(self, place: Place, attachment: Attachment) -> str:
        """Post a file, unless this very one was, and return the name of its part."""
        digest = _digest([attachment.name, attachment.text])
        part = f"file/{digest}"
        piece = _Piece(self._token(part, 1), part, 1, digest)
        await self._settle(place, piece)
        if piece.token not in self._posts:
            name, text = attachment.name, attachment.text
            try:
                await self._post(Call.ATTACH, place, piece, lambda: self._chat.attach(place, name, text, piece.token))
            except ChatError as error:
                await self._fail(piece, error)
        return part

    async def withdraw(self, place: Place) -> None:
        """Delete all posts, and keep that the root is gone, also if it never was. Raises PlaceGone."""
        await self.keep_only(place, set())
        now = self._clock.now()
        await self._keep(OutboxPost(self._token(ROOT, 1), ROOT, 1, PostState.GONE, "", now, now))

    async def keep_only(self, place: Place, parts: set[str]) -> None:
        """Delete the posts of all other parts from the place of the replies."""
        for part in sorted({post.part for post in self._posts.values()} | self._parts.keys()):
            if part not in parts:
                await self._shorten(place, part, 0)
                if not self.of_part(part):
                    await self._outbox.drop_part(self._session.lease, part)

    async def _show(self, place: Place, part: OutboxPart, message: Message) -> None:
        """Let a part show a message and its notes; where a piece is too long, in smaller ones."""
        noted = replace(message, blocks=(*message.blocks, *(Context(note) for note in part.notes)))
        await self._keep_part(place, replace(part, message=message))
        bodies = self._chat.render(place, noted, part.halvings)
        while not await self._pieces(place, part.part, bodies, can_shrink=True):
            smaller = self._smaller(place, noted, part.halvings)
            if smaller is None:
                await self._pieces(place, part.part, bodies, can_shrink=False)
                break
            halvings, bodies = smaller
            part = replace(part, message=message, halvings=halvings)
            await self._keep_part(place, part)
        await self._keep_unkept()
        await self._shorten(place, part.part, len(bodies))

    def _smaller(self, place: Place, message: Message, halvings: int) -> tuple[int, tuple[Body, ...]] | None:
        """Return smaller pieces than after so many halvings, and after how many these come, if there are any."""
        bodies = self._chat.render(place, message, halvings)
        for more in range(halvings + 1, _HALVINGS + 1):
            smaller = self._chat.render(place, message, more)
            if smaller != bodies:
                return more, smaller
        return None

    async def _keep_part(self, place: Place, part: OutboxPart) -> None:
        """Keep what a part says; that of a new one with the intent of its first post, which saves a transaction."""
        if self._parts.get(part.part) != part:
            self._parts[part.part] = part
            self._unkept = place, part
            if self.of_part(part.part):
                await self._keep_unkept()

    async def _keep_unkept(self, post: OutboxPost | None = None) -> None:
        if self._unkept:
            place, part = self._unkept
            await self._outbox.keep_part(self._session.lease, part, place, self._repository, post)
            self._unkept = None

    async def _pieces(self, place: Place, part: str, bodies: Sequence[Body], *, can_shrink: bool) -> bool:
        """Bring the pieces up to date, in order; return False if they have to be made smaller first."""
        for number, body in enumerate(bodies, start=1):
            piece = _Piece(self._token(part, number), part, number, _digest(body))
            try:
                await self._piece(place, piece, body)
            except PlaceGone:
                raise
            except ChatError as error:
                # Where one message may not be posted no other may; one that may not be edited is alone.
                if isinstance(error, NotAllowed) and piece.token not in self._posts:
                    raise
                if can_shrink and isinstance(error, MessageTooLong):
                    return False
                await self._fail(piece, error)
        return True

    async def _piece(self, place: Place, piece: _Piece, body: Body) -> None:
        await self._settle(place, piece)
        known = self._posts.get(piece.token)
        if known is None or (known.post is None and known.digest != piece.digest):
            await self._post(Call.POST, place, piece, lambda: self._chat.post(place, body, piece.token))
        elif known.post and known.state is not PostState.GONE and known.digest != piece.digest:
            await self._edit(known, known.post, piece, body)

    async def _settle(self, place: Place, piece: _Piece) -> None:
        """Find out what became of an attempt whose outcome is not known, or that may have been forgotten."""
        known = self._posts.get(piece.token) or self._forgotten(piece)
        if known and known.state is PostState.SENDING and await self._look_up(place, known) is None:
            await self._drop(known)

    def _forgotten(self, piece: _Piece) -> OutboxPost | None:
        """Return the attempt that may have been made in a time of which nothing is known; None if none can have been.

        A thread that is not found has no replies, and one whose root is younger has none from that time.
        """
        gap = self._session.lease.gap
        if gap is None or not self._session.lease.may_have_forgotten(self.root):
            return None
        # Whether it shows what it should is not known either, but for the waiting for what is asked for anew.
        shown = PROGRESS if piece.digest == PROGRESS else ""
        return OutboxPost(piece.token, piece.part, piece.number, PostState.SENDING, shown, gap.since, gap.until)

    async def _post(
        self, call: Call, place: Place, piece: _Piece, send: Callable[[], Awaitable[PostReference]]
    ) -> PostReference:
        """Post a piece that is certainly not there."""
        for attempt in count(1):
            await self._session.turn(call, place)
            now = self._clock.now()
            trial = OutboxPost(piece.token, piece.part, piece.number, PostState.SENDING, piece.digest, now, now)
            await self._keep(trial)
            try:
                post: PostReference | None = await self._session.counted(call, place, send())
            except ChatUnavailable as error:
                post = await self._look_up(place, trial) if error.unknown else None
                if post is None:
                    await self._drop(trial)
                    await self._session.pause(error, attempt)
            except FinalError:
                await self._drop(trial)
                raise
            if post:
                await self._keep(replace(trial, state=PostState.SENT, post=post))
                self._tally.posted += 1
                return post
        raise AssertionError

    async def _look_up(self, place: Place, trial: OutboxPost) -> PostReference | None:
        """Wait until a post has arrived if it ever will, and return it, or None."""
        travelling = trial.last_attempt + _CALL + _TRAVEL - self._clock.now()
        await self._session.wait(min(travelling, _TRAVEL).total_seconds())
        since = trial.first_attempt - _SKEW
        post = await self._session.call(Call.FIND, place, lambda: self._chat.find(place, trial.token, since))
        if post:
            await self._keep(replace(trial, state=PostState.SENT, post=post))
        return post

    async def _edit(self, known: OutboxPost, post: PostReference, piece: _Piece, body: Body) -> None:
        if known.digest != piece.digest:
            await self._keep(replace(known, digest=""))
        try:
            await self._session.call(Call.EDIT, post.place, lambda: self._chat.edit(post, body, known.token))
        except PostGone:
            await self._keep(replace(known, state=PostState.GONE))
            self._tally.gone += piece.part != ROOT
            return
        await self._keep(replace(known, state=PostState.SENT, digest=piece.digest))
        self._tally.edited += 1

    async def _fail(self, piece: _Piece, error: ChatError) -> None:
        """Keep that the platform does not take a piece, so that it is neither tried nor said again."""
        now = self._clock.now()
        blank = OutboxPost(piece.token, piece.part, piece.number, PostState.FAILED, "", now, now)
        known = self._posts.get(piece.token, blank)
        await self._keep(replace(known, state=PostState.FAILED, digest=piece.digest))
        self._tally.fail(error)

    async def _shorten(self, place: Place, part: str, most: int) -> None:
        """Delete the posts of a part behind the first so many, the last one first."""
        for known in reversed(self.of_part(part)[most:]):
            if known.state is PostState.SENDING:
                await self._look_up(place, known)
            await self._delete(self._posts[known.token])

    async def _delete(self, known: OutboxPost) -> None:
        post = known.post
        if post and known.state is not PostState.GONE:
            if known.digest == _UNDELETABLE:
                return
            try:
                await self._session.call(Call.DELETE, post.place, lambda: self._chat.delete(post))
                self._tally.deleted += 1
            except PostGone:
                pass
            except PlaceGone:
                raise
            except ChatError as error:
                await self._keep(replace(known, state=PostState.FAILED, digest=_UNDELETABLE))
                self._tally.fail(error)
                return
        await self._drop(known)
        await self._outbox.drop_pin(known.token)

    async def _keep(self, post: OutboxPost) -> None:
        if self._posts.get(post.token) == post:
            return
        if self._unkept:
            await self._keep_unkept(post)
        else:
            await self._outbox.keep_post(self._session.lease, post)
        self._posts[post.token] = post

    async def _drop(self, post: OutboxPost) -> None:
        await self._outbox.drop_post(self._session.lease, post.token)
        self._posts.pop(post.token, None)

    def _token(self, part: str, number: int) -> str:
        lease = self._session.lease
        named = json.dumps([lease.thread, lease.generation, part, number]).encode()
        return b32encode(hashlib.sha256(named).digest()[:15]).decode().lower()


def _digest(shown: object) -> str:
    """Return the hash of what is JSON-pure."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]
