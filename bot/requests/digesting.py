"""Digests that people ask for: begun, shown, and stopped."""

from collections.abc import Awaitable, Callable, Sequence

from bot.access import Access
from bot.engine.orders import Asked, Orders
from bot.engine.wishes import Target, Wish, title
from bot.errors import DigestbotError
from bot.model import Period, Place
from bot.ports import Clock, FoundRepository
from bot.present import answers
from bot.present.blocks import Link, Message, Spans, Text
from bot.present.prose import joined, prose
from bot.requests.reading import Reader
from bot.talk.commands import Digest

FindFor = Callable[[str, Place], Awaitable[FoundRepository]]
"""Finds the repository that a name means in a channel, if it may be shown there.

Raises AccessDenied, and what `RepositoryNames.find` does.
"""


class Digesting:
    """Lets digests be made for who asks. All methods raise StoreUnavailable and StoreError."""

    def __init__(self, orders: Orders, find: FindFor, access: Access, clock: Clock) -> None:
        self._orders = orders
        self._find = find
        self._access = access
        self._clock = clock

    async def found(self, name: str, reader: Reader) -> FoundRepository:
        """Return the repository that a name means to somebody. Raises what `FindFor` does."""
        return await self._find(name, reader.channel)

    async def ask(self, command: Digest, reader: Reader, refused: Callable[[DigestbotError], str]) -> Message:
        """Let digests begin, and say of each what is meant by its name, or why there is none.

        `refused` returns what is said of an error.
        """
        said = []
        for name in command.repositories:
            try:
                said.append(await self._one(name, command.period, reader))
            except DigestbotError as error:
                said.append(prose(refused(error)))
        return answers.lines(said)

    async def under_way(self, reader: Reader) -> list[Spans]:
        """Return what is being made in the channel for people, and how far it is."""
        items = []
        for work, wish in await self._orders.asked(reader.channel):
            state = reader.labels.text(f"work-{work.state}")
            items.append(joined((await self._titled(wish, reader), (Text(state),)), reader.labels.text("dot")))
        return items

    async def cancel(self, names: Sequence[str], reader: Reader) -> Message:
        """Stop what was asked for in the channel: all of it, or that of these repositories."""
        wanted = {name.casefold() for name in names}
        items = []
        for work, wish in await self._orders.asked(reader.channel):
            name = wish.target.found.repository.name.casefold()
            if not wanted or wanted & {name, name.rpartition("/")[2]}:
                await self._orders.cancel(work, wish)
                items.append(await self._titled(wish, reader))
        return answers.listed("answer-cancelled", items, reader.labels)

    async def _one(self, name: str, period: Period, reader: Reader) -> Spans:
        self._access.spend(reader.asker, self._clock.now())
        found = await self.found(name, reader)
        target = Target(found, period, reader.labels.language, reader.audience)
        wish = Wish(target, reader.channel, awaited=True)
        # Before it is begun: what is there already is led to.
        link = await self._orders.link(wish)
        became = await self._orders.ask(wish)
        words = answers.meant(name, found.repository.name, period, reader.labels)
        if became is Asked.BEGUN and link is None:
            return words
        return answers.led_to(words, f"answer-{became}", link or await self._orders.link(wish), reader.labels)

    async def _titled(self, wish: Wish, reader: Reader) -> Spans:
        words = title(wish, reader.labels)
        link = await self._orders.link(wish)
        return (Link(words, link),) if link else (Text(words),)
