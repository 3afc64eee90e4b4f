"""Diffs: what is masked in them, and what of them is shown to a model."""

from hypothesis import strategies as st

from bot.digest.diffs import estimate, mask, prepare
from bot.lexemes import terms
from bot.model import FilePatch, Patch
from tests.digest.secrets import PLANTED, PRIVATE_KEYS
from tests.digest.written import change
from tests.fuzz.inputs import words
from tests.fuzz.target import target

_AROUND = (
    "def load(path):\n    return path\n",
    "-----BEGIN PRIVATE KEY-----\n",
    'eos_token = "</s>"\n',
    "password: ",
    "https://a:",
    "```\nexport A=1\n```",
    "@@ -1,2 +1,2 @@ def f():\n",
    "x" * 200,
    "AKIA",
    "xoxb-",
    "key=",
    "Bearer ",
    "eyJ",
    "ghp_",
)
_SECRET = st.integers(0, len(PLANTED) - 1)


@target(st.tuples(words(_AROUND), _SECRET, words(_AROUND), st.sampled_from(("", "+", "-", " ", "    ", "# ", "> "))))
def masked_secrets(given: tuple[str, int, str, str]) -> None:
    """A secret on a line of its own is masked whatever is written on the lines around it, and lines stay lines."""
    before, number, after, sign = given
    _, line, secret = PLANTED[number]
    if secret in before or secret in after:
        return
    text = f"{before}\n{sign}{line}\n{after}"
    hidden, count = mask(text)
    assert secret not in hidden
    assert count >= 1
    assert hidden.count("\n") == text.count("\n")
    assert mask(hidden) == (hidden, 0)


@target(words(_AROUND, tuple(PRIVATE_KEYS)))
def masked_texts(text: str) -> None:
    """Any text keeps its lines, and what is masked is masked once."""
    hidden, _ = mask(text)
    assert hidden.count("\n") == text.count("\n")
    assert mask(hidden) == (hidden, 0)


@target(
    st.tuples(
        st.lists(
            st.tuples(st.sampled_from(("a.py", "tests/t.py", "uv.lock", "x\ny", "docs/a.md")), words(_AROUND)),
            max_size=3,
        ),
        _SECRET,
        st.integers(-10, 3_000),
    )
)
def excerpts(given: tuple[list[tuple[str, str]], int, int]) -> None:
    """No excerpt has more tokens than it may, says otherwise than it is, or holds a secret of the patch."""
    files, number, budget = given
    _, line, secret = PLANTED[number]
    patches = [FilePatch(path, text, len(text), cut=False) for path, text in files if secret not in text]
    patches.append(FilePatch("planted.py", f"@@ -1 +1 @@\n+{line}\n", len(line), cut=False))
    diff = prepare(change("Change", *(each.path for each in patches)), Patch("ab" * 20, tuple(patches)), 5_000)
    excerpt = diff.within(budget)
    assert excerpt.tokens == estimate(excerpt.text) <= max(0, budget)
    assert secret not in excerpt.text


@target(words(("order_by_deadline", "OrderByDeadline", "--fifo", "#1412", "engine/queue.py", "张量并行", "crashed")))
def lexemes(text: str) -> None:
    """Terms are short, not empty and without spaces."""
    for term in terms(text):
        assert 0 < len(term) <= 64
        assert not any(character.isspace() for character in term)
