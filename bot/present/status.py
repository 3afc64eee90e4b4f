"""How the bot is doing for a channel, for somebody who looks at a phone. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.model import PostedDigest, Standing
from bot.present.answers import said
from bot.present.blocks import Block, Bold, BulletedList, Code, Context, Link, Message, Paragraph, Spans, Text, Time
from bot.present.labels import Labels
from bot.present.prose import joined, prose
from bot.present.subscriptions import due


@dataclass(frozen=True, slots=True)
class Followed:
    """A subscription of the channel, whether its digest is being made now, and what it last posted."""

    standing: Standing
    busy: bool
    posted: Sequence[PostedDigest]


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """What a channel is told.

    `making` are the titles and states of what people wait for. Of `subscriptions` in all, some are `followed`. `model`
    writes the digests, or none does; `spent` says that it may not any more today.
    """

    making: Sequence[Spans]
    subscriptions: int
    followed: Sequence[Followed]
    model: str | None
    spent: bool


def status(channel: ChannelStatus, usage: str, zone: ZoneInfo, labels: Labels) -> Message:
    """Return what a channel is told, with moments in a zone; `usage` is how more of its subscriptions are seen."""
    making, followed = channel.making, channel.followed
    blocks: list[Block] = [BulletedList(tuple(making))] if making else []
    blocks.append(Paragraph((Bold(labels.text("subscriptions", count=channel.subscriptions)),)))
    if followed:
        blocks.append(BulletedList(tuple(_item(each, zone, labels) for each in followed)))
    if more := channel.subscriptions - len(followed):
        blocks.append(Context(labels.spans("channel-more", count=more, list=(Code(usage),))))
    blocks.append(Context((Text(_writer(channel, labels)),)))
    being_made = len(making) + sum(each.busy for each in followed)
    return said((Bold(labels.text("answer-status", count=being_made)),), *blocks)


def _writer(channel: ChannelStatus, labels: Labels) -> str:
    if channel.model is None:
        return labels.text("channel-rules")
    if channel.spent:
        return labels.text("status-spent")
    return labels.text("channel-model", model=channel.model)


def _item(followed: Followed, zone: ZoneInfo, labels: Labels) -> Spans:
    subscription = followed.standing.subscription
    names = labels.text("list-separator").join(subscription.repositories)
    when = (Text(labels.text("work-running")),) if followed.busy else _due(followed.standing, zone, labels)
    head = joined(((Text(names),), when), labels.text("dot"))
    return joined((head, *_past(followed, labels)), "\n")


def _due(standing: Standing, zone: ZoneInfo, labels: Labels) -> Spans:
    moment = standing.next_due
    # The zone is named, since the schedule, which may have another one, is not shown beside it.
    at = Time(moment, f"{labels.moment(moment.astimezone(zone))} {zone.key}") if moment else None
    return due(standing, at, labels)


def _past(followed: Followed, labels: Labels) -> Iterator[Spans]:
    """Yield what came of a subscription so far: what it posted last, and why its last run did not post all."""
    subscription = followed.standing.subscription
    if followed.posted:
        yield labels.spans("channel-last", digests=_digests(followed, labels))
    elif subscription.last_run is None and not followed.busy:
        yield (Text(labels.text("channel-none-yet")),)
    if subscription.last_error:
        yield _failure(subscription.last_error, labels)


def _failure(errors: str, labels: Labels) -> Spans:
    """Return the first of the errors, which are a line each, how many there are besides, and what becomes of it."""
    first, *others = errors.splitlines()
    parts = [labels.spans("subscription-error", error=prose(first))]
    if others:
        parts.append((Text(labels.text("channel-failed-too", count=len(others))),))
    parts.append((Text(labels.text("channel-owed")),))
    return joined(parts, labels.text("sentence-separator"))


def _digests(followed: Followed, labels: Labels) -> Spans:
    """Return the periods that lead to their threads, with the repositories where there are several."""
    one = len(followed.standing.subscription.repositories) == 1

    def told(digest: PostedDigest) -> Spans:
        period = labels.period(digest.window)
        words = period if one else labels.text("title", repository=digest.repository, period=period)
        return (Link(words, digest.link),) if digest.link else (Text(words),)

    return joined(map(told, followed.posted), labels.text("list-separator"))
