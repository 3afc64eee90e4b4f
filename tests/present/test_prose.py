"""Text from outside as spans, and the characters that act."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.present.blocks import Bold, Code, Link, Spans, Text
from bot.present.characters import visible
from bot.present.prose import bold, joined, linked, plain, prose

PAGE = "https://github.com/acme/rocket"


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        (" \n\t ", ()),
        ("Order\n  requests", (Text("Order requests"),)),
        ("`--fifo` is gone", (Code("--fifo"), Text(" is gone"))),
        ("drop `a`, ``b`` and `c`", (Text("drop "), Code("a"), Text(", "), Code("b"), Text(" and "), Code("c"))),
        ("a ` alone", (Text("a ` alone"),)),
        ("`` ` ``", (Text("`` ` ``"),)),
        ("` `", (Text("` `"),)),
        ("```python", (Text("```python"),)),
        ("[a](https://evil.example) @all", (Text("[a](https://evil.example) @all"),)),
    ],
)
def test_names_between_backticks_are_code(text: str, spans: Spans) -> None:
    """What stands between backticks is code, all else is text in a single line."""
    assert prose(text) == spans


@given(st.text(st.sampled_from("ab` \n"), max_size=40))
def test_no_word_is_lost(text: str) -> None:
    """Whatever the backticks, every other character of the text is in its spans, in order."""
    kept = "".join(span.text for span in prose(text))
    assert "".join(kept.replace("`", "").split()) == "".join(text.replace("`", "").split())


def test_spans_are_joined_without_gaps() -> None:
    """Empty parts leave no separator behind."""
    assert joined([(), (Text("a"),), (), (Code("b"),)], ", ") == (Text("a"), Text(", "), Code("b"))
    assert plain(joined([(Text("a"),), (Code("b"),)], ", ")) == "a, `b`"


def test_bold_leaves_code_alone() -> None:
    """Only plain text becomes bold."""
    assert bold((Text("a"), Code("b"))) == (Bold("a"), Code("b"))


@given(st.lists(st.builds(Text, st.text()) | st.builds(Code, st.text())).map(tuple))
def test_bold_has_no_space_at_its_ends(spans: Spans) -> None:
    """Words become bold without the spaces around them, which markup would not take, and nothing else changes."""
    made = bold(spans)
    assert plain(made) == plain(spans)
    for span in made:
        assert span in spans if isinstance(span, Code) else isinstance(span, Bold) == bool(span.text.strip())
        assert not isinstance(span, Bold) or span.text == span.text.strip()


def test_a_name_without_a_page_is_code() -> None:
    """A name leads to its page, and is code where there is none."""
    assert linked("abc", PAGE) == (Link("abc", PAGE),)
    assert linked("abc", None) == (Code("abc"),)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[2J\x07\x00", "␛[2J␇␀"),
        ("a\r\nb\rc", "a\nb␍c"),
        ("\x7f\x9b", "␡⟨U+009B⟩"),
        ("\u202eevil\u2066", "⟨U+202E⟩evil⟨U+2066⟩"),
        ("\u2028\ud800", "⟨U+2028⟩⟨U+D800⟩"),
        ("👩\u200d💻 נכון\tنعم", "👩\u200d💻 נכון\tنعم"),
    ],
)
def test_characters_that_act_are_shown(text: str, seen: str) -> None:
    """Controls and marks of direction are shown by a picture or a number; joiners, scripts and tabs stay."""
    assert visible(text) == seen


@given(st.text(st.characters()))
def test_nothing_that_acts_is_left(text: str) -> None:
    """No control but tab and line feed is left in a visible text, and it can be written in UTF-8."""
    seen = visible(text)
    assert not [c for c in seen if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c not in "\t\n"]
    assert not [
        c
        for c in seen
        if unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    ]
    assert visible(seen) == seen
    assert seen.encode().decode() == seen
