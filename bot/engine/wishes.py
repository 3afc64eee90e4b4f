"""What is wanted, as nouns that work can carry: the digest, and where it goes. Pure.

Work carries JSON alone, so that any process, of this version or the next, can go on with it.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter

from bot.digest import build
from bot.model import Audience, Period, Pins, Place, Quiet, Since
from bot.present import notices
from bot.present.labels import Labels

_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}
_Noun = TypeVar("_Noun")


@dataclass(frozen=True, slots=True)
class Target(build.Wish):
    """A digest that is wanted, wherever it goes."""

    def build_key(self, tip: str, attempt: int) -> str:
        """Return the key of an attempt to build it: whoever wants the same digest of the same tip shares it."""
        return f"{self.build_prefix(tip)}{attempt}"

    def build_prefix(self, tip: str) -> str:
        """Return how the keys of all attempts begin."""
        parts = [self.found.repository.full_name, *_span(self.period), tip, self.language, _told(self.audience)]
        return f"build:{_hash([*parts, self.after, *self.examples])}:"


@dataclass(frozen=True, slots=True)
class Wish:
    """A digest that is wanted in a place, and how. Somebody may be waiting for it."""

    target: Target
    place: Place
    awaited: bool
    quiet: Quiet = Quiet.LINE
    pins: Pins = Pins.HIGH

    @property
    def thread(self) -> str:
        """The key of the thread that it goes to: the same, whoever wants it and however often."""
        target, place = self.target, self.place
        where = [place.platform, place.workspace, place.channel, place.thread]
        parts = [*where, target.found.repository.full_name, *_span(target.period), target.language]
        return _hash([*parts, _told(target.audience)])


def title(wish: Wish, labels: Labels) -> str:
    """Return what a wish is called."""
    return notices.title(wish.target.found.repository.name, wish.target.period, labels)


def to_json(noun: Any) -> Any:  # noqa: ANN401 # whatever JSON can say
    """Return a noun as JSON-pure values."""
    return _adapter(type(noun)).dump_python(noun, mode="json")


def from_json(kind: type[_Noun], value: Any) -> _Noun:  # noqa: ANN401 # likewise
    """Return the noun that was turned into JSON."""
    noun: _Noun = _adapter(kind).validate_python(value)
    return noun


def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 # any type that is to be JSON
    """Return what turns a type into JSON and back, which takes a while to make."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _span(period: Period) -> tuple[str, str, str]:
    """Return what a period is known by; of a `Since`, the day on which it was asked for is part."""
    if isinstance(period, Since):
        return (f"since {period.ref}", period.now.date().isoformat(), period.timezone)
    return (period.start.isoformat(), period.end.isoformat(), period.timezone)


def _told(audience: Audience) -> dict[str, Any]:
    """Return an audience without the order in which its interests and filters were named."""
    return {name: sorted(told) if isinstance(told, tuple) else told for name, told in asdict(audience).items()}


def _hash(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
