"""What git prints of a stranger's repository, and where repositories are."""

import re
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from adapters.source.git.archive import LONGEST_LINE, MOST_LINES, _lines, _path
from adapters.source.git.failures import means_damage, translate
from adapters.source.git.files import FilesParser
from adapters.source.git.history import _record
from adapters.source.git.locations import LOOPBACK, page_of, remote_location
from adapters.source.git.messages import decode_path, pull_request
from adapters.source.git.mirror import mirror_folder
from adapters.source.git.patches import PatchParser
from adapters.source.git.process import GitFailed
from adapters.source.git.refs import refuse_unsafe_ref
from bot.errors import DigestbotError, UnsafeName
from bot.ports import FileText, NoText, PatchLimits
from tests.fuzz.inputs import NASTY, edited, words
from tests.fuzz.target import target

_SHA = b"1" * 40
_LINE = st.sampled_from(
    (
        b"", b"diff --git a/x b/x", b"@@ -1 +1 @@", b"Binary files a/x and b/x differ", b"rename to y", b"diff --git .",
        b"-- a/x", b"++ b/x", b"\xff\xfe", b"\r", "ö".encode(), b"\\ No newline at end of file",
    )
) | st.binary(max_size=20).map(lambda raw: raw.replace(b"\n", b""))  # fmt: skip
_PATHS = (b"x", b"a b", b".\n", b'q"', b"\\", b"b/x", b"\t\x01", "ö".encode(), b"\xff", b" b/ b/", b"a/x b/x")
_PATH = st.sampled_from(_PATHS) | st.binary(min_size=1, max_size=12).map(
    lambda raw: raw.replace(b"\0", b"").strip(b"/") or b"x"
)
_CUTS = st.lists(st.integers(1, 60), max_size=12)


def _pieces(text: bytes, sizes: list[int]) -> list[bytes]:
    ends = [end for end in accumulate(sizes) if end < len(text)]
    return [text[begin:end] for begin, end in pairwise((0, *ends, len(text)))]


def _quoted(path: bytes) -> bytes:
    """Return a path as git writes it in a patch."""
    plain = all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in path)
    if plain:
        return path
    named = {7: b"\\a", 8: b"\\b", 9: b"\\t", 10: b"\\n", 11: b"\\v", 12: b"\\f", 13: b"\\r", 34: b'\\"', 92: b"\\\\"}
    return b"".join(
        named.get(byte, bytes([byte]) if 0x20 <= byte < 0x7F else b"\\%03o" % byte) for byte in path
    )  # fmt: skip


def _side(prefix: bytes, path: bytes) -> bytes:
    quoted = _quoted(path)
    return prefix + quoted if quoted == path else b'"' + prefix + quoted + b'"'


@st.composite
def _patches(draw: DrawFn) -> dict[str, Any]:
    """Return changes, each of files with their lines, and where git's answer about them is cut."""
    lines = st.lists(st.tuples(st.sampled_from((b"+", b"-", b" ")), _LINE).map(b"".join), max_size=5)
    files = st.lists(
        st.fixed_dictionaries({"path": _PATH, "lines": lines}), max_size=3, unique_by=lambda each: each["path"]
    )
    return {
        "changes": draw(st.lists(files, max_size=3)),
        "cuts": draw(_CUTS),
        "limits": draw(st.tuples(st.integers(-1, 60), st.integers(-1, 90))),
    }


def _section(path: bytes, lines: list[bytes]) -> bytes:
    head = b"diff --git " + _side(b"a/", path) + b" " + _side(b"b/", path) + b"\nindex 1..2 100644\n"
    if not lines:
        return head
    named = b"--- " + _side(b"a/", path) + b"\n+++ " + _side(b"b/", path) + b"\n"
    return head + named + b"@@ -1 +1 @@\n" + b"".join(line + b"\n" for line in lines)


@target(_patches())
def git_patches(given: dict[str, Any]) -> None:
    """Every file of every change comes with its path and its counted lines, whatever the lines and paths look like."""
    changes, cuts, (file, change) = given["changes"], given["cuts"], given["limits"]
    text = b"".join(
        _SHA + b"\n" + b"".join(_section(each["path"], each["lines"]) for each in files) + b"diff --git .\n"
        for files in changes
    )
    parser = PatchParser(PatchLimits(file, change))
    found = [sections for piece in _pieces(text, cuts) for sections in parser.feed(piece)]
    assert len(found) == len(changes)
    for sections, files in zip(found, changes, strict=True):
        assert sections is not None
        expected = [
            (
                decode_path(each["path"]),
                sum(line[:1] == b"+" for line in each["lines"]),
                sum(line[:1] == b"-" for line in each["lines"]),
            )
            for each in files
        ]
        assert [(each.path, each.additions, each.deletions) for each in sections] == expected
        patches = [each.patch for each in sections if each.patch]
        assert all(len(patch.text.encode()) <= 3 * max(file, 0) for patch in patches)
        assert sum(min(patch.size, max(file, 0)) for patch in patches) >= 0


