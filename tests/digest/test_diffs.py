"""What of a diff a model gets to see."""

import random
import re
from pathlib import Path

import pytest

from bot.contracts.repositories import Story, executable, submodule, symlink
from bot.digest.diffs import Diff, estimate, prepare
from bot.model import Commit, FileChange, FileKind, FilePatch, FileStatus, Patch, Phrase
from bot.ports import PatchLimits
from tests.bench.history import newest_changes
from tests.digest.written import change, file

_HEADER = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_SHA = "c0ffee" + "0" * 34


def _patches(**texts: str) -> Patch:
    """Return a patch of several files, by their paths with two underscores for a slash and one for a dot."""
    files = [(name.replace("__", "/").replace("_", "."), text) for name, text in texts.items()]
    return Patch(_SHA, tuple(FilePatch(path, text, len(text)) for path, text in files))


def _hunk(*lines: str, at: int = 1) -> str:
    """Return a hunk that replaces nothing by lines."""
    return f"@@ -{at - 1},0 +{at},{len(lines)} @@\n" + "".join(f"+{line}\n" for line in lines)


def _changed(patches: Patch, most: int = 20_000) -> Diff:
    return prepare(change("Change", *(each.path for each in patches.files)), patches, most)


_BODY = [f"    value_{number} = call(number, {number})" for number in range(12)]


def test_a_small_diff_is_shown_whole() -> None:
    """A diff that fits is shown whole, each file beneath a line that says what happened to it."""
    patch = _patches(a_py="@@ -1 +1 @@\n-x = 1\n+x = 2\n")
    diff = prepare(change("Change", file("a.py", 1, 1)), patch, 1_000)
    excerpt = diff.within(200)
    assert excerpt.text == "=== a.py (+1 -1)\n@@ -1 +1 @@\n-x = 1\n+x = 2"
    assert (excerpt.whole, excerpt.left_out, excerpt.tokens) == (True, 0, estimate(excerpt.text))


def test_source_comes_before_everything_else() -> None:
    """Where not all fits, source is shown before configuration, that before documentation, tests and lock files."""
    names = ["uv_lock", "tests__test_a_py", "docs__a_md", "ci__a_yml", "a_py"]
    diff = _changed(_patches(**{name: _hunk(*_BODY) for name in names}))
    whole = diff.within(20_000).text
    order = ["a.py", "ci/a.yml", "docs/a.md", "tests/test.a.py", "uv.lock"]
    assert re.findall(r"=== (\S+)", whole) == order
    seen = [re.findall(r"=== (\S+)", diff.within(tokens).text) for tokens in (400, 700, 1_000)]
    assert [paths == order[: len(paths)] and len(paths) > 0 for paths in seen] == [True] * 3
    assert len(seen[0]) < len(seen[1]) < len(seen[2])


def test_what_users_see_comes_first() -> None:
    """Of a file, the hunks that change functions, flags, endpoints and variables come before others."""
    flag = _hunk("parser.add_argument('--deadline', type=int)", at=300)
    diff = _changed(_patches(a_py=_hunk(*_BODY) + _hunk(*_BODY, at=100) + flag))
    excerpt = diff.within(90)
    assert "+parser.add_argument('--deadline', type=int)" in excerpt.text
    assert "value_3" not in excerpt.text
    assert (excerpt.whole, excerpt.left_out) == (False, 2)


def test_files_take_turns() -> None:
    """Where all hunks say as much, one of each file is shown before a second of any."""
    one = _hunk(*_BODY[:4]) + _hunk(*_BODY[:4], at=100) + _hunk(*_BODY[:4], at=200)
    diff = _changed(_patches(a_py=one, b_py=one, c_py=one))
    assert re.findall(r"=== (\S+)", diff.within(450).text) == ["a.py", "b.py", "c.py"]


def test_signatures_of_what_is_left_out_are_listed() -> None:
    """Of a hunk that is too large, the lines that declare something are shown, and what is left out is counted."""
    lines = [line for name in ("load", "save", "_hide") for line in (f"def {name}(path):", *_BODY)]
    excerpt = _changed(_patches(a_py=_hunk(*lines))).within(120)
    assert "[not shown, changed there:]\n+ def load(path):\n+ def save(path):" in excerpt.text
    assert "_hide" not in excerpt.text
    assert "[Left out: 1 hunk of 1 file: a.py (1)]" in excerpt.text
    assert excerpt.left_out == 1


