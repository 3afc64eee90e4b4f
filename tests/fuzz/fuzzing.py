"""Fuzzes one target for a time: in rounds of examples, each round from another seed, until one does not hold."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from tests.fuzz.target import Target

LONGEST = 5.0
"""Seconds of the processor that one input may take: no input that a stranger can send may hold up the others."""


class TooSlow(Exception):
    """An input took longer than `LONGEST`."""


@dataclass(frozen=True)
class Finding:
    """The smallest input that was found for a fault."""

    value: Any
    error: Exception


@dataclass(frozen=True)
class Outcome:
    """What came of fuzzing: how many examples in how many seconds, the slowest of them, and the first finding."""

    examples: int
    seconds: float
    slowest: float
    finding: Finding | None


def fuzz(
    target: Target,
    seconds: float,
    *,
    first_seed: int,
    examples_a_round: int = 100,
    longest: float = LONGEST,
    clock: Callable[[], float] = time.monotonic,
) -> Outcome:
    """Fuzz a target for a time, and for one round at least, or until there is a finding.

    Equal seeds give equal examples.
    """
    begun = clock()
    examples, slowest, last = 0, 0.0, None

    def check(value: Any) -> None:  # noqa: ANN401 - an input is any value
        nonlocal examples, slowest, last
        last = value
        examples += 1
        slowest = max(slowest, checked(target, value, longest))

    round_number = 0
    while True:
        try:
            _round(target, check, first_seed + round_number, examples_a_round)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            # Hypothesis runs the smallest example last, and raises what that one raises.
            return Outcome(examples, clock() - begun, slowest, Finding(last, error))
        if clock() - begun >= seconds:
            return Outcome(examples, clock() - begun, slowest, None)
        round_number += 1


def checked(target: Target, value: object, longest: float = LONGEST) -> float:
    """Return how many seconds of the processor an input took. Raises what the target raises, and TooSlow."""
    begun = time.process_time()
    target.check(value)
    took = time.process_time() - begun
    if took > longest:
        raise TooSlow(f"{took:.1f} s of the processor for one input")
    return took


def _round(target: Target, check: Callable[[Any], None], number: int, examples: int) -> None:
    run = settings(
        max_examples=examples,
        database=None,  # the corpus is what is kept
        deadline=None,
        phases=(Phase.generate, Phase.target, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
    )
    run(seed(number)(given(target.inputs)(check)))()
