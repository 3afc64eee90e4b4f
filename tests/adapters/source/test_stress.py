"""What commits can contain, and repositories can lack, without stopping a digest."""

import asyncio
import os
import tracemalloc
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.source.git import GitSource
from adapters.source.git.history import TEXT_KEPT
from bot.contracts.repositories import BEGINNING, BuiltRepository, Story, executable, run_git
from bot.contracts.source import DAY, EVER, Offer, collect, patches, since, subjects, window
from bot.errors import SourceError
from bot.model import FileStatus, Phrase, Window
from bot.ports import PatchLimits
from tests.adapters.source.wrappers import GIT, WrappedGit

MISSING = Phrase.of("unread-missing-objects")
MEGABYTE = 1 << 20


@pytest.fixture(params=["path", "http"])
def offer(request: pytest.FixtureRequest) -> Offer:
    """Offer a repository by its path, or on a server."""
    if request.param == "path":
        return lambda repository: str(repository.path)
    served: Offer = request.getfixturevalue("served")
    return served


def forget(repository: BuiltRepository, name: str) -> None:
    """Remove an object from a repository whose objects are loose."""
    sha = repository.git("rev-parse", name)
    (repository.path / "objects" / sha[:2] / sha[2:]).unlink()


@pytest.mark.parametrize(
    ("message", "encoding", "expected"),
    [
        ("Größe".encode("latin-1"), "iso-8859-1", "Größe"),
        ("修复".encode("gb18030"), "gb18030", "修复"),
        ("Größe".encode(), "", "Größe"),
        ("Größe".encode("latin-1"), "", "Gr\ufffd\ufffde"),
        ("Größe".encode(), "no-such-encoding", "Größe"),
        ("Größe".encode(), "ascii", "Größe"),
        (b"xn--a", "idna", "xn--a"),
        (b"4142", "hex", "4142"),
        (b"one\r\n\r\ntwo\r\nthree\r\n", "", "one\n\ntwo\nthree"),
        (b"", "", ""),
        (b"\n\n", "", ""),
    ],
)
async def test_messages_in_any_encoding(
    source: GitSource, offer: Offer, folder: Path, message: bytes, encoding: str, expected: str
) -> None:
    """A message is read by the encoding that its commit names, else as UTF-8, and never stops the rest."""
    story = Story()
    story.commit(message, {"a": "1"}, encoding=encoding, author=b"\xff\xfe <x@example.org>")
    (commit,) = (await collect(source, offer(story.write(folder)), EVER)).commits
    assert (commit.message, commit.unread) == (expected, None)
    assert commit.author.email == "x@example.org"


async def test_trailers_with_carriage_returns(source: GitSource, offer: Offer, folder: Path) -> None:
    """Trailers of a message with CRLF have no carriage return in them."""
    story = Story()
    story.commit(b"one\r\n\r\ntwo\r\n\r\nCo-authored-by: Joan <joan@example.org>\r\nFixes: #3\r\n", {"a": "1"})
    (commit,) = (await collect(source, offer(story.write(folder)), EVER)).commits
    assert commit.trailers == (("Co-authored-by", "Joan <joan@example.org>"), ("Fixes", "#3"))
    assert [person.name for person in commit.co_authors] == ["Joan"]


@pytest.mark.parametrize(
    "date", ["0 +0000", "4102444800 +1400", "99999999999 +0000", "99999999999999999 -9959", "1 -0001"]
)
async def test_dates_out_of_range(source: GitSource, offer: Offer, folder: Path, date: str) -> None:
    """A commit with an impossible date is read, and so is the one after it."""
    story = Story()
    story.commit("odd", {"a": "1"}, at=date, authored=date)
    story.commit("sound", {"a": "2"}, at=DAY)
    repository = await source.find(offer(story.write(folder)))
    found = await collect(source, repository.location, window())
    assert subjects(found.commits) == ["sound"]
    ever = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), "UTC", "ever")
    assert subjects((await collect(source, repository.location, ever)).commits) == ["sound", "odd"]


async def test_a_date_that_is_none(source: GitSource, offer: Offer, folder: Path) -> None:
    """A commit whose header has no date at all is read as one of 1970."""
    story = Story()
    built = story.write(folder)
    tree = built.git("mktree", stdin=b"")
    raw = f"tree {tree}\nauthor Nobody <>\ncommitter Nobody <>\n\nodd\n".encode()
    sha = built.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw)
    built.git("update-ref", "refs/heads/main", sha)
    (commit,) = (await collect(source, offer(built), EVER)).commits
    assert (commit.subject, commit.committed_at) == ("odd", datetime(1970, 1, 1, tzinfo=UTC))


