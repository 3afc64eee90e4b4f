"""An answer that grows while it is read: as a post that the platform lets grow, or else by edits of its placeholder."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.engine.delivery.posting import Posting
from bot.engine.delivery.session import Session
from bot.errors import ChatError, ChatUnavailable, DigestbotError
from bot.model import Place, PostReference
from bot.ports import Call, Clock, GrowingChat
from bot.present.blocks import Block, Message, Paragraph

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Grown:
    """A post that grows: where it is, until when it does, and what it says."""

    post: PostReference
    until: datetime
    shown: tuple[Block, ...]


class Growth:
    """Shows what there is of an answer. `reader` is who asked for it, and `waiting` stands for what is to come.

    With its first sentences a post that grows takes the place of the placeholder, under the same token. Whatever that
    is refused with, edits are what is left, of the one or of the other.
    """

    def __init__(self, chat: GrowingChat | None, clock: Clock, place: Place, reader: str, waiting: Block) -> None:
        """Take a chat with posts that grow, if it is one."""
        self._chat = chat
        self._clock = clock
        self._place = place
        self._reader = reader
        self._waiting = waiting
        self._grown: _Grown | None = None

    @property
    def call(self) -> Call:
        """The kind of the call that shows more."""
        return Call.EDIT if self._chat is None else Call.GROW

    async def show(self, session: Session, posting: Posting, message: Message) -> bool:
        """Show an answer as far as it is there; return False if that has to wait for its turn."""
        chat, grown = self._chat, self._grown
        if chat and grown and not session.pacer.spare(Call.GROW, self._place):
            return False
        # Only what goes well is gone on with.
        self._chat = self._grown = None
        if chat and len(chat.render(self._place, message)) == 1:
            growing = (
                self._grow(chat, session, grown, message) if grown else self._begin(chat, session, posting, message)
            )
            if await growing:
                return True
        return await posting.refresh(self._so_far(message))

    async def _begin(self, chat: GrowingChat, session: Session, posting: Posting, message: Message) -> bool:
        """Let a post that grows take the place of the placeholder; return whether anything did."""
        place = self._place
        if not session.pacer.spare(Call.BEGIN, place):
            return False
        refused = False

        async def post(token: str) -> PostReference:
            nonlocal refused
            try:
                return await chat.begin(place, chat.render(place, message)[0], token, self._reader)
            except DigestbotError as error:
                if isinstance(error, ChatUnavailable) and error.unknown:
                    raise
                _LOG.info("An answer is edited, since it cannot grow: %s", error)
                refused = True
            await session.turn(Call.POST, place)
            return await chat.post(place, chat.render(place, self._so_far(message))[0], token)

        until = self._clock.now() + timedelta(seconds=chat.traits.growth)
        try:
            begun = await posting.replace_root(place, post)
        except (ChatUnavailable, ChatError) as error:
            _LOG.info("An answer is edited, since its placeholder cannot be replaced: %s", error)
            return False
        if begun and not refused:
            self._chat = chat
            self._grown = _Grown(begun, until, message.blocks)
        return begun is not None

    async def _grow(self, chat: GrowingChat, session: Session, grown: _Grown, message: Message) -> bool:
        """Add what is new to the post; return False if it does not take it, or not any more."""
        new = added(grown.shown, message.blocks)
        if new is None or self._clock.now() >= grown.until:
            return False
        for body in chat.render(self._place, replace(message, blocks=new)) if new else ():
            await session.turn(Call.GROW, self._place)
            try:
                await session.counted(Call.GROW, self._place, chat.grow(grown.post, body))
            except DigestbotError as error:
                _LOG.info("An answer is edited, since it does not grow any more: %s", error)
                return False
        self._chat, self._grown = chat, replace(grown, shown=message.blocks)
        return True

    def _so_far(self, message: Message) -> Message:
        return replace(message, blocks=(*message.blocks, self._waiting))


def added(before: Sequence[Block], now: Sequence[Block]) -> tuple[Block, ...] | None:
    """Return the blocks that say what was added at the end, or None if anything else is different."""
    same = len(before) - 1
    if same < 0:
        return tuple(now)
    if len(now) <= same or list(before[:same]) != list(now[:same]):
        return None
    last, grown = before[same], now[same]
    rest = tuple(now[same + 1 :])
    if last == grown:
        return rest
    if not isinstance(last, Paragraph) or not isinstance(grown, Paragraph):
        return None
    if grown.spans[: len(last.spans)] != last.spans:
        return None
    return Paragraph(grown.spans[len(last.spans) :]), *rest
