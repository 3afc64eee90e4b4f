"""What every Source must do. A subclass says how a repository is offered to its source; the rest is shared."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from bot.contracts.repositories import BuiltRepository, Story, executable, submodule, symlink
from bot.errors import RepositoryNotFound, UnknownRef, UnsafeName
from bot.model import Collection, Commit, FileChange, FileKind, FileStatus, Patch, Period, Person, Since, Window
from bot.ports import PatchLimits, Source, Stage

DAY = datetime(2026, 1, 15, tzinfo=UTC)
AMPLE = PatchLimits(file=1 << 20, change=1 << 22)


class Steps:
    """A Progress that keeps what it is told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.stages: list[tuple[Stage, str, int | None]] = []
        self.advanced = 0

    def begin(self, stage: Stage, subject: str, total: int | None = None) -> None:
        """Keep the stage."""
        self.stages.append((stage, subject, total))
        self.advanced = 0

    def advance(self, steps: int = 1) -> None:
        """Count."""
        self.advanced += steps


class Offer(Protocol):
    """Makes a repository available to the source under test, and returns the name to find it by."""

    def __call__(self, repository: BuiltRepository) -> str:
        """Return the name."""
        ...


def window(start: datetime = DAY, end: datetime | None = None) -> Window:
    """Return a day, or any interval."""
    return Window(start, end or start + timedelta(days=1), "UTC", "the day")


