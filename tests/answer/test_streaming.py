"""A sentence is cut off as soon as it is whole, and not before."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.answer.streaming import Raw, Sentences

ANSWER = """<think>hm. ok.</think>Yes. The limit is 0.5 [a1b2c3d]. It e.g. breaks clients. [b1b2c3d foo.py:3] And more.
## Head
- item one `a.b` [a1b2c3d]
1. Second item [a1b2c3d x.py:4]. Then more [b2b2b2b].
```python
foo. bar.
```
默认值变了[a1b2c3d]。第二句。[a1b2c3d] 不完整"""


def cut(*pieces: str) -> list[Raw]:
    """Return the sentences of a text that comes in pieces."""
    sentences = Sentences()
    found = [raw for piece in pieces for raw in sentences.take(piece)]
    return found + sentences.end()


def test_an_answer_is_cut_into_its_sentences() -> None:
    """Thoughts, headings, code and introductions are left out; a citation belongs to the sentence before it."""
    assert [raw.text for raw in cut(ANSWER) if raw.whole] == [
        "Yes.",
        "The limit is 0.5 [a1b2c3d].",
        "It e.g. breaks clients. [b1b2c3d foo.py:3]",
        "And more.",
        "item one `a.b` [a1b2c3d]",
        "Second item [a1b2c3d x.py:4].",
        "Then more [b2b2b2b].",
        "默认值变了[a1b2c3d]。",
        "第二句。[a1b2c3d]",
    ]


@pytest.mark.parametrize("end", ["", "\n", "\nIt is so [a1b2c3d]."])
def test_a_line_without_an_end_is_told(end: str) -> None:
    """An unfinished line is told as what it is, whatever follows, so that whoever leaves it out can count it."""
    for unfinished in ("It is [a1b2c3d] and the", "the limit is 32", "an open (bracket [a1b2c3d]", "x" * 2_000):
        for size in (1, 10_000):
            text = f"- {unfinished}{end}"
            pieces = [text[at : at + size] for at in range(0, len(text), size)]
            assert [raw.text for raw in cut(*pieces) if not raw.whole] == [unfinished]


@pytest.mark.parametrize(
    "text", ["## Head", "Three things changed:", "改动如下：", "---", "| --- | --- |", "```\nx = 1\n```"]
)
def test_what_claims_nothing_is_not_told(text: str) -> None:
    """A title, an introduction, a line of marks and code are left out and nothing is said of it."""
    assert cut(text) == cut(f"{text}\n") == []


def test_lines_and_items_are_told() -> None:
    """Where a sentence begins a line, and whether that is an item of a list, is known."""
    raws = cut("One [a1b2c3d]. Two [a1b2c3d].\n- Three [a1b2c3d]. Four [a1b2c3d].")
    assert [(raw.begins, raw.item) for raw in raws] == [(True, False), (False, False), (True, True), (False, False)]


@given(st.lists(st.integers(0, len(ANSWER)), max_size=40))
def test_where_the_pieces_end_does_not_matter(places: list[int]) -> None:
    """However a text is cut into pieces, its sentences are the same."""
    ends = sorted({*places, len(ANSWER)})
    pieces = [ANSWER[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
    assert cut(*pieces) == cut(ANSWER)


@example("It breaks. `a` is gone.", 1)
@given(st.text("ab .\n[]`-1。*<>think/", max_size=300), st.integers(1, 7))
def test_no_text_is_cut_otherwise_in_pieces(text: str, size: int) -> None:
    """The same holds of any text but one that goes on right behind a citation and a full stop: nothing waits there."""
    assume(not re.search(r"\][.。](?=.)", text, re.DOTALL))
    assert cut(*(text[at : at + size] for at in range(0, len(text), size))) == cut(text)


def test_a_cited_sentence_waits_for_nothing() -> None:
    """Its full stop is the last piece that it takes; one that may still be cited waits for what follows."""
    sentences = Sentences()
    assert sentences.take("The limit is 32 [a1b2c3d]") == []
    assert [raw.text for raw in sentences.take(".")] == ["The limit is 32 [a1b2c3d]."]
    assert sentences.take(" The rest.") == []
    assert sentences.take(" [a1b2") == []
    assert [raw.text for raw in sentences.take("c3d] N")] == ["The rest. [a1b2c3d]"]


def test_text_without_an_end_is_given_up_in_a_time_that_grows_with_it() -> None:
    """What has no end is told once, and the next line is read as ever."""
    for endless in ("a" * 200_000, "[" * 200_000, "a [b" * 50_000, "x" + "`" * 200_000):
        pieces = [endless[at : at + 400] for at in range(0, len(endless), 400)]
        lost, kept = cut(*pieces, "\nIt is so [a1b2c3d].")
        assert (lost.text, lost.whole) == (endless[:2_000], False)
        assert (kept.text, kept.whole) == ("It is so [a1b2c3d].", True)
