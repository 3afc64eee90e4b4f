"""What is fuzzed: a named function that takes any input of a strategy, and raises where its statement does not hold."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

from hypothesis.strategies import SearchStrategy

_Input = TypeVar("_Input")

# One module a kind of input. Each registers its targets when it is imported.
_MODULES = ("talk", "git", "diffs", "model", "slack", "discord", "github", "rendering", "settings", "search", "long")


@dataclass(frozen=True)
class Target:
    """`inputs` are made of text, bytes, numbers, lists and dictionaries with text as keys: what a corpus can hold."""

    name: str
    inputs: SearchStrategy[Any]
    check: Callable[[Any], None]


_KNOWN: dict[str, Target] = {}


def target(inputs: SearchStrategy[_Input]) -> Callable[[Callable[[_Input], None]], Callable[[_Input], None]]:
    """Register a function as the target of its name."""

    def register(check: Callable[[_Input], None]) -> Callable[[_Input], None]:
        name = check.__name__.replace("_", "-")
        _KNOWN[name] = Target(name, inputs, check)
        return check

    return register


def targets() -> dict[str, Target]:
    """Return all targets by their names."""
    for module in _MODULES:
        import_module(f"tests.fuzz.targets.{module}")
    return dict(_KNOWN)
