"""What is installed to be used by its name: our own adapters, and what other packages declare as entry points.

Nothing is loaded before it is needed. What cannot be used is an error there, which names its package: a platform that
was silently missing would be digests that nobody gets.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from bot.errors import ConfigurationError, DigestbotError
from bot.present.characters import visible


class Kind(StrEnum):
    """The groups of entry points."""

    CHAT = "digestbot.chat"
    SOURCE = "digestbot.source"
    MODEL = "digestbot.model"
    LANGUAGE = "digestbot.language"
    PROMPT = "digestbot.prompt"


# Not as entry points of our own: those of a checkout are as old as its last installation.
_OURS = {
    Kind.CHAT: {"slack": "adapters.chat.slack.plugin:PLUGIN", "discord": "adapters.chat.discord.plugin:PLUGIN"},
    Kind.MODEL: {"model": "adapters.model.openai.plugin:PLUGIN"},
}
_NAME = re.compile("[a-z]{1,20}")
_RESERVED = frozenset({"console", "git", "github", "health"})
_PROMPT_NAME = re.compile("[a-z-]{1,40}")
REMEDY = "Install a version of that package that fits this one, or uninstall it."


@dataclass(frozen=True, slots=True)
class Installed:
    """Something that is installed. `package` is its distribution and version; "" for our own."""

    kind: Kind
    name: str
    point: EntryPoint
    package: str = ""

    def __str__(self) -> str:
        """Call it what errors do."""
        return f"{self.kind} {self.name!r} of the package {self.package or 'digestbot'}"


@cache
def installed(kind: Kind) -> tuple[Installed, ...]:
    """Return all of a kind, ours first, whether or not they can be used."""
    ours = [Installed(kind, name, EntryPoint(name, value, kind)) for name, value in _OURS.get(kind, {}).items()]
    theirs = (Installed(kind, point.name, point, _package(point)) for point in entry_points(group=kind))
    return (*ours, *sorted(theirs, key=lambda each: (each.name, each.package)))


def names(kind: Kind) -> frozenset[str]:
    """Return the names of all of a kind, whether or not they can be used."""
    return frozenset(each.name for each in installed(kind))


def chosen(kind: Kind) -> Mapping[str, Installed]:
    """Return all of a kind by their names. Raises ConfigurationError for a name that cannot be one, or is taken."""
    found: dict[str, Installed] = {}
    for each in installed(kind):
        if each.name in found:
            message = f"The {each} has the name of another, of {found[each.name].package or 'digestbot itself'}."
            raise ConfigurationError(message, remedy="Uninstall one of them.")
        if not (_PROMPT_NAME if kind is Kind.PROMPT else _NAME).fullmatch(each.name) or each.name in _RESERVED:
            raise ConfigurationError(f"The {each} has a name that cannot be one.", remedy=REMEDY)
        found[each.name] = each
    return found


@contextmanager
def blamed(one: Installed) -> Iterator[None]:
    """Raise a ConfigurationError that names the package in place of whatever its code raises, but for our errors."""
    try:
        yield
    except DigestbotError:
        raise
    except Exception as error:
        problem = " ".join(visible(f"{type(error).__name__}: {error}").split())[:300]
        raise ConfigurationError(f"The {one} cannot be used: {problem}", remedy=REMEDY) from error


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else "(unknown)"
