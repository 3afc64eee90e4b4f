"""How fast a client may ask: Slack's rate tiers, and the time that they, retries and expiries are measured in."""

import asyncio
import math
import time
from collections import deque
from dataclasses import dataclass, field

from tests.fakes.slack_answers import Answer, rate_limited

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute, of one method."""

POSTS = "posts"
"""The tier of chat.postMessage: one message a second in each channel, after a short burst."""


class Time:
    """Slack's seconds. With a scale of 100, a minute of Slack passes in 0.6 s of the clock on the wall."""

    def __init__(self, scale: float = 1.0) -> None:
        """Take how many of its seconds pass in one."""
        self.scale = scale
        self._skipped = 0.0

    def now(self) -> float:
        """Return the seconds since some moment."""
        return time.monotonic() * self.scale + self._skipped

    def skip(self, seconds: float) -> None:
        """Let time pass at once, for whatever compares with it; nobody who sleeps wakes up."""
        self._skipped += seconds

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds / self.scale)


@dataclass(slots=True)
class Limits:
    """The quotas. All may be changed; `enforced` switches them off as a whole."""

    time: Time
    enforced: bool = True
    tiers: dict[int, int] = field(default_factory=lambda: dict(TIERS))
    posts_a_second: float = 1.0
    burst: int = 3
    _calls: dict[str, deque[float]] = field(default_factory=dict)
    _posts: dict[str, tuple[float, float]] = field(default_factory=dict)

    def spend(self, method: str, tier: int | str | None, channel: str) -> Answer | None:
        """Count a call; return what is said instead if it comes too fast."""
        if not self.enforced or tier is None:
            return None
        wait = self._post(channel) if isinstance(tier, str) else self._call(method, self.tiers[tier])
        return rate_limited(max(1, math.ceil(wait))) if wait > 0 else None

    def _call(self, method: str, a_minute: int) -> float:
        now = self.time.now()
        calls = self._calls.setdefault(method, deque())
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= a_minute:
            return (calls[0] if calls else now) + 60 - now
        calls.append(now)
        return 0.0

    def _post(self, channel: str) -> float:
        now = self.time.now()
        tokens, since = self._posts.get(channel, (float(self.burst), now))
        tokens = min(float(self.burst), tokens + (now - since) * self.posts_a_second)
        allowed = tokens >= 1
        self._posts[channel] = (tokens - allowed, now)
        return 0.0 if allowed else (1 - tokens) / self.posts_a_second
