"""Parting what is too long."""

from hypothesis import given
from hypothesis import strategies as st

from bot.present.blocks import Bold, Code, Link, Spans, Text
from bot.present.splitting import split_spans, split_text

TEXTS = st.text(st.characters() | st.sampled_from("\n .。!？ "), max_size=300)
PAGE = "https://example.org/1"


def doubled(text: str) -> int:
    """Measure a platform that escapes every star."""
    return len(text) + text.count("*")


@given(TEXTS, st.integers(1, 80))
def test_nothing_is_lost(text: str, most: int) -> None:
    """The parts together are the text, and none is longer than it may be but for one character with its marks."""
    parts = split_text(text, most)
    assert "".join(parts) == text
    assert all(len(part) <= most or len(split_text(part, most)) == 1 for part in parts)


@given(
    st.lists(st.builds(Text, TEXTS) | st.builds(Code, TEXTS) | st.builds(Link, TEXTS, st.just(PAGE))),
    st.integers(1, 80),
)
def test_spans_keep_their_kind(spans: list[Text | Code | Link], most: int) -> None:
    """Every character is in a span of the same kind after the parting, and links lead where they did."""
    whole = tuple(spans)
    parts = split_spans(whole, most, doubled)
    assert styled(tuple(span for part in parts for span in part)) == styled(whole)


def styled(spans: Spans) -> list[tuple[str, type, str]]:
    """Return every character with the kind and the page of its span."""
    return [(character, type(span), getattr(span, "url", "")) for span in spans for character in span.text]


def test_lines_stay_whole_first() -> None:
    """Parts end where a line does, as long as lines fit."""
    assert split_text("one two\nthree\nfour", 14) == ["one two\nthree\n", "four"]


def test_sentences_stay_whole_where_lines_do_not_fit() -> None:
    """Parts of a long line end where a sentence does, in Latin and in Chinese."""
    assert split_text("Pop is slow. It was fast! Was it?", 26) == ["Pop is slow. It was fast! ", "Was it?"]
    assert split_text("队列改用堆。旧参数已删除。请升级。", 13) == ["队列改用堆。旧参数已删除。", "请升级。"]


def test_words_stay_whole_where_sentences_do_not_fit() -> None:
    """Parts of a long sentence end between words, and only a word that is too long is broken."""
    assert split_text("order requests by deadline", 15) == ["order requests ", "by deadline"]
    assert split_text("ab " + "x" * 12, 5) == ["ab xx", "xxxxx", "xxxxx"]


def test_what_is_drawn_onto_a_character_stays_with_it() -> None:
    """An accent and an emoji of several parts are not torn apart."""
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert split_text(f"e\u0301e\u0301{family}{family}", 2) == ["e\u0301", "e\u0301", family, family]


def test_what_fits_is_as_it_was() -> None:
    """Spans that fit, and none at all, are their only part."""
    spans = (Text("a"), Bold("b"))
    assert split_spans(spans, 2) == [spans]
    assert split_spans((), 2) == [()]