def test_a_new_file_is_shown_in_sections() -> None:
    """Of a new file that is too large, some functions are shown whole, under their own line numbers."""
    lines = [line for number in range(20) for line in (f"def load_{number}():", *_BODY, *_BODY, "")]
    diff = _changed(_patches(a_py=f"@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}\n" for line in lines)))
    text = diff.within(1_500).text
    assert "@@ -0,0 +27,26 @@\n+def load_1():\n+    value_0 = call(number, 0)" in text
    assert "[not shown, changed there:]" in text
    assert diff.lines["a.py"] == tuple(range(1 + 26 * number, 27 + 26 * number) for number in range(20))


def test_a_copy_gives_way_to_what_is_new() -> None:
    """A hunk that says the same as one before it comes after all others, and a signature is listed once."""
    copy = _hunk("def load(path):", *_BODY)
    diff = _changed(_patches(a_py=copy, b_py=copy, c_py=_hunk(*_BODY[:6])))
    assert re.findall(r"=== (\S+)", diff.within(350).text) == ["a.py", "c.py"]
    assert diff.within(60).text.count("def load(path)") == 1


def test_no_more_is_kept_than_asked_for() -> None:
    """Hunks beyond what may be kept are counted as left out at every budget; their signatures stay."""
    text = "".join(_hunk(f"def load_{number}():", *_BODY, at=1 + 50 * number) for number in range(50))
    diff = _changed(_patches(a_py=text), most=1_000)
    assert sum(len(piece.text or "") for piece in diff.material.pieces) < 4_000
    excerpt = diff.within(1_000_000)
    assert excerpt.left_out > 40
    assert not excerpt.whole
    assert all(f"def load_{number}():" in excerpt.text for number in range(50))


def test_context_is_narrow() -> None:
    """Around changed lines one unchanged line stays, and a long unchanged run divides a hunk in two."""
    run = "".join(f" {number}\n" for number in range(14, 20))
    text = f"@@ -10,12 +10,12 @@ class A:\n 10\n 11\n 12\n-old\n+new\n{run}-gone\n+come\n 21\n"
    assert _changed(_patches(a_py=text)).within(1_000).text == (
        "=== a.py (+12 -3)\n@@ -12,3 +12,3 @@ class A:\n 12\n-old\n+new\n 14\n@@ -19,3 +19,3 @@\n 19\n-gone\n+come\n 21"
    )


def test_a_long_line_is_shortened_with_a_word() -> None:
    """Of a line of many characters only the beginning is shown; how long it is is said, and that not all is shown."""
    excerpt = _changed(_patches(a_py=_hunk("x" * 30_000))).within(10_000)
    assert "x [… a line of 30001 characters]" in excerpt.text
    assert not excerpt.whole


def test_what_has_no_hunks_is_said_in_a_line() -> None:
    """Binary files, moves, links, modes and what was not read have a line each."""
    kinds = FileKind
    commit = change(
        "Change",
        FileChange("logo.png", FileStatus.ADDED, kinds.REGULAR, None, None, binary=True),
        FileChange("new.py", FileStatus.RENAMED, kinds.REGULAR, 0, 0, "old.py"),
        FileChange("run.sh", FileStatus.MODIFIED, kinds.EXECUTABLE, 0, 0, mode_changed=True),
        FileChange("lib", FileStatus.MODIFIED, kinds.SUBMODULE, 1, 1),
        file("big.json"),
    )
    diff = prepare(commit, Patch(_SHA, (FilePatch("big.json", "", 900, cut=True),)), 1_000)
    assert diff.within(1_000).text.split("\n") == [
        "=== logo.png (added, binary)",
        "=== new.py (renamed from old.py, +0 -0)",
        "=== run.sh (+0 -0, now executable)",
        "=== lib (submodule, +1 -1)",
        "=== big.json (+12 -3) [not read]",
    ]
    assert diff.paths == {"logo.png", "new.py", "old.py", "run.sh", "lib", "big.json"}
    assert diff.cut


@pytest.mark.parametrize("unread", [None, Patch(_SHA, unread=Phrase.of("unread"))])
def test_an_unread_diff_is_no_empty_one(unread: Patch | None) -> None:
    """Where the patch is missing, that is said, and the files are named."""
    diff = prepare(change("Change", "a.py"), unread, 1_000)
    excerpt = diff.within(1_000)
    assert excerpt.text == "[The diff could not be read.]\n=== a.py (+12 -3)"
    assert diff.cut
    assert not excerpt.whole


