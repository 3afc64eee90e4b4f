"""The commands about subscriptions."""

import argparse
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TypeVar

from bot.app import App
from bot.errors import DigestbotError
from bot.model import Origin, Pins, Quiet, Rhythm, Standing
from bot.present.labels import Labels
from bot.present.subscriptions import described
from bot.talk.globs import check_glob
from bot.talk.places import parse_place
from bot.talk.terms import Terms, parse_type, parse_weekday
from bot.talk.times import parse_time
from bot.talk.zones import find_zone


async def subscribe(options: argparse.Namespace) -> list[DigestbotError]:
    """Make a subscription, and show it."""
    place, terms, app = parse_place(options.place), _terms(options), App()
    async with app.subscriptions() as desk:
        made = await desk.subscribe(
            place, tuple(dict.fromkeys(map(_repository, options.repositories))), terms, Origin.TERMINAL
        )
    _show(made, _labels(app, options))
    return []


async def show(options: argparse.Namespace) -> list[DigestbotError]:
    """Show subscriptions and how they are doing."""
    place, app = parse_place(options.place) if options.place else None, App()
    labels = _labels(app, options)
    async with app.subscriptions() as desk:
        standings = await desk.standing(place)
    print(labels.text("subscriptions", count=len(standings)))
    for standing in standings:
        print()
        _show(standing, labels)
    return []


async def pause(options: argparse.Namespace) -> list[DigestbotError]:
    """Let a subscription rest, and show it."""
    app = App()
    async with app.subscriptions() as desk:
        _show(await desk.pause(options.id), _labels(app, options))
    return []


async def resume(options: argparse.Namespace) -> list[DigestbotError]:
    """Let a subscription go on, and show it."""
    app = App()
    async with app.subscriptions() as desk:
        _show(await desk.resume(options.id), _labels(app, options))
    return []


async def unsubscribe(options: argparse.Namespace) -> list[DigestbotError]:
    """End a subscription."""
    app = App()
    async with app.subscriptions() as desk:
        ended = await desk.unsubscribe(options.id)
    print(_labels(app, options).text("subscription-ended", id=ended.id))
    return []


COMMANDS: Mapping[str, Callable[[argparse.Namespace], Coroutine[None, None, list[DigestbotError]]]] = {
    "subscribe": subscribe,
    "list": show,
    "pause": pause,
    "resume": resume,
    "unsubscribe": unsubscribe,
}


_Value = TypeVar("_Value")


def _listed(words: list[str] | None, parse: Callable[[str], _Value]) -> tuple[_Value, ...] | None:
    return tuple(map(parse, words)) if words else None


def _labels(app: App, options: argparse.Namespace) -> Labels:
    return Labels(getattr(options, "language", None) or app.settings.language)


def _show(standing: Standing, labels: Labels) -> None:
    print(described(standing, labels))


def _repository(name: str) -> str:
    """Return a path so that it means the same wherever `digestbot run` is started; any other name as it is."""
    return str(Path(name).expanduser().absolute()) if name.startswith((".", "/", "~")) else name


def _terms(options: argparse.Namespace) -> Terms:
    """Return what the options say. Raises RequestError."""
    rhythm = Rhythm.WEEKDAYS if options.weekdays else Rhythm.WEEKLY if options.weekly else Rhythm.DAILY
    return Terms(
        rhythm=rhythm,
        weekday=parse_weekday(options.weekly) if options.weekly else None,
        at=parse_time(options.at) if options.at else None,
        timezone=find_zone(options.timezone).key if options.timezone else None,
        language=options.language,
        quiet=Quiet(options.when_quiet) if options.when_quiet else None,
        pins=Pins(options.pins) if options.pins else None,
        interests=_listed(options.about, str),
        exclude_bots=options.exclude_bots or None,
        exclude_authors=_listed(options.exclude_author, str),
        exclude_paths=_listed(options.exclude_path, check_glob),
        exclude_types=_listed(options.exclude_type, parse_type),
        only_paths=_listed(options.only_path, check_glob),
    )
