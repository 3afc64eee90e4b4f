"""What people in a chat cause, and the words that go back. See `bot.ports.Requests`."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import assert_never

from bot.engine.orders import Orders
from bot.engine.wishes import Target, Wish, title
from bot.errors import DigestbotError, RequestError
from bot.model import Place
from bot.ports import Acknowledgement, Asker, Clock, FoundRepository, Suggesting
from bot.present import answers, notices, subscriptions
from bot.present.blocks import Message
from bot.present.labels import Labels, languages
from bot.settings import ChannelSettings, Settings
from bot.subscriptions import SubscriptionDesk
from bot.talk import commands, periods

_LOG = logging.getLogger(__name__)

Find = Callable[[str, Place], Awaitable[FoundRepository]]
"""Finds the repository that a name means to people in a place: never a path, and nothing that they may not see."""


class ChatRequests:
    """Does what people ask for."""

    def __init__(
        self,
        orders: Orders,
        desk: SubscriptionDesk,
        find: Find,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._orders = orders
        self._desk = desk
        self._find = find
        self._settings = settings
        self._clock = clock

    def acknowledge(self, text: str, asker: Asker) -> Acknowledgement:
        """Return what the grammar alone knows: what is wrong with a text, help, or which digest is meant."""
        labels = self._labels(asker)
        try:
            command = self._parse(text, asker)
        except RequestError as error:
            return Acknowledgement(answers.said(error.public), over=True)
        match command:
            case commands.Help():
                return Acknowledgement(answers.help_of(command.verbs, command.periods, labels), over=True)
            case commands.Digest():
                titles = [notices.title(name, command.period, labels) for name in command.repositories]
                return Acknowledgement(answers.heard(titles, labels))
            case _:
                return Acknowledgement(None)

    async def command(self, text: str, asker: Asker) -> Message:
        """Do what a text asks for, or return what is wrong with it."""
        labels = self._labels(asker)
        try:
            return await self._do(self._parse(text, asker), asker, labels)
        except DigestbotError as error:
            _LOG.info("Refused in %s: %s", asker.place.channel_key, error)
            return answers.said(error.public)

    async def suggestions(self, kind: Suggesting, typed: str, asker: Asker) -> Sequence[str]:
        """Return the names, periods or subscriptions that begin like this."""
        try:
            known = await self._suggested(kind, asker)
        except DigestbotError as error:
            _LOG.info("No suggestions in %s: %s", asker.place.channel_key, error)
            return ()
        return [each for each in dict.fromkeys(known) if each.casefold().startswith(typed.strip().casefold())]

    async def question(self, text: str, asker: Asker) -> Message:
        """Take what is said in a thread for a command."""
        return await self.command(text, asker)

    def _parse(self, text: str, asker: Asker) -> commands.Command:
        return commands.parse_command(text, self._clock.now(), self._timezone(asker))

    def _channel(self, place: Place) -> ChannelSettings:
        return self._settings.channels.get(place.channel_key, ChannelSettings())

    def _timezone(self, asker: Asker) -> str:
        return self._channel(asker.place).timezone or asker.timezone or self._settings.timezone

    def _labels(self, asker: Asker) -> Labels:
        """Return the words of the channel's language, else the asker's where there are words for it, else ours."""
        theirs = asker.language if asker.language in languages() else None
        return Labels(self._channel(asker.place).language or theirs or self._settings.language)

    async def _suggested(self, kind: Suggesting, asker: Asker) -> Sequence[str]:
        match kind:
            case Suggesting.PERIOD:
                return periods.examples(self._clock.now(), self._timezone(asker))
            case Suggesting.SUBSCRIPTION:
                return [each.subscription.id for each in await self._desk.standing(asker.place)]
            case Suggesting.REPOSITORY:
                standings = await self._desk.standing(asker.place)
                return [
                    *self._settings.aliases,
                    *(name for each in standings for name in each.subscription.repositories),
                ]
            case _:
                assert_never(kind)

    async def _do(self, command: commands.Command, asker: Asker, labels: Labels) -> Message:
        match command:
            case commands.Digest():
                said = [await self._digest(name, command, asker, labels) for name in command.repositories]
                return answers.together(said)
            case commands.Status():
                under_way = await self._orders.asked(asker.place)
                return answers.status([title(wish, labels) for _, wish in under_way], labels)
            case commands.Cancel():
                return await self._cancel(asker.place, labels)
            case commands.Help():
                return answers.help_of(command.verbs, command.periods, labels)
            case _:
                return await self._subscription(command, asker.place, labels)

    async def _digest(self, name: str, command: commands.Digest, asker: Asker, labels: Labels) -> Message:
        """Let a digest be made, unless that is under way or done; of several, one that cannot be leaves the others."""
        try:
            found = await self._find(name, asker.place)
            target = Target(found, command.period, labels.language, self._channel(asker.place).audience())
            wish = Wish(target, asker.place, awaited=True)
            became = await self._orders.ask(wish)
            return answers.asked(became, title(wish, labels), await self._orders.link(wish), labels)
        except DigestbotError as error:
            _LOG.info("No digest in %s: %s", asker.place.channel_key, error)
            return answers.said(labels.text("asked-failed", name=name, reason=error.public))

    async def _cancel(self, place: Place, labels: Labels) -> Message:
        under_way = await self._orders.asked(place)
        for work, wish in under_way:
            await self._orders.cancel(work, wish)
        return answers.cancelled([title(wish, labels) for _, wish in under_way], labels)

    async def _subscription(self, command: "_AboutSubscriptions", place: Place, labels: Labels) -> Message:
        match command:
            case commands.List():
                standings = await self._desk.standing(place)
                return subscriptions.listing([(each.subscription, each.next_due) for each in standings], labels)
            case commands.Subscribe():
                made = await self._desk.subscribe(place, command.repositories, command.terms)
            case commands.Pause():
                made = await self._desk.pause(command.id, place)
            case commands.Resume():
                made = await self._desk.resume(command.id, place)
            case commands.Set():
                made = await self._desk.set(command.id, command.repositories, command.terms, place)
            case commands.Unsubscribe():
                ended = await self._desk.unsubscribe(command.id, place)
                return answers.said(labels.text("subscription-ended", id=ended.id))
            case _:
                assert_never(command)
        return subscriptions.listing([(made.subscription, made.next_due)], labels)


_AboutSubscriptions = (
    commands.List | commands.Subscribe | commands.Pause | commands.Resume | commands.Set | commands.Unsubscribe
)
