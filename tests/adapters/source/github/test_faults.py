"""What happens when GitHub, or the way to it, fails."""

import pytest

from adapters.source.github import GitHub
from bot.errors import CodeHostUnavailable
from bot.model import Commit, Phrase
from tests.adapters.source.github.conftest import Clock, Opened
from tests.adapters.source.github.test_pull_requests import asked
from tests.fakes.github import FakeGitHub
from tests.fakes.github_answers import Answer, secondary_limit, server_error
from tests.fakes.github_faults import Drop, Fault, Hang, Truncate

PASSING = [
    server_error(500),
    server_error(502),
    Answer(503, b"", {"content-type": "text/plain"}),
    Drop(),
    Truncate(),
    Truncate(0),
    Answer(200, b'{"full_name": "acme/ro'),
]


@pytest.mark.parametrize("fault", PASSING, ids=str)
async def test_a_passing_fault(
    github: GitHub, hub: FakeGitHub, clock: Clock, commits: list[Commit], fault: Fault
) -> None:
    """A fault that passes within three attempts is not noticed, but for pauses that grow."""
    hub.faults.add(fault, fault, fault, on="repos")
    assert (await github.find("acme/rocket")).repository.name == "acme/rocket"
    hub.faults.add(fault, fault, on="graphql")
    answer = await asked(github, commits)
    assert (len(answer.found), answer.notes, hub.faults.left) == (3, (), 0)
    first, second, third, *_ = clock.slept
    assert 0 < first < second * 1.01 <= third * 2 <= 8


@pytest.mark.parametrize("fault", PASSING, ids=str)
async def test_a_lasting_fault(github: GitHub, hub: FakeGitHub, commits: list[Commit], fault: Fault) -> None:
    """A fault that lasts is an error when a name is asked for, and a note where a digest can do without."""
    hub.faults.add(*[fault] * 100)
    with pytest.raises(CodeHostUnavailable):
        await github.find("rocket")
    answer = await asked(github, commits)
    assert answer.found == {}
    assert answer.notes == (Phrase.of("pull-requests-unavailable", count=3, host=github.host),)
    assert len(hub.log) == 12  # four attempts each: the search, the query, the first of the single requests


async def test_nobody_there(opened: Opened, hub: FakeGitHub, clock: Clock) -> None:
    """A server that is not there is an error after a few attempts."""
    github = opened(api_url="http://127.0.0.1:9")
    with pytest.raises(CodeHostUnavailable):
        await github.find("acme/rocket")
    assert (len(clock.slept), hub.log) == (3, [])


async def test_silence(opened: Opened, hub: FakeGitHub) -> None:
    """A server that does not answer in time is as good as one that is not there."""
    hub.faults.add(Hang())
    with pytest.raises(CodeHostUnavailable):
        await opened(timeout=1, attempts=1).find("acme/rocket")


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("retry_after", [20, None])
async def test_a_short_secondary_limit(
    github: GitHub,
    hub: FakeGitHub,
    clock: Clock,
    commits: list[Commit],
    caplog: pytest.LogCaptureFixture,
    status: int,
    retry_after: int | None,
) -> None:
    """A secondary limit is obeyed for the time that GitHub asks for (a minute if it does not say), and announced."""
    hub.faults.add(secondary_limit(retry_after, status))
    answer = await asked(github, commits)
    assert (len(answer.found), answer.notes) == (3, ())
    assert clock.slept == [retry_after or 60]
    assert f"going on in {retry_after or 60} s" in caplog.text


async def test_secondary_limits_that_add_up(
    github: GitHub, hub: FakeGitHub, clock: Clock, commits: list[Commit]
) -> None:
    """Waits that are too long together end in a note, and GitHub is left alone."""
    hub.faults.add(secondary_limit(40), secondary_limit(40))
    answer = await asked(github, commits)
    assert (clock.slept, len(hub.log)) == ([40], 2)
    assert answer.notes == (Phrase.of("pull-requests-slow-down", count=3, host=github.host),)


async def test_silence_that_was_asked_for(opened: Opened, hub: FakeGitHub, clock: Clock, commits: list[Commit]) -> None:
    """While a long secondary limit holds nothing is sent, whatever is asked; afterwards all is as before."""
    github = opened(token=None)
    hub.faults.add(secondary_limit(600))
    for _ in range(3):
        assert [note.id for note in (await asked(github, commits)).notes] == ["pull-requests-slow-down-anonymous"]
    assert (len(hub.log), clock.slept) == (1, [])
    await clock.sleep(600)
    assert len((await asked(github, commits)).found) == 3


async def test_a_failure_among_single_requests(opened: Opened, hub: FakeGitHub, commits: list[Commit]) -> None:
    """What was answered before requests began to fail is kept."""
    hub.faults.add(*[server_error()] * 100, on="pulls/12")
    github = opened(token=None, threads=1)
    answer = await asked(github, commits)
    assert [commit.sha in answer.found for commit in commits] == [True, False, False]
    assert answer.notes == (Phrase.of("pull-requests-unavailable", count=2, host=github.host),)
