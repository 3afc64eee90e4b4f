"""The pull requests behind changes: by GraphQL with a token, one by one without."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.source.github import GitHub
from adapters.source.github.rest import by_importance
from bot.contracts.repositories import BuiltRepository, Story
from bot.model import (
    BroughtCommit,
    Commit,
    FileChange,
    FileKind,
    FileStatus,
    LinkedIssue,
    Person,
    Phrase,
    PullRequest,
)
from bot.model import Repository as Found
from bot.ports import FoundPullRequests
from tests.adapters.source.github.conftest import OUTSIDER, TOKEN, WRONG, Opened, change
from tests.fakes.github import FakeGitHub
from tests.fakes.github_faults import GraphQLErrors
from tests.fakes.github_world import PullRequest as Pull
from tests.fakes.github_world import Repository

ORDERED = PullRequest(
    12,
    title="Order requests by deadline",
    body="Pop is O(log n).",
    labels=("scheduler", "breaking-change"),
    author="ada",
    reviewers=("bob", "fixer[bot]"),
    linked_issues=(LinkedIssue("acme/rocket", 7, "Old requests starve"),),
    milestone="1.0",
)
PLAINLY = replace(ORDERED, reviewers=(), linked_issues=())
NAMED = PullRequest(13, title="Give it a name", author="renamer[bot]")


async def asked(github: GitHub, commits: Sequence[Commit], name: str = "acme/rocket") -> FoundPullRequests:
    """Return what the adapter finds out about changes of the repository."""
    located = github.locate(name)
    assert located
    return await github.pull_requests(located, commits)


async def test_by_one_query(github: GitHub, hub: FakeGitHub, commits: list[Commit]) -> None:
    """One query brings everything of a pull request, whether its number is known or not, and that there is none."""
    answer = await asked(github, commits)
    assert [answer.found[commit.sha] for commit in commits] == [NAMED, ORDERED, None]
    assert (answer.notes, [exchange.path for exchange in hub.log]) == ((), ["/graphql"])


async def test_logins_of_authors(github: GitHub, commits: list[Commit]) -> None:
    """The account of whoever made a change comes with it, by the address in lower case."""
    assert (await asked(github, commits)).logins == {"bob@example.org": "bob"}


async def test_logins_in_addresses(opened: Opened, hub: FakeGitHub) -> None:
    """An address that the server gave out names its account without being asked about, whoever has it."""
    host = hub.url.removeprefix("http://")
    people = [Person("X", f"{login}@users.noreply.{host}") for login in ("1+ada", "bob", "2+fixer[bot]")]
    brought = BroughtCommit("0" * 40, "Fix it", people[2])
    commit = replace(change("f" * 40, "Begin"), author=people[0], co_authors=(people[1],), brought=(brought,))
    answer = await asked(opened(token=None, requests_per_digest=0), [commit])
    assert set(answer.logins.values()) == {"ada", "bob", "fixer[bot]"}


async def test_a_query_for_each_hundred(
    github: GitHub, hub: FakeGitHub, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of 250 changes a hundred are asked about at a time, and each gets its own pull request."""
    story = Story()
    for number in range(250):
        story.commit(f"Change {number} (#{number + 1})", {"a": str(number)})
    built = story.write(tmp_path_factory.mktemp("many") / "many")
    many = Repository("acme/many", built.path)
    many.adopt_pull_requests()
    hub.world.repositories.append(many)
    commits = [change(built.sha(n + 1), f"Change {n} (#{n + 1})", number=n + 1) for n in reversed(range(250))]
    answer = await asked(github, commits, "acme/many")
    assert {sha: found and found.number for sha, found in answer.found.items()} == {
        commit.sha: commit.pull_request and commit.pull_request.number for commit in commits
    }
    assert (len(hub.log), answer.notes) == (3, ())


async def test_renamed(github: GitHub, rocket: Repository, commits: list[Commit]) -> None:
    """A query by the former name is answered, with the name that the repository has now."""
    rocket.rename("newco/starship")
    answer = await asked(github, commits)
    assert answer.repository.name == "newco/starship"
    assert len(answer.found) == 3


async def test_same_name_in_other_letters(github: GitHub, commits: list[Commit]) -> None:
    """A name in other letters is no rename."""
    located = github.locate("ACME/rocket")
    assert located
    assert (await github.pull_requests(located, commits)).repository == located