def test_numbers_of_the_patch_are_known() -> None:
    """Every number of a hunk's lines is known, without thousands separators, and its parts; line numbers are not."""
    diff = _changed(_patches(a_py="@@ -77,2 +77,2 @@\n-limit = 1_024\n+limit = 65,536  # 2.5 times, v3\n"))
    assert diff.numbers == {"1024", "1", "024", "65536", "65", "536", "2.5", "2", "5", "3"}


def test_a_path_is_one_line() -> None:
    """A path with line ends stays one line, so that it cannot pass for anything else."""
    text = prepare(change("Change", "a\n=== b (added)\n.py"), Patch(_SHA), 1_000).within(1_000).text
    assert text == "=== a\\x0a=== b (added)\\x0a.py (+12 -3)"


@pytest.mark.parametrize("context", [0, 1, 3, 10])
def test_lines_are_numbered_as_git_does(tmp_path: Path, context: int) -> None:
    """Of real diffs every changed line is shown, each hunk under the numbers that its lines have in both files."""
    chance = random.Random(7)  # noqa: S311 - the same every time
    story, contents = Story(), [[f"line {number}" for number in range(60)]]
    story.commit("Begin", {"a.py": "\n".join(contents[0])})
    for number in range(25):
        lines = list(contents[-1])
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(lines) + 1)
            lines[at : at + chance.randrange(4)] = [f"{number}: {chance.random()}" for _ in range(chance.randrange(4))]
        if number % 5 == 0:
            lines[30:30] = [f"{number} {line}" if line else "" for line in ("word", *[""] * 3, *["word"] * 20, "") * 3]
        contents.append(lines)
        story.commit("Go on", {"a.py": "\n".join(lines) + "\n" * chance.randrange(2)})
    repository = story.write(tmp_path / "rocket")
    commits, patches = newest_changes(repository.path, 25, PatchLimits(1 << 20, 1 << 20, context))
    for commit, old, new in zip(commits[::-1], contents, contents[1:], strict=False):
        _check(prepare(commit, patches[commit.sha], 100_000), commit, old, new)


def _check(diff: Diff, commit: Commit, old: list[str], new: list[str]) -> None:
    """Check the numbers of an excerpt that is whole against both files."""
    lines = [line for line in diff.within(100_000).text.split("\n") if not line.startswith(("===", "\\"))]
    ranges = []
    for at, line in enumerate(lines):
        if header := _HEADER.match(line):
            body = lines[at + 1 : next((n for n in range(at + 1, len(lines)) if _HEADER.match(lines[n])), len(lines))]
            olds, news = ([each[1:] for each in body if each[:1] in (sign, " ")] for sign in "-+")
            assert olds == old[max(0, int(header[1]) - 1) :][: len(olds)]
            assert news == new[max(0, int(header[3]) - 1) :][: len(news)]
            assert (len(olds), len(news)) == tuple(int(header[each] or 1) for each in (2, 4))
            ranges += [range(int(header[3]), int(header[3]) + len(news))] if news else []
    assert diff.lines.get("a.py", ()) == tuple(ranges)
    assert sum(line[:1] == "+" for line in lines) == commit.additions
    assert sum(line[:1] == "-" for line in lines) == commit.deletions


def test_every_kind_of_change_is_read_from_git(tmp_path: Path) -> None:
    """Real changes of every kind have a line or hunks, and no path of theirs is missing."""
    story = Story()
    text = "".join(f"line {number}\n" for number in range(30))
    story.commit(
        "Begin", {"old.py": text, "gone.py": "x\n", "run.sh": "x\n", "link": "x\n", "lib": submodule("1" * 40)}
    )
    moved = {"new.py": text + "more\n", "old.py": None, "gone.py": None, "run.sh": executable("x\n")}
    story.commit("Go", {**moved, "link": symlink("new.py"), "logo.png": b"\0\1", "lib": submodule("2" * 40)})
    commits, patches = newest_changes(story.write(tmp_path / "rocket").path, 1, PatchLimits(1 << 20, 1 << 20))
    diff = prepare(commits[0], patches[commits[0].sha], 10_000)
    text = diff.within(10_000).text
    assert re.search(r"=== new.py \(renamed from old.py, \+1 -0\)\n@@ -30 \+30,2 @@.*\n line 29\n\+more\n", text)
    assert "=== gone.py (deleted, +0 -1)\n@@ -1 +0,0 @@\n-x" in text
    assert "=== run.sh (+0 -0, now executable)" in text
    assert "=== logo.png (added, binary)" in text
    assert "+Subproject commit 2222" in text
    assert diff.paths == {"old.py", "new.py", "gone.py", "run.sh", "link", "logo.png", "lib"}
