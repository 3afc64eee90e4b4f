"""How many tokens a text has, about and rather too many: no tokenizer is at hand, and every model has another."""

import re
from string import ascii_letters, digits

_DROP_LETTERS = str.maketrans("", "", ascii_letters)
_DROP_SPACES = str.maketrans("", "", " \t")
_DROP_DIGITS = str.maketrans("", "", digits)

_LETTER, _SPACE, _DIGIT, _MARK, _OTHER = 30, 15, 60, 62, 125
"""Hundredths of a token that a character is mostly less than worth: measured on patches, prose and Chinese."""
_OPAQUE = re.compile(r"[A-Za-z0-9+/=]{40,}")
_OPAQUE_MORE = 45
"""What a character is worth beyond that in a run that has no words."""


def estimate(text: str) -> int:
    """Return how many tokens a text has, as a bound that holds for English, code and Chinese.

    The bounds of two lines add up to no less than that of both together.
    """
    ascii_text = text if text.isascii() else text.encode("ascii", "ignore").decode("ascii")
    rest = ascii_text.translate(_DROP_LETTERS)
    letters = len(ascii_text) - len(rest)
    marks = rest.translate(_DROP_SPACES)
    spaces = len(rest) - len(marks)
    bare = marks.translate(_DROP_DIGITS)
    hundredths = letters * _LETTER + spaces * _SPACE + (len(marks) - len(bare)) * _DIGIT + len(bare) * _MARK
    hundredths += sum(map(len, _OPAQUE.findall(ascii_text))) * _OPAQUE_MORE
    return -(-(hundredths + (len(text) - len(ascii_text)) * _OTHER) // 100)
