"""Mirrors: how little they fetch, how they follow their servers, and what they survive."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.source.git import GitSettings, GitSource
from bot.contracts.repositories import BuiltRepository, Story, run_git
from bot.contracts.source import DAY, EVER, Steps, collect, patches, since, subjects, window
from bot.errors import RepositoryNotFound, SourceError, SourceUnavailable
from bot.model import Collection
from tests.adapters.source.wrappers import GIT, WrappedGit


def long_story(commits: int = 300) -> Story:
    """Return a history with ten changes a day, whose last day is the day of the window."""
    story, dice = Story(), random.Random(1)  # noqa: S311 -- no secret
    for number in range(commits):
        at = DAY - timedelta(hours=2.4) * (commits - 10 - number)
        files = {f"{number % 50}": dice.randbytes(2000).hex(), "log": f"{number}\n"}
        story.commit(f"change {number}", files, at=at)
    return story


def served(story: Story, folder: Path) -> BuiltRepository:
    """Return a repository whose server gives contents out one by one."""
    repository = story.write(folder)
    repository.git("config", "uploadpack.allowFilter", "true")
    return repository


def mirror_of(data_dir: Path) -> Path:
    """Return the only mirror that there is."""
    (mirror,) = (path for path in (data_dir / "mirrors").iterdir() if path.is_dir())
    return mirror


def digits(found: Collection) -> list[str]:
    """Return the names of the changes that were found, all of them read."""
    assert not [commit.subject for commit in found.commits if commit.unread]
    return [commit.sha for commit in found.commits]


async def test_nobody_else_may_look_into_mirrors(folder: Path, data_dir: Path) -> None:
    """The folder of all mirrors is for this user alone, also where that of all data is not."""
    data_dir.mkdir(exist_ok=True)
    data_dir.chmod(0o755)
    await collect(GitSource(GitSettings(), data_dir=data_dir), served(long_story(20), folder).url, window())
    assert (data_dir / "mirrors").stat().st_mode & 0o777 == 0o700


async def test_a_day_is_two_requests(folder: Path, tmp_path: Path, data_dir: Path) -> None:
    """A day's changes come in two requests, one for history and one for all contents; a second time in none."""
    repository = served(long_story(), folder)
    git = WrappedGit(tmp_path / "wrapped")
    source = git.source(data_dir)
    found = await collect(source, repository.url, window())
    assert len(digits(found)) == 10
    assert [patch.unread for patch in await patches(source, found)] == [None] * 10
    assert ["--depth=" in call for call in git.fetches()] == [True, False]
    assert await collect(source, repository.url, window()) == found
    assert git.fetches() == []


async def test_a_day_does_not_download_history(folder: Path, source: GitSource, data_dir: Path) -> None:
    """For a day of a long history, less than a tenth of a clone is fetched."""
    repository = served(long_story(2000), folder)
    assert len(digits(await collect(source, repository.url, window()))) == 10
    size = sum(path.stat().st_size for path in mirror_of(data_dir).rglob("*.pack"))
    repository.git("repack", "-adq")
    assert size < sum(path.stat().st_size for path in folder.rglob("*.pack")) / 10


async def test_a_former_tip_without_a_mirror(folder: Path, source: GitSource) -> None:
    """What landed late is found also where the mirror is new, and the former tip deeper than a mirror is at first."""
    story = long_story()
    late = story.commit("late", {"late": "1"}, at=DAY - timedelta(hours=1))
    for number in range(300):
        story.commit("of the day", {"log": f"{number}"}, at=DAY + timedelta(minutes=number))
    repository = served(story, folder)
    found = await source.collect(
        await source.find(repository.url), window(), Steps(), after=repository.sha(story.marks - 301)
    )
    assert found.late == {repository.sha(late)}
    assert len(found.commits) == 10 + 1 + 300
    assert found.notes == ()


async def test_only_the_default_branch_is_mirrored(source: GitSource, folder: Path, data_dir: Path) -> None:
    """A mirror has neither other branches, nor tags, nor the refs of pull requests."""
    story = Story()
    base = story.commit("base", {"a": "1"}, at=DAY)
    other = story.commit("other", {"secret": "1"}, branch="other", parents=[base])
    story.tag("v1", base)
    repository = served(story, folder)
    repository.git("update-ref", "refs/pull/1/head", repository.sha(other))
    await collect(source, repository.url, window())
    mirror = BuiltRepository(mirror_of(data_dir), {})
    assert mirror.git("for-each-ref", "--format=%(refname)").split() == ["refs/digestbot/tip"]
    with pytest.raises(subprocess.CalledProcessError):
        mirror.git("-c", "remote.origin.promisor=false", "cat-file", "-e", repository.sha(other))


