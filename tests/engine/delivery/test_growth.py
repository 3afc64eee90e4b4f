"""What is added to an answer that grows."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.engine.delivery.growth import added
from bot.present.blocks import Block, Context, Divider, Paragraph, Text

SENTENCES = st.lists(st.tuples(st.sampled_from(["One. ", "Two. ", "一。"]), st.booleans()), max_size=8)


def message(sentences: Sequence[tuple[str, bool]]) -> tuple[Block, ...]:
    """Return paragraphs of sentences, each of which may begin one."""
    lines: list[list[Text]] = []
    for text, begins in sentences:
        if begins or not lines:
            lines.append([])
        lines[-1].append(Text(text))
    return tuple(Paragraph(tuple(line)) for line in lines)


def words(blocks: Sequence[Block]) -> str:
    """Return what paragraphs say."""
    return "".join(span.text for block in blocks if isinstance(block, Paragraph) for span in block.spans)


@given(SENTENCES, SENTENCES)
def test_nothing_is_left_out_or_said_twice(before: list[tuple[str, bool]], more: list[tuple[str, bool]]) -> None:
    """What was shown and what is added are the whole answer, wherever its paragraphs begin."""
    shown, now = message(before), message([*before, *more])
    new = added(shown, now)
    assert new is not None
    assert words(shown) + words(new) == words(now)


def test_what_does_not_grow_is_no_addition() -> None:
    """An answer that says something else, or less, cannot be added to what is shown."""
    one, two = Paragraph((Text("One."),)), Paragraph((Text("Two."),))
    assert added((one,), (two,)) is None
    assert added((one, two), (one,)) is None
    assert added((one, two), (two, two)) is None
    assert added((Context((Text("One."),)),), (Context((Text("One. Two."),)),)) is None
    assert added((one, Divider()), (one, Divider(), two)) == (two,)
