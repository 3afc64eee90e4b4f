"""Subscriptions as people read them: when each is due, and how it is doing."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.model import Audience, Origin, Quiet, Rhythm, Subscription
from bot.present.blocks import Block, Bold, BulletedList, Code, Message, Paragraph, Spans, Text
from bot.present.characters import visible
from bot.present.labels import Labels
from bot.present.prose import joined, plain, prose


def listing(standings: Iterable[tuple[Subscription, datetime | None]], labels: Labels) -> Message:
    """Return the list of subscriptions, each with the moment at which it is due next (aware), or None."""
    items = tuple(_item(subscription, due, labels) for subscription, due in standings)
    title = labels.text("subscriptions", count=len(items))
    listed: tuple[Block, ...] = (BulletedList(items),) if items else ()
    return Message("subscriptions", title, (Paragraph((Bold(title),)), *listed))


def described(subscription: Subscription, due: datetime | None, labels: Labels) -> str:
    """Return a subscription and how it is doing in a few lines of plain text."""
    return visible(plain(_item(subscription, due, labels)))


def _item(subscription: Subscription, due: datetime | None, labels: Labels) -> Spans:
    separator = labels.text("list-separator")
    names = joined(((Text(name),) for name in subscription.repositories), separator)
    head = joined(((Code(subscription.id),), names, (Text(subscription.place.channel_key),)), labels.text("dot"))
    lines = (head, _terms(subscription, labels), *_state(subscription, due, labels))
    return joined(lines, "\n")


def _terms(subscription: Subscription, labels: Labels) -> Spans:
    schedule = subscription.schedule
    at = schedule.at.strftime("%H:%M")
    if schedule.rhythm is Rhythm.WEEKLY:
        day = labels.weekday(schedule.weekday)
        when = labels.text("subscription-weekly", day=day, at=at, zone=schedule.timezone)
    else:
        when = labels.text(f"subscription-{schedule.rhythm}", at=at, zone=schedule.timezone)
    parts = [(Text(when),), (Text(labels.text("subscription-language", language=subscription.language)),)]
    if subscription.quiet is Quiet.SILENCE:
        parts.append((Text(labels.text("subscription-silent")),))
    parts += [(Text(text),) for text in _audience(subscription.audience, labels)]
    if subscription.origin is Origin.FILE:
        parts.append((Text(labels.text("subscription-of-file")),))
    return joined(parts, labels.text("dot"))


def _audience(audience: Audience, labels: Labels) -> Iterator[str]:
    if audience.exclude_bots:
        yield labels.text("audience-exclude-bots")
    separator = labels.text("list-separator")
    for field in fields(audience):
        values = getattr(audience, field.name)
        if isinstance(values, tuple) and values:
            yield labels.text(f"audience-{field.name.replace('_', '-')}", what=separator.join(map(str, values)))


def _state(subscription: Subscription, due: datetime | None, labels: Labels) -> Iterator[Spans]:
    zone = subscription.schedule.zone
    if subscription.paused:
        parts = [labels.text("subscription-paused")]
    elif due is None:
        parts = [labels.text("subscription-waits")]
    else:
        parts = [labels.text("subscription-next", moment=_moment(due, zone, labels))]
    if subscription.last_run:
        parts.append(labels.text("subscription-last", moment=_moment(subscription.last_run, zone, labels)))
    yield (Text(labels.text("dot").join(parts)),)
    if subscription.last_error is not None:
        yield labels.spans("subscription-error", error=prose(subscription.last_error))


def _moment(moment: datetime, zone: ZoneInfo, labels: Labels) -> str:
    return labels.moment(moment.astimezone(zone))