async def test_a_branch_older_than_the_first_depth(source: GitSource, folder: Path) -> None:
    """What a merge brought is exact, although its branch left the line hundreds of commits ago."""
    story = Story()
    marks = [story.commit("begin", {"a": "1"}, at=DAY - timedelta(days=90))]
    for number in range(400):
        marks.append(story.commit(f"line {number}", at=DAY - timedelta(days=80)))  # noqa: PERF401 -- reads in order
    side = marks[5]
    for number in range(3):
        side = story.commit(f"side {number}", {f"s{number}": "1"}, branch="side", parents=[side])
    story.commit("merge", {"s0": "1", "s1": "1", "s2": "1"}, at=DAY, parents=[marks[-1], side])
    repository = served(story, folder)
    for name in (str(folder), repository.url):
        (merge,) = (await collect(source, name, window())).commits
        assert [brought.subject for brought in merge.brought] == ["side 2", "side 1", "side 0"]
        assert [file.path for file in merge.files] == ["s0", "s1", "s2"]


async def test_a_force_push(source: GitSource, folder: Path) -> None:
    """After a force-push the changes are those of the new branch."""
    story = Story()
    base = story.commit("base", {"a": "1"}, at=DAY)
    story.commit("dropped", {"a": "2"}, at=DAY)
    repository = served(story, folder)
    assert subjects((await collect(source, repository.url, window())).commits) == ["dropped", "base"]
    again = Story()
    again.commit("kept", {"a": "3"}, at=DAY, parents=[repository.sha(base)])
    repository.add(again)
    found = await collect(source, repository.url, window())
    assert subjects(found.commits) == ["kept", "base"]
    assert [patch.unread for patch in await patches(source, found)] == [None, None]


async def test_history_written_anew(source: GitSource, folder: Path) -> None:
    """A branch that has nothing in common with what it was is mirrored like a new one."""
    repository = served(long_story(), folder)
    await collect(source, repository.url, window())
    anew = Story()
    anew.commit("anew", {"b": "1"}, at=DAY, parents=[])
    repository.add(anew)
    found = await collect(source, repository.url, window())
    assert subjects(found.commits) == ["anew"]
    assert len(digits(found)) == 1


async def test_a_renamed_default_branch(source: GitSource, folder: Path) -> None:
    """When the server's default branch becomes another one, that is what is read."""
    story = Story()
    base = story.commit("base", {"a": "1"}, at=DAY)
    story.commit("on trunk", {"a": "2"}, at=DAY, branch="trunk", parents=[base])
    repository = served(story, folder)
    assert subjects((await collect(source, repository.url, window())).commits) == ["base"]
    repository.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    repository.git("branch", "-q", "-D", "main")
    assert subjects((await collect(source, repository.url, window())).commits) == ["on trunk", "base"]


async def test_a_default_branch_that_is_not_there(source: GitSource, folder: Path) -> None:
    """A server with branches whose default branch is missing is an error, and not an empty day."""
    story = Story()
    story.commit("base", {"a": "1"}, at=DAY)
    repository = served(story, folder)
    repository.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    with pytest.raises(SourceError):
        await collect(source, repository.url, window())


async def test_a_repository_that_begins_to_have_commits(source: GitSource, folder: Path) -> None:
    """A repository that was empty when it was first read is read when it is not any more."""
    repository = served(Story(), folder)
    assert (await collect(source, repository.url, window())).tip is None
    story = Story()
    story.commit("base", {"a": "1"}, at=DAY)
    repository.add(story)
    assert subjects((await collect(source, repository.url, window())).commits) == ["base"]


async def test_growing_and_looking_back(source: GitSource, folder: Path) -> None:
    """While a repository grows, windows of any age find from its mirror what they find in place."""
    repository, dice = served(long_story(), folder), random.Random(2)  # noqa: S311 -- no secret
    for round_ in range(3):
        for _ in range(2):
            period = window(DAY - timedelta(days=dice.randrange(40)), None)
            in_place = await collect(source, str(folder), period)
            assert digits(await collect(source, repository.url, period)) == digits(in_place)
        more = Story()
        for number in range(30):
            parents = [] if number else [repository.git("rev-parse", "main")]
            more.commit(f"round {round_}", {"log": f"{round_}.{number}"}, at=DAY, parents=parents or None)
        repository.add(more)


