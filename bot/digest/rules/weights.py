"""The fitted weights, and what they make of a change's signals."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import exp


@cache
def _weights(model: str) -> tuple[float, Mapping[str, float]]:
    text = files("bot.digest.rules").joinpath("weights.json").read_text(encoding="utf-8")
    fitted: Mapping[str, float] = json.loads(text)[model]
    return fitted["intercept"], fitted


def chance_of_notable(signals: Mapping[str, float]) -> float:
    """Return how likely a project's maintainers would list a change with these signals in their changelog."""
    return _chance("notable", signals)


def chance_of_high(signals: Mapping[str, float]) -> float:
    """Return how likely a listed change would be listed as breaking, security, feature or highlight."""
    return _chance("high", signals)


def _chance(model: str, signals: Mapping[str, float]) -> float:
    intercept, weights = _weights(model)
    total = intercept + sum(weights[name] * value for name, value in signals.items())
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))
