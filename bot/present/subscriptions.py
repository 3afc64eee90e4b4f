"""Subscriptions as people read them: when each is due, and how it is doing."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.model import Audience, Origin, Quiet, Rhythm, Standing, Subscription
from bot.present.blocks import Block, Bold, BulletedList, Code, Message, Paragraph, Spans, Text, Time
from bot.present.characters import visible
from bot.present.labels import Labels
from bot.present.prose import joined, plain, prose


def listing(standings: Iterable[Standing], labels: Labels) -> Message:
    """Return the list of subscriptions, and how they are doing."""
    items = tuple(_item(standing, labels) for standing in standings)
    title = labels.text("subscriptions", count=len(items))
    listed: tuple[Block, ...] = (BulletedList(items),) if items else ()
    return Message("subscriptions", title, (Paragraph((Bold(title),)), *listed))


def described(standing: Standing, labels: Labels) -> str:
    """Return a subscription and how it is doing in a few lines of plain text."""
    return visible(plain(_item(standing, labels)))


def _item(standing: Standing, labels: Labels) -> Spans:
    subscription = standing.subscription
    separator = labels.text("list-separator")
    names = joined(((Text(name),) for name in subscription.repositories), separator)
    head = joined(((Code(subscription.id),), names, (Text(subscription.place.channel_key),)), labels.text("dot"))
    lines = (head, _terms(subscription, labels), *_state(standing, labels))
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


def _state(standing: Standing, labels: Labels) -> Iterator[Spans]:
    subscription = standing.subscription
    zone = subscription.schedule.zone
    parts = [due(standing, _moment(standing.next_due, zone, labels) if standing.next_due else None, labels)]
    if subscription.last_run:
        moment = (_moment(subscription.last_run, zone, labels),)
        went_well = subscription.last_error is None
        parts.append(labels.spans("subscription-last-well" if went_well else "subscription-last", moment=moment))
    yield joined(parts, labels.text("dot"))
    if subscription.last_error is not None:
        yield labels.spans("subscription-error", error=prose(subscription.last_error))


def due(standing: Standing, moment: Time | None, labels: Labels) -> Spans:
    """Return when a subscription is due next, which is at a moment, or why it is not."""
    if standing.subscription.paused:
        return (Text(labels.text("subscription-paused")),)
    if moment is None:
        return (Text(labels.text("subscription-waits")),)
    return labels.spans("subscription-overdue" if standing.overdue else "subscription-next", moment=(moment,))


def _moment(moment: datetime, zone: ZoneInfo, labels: Labels) -> Time:
    return Time(moment, labels.moment(moment.astimezone(zone)))