async def test_fetching_at_the_same_time(folder: Path, tmp_path: Path, data_dir: Path) -> None:
    """Of several that want the same repository at once one fetches, and the others use what it brought."""
    repository = served(long_story(), folder)
    git = WrappedGit(tmp_path / "wrapped")
    sources = [git.source(data_dir) for _ in range(4)]
    found = await asyncio.gather(*(collect(source, repository.url, window()) for source in sources))
    assert [digits(one) for one in found] == [digits(found[0])] * 4
    assert len(git.fetches()) == 2


async def test_fetching_from_several_processes(folder: Path, data_dir: Path, source: GitSource) -> None:
    """Several processes that want different windows of a repository at once all succeed."""
    repository = served(long_story(), folder)
    processes = [collecting(repository.url, data_dir, "git") for _ in range(3)]
    period = window(DAY - timedelta(days=20), DAY)
    assert len(digits(await collect(source, repository.url, period))) == 200
    for process in processes:
        assert process.wait(120) == 0


def collecting(url: str, data_dir: Path, executable: str) -> "subprocess.Popen[bytes]":
    """Start a process that collects the day."""
    program = (
        "import asyncio, sys, pathlib\n"
        "from adapters.source.git import GitSettings, GitSource\n"
        "from bot.contracts.source import collect, window\n"
        "source = GitSource(GitSettings(executable=sys.argv[3]), data_dir=pathlib.Path(sys.argv[2]))\n"
        "asyncio.run(collect(source, sys.argv[1], window()))\n"
    )
    arguments = [sys.executable, "-c", program, url, str(data_dir), executable]
    return subprocess.Popen(arguments, cwd=Path(__file__).parents[3], env={"PATH": os.environ["PATH"]})


@pytest.mark.parametrize("moment", ["init", "fetch --quiet", "fetch --quiet.*--stdin"])
def test_a_kill_in_the_middle(source: GitSource, folder: Path, tmp_path: Path, data_dir: Path, moment: str) -> None:
    """A process that is killed while it makes or fills a mirror leaves one that the next can use."""
    repository = served(long_story(), folder)
    reached = tmp_path / "reached"
    os.mkfifo(reached)
    # Git does its work, then waits to be killed together with who started it.
    stop = (
        f'if echo "$@" | grep -q "{moment}"; then {GIT} "$@"; echo $$ > {reached}; exec sleep 600; fi; exec {GIT} "$@"'
    )
    process = collecting(repository.url, data_dir, str(WrappedGit(tmp_path / "wrapped", stop).executable))
    sleeper = int(reached.read_text())
    process.kill()
    process.wait(120)
    os.kill(sleeper, signal.SIGKILL)
    for left in ("shallow.lock", "config.lock", "HEAD.lock", "objects/pack/tmp_pack_x", "refs/digestbot/tip.lock"):
        for mirror in (data_dir / "mirrors").glob("*[0-9a-f]"):
            (mirror / left).parent.mkdir(parents=True, exist_ok=True)
            (mirror / left).write_text("")
    assert len(digits(asyncio.run(collect(source, repository.url, window())))) == 10
    assert not list(mirror_of(data_dir).rglob("*.lock"))