async def test_paths_of_any_kind(source: GitSource, offer: Offer, folder: Path) -> None:
    """Paths with quotes, line ends, tabs, marks of the protocol and bytes that are not UTF-8 keep their own lines."""
    paths = [
        'say "hi"',
        "two\nlines",
        "tab\tbed",
        "ünï/文件",
        "back\\slash",
        ".\n",
        ":100644",
        " b/x a/x",
        "a b/a",
        "diff --git .",
    ]
    story = Story()
    story.commit("odd paths", {**{path: f"{path!r}\n" for path in paths}, os.fsdecode(b"\xff\xfe"): "bytes\n"})
    found = await collect(source, offer(story.write(folder)), EVER)
    assert {file.path for file in found.commits[0].files} == {*paths, "\\xff\\xfe"}
    (patch,) = await patches(source, found)
    texts = {file.path: file.text for file in patch.files}
    assert texts == {**{path: f"@@ -0,0 +1 @@\n+{path!r}\n" for path in paths}, "\\xff\\xfe": "@@ -0,0 +1 @@\n+bytes\n"}


async def test_renames_of_odd_paths(source: GitSource, offer: Offer, folder: Path) -> None:
    """A renamed file is known by its new path in both the list of files and the patch."""
    text, story = "".join(f"{number}\n" for number in range(30)), Story()
    story.commit("before", {'old "name"': text})
    story.commit("after", {"new\nname": text + "x\n", 'old "name"': None}, at=DAY)
    found = await collect(source, offer(story.write(folder)), window())
    (file,) = found.commits[0].files
    assert (file.path, file.previous_path, file.status) == ("new\nname", 'old "name"', FileStatus.RENAMED)
    assert [(patch.path, patch.size) for patch in (await patches(source, found))[0].files] == [
        ("new\nname", len("@@ -28,3 +28,4 @@\n 27\n 28\n 29\n+x\n"))
    ]


async def test_lines_that_look_like_the_protocol(source: GitSource, offer: Offer, folder: Path) -> None:
    """A file made of lines that git's headers begin with does not end its own patch."""
    lines = "diff --git .\ndiff --git a/x b/x\n.\n@@ -1 +1 @@\n" * 50
    story = Story()
    story.commit("first", {"x": lines, "y": "1\n"}, at=DAY)
    story.commit("second", {"x": "\n" + lines, "y": "2\n"}, at=DAY)
    found = await collect(source, offer(story.write(folder)), window())
    second, first = await patches(source, found)
    assert [len(patch.files) for patch in (second, first)] == [2, 2]
    assert first.files[0].text.count("+diff --git .\n") == 50


async def test_patches_that_are_not_utf8(source: GitSource, offer: Offer, folder: Path) -> None:
    """A patch in another encoding is readable text, and a character that a limit cuts in two is left out."""
    story = Story()
    story.commit("latin", {"a": "Größe\n".encode("latin-1"), "b": "ö" * 100 + "\n"})
    found = await collect(source, offer(story.write(folder)), EVER)
    (patch,) = await patches(source, found, PatchLimits(file=25, change=1000))
    assert [file.text for file in patch.files] == ["@@ -0,0 +1 @@\n+Gr\ufffd\ufffde\n", "@@ -0,0 +1 @@\n+ööööö"]