async def test_the_number_of_an_issue(
    github: GitHub, opened: Opened, hub: FakeGitHub, built: BuiltRepository, commits: list[Commit]
) -> None:
    """Where a message names an issue, or nothing at all, the change is asked about by its commit."""
    commits[0] = change(built.sha(3), "Name the queue (#7)", number=7)
    assert (await asked(github, commits)).found[commits[0].sha] == NAMED
    assert len(hub.log) == 2
    plain = await asked(opened(token=None), commits)
    assert plain.found[commits[0].sha] == NAMED


@pytest.mark.parametrize("token", [TOKEN, None])
async def test_the_number_of_another_project(
    opened: Opened, rocket: Repository, built: BuiltRepository, token: str | None
) -> None:
    """A pull request that merged as another commit, with another title, is not what a change landed through."""
    rocket.add(Pull(40, "Paint it red", merge_commit=built.sha(1), commits=(built.sha(1),)))
    commit = change(built.sha(3), "Name the queue (#40)", number=40)
    assert (await asked(opened(token=token), [commit])).found == {commit.sha: NAMED}


@pytest.mark.parametrize("token", [TOKEN, None])
async def test_cherry_picks_and_merge_bots(
    opened: Opened, rocket: Repository, built: BuiltRepository, token: str | None
) -> None:
    """The number in a message holds for a pull request of the same title, and for one that a merge bot closed."""
    rocket.add(Pull(41, "Name the queue", merge_commit=built.sha(1)), Pull(42, "Other", state="CLOSED"))
    picked, landed = (
        change(built.sha(n), f"Name the queue (#{number})", number=number) for n, number in ((3, 41), (2, 42))
    )
    answer = await asked(opened(token=token), [picked, landed])
    assert {sha: found and found.number for sha, found in answer.found.items()} == {picked.sha: 41, landed.sha: 42}


@pytest.mark.parametrize("token", [TOKEN, None])
async def test_of_several_the_merged_one(
    opened: Opened, rocket: Repository, built: BuiltRepository, token: str | None
) -> None:
    """Of all that a commit belongs to, neither an open one nor one into another branch is what it landed through."""
    sha = built.sha(1)
    rocket.add(
        Pull(50, "Open", state="OPEN", commits=(sha,)),
        Pull(51, "Backport", commits=(sha,), base="release"),
        Pull(52, "Rebased", commits=(sha, built.sha(2))),
    )
    answer = await asked(opened(token=token), [change(sha, "Begin")])
    found = answer.found[sha]
    assert found
    assert found.number == 52


async def test_part_of_a_query(github: GitHub, hub: FakeGitHub, commits: list[Commit]) -> None:
    """What GraphQL could not answer is asked for by REST, and the rest of its answer is kept."""
    hub.faults.add(GraphQLErrors({("repository", "p1"): "Something went wrong"}))
    answer = await asked(github, commits)
    assert [answer.found[commit.sha] for commit in commits] == [NAMED, PLAINLY, None]
    assert answer.notes == (Phrase.of("pull-requests-plain", count=1),)


async def test_an_error_deep_within(github: GitHub, hub: FakeGitHub, commits: list[Commit]) -> None:
    """A pull request of which a part is missing counts as not answered, not as one without labels."""
    hub.faults.add(GraphQLErrors({("repository", "p1", "labels"): "Something went wrong"}))
    answer = await asked(github, commits)
    assert answer.found[commits[1].sha] == PLAINLY


async def test_a_query_that_fails(github: GitHub, hub: FakeGitHub, commits: list[Commit]) -> None:
    """A query that fails as a whole is replaced by requests, and the note says what those do not tell."""
    hub.faults.add(GraphQLErrors({("repository",): "Something went wrong"}))
    answer = await asked(github, commits)
    assert [answer.found[commit.sha] for commit in commits] == [NAMED, PLAINLY, None]
    assert answer.notes == (Phrase.of("pull-requests-plain", count=2),)


async def test_no_points_left(github: GitHub, hub: FakeGitHub, commits: list[Commit]) -> None:
    """A used up quota of GraphQL leaves that of REST."""
    hub.limits.limits["graphql"] = 0
    answer = await asked(github, commits)
    assert len(answer.found) == 3
    assert answer.notes == (Phrase.of("pull-requests-plain", count=2),)


async def test_no_points_and_no_requests_left(github: GitHub, hub: FakeGitHub, commits: list[Commit]) -> None:
    """With both quotas used up the digest goes on, and the note tells when there is more."""
    hub.limits.limits |= {"graphql": 0, "core": 0}
    answer = await asked(github, commits)
    note = Phrase.of("pull-requests-limited", count=3, host=github.host, reset="13:05 UTC")
    assert (answer.found, answer.notes) == ({}, (note,))


