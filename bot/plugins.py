"""What is installed to be used by its name: our own adapters, and what other packages declare as entry points.

Nothing is loaded before it is needed. What cannot be used is an error there, which names its package: a platform that
was silently missing would be digests that nobody gets. What nobody needs hurts nobody.
"""

import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from bot.errors import ConfigurationError, DigestbotError, TemporaryError
from bot.present.characters import visible


class Kind(StrEnum):
    """The groups of entry points."""

    CHAT = "digestbot.chat"
    SOURCE = "digestbot.source"
    MODEL = "digestbot.model"
    LANGUAGE = "digestbot.language"
    PROMPT = "digestbot.prompt"

    @property
    def word(self) -> str:
        """What people call it."""
        return self.removeprefix("digestbot.")


# Not as entry points of our own: those of a checkout are as old as its last installation.
_OURS = {
    Kind.CHAT: {"slack": "adapters.chat.slack.plugin:PLUGIN", "discord": "adapters.chat.discord.plugin:PLUGIN"},
    Kind.MODEL: {"model": "adapters.model.openai.plugin:PLUGIN"},
}
_OUR_LANGUAGES = frozenset({"en", "zh"})
_TABLES = (Kind.CHAT, Kind.SOURCE, Kind.MODEL)
"""The kinds whose names are those of tables in digestbot.toml, which they share."""
_NAME = re.compile("[a-z]{1,20}")
_NAME_RULE = "1 to 20 letters from a to z, all small"
_PROMPT_NAME = re.compile("[a-z][a-z-]{0,39}")
_PROMPT_NAME_RULE = "1 to 40 letters from a to z, all small, and hyphens between them"
_RESERVED = frozenset({"console", "git", "github", "health", "logs"})
FIT = "Install a version of that package that fits this one, or uninstall it."
"""What to do where a package and digestbot may be of different times."""
CORRECT = "Correct the package, or uninstall it."
"""What to do about a mistake of whoever wrote a package."""
RENAME = "Give its entry point another name, or uninstall the package."
"""What to do about a name."""
LOOK = "DIGESTBOT_DEBUG=1 shows where. Correct the package, install another version of it, or uninstall it."
"""What to do where it may be either."""


@dataclass(frozen=True, slots=True)
class Installed:
    """Something that is installed. `package` is its distribution and version; "" for our own."""

    kind: Kind
    name: str
    point: EntryPoint
    package: str = ""

    def __str__(self) -> str:
        """Call it what errors do."""
        return f"{self.kind.word} {self.name!r} of {self.package or 'digestbot itself'}"


@cache
def installed(kind: Kind) -> tuple[Installed, ...]:
    """Return all of a kind, ours first, whether or not they can be used."""
    ours = [Installed(kind, name, EntryPoint(name, value, kind)) for name, value in _OURS.get(kind, {}).items()]
    theirs = (Installed(kind, point.name, point, _package(point)) for point in entry_points(group=kind))
    return (*ours, *sorted(theirs, key=lambda each: (each.name, each.package)))


def check_name(one: Installed, reserved: Container[str] = ()) -> None:
    """Raise ConfigurationError if the name of something cannot be one, is `reserved`, or is that of something else.

    What is ours keeps its name.
    """
    if not one.package:
        return
    tabled = one.kind in _TABLES
    pattern, rule = (_PROMPT_NAME, _PROMPT_NAME_RULE) if one.kind is Kind.PROMPT else (_NAME, _NAME_RULE)
    if not pattern.fullmatch(one.name):
        raise ConfigurationError(f"The {one} has a name that cannot be one: it has to be {rule}.", remedy=RENAME)
    if (
        one.name in (_RESERVED if tabled else _OUR_LANGUAGES if one.kind is Kind.LANGUAGE else ())
        or one.name in reserved
    ):
        raise ConfigurationError(f"The {one} has a name that digestbot uses for something else.", remedy=RENAME)
    for other in (other for kind in (_TABLES if tabled else (one.kind,)) for other in installed(kind)):
        # A package may well call its chat and its source the same: they are set in one table.
        if other.name == one.name and other != one and (other.kind is one.kind or other.package != one.package):
            remedy = "Uninstall one of them." if other.package else RENAME
            raise ConfigurationError(f"The {one} has the name of the {other}.", remedy=remedy)


def strays() -> Iterator[ConfigurationError]:
    """Yield what is wrong with entry points that are in a group of a name like ours, and in none of ours."""
    ours = frozenset(Kind)
    for group in sorted(entry_points().groups):
        if group.startswith("digestbot.") and group not in ours:
            for point in entry_points(group=group):
                message = f"The entry point {point.name!r} of {_package(point)} is in no group of digestbot: {group!r}."
                remedy = f"Put it into one of {', '.join(sorted(ours))}, or uninstall the package."
                yield ConfigurationError(message, remedy=remedy)


def names(kind: Kind) -> frozenset[str]:
    """Return the names of all of a kind, whether or not they can be used."""
    return frozenset(each.name for each in installed(kind))


def named(kind: Kind, name: str) -> Installed | None:
    """Return what has a name, or None. Raises ConfigurationError if the name is not its own."""
    one = next((each for each in installed(kind) if each.name == name), None)
    if one:
        check_name(one)
    return one


@contextmanager
def blamed(one: Installed) -> Iterator[None]:
    """Raise an error that names the package in place of whatever its code raises.

    It is a TemporaryError for one of that kind, else a ConfigurationError. What our own code raises on purpose names
    what is wrong by itself.
    """
    try:
        yield
    except DigestbotError as error:
        if not one.package:
            raise
        raise _named(one, error) from error
    except (Exception, SystemExit) as error:
        cause = _cause(error)
        if isinstance(cause, DigestbotError):
            raise _named(one, cause) from error
        problem = " ".join(visible(f"{type(cause).__name__}: {cause}").split())[:300].rstrip(".:")
        raise ConfigurationError(f"The {one} cannot be used: {problem}.", remedy=LOOK) from error


def _named(one: Installed, error: DigestbotError) -> DigestbotError:
    kind = TemporaryError if isinstance(error, TemporaryError) else ConfigurationError
    return kind(f"The {one} cannot be used: {error.message}", remedy=error.remedy)


def _cause(error: BaseException) -> BaseException:
    """Return what a group of exceptions is about: the first of ours that is in it, else the first of all."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    causes = [_cause(each) for each in error.exceptions]
    return next((each for each in causes if isinstance(each, DigestbotError)), causes[0])


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else "(unknown)"
