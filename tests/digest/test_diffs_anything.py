"""Any patch at all, at any budget."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from bot.digest.diffs import Diff, estimate, prepare
from bot.model import FilePatch, Patch
from tests.digest.written import change

_LINES = st.lists(
    st.builds(
        str.__add__,
        st.sampled_from("+- \\"),
        st.one_of(
            st.sampled_from(
                ["def load(path):", "class A:", "import os", "# why", "@@ -1 +1 @@", "=== a.py (added)", ""]
            ),
            st.text(st.characters(exclude_characters="\n"), max_size=40),
            st.integers(1, 3_000).map("x".__mul__),
        ),
    ),
    max_size=30,
)
_NUMBERS = st.integers(0, 40)
_HUNKS = st.builds(
    lambda old, olds, new, news, lines: f"@@ -{old},{olds} +{new},{news} @@\n" + "".join(f"{line}\n" for line in lines),
    *(_NUMBERS,) * 4,
    _LINES,
)
_PATHS = ["a.py", "engine/b.rs", "tests/test_a.py", "docs/a.md", "uv.lock", "pyproject.toml", "x\ny"]
_PATCHES = st.dictionaries(
    st.sampled_from(_PATHS), st.tuples(st.lists(_HUNKS, max_size=4).map("".join) | st.text(), st.booleans())
).map(
    lambda files: Patch("ab" * 20, tuple(FilePatch(path, text, len(text), cut) for path, (text, cut) in files.items()))
)

_BEGUN = "@@ -0,1 +0,0 @@\n+def load(path):\n"
_LONGER = f"{_BEGUN}@@ -0,0 +0,0 @@\n"
_BEGINS_ALIKE = Patch(
    "ab" * 20,
    tuple(FilePatch(path, text, len(text), False) for path, text in (("a.py", _BEGUN), ("engine/b.rs", _LONGER))),
)


def _prepared(patch: Patch, most: int = 100_000) -> Diff:
    return prepare(change("Change", *(file.path for file in patch.files)), patch, most)


@given(_PATCHES, st.integers(-10, 3_000), st.integers(0, 3_000))
def test_an_excerpt_is_never_above_its_budget(patch: Patch, budget: int, most: int) -> None:
    """No excerpt has more tokens than allowed, it says how many it has, and what is not shown is counted."""
    diff = _prepared(patch, most)
    excerpt = diff.within(budget)
    assert excerpt.tokens == estimate(excerpt.text) <= max(0, budget)
    assert 0 <= excerpt.left_out <= len(diff.material.pieces)
    assert not (excerpt.whole and (excerpt.left_out or diff.cut))


@example(_BEGINS_ALIKE, 86)
@given(_PATCHES, st.integers(0, 2_000))
def test_hunks_are_whole(patch: Patch, budget: int) -> None:
    """Whatever hunk an excerpt shows, it shows to its end, and those that it does not show are the others."""
    diff = _prepared(patch)
    excerpt = diff.within(budget)
    text = f"{excerpt.text}\n"
    shown = [piece for piece in diff.material.pieces if f"\n{piece.text}\n" in text]
    assert len(shown) >= len(diff.material.pieces) - excerpt.left_out
    # The longest first, since one may begin as another does.
    for piece in sorted(shown, key=lambda piece: len(piece.text or ""), reverse=True):
        text = text.replace(f"\n{piece.text}\n", "\n")
    assert not re.search(r"^@@ -", text, re.MULTILINE)


@given(st.text(), st.text())
def test_estimates_add_up(first: str, second: str) -> None:
    """Two texts on lines of their own have no fewer tokens apart than together, and more text has no fewer."""
    assert estimate(f"{first}\n{second}") <= estimate(f"{first}\n") + estimate(second)
    assert estimate(first) <= estimate(first + second)
