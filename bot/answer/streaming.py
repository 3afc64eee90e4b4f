"""Cuts text that comes in pieces into sentences, each as soon as nothing more can belong to it. Pure.

What cites stands in a sentence or directly after it, so a sentence without a citation is over only when something else
follows. A line without a full stop is a sentence if it ends with a citation, as items of a list do; else, and if it has
no end within a few thousand characters, it is told as one that is not whole. Thoughts, blocks of code, headings and
introductions of lists are left out.
"""

import re
from dataclasses import dataclass

from bot.digest.analyst.characters import readable
from bot.digest.analyst.sentences import Openings, closed, ends

_LONGEST = 2_000
_LONGEST_CITATION = 400
_LEAD = re.compile(r"(?:#{1,6}\s+|[-*+•>]\s+|\d{1,2}[.)]\s+)+")
_LEAD_BEGUN = re.compile(r"(?:#{1,6}|[-*+•>]|\d{1,2}[.)]?)?$")
_FENCE = ("```", "~~~")
_THOUGHT, _THOUGHT_END = "<think>", "</think>"
_CITED = re.compile(r"\][*_]{0,3}[.!?。！？]?[*_]{0,3}$")
_CITED_AND_ENDED = re.compile(r"\][.!?。！？]")
_FOLLOWING = re.compile(rf"\s*\[[^\[\]]{{0,{_LONGEST_CITATION - 2}}}\](?!\()[.。]?")


@dataclass(frozen=True, slots=True)
class Raw:
    """A sentence as a model wrote it, without what begins an item of a list; or, not `whole`, a line without an end."""

    text: str
    begins: bool
    item: bool
    whole: bool = True


class Sentences:
    """Takes pieces of text, and gives sentences."""

    def __init__(self) -> None:
        self._pending = ""
        self._at_line = True
        self._begins = True
        self._item = False
        self._heading = False
        self._in_code = False
        self._too_long = False
        self._thinking: bool | None = None

    def take(self, piece: str) -> list[Raw]:
        """Return the sentences that are whole by now."""
        found: list[Raw] = []
        # What a server sends at once may be far longer than a sentence: each costs a look at all that is pending.
        for at in range(0, len(piece), _LONGEST):
            self._pending += piece[at : at + _LONGEST]
            found += self._cut(over=False)
        return found

    def end(self) -> list[Raw]:
        """Return what the end of the text makes whole."""
        return self._cut(over=True)

    def _cut(self, *, over: bool) -> list[Raw]:
        if self._thinks(over=over):
            return []
        found: list[Raw] = []
        while (raw := self._next(over=over)) is not None:
            if raw.text:
                found.append(raw)
        return found

    def _thinks(self, *, over: bool) -> bool:
        """Tell whether what is pending is, or may be, a thought that comes before the answer."""
        if self._thinking is None:
            begun = self._pending.lstrip()
            if not over and len(begun) < len(_THOUGHT) and _THOUGHT.startswith(begun):
                return True
            self._thinking = begun.startswith(_THOUGHT)
        if self._thinking:
            _, ended, rest = self._pending.partition(_THOUGHT_END)
            # The end may come in two pieces.
            self._pending = rest if ended else self._pending[-len(_THOUGHT_END) :]
            self._thinking = not ended
        return self._thinking

    def _next(self, *, over: bool) -> Raw | None:
        """Return the next sentence, one without text for what is left out, or None as long as there is none."""
        line, ended, rest = self._pending.partition("\n")
        whole = bool(ended) or over
        if self._at_line and not self._begin_line(line, whole=whole):
            return None
        line, ended, rest = self._pending.partition("\n")
        if not self._in_code and not self._too_long:
            # No further than a sentence may reach, so that it does not matter in which pieces a text comes.
            end = _end_of_sentence(line[:_LONGEST], whole=whole and len(line) <= _LONGEST)
            if end:
                self._pending = self._pending[end:]
                return self._raw(line[:end])
            if len(line) > _LONGEST:
                self._too_long = True
                return self._raw(line[:_LONGEST], whole=False)
        if whole:
            return self._end_line(line, rest, over=over and not ended)
        if self._too_long or self._in_code:
            self._pending = ""
        return None

    def _begin_line(self, line: str, *, whole: bool) -> bool:
        """Leave out what begins a line; return whether it is known what does."""
        bare = line.lstrip()
        if not whole and (_LEAD_BEGUN.fullmatch(bare) or (len(bare) < len(_FENCE[0]) and bare[:1] in "`~")):
            return False
        if bare.startswith(_FENCE):
            self._in_code = not self._in_code
            self._too_long = True  # the rest of this line is the name of a language
        lead = _LEAD.match(bare)
        self._heading = bool(lead) and bare.startswith("#")
        self._item = bool(lead) and not self._heading
        self._pending = self._pending[len(line) - len(bare) + (lead.end() if lead else 0) :]
        self._at_line = bool(not bare and whole)
        self._begins = True
        return True

    def _end_line(self, line: str, rest: str, *, over: bool) -> Raw | None:
        left_out = self._in_code or self._too_long
        self._pending = "" if over else rest
        self._at_line, self._too_long = True, False
        text = line.strip()
        if over and not line:
            return None
        if not left_out and _CITED.search(text) and closed(text):
            return self._raw(text)
        # A line of marks says nothing, and what introduces a list or is a title claims nothing.
        left_out = left_out or self._heading or text.endswith((":", "：")) or not any(map(str.isalnum, text))
        return self._raw("" if left_out else text, whole=False)

    def _raw(self, text: str, *, whole: bool = True) -> Raw:
        begins, self._begins = self._begins, False
        return Raw(readable(text).strip(), begins, self._item and begins, whole)


def _end_of_sentence(line: str, *, whole: bool) -> int:
    """Return where the first sentence of a line ends that nothing more can belong to; 0 if there is none."""
    opened = Openings()
    closed_after: list[bool] = []
    for first in ends(line):
        end = first
        while following := _FOLLOWING.match(line, end):
            end = following.end()
        rest = line[end:].lstrip()
        if rest.startswith("[") and "]" not in rest and not whole and len(rest) < _LONGEST_CITATION:
            return 0  # a citation is on its way
        if not (whole or rest or _CITED_AND_ENDED.fullmatch(line, end - 2, end)):
            return 0
        closed_after += map(opened.take, line[len(closed_after) : end])
        if closed_after[end - 1]:
            return end
    return 0
