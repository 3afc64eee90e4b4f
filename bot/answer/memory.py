"""What a conversation was about before. Pure."""

from collections.abc import Sequence

from bot.model import Exchange, Passage
from bot.ports import Speaker, Turn
from bot.tokens import estimate

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

    def turns(self, before: str, question: str, tokens: int) -> list[Turn]:
        """Return what was said and is asked now, with something that stands before all of it.

        Of what was said, the latest is told that fits into so many tokens.
        """
        turns: list[Turn] = []
        for exchange in reversed(self._exchanges):
            tokens -= estimate(exchange.question) + estimate(exchange.answer)
            if tokens < 0:
                break
            turns[:0] = (Turn(Speaker.PERSON, exchange.question), Turn(Speaker.MODEL, exchange.answer))
        first, *rest = [*turns, Turn(Speaker.PERSON, question)]
        return [Turn(Speaker.PERSON, f"{before}\n\nQuestion: {first.text}"), *rest]
