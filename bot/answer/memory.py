"""What a conversation was about before. Pure."""

from collections.abc import Sequence

from bot.model import Exchange, Passage
from bot.ports import Speaker, Turn

MOST_EXCHANGES = 12
"""So many are kept of a conversation, the newest."""
_MOST_PASSAGES = 24


class Memory:
    """The exchanges of a conversation, the oldest first."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = exchanges

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What was cited, the latest first."""
        every = (passage for exchange in reversed(self._exchanges) for passage in exchange.passages)
        return tuple(dict.fromkeys(every))[:_MOST_PASSAGES]

    def turns(self, before: str, question: str) -> list[Turn]:
        """Return what was said and is asked now, with something that stands before all of it."""
        turns: list[Turn] = []
        for exchange in self._exchanges:
            turns.append(Turn(Speaker.PERSON, exchange.question))
            turns.append(Turn(Speaker.MODEL, exchange.answer))
        first, *rest = [*turns, Turn(Speaker.PERSON, question)]
        return [Turn(Speaker.PERSON, f"{before}\n\nQuestion: {first.text}"), *rest]
