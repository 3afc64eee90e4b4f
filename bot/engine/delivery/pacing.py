"""How often a chat platform may be called: what its traits declare, kept by all deliveries of a process together.

aiolimiter goes by the time of the event loop, which no test can set, and its bucket lets nearly twice the rate through
around a minute. Here no 60 seconds see more calls than are declared.
"""

from collections import defaultdict, deque
from datetime import datetime, timedelta

from bot.model import Place
from bot.ports import Call, ChatTraits, Clock

_MINUTE = timedelta(seconds=60)
_POSTS = {Call.POST, Call.ATTACH}
_SHARE = 2
"""What can be left undone takes no more than one in so many of the calls."""


class Pacer:
    """Gives out the moments at which calls may be made, in the order in which they are asked for."""

    def __init__(self, traits: ChatTraits, clock: Clock) -> None:
        self._traits = traits
        self._clock = clock
        self._interval = timedelta(seconds=traits.post_interval)
        self._made: defaultdict[tuple[str, Call], deque[datetime]] = defaultdict(deque)
        self._posted: dict[str, datetime] = {}

    def reserve(self, call: Call, place: Place) -> float:
        """Return in how many seconds a call may be made, which counts as made then."""
        now = moment = self._clock.now()
        if call in _POSTS and place.channel_key in self._posted:
            moment = max(moment, self._posted[place.channel_key] + self._interval)
        if most := self._traits.calls.get(call):
            made = self._recent(call, place)
            if made:
                # The moments of a kind are kept in order, so that one of them tells when there is room again.
                moment = max(moment, made[-1])
            if len(made) >= most:
                moment = max(moment, made[-most] + _MINUTE)
            made.append(moment)
        if call in _POSTS:
            self._posted[place.channel_key] = moment
        return (moment - now).total_seconds()

    def spare(self, call: Call, place: Place) -> bool:
        """Tell whether a call that can be left undone may be made at once without being in anybody's way."""
        most = self._traits.calls.get(call)
        return most is None or len(self._recent(call, place)) < max(1, most // _SHARE)

    def pause(self, call: Call, place: Place) -> float:
        """Return how many seconds to leave after a call that can be left undone.

        The more of them there were in the last minute, the longer: so they come quickly at first and slow down, instead
        of using up what is allowed and standing still for the rest of the minute.
        """
        least = self._traits.edit_interval if call is Call.EDIT else 0.0
        most = self._traits.calls.get(call)
        if most is None:
            return least
        allowed = max(1, most // _SHARE)
        # Growing by this much with each call, the waits before the last that is allowed come to a minute.
        return max(least, len(self._recent(call, place)) * 2 * _MINUTE.total_seconds() / allowed**2)

    def _recent(self, call: Call, place: Place) -> deque[datetime]:
        """Return the moments that calls of a kind were made at within the last minute, or will be."""
        made = self._made[place.workspace, call]
        while made and made[0] + _MINUTE <= self._clock.now():
            made.popleft()
        return made
