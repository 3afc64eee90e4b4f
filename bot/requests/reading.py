"""How somebody who asks reads: the channel's zone and language, else their own, else those of the settings."""

import logging
from dataclasses import dataclass, replace

from bot.errors import DigestbotError
from bot.model import EVERYBODY, Audience, Place
from bot.ports import Asker, Preference, Preferences
from bot.present.labels import Labels, languages
from bot.settings import ChannelSettings, Settings
from bot.talk.zones import find_zone

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, with what holds for the answer. `channel` is where digests go: the place without its thread."""

    asker: Asker
    channel: Place
    timezone: str
    labels: Labels
    audience: Audience


class Readers:
    """Knows how people and channels read. What the file says of a channel holds over what was said in it."""

    def __init__(self, kept: Preferences, settings: Settings) -> None:
        self._kept = kept
        self._settings = settings

    def at_once(self, asker: Asker) -> Reader:
        """Return what is known without looking anything up."""
        return self._reader(asker, Preference(), Preference())

    async def of(self, asker: Asker) -> Reader:
        """Return all that is known, and keep what the platform says of the person for when it does not say it.

        While nothing can be looked up, the rest holds.
        """
        told = Preference(asker.timezone, asker.language)
        try:
            channel = await self._kept.get(_channel(asker.place).channel_key)
            own = await self._kept.get(_person(asker))
            known = Preference(told.timezone or own.timezone, told.language or own.language)
            if known != own:
                await self._kept.keep(_person(asker), known)
        except DigestbotError as error:
            _LOG.warning("What is kept of an asker is not known: %s", error)
            return self.at_once(asker)
        return self._reader(asker, channel, known)

    async def prefer(self, place: Place, timezone: str | None, language: str | None) -> Preference:
        """Let a channel read like this; what is None stays. Raises RequestError, StoreUnavailable and StoreError."""
        if language is not None:
            Labels(language)
        key = _channel(place).channel_key
        old = await self._kept.get(key)
        new = Preference(timezone or old.timezone, language or old.language)
        await self._kept.keep(key, new)
        return new

    def _reader(self, asker: Asker, channel: Preference, own: Preference) -> Reader:
        place = _channel(asker.place)
        written = self._settings.channels.get(place.channel_key, ChannelSettings())
        zones = (written.timezone, channel.timezone, _zone(asker.timezone or own.timezone))
        tongues = (written.language, channel.language, _language(asker.language or own.language))
        language = next(filter(None, tongues), self._settings.language)
        zone = next(filter(None, zones), self._settings.timezone)
        return Reader(asker, place, zone, Labels(language), written.audience(EVERYBODY))


def _channel(place: Place) -> Place:
    return replace(place, thread=None)


def _person(asker: Asker) -> str:
    return f"{replace(asker.place, channel='').channel_key}@{asker.user}"


def _zone(told: str | None) -> str | None:
    """Return a zone that a platform told, if there is one of that name."""
    try:
        return find_zone(told).key if told else None
    except DigestbotError:
        return None


def _language(told: str | None) -> str | None:
    """Return the language of a tag such as zh-CN, if there are words in it."""
    primary = (told or "").replace("_", "-").partition("-")[0].lower()
    return primary if primary in languages() else None
