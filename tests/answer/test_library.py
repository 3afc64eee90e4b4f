"""What can be read to answer a question: all of it in passages, and nothing from anywhere else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from adapters.source.git import GitArchive, GitSettings, GitSource
from bot.answer.library import Library, Shelves
from bot.answer.material import Absence, Missing, PassageKind, Reading, Unit, citation
from bot.contracts.repositories import Content, Story
from bot.contracts.source import Steps, window
from bot.digest.build import DigestBuilder, Wish
from bot.errors import SourceUnavailable
from bot.model import Commit, PullRequest, Repository
from bot.ports import FileText, FoundRepository, NoText
from bot.store import Store
from tests.answer.digested import Digested
from tests.answer.questions import ASKED_AT, THURSDAY, ZONE
from tests.store.support import sha

AMPLE = 4_000
KEY = "AKIA" + "IOSFODNN7EXAMPLQ"


def missing(name: str, reason: Absence = Absence.UNKNOWN) -> Reading:
    """Return that something was not read."""
    return Reading(missing=(Missing(name, reason),))


async def test_changes_by_their_names(digested: Digested) -> None:
    """A change is found by its number and by the digits of its sha; the first line tells it, and its files follow."""
    shas = digested.shas
    reading = await digested.library.changes(["#17028", shas["heap"][:7], "!17033"])

    assert [each.sha for each in reading.passages] == [shas["deadline"], shas["heap"], shas["fuel"]]
    first = reading.passages[0].text.split("\n")
    assert first[0].startswith("#17028 order requests by deadline (")
    assert "Thursday 2026-01-15" in first[0]
    assert "files: engine/scheduler.py" in first
    assert citation(reading.passages[1]) == f"[{shas['heap'][:7]}]"


async def test_moments_are_those_of_the_zone(digested: Digested) -> None:
    """Whatever tells when a change landed tells it in the zone of whoever asks."""
    library = Library(digested.shelves, [digested.repository], [digested.digest], ASKED_AT, "Asia/Shanghai")
    readings = [
        await library.changes(["#16950"]),
        await library.commit(digested.shas["heap"]),
        await library.history("engine/scheduler.py", 5),
    ]
    for reading in readings:
        assert any("Friday 2026-01-09 16:15 Asia/Shanghai" in each.text for each in reading.passages)


async def test_names_of_nothing(digested: Digested) -> None:
    """A name of no change is said to be unknown, whatever it looks like."""
    for name in ("", "#", "17028", "#99999", "abc", "f" * 40, "../x", "main", "#-1", "--all", "#１２"):
        assert await digested.library.changes([name]) == missing(name)


async def test_a_commit_and_its_pull_request(digested: Digested) -> None:
    """The full message comes with who wrote it and when, and with the text of the pull request where that is kept."""
    commit = digested.shas["heap"]
    alone = await digested.library.commit(commit[:9])
    request = PullRequest(16950, "Faster queue", "It was slow.", ("perf",), "ada")
    await digested.store.pull_requests.keep(digested.repository.full_name, {commit: request})
    both = await digested.library.commit(commit)

    assert [each.kind for each in alone.passages] == [PassageKind.MESSAGE]
    assert alone.passages[0].text == (
        "Use a priority heap in the scheduler (#16950)\n\nPushing and popping are logarithmic now.\n\n"
        "by Ada Lovelace, Friday 2026-01-09 08:15 UTC"
    )
    assert both.passages[1].kind is PassageKind.PULL_REQUEST
    assert both.passages[1].text == "#16950 Faster queue\nby ada\nlabels: perf\n\nIt was slow."


async def test_a_diff_by_file(digested: Digested) -> None:
    """A diff comes hunk by hunk with the lines of the new file, of all files or of the one that is asked for."""
    commit = digested.shas["rocm"]
    every = await digested.library.diff(commit, None, AMPLE)
    one = await digested.library.diff(commit, "rocm.cmake", AMPLE)

    assert {each.path for each in every.passages} == {"cmake/rocm.cmake", "kernels/include/kernels.h"}
    (passage,) = one.passages
    assert (passage.kind, passage.path, passage.first, passage.last) == (PassageKind.DIFF, "cmake/rocm.cmake", 1, 1)
    assert "+include_directories(kernels/include)" in passage.text
    assert citation(passage) == f"[{commit[:7]} cmake/rocm.cmake:1]"
    assert await digested.library.diff(commit, "nothing.py", AMPLE) == missing("nothing.py")
    assert await digested.library.diff("0000000", None, AMPLE) == missing("0000000")


async def test_a_diff_within_a_budget(digested: Digested) -> None:
    """What does not fit into the budget is left out, and counted."""
    reading = await digested.library.diff(digested.shas["leak"], None, 5)

    assert reading.passages == ()
    assert [each.unit for each in reading.omitted] == [Unit.LINES]


async def test_lines_of_a_file(digested: Digested) -> None:
    """A file is read as it was at a commit, as many lines as are asked for."""
    commit = digested.shas["auth"]
    whole = await digested.library.file(commit, "server/auth.py")
    part = await digested.library.file(commit[:8], "server/auth.py", 3, 3)

    assert [(each.first, each.last) for each in (*whole.passages, *part.passages)] == [(1, 4), (3, 3)]
    assert part.passages[0].text == "def is_valid(key, known):"
    assert part.omitted == ()
    assert await digested.library.file(digested.shas["begin"], "server/auth.py") == missing("server/auth.py")
    assert await digested.library.file(commit, "server") == missing("server", Absence.NO_TEXT)
    assert await digested.library.file("fffffff", "README.md") == missing("fffffff")


async def test_the_history_of_a_path(digested: Digested) -> None:
    """The changes of a path come newest first, and that there are more is said."""
    shas = digested.shas
    reading = await digested.library.history("engine/scheduler.py", 2)

    assert [each.sha for each in reading.passages] == [shas["cjk"], shas["deadline"]]
    assert [(each.unit, each.count) for each in reading.omitted] == [(Unit.CHANGES, 1)]
    assert await digested.library.history("no/such", 5) == missing("no/such")
    assert await digested.library.history("../../etc/passwd", 5) == missing("../../etc/passwd")


async def test_other_repositories_are_out_of_reach(digested: Digested) -> None:
    """What belongs to a repository that is not given is not found, by no name and by no word."""
    other = Repository("acme/other", digested.repository.location + "-other", "https://code.example/acme/other")
    library = Library(digested.shelves, [other], [digested.digest], ASKED_AT, ZONE)
    commit = digested.shas["heap"]

    assert await library.changes(["#17028", commit]) == Reading(
        missing=(Missing("#17028", Absence.UNKNOWN), Missing(commit, Absence.UNKNOWN))
    )
    assert (await library.search("order_by_deadline scheduler", 10)).passages == ()
    for reading in (
        await library.commit(commit),
        await library.diff(commit, None, AMPLE),
        await library.file(commit, "README.md"),
        await library.history("README.md", 5),
    ):
        assert reading.passages == ()
        assert [each.reason for each in reading.missing] == [Absence.UNREADABLE]


class GoneArchive:
    """An archive whose server does not answer."""

    async def commit(self, repository: Repository, digits: str) -> Commit | None:  # noqa: ARG002 -- of the port
        """Fail."""
        raise SourceUnavailable("The server cannot be reached.")

    async def file(self, repository: Repository, sha: str, path: str, first: int, last: int) -> FileText | NoText:  # noqa: ARG002 -- of the port
        """Fail."""
        raise SourceUnavailable("The server cannot be reached.")

    async def history(self, repository: Repository, path: str, limit: int) -> tuple[Commit, ...]:  # noqa: ARG002 -- of the port
        """Fail."""
        raise SourceUnavailable("The server cannot be reached.")


async def test_what_cannot_be_read_now(digested: Digested) -> None:
    """Where the repository cannot be read, that is said and nothing is raised; what the digest has is still there."""
    shelves = replace(digested.shelves, archive=GoneArchive())
    library = Library(shelves, [digested.repository], [digested.digest], ASKED_AT, ZONE)
    old, new = digested.shas["heap"], digested.shas["fuel"]

    assert await library.commit(old) == missing(old, Absence.UNREADABLE)
    assert await library.file(new, "server/fuel.py") == missing("server/fuel.py", Absence.UNREADABLE)
    assert await library.history("server", 5) == missing("server", Absence.UNREADABLE)
    assert (await library.commit(new)).passages[0].sha == new
    assert (await library.diff(new, None, AMPLE)).passages[0].path == "server/fuel.py"


async def _library(store: Store, folder: Path, message: str, files: Mapping[str, Content]) -> tuple[Library, str]:
    """Return the material of a repository of one change, and its sha."""
    story = Story()
    mark = story.commit(message, files, at=THURSDAY)
    built = story.write(folder / "one")
    source = GitSource(GitSettings(), data_dir=folder)
    found = FoundRepository(await source.find(str(built.path)))
    digest = await DigestBuilder(source, index=store.change_index).build(Wish(found, window(THURSDAY), "en"), Steps())
    archive = GitArchive(GitSettings(), data_dir=folder)
    shelves = Shelves(store.change_index, archive, source, store.pull_requests)
    return Library(shelves, [found.repository], [digest], THURSDAY + timedelta(hours=1), ZONE), built.sha(mark)


async def test_no_secret_is_read(store: Store, tmp_path: Path) -> None:
    """A secret in a message, a file, a diff or a history is masked in every passage."""
    library, commit = await _library(store, tmp_path, f"Use {KEY}\n\nkey {KEY}", {"a.py": f"aws_key = '{KEY}'\n"})
    readings = [
        await library.search("what uses a key", 5),
        await library.changes([commit]),
        await library.commit(commit),
        await library.diff(commit, None, AMPLE),
        await library.file(commit, "a.py"),
        await library.history("a.py", 5),
    ]

    assert all(reading.passages for reading in readings)
    assert KEY not in repr(readings)


async def test_everything_is_bounded(store: Store, tmp_path: Path) -> None:
    """However long messages, lines, files and lists are, passages are short, and what is missing is said."""
    files = {f"dir/{number}": f"{number}\n" for number in range(200)} | {"long": "x" * 100_000 + "\n" + "y\n" * 9_000}
    library, commit = await _library(store, tmp_path, "Long\n\n" + "words " * 50_000, dict(files))
    readings = [
        await library.search("long words", 5),
        await library.commit(commit),
        await library.diff(commit, None, 2_000),
        await library.file(commit, "long"),
    ]

    assert sum(len(each.text) for reading in readings for each in reading.passages) < 60_000
    assert all(reading.omitted for reading in readings[1:])
    many = await library.changes([sha(number) for number in range(100)])
    assert len(many.missing) == 20
    assert [(each.unit, each.count) for each in many.omitted] == [(Unit.CHANGES, 80)]
