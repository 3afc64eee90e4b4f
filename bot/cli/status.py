"""What `digestbot status` does: it tells how the bot is doing, to a person or, with --json, to a program."""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import App
from bot.asking import Spent
from bot.cli.output import open_output
from bot.engine.under_way import UnderWay
from bot.errors import DigestbotError
from bot.model import Rhythm, Standing
from bot.ports import RunningProcess
from bot.present.characters import visible
from bot.present.export import harmless, utc
from bot.present.labels import Labels
from bot.present.subscriptions import described
from bot.status import Status

VERSION = 1
_MOST_WORK = 10
"""Pieces of work of which a person is told one by one."""


async def show(options: argparse.Namespace) -> list[DigestbotError]:
    """Tell how the bot is doing. Returns why a part of it is not known, which is told all the same."""
    app = App()
    labels = Labels(options.language or app.settings.language)
    status = await app.status()
    with open_output(None) as stream:
        stream.write(to_json(status) if options.json else to_text(status, labels, app.settings.timezone))
    return [status.work] if isinstance(status.work, DigestbotError) else []


def to_text(status: Status, labels: Labels, timezone: str) -> str:
    """Return the status in lines for a person, whose zone is an IANA name: first what concerns all subscriptions."""
    lines = [
        _processes(status, labels),
        *_model(status, labels),
        *_work(status, labels),
        *_feedback(status, labels),
        _subscriptions(status, labels, timezone),
    ]
    described_ = [described(standing, labels) for standing in status.standings]
    return "\n\n".join(("\n".join(map(visible, lines)), *described_)) + "\n"


def _processes(status: Status, labels: Labels) -> str:
    if not status.processes:
        return labels.text("status-not-running")
    told = [_process(process, status.at, labels) for process in status.processes]
    if len(told) == 1:
        return labels.text("status-running", process=told[0])
    return labels.text("status-running-several", count=len(told)) + _indented(told)


def _process(process: RunningProcess, now: datetime, labels: Labels) -> str:
    role = [labels.text("status-role", role=process.role)] if process.role else []
    age = labels.text("status-up", age=_age(process.since, now, labels))
    return labels.text("dot").join((process.name, *role, age))


def _model(status: Status, labels: Labels) -> Iterator[str]:
    if status.model is None:
        yield labels.text("status-no-model")
        return
    yield labels.text("status-model", model=status.model, taken=_taken(status.spent, labels))
    if status.spent.exhausted:
        yield labels.text("status-spent")


def _taken(spent: Spent, labels: Labels) -> str:
    """Return what a day took of a model, and of how much where there is a limit."""
    used, limit = spent.used, spent.limit
    tokens = used.input_tokens + used.output_tokens
    parts = [labels.text("usage-calls", count=used.calls)]
    if limit.tokens is None:
        parts.append(labels.text("usage-tokens", count=tokens))
    else:
        parts.append(labels.text("status-tokens-of", count=tokens, limit=limit.tokens))
    if used.cost is None:
        parts.append(labels.text("status-cost-unknown"))
    elif limit.cost is None:
        parts.append(labels.text("usage-cost", cost=f"{used.cost:.2f}"))
    else:
        parts.append(labels.text("status-cost-of", cost=f"{used.cost:.2f}", limit=f"{limit.cost:.2f}"))
    return labels.text("list-separator").join(parts)


def _work(status: Status, labels: Labels) -> Iterator[str]:
    if isinstance(status.work, DigestbotError):
        yield labels.text("status-work-unknown")
        return
    told = [_piece(piece, status.at, labels) for piece in status.work[:_MOST_WORK]]
    if more := len(status.work) - len(told):
        told.append(labels.text("status-more", count=more))
    yield labels.text("status-work", count=len(status.work)) + _indented(told)


def _piece(piece: UnderWay, now: datetime, labels: Labels) -> str:
    what = labels.text("list-separator").join(piece.repositories)
    where = piece.place.channel_key if piece.place else ""
    state = labels.text(f"work-{piece.state}")
    age = labels.text("status-lasting", age=_age(piece.since, now, labels))
    parts = (labels.text(f"errand-{piece.errand}"), what, where, state, age)
    return labels.text("dot").join(filter(None, parts))


def _feedback(status: Status, labels: Labels) -> Iterator[str]:
    tiers = status.tiers
    if not any((tiers.shown, tiers.too_high, tiers.too_low, status.useful, status.useless)):
        yield labels.text("status-no-feedback")
        return
    if tiers.too_high or tiers.too_low:
        agreed = f"{tiers.agreed:.0%}" if tiers.shown else "–"
        yield labels.text("status-tiers", shown=tiers.shown, agreed=agreed, high=tiers.too_high, low=tiers.too_low)
    else:
        yield labels.text("status-tiers-unopposed", shown=tiers.shown)
    yield labels.text("status-answers", useful=status.useful, useless=status.useless)


def _subscriptions(status: Status, labels: Labels, timezone: str) -> str:
    if not status.standings:
        return labels.text("status-no-subscriptions")
    parts = [labels.text("status-subscriptions", count=len(status.standings), troubled=status.troubles)]
    if status.next_due:
        moment = labels.moment(status.next_due.astimezone(ZoneInfo(timezone)))
        parts.append(labels.text("status-next-due", moment=moment, zone=timezone))
    return labels.text("clause-separator").join(parts)


def _age(since: datetime, now: datetime, labels: Labels) -> str:
    return labels.duration(max(now - since, timedelta()))  # clocks differ


def _indented(lines: Sequence[str]) -> str:
    return "".join(f"\n  {line}" for line in lines)


def to_json(status: Status) -> str:
    """Return the status as one JSON document that ends with a line feed. Every key is described in docs/json.md."""
    spent, work = status.spent, status.work
    document = {
        "version": VERSION,
        "at": utc(status.at),
        "processes": [
            {"name": process.name, "role": process.role, "since": utc(process.since)} for process in status.processes
        ],
        "model": {
            "name": status.model,
            "day": spent.day.isoformat(),
            "used": asdict(spent.used),
            "limit": asdict(spent.limit),
            "spent": spent.exhausted,
        },
        "work": None if isinstance(work, DigestbotError) else [_piece_as_json(piece) for piece in work],
        "tiers": asdict(status.tiers) | {"agreed": round(status.tiers.agreed, 6)},
        "answers": {"useful": status.useful, "useless": status.useless},
        "subscriptions": [_standing_as_json(standing) for standing in status.standings],
    }
    return harmless(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def _piece_as_json(piece: UnderWay) -> dict[str, Any]:
    return {
        "errand": str(piece.errand),
        "state": str(piece.state),
        "since": utc(piece.since),
        "place": piece.place.channel_key if piece.place else None,
        "repositories": list(piece.repositories),
        "subscription": piece.subscription,
    }


def _standing_as_json(standing: Standing) -> dict[str, Any]:
    subscription, schedule = standing.subscription, standing.subscription.schedule
    return {
        "id": subscription.id,
        "place": subscription.place.channel_key,
        "repositories": list(subscription.repositories),
        "rhythm": str(schedule.rhythm),
        "weekday": schedule.weekday if schedule.rhythm is Rhythm.WEEKLY else None,
        "at": schedule.at.isoformat("minutes"),
        "timezone": schedule.timezone,
        "language": subscription.language,
        "origin": str(subscription.origin),
        "paused": subscription.paused,
        "in_trouble": standing.in_trouble,
        "next_due": utc(standing.next_due) if standing.next_due else None,
        "overdue": standing.overdue,
        "last_run": utc(subscription.last_run) if subscription.last_run else None,
        "last_error": subscription.last_error,
    }
