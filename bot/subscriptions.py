"""Subscriptions: those of the file, those that people make and change, and how they are doing."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from bot.engine.schedule import changed, first_delivered, next_due
from bot.errors import ConfigurationError, RequestError
from bot.model import Delivered, Origin, Place, Rhythm, Schedule, Standing, Subscription
from bot.ports import Clock, Subscriptions
from bot.present.labels import languages
from bot.settings import DEFAULT_TIME, FILE_NAME, ChannelSettings, Settings, SubscriptionSettings
from bot.talk.places import parse_place
from bot.talk.terms import AUDIENCE, Terms
from bot.talk.wording import alternatives, quoted

_ID_LENGTH = 8
_LATE = timedelta(minutes=15)
"""So long after it was due, a run should have begun: the processes look once a minute."""


class SubscriptionDesk:
    """Where subscriptions are made, seen and changed, by people and by the file.

    Of a place that is given, only the subscriptions of its channel are seen and changed; without one, all of them.
    All methods raise StoreUnavailable and StoreError.
    """

    def __init__(self, kept: Subscriptions, settings: Settings, clock: Clock) -> None:
        self._kept = kept
        self._settings = settings
        self._clock = clock

    async def adopt_file(self) -> None:
        """Let the store have what the file says, and nothing that it does not say any more.

        For the one process that serves the file's subscriptions. Raises ConfigurationError.
        """
        kept = await self._kept.all()
        wanted = reconciled(self._of_file(), kept, self._clock.now())
        for subscription in wanted:
            if subscription not in kept:
                await self._kept.keep(subscription)
        ids = {subscription.id for subscription in wanted}
        for subscription in kept:
            if subscription.origin is Origin.FILE and subscription.id not in ids:
                await self._kept.remove(subscription.id)

    async def standing(self, place: Place | None = None) -> Sequence[Standing]:
        """Return how subscriptions are doing, also those of the file that no process has adopted yet."""
        now = self._clock.now()
        kept = await self._kept.of_channel(place) if place else await self._kept.all()
        known = {subscription.id for subscription in kept}
        new = [
            subscription
            for subscription in self._of_file()
            if subscription.id not in known and (place is None or subscription.place == replace(place, thread=None))
        ]
        return (
            *(_standing(subscription, now) for subscription in kept),
            *(Standing(subscription, None) for subscription in new),
        )

    async def subscribe(
        self, place: Place, repositories: Sequence[str], terms: Terms, origin: Origin = Origin.CHAT
    ) -> Standing:
        """Make a subscription, and return it. Raises RequestError if there is one like it."""
        channel, now = replace(place, thread=None), self._clock.now()
        defaults = self._settings.channels.get(channel.channel_key, ChannelSettings())
        schedule = Schedule(Rhythm.DAILY, DEFAULT_TIME, defaults.timezone or self._settings.timezone)
        begun = Subscription(
            id="",
            place=channel,
            repositories=tuple(repositories),
            schedule=schedule,
            language=defaults.language or self._settings.language,
            effective_from=now,
            audience=defaults.audience(),
            origin=origin,
        )
        wish = _with_terms(begun, terms)
        for other in await self._kept.of_channel(channel):
            if _content(other) == _content(wish):
                raise RequestError(
                    f"This channel has that subscription already: {other.id}.", remedy=f"Change it with set {other.id}."
                )
        begin = first_delivered(wish.schedule, now)
        made = replace(wish, id=_id(wish, now.isoformat()), delivered=dict.fromkeys(wish.repositories, begin))
        await self._kept.keep(made)
        return _standing(made, now)

    async def pause(self, id: str, place: Place | None = None) -> Standing:
        """Let a subscription rest. Raises RequestError if there is none, or it is the file's."""
        old = await self._changeable(id, place)
        return await self._change(old, replace(old, paused=True))

    async def resume(self, id: str, place: Place | None = None) -> Standing:
        """Let a subscription go on: the next run covers the pause. Raises as `pause`."""
        old = await self._changeable(id, place)
        return await self._change(old, replace(old, paused=False))

    async def set(self, id: str, repositories: Sequence[str], terms: Terms, place: Place | None = None) -> Standing:
        """Change a subscription; without repositories those stay. Raises as `pause`."""
        old = await self._changeable(id, place)
        new = replace(_with_terms(old, terms), repositories=tuple(repositories) or old.repositories)
        return await self._change(old, new)

    async def unsubscribe(self, id: str, place: Place | None = None) -> Subscription:
        """End a subscription. Raises as `pause`."""
        old = await self._changeable(id, place)
        await self._kept.remove(old.id)
        return old

    async def _changeable(self, id: str, place: Place | None) -> Subscription:
        found = await self._kept.get(id)
        if found is None or (place and found.place != replace(place, thread=None)):
            where = "in this channel" if place else "here"
            raise RequestError(f"There is no subscription {quoted(id)} {where}.", remedy="See them with list.")
        if found.origin is Origin.FILE:
            raise RequestError(
                f"The subscription {id} is written in {FILE_NAME}, and can only be changed there.",
                remedy="Change the file, and restart digestbot run.",
            )
        return found

    async def _change(self, old: Subscription, new: Subscription) -> Standing:
        now = self._clock.now()
        subscription = changed(old, new, now)
        await self._kept.keep(subscription)
        return _standing(subscription, now)

    def _of_file(self) -> list[Subscription]:
        """Return what the file says, not begun yet. Raises ConfigurationError."""
        found: dict[str, Subscription] = {}
        for number, written in enumerate(self._settings.subscriptions, start=1):
            subscription = self._written(written)
            if subscription.id in found:
                raise ConfigurationError(
                    f"Number {number} of [[subscriptions]] says what one before it says.",
                    remedy="Leave one of them out.",
                )
            found[subscription.id] = subscription
        return list(found.values())

    def _written(self, written: SubscriptionSettings) -> Subscription:
        channel = self._settings.channels.get(written.place, ChannelSettings())
        zone = written.timezone or channel.timezone or self._settings.timezone
        now = self._clock.now()
        schedule = Schedule(written.rhythm, written.at, zone, written.weekday)
        wish = Subscription(
            id="",
            place=parse_place(written.place),
            repositories=tuple(dict.fromkeys(written.repositories)),
            schedule=schedule,
            language=written.language or channel.language or self._settings.language,
            effective_from=now,
            delivered=dict.fromkeys(written.repositories, first_delivered(schedule, now)),
            audience=written.audience(channel.audience()),
            quiet=written.quiet,
            pins=written.pins,
            origin=Origin.FILE,
        )
        if wish.language not in languages():
            raise ConfigurationError(
                f"There are no words in the language {quoted(wish.language)}.",
                remedy=f"Write one of {', '.join(languages())}.",
            )
        return replace(wish, id=_id(wish, ""))


