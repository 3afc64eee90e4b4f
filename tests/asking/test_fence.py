"""Text from outside stands between marks that it cannot contain."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.asking import fence


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_no_text_contains_its_mark(texts: list[str]) -> None:
    """The mark stands where we put it and nowhere else, and the same texts have the same one."""
    fenced = fence([("change", text) for text in texts])
    found = re.match("<material ([0-9a-f]{12})>\n", fenced)
    assert found
    assert fenced.count(found[1]) == len(texts) + 2
    assert fenced.endswith(f"</material {found[1]}>")
    assert fence([("change", text) for text in texts]) == fenced


def test_another_text_has_another_mark() -> None:
    """Whoever learns the mark of one prompt knows that of no other."""
    assert fence([("change", "a")])[:22] != fence([("change", "b")])[:22]
