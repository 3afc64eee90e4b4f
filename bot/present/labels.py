"""The fixed words, per language. Every sentence of ours is written in `locales/<language>.ftl` and nowhere else.

A language is one Fluent file (https://projectfluent.org) with the messages of all the others: ours, or one of another
package (docs/extend.md). Plurals and numbers follow CLDR, through fluent.runtime and babel.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval, format_timedelta
from babel.numbers import format_decimal
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentSerializer
from fluent.syntax.ast import EntryType, GroupComment, Junk, Message, Resource

from bot import plugins
from bot.errors import ConfigurationError, RequestError
from bot.model import ChangeType, Phrase, Severity, Tier, Window
from bot.plugins import Kind
from bot.present.blocks import Span, Spans, Text
from bot.present.characters import visible

_LOCALES = files("bot.present").joinpath("locales")
_COMPLETE = "en"

# Stand-ins for text values while Fluent formats a message. Fluent refuses a value of more than 2,500 characters, and
# a template whose only varying values are numbers can be kept. No message of ours holds a private use character.
_FIRST_STAND_IN = 0xE000
_STAND_IN = re.compile("([\ue000-\ue0ff])")

# Day windows repeat the same few templates and reasons thousands of times.
_KEPT = 8192


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that there are words for, sorted."""
    ours = {entry.name.removesuffix(".ftl") for entry in _LOCALES.iterdir() if entry.name.endswith(".ftl")}
    return tuple(sorted(ours | plugins.names(Kind.LANGUAGE)))


def missing(language: str) -> tuple[str, ...]:
    """Return the messages that a language of another package lacks, which are shown in English.

    Raises ConfigurationError if its file is not there, or holds what is no message.
    """
    has = _messages(resource(language))
    return tuple(sorted(_messages(resource(_COMPLETE)) - has))


def untranslated(language: str) -> str:
    """Return the messages that a language of another package lacks, in English, to be translated in its file.

    Raises what `missing` raises.
    """
    lacks = frozenset(missing(language))
    body: list[EntryType] = []
    group: GroupComment | None = None
    for entry in resource(_COMPLETE).body:
        if isinstance(entry, GroupComment):
            group = entry
        elif isinstance(entry, Message) and entry.id.name in lacks:
            body += [entry] if group is None else [group, entry]
            group = None
    text: str = FluentSerializer().serialize(Resource(body))
    return text


class MissingWords(LookupError):
    """A message that the language's file does not have, or that lacks one of its values: a mistake of ours."""


