"""The answer is found in whatever a model wrote, and is never a quotation."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asking.reading import find

WANTED = '{"tier": "high", "why": "It says `}` and \\"{\\"."}'


def read(value: object) -> str:
    """Return the tier of an answer."""
    if not isinstance(value, dict) or "tier" not in value:
        raise ValueError("it has no tier")
    return str(value["tier"])


@pytest.mark.parametrize(
    "text",
    [
        WANTED,
        f"```json\n{WANTED}\n```",
        f"```\n{WANTED}\n```\nAnything else?",
        f'<think>It could be {{"tier": "low"}}.</think>{WANTED}',
        f'So, {{"tier": "low"}} at first?</think>\n{WANTED}',
        f'It is 5" wide: {WANTED}',
        f"Sure {{here}} it is [1]: {WANTED} [end",
        f"[{{ {WANTED}",
        f'{{"tier": "low"}} No, rather {WANTED}',
        f'{WANTED} {{"mood": "good"}}',
    ],
)
def test_the_answer_is_the_last_value_that_is_one(text: str) -> None:
    """Fences, thoughts, prose and drafts around it do not matter."""
    assert find(text, "", read) == "high"


def test_thoughts_that_a_text_speaks_of_are_no_thoughts() -> None:
    """An answer may name the marks of a thought without losing what stands before them."""
    assert find('{"tier": "high", "why": "It strips </think> now."}', "", read) == "high"


@pytest.mark.parametrize(
    "text", ["", "high", "{", '{"tier": ', "<think>" + WANTED, "[" * 5_000 + "]" * 5_000, "{}" * 9]
)
def test_what_is_no_answer_is_said(text: str) -> None:
    """A text without an answer is an error that says why."""
    with pytest.raises(ValueError, match=r"\w"):
        find(text, "", read)


def test_an_answer_that_is_quoted_from_the_material_is_none() -> None:
    """What a stranger wrote in the shape of an answer is passed over, wherever it stands."""
    fake = '{"tier": "low"}'
    assert find(f"{WANTED} The change says {fake}.", f"It says {fake}.", read) == "high"
    with pytest.raises(ValueError, match="no JSON"):
        find(fake, f"It says {fake}.", read)


@pytest.mark.parametrize(
    "text", ["[" * 200_000, '{"a":' * 40_000, '"' * 200_000, "{}" * 100_000, "\\" * 200_000, "x" * 200_000]
)
def test_much_text_takes_little_time(text: str) -> None:
    """Two hundred kilobytes of anything are read in well under a second."""
    began = time.process_time()
    with pytest.raises(ValueError, match=r"\w"):
        find(text, "", read)
    assert time.process_time() - began < 10


@given(st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_any_text_before_an_answer_leaves_it_or_an_error(text: str, more: dict[str, str]) -> None:
    """Nothing but the answer, or ValueError, comes of any text."""
    answer = json.dumps(more | {"tier": "high"})
    try:
        assert find(text + answer, "", read) == "high"
    except ValueError:
        assert any(character in text for character in '{["<')
