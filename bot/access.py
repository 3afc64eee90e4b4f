"""Who may ask for what. Pure: what it knows of the past is how often somebody asked within the last hour."""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from bot.errors import AccessDenied, RepositoryNotFound
from bot.model import Place
from bot.ports import Asker, FoundRepository
from bot.settings import ChannelSettings, Settings
from bot.talk.wording import quoted

_HOUR = timedelta(hours=1)
_REMEMBERED = 10_000
"""People whose requests are counted at a time."""


class Access:
    """The rules of the settings. What they do not allow raises AccessDenied, in a sentence for who asked."""

    def __init__(self, settings: Settings) -> None:
        self._rules = settings.access
        self._channels = settings.channels
        self._asked: OrderedDict[str, deque[datetime]] = OrderedDict()

    def check_asker(self, asker: Asker) -> None:
        """Refuse whoever may not ask at all, or not here."""
        if not _listed([_person(asker)], self._rules.users):
            raise AccessDenied("You may not ask this bot.", remedy=_OPERATOR)
        if asker.direct:
            if not self._rules.direct:
                raise AccessDenied("This bot does not answer direct messages.", remedy="Ask in a channel.")
        elif not _listed([asker.place.channel_key], self._rules.channels):
            raise AccessDenied("This bot may not be asked in this channel.", remedy=_OPERATOR)

    def check_subscriber(self, asker: Asker) -> None:
        """Refuse whoever may not make and change subscriptions."""
        if not _listed([_person(asker)], self._rules.subscribers):
            raise AccessDenied("You may not change what is subscribed to.", remedy=_OPERATOR)

    def check_repository(self, name: str, found: FoundRepository, place: Place) -> None:
        """Refuse a repository that is on no list, and one that is private unless the place's channel names it.

        Of a private one it is not said that it is there: it raises RepositoryNotFound, as for a name that nothing has.
        """
        names = [found.repository.name, found.repository.full_name]
        if found.private and not _among(names, self.of_channel(place)):
            message = f"There is no repository {quoted(name)} that can be shown here."
            raise RepositoryNotFound(message, remedy="Check the name.")
        if not _listed([name, *names], (*self._rules.repositories, *self._more(place))):
            raise AccessDenied(f"{quoted(name)} is not among the repositories of this bot.", remedy='See "repos".')

    def spend(self, asker: Asker, now: datetime) -> None:
        """Count a request, and refuse it if there were too many within the hour."""
        asked = self._asked.setdefault(_person(asker), deque())
        self._asked.move_to_end(_person(asker))
        while len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        while asked and asked[0] <= now - _HOUR:
            asked.popleft()
        if len(asked) >= self._rules.requests_per_hour:
            minutes = -((now - asked[0] - _HOUR) // timedelta(minutes=1))
            most = self._rules.requests_per_hour
            raise AccessDenied(f"You may ask {most} times an hour.", remedy=f"Ask again in {minutes} min.")
        asked.append(now)

    @property
    def repositories(self) -> tuple[str, ...]:
        """The patterns of what may be asked for everywhere; empty if that is everything."""
        return self._rules.repositories

    def of_channel(self, place: Place) -> tuple[str, ...]:
        """Return the patterns of what may be private, and is shown in a channel all the same."""
        return self._channels.get(replace(place, thread=None).channel_key, ChannelSettings()).repositories

    def _more(self, place: Place) -> tuple[str, ...]:
        """Return what a channel adds to a list of repositories, where there is one."""
        return self.of_channel(place) if self._rules.repositories else ()


_OPERATOR = "Ask whoever runs the bot."


def _person(asker: Asker) -> str:
    return replace(asker.place, channel=asker.user).channel_key


def _listed(names: Iterable[str], patterns: tuple[str, ...]) -> bool:
    return not patterns or _among(names, patterns)


def _among(names: Iterable[str], patterns: tuple[str, ...]) -> bool:
    lowered = [pattern.casefold() for pattern in patterns]
    return any(fnmatchcase(name.casefold(), pattern) for name in names for pattern in lowered)
