"""How fast one may ask: the buckets of routes, the global limit, and the ban after too many invalid requests."""

import hashlib
import math
import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.fakes.discord_answers import Refusal, banned, limited
from tests.fakes.discord_world import Clock

_MESSAGE = "/channels/{channel}/messages"
ROUTES: Mapping[str, tuple[int, float]] = {
    f"POST {_MESSAGE}": (5, 5),
    f"PATCH {_MESSAGE}/{{message}}": (5, 5),
    f"DELETE {_MESSAGE}/{{message}}": (5, 1),
    f"GET {_MESSAGE}": (5, 5),
    f"PUT {_MESSAGE}/pins/{{message}}": (5, 4),
    f"POST {_MESSAGE}/{{message}}/threads": (50, 300),
    "POST /channels/{channel}/threads": (50, 300),
    f"PUT {_MESSAGE}/{{message}}/reactions/{{emoji}}/@me": (1, 0.25),
    "POST /webhooks/{application}/{token}": (5, 2),
    "PATCH /webhooks/{application}/{token}/messages/{message}": (5, 2),
}
"""Requests and seconds, by method and path; Discord publishes none of them: these were seen in its headers."""
OTHERS = (50, 1.0)
GLOBAL = 50
INVALID = 10_000
_MAJOR = ("channel", "guild", "application", "token")


@dataclass(slots=True)
class _Bucket:
    limit: int
    reset: float
    used: int = 0


@dataclass(slots=True)
class Limits:
    """What was used. `speed` is how many times faster than Discord everything is forgiven; None forgives at once."""

    speed: float | None = 1
    clock: Clock = time.monotonic
    routes: dict[str, tuple[int, float]] = field(default_factory=lambda: dict(ROUTES))
    per_second: int = GLOBAL
    invalid: int = INVALID
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)
    _refused: deque[float] = field(default_factory=deque)

    def spend(self, method: str, template: str, part: Mapping[str, str]) -> Mapping[str, str]:
        """Count a request; return the headers that say what is left. Raises Refusal when it comes too early."""
        if self.speed is None:
            return {}
        now = self.clock()
        self._guard(now)
        if not template.startswith("/interactions/"):
            self._spend_global(now)
        limit, seconds = self.routes.get(f"{method} {template}", OTHERS)
        major = ":".join(part[name] for name in _MAJOR if name in part)
        bucket = self._buckets.get(f"{method} {template} {major}")
        if bucket is None or bucket.reset <= now:
            bucket = self._buckets[f"{method} {template} {major}"] = _Bucket(limit, now + seconds / self.speed)
        bucket.used += 1
        headers = self._headers(bucket, f"{method} {template}", now)
        if bucket.used > bucket.limit:
            raise Refusal(limited(bucket.reset - now).with_headers(headers))
        return headers

    def count(self, status: int) -> None:
        """Count an answer of 401, 403 or 429: after too many of them the address is banned."""
        if status in (401, 403, 429):
            self._refused.append(self.clock())

    def _guard(self, now: float) -> None:
        assert self.speed
        while self._refused and self._refused[0] <= now - 600 / self.speed:
            self._refused.popleft()
        if len(self._refused) >= self.invalid:
            raise Refusal(banned())

    def _spend_global(self, now: float) -> None:
        assert self.speed
        while self._recent and self._recent[0] <= now - 1 / self.speed:
            self._recent.popleft()
        if len(self._recent) >= self.per_second:
            raise Refusal(limited(self._recent[0] + 1 / self.speed - now, everywhere=True, scope="global"))
        self._recent.append(now)

    def _headers(self, bucket: _Bucket, route: str, now: float) -> Mapping[str, str]:
        after = max(0.0, bucket.reset - now)
        return {
            "x-ratelimit-limit": str(bucket.limit),
            "x-ratelimit-remaining": str(max(0, bucket.limit - bucket.used)),
            "x-ratelimit-reset": f"{time.time() + after:.3f}",
            "x-ratelimit-reset-after": f"{math.ceil(after * 1000) / 1000:.3f}",
            "x-ratelimit-bucket": hashlib.sha256(re.sub(r"[{}]", "", route).encode()).hexdigest()[:32],
        }
