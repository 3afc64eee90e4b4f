"""Strategies for what strangers send: examples that are understood, changed a little or a lot."""

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

_Text = TypeVar("_Text", str, bytes)

_EDITS = 6
_TIMES = st.sampled_from((2, 3, 4, 6, 9, 14, 30, 3_000))
"""How often a piece is written in a row: what backtracks takes its time."""
_LONGEST = 10_000
"""Characters of what is written so: it is the shape of a text that is tried, and not its size."""

NASTY = (
    "\x00", "\n", "\r\n", "\u2028", "\x1b[31m", "\u202e", "\ud800", "\u200b", "İ", "ﬀ", "９", "٣", "²", "\U0001f600",
    "e\u0301", "<!channel>", "<@U1>", "@everyone", "https://evil.example/x", "--upload-pack=x", "../",
    "%s{0}$(x)`x`", "'", '"', "\\", ";", "-", "::", "@", "#", "[", "]", "(", ")", "<", ">", "|", "*", "_", " ", "\t",
    "　",
)  # fmt: skip


def words(seeds: Sequence[str], pieces: Sequence[str] = ()) -> SearchStrategy[str]:
    """Return texts that are seeds with edits, or anything at all."""
    every = st.sampled_from((*pieces, *seeds, *NASTY)) | st.text(max_size=8)
    return st.one_of(edited(seeds, every), edited(seeds, every), st.text(), st.lists(every, max_size=12).map("".join))


@st.composite
def edited(draw: DrawFn, seeds: Sequence[_Text], pieces: SearchStrategy[_Text]) -> _Text:
    """Return a seed of which some stretches are gone, doubled, or replaced by a piece, once or many times."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, _EDITS))):
        begin = draw(st.integers(0, len(text)))
        end = draw(st.integers(begin, min(len(text), begin + 20)))
        match draw(st.integers(0, 3)):
            case 0:
                middle = text[begin:begin]
            case 1:
                middle = text[begin:end] * 2
            case 2:
                middle = draw(pieces)
            case _:
                piece = draw(pieces)
                middle = piece * min(draw(_TIMES), _LONGEST // max(1, len(piece)))
        text = text[:begin] + middle + text[end:]
    return text


_SCALARS: SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(NASTY)
)
ANYTHING: SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
"""Any JSON."""

_NO_TEXT: SearchStrategy[str] = st.nothing()


@st.composite
def altered(draw: DrawFn, seeds: Sequence[Any], texts: SearchStrategy[str] = _NO_TEXT) -> Any:  # noqa: ANN401 - any JSON
    """Return a JSON value of the seeds in which some values are others, missing, or doubled."""
    value = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        value = _changed(draw, value, texts | texts | ANYTHING)
    return value


def _changed(draw: DrawFn, value: Any, others: SearchStrategy[Any]) -> Any:  # noqa: ANN401 - likewise
    """Return a value with one change, at any depth."""
    if isinstance(value, dict) and value and draw(st.integers(0, 4)):
        key = draw(st.sampled_from(sorted(value)))
        if not draw(st.integers(0, 6)):
            return {name: each for name, each in value.items() if name != key}
        return value | {key: _changed(draw, value[key], others)}
    if isinstance(value, list) and value and draw(st.integers(0, 4)):
        at = draw(st.integers(0, len(value) - 1))
        if not draw(st.integers(0, 6)):
            return value[:at] + value[at:] * 2
        return [*value[:at], _changed(draw, value[at], others), *value[at + 1 :]]
    return draw(others)