@target(
    st.tuples(
        st.lists(st.tuples(_PATH, _PATH, st.sampled_from(("M", "A", "D", "R090", "C100", "T", "X"))), max_size=4), _CUTS
    )
)
def git_files(given: tuple[list[tuple[bytes, bytes, str]], list[int]]) -> None:
    """Every file of a change comes with its path, whatever paths look like; the same in any pieces."""
    files, cuts = given
    text = _SHA + b"\0"
    for path, other, status in files:
        paths = (path, other) if status[0] in "RC" else (path,)
        text += b":100644 100755 " + b"a" * 40 + b" " + b"b" * 40 + b" " + status.encode() + b"\0"
        text += b"".join(each + b"\0" for each in paths)
    parser = FilesParser()
    (found,) = [each for piece in _pieces(text + b".\n", cuts) for each in parser.feed(piece)]
    assert found is not None
    expected = [decode_path(other if status[0] in "RC" else path) for path, other, status in files]
    assert [each.path for each in found.changes] == expected
    assert found.blobs <= {"a" * 40, "b" * 40}


_GIT_OUTPUT = (
    _SHA + b"\0:100644 100644 " + b"a" * 40 + b" " + b"b" * 40 + b" M\0.\n\0.\n",
    _SHA + b"\ndiff --git a/x b/x\nold mode 100644\nnew mode 100755\ndiff --git .\n",
    _SHA + b'\ndiff --git "a/\\303" "b/\\303"\nrename to "t\\n"\n@@ -1 +1 @@\n-1\n+2\ndiff --git .\n',
)


@target(
    st.tuples(
        st.sampled_from(("patches", "files")),
        edited(
            _GIT_OUTPUT,
            st.sampled_from((b"\0", b"\n", b"diff --git ", b"\n@@ ", b'"', b"\\", b":", b".\n")) | st.binary(),
        ),
        _CUTS,
    )
)
def git_pieces(given: tuple[str, bytes, list[int]]) -> None:
    """Whatever is read as what git prints is the same in any pieces; broken raw lines are refused as ValueError."""
    kind, text, cuts = given

    def parsed(pieces: list[bytes]) -> list[object] | str:
        parser = PatchParser(PatchLimits(40, 60)) if kind == "patches" else FilesParser()
        try:
            return [each for piece in pieces for each in parser.feed(piece)]
        except (ValueError, IndexError):
            return "refused"

    assert parsed([text]) == parsed(_pieces(text, cuts))


_MESSAGES = (
    b"Order requests (#12)\n\nCo-authored-by: Ada <ada@example.org>\n",
    b"Merge pull request #34 from acme/x\n\nA (#12)", b"Merge branch 'x'\n\nSee merge request acme/rocket!56",
    b"Fixes: abc\r\nSigned-off-by: X <y>\r\n",
)  # fmt: skip
_RAW = edited(_MESSAGES, st.sampled_from((b"<", b">", b":", b"\n", b"\xff", b"#", b"9", b"(", b"!")) | st.binary()).map(
    lambda raw: raw.replace(b"\0", b"")
)
_NUMBERS = st.sampled_from((b"0", b"1768478400", b"-1", b"", b"99999999999", b"9" * 5000, b"1e9", "٣".encode()))
_ENCODINGS = st.sampled_from(
    (
        b"",
        b"ISO-8859-1",
        b"utf-16",
        b"rot13",
        b"zlib_codec",
        b"idna",
        b"unicode_escape",
        b"../x",
        b"\xff",
        b"utf-7",
        b"cp037",
    )
)


@target(st.tuples(_RAW, _RAW, _NUMBERS, _NUMBERS, _ENCODINGS | _RAW, _RAW, _RAW).map(list))
def git_commits(given: list[bytes]) -> None:
    """A commit is read whatever its header and its message hold, and what is valid UTF-8 in it is kept."""
    name, email, authored, committed, encoding, trailers, message = given
    record = _record([_SHA, _SHA, name, email, authored, committed, encoding, trailers, message])
    assert record.authored_at.tzinfo
    assert record.committed_at.tzinfo
    try:
        assert record.message == message.decode().replace("\r\n", "\n").strip("\n")
        assert record.author.name == name.decode()
    except UnicodeDecodeError:
        record.message.encode("utf-8", "surrogatepass")
    found = pull_request(record.message)
    assert found is None or 0 <= found.number < 10**18


