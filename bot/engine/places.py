"""The places that digests go to, by their platforms: what the jobs deliver through."""

import logging
import re
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from bot.digest.memory import Note, notes, with_links
from bot.engine.delivery import Attachment, Delivery, Outcome, PinPolicy
from bot.engine.kit import Shows
from bot.engine.wishes import Wish
from bot.errors import ChatError, ConfigurationError
from bot.model import Digest, Place, Repository
from bot.ports import Showing
from bot.present.blocks import Block, Message, Thread
from bot.present.labels import Labels
from bot.present.layout import lay_out
from bot.present.memory import noted
from bot.present.report import render

_LOG = logging.getLogger(__name__)


class Places:
    """Deliveries to every platform that is set up. See `bot.engine.kit.Deliveries`.

    Every method raises ConfigurationError for a place on another platform, and what `Delivery` raises.
    """

    def __init__(self, deliveries: Mapping[str, Delivery]) -> None:
        self._deliveries = deliveries

    async def begin(self, key: str, place: Place, root: Message, *, anew: bool = True) -> None:
        """Post a root."""
        await self._to(place).begin(key, place, root, anew=anew)

    async def withdraw(self, key: str, place: Place) -> None:
        """Take away what was posted."""
        await self._to(place).withdraw(key, place)

    def live(self, key: str, place: Place) -> AbstractAsyncContextManager[Shows]:
        """Show how far the work is."""
        return self._to(place).progress(key)

    def growing(self, key: str, place: Place, reader: str, waiting: Block) -> AbstractAsyncContextManager[Shows]:
        """Show what there is of an answer."""
        return self._to(place).growing(key, place, reader, waiting)

    async def say(self, key: str, place: Place, root: Message) -> None:
        """Let a root say something else."""
        await self._to(place).say(key, root)

    async def deliver(self, wish: Wish, digest: Digest) -> str | None:
        """Let a thread show a digest, with the whole report as a file, and the posts of earlier changes say more."""
        labels, delivery = Labels(wish.target.language), self._to(wish.place)
        digest = with_links(digest, await _links(delivery, wish.place, digest))
        outcome = await delivery.deliver(
            wish.thread,
            wish.place,
            lay_out(digest, labels, delivery.asking),
            repository=digest.repository.full_name,
            pins=PinPolicy(what=wish.pins),
            attachment=Attachment(_file_name(digest), render([digest], labels)) if digest.entries else None,
            anew=wish.awaited,
            after=wish.target.after,
        )
        _LOG.info("In %s: %d posted, %d edited", wish.place.channel_key, outcome.posted, outcome.edited)
        if ended := _told(wish.place, outcome, labels):
            return ended
        for remark in notes(digest):
            await _annotate(delivery, wish.place, digest.repository, remark, labels)
        return None

    async def answer(self, key: str, place: Place, message: Message) -> str | None:
        """Let a root show a message."""
        outcome = await self._to(place).deliver(key, place, Thread(message, (), message.title), repository="")
        _LOG.info("In %s: an answer, %d posted, %d edited", place.channel_key, outcome.posted, outcome.edited)
        return _told(place, outcome, Labels("en"))

    async def showing(self, key: str, place: Place) -> Showing | None:
        """Return what a thread shows."""
        return await self._to(place).showing(key)

    async def link(self, key: str, place: Place) -> str | None:
        """Return the address of a root."""
        told = await self._to(place).part(key, "root")
        return told.link if told else None

    def _to(self, place: Place) -> Delivery:
        if place.platform not in self._deliveries:
            known = ", ".join(sorted(self._deliveries)) or "none"
            message = f"The chat {place.platform!r} is not set up in this process; set up: {known}."
            raise ConfigurationError(message, remedy="Set its token, and start again.")
        return self._deliveries[place.platform]


def _told(place: Place, outcome: Outcome, labels: Labels) -> str | None:
    """Tell the operator what was not done; return why nothing more can be posted, if that is so."""
    for said in (*outcome.notes, *filter(None, [outcome.ended])):
        _LOG.warning("In %s: %s", place.channel_key, labels.phrase(said))
    return labels.phrase(outcome.ended) if outcome.ended else None


async def _links(delivery: Delivery, place: Place, digest: Digest) -> dict[str, str]:
    """Return where the channel was told of the earlier changes that a digest names, by sha.

    Not of its own changes: whether those are there already depends on how often the delivery was begun.
    """
    own = {entry.commit.sha for entry in digest.entries}
    named = {earlier.sha for entry in digest.entries for earlier in entry.earlier} - own
    told = {sha: await delivery.told(place, digest.repository.full_name, sha) for sha in sorted(named)}
    return {sha: found.link for sha, found in told.items() if found and found.link}


async def _annotate(delivery: Delivery, place: Place, repository: Repository, note: Note, labels: Labels) -> None:
    """Let the post of an earlier change say what a later one does to it, if the channel has that post."""
    told = await delivery.told(place, repository.full_name, note.earlier.sha)
    if told is None:
        return
    later = await delivery.told(place, repository.full_name, note.by.sha)
    said = noted(note.earlier, note.by, repository, labels, later.link if later else None)
    try:
        await delivery.annotate(told.thread, told.part, said)
    except ChatError as error:
        _LOG.warning("In %s: an earlier post could not be annotated: %s", place.channel_key, error)


def _file_name(digest: Digest) -> str:
    """Return a name of plain characters, whatever the repository and the period are called."""
    words = re.findall(r"[A-Za-z0-9.]+", f"{digest.repository.name} {digest.window.label}")
    return f"{'-'.join(words)[:100] or 'digest'}.md"