async def test_without_a_token(opened: Opened, hub: FakeGitHub, commits: list[Commit]) -> None:
    """Without a token each change costs one request, and nothing is noted as long as all were answered."""
    answer = await asked(opened(token=None), commits)
    assert [answer.found[commit.sha] for commit in commits] == [NAMED, PLAINLY, None]
    assert (answer.notes, len(hub.log)) == ((), 3)


async def test_the_reserve(opened: Opened, hub: FakeGitHub, commits: list[Commit]) -> None:
    """Requests stop where the reserve begins, and the note says for how many, until when, and what helps."""
    hub.limits.anonymous["core"] = 12
    github = opened(token=None, reserve=10)
    answer = await asked(github, commits)
    note = Phrase.of("pull-requests-limited-anonymous", count=1, host=github.host, reset="13:05 UTC")
    assert (len(answer.found), answer.notes, len(hub.log)) == (2, (note,), 2)


async def test_requests_of_one_digest(opened: Opened, commits: list[Commit]) -> None:
    """One digest does not take more requests than it may, and says so."""
    github = opened(token=None, requests_per_digest=2)
    answer = await asked(github, commits)
    assert answer.notes == (Phrase.of("pull-requests-capped-anonymous", count=1, host=github.host),)


async def test_a_hidden_repository(opened: Opened, rocket: Repository, commits: list[Commit]) -> None:
    """Of a repository that may not be seen nothing is concluded: no change is said to have no pull request."""
    rocket.private = True
    for token in (OUTSIDER, None):
        github = opened(token=token)
        answer = await asked(github, commits)
        assert answer.found == {}
        assert [note.id.removesuffix("-anonymous") for note in answer.notes] == ["pull-requests-forbidden"]


async def test_an_unknown_commit(github: GitHub, commits: list[Commit]) -> None:
    """A change that GitHub does not have is said to be missing, whatever is known of the others."""
    answer = await asked(github, [change("f" * 40, "Not pushed"), *commits])
    assert len(answer.found) == 3
    assert answer.notes == (Phrase.of("pull-requests-unknown", count=1, host=github.host),)


async def test_a_wrong_token(opened: Opened, hub: FakeGitHub, commits: list[Commit]) -> None:
    """A token that is not accepted is said once, and not tried again by REST."""
    github = opened(token=WRONG)
    answer = await asked(github, commits)
    assert (answer.found, len(hub.log)) == ({}, 1)
    assert answer.notes == (Phrase.of("pull-requests-unauthorised", count=3, host=github.host),)


async def test_another_location(github: GitHub, commits: list[Commit]) -> None:
    """A repository whose location is an address for ssh is asked about by its name on the server."""
    location = f"git@{github.host}:acme/rocket.git"
    answer = await github.pull_requests(Found("acme/rocket", location, None), commits)
    assert len(answer.found) == 3


async def test_nothing_to_ask(github: GitHub, hub: FakeGitHub) -> None:
    """Without changes there is no request."""
    assert (await asked(github, [])).found == {}
    assert hub.log == []


def test_newest_and_largest_first() -> None:
    """Where not all can be asked for, a large change goes before its neighbours, and a new one before an old one."""

    def sized(name: str, lines: int) -> Commit:
        file = FileChange("a", FileStatus.MODIFIED, FileKind.REGULAR, lines, 0)
        return replace(change(name, name), files=(file,))

    commits = [
        sized("new small", 1),
        sized("new large", 900),
        sized("middle", 10),
        sized("old large", 800),
        sized("old", 2),
    ]
    assert [commit.sha for commit in by_importance(commits)] == ["new large", "new small", "middle", "old large", "old"]


async def test_hostile_text(github: GitHub, rocket: Repository, built: BuiltRepository) -> None:
    """Titles, bodies, labels and logins arrive as they are."""
    nasty = "\u202e<!channel> @everyone \x00 </script> 汉字 \U0001f680"
    rocket.add(Pull(60, nasty, nasty, "ada", built.sha(1), labels=(nasty,), milestone=nasty))
    found = (await asked(github, [change(built.sha(1), "Begin")])).found[built.sha(1)]
    assert found
    assert (found.title, found.body, found.labels, found.milestone) == (nasty, nasty, (nasty,), nasty)