class Labels:
    """The words, dates and numbers of one language.

    Raises RequestError for a language that there are no words for. Every method that takes the id of a message raises
    MissingWords rather than show a gap to people.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._bundle = _bundle(language)
        self._template = lru_cache(_KEPT)(self._format)
        self.phrase = lru_cache(_KEPT)(self._phrase)
        self.number = lru_cache(_KEPT)(self._number)
        self._locale = Locale.parse(self.text("locale"))

    def text(self, id: str, /, **values: str | int) -> str:
        """Return the message with its values: numbers are formatted, text is inserted as it is."""
        template, inserted = self._filled(id, values)
        return _STAND_IN.sub(lambda found: str(inserted[ord(found[0]) - _FIRST_STAND_IN]), template)

    def spans(self, id: str, /, **values: int | str | Spans) -> Spans:
        """Return the message as spans, with the values that are spans of their own in their places."""
        template, inserted = self._filled(id, values)
        spans: list[Span] = []
        for piece in _STAND_IN.split(template):
            if not _STAND_IN.fullmatch(piece):
                spans.extend((Text(piece),) if piece else ())
                continue
            value = inserted[ord(piece) - _FIRST_STAND_IN]
            spans.extend((Text(value),) if isinstance(value, str) else value)
        return tuple(spans)

    def _phrase(self, phrase: Phrase) -> str:
        """Return a phrase in words. Names from the code stand between backticks where the message puts them there."""
        return self.text(phrase.id, **dict(phrase.values))

    def reason(self, reason: Phrase | str) -> str:
        """Return a reason in words: a model's as they are, those of the rules in the language of these labels."""
        return reason if isinstance(reason, str) else self.phrase(reason)

    def _number(self, value: int) -> str:
        """Return a whole number with the language's grouping."""
        return str(format_decimal(value, locale=self._locale))

    def tier(self, tier: Tier) -> str:
        """Return the name of a tier."""
        return self.text(f"tier-{tier}")

    def change_type(self, change_type: ChangeType) -> str:
        """Return the name of a type of change."""
        return self.text(f"type-{change_type}")

    def severity(self, severity: Severity) -> str:
        """Return the name of a risk's severity."""
        return self.text(f"severity-{severity}")

    def aspect(self, aspect: str) -> str:
        """Return the name of an aspect of insight; an aspect without a name of ours is its own name."""
        return self.text(f"aspect-{aspect}") if self._bundle.has_message(f"aspect-{aspect}") else aspect

    def day(self, day: date) -> str:
        """Return a day with its weekday and year."""
        return format_date(day, self.text("pattern-day"), self._locale)

    def weekday(self, number: int) -> str:
        """Return the name of a day of the week, of which the number 0 is Monday."""
        return format_date(date(2001, 1, 1 + number), "EEEE", self._locale)  # 2001 began on a Monday

    def days(self, first: date, last: date) -> str:
        """Return a range of days, both of which belong to it."""
        # CLDR puts thin spaces around the dash, which many a chat font shows as gaps of a full space or not at all.
        return format_interval(first, last, self.text("pattern-days"), locale=self._locale).replace("\u2009", " ")

    def moment(self, local: datetime) -> str:
        """Return the day of the month and the time of a moment, in the zone that it is in."""
        return format_datetime(local.replace(tzinfo=None), self.text("pattern-moment"), locale=self._locale)

    def time(self, local: datetime) -> str:
        """Return the time of day of a moment, in the zone that it is in."""
        return format_datetime(local.replace(tzinfo=None), self.text("pattern-time"), locale=self._locale)

    def duration(self, span: timedelta) -> str:
        """Return how long something takes, in the largest unit that it is at least about one of."""
        return format_timedelta(span, locale=self._locale)

    def period(self, window: Window) -> str:
        """Return what a window is called: its day or days in its zone, its two moments, or the ref that it is since.

        A window that came from a ref is told by its label, "since <ref>".
        """
        start, end = (moment.astimezone(window.zone) for moment in (window.start, window.end))
        last = end.date() - timedelta(days=1)
        if window.label.startswith("since "):
            days = self.days(start.date(), end.date())
            return self.text("period-since", ref=window.label.removeprefix("since "), days=days)
        if not (_begins_a_day(window, window.start) and _begins_a_day(window, window.end)):
            return self.text("period-between", start=self._dated(start), end=self._dated(end))
        return self.day(last) if start.date() == last else self.days(start.date(), last)

    def _dated(self, local: datetime) -> str:
        return format_datetime(local.replace(tzinfo=None), self.text("pattern-dated-moment"), locale=self._locale)

    def _filled(self, id: str, values: Mapping[str, int | str | Spans]) -> tuple[str, list[str | Spans]]:
        """Return the message with a stand-in for every value that is not a number, and these values."""
        arguments: list[tuple[str, int | str]] = []
        inserted: list[str | Spans] = []
        for name, value in values.items():
            if isinstance(value, int):
                arguments.append((name, value))
            else:
                arguments.append((name, chr(_FIRST_STAND_IN + len(inserted))))
                inserted.append(value)
        return self._template(id, tuple(arguments)), inserted

    def _format(self, id: str, arguments: tuple[tuple[str, int | str], ...]) -> str:
        if not self._bundle.has_message(id):
            raise MissingWords(f"there is no message {id!r} in {self.language!r}")
        pattern = self._bundle.get_message(id).value
        if pattern is None:
            raise MissingWords(f"the message {id!r} has no text in {self.language!r}")
        formatted, errors = self._bundle.format_pattern(pattern, dict(arguments))
        if errors:
            raise MissingWords(f"the message {id!r} in {self.language!r}: {errors[0]}")
        return str(formatted)


def _begins_a_day(window: Window, moment: datetime) -> bool:
    """Tell whether a moment is a midnight of the window's zone, or the first moment of a day that has none."""
    midnight = datetime.combine(moment.astimezone(window.zone), datetime.min.time(), window.zone)
    return midnight.timestamp() == moment.timestamp()


@cache
def _bundle(language: str) -> FluentBundle:
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(resource(language))
    # What a language of another package lacks, since it is older than the message, is said in English.
    bundle.add_resource(resource(_COMPLETE))
    return bundle


@cache
def resource(language: str) -> Resource:
    """Return the file of a language.

    Raises RequestError for a language that there are no words for, and ConfigurationError if the file of another
    package cannot be used.
    """
    if (ours := _LOCALES.joinpath(f"{language}.ftl")).is_file():
        return FluentResource(ours.read_text(encoding="utf-8"))
    one = plugins.named(Kind.LANGUAGE, language)
    if not one:
        known = ", ".join(languages())
        raise RequestError(f"There are no words in the language {language!r}.", remedy=f"Languages: {known}.")
    with plugins.blamed(one):
        text = files(one.point.module).joinpath(f"{language}.ftl").read_text(encoding="utf-8")
    theirs: Resource = FluentResource(text)
    if junk := [entry for entry in theirs.body if isinstance(entry, Junk)]:
        problem = visible((junk[0].content or "").strip().partition("\n")[0])
        raise ConfigurationError(f"The {one} has what is no message: {problem}", remedy="Correct its file.")
    return theirs


def _messages(resource: Resource) -> frozenset[str]:
    return frozenset(entry.id.name for entry in resource.body if isinstance(entry, Message))