def break_packs(mirror: Path) -> None:
    """Cut every pack in the middle."""
    for pack in mirror.rglob("*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(pack.read_bytes()[: pack.stat().st_size // 2])


def break_head(mirror: Path) -> None:
    """Fill HEAD with rubbish."""
    (mirror / "HEAD").write_text("rubbish")


def break_settings(mirror: Path) -> None:
    """Fill the configuration with rubbish."""
    (mirror / "config").write_text("[rubbish")


def lose_objects(mirror: Path) -> None:
    """Remove every pack."""
    for pack in mirror.rglob("pack-*"):
        pack.unlink()


def lose_tip(mirror: Path) -> None:
    """Remove the ref."""
    (mirror / "refs" / "digestbot" / "tip").unlink()


def lose_shallow(mirror: Path) -> None:
    """Forget where history ends."""
    (mirror / "shallow").unlink()


@pytest.mark.parametrize("damage", [break_packs, break_head, break_settings, lose_objects, lose_tip, lose_shallow])
async def test_a_damaged_mirror(source: GitSource, folder: Path, data_dir: Path, damage: object) -> None:
    """A mirror that is damaged is made anew."""
    repository = served(long_story(), folder)
    found = await collect(source, repository.url, window())
    assert callable(damage)
    damage(mirror_of(data_dir))
    again = await collect(source, repository.url, window())
    assert digits(again) == digits(found)
    assert [patch.unread for patch in await patches(source, again)] == [None] * 10


async def test_a_server_that_gives_nothing_out_by_name(folder: Path, tmp_path: Path, data_dir: Path) -> None:
    """Where a server refuses to send single contents, they come by a fetch of everything at that depth."""
    repository = served(long_story(), folder)
    git = WrappedGit(tmp_path / "wrapped", f'exec {GIT} -c protocol.version=0 "$@"')
    source = git.source(data_dir)
    found = await collect(source, repository.url, window())
    assert len(digits(found)) == 10
    assert ["--refetch" in call for call in git.fetches()] == [False, False, True]
    assert [patch.unread for patch in await patches(source, found)] == [None] * 10


async def test_a_server_that_lacks_contents(source: GitSource, folder: Path) -> None:
    """What the server lacks itself makes the changes unread that need it, and no others."""
    story = Story()
    for number in range(20):
        story.commit(f"change {number}", {f"{number}": f"{number}\n"}, at=DAY)
    repository = served(story, folder)
    for number in (3, 7, 11):
        sha = repository.git("rev-parse", f"main:{number}")
        (folder / "objects" / sha[:2] / sha[2:]).unlink()
    found = await collect(source, repository.url, window())
    assert [commit.subject for commit in found.commits if commit.unread] == ["change 11", "change 7", "change 3"]


async def test_since_a_commit_far_back(source: GitSource, folder: Path) -> None:
    """Since a commit beyond the first depth finds everything after it, and fetches no tag but the one asked for."""
    story = long_story(400)
    story.tag("v1", 10)
    story.tag("v2", 20)
    repository = served(story, folder)
    by_tag = await collect(source, repository.url, since("v1"))
    by_name = await collect(source, repository.url, since(repository.sha(10)[:8]))
    assert len(digits(by_tag)) == 390
    assert digits(by_tag) == digits(by_name)


async def test_many_packs_become_one(source: GitSource, folder: Path, data_dir: Path) -> None:
    """A mirror that is fetched into again and again does not collect packs without end."""
    repository = served(long_story(20), folder)
    packs = mirror_packs = 0
    for number in range(25):
        more = Story()
        more.commit(
            f"more {number}", {"log": f"more {number}\n"}, at=DAY, parents=[repository.git("rev-parse", "main")]
        )
        repository.add(more)
        found = await collect(source, repository.url, EVER)
        assert digits(found) == repository.git("log", "--format=%H").split()
        mirror_packs = len(list(mirror_of(data_dir).rglob("*.pack")))
        packs = max(packs, mirror_packs)
    assert 30 < packs <= 42
    assert mirror_packs < packs


async def test_a_server_that_is_not_there(source: GitSource, unused_tcp_port: int) -> None:
    """A server that cannot be reached is a temporary error."""
    with pytest.raises(SourceUnavailable):
        await collect(source, f"http://127.0.0.1:{unused_tcp_port}/a/b", window())


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("401 Unauthorized", RepositoryNotFound),
        ("403 Forbidden", RepositoryNotFound),
        ("404 Not Found", RepositoryNotFound),
        ("429 Too Many Requests", SourceUnavailable),
        ("500 Internal Server Error", SourceUnavailable),
        ("503 Service Unavailable", SourceUnavailable),
        ("200 OK", SourceError),
    ],
)
async def test_what_servers_answer(source: GitSource, answer: str, error: type[Exception]) -> None:
    """Each refusal of a server is the error that says whether to try again."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        page = "<!DOCTYPE html>\n<title>Please log in</title>\n<p>This page is not a repository.</p>\n"
        writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n{page}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(error):
            await collect(source, f"http://127.0.0.1:{port}/a/b", window())


async def test_a_server_that_never_answers(data_dir: Path) -> None:
    """A server that says nothing is given up after the time limit, and no git is left behind."""
    gone = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        gone.set()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    source = GitSource(GitSettings(time_limit=timedelta(seconds=0.5)), data_dir=data_dir)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(SourceUnavailable):
            await collect(source, f"http://127.0.0.1:{port}/a/b", window())
        await asyncio.wait_for(gone.wait(), 30)


async def test_a_path_behind_a_url_that_is_no_repository(source: GitSource, tmp_path: Path) -> None:
    """A file URL without a repository is not found, and leaves no mirror."""
    with pytest.raises(RepositoryNotFound):
        await collect(source, (tmp_path / "nothing").as_uri(), window())


async def test_a_shallow_server(source: GitSource, folder: Path, tmp_path: Path) -> None:
    """A server that is a shallow clone itself gives what it has, and where that ends is said."""
    run_git("clone", "-q", "--bare", "--depth=5", served(long_story(), folder).url, str(tmp_path / "shallow"))
    found = await collect(source, (tmp_path / "shallow").as_uri(), window())
    assert len(found.commits) == 5
    assert [note.id for note in found.notes] == ["history-ends-early"]
    assert [commit.unread is not None for commit in found.commits] == [False] * 4 + [True]
