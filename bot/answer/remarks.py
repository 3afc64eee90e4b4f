"""The sentences of ours within an answer, in the language of the question. Pure."""

import re

from bot.answer.checking import Tells
from bot.answer.sentence import Sentence, remark
from bot.errors import AnswerTooLong, BudgetSpent, ConfigurationError, ModelUnavailable
from bot.present.blocks import Text
from bot.present.labels import Labels

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_OTHER = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")


def language_of(question: str) -> str:
    """Return the language, of those that there are words for, in which a question is answered."""
    return "zh" if _CHINESE.search(question) and not _OTHER.search(question) else "en"


class Remarks:
    """What is said to who asked a question."""

    def __init__(self, question: str) -> None:
        self._labels = Labels(language_of(question))

    def text(self, id: str, /, **values: str | int) -> str:
        """Return a sentence as text."""
        return self._labels.text(id, **values)

    def say(self, id: str, /, **values: str | int) -> Sentence:
        """Return a sentence of its own."""
        return remark((Text(self.text(id, **values)),))

    def silence(self, tells: Tells | None, *, more: bool) -> Sentence:
        """Return that what was read does not say, or (with `more`) nothing beyond the answer, and what would tell."""
        said = self.text("answer-silent-beyond" if more else "answer-silent")
        return remark((Text(self.text("two-sentences", first=said, second=self.text(f"tells-{tells or 'unknown'}"))),))

    def left_out(self, count: int) -> Sentence:
        """Return that sentences of the model were left out."""
        return self.say("answer-left-out", count=count)

    def ended(self, error: Exception) -> Sentence:
        """Return why an answer ends in the middle."""
        if isinstance(error, AnswerTooLong):
            return self.say("answer-cut")
        return self.say("answer-spent" if isinstance(error, BudgetSpent) else "answer-broken")

    def why(self, error: Exception) -> str:
        """Return the id of the sentence why a search has to answer."""
        if isinstance(error, BudgetSpent):
            return "answer-search-spent"
        if isinstance(error, ModelUnavailable | TimeoutError):
            return "answer-search-unavailable"
        return "answer-search-refused" if isinstance(error, ConfigurationError) else "answer-search-unusable"
