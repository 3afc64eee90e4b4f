"""Counts what happens, as Prometheus reads it.

The sets of labels are small and known: outcomes, kinds, platforms. A label for each repository, channel or person would
be a series for each, and would tell their names to whoever may read the port.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.errors import DigestbotError
from bot.model import Usage
from bot.ports import Call

CONTENT_TYPE = CONTENT_TYPE_LATEST
Depths = Callable[[], Awaitable[Mapping[tuple[str, str], int]]]
"""Returns how much work there is, by its queue and its state."""

_PATIENCE = 2.0
_MINUTES = (1, 5, 15, 30, 60, 120, 300, 600, 1200, 3600)
_HOURS = (10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600)
_MOMENTS = (0.5, 1, 2, 5, 10, 20, 40, 60, 120, 300)


class PrometheusMeter:
    """Counts, in a registry of its own. See `bot.ports.Meter`."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._digests = Histogram(
            "digestbot_digest_seconds",
            "Attempts to build a digest, by their outcome, and how long they took",
            ["outcome"],
            buckets=_MINUTES,
            registry=registry,
        )
        self._lags = Histogram(
            "digestbot_lag_seconds",
            "Seconds from when a subscription was due to when its digest was posted",
            buckets=_HOURS,
            registry=registry,
        )
        self._chats = Counter(
            "digestbot_chat_calls", "Posts, edits and so on", ["platform", "call", "outcome"], registry=registry
        )
        self._calls = Counter("digestbot_model_calls", "Calls of the language model", ["outcome"], registry=registry)
        self._tokens = Counter(
            "digestbot_model_tokens",
            "Tokens that the language model took: read, of these read before, and written",
            ["kind"],
            registry=registry,
        )
        self._dollars = Counter(
            "digestbot_model_dollars", "US dollars that the language model took, as far as known", registry=registry
        )
        self._answers = Histogram(
            "digestbot_answer_seconds",
            "Answers to questions, by their outcome, and how long they were waited for",
            ["outcome"],
            buckets=_MOMENTS,
            registry=registry,
        )
        self._given_up = Counter(
            "digestbot_given_up", "What is not tried again, by the kind of its error", ["kind"], registry=registry
        )
        self._refused = Counter(
            "digestbot_refused",
            "What whoever asked has to put right, by the kind of its error",
            ["kind"],
            registry=registry,
        )
        self._depth = Gauge(
            "digestbot_work", "Work that is not finished, of all processes", ["queue", "state"], registry=registry
        )

    def digest(self, outcome: str, seconds: float) -> None:
        """Count an attempt to build a digest."""
        self._digests.labels(outcome).observe(seconds)

    def lag(self, seconds: float) -> None:
        """Count a subscription that was fulfilled."""
        self._lags.observe(max(0.0, seconds))

    def chat(self, platform: str, call: Call, outcome: str) -> None:
        """Count a call of a chat platform."""
        self._chats.labels(platform, call.value, outcome).inc()

    def model(self, outcome: str, usage: Usage) -> None:
        """Count a call of a language model."""
        self._calls.labels(outcome).inc()
        counts = {"input": usage.input_tokens, "cached": usage.cached_tokens, "output": usage.output_tokens}
        for kind, tokens in counts.items():
            self._tokens.labels(kind).inc(tokens)
        self._dollars.inc(usage.cost or 0.0)

    def answer(self, outcome: str, seconds: float) -> None:
        """Count an answer."""
        self._answers.labels(outcome).observe(seconds)

    def given_up(self, kind: str) -> None:
        """Count something that is not tried again."""
        self._given_up.labels(kind).inc()

    def refused(self, kind: str) -> None:
        """Count something that whoever asked has to put right."""
        self._refused.labels(kind).inc()

    async def page(self, depths: Depths) -> bytes:
        """Return all counts as text, with the work that there is now where that can be told."""
        self._depth.clear()
        try:
            async with asyncio.timeout(_PATIENCE):
                for labels, number in (await depths()).items():
                    self._depth.labels(*labels).set(number)
        except (DigestbotError, TimeoutError):
            pass  # it is absent then, and not 0: /healthz tells why
        return generate_latest(self._registry)
