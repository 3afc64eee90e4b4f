"""What the words of a subject say, in the many ways in which people say it."""

import re
from dataclasses import dataclass
from functools import cached_property

from bot.digest.rules.vocabulary import OPENINGS, THEMES, VERBS

_MOST = 400
"""Characters of a subject that are read for words; longer ones are paragraphs without a subject."""

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_FILLERS = frozenset({"a", "an", "the", "also", "now", "more", "some", "further", "small", "minor", "please"})
_QUIETLY = re.compile(r"(?:small|minor|tiny|trivial|more|further|some|misc|follow[- ]?up)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """The words of a subject, as far as they are read."""

    text: str

    @cached_property
    def verb(self) -> str:
        """The group of the leading verb in the vocabulary, or an empty string."""
        for word in _WORD.findall(self.text[:80])[:3]:
            group = VERBS.get(word.lower())
            if group:
                return group
            if word.lower() not in _FILLERS and not word.endswith("ly"):
                return ""
        return next((group for opening, group in OPENINGS.items() if self.text.startswith(opening)), "")

    @cached_property
    def themes(self) -> frozenset[str]:
        """What the subject mentions."""
        return frozenset(name for name, theme in THEMES.items() if theme.search(self.text))

    @cached_property
    def quiet(self) -> bool:
        """Whether the subject plays the change down."""
        return _QUIETLY.match(self.text) is not None

    def mention(self, *themes: str) -> bool:
        """Return whether the subject mentions any of these themes."""
        return not self.themes.isdisjoint(themes)


def read_words(headline: str) -> Words:
    """Read a subject's words."""
    return Words(headline[:_MOST].replace("_", " "))