@pytest.mark.parametrize(("megabytes", "line"), [(8, 80), (77, 4 * MEGABYTE)])
async def test_huge_patches(source: GitSource, offer: Offer, folder: Path, megabytes: int, line: int) -> None:
    """A patch of 8 MB, or of 77 MB in lines of 4 MB, is measured in full; no more than the limit is ever in memory."""
    size = megabytes * MEGABYTE // line * line
    story = Story()
    story.commit("huge", {"a": (b"x" * (line - 1) + b"\n") * (size // line), "b": "small\n"})
    found = await collect(source, offer(story.write(folder)), EVER)
    story.script.clear()
    tracemalloc.start()
    (patch,) = await patches(source, found, PatchLimits(file=100_000, change=200_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    huge, small = patch.files
    assert found.commits[0].additions == size // line + 1
    assert huge.size == len(f"@@ -0,0 +1,{size // line} @@\n") + size + size // line
    assert (len(huge.text), huge.cut, small.cut) == (100_000, True, False)
    assert peak < 4 * MEGABYTE


async def test_thousands_of_files(source: GitSource, offer: Offer, folder: Path) -> None:
    """A change of 2,500 files has all of them, and so has its patch."""
    story = Story()
    story.commit("many", {f"{number % 50}/{number}": f"{number}\n" for number in range(2500)})
    found = await collect(source, offer(story.write(folder)), EVER)
    assert len(found.commits[0].files) == 2500
    assert len((await patches(source, found))[0].files) == 2500


async def test_a_mode_that_changes_with_the_content(source: GitSource, offer: Offer, folder: Path) -> None:
    """A file that becomes executable and is edited has both, and its patch is just the edit."""
    story = Story()
    story.commit("before", {"a": "1\n"})
    story.commit("after", {"a": executable("2\n")}, at=DAY)
    found = await collect(source, offer(story.write(folder)), window())
    assert [(file.mode_changed, file.additions) for file in found.commits[0].files] == [(True, 1)]
    assert (await patches(source, found))[0].files[0].text == "@@ -1 +1 @@\n-1\n+2\n"


async def test_a_missing_file(source: GitSource, offer: Offer, folder: Path) -> None:
    """Where the content of a file is missing, only the changes that need it are unread, and still name their files."""
    story = Story()
    for number in range(40):
        story.commit(f"change {number}", {"a": f"{number}\n", f"b{number}": "x\n"}, at=DAY)
    repository = story.write(folder)
    forget(repository, "main~20:a")
    found = await collect(source, offer(repository), window())
    unread = {commit.subject: commit for commit in found.commits if commit.unread}
    assert unread.keys() == {"change 19", "change 20"}
    assert unread["change 19"].unread == MISSING
    assert [(file.path, file.additions) for file in unread["change 19"].files] == [("a", None), ("b19", None)]
    assert len(found.commits) == 40
    read = await patches(source, found)
    assert [patch.unread for patch in read] == [commit.unread for commit in found.commits]


async def test_a_patch_that_goes_missing(source: GitSource, folder: Path) -> None:
    """A file that goes missing after the changes were collected makes their patches unread, and no others."""
    story = Story()
    for number in range(5):
        story.commit(f"change {number}", {"a": f"{number}\n"}, at=DAY)
    repository = story.write(folder)
    found = await collect(source, str(repository.path), window())
    forget(repository, "main~2:a")
    assert [patch.unread for patch in await patches(source, found)] == [None, MISSING, MISSING, None, None]


async def test_a_missing_tree(source: GitSource, folder: Path) -> None:
    """Where a folder is missing, the changes that need it are unread, without files."""
    story = Story()
    for number in range(5):
        story.commit(f"change {number}", {"in/a": f"{number}\n"}, at=DAY)
    repository = story.write(folder)
    forget(repository, "main~2:in")
    found = await collect(source, str(repository.path), window())
    assert [commit.unread for commit in found.commits] == [None, MISSING, MISSING, None, None]
    assert found.commits[1].files == ()


async def test_a_missing_commit(source: GitSource, folder: Path) -> None:
    """Where history itself is missing, what is newer is found, and a note says where history ends."""
    story = Story()
    for number in range(5):
        story.commit(f"change {number}", {"a": f"{number}\n"}, at=DAY)
    repository = story.write(folder)
    forget(repository, "main~3")
    found = await collect(source, str(repository.path), window())
    assert subjects(found.commits) == ["change 4", "change 3", "change 2"]
    assert found.notes == (Phrase.of("history-ends-early", sha=repository.git("rev-parse", "main~2")),)
    assert [commit.unread for commit in found.commits] == [None, None, MISSING]


async def test_a_shallow_clone(source: GitSource, folder: Path, tmp_path: Path) -> None:
    """A change at the end of a shallow clone is unread: it does not show the whole tree as added."""
    story = Story()
    for number in range(5):
        story.commit(f"change {number}", {"a": f"{number}\n"}, at=DAY)
    run_git("clone", "-q", "--depth=3", story.write(folder).url, str(tmp_path / "shallow"))
    found = await collect(source, str(tmp_path / "shallow"), window())
    boundary = Phrase.of("unread-shallow-boundary")
    assert [(len(commit.files), commit.unread) for commit in found.commits] == [(1, None), (1, None), (0, boundary)]
    assert found.notes == (Phrase.of("history-ends-early", sha=found.commits[-1].sha),)
    assert [patch.unread for patch in await patches(source, found)] == [None, None, boundary]


async def test_a_partial_clone(source: GitSource, folder: Path, tmp_path: Path) -> None:
    """A partial clone on this disk is read without asking its server, and without becoming any larger."""
    story = Story()
    for number in range(5):
        story.commit(f"change {number}", {"a": f"{number}\n"}, at=DAY)
    server = story.write(folder)
    server.git("config", "uploadpack.allowFilter", "true")
    clone = BuiltRepository(tmp_path / "clone.git", {})
    run_git("clone", "-q", "--bare", "--filter=blob:none", server.url, str(clone.path))
    before = clone.git("count-objects", "-v")
    found = await collect(source, str(clone.path), window())
    assert {commit.unread for commit in found.commits} == {MISSING}
    assert clone.git("count-objects", "-v") == before


async def test_a_detached_head(source: GitSource, folder: Path) -> None:
    """In a work tree without a branch, the commit that is checked out is read, and a note says so."""
    story = Story()
    first = story.commit("first", {"a": "1"}, at=DAY)
    story.commit("second", {"a": "2"}, at=DAY)
    repository = story.write(folder, bare=False)
    repository.git("checkout", "-q", "--detach", repository.sha(first))
    found = await collect(source, str(repository.path), window())
    assert subjects(found.commits) == ["first"]
    assert found.notes == (Phrase.of("detached-head"),)


async def test_the_branch_that_is_checked_out(source: GitSource, folder: Path, tmp_path: Path) -> None:
    """On this disk the branch that is checked out is read; an additional work tree has its own."""
    story = Story()
    base = story.commit("base", {"a": "1"}, at=DAY)
    story.commit("work", {"a": "2"}, at=DAY, branch="feature", parents=[base])
    repository = story.write(folder, bare=False)
    repository.git("worktree", "add", "-q", str(tmp_path / "second"), "feature")
    assert subjects((await collect(source, str(repository.path), window())).commits) == ["base"]
    assert subjects((await collect(source, str(tmp_path / "second"), window())).commits) == ["work", "base"]


async def test_sha256(source: GitSource, folder: Path) -> None:
    """A repository whose objects are named by SHA-256 is read in place and through a mirror."""
    story = Story()
    base = story.commit("base", {"a": "1"}, at=BEGINNING)
    story.commit("after", {"a": "2"}, at=DAY)
    repository = story.write(folder, object_format="sha256")
    for name in (str(repository.path), repository.url):
        found = await collect(source, name, since(repository.sha(base)))
        assert [len(commit.sha) for commit in found.commits] == [64]
        assert (await patches(source, found))[0].files[0].text.endswith("+2\n\\ No newline at end of file\n")


async def test_a_merge_of_a_thousand(source: GitSource, offer: Offer, folder: Path) -> None:
    """Of what a huge merge brought the newest 250 commits are kept, and a note says how many there are."""
    story = Story()
    base = story.commit("base", {"a": "1"})
    side = base
    for number in range(1000):
        side = story.commit(f"side {number}", parents=[side], branch="side")
    merge = story.commit("merge", {"b": "1"}, at=DAY, parents=[base, side])
    repository = story.write(folder)
    found = await collect(source, offer(repository), window())
    (commit,) = found.commits
    assert [brought.subject for brought in commit.brought] == [f"side {number}" for number in range(999, 749, -1)]
    assert found.notes == (Phrase.of("brought-limited", sha=repository.sha(merge), count=1000, kept=250),)


async def test_messages_of_megabytes(source: GitSource, offer: Offer, folder: Path) -> None:
    """Of a huge message and a huge name the beginning is kept, no character is cut in two, and a note says so."""
    story = Story()
    first = story.commit("first" + "ö" * MEGABYTE, {"a": "1"}, at=DAY, parents=[])
    side = story.commit("side" + "x" * MEGABYTE, parents=[first], branch="side")
    story.commit("merge", {"b": "1"}, at=DAY, parents=[first, side])
    found = await collect(source, offer(story.write(folder)), window())
    merge, huge = found.commits
    assert huge.message == f"first{'ö' * ((TEXT_KEPT - 5) // 2)}…"
    assert [brought.subject for brought in merge.brought] == [f"side{'x' * (TEXT_KEPT - 4)}…"]
    assert found.notes == (Phrase.of("messages-limited", count=1, kept=128),)


@pytest.mark.parametrize("what", ["rev-parse", "symbolic-ref"])
async def test_a_git_that_prints_without_end(folder: Path, tmp_path: Path, data_dir: Path, what: str) -> None:
    """An answer that grows and grows is given up with an error, long before it fills the memory."""
    story = Story()
    story.commit("base", {"a": "1"}, at=DAY)
    floods = f'case "$*" in *{what}*) exec yes;; esac; exec {GIT} "$@"'
    source = WrappedGit(tmp_path / "wrapped", floods).source(data_dir)
    name = str(story.write(folder).path)
    tracemalloc.start()
    with pytest.raises(SourceError, match="than can be listed: over 64 MB"):
        await collect(source, name, window())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 160 * MEGABYTE


async def test_a_mailmap_is_not_applied(source: GitSource, folder: Path) -> None:
    """People are called what their commits say, whatever a mailmap makes of it."""
    story = Story()
    story.commit("base", {".mailmap": "Somebody Else <else@example.org> <ada@example.org>\n"})
    (commit,) = (await collect(source, str(story.write(folder, bare=False).path), EVER)).commits
    assert commit.author.name == "Ada Lovelace"


async def test_a_tip_that_is_missing(source: GitSource, folder: Path) -> None:
    """A branch whose newest commit is missing is an error, and not an empty repository."""
    story = Story()
    story.commit("base", {"a": "1"}, at=DAY)
    repository = story.write(folder)
    forget(repository, "main")
    with pytest.raises(SourceError):
        await collect(source, str(folder), window())


async def test_a_default_branch_that_is_not_there(source: GitSource, folder: Path) -> None:
    """A repository whose HEAD names no branch, although there are some, is an error, and not an empty repository."""
    story = Story()
    story.commit("base", {"a": "1"}, at=DAY)
    story.write(folder).git("symbolic-ref", "HEAD", "refs/heads/trunk")
    with pytest.raises(SourceError) as error:
        await collect(source, str(folder), window())
    assert "HEAD" in error.value.remedy


async def test_a_git_that_falls_silent(folder: Path, tmp_path: Path, data_dir: Path) -> None:
    """A change whose comparison does not end is given up and marked as unread, and so is its patch."""
    story = Story()
    story.commit("base", {"a": "1"}, at=DAY)
    stop = f'case "$*" in *diff-tree*patch*) exec sleep 600;; esac; exec {GIT} "$@"'
    source = WrappedGit(tmp_path / "wrapped", stop).source(data_dir, stall_limit=timedelta(seconds=0.3))
    found = await collect(source, str(story.write(folder).path), window())
    assert [commit.unread for commit in found.commits] == [Phrase.of("unread-timeout")]
    assert [file.path for file in found.commits[0].files] == ["a"]
    assert [patch.unread for patch in await patches(source, found)] == [Phrase.of("unread-timeout")]


async def test_nothing_is_left_behind(folder: Path, tmp_path: Path, data_dir: Path) -> None:
    """When whoever waits goes away, git and everything that it started is ended."""
    story = Story()
    story.commit("base", {"a": "1"}, at=DAY)
    started = tmp_path / "started"
    os.mkfifo(started)
    stop = f'case "$*" in *diff-tree*) sleep 600 & echo $! > {started}; wait;; esac; exec {GIT} "$@"'
    source = WrappedGit(tmp_path / "wrapped", stop).source(data_dir)
    task = asyncio.create_task(collect(source, str(story.write(folder).path), window()))
    pid = int(await asyncio.to_thread(started.read_text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


async def test_patches_that_nobody_wants_any_more(source: GitSource, folder: Path) -> None:
    """Whoever has seen enough patches may stop, whatever is still to come."""
    story = Story()
    for number in range(100):
        story.commit(f"change {number}", {"a": f"{number}\n" * 10_000}, at=DAY)
    found = await collect(source, str(story.write(folder).path), window())
    async with aclosing(source.read(found.repository, found.commits, PatchLimits(100, 100))) as some:
        first, _ = await anext(some)
    assert first.sha == found.tip