_LOCATIONS = (
    "https://example.org/acme/rocket.git", "http://localhost:8080/a/b", "git@example.org:acme/rocket.git",
    "file:///srv/x.git", "ssh://git@example.org:22/a/b", "ext::sh -c x", "https://u:hunter2@example.org/a",
    "http://169.254.169.254/latest", "/srv/rocket", "../rocket", "https://[::1]/x", "ssh://-oProxyCommand=x/y", "-u",
    "git+ssh://h/x", "HTTPS://EXAMPLE.org/A", "fd::17", "x:y",
)  # fmt: skip
_PARTS = ("://", "::", "@", ":", "//", "-", "%2e%2e", "%00", "\\", "?", "#", "[", "]", "hunter2", "ext", "file")


@target(words(_LOCATIONS, _PARTS))
def locations(name: str) -> None:
    """A name is a path, a URL that git may be given, or refused as unsafe; no page bears a credential."""
    page = page_of(name)
    if page is not None:
        parts = urlsplit(page)
        assert parts.scheme == "https"
        assert "@" not in parts.netloc
        assert not re.search(r"[\x00-\x1f\x7f]", page)
    try:
        where = remote_location(name)
    except UnsafeName as error:
        assert "hunter2" not in str(error)
        return
    if where is None:
        assert not name.startswith("-")
        assert "://" not in name
        return
    assert not where.url.startswith("-")
    assert not re.match(r"[A-Za-z0-9][A-Za-z0-9+.-]*::", where.url)
    assert not re.search(r"[\x00-\x1f\x7f]", where.url)
    if "://" in where.url:
        parts = urlsplit(where.url)
        assert parts.scheme in ("file", "ssh", "git+ssh", "ssh+git", "https", "http")
        assert not parts.password
        assert parts.scheme != "http" or parts.hostname in LOOPBACK
    else:
        assert not where.url.partition("@")[2].startswith("-")
    mirrors = Path("/mirrors")
    folder = mirror_folder(mirrors, where.url)
    assert folder.parent == mirrors
    assert re.fullmatch(r"[A-Za-z0-9-]{1,80}", folder.name)


@target(words(("src/a.py", "docs/", "../etc/passwd", "a/./b", "/etc", ":(glob)**", "a//b")))
def paths_in_archives(path: str) -> None:
    """A path leaves no folder, and is never a pattern's or an option's beginning by a slash."""
    given = _path(path)
    if given is not None:
        assert ".." not in given.split("/")
        assert not given.startswith("/")
        assert "\0" not in given
        assert 0 < len(given.encode()) <= 4096


@target(
    st.tuples(
        edited((b"a\nb\nc\n", b"x" * 5000, b"\xff\r\n\x00"), st.sampled_from((b"\n", b"\r", b"\0")) | st.binary()),
        st.booleans(), st.integers(-5, 10**9), st.integers(-5, 10**9),
    )
)  # fmt: skip
def lines_of_files(given: tuple[bytes, bool, int, int]) -> None:
    """Lines of a file are no more and no longer than the limits, and what was left out is said."""
    content, whole, first, last = given
    found = _lines(content, whole, first, last)
    if isinstance(found, NoText):
        assert b"\0" in content
        return
    assert isinstance(found, FileText)
    assert len(found.lines) <= MOST_LINES
    assert all(len(line) <= LONGEST_LINE for line in found.lines)
    assert not any("\n" in line for line in found.lines)


@target(
    words(("fatal: unable to access 'https://x/': Could not resolve host: x", "remote: not our ref abc", "bad object"))
)
def git_failures(said: str) -> None:
    """Whatever git says, it is an error of ours, and none of its words is passed on."""
    failed = GitFailed(128, f"secret-marker {said}")
    error = translate(failed, "https://example.org/x")
    assert isinstance(error, DigestbotError)
    assert "secret-marker" not in str(error)
    assert isinstance(means_damage(failed), bool)


@target(words(("v1.2", "main", "tags/2026-01-15", "a..b", "HEAD@{1}", "-x", "abc1234", "x.lock", "^x"), NASTY))
def refs(ref: str) -> None:
    """A ref that is handed to git is no option, no range, and no expression."""
    try:
        refuse_unsafe_ref(ref)
    except UnsafeName:
        return
    assert ref
    assert not ref.startswith(("-", "/", "."))
    assert not set(ref) & set(" ~^:?*[\\\x00\n\x7f")
    assert ".." not in ref
