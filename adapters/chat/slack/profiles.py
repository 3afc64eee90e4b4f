"""How people read: the zone and the language of their profiles, asked for once a day."""

import logging
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.chat.slack.chat import SlackChat
from bot.errors import DigestbotError
from bot.ports import Clock

_LOG = logging.getLogger(__name__)

_FRESH = timedelta(days=1)
_AGAIN = timedelta(minutes=1)
"""When somebody is asked about again whose profile could not be had."""
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Profile:
    """A zone (an IANA name) and a language (an IETF tag), None if not known; and whether it is another bot's."""

    timezone: str | None = None
    language: str | None = None
    is_bot: bool = False


class Profiles:
    """Knows the profiles of people."""

    def __init__(self, chat: SlackChat, clock: Clock) -> None:
        self._chat = chat
        self._clock = clock
        self._known: OrderedDict[str, tuple[Profile, datetime]] = OrderedDict()

    def known(self, user: str) -> Profile:
        """Return what is known without asking."""
        return self._known[user][0] if user in self._known else Profile()

    async def of(self, user: str) -> Profile:
        """Return somebody's profile; what Slack does not tell is not known."""
        known, until = self._known.get(user, (Profile(), datetime.min.replace(tzinfo=self._clock.now().tzinfo)))
        if self._clock.now() < until:
            return known
        try:
            told, lasting = await self._ask(user), _FRESH
        except DigestbotError as error:
            _LOG.warning("The profile of who asks is not known: %s", error)
            told, lasting = known, _AGAIN
        self._known[user] = told, self._clock.now() + lasting
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return told

    async def _ask(self, user: str) -> Profile:
        answer = await self._chat.call(self._chat.client.users_info, user=user, include_locale=True)
        told = answer.get("user") or {}
        return Profile(told.get("tz") or None, told.get("locale") or None, bool(told.get("is_bot")))
