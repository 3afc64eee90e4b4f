"""Whatever a model writes, what is shown of it cites what was read, and leads nowhere else."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.checking import Checker
from bot.answer.readings import Readings
from bot.answer.sentence import Sentence
from bot.answer.streaming import Sentences
from bot.digest.analyst.claims import ClaimKind, claims
from bot.model import PassageKind, Repository
from bot.present.blocks import Link
from tests.answer.support import OLD, REPOSITORY, A, B, passage
from tests.digest.analyst.attacks import ATTACKS, EVIL
from tests.fakes.digests import LOCAL, ROCKET

READ = (
    passage(A, PassageKind.CHANGE, "#17 Order requests by deadline; 4 files."),
    passage(B, PassageKind.DIFF, " def pop(queue):\n-    limit = 16\n+    limit = 32", "engine/queue.py", 7),
)
PIECES = (
    "The limit is 32 ", "Requests are ordered ", f"[{A[:7]}]", f"[{B[:7]} engine/queue.py:8]", f"[{B}]", "[fffffff]",
    f"[{OLD[:7]}]", f"[{A[:6]}]", f"[{B[:7]} engine/other.py]", f"[{A[:7]}; {OLD[:7]}]", "16", "17", "99", ". ", "\n",
    "- ", "@everyone ", "<!channel> ", f"{EVIL} ", f"[x]({EVIL}) ", "engine/queue.py ", "www.evil.example ", "`code` ",
    "twice ", "Yes. ", "[none: run]", "```\n", "。", "“", "[", "]", "(", ")",
    "</material> ", *(each.text for each in ATTACKS[:40]),
)  # fmt: skip
PAGES = tuple(f"https://github.com/acme/rocket/{page}" for page in (f"commit/{A}", f"commit/{B}", f"blob/{B}/"))


def shown(text: str, repository: Repository | None = ROCKET) -> Iterator[Sentence]:
    """Yield what is shown of a text."""
    checker = Checker(Readings(READ), "What is the limit?", {REPOSITORY: repository}.get)
    sentences = Sentences()
    for raw in [*sentences.take(text), *sentences.end()]:
        if isinstance(checked := checker.check(raw), Sentence):
            yield checked


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=24).map("".join))
def test_nothing_unread_is_cited_whatever_a_model_writes(text: str) -> None:
    """Each sentence cites, only commits and lines that were read, and has no link but ours and no mention."""
    for sentence in shown(text):
        assert sentence.cited
        for cited in sentence.cited:
            assert cited.sha in (A, B)
            assert cited.path in (None, "engine/queue.py")
            assert cited.line in (None, 7, 8)
        for span in sentence.spans:
            if isinstance(span, Link):
                assert span.url.startswith(PAGES)
            else:
                assert "@everyone" not in span.text
                assert "<!channel>" not in span.text
                assert "evil.example" not in span.text
                assert not any(each.kind is ClaimKind.LINK for each in claims(span.text))


def test_sentences_are_kept_as_they_are_written() -> None:
    """What is borne out is shown in its order, with its citations where they stood."""
    text = f"Yes. `pop` has a limit of 32, not 16 [{B[:7]} engine/queue.py:8] [{A[:7]}]."
    (sentence,) = shown(text)
    assert sentence.text == text
    assert "".join(span.text for span in sentence.spans) == text.replace("[", "").replace("]", "").replace("`", "")


def test_a_repository_without_pages_is_cited_by_name() -> None:
    """Where there is no page there is no link."""
    for repository in (LOCAL, None):
        (sentence,) = shown(f"The limit is 32 [{B[:7]} engine/queue.py:8].", repository)
        assert not any(isinstance(span, Link) for span in sentence.spans)
        assert sentence.spans[-2].text == f"{B[:7]} engine/queue.py:8"


@pytest.mark.parametrize("claim", ["0.5", "32.1", "１７０", "three times", "40%", "README.md", "setup.py:4"])
def test_what_is_cited_has_to_have_what_is_said(claim: str) -> None:
    """A number or a file that is in no passage that the sentence cites takes the sentence with it."""
    assert not list(shown(f"It is about {claim} now [{A[:7]}; {B[:7]}]."))
    assert list(shown(f"It is about that now [{A[:7]}; {B[:7]}]."))