EVER = window(datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def since(ref: str) -> Since:
    """Return everything after a ref."""
    return Since(ref, datetime(2026, 6, 1, tzinfo=UTC), "Asia/Shanghai", f"since {ref}")


async def collect(source: Source, name: str, period: Period) -> Collection:
    """Find a repository, collect a period of it, and read the changes."""
    found = await source.collect(await source.find(name), period, Steps())
    commits = tuple([commit async for commit, _ in source.read(found.repository, found.commits, AMPLE)])
    return replace(found, commits=commits)


async def patches(source: Source, collection: Collection, limits: PatchLimits = AMPLE) -> list[Patch]:
    """Return the patches of all the changes."""
    return [patch async for _, patch in source.read(collection.repository, collection.commits, limits)]


def subjects(commits: Sequence[Commit]) -> list[str]:
    """Return the first lines of the messages."""
    return [commit.subject for commit in commits]


class SourceContract:
    """The facts. The two fixtures that a subclass gives are `source` and `offer`."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Where the test makes its repository."""
        return tmp_path / "rocket"

    async def test_a_window_is_half_open(self, source: Source, offer: Offer, folder: Path) -> None:
        """A change that landed at the start belongs to the window, and one that landed at its end does not."""
        story, second = Story(), timedelta(seconds=1)
        for moment in (DAY - second, DAY, DAY + timedelta(days=1) - second, DAY + timedelta(days=1)):
            story.commit(moment.isoformat(), {"a": moment.isoformat()}, at=moment)
        found = await collect(source, offer(story.write(folder)), window())
        assert subjects(found.commits) == ["2026-01-15T23:59:59+00:00", "2026-01-15T00:00:00+00:00"]

    async def test_dates_that_are_not_monotone(self, source: Source, offer: Offer, folder: Path) -> None:
        """A change of the window is found behind 49 older ones, and behind as many as had to be passed before."""
        story, before = Story(), DAY - timedelta(days=3)
        for subject, older in (("oldest", 200), ("within reach", 49), ("newest", 0)):
            story.commit(subject, at=DAY)
            for _ in range(older):
                story.commit("older", at=before)
        for _ in range(200):
            story.commit("newer", at=DAY + timedelta(days=3))
        found = await collect(source, offer(story.write(folder)), window())
        assert subjects(found.commits) == ["newest", "within reach", "oldest"]

    async def test_who_and_what(self, source: Source, offer: Offer, folder: Path) -> None:
        """A change has its author, co-authors, both dates, message, trailers and pull request."""
        story = Story()
        message = (
            "Order requests by deadline (#1412)\n\nSee #7.\n\nCo-authored-by: Grace Hopper <grace@example.org>\n"
            "Co-Authored-By: Ada <ADA@example.org>\nco-authored-by: Grace <Grace@example.org>\nReviewed-by: Joan\n"
        )
        mark = story.commit(message, {"a": "1\n2\n"}, at=DAY, authored=DAY - timedelta(days=2))
        repository = story.write(folder)
        (commit,) = (await collect(source, offer(repository), window())).commits
        assert commit.sha == repository.sha(mark)
        assert commit.parents == ()
        assert commit.author == Person("Ada Lovelace", "ada@example.org")
        assert commit.co_authors == (Person("Grace Hopper", "grace@example.org"),)
        assert (commit.committed_at, commit.authored_at) == (DAY, DAY - timedelta(days=2))
        assert commit.message == message.strip()
        assert commit.trailers[-1] == ("Reviewed-by", "Joan")
        assert commit.pull_request
        assert commit.pull_request.number == 1412
        assert commit.files == (FileChange("a", FileStatus.ADDED, FileKind.REGULAR, 2, 0),)

    async def test_every_kind_of_change(self, source: Source, offer: Offer, folder: Path) -> None:
        """Statuses, kinds, modes, renames and numbers of lines are those of git."""
        text = "".join(f"line {number}\n" for number in range(40))
        story = Story()
        story.commit(
            "before", {"moved": text, "gone": "x\n", "mode": "m\n", "turned": "t\n", "edited": text, "bin": b"\0a"}
        )
        story.commit(
            "after",
            {
                "gone": None,
                "mode": executable("m\n"),
                "turned": symlink("edited"),
                "edited": text + "more\n",
                "bin": b"\0b",
                "link": symlink("edited"),
                "module": submodule("1" * 40),
            },
            at=DAY,
            renames={"moved": "to/there"},
        )
        found = await collect(source, offer(story.write(folder)), window())
        added, modified, regular = FileStatus.ADDED, FileStatus.MODIFIED, FileKind.REGULAR
        assert set(found.commits[0].files) == {
            FileChange("gone", FileStatus.DELETED, regular, 0, 1),
            FileChange("mode", modified, FileKind.EXECUTABLE, 0, 0, mode_changed=True),
            FileChange("turned", FileStatus.TYPE_CHANGED, FileKind.SYMLINK, 1, 1, mode_changed=True),
            FileChange("edited", modified, regular, 1, 0),
            FileChange("bin", modified, regular, None, None, binary=True),
            FileChange("link", added, FileKind.SYMLINK, 1, 0),
            FileChange("module", added, FileKind.SUBMODULE, 1, 0),
            FileChange("to/there", FileStatus.RENAMED, regular, 0, 0, previous_path="moved"),
        }
        (patch,) = await patches(source, found)
        hunks = {file.path: file.text for file in patch.files}
        assert hunks.keys() == {"gone", "turned", "edited", "link", "module"}
        assert hunks["edited"].endswith(" line 39\n+more\n")
        assert "-t\n" in hunks["turned"]
        assert "+edited\n" in hunks["turned"]
        assert hunks["module"] == f"@@ -0,0 +1 @@\n+Subproject commit {'1' * 40}\n"
        assert not patch.cut

    async def test_a_merge_is_one_change(self, source: Source, offer: Offer, folder: Path) -> None:
        """A merge has the differences to its first parent, and the commits that it brought beneath it."""
        story = Story()
        base = story.commit("base", {"a": "1\n"})
        early = story.commit("early work", {"b": "1\n"}, branch="early", parents=[base])
        first = story.commit("first merge", {"b": "1\n"}, parents=[base, early])
        left = story.commit("left", {"c": "1\n"}, branch="left", parents=[first])
        right = story.commit("right", {"d": "1\n2\n"}, branch="right", parents=[base])
        story.commit(
            "Merge pull request #9 from right", {"c": "1\n", "d": "1\n2\n"}, at=DAY, parents=[first, left, right]
        )
        found = await collect(source, offer(story.write(folder)), window())
        (merge,) = found.commits
        assert len(merge.parents) == 3
        assert [file.path for file in merge.files] == ["c", "d"]
        assert (merge.additions, merge.deletions) == (3, 0)
        assert [brought.subject for brought in merge.brought] == ["right", "left"]
        assert merge.brought[0].author == Person("Ada Lovelace", "ada@example.org")
        assert merge.pull_request
        assert merge.pull_request.number == 9
        (patch,) = await patches(source, found)
        assert [file.path for file in patch.files] == ["c", "d"]

    async def test_what_an_older_merge_brought(self, source: Source, offer: Offer, folder: Path) -> None:
        """A commit that two merges reach was brought by the older one, whether or not that is in the window."""
        story = Story()
        base = story.commit("base", {"a": "1"}, at=DAY)
        shared = story.commit("shared", {"b": "1"}, branch="side", parents=[base])
        older = story.commit("older merge", {"b": "1"}, at=DAY - timedelta(days=1), parents=[base, shared])
        own = story.commit("own", {"c": "1"}, branch="side", parents=[shared])
        story.commit("newer merge", {"c": "1"}, at=DAY, parents=[older, own])
        found = await collect(source, offer(story.write(folder)), window())
        assert [[brought.subject for brought in commit.brought] for commit in found.commits] == [["own"], []]

    async def test_nothing_changed(self, source: Source, offer: Offer, folder: Path) -> None:
        """An empty commit is a change without files, and no error."""
        story = Story()
        story.commit("base", {"a": "1"})
        story.commit("Trigger the build", at=DAY)
        found = await collect(source, offer(story.write(folder)), window())
        assert [(commit.files, commit.unread) for commit in found.commits] == [((), None)]
        assert await patches(source, found) == [Patch(found.commits[0].sha)]

    async def test_a_quiet_day(self, source: Source, offer: Offer, folder: Path) -> None:
        """A window without changes is empty, and says where the branch was."""
        story = Story()
        tip = story.commit("base", {"a": "1"}, at=DAY - timedelta(days=30))
        repository = story.write(folder)
        found = await collect(source, offer(repository), window())
        assert (found.commits, found.tip, found.notes) == ((), repository.sha(tip), ())
        assert found.tip_committed_at == DAY - timedelta(days=30)
        assert await patches(source, found) == []

    async def test_an_empty_repository(self, source: Source, offer: Offer, folder: Path) -> None:
        """A repository without a commit has no tip, no changes, and a note that says so."""
        found = await collect(source, offer(Story().write(folder)), window())
        assert (found.tip, found.tip_committed_at, found.commits) == (None, None, ())
        assert [note.id for note in found.notes] == ["repository-empty"]

    async def test_limits_of_patches(self, source: Source, offer: Offer, folder: Path) -> None:
        """A patch is cut by file and by change, says so, and knows its full size."""
        story, line = Story(), "0123456789abcde\n"
        story.commit("base", {"a": line * 100, "b": line * 100, "c": line * 100}, at=DAY)
        found = await collect(source, offer(story.write(folder)), window())
        (patch,) = await patches(source, found, PatchLimits(file=1000, change=1500))
        full = len("@@ -0,0 +1,100 @@\n") + 17 * 100
        assert [(file.path, len(file.text), file.size, file.cut) for file in patch.files] == [
            ("a", 1000, full, True),
            ("b", 500, full, True),
            ("c", 0, full, True),
        ]
        assert patch.cut

    async def test_context_of_patches(self, source: Source, offer: Offer, folder: Path) -> None:
        """A patch shows as many unchanged lines around a change as were asked for."""
        story = Story()
        lines = [f"{number}\n" for number in range(9)]
        story.commit("begin", {"a": "".join(lines)}, at=DAY - timedelta(days=1))
        story.commit("change", {"a": "".join([*lines[:4], "four\n", *lines[5:]])}, at=DAY)
        found = await collect(source, offer(story.write(folder)), window())
        for context in (1, 3):
            (patch,) = await patches(source, found, PatchLimits(file=1000, change=1000, context=context))
            shown = patch.files[0].text.splitlines()
            assert len([line for line in shown if line.startswith(" ")]) == 2 * context

    async def test_patches_come_in_the_order_asked_for(self, source: Source, offer: Offer, folder: Path) -> None:
        """The patches of a hundred changes come in the order of the changes, each with its own lines."""
        story = Story()
        for number in range(100):
            story.commit(f"number {number}", {"a": f"{number}\n"}, at=DAY + timedelta(minutes=number))
        found = await collect(source, offer(story.write(folder)), window())
        assert len(found.commits) == 100
        read = await patches(source, found)
        assert [patch.sha for patch in read] == [commit.sha for commit in found.commits]
        assert all(f"+{99 - number}\n" in patch.files[0].text for number, patch in enumerate(read))

    async def test_since_a_tag(self, source: Source, offer: Offer, folder: Path) -> None:
        """Since a tag is everything of the branch after it, in a window that begins at the tag's commit."""
        story = Story()
        release = story.commit("release", {"a": "1"}, at=DAY)
        story.tag("v0.5", release, annotated=True)
        for number in range(200):
            story.commit(f"change {number}", {"a": str(number)}, at=DAY + timedelta(hours=number))
        found = await collect(source, offer(story.write(folder)), since("v0.5"))
        assert len(found.commits) == 200
        assert found.window == Window(DAY, since("v0.5").now, "Asia/Shanghai", "since v0.5")

    async def test_since_a_tag_of_another_branch(self, source: Source, offer: Offer, folder: Path) -> None:
        """Since a tag on a release branch is what the default branch has and the tag has not."""
        story = Story()
        fork = story.commit("fork", {"a": "1"})
        release = story.commit("release", {"v": "1"}, branch="release", parents=[fork])
        story.tag("release/1.0.1", release)
        story.commit("after", {"b": "1"}, parents=[fork])
        found = await collect(source, offer(story.write(folder)), since("release/1.0.1"))
        assert subjects(found.commits) == ["after"]

    async def test_since_a_commit(self, source: Source, offer: Offer, folder: Path) -> None:
        """Since a commit, by all or some of its digits, is everything after it."""
        story = Story()
        base = story.commit("base", {"a": "1"})
        story.commit("after", {"b": "1"})
        repository = story.write(folder)
        name = offer(repository)
        for digits in (40, 9):
            found = await collect(source, name, since(repository.sha(base)[:digits].upper()))
            assert subjects(found.commits) == ["after"]

    async def test_since_nothing_known(self, source: Source, offer: Offer, folder: Path) -> None:
        """An unknown ref is refused, with the tags that look like it; a commit of another branch is unknown."""
        story = Story()
        base = story.commit("base", {"a": "1"})
        other = story.commit("other", {"b": "1"}, branch="other", parents=[base])
        story.tag("v0.5.1", base)
        story.commit("after", {"b": "1"}, parents=[base])
        repository = story.write(folder)
        name = offer(repository)
        with pytest.raises(UnknownRef) as error:
            await collect(source, name, since("v0.5.2"))
        assert "v0.5.1" in error.value.remedy
        for unknown in ("deadbeef", "1" * 40, "main", repository.sha(other)):
            with pytest.raises(UnknownRef):
                await collect(source, name, since(unknown))

    @pytest.mark.parametrize(
        "ref", ["--upload-pack=touch x", "-x", "a b", "a..b", "v1^{}", "v1~2", "@{-1}", "a\nb", "", ":/x"]
    )
    async def test_since_something_unsafe(self, source: Source, offer: Offer, folder: Path, ref: str) -> None:
        """A ref that looks like an option, or is made of git's language of revisions, is refused."""
        story = Story()
        story.commit("base", {"a": "1"})
        name = offer(story.write(folder))
        with pytest.raises(UnsafeName):
            await collect(source, name, since(ref))

    @pytest.mark.parametrize("name", ["--upload-pack=touch x", "-x", "ext::sh -c touch% x", "a\nb", "a\0b", "", " "])
    async def test_an_unsafe_name(self, source: Source, name: str) -> None:
        """A repository that is named like an option, or like a command, is refused."""
        with pytest.raises(UnsafeName):
            await source.find(name)

    async def test_a_repository_that_is_not_there(self, source: Source, offer: Offer, folder: Path) -> None:
        """A repository that does not exist is not found, at the latest when it is read."""
        name = offer(BuiltRepository(folder, {}))
        with pytest.raises(RepositoryNotFound) as error:
            await collect(source, name, window())
        assert error.value.remedy

    async def test_progress(self, source: Source, offer: Offer, folder: Path) -> None:
        """Whoever waits is told of the fetch, and then of every change."""
        story, steps = Story(), Steps()
        for number in range(5):
            story.commit(f"change {number}", {"a": str(number)}, at=DAY)
        repository = await source.find(offer(story.write(folder)))
        await source.collect(repository, window(), steps)
        assert steps.stages == [(Stage.FETCH, repository.name, None), (Stage.COLLECT, repository.name, 5)]
        assert steps.advanced == 5

    async def test_what_has_landed_since(self, source: Source, offer: Offer, folder: Path) -> None:
        """A repository that is read a second time is brought up to date first."""
        story = Story()
        first = story.commit("first", {"a": "1"}, at=DAY)
        repository = story.write(folder)
        name = offer(repository)
        assert subjects((await collect(source, name, window())).commits) == ["first"]
        more = Story()
        more.commit("second", {"a": "2"}, at=DAY, parents=[repository.sha(first)])
        repository.add(more)
        found = await collect(source, name, window())
        assert subjects(found.commits) == ["second", "first"]
        assert [patch.unread for patch in await patches(source, found)] == [None, None]

    async def test_what_landed_late(self, source: Source, offer: Offer, folder: Path) -> None:
        """What is dated before the window, and was not in the history of a former tip, is there and marked as late."""
        story, hour = Story(), timedelta(hours=1)
        story.commit("old", {"a": "1"}, at=DAY - 40 * hour)
        tip = story.commit("seen", {"a": "2"}, at=DAY - 2 * hour)
        repository = story.write(folder)
        name = offer(repository)
        more = Story()
        pushed = more.commit("pushed late", {"b": "1"}, parents=[repository.sha(tip)], at=DAY - 30 * hour)
        side = more.commit("on a branch", {"c": "1"}, branch="side", parents=[pushed], at=DAY - 29 * hour)
        merge = more.commit("merged late", {"b": "2"}, parents=[pushed, side], at=DAY - hour)
        more.commit("of the day", {"b": "3"}, parents=[merge], at=DAY + hour)
        more.commit("of tomorrow", {"b": "4"}, at=DAY + 25 * hour)
        later = repository.add(more)

        found = await source.collect(await source.find(name), window(), Steps(), after=repository.sha(tip))
        assert subjects(found.commits) == ["of the day", "merged late", "pushed late"]
        assert found.late == {later.sha(pushed), later.sha(merge)}
        assert [each.subject for each in found.commits[1].brought] == ["on a branch"]
        assert found.notes == ()
        assert [patch.unread for patch in await patches(source, found)] == [None] * 3

    async def test_nothing_landed_late(self, source: Source, offer: Offer, folder: Path) -> None:
        """What was in the history of a former tip is no part of it, also where its date is in the window."""
        story, hour = Story(), timedelta(hours=1)
        story.commit("old", {"a": "1"}, at=DAY - hour)
        tip = story.commit("was ahead", {"a": "2"}, at=DAY + hour)
        repository = story.write(folder)
        name = offer(repository)
        found = await source.collect(await source.find(name), window(), Steps(), after=repository.sha(tip))
        assert subjects(found.commits) == ["was ahead"]
        assert found.late == frozenset()

    async def test_what_was_dated_ahead(self, source: Source, offer: Offer, folder: Path) -> None:
        """What landed long ago but is dated on the day comes on the day, behind 200 changes that landed since."""
        story = Story()
        story.commit("dated ahead", {"a": "1"}, at=DAY)
        for number in range(200):
            story.commit("since", at=DAY - timedelta(hours=number + 1))
        repository = story.write(folder)
        found = await source.collect(
            await source.find(offer(repository)), window(), Steps(), after=repository.sha(story.marks)
        )
        assert subjects(found.commits) == ["dated ahead"]
        assert found.late == frozenset()

    async def test_a_branch_that_was_rewritten(self, source: Source, offer: Offer, folder: Path) -> None:
        """Where a former tip is no part of the branch any more, what came in its place is late, and a note says so."""
        story, hour = Story(), timedelta(hours=1)
        base = story.commit("base", {"a": "1"}, at=DAY - 40 * hour)
        tip = story.commit("dropped", {"a": "2"}, at=DAY - 30 * hour)
        repository = story.write(folder)
        name = offer(repository)
        await collect(source, name, EVER)
        more = Story()
        more.commit("in its place", {"a": "3"}, parents=[repository.sha(base)], at=DAY - 30 * hour)
        repository.add(more)

        found = await source.collect(await source.find(name), window(), Steps(), after=repository.sha(tip))
        assert subjects(found.commits) == ["in its place"]
        assert len(found.late) == 1
        assert [note.id for note in found.notes] == ["former-tip-replaced"]

    async def test_a_former_tip_that_is_gone(self, source: Source, offer: Offer, folder: Path) -> None:
        """Where a former tip is not to be had, the window is collected all the same, and a note says so."""
        story = Story()
        story.commit("old", {"a": "1"}, at=DAY - timedelta(hours=1))
        story.commit("of the day", {"a": "2"}, at=DAY)
        repository = await source.find(offer(story.write(folder)))
        found = await source.collect(repository, window(), Steps(), after="f" * 40)
        assert subjects(found.commits) == ["of the day"]
        assert [note.id for note in found.notes] == ["former-tip-missing"]
        with pytest.raises(UnsafeName):
            await source.collect(repository, window(), Steps(), after="--output=x")
