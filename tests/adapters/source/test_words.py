"""The pure parts: what git prints and says, in whatever pieces it comes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.source.git.failures import means_damage, translate
from adapters.source.git.files import FilesParser
from adapters.source.git.messages import co_authors, decode, plain_lines, pull_request, trailers_of
from adapters.source.git.patches import PatchParser, Section
from adapters.source.git.process import GitFailed, GitStalled
from bot.errors import (
    ConfigurationError,
    DigestbotError,
    FinalError,
    RepositoryNotFound,
    SourceError,
    SourceUnavailable,
)
from bot.model import Person
from bot.ports import PatchLimits

SHA = b"1" * 40
FILES = (
    SHA + b"\0:100644 100644 " + b"a" * 40 + b" " + b"b" * 40 + b" M\0.\n\0"
    b":100644 100644 " + b"c" * 40 + b" " + b"d" * 40 + b" R090\0:old\0" + SHA + b"\0"
    b".\n" + SHA + b"\0.\n.\n"
)
PATCHES = (
    SHA + b"\ndiff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n"
    b"diff --git a/mode b/mode\nold mode 100644\nnew mode 100755\ndiff --git .\n"
    + SHA
    + b'\ndiff --git "a/o\\"\\303\\266" b/to\nsimilarity index 90%\nrename from "o\\"\\303\\266"\n'
    b'rename to "t\\n\\303\\266"\n'
    b"@@ -1 +1 @@\n-diff --git a/y b/y\n+\xc3\xb6\ndiff --git .\n" + SHA + b"\ndiff --git .\ndiff --git .\n"
)


def pieces(text: bytes, cuts: list[int]) -> list[bytes]:
    """Cut a text at places that may lie anywhere."""
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[begin:end] for begin, end in pairwise(places)]


@given(st.lists(st.integers(0, 2000)))
def test_files_in_any_pieces(cuts: list[int]) -> None:
    """The list of files is the same however git's answer is cut, with paths that look like git's own words."""
    parser = FilesParser()
    first, empty, missing = [files for piece in pieces(FILES, cuts) for files in parser.feed(piece)]
    assert first
    assert [(file.path, file.previous_path) for file in first.changes] == [(".\n", None), (SHA.decode(), ":old")]
    assert first.blobs == {letter * 40 for letter in "abcd"}
    assert empty
    assert empty.changes == ()
    assert missing is None


def text_of(section: Section) -> str | None:
    """Return the hunks of a file, if it has any."""
    return section.patch.text if section.patch else None


@given(st.lists(st.integers(0, 2000)))
def test_patches_in_any_pieces(cuts: list[int]) -> None:
    """Patches are the same however git's answer is cut, with lines that look like git's own."""
    parser = PatchParser(PatchLimits(1000, 1000))
    first, second, empty, missing = [patch for piece in pieces(PATCHES, cuts) for patch in parser.feed(piece)]
    assert first
    assert [(each.path, each.additions, each.deletions, text_of(each)) for each in first] == [
        ("x", 1, 1, "@@ -1 +1 @@\n-1\n+2\n"),
        ("mode", 0, 0, None),
    ]
    assert second
    assert [(each.path, each.additions, each.deletions, text_of(each)) for each in second] == [
        ("t\nö", 1, 1, "@@ -1 +1 @@\n-diff --git a/y b/y\n+ö\n")
    ]
    assert (empty, missing) == ((), None)


@given(st.lists(st.integers(0, 2000)), st.integers(-1, 40), st.integers(-1, 60))
def test_limits_in_any_pieces(cuts: list[int], file: int, change: int) -> None:
    """No limit is exceeded, whatever it is, and full sizes are known whatever is kept."""
    parser = PatchParser(PatchLimits(file, change))
    changes = [sections or () for piece in pieces(PATCHES, cuts) for sections in parser.feed(piece)]
    assert [each.additions for sections in changes for each in sections] == [1, 0, 1]
    patches = [[each.patch for each in sections if each.patch] for sections in changes]
    assert [one.size for patch in patches for one in patch] == [18, 36]
    for patch in patches:
        assert all(len(one.text.encode()) <= max(file, 0) for one in patch)
        assert sum(len(one.text.encode()) for one in patch) <= max(change, 0)
        assert all(one.cut == (len(one.text.encode()) < one.size) for one in patch)


@given(st.binary(), st.text())
def test_any_bytes_are_text(raw: bytes, encoding: str) -> None:
    """No message and no name of an encoding stops a digest."""
    assert isinstance(decode(raw, encoding), str)
    assert "\r\n" not in plain_lines(decode(raw))
    assert co_authors(trailers_of(decode(raw)), Person("Ada", "ada@example.org")) is not None


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("Add a thing (#12)", 12),
        ("Add a thing (#12) \n\nbody", 12),
        ("Merge pull request #34 from acme/branch\n\nAdd a thing (#12)", 34),
        ("Merge branch 'x' into 'main'\n\nAdd a thing\n\nSee merge request acme/rocket!56", 56),
        ('Revert "Add a thing (#12)" (#34)', 34),
        ('Revert "Add a thing (#12)"', None),
        ("Add a thing, see #12", None),
        ("Fix #12", None),
        ("Add a thing\n\n(#12)", None),
        ("Add (#12) a thing", None),
        ("See merge requests like acme/rocket!56", None),
        ("", None),
        (f"Add a thing (#{'9' * 5000})", None),
    ],
)
def test_the_pull_request_of_a_message(message: str, number: int | None) -> None:
    """The number stands where code hosts write it, and a mere mention is none."""
    found = pull_request(message)
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("fatal: unable to access 'https://x/': Could not resolve host: x", SourceUnavailable),
        ("fatal: unable to access 'https://x/': Failed to connect to x port 443", SourceUnavailable),
        ("error: RPC failed; curl 56 GnuTLS recv error\nfatal: early EOF", SourceUnavailable),
        ("ssh: connect to host x port 22: Connection timed out", SourceUnavailable),
        ("kex_exchange_identification: Connection closed by remote host", SourceUnavailable),
        ("remote: Repository not found.\nfatal: repository 'https://x/' not found", RepositoryNotFound),
        ("ERROR: Repository not found.\nfatal: Could not read from remote repository.", RepositoryNotFound),
        ("git@x: Permission denied (publickey).", RepositoryNotFound),
        ("fatal: Authentication failed for 'https://x/'", RepositoryNotFound),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled", RepositoryNotFound),
        ("remote: The project you were looking for could not be found", RepositoryNotFound),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 301", RepositoryNotFound),
        ("Host key verification failed.", ConfigurationError),
        ("fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate", ConfigurationError),
        ("remote: aborting due to possible repository corruption on the remote side.\nfatal: early EOF", SourceError),
        ("fatal: write error: No space left on device\nfatal: early EOF", ConfigurationError),
        ("fatal: write error: File too large\nfatal: fetch-pack: invalid index-pack output", ConfigurationError),
        ("remote: fatal: write error: No space left on device", SourceError),
        ("fatal: https://x/info/refs not valid: is this a git repository?", SourceError),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 451", RepositoryNotFound),
        ("fatal: unable to access 'https://x/': Empty reply from server", SourceUnavailable),
        ("fatal: expected flush after ref listing", SourceUnavailable),
        ("fatal: something new", SourceError),
        ("", SourceError),
    ],
)
def test_what_git_says(said: str, error: type[DigestbotError]) -> None:
    """What git says decides whether to try again and what to do, and none of it is repeated."""
    translated = translate(GitFailed(128, said), "acme/rocket")
    assert type(translated) is error
    assert translated.remedy
    assert "https://x" not in str(translated)
    assert isinstance(translated, FinalError) != isinstance(translated, SourceUnavailable)


def test_silence_is_temporary() -> None:
    """A git that does not answer in time may do so later."""
    assert isinstance(translate(GitStalled("fetch"), "acme/rocket"), SourceUnavailable)


@pytest.mark.parametrize(
    ("said", "damaged"),
    [
        ("error: object file x is empty\nfatal: loose object x is corrupt", True),
        ("fatal: bad object 1234", True),
        ("remote: fatal: bad object 1234", False),
        ("fatal: early EOF\nfatal: fetch-pack: invalid index-pack output", False),
        ("fatal: repository 'https://x/' not found", False),
        ("fatal: unable to write file x: No space left on device\nfatal: invalid index-pack output", False),
    ],
)
def test_what_means_damage(said: str, damaged: bool) -> None:
    """Only what is wrong here makes a mirror be made anew: no trouble of the network or the server does."""
    assert means_damage(GitFailed(128, said)) is damaged
