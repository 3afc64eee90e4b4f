"""What was heard already: Slack tells of one message in two events, and of an event until it is acknowledged."""

from collections import OrderedDict
from collections.abc import Hashable

_REMEMBERED = 10_000


class Seen:
    """Remembers the newest things that were heard."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._known: OrderedDict[Hashable, None] = OrderedDict()
        self._most = most

    def is_new(self, *keys: Hashable) -> bool:
        """Return whether none of these names of one thing was heard before, and remember all of them."""
        new = self._known.keys().isdisjoint(keys)
        for key in keys:
            self._known[key] = None
            self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return new
