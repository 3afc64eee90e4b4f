"""What an answer is made of: sentences that were checked, one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.answer.readings import Cited
from bot.present.blocks import Paragraph, Spans, Text
from bot.present.prose import plain


class Kind(StrEnum):
    """SAID: a model's, borne out by what was read. FOUND: a change that matches. REMARK: a sentence of ours."""

    SAID = "said"
    FOUND = "found"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it is shown. `begins` says that it begins a line of its own, `item` that this is one of a list.

    `text` is what is kept of it, with its citations as a model writes them, and `cited` what these point to.
    """

    kind: Kind
    spans: Spans
    text: str
    begins: bool = False
    item: bool = False
    cited: tuple[Cited, ...] = ()


def remark(spans: Spans) -> Sentence:
    """Return a sentence of ours, on a line of its own."""
    return Sentence(Kind.REMARK, spans, plain(spans), begins=True)


def paragraphs(sentences: Iterable[Sentence]) -> tuple[Paragraph, ...]:
    """Return sentences as they stand in a message: those of one line together."""
    lines: list[Spans] = []
    for sentence in sentences:
        if lines and not sentence.begins:
            lines[-1] += (*between(lines[-1]), *sentence.spans)
        else:
            lines.append((*lead(sentence), *sentence.spans))
    return tuple(map(Paragraph, lines))


def lead(sentence: Sentence) -> Spans:
    """Return what stands before a sentence that begins a line."""
    return (Text("• "),) if sentence.item else ()


def between(before: Spans) -> Spans:
    """Return what stands between two sentences of one line: nothing after a Chinese or Japanese full stop."""
    wide = before[-1:] and before[-1].text[-1:] in ("。", "！", "？")
    return () if wide else (Text(" "),)
