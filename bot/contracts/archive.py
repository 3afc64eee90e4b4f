"""What every Archive must do. A subclass says how a repository is offered to it; the rest is shared."""

from pathlib import Path

import pytest

from bot.contracts.repositories import BuiltRepository, Content, Story, submodule, symlink
from bot.contracts.source import DAY, EVER, Offer, Steps, window
from bot.model import Commit, Repository
from bot.ports import Archive, FileText, NoText, Source

EVERY = (1, 1_000_000)
ODD_PATHS = ("--output=evil", "-p", ":(top)a b", "*", "a\nb", "docs/汉字.md", "HEAD", "a b")
NO_PATHS = ("", "/", ".", "..", "../x", "a/../a", "a/./b", "a//b", "no", "a\0", "\ud800", "x" * 5_000, "a*", ":/a")
NO_COMMITS = ("", "HEAD", "main", "-p", "--all", "abc", "f" * 40, "HEAD~1", "@", "v1", "0" * 65)


class ArchiveContract:
    """The facts. The three fixtures that a subclass gives are `archive`, `source` and `offer`."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Where the test makes its repository."""
        return tmp_path / "rocket"

    @staticmethod
    async def _read(source: Source, offer: Offer, built: BuiltRepository) -> Repository:
        """Return a repository of which the last day was digested."""
        repository = await source.find(offer(built))
        await source.collect(repository, window(), Steps())
        return repository

    async def test_a_file_at_each_commit(self, archive: Archive, source: Source, offer: Offer, folder: Path) -> None:
        """A file is read as it was at a commit, also one whose content nobody has needed so far."""
        story = Story()
        old = story.commit("old", {"engine/queue.py": "a\nb\nc\n", "other": "x"})
        new = story.commit("new", {"engine/queue.py": "a\r\nB"}, at=DAY)
        built = story.write(folder)
        repository = await self._read(source, offer, built)

        path, sha = "engine/queue.py", built.sha(new)
        assert await archive.file(repository, sha, path, *EVERY) == FileText(1, ("a", "B"), 2)
        assert await archive.file(repository, built.sha(old)[:9], path, 2, 2) == FileText(2, ("b",), 3, cut=False)
        assert await archive.file(repository, sha, "other", *EVERY) == FileText(1, ("x",), 1)
        assert await archive.file(repository, sha, path, 9, 12) == FileText(9, (), 2)

    async def test_what_holds_no_text(self, archive: Archive, source: Source, offer: Offer, folder: Path) -> None:
        """A folder, a link, a submodule and a binary file are there and hold no text; an empty file holds no line."""
        story = Story()
        files: dict[str, Content] = {
            "dir/a": "1",
            "link": symlink("dir/a"),
            "module": submodule("1" * 40),
            "bin": b"a\0b",
            "empty": "",
        }
        mark = story.commit("all", files, at=DAY)
        built = story.write(folder)
        repository = await self._read(source, offer, built)

        for path in ("dir", "dir/", "link", "module", "bin"):
            assert await archive.file(repository, built.sha(mark), path, *EVERY) is NoText.OTHER
        assert await archive.file(repository, built.sha(mark), "empty", *EVERY) == FileText(1, (), 0)

    async def test_a_long_file_is_cut(self, archive: Archive, source: Source, offer: Offer, folder: Path) -> None:
        """No more of a file is read than a bound allows, and what is missing is said."""
        story = Story()
        mark = story.commit("long", {"a": "x\n" * 5_000, "b": "y" * 50_000, "c": "z" * 9_000_000}, at=DAY)
        built = story.write(folder)
        repository = await self._read(source, offer, built)

        lines = await archive.file(repository, built.sha(mark), "a", 100, 5_000)
        line = await archive.file(repository, built.sha(mark), "b", *EVERY)
        large = await archive.file(repository, built.sha(mark), "c", *EVERY)

        assert isinstance(lines, FileText)
        assert isinstance(line, FileText)
        assert isinstance(large, FileText)
        assert (lines.first, set(lines.lines), lines.total, lines.cut) == (100, {"x"}, 5_000, True)
        assert len(lines.lines) < 1_000
        assert len(line.lines[0]) < 5_000
        assert line.cut
        assert large.cut

    async def test_odd_paths_are_paths(self, archive: Archive, source: Source, offer: Offer, folder: Path) -> None:
        """A path that looks like an option, a pattern or a ref is that path and nothing else."""
        story = Story()
        story.commit("plain", {"plain": "1"}, at=DAY)
        mark = story.commit("odd", {path: f"of {path!r}" for path in ODD_PATHS})
        built = story.write(folder)
        repository = await self._read(source, offer, built)

        for path in ODD_PATHS:
            found = await archive.file(repository, built.sha(mark), path, *EVERY)
            assert found == FileText(1, (f"of {path!r}",), 1)
            assert [commit.subject for commit in await archive.history(repository, path, 5)] == ["odd"]

    async def test_paths_that_are_not_there(self, archive: Archive, source: Source, offer: Offer, folder: Path) -> None:
        """Whatever names no path of the repository names nothing: no error, and nothing outside it."""
        story = Story()
        mark = story.commit("base", {"a": "1"}, at=DAY)
        built = story.write(folder)
        repository = await self._read(source, offer, built)

        for path in NO_PATHS:
            assert await archive.file(repository, built.sha(mark), path, *EVERY) is NoText.UNKNOWN, path
            assert await archive.history(repository, path, 5) == (), path

    async def test_names_that_are_no_commit(self, archive: Archive, source: Source, offer: Offer, folder: Path) -> None:
        """Only digits name a commit, and only of one that is there: no ref, no option, no expression."""
        story = Story()
        story.commit("base", {"a": "1"}, at=DAY)
        story.tag("v1", 1)
        repository = await self._read(source, offer, story.write(folder))

        for name in NO_COMMITS:
            assert await archive.commit(repository, name) is None, name
            assert await archive.file(repository, name, "a", *EVERY) is NoText.UNKNOWN, name

    async def test_a_commit(self, archive: Archive, source: Source, offer: Offer, folder: Path) -> None:
        """A commit is found by the digits of its sha, as a digest of its day has it."""
        story = Story()
        story.commit("base", {"a": "".join(f"{number}\n" for number in range(40)), "b": "1"})
        mark = story.commit("Move it (#7)\n\nWhy.", {"b": "2"}, at=DAY, renames={"a": "to/there"})
        built = story.write(folder)
        repository = await self._read(source, offer, built)

        (expected,) = (await source.collect(repository, window(), Steps())).commits
        assert await archive.commit(repository, built.sha(mark)[:8]) == expected
        assert await archive.commit(repository, built.sha(mark).upper()) == expected

    async def test_only_the_default_branch_is_there(
        self, archive: Archive, source: Source, offer: Offer, folder: Path
    ) -> None:
        """What is on other branches alone is not read, and what a merge brought is."""
        story = Story()
        base = story.commit("base", {"a": "1"}, at=DAY)
        brought = story.commit("brought", {"b": "2"}, branch="topic", parents=[base])
        secret = story.commit("secret", {"key": "hidden"}, branch="private", parents=[base])
        story.commit("merge", {"b": "2"}, parents=[base, brought])
        built = story.write(folder)
        repository = await self._read(source, offer, built)

        found = await archive.commit(repository, built.sha(brought))
        assert isinstance(found, Commit)
        assert found.subject == "brought"
        assert await archive.commit(repository, built.sha(secret)) is None
        assert await archive.file(repository, built.sha(secret), "key", *EVERY) is NoText.UNKNOWN
        assert [commit.subject for commit in await archive.history(repository, "b", 5)] == ["merge"]

    async def test_the_history_of_a_path(self, archive: Archive, source: Source, offer: Offer, folder: Path) -> None:
        """A file's and a folder's changes come newest first, as many as are asked for, also what was deleted."""
        story = Story()
        for number in range(4):
            story.commit(f"queue {number}", {"engine/queue.py": str(number)})
        story.commit("other", {"engine/other.py": "1", "gone": "1"})
        story.commit("delete", {"gone": None}, at=DAY)
        repository = await self._read(source, offer, story.write(folder))

        async def subjects(path: str, limit: int) -> list[str]:
            return [commit.subject for commit in await archive.history(repository, path, limit)]

        assert await subjects("engine/queue.py", 2) == ["queue 3", "queue 2"]
        assert await subjects("/engine/", 9) == ["other", "queue 3", "queue 2", "queue 1", "queue 0"]
        assert await subjects("gone", 9) == ["delete", "other"]
        assert await subjects("engine", 0) == []

    async def test_an_empty_repository(self, archive: Archive, source: Source, offer: Offer, folder: Path) -> None:
        """In a repository without commits nothing is found, and that is no error."""
        built = Story().write(folder)
        repository = await source.find(offer(built))
        await source.collect(repository, EVER, Steps())

        assert await archive.commit(repository, "abcdef1") is None
        assert await archive.file(repository, "abcdef1", "a", *EVERY) is NoText.UNKNOWN
        assert await archive.history(repository, "a", 5) == ()
