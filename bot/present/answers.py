"""What is said to people who ask for something, before and beside what they asked for. Pure."""

from collections.abc import Iterable, Sequence

from bot.present.blocks import Block, Bold, BulletedList, Code, Link, Message, Paragraph, Span, Text
from bot.present.labels import Labels
from bot.present.prose import prose
from bot.talk.grammar import Verb


def said(text: str) -> Message:
    """Return a text as it is."""
    return _message(text, [Paragraph(prose(text))])


def heard(titles: Sequence[str], labels: Labels) -> Message:
    """Return which digests are meant, before anything is known of them."""
    return _listed(labels.text("asked-heard"), titles)


def together(messages: Sequence[Message]) -> Message:
    """Return several answers as one."""
    blocks = [block for message in messages for block in message.blocks]
    return _message("\n".join(message.title for message in messages), blocks)


def asked(became: str, title: str, link: str | None, labels: Labels) -> Message:
    """Return what becomes of a wish, with the address of its thread where it has one."""
    text = labels.text(f"asked-{became}", title=title)
    spans: list[Span] = [Text(text)]
    if link:
        spans += [Text(" "), Link(labels.text("asked-where"), link)]
    return _message(text, [Paragraph(tuple(spans))])


def status(titles: Sequence[str], labels: Labels) -> Message:
    """Return what is being made for a channel."""
    return _listed(labels.text("status-working", count=len(titles)), titles)


def cancelled(titles: Sequence[str], labels: Labels) -> Message:
    """Return what was cancelled."""
    return _listed(labels.text("cancelled-count", count=len(titles)), titles)


def help_of(verbs: Iterable[Verb], periods: Iterable[str], labels: Labels) -> Message:
    """Return what can be asked."""
    described = [(Code(verb.usage), Text(labels.text("dot") + labels.text(f"verb-{verb.name}"))) for verb in verbs]
    named = labels.text("list-separator").join(periods)
    title = labels.text("help-title")
    return _message(
        title,
        [
            Paragraph((Bold(title),)),
            BulletedList(tuple(described)),
            Paragraph((Text(labels.text("help-periods", periods=named)),)),
        ],
    )


def _listed(text: str, items: Sequence[str]) -> Message:
    blocks: list[Block] = [Paragraph((Text(text),))]
    if items:
        blocks.append(BulletedList(tuple((Text(item),) for item in items)))
    return _message(text, blocks)


def _message(title: str, blocks: Sequence[Block]) -> Message:
    return Message("answer", title, tuple(blocks))
