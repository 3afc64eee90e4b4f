"""Outward: what is counted.

Whatever tells two counts apart is one of a few words, and never the name of a repository, a channel or a person.
"""

from typing import Protocol

from bot.model import Usage
from bot.ports.chats import Call

OK = "ok"
"""The outcome of what went well; that of what did not is the name of the error's type."""
FALLBACK = "fallback"
"""The outcome of a digest that had to do without the model."""
FAULT = "fault"
"""The outcome of what failed in a way that nobody had thought of."""


class Meter(Protocol):
    """Counts what happens. No method fails, and none takes time."""

    def digest(self, outcome: str, seconds: float) -> None:
        """Count an attempt to build a digest, and how long it took."""
        ...

    def lag(self, seconds: float) -> None:
        """Count a subscription that was fulfilled so long after it was due."""
        ...

    def chat(self, platform: str, call: Call, outcome: str) -> None:
        """Count a call of a chat platform: a post, an edit and so on."""
        ...

    def model(self, outcome: str, usage: Usage) -> None:
        """Count a call of a language model, and what it took."""
        ...

    def answer(self, outcome: str, seconds: float) -> None:
        """Count an answer to a question, and how long it was waited for."""
        ...

    def given_up(self, kind: str) -> None:
        """Count something that is not tried again, by the type of its error."""
        ...

    def refused(self, kind: str) -> None:
        """Count something that whoever asked has to put right, by the type of its error."""
        ...


class NoMeter:
    """Counts nothing."""

    def digest(self, outcome: str, seconds: float) -> None:
        """Do nothing."""

    def lag(self, seconds: float) -> None:
        """Do nothing."""

    def chat(self, platform: str, call: Call, outcome: str) -> None:
        """Do nothing."""

    def model(self, outcome: str, usage: Usage) -> None:
        """Do nothing."""

    def answer(self, outcome: str, seconds: float) -> None:
        """Do nothing."""

    def given_up(self, kind: str) -> None:
        """Do nothing."""

    def refused(self, kind: str) -> None:
        """Do nothing."""


NO_METER = NoMeter()


def outcome_of(error: BaseException) -> str:
    """Return what an error is counted as: its type, as far as it is one of ours, else a fault."""
    ours = (kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "bot.errors")
    return next(ours, FAULT)
