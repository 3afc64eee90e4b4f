"""What is answered to people who ask. Pure."""

from collections.abc import Iterable, Sequence

from bot.model import Period, Since
from bot.ports import Verb
from bot.present.blocks import Block, Bold, BulletedList, Code, Context, Link, Message, Paragraph, Spans, Text
from bot.present.labels import Labels
from bot.present.prose import joined, prose

_PART = "answer"


def said(spans: Spans, *more: Block) -> Message:
    """Return an answer of a paragraph, and whatever is beneath it."""
    return Message(_PART, "".join(span.text for span in spans), (Paragraph(spans), *more))


def line(labels: Labels, id: str, /, **values: str | int | Spans) -> Message:
    """Return an answer of one sentence."""
    return said(labels.spans(id, **values))


def refusal(sentence: str) -> Message:
    """Return what an error says to who asked."""
    return said(prose(sentence))


def lines(all_: Sequence[Spans]) -> Message:
    """Return an answer of a few sentences, one for each repository that was asked for."""
    first, *rest = (Paragraph(spans) for spans in all_)
    return Message(_PART, "".join(span.text for span in all_[0]), (first, *rest))


def heard(names: Iterable[str], period: Period, labels: Labels) -> Message:
    """Return what is said at once of a wish for digests."""
    listed = joined(((Code(name),) for name in names), labels.text("list-separator"))
    return line(labels, "answer-heard", names=listed, period=spoken(period, labels))


def meant(name: str, repository: str, period: Period, labels: Labels) -> Spans:
    """Return which repository, which days and which zone are meant."""
    zone = period.timezone
    if name.casefold() == repository.casefold():
        return labels.spans("answer-digest", repository=(Code(repository),), period=spoken(period, labels), zone=zone)
    return labels.spans(
        "answer-meant", name=(Code(name),), repository=(Code(repository),), period=spoken(period, labels), zone=zone
    )


def led_to(words: Spans, id: str, link: str | None, labels: Labels) -> Spans:
    """Return words followed by a sentence that leads to a thread, if it has an address."""
    where = (Link(labels.text("answer-thread"), link),) if link else (Text(labels.text("answer-thread")),)
    return (*words, Text(" "), *labels.spans(id, thread=where))


def listed(id: str, items: Sequence[Spans], labels: Labels) -> Message:
    """Return an answer that lists something, with how many there are."""
    title = labels.text(id, count=len(items))
    return said((Bold(title),), *((BulletedList(tuple(items)),) if items else ()))


def manual(verbs: Iterable[Verb], periods: Iterable[str], labels: Labels) -> Message:
    """Return what can be asked, with periods that work at this moment."""
    items = tuple((Code(verb.usage), Text("  "), Text(labels.text(f"verb-{verb.name}"))) for verb in verbs)
    examples = joined(((Code(period),) for period in periods), labels.text("list-separator"))
    return said(
        (Bold(labels.text("answer-help")),),
        BulletedList(items),
        Paragraph(labels.spans("answer-periods", periods=examples)),
        Context(labels.spans("answer-options")),
    )


def spoken(period: Period, labels: Labels) -> str:
    """Return a period as it is said."""
    return labels.text("since", ref=period.ref) if isinstance(period, Since) else labels.period(period)
