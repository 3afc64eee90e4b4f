"""The fitted weights, and what they make of a change's signals."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

_STEEPEST = 30.0


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: how likely something is, given the signals of a change."""

    intercept: float
    weights: Mapping[str, float]

    def chance(self, signals: Mapping[str, float]) -> float:
        """Return the chance, from 0 to 1; a signal without a weight says nothing."""
        total = self.intercept + sum(self.weights.get(name, 0.0) * value for name, value in signals.items())
        return 1 / (1 + exp(-max(-_STEEPEST, min(_STEEPEST, total))))


@dataclass(frozen=True, slots=True)
class Models:
    """What is asked of each change: is it `notable`, as a changelog's maintainers see it, and if so, is it `high`."""

    notable: Model
    high: Model


@cache
def fitted() -> Models:
    """Return the models that are shipped."""
    data = json.loads(files("bot.digest.rules").joinpath("weights.json").read_text(encoding="utf-8"))
    return Models(**{name: Model(model["intercept"], model["weights"]) for name, model in data.items()})
