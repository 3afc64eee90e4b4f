"""Any text at all, and much of it."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest.rules import PATCH_LIMITS, analyse
from bot.model import Commit, FileChange, FileKind, FilePatch, FileStatus, Patch, Person, Phrase, PullRequest, Tier
from tests.digest.written import NOON, change

_SNIPPETS = [
    "feat!: ",
    "fix(",
    "[",
    "]",
    "(#12)",
    "Merge branch 'a'",
    'Revert "',
    "```",
    "<!--",
    "- [ ] ",
    "\n\n",
    "**",
    "#1",
    "。",
]
_TEXTS = st.lists(st.one_of(st.text(max_size=40), st.sampled_from(_SNIPPETS)), max_size=12).map("".join)
_PATHS = st.lists(st.one_of(st.text(max_size=12), st.sampled_from(["src", "tests", "a.py", "docs"])), max_size=4).map(
    "/".join
)
_COUNTS = st.one_of(st.none(), st.integers(0, 10_000_000))
_FILES = st.builds(
    FileChange,
    _PATHS,
    st.sampled_from(FileStatus),
    st.sampled_from(FileKind),
    _COUNTS,
    _COUNTS,
    st.none() | _PATHS,
    st.booleans(),
)
_PEOPLE = st.builds(Person, st.text(max_size=20), st.text(max_size=20))
_COMMITS = st.builds(
    Commit,
    sha=st.just("ab" * 20),
    parents=st.just(()),
    author=_PEOPLE,
    co_authors=st.tuples(_PEOPLE) | st.just(()),
    authored_at=st.just(NOON),
    committed_at=st.just(NOON),
    message=_TEXTS,
    pull_request=st.none() | st.builds(PullRequest, st.integers(1, 99_999), labels=st.tuples(st.text(max_size=20))),
    files=st.lists(_FILES, max_size=6).map(tuple),
)
_PATCHES = st.builds(
    Patch,
    st.just("ab" * 20),
    st.lists(
        st.builds(
            FilePatch, _PATHS, _TEXTS.map(lambda text: text.replace("\n", "\n+")), st.integers(0, 9), st.booleans()
        )
    ).map(tuple),
)


@settings(max_examples=300, deadline=None)
@given(_COMMITS, st.none() | _PATCHES)
def test_any_change_is_analysed_in_its_own_words(commit: Commit, patch: Patch | None) -> None:
    """Whatever a change says and touches, it gets a tier with reasons, in words that its author wrote."""
    analysis = analyse(commit, patch)
    assert 0 <= analysis.score <= 1
    assert 1 <= len(analysis.reasons) <= 4
    assert all(isinstance(reason, Phrase) for reason in analysis.reasons)
    written = set(re.findall(r"\w+", commit.message))
    assert set(re.findall(r"\w+", analysis.headline)) <= written
    assert set(re.findall(r"\w+", analysis.summary.replace("…", " "))) <= written


@settings(max_examples=60, deadline=None)
@given(_COMMITS)
def test_analysis_depends_on_the_change_alone(commit: Commit) -> None:
    """The same change gives the same analysis, with an empty patch as without one."""
    assert analyse(commit, None) == analyse(commit, None) == analyse(commit, Patch(commit.sha))


@pytest.mark.parametrize(
    "piece",
    [
        *"a([<`|é泵\t",
        "a ",
        "[a]",
        "#1 ",
        "a-",
        "a/",
        "a.",
        "**",
        "- ",
        "<!--",
        "fix ",
        "https://a.b/",
        "1.",
        "@a ",
        "a: ",
        "test ",
    ],
)
def test_megabyte_of_anything_is_read_in_no_time(piece: str) -> None:
    """A message and a patch of a megabyte each, in one line or in many, are analysed without getting lost in them."""
    line = (piece * (1_000_000 // len(piece)))[:1_000_000]
    for message in (line, f"Fix it\n\n{line}", "Fix it\n\n" + "\n".join([line[:500]] * 2_000)):
        for text in (f"@@\n+{line}", "@@\n" + "\n".join([f"+{line[:400]}"] * 2_000)):
            patch = Patch("ab" * 20, (FilePatch("src/a.py", text[: PATCH_LIMITS.file], len(text), cut=True),))
            assert analyse(change(message, "src/a.py"), patch).tier in Tier


def test_subject_of_ordinary_length_is_kept_whole() -> None:
    """A headline is never cut: all words of a long subject are still there."""
    subject = "Add " + " ".join(string.ascii_letters * 20)
    assert analyse(change(subject, "src/a.py"), None).headline == subject