def reconciled(written: Iterable[Subscription], kept: Iterable[Subscription], now: datetime) -> list[Subscription]:
    """Return the subscriptions of the file as they go on from what is kept. Pure.

    One that was there goes on; one that is new takes over how far its repositories were delivered to the same channel
    by subscriptions that the file does not have any more, so that a change of the file neither repeats nor loses any.
    """
    written = list(written)
    known = {subscription.id: subscription for subscription in kept if subscription.origin is Origin.FILE}
    gone = [known[name] for name in known.keys() - {subscription.id for subscription in written}]
    reached = {(old.place, name): delivered for old in gone for name, delivered in old.delivered.items()}
    return [
        changed(known[new.id], new, now) if new.id in known else replace(new, delivered=_taken_over(new, reached))
        for new in written
    ]


def _standing(subscription: Subscription, now: datetime) -> Standing:
    due = next_due(subscription, now)
    return Standing(subscription, due, overdue=due is not None and now - due > _LATE)


def _taken_over(new: Subscription, reached: Mapping[tuple[Place, str], Delivered]) -> dict[str, Delivered]:
    return {name: reached.get((new.place, name), begin) for name, begin in new.delivered.items()}


def _with_terms(subscription: Subscription, terms: Terms) -> Subscription:
    """Return a subscription with what was said in place of what was wished. Raises RequestError."""
    if terms.language is not None and terms.language not in languages():
        raise RequestError(
            f"There are no words in the language {quoted(terms.language)}.",
            remedy=f"Write {alternatives(languages())}.",
        )
    return replace(
        subscription,
        schedule=replace(subscription.schedule, **terms.said("rhythm", "weekday", "at", "timezone")),
        audience=replace(subscription.audience, **terms.said(*AUDIENCE)),
        **terms.said("language", "quiet", "pins"),
    )


def _id(wish: Subscription, made: str) -> str:
    """Return a name that is short enough to be typed; of what the file says it is the same each time."""
    text = json.dumps([_content(wish), made], default=str)
    return (
        base64.b32encode(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
        .decode("ascii")[:_ID_LENGTH]
        .lower()
    )


def _content(wish: Subscription) -> tuple[object, ...]:
    """Return what makes a subscription the one that it is: its hour, zone, quiet and pins may change."""
    day = wish.schedule.weekday if wish.schedule.rhythm is Rhythm.WEEKLY else None
    what = (wish.schedule.rhythm, day, wish.language, asdict(wish.audience))
    return (wish.place.channel_key, sorted(wish.repositories), *what)
