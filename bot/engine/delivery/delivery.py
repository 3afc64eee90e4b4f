"""Threads delivered once: whole, in order, at the platform's pace, through every crash."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from weakref import WeakValueDictionary

from bot.engine.delivery.growth import Growth
from bot.engine.delivery.live import Live
from bot.engine.delivery.outcome import Attachment, Outcome, PinPolicy, Tally
from bot.engine.delivery.pacing import Pacer
from bot.engine.delivery.pins import Pinning, marked
from bot.engine.delivery.posting import ROOT, Posting
from bot.engine.delivery.session import LASTING, Session
from bot.errors import DeliveryBusy, NotAllowed, PlaceGone, TemporaryError
from bot.model import Phrase, Place, PostReference
from bot.ports import NO_METER, NO_TRACER, Asking, Chat, Clock, GrowingChat, Meter, Outbox, PostState, Showing, Tracer
from bot.present.blocks import Block, Message, Spans, Thread

_PROGRESS = 3.0
"""Seconds between two edits that say how far the work is."""
_POLL = 1.0
_POLLS = 120

_DEFAULT = PinPolicy()
_Show = Callable[[Session, Posting, Message], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Told:
    """Where a change was told of, and the address of the post, if it has one."""

    thread: str
    part: str
    post: PostReference
    link: str | None


class Delivery:
    """Delivers to one chat, for one process: all that goes there has to go through one object of this type.

    `owner` names the process. A thread is named by its key for good; whoever is called with it again, after a crash or
    with a thread that has grown, goes on from where it stands. One delivers a thread at a time: another waits, and
    raises DeliveryBusy after two minutes. StoreUnavailable and StoreError pass through every method.
    """

    def __init__(
        self,
        chat: Chat,
        outbox: Outbox,
        clock: Clock,
        owner: str,
        meter: Meter = NO_METER,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        self._chat = chat
        self._outbox = outbox
        self._clock = clock
        self._owner = owner
        self._meter = meter
        self._tracer = tracer
        self._growing = chat if isinstance(chat, GrowingChat) and chat.traits.growth > 0 else None
        self._pacer = Pacer(chat.traits, clock)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def asking(self) -> Asking | None:
        """How people ask in the thread of a digest there."""
        return self._chat.traits.asking

    async def begin(self, key: str, place: Place, message: Message, *, anew: bool = True) -> PostReference:
        """Return the root of a thread, after posting this message in its stead if it was not posted.

        For somebody who waits; `deliver` makes the root of it later. The message has to be short: one piece. Where the
        root was deleted, another thread begins if `anew` is set, else PostGone is raised. Raises ChatUnavailable,
        CredentialRefused, ChatError.
        """
        async with self._session(key) as session:
            return await (await Posting.resume(session, Tally())).placeholder(place, message, anew=anew)

    async def withdraw(self, key: str, place: Place) -> None:
        """Delete whatever was posted of a thread, and let nothing more be posted of it, also if nothing was yet.

        Raises ChatUnavailable, CredentialRefused, PlaceGone.
        """
        async with self._session(key) as session:
            await (await Posting.resume(session, Tally())).withdraw(place)

    def progress(self, key: str) -> AbstractAsyncContextManager[Live]:
        """Show how far the work is, in the root that `begin` posted, until `deliver` has made it the real one."""
        return Live(partial(self._refresh, key, _refreshed), self._clock, lambda: _PROGRESS).running()

    def growing(self, key: str, place: Place, reader: str, waiting: Block) -> AbstractAsyncContextManager[Live]:
        """Show what there is of an answer as `progress` does, but as often as the platform lets it.

        `reader` (opaque) is who asked for it. `waiting` is shown beneath what is there wherever that is an edit.
        """
        growth = Growth(self._growing, self._clock, place, reader, waiting)
        refresh = partial(self._refresh, key, growth.show)
        return Live(refresh, self._clock, lambda: self._pacer.pause(growth.call, place)).running()

    async def say(self, key: str, message: Message) -> None:
        """Let the root that `begin` posted say something for good, unless `deliver` has made it the real one.

        Raises ChatUnavailable, CredentialRefused, ChatError.
        """
        async with self._session(key) as session:
            posting = await Posting.resume(session, Tally())
            while not await posting.refresh(message):
                await session.wait(_POLL)

    async def deliver(
        self,
        key: str,
        place: Place,
        thread: Thread,
        *,
        repository: str,
        pins: PinPolicy = _DEFAULT,
        attachment: Attachment | None = None,
        anew: bool = False,
        after: str | None = None,
    ) -> Outcome:
        """Let the place show the thread, whatever it shows now.

        What was not posted is posted, root first and then in order; what says something else is edited, what is no
        longer part of the thread deleted, and the rest not touched. What is new goes to the end. A message that people
        have deleted stays deleted; of a thread whose root they deleted, nothing more is posted, unless `anew` asks for
        another thread then. `repository` is the full name of the repository whose changes the messages tell of; `after`
        is the tip after which the thread tells of what landed late.

        Raises ChatUnavailable and CredentialRefused. Call it again then: nothing is lost.
        """
        thread = marked(thread, pins)
        chosen = [message.part for message in (thread.root, *thread.replies) if message.pinned]
        async with self._session(key) as session:
            tally = Tally()
            posting = await Posting.resume(session, tally, repository)
            try:
                if not posting.is_over:
                    await posting.part(place, thread.root)
                if anew and posting.is_over:
                    await posting.begin_anew()
                    await posting.part(place, thread.root)
                ended = await self._hang(session, posting, thread, attachment)
                if ended is None:
                    pinning = Pinning(session, tally, pins, await self._outbox.pins(place))
                    await pinning.pin(posting.first_posts(chosen))
                    await self._outbox.keep_showing(session.lease, Showing(self._clock.now(), after))
            except (PlaceGone, NotAllowed) as error:
                ended = Phrase.of("delivery-ended", reason=error.public)
            return tally.outcome(posting.root.post if posting.root else None, ended)

    async def showing(self, key: str) -> Showing | None:
        """Return when the thread last came to show a digest whole, or None if it never did."""
        return await self._outbox.showing(key)

    async def annotate(self, key: str, part: str, note: Spans) -> bool:
        """Add a note to a part that was delivered, for good; return whether it is there (also from before).

        Raises ChatUnavailable, CredentialRefused, PlaceGone.
        """
        async with self._session(key) as session:
            posting = await Posting.resume(session, Tally())
            return await posting.note(part, note)

    async def told(self, place: Place, repository: str, sha: str) -> Told | None:
        """Return where the place's channel was last told of a change, or None. Raises ChatUnavailable, ChatError."""
        found = await self._outbox.part_of_change(place, repository, sha)
        return await self.part(*found) if found else None

    async def part(self, key: str, part: str) -> Told | None:
        """Return where a part of a thread is, or None if it is not. Raises ChatUnavailable, ChatError."""
        for known in await self._outbox.posts(key):
            if (known.part, known.number) == (part, 1) and known.post and known.state is not PostState.GONE:
                return Told(key, part, known.post, await self._chat.link(known.post))
        return None

    async def _hang(
        self, session: Session, posting: Posting, thread: Thread, attachment: Attachment | None
    ) -> Phrase | None:
        """Post, edit and delete what hangs on the root; return why that cannot be, if so."""
        root = posting.root
        if root is None or root.post is None:
            return Phrase.of("delivery-no-root")
        if root.state is PostState.GONE:
            return Phrase.of("delivery-root-deleted")
        parts = {ROOT, *(message.part for message in thread.replies)}
        beneath = posting.beneath or root.post.place
        if thread.replies or attachment:
            beneath = posting.beneath or await self._beneath(session, root.post, thread.title)
        for message in thread.replies:
            await posting.part(beneath, message)
        if attachment and self._chat.traits.files:
            parts.add(await posting.attach(beneath, attachment))
        await posting.keep_only(beneath, parts)
        return None

    async def _beneath(self, session: Session, root: PostReference, title: str) -> Place:
        return await session.call(None, root.place, lambda: self._chat.beneath(root, title))

    async def _refresh(self, key: str, show: _Show, message: Message) -> bool:
        """Show how far the work is; return False if somebody else is at the thread, or needs the pace."""
        lock = self._lock(key)
        if lock.locked():
            return False
        async with lock:
            session = await self._hold(key)
            if session is None:
                return False
            async with self._released(session):
                return await show(session, await Posting.resume(session, Tally()), message)

    @asynccontextmanager
    async def _session(self, key: str) -> AsyncIterator[Session]:
        async with self._lock(key):
            for _ in range(_POLLS):
                session = await self._hold(key)
                if session:
                    break
                await self._clock.sleep(_POLL)
            else:
                message = "Another process is delivering this thread."
                raise DeliveryBusy(message, remedy="Nothing has to be done: it is tried again.")
            async with self._released(session):
                yield session

    async def _hold(self, key: str) -> Session | None:
        lease = await self._outbox.lease(key, self._owner, LASTING)
        if lease is None:
            return None
        return Session(self._chat, self._outbox, self._clock, self._pacer, lease, self._meter, self._tracer)

    @asynccontextmanager
    async def _released(self, session: Session) -> AsyncIterator[None]:
        try:
            yield
        finally:
            # A lease that cannot be given back runs out.
            with suppress(TemporaryError):
                await self._outbox.release(session.lease)

    def _lock(self, key: str) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())


async def _refreshed(_: Session, posting: Posting, message: Message) -> bool:
    return await posting.refresh(message)
