"""What of a thread is pinned, and what is unpinned for it: our own oldest pins, never anybody else's."""

from collections.abc import Sequence
from dataclasses import replace

from bot.engine.delivery.outcome import PinPolicy, Tally
from bot.engine.delivery.session import Session
from bot.errors import ChatError, ChatUnavailable, PostGone, TooManyPins
from bot.model import Pins, PostReference
from bot.ports import Call, OutboxPin, OutboxPost, PinState
from bot.present.blocks import Thread


def marked(thread: Thread, policy: PinPolicy) -> Thread:
    """Return the thread with those messages marked that the policy pins."""
    proposed = [message for message in thread.replies if message.pinned]
    match policy.what:
        case Pins.HIGH:
            chosen = proposed[: policy.most]
        case Pins.ROOT:
            chosen = [thread.root][: policy.most]
        case Pins.NONE:
            chosen = []
    mine = {message.part for message in chosen}
    root, *replies = (replace(message, pinned=message.part in mine) for message in (thread.root, *thread.replies))
    return replace(thread, root=root, replies=tuple(replies))


class Pinning:
    """The pins of one thread and of the channel around it. `known` is what the outbox knows of them."""

    def __init__(self, session: Session, tally: Tally, policy: PinPolicy, known: Sequence[OutboxPin]) -> None:
        self._session = session
        self._chat = session.chat
        self._tally = tally
        self._policy = policy
        self._known = {pin.token: pin for pin in known}

    async def pin(self, wanted: Sequence[OutboxPost]) -> None:
        """Pin these posts of the thread and no others of it, and unpin what is too old.

        A pin that fails is counted, and holds up nothing.
        """
        tokens = {post.token for post in wanted}
        since = self._session.clock.now() - self._policy.lasting
        try:
            for pin in self._ours():
                ours_no_longer = pin.thread == self._session.lease.thread and pin.token not in tokens
                if ours_no_longer or pin.at < since:
                    await self._unpin(pin)
            for post in wanted:
                known = self._known.get(post.token)
                if post.post and (known is None or known.state is PinState.PINNING):
                    await self._pin(post, post.post)
        except ChatUnavailable as error:
            self._tally.leave_unpinned(error)

    async def _pin(self, wanted: OutboxPost, post: PostReference) -> None:
        token = wanted.token
        while len(rivals := self._rivals(token, post)) >= max(1, self._policy.in_channel):
            await self._unpin(rivals[0])
        # An intent of an earlier attempt says that a pin that is there is ours; a backup may not have it.
        intended = token in self._known or self._session.lease.may_have_forgotten(wanted)
        trial = OutboxPin(token, self._session.lease.thread, post, PinState.PINNING, self._session.clock.now())
        await self._keep(trial)
        try:
            fresh = await self._pinned(token, post)
        except ChatError as error:
            await self._keep(replace(trial, state=PinState.LEFT))
            self._tally.leave_unpinned(error)
            return
        self._tally.pinned += 1
        await self._keep(replace(trial, state=PinState.PINNED if fresh or intended else PinState.LEFT))

    async def _pinned(self, token: str, post: PostReference) -> bool:
        while True:
            try:
                return await self._session.call(Call.PIN, post.place, lambda: self._chat.pin(post))
            except TooManyPins:
                rivals = self._rivals(token, post)
                if not rivals:
                    raise
                await self._unpin(rivals[0])

    async def _unpin(self, pin: OutboxPin) -> None:
        try:
            await self._session.call(Call.PIN, pin.post.place, lambda: self._chat.unpin(pin.post))
        except PostGone:
            pass
        except ChatError:
            # Somebody has to take it off by hand: to try each time would help nobody.
            await self._keep(replace(pin, state=PinState.LEFT))
            return
        await self._session.outbox.drop_pin(pin.token)
        del self._known[pin.token]

    def _ours(self) -> list[OutboxPin]:
        """Return the pins that are ours, the oldest first."""
        return [pin for pin in self._known.values() if pin.state is not PinState.LEFT]

    def _rivals(self, token: str, post: PostReference) -> list[OutboxPin]:
        """Return those of ours that take room from a post that is to be pinned, the oldest first."""
        apart = self._chat.traits.pins_by_thread
        return [
            pin
            for pin in self._ours()
            if pin.token != token and (not apart or pin.post.place.thread == post.place.thread)
        ]

    async def _keep(self, pin: OutboxPin) -> None:
        await self._session.outbox.keep_pin(pin)
        self._known[pin.token] = pin
