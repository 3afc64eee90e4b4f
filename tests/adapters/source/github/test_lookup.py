"""From a name to a repository."""

import pytest

from adapters.source.github import GitHub
from bot.errors import (
    AmbiguousName,
    CodeHostUnavailable,
    ConfigurationError,
    CredentialRefused,
    RateLimited,
    RepositoryBlocked,
    RepositoryNotFound,
    UnsafeName,
)
from bot.model import Commit, Phrase
from tests.adapters.source.github.conftest import OUTSIDER, WRONG, Clock, Opened
from tests.fakes.github import FakeGitHub
from tests.fakes.github_answers import Answer, error, secondary_limit
from tests.fakes.github_world import Repository, World


def beside(rocket: Repository, full_name: str, stars: int, *, private: bool = False) -> Repository:
    """Return another repository."""
    return Repository(full_name, rocket.path, private=private, stars=stars)


async def test_the_clear_winner(github: GitHub, hub: FakeGitHub, world: World, rocket: Repository) -> None:
    """Of the repositories of exactly that name, the one with ten times the stars is meant; one request finds it."""
    world.repositories += [beside(rocket, "fork/Rocket", 50), beside(rocket, "big/rocket-science", 9000)]
    found = await github.find("rocket")
    assert found.repository.name == "acme/rocket"
    assert found.repository.location == f"{hub.url}/acme/rocket.git"
    assert found.notes == (Phrase.of("name-means", name="rocket", repository="acme/rocket"),)
    assert len(hub.log) == 1


async def test_no_clear_winner(github: GitHub, world: World, rocket: Repository) -> None:
    """Less than ten times the stars of the second is not clear: the five likeliest are named, and how many more."""
    world.repositories += [beside(rocket, f"fork{stars}/rocket", stars) for stars in (51, 40, 30, 20, 10, 5)]
    with pytest.raises(AmbiguousName) as caught:
        await github.find("rocket")
    assert caught.value.candidates == (
        "acme/rocket",
        "fork51/rocket",
        "fork40/rocket",
        "fork30/rocket",
        "fork20/rocket",
    )
    assert "acme/rocket (500 stars)" in str(caught.value)
    assert "and 2 more" in str(caught.value)


async def test_a_few_stars_are_no_lead(github: GitHub, world: World, rocket: Repository) -> None:
    """Nine stars against none do not make a clear winner."""
    world.repositories[:] = [beside(rocket, "a/rocket", 9), beside(rocket, "b/rocket", 0)]
    with pytest.raises(AmbiguousName):
        await github.find("rocket")


async def test_private_candidates_stay_private(github: GitHub, world: World, rocket: Repository) -> None:
    """The operator sees a private candidate; somebody in a chat does not hear of it."""
    world.repositories += [beside(rocket, "acme-labs/rocket", 400, private=True)]
    with pytest.raises(AmbiguousName) as caught:
        await github.find("rocket")
    assert "acme-labs/rocket" in str(caught.value)
    assert "acme-labs" not in caught.value.public


@pytest.mark.parametrize("name", ["nothing", "acme/nothing", "acme/secret"])
async def test_missing_and_hidden_alike(opened: Opened, world: World, rocket: Repository, name: str) -> None:
    """A missing repository and a private one that the token may not see are told apart by nothing but the name."""
    world.repositories += [beside(rocket, "acme/secret", 1, private=True)]
    with pytest.raises(RepositoryNotFound) as caught:
        await opened(token=OUTSIDER).find(name)
    assert name in caught.value.public
    assert (
        caught.value.public.replace(name, "X").partition(" ")[2]
        == "has no repository X that can be shown here. Check the name."
    )


async def test_a_partial_name_is_not_enough(github: GitHub) -> None:
    """A repository whose name only contains the word does not count."""
    with pytest.raises(RepositoryNotFound):
        await github.find("rock")


async def test_full_names_and_addresses(github: GitHub, hub: FakeGitHub) -> None:
    """An owner/name and an address are asked for, in one request, and come back as GitHub writes them."""
    for name in ("acme/rocket", "ACME/Rocket", f"{hub.url}/acme/rocket", f"{hub.url}/acme/rocket.git"):
        found = await github.find(name)
        assert (found.repository.name, found.renamed, found.notes) == ("acme/rocket", False, ())
    assert [exchange.path for exchange in hub.log][::2] == ["/repos/acme/rocket", "/repos/acme/rocket"]


async def test_renamed(github: GitHub, rocket: Repository) -> None:
    """A former name leads to the repository by the name that it has now, and says so."""
    rocket.rename("newco/starship")
    found = await github.find("acme/rocket")
    assert (found.repository.name, found.renamed) == ("newco/starship", True)
    assert found.notes == (Phrase.of("repository-renamed", old="acme/rocket", new="newco/starship"),)


async def test_archived(github: GitHub, rocket: Repository) -> None:
    """An archived repository can be read, and is said to be archived."""
    rocket.archived = True
    found = await github.find("acme/rocket")
    assert found.notes == (Phrase.of("repository-archived", repository="acme/rocket"),)


async def test_private(github: GitHub, rocket: Repository) -> None:
    """A private repository that the token may see is found, and marked as private."""
    rocket.private = True
    found = await github.find("rocket")
    assert found.private
    assert Phrase.of("repository-private", repository="acme/rocket") in found.notes


async def test_blocked(github: GitHub, rocket: Repository) -> None:
    """A repository that was taken down has a sentence of its own, for everybody."""
    rocket.blocked = "dmca"
    with pytest.raises(RepositoryBlocked) as caught:
        await github.find("acme/rocket")
    assert "taken down" in caught.value.public


async def test_disabled(github: GitHub, hub: FakeGitHub) -> None:
    """A repository that GitHub lists as disabled is as good as taken down."""
    listed = {"full_name": "acme/rocket", "stargazers_count": 1, "private": False, "archived": False, "disabled": True}
    hub.faults.add(Answer(200, listed))
    with pytest.raises(RepositoryBlocked):
        await github.find("acme/rocket")


async def test_a_wrong_token(opened: Opened) -> None:
    """A token that GitHub does not accept is the operator's to set, and an asker hears nothing of tokens."""
    with pytest.raises(CredentialRefused) as caught:
        await opened(token=WRONG).find("rocket")
    assert "GITHUB_TOKEN" in caught.value.remedy
    assert "token" not in caught.value.public.lower()


async def test_a_token_without_the_right(github: GitHub, hub: FakeGitHub) -> None:
    """A refusal tells the operator which right is missing, and an asker what a missing repository would."""
    hub.faults.add(error(403, "Resource protected by organization SAML enforcement."))
    with pytest.raises(CredentialRefused) as caught:
        await github.find("acme/rocket")
    with pytest.raises(RepositoryNotFound) as missing:
        await github.find("acme/nothing")
    assert "single sign-on" in caught.value.remedy
    assert caught.value.public.replace("rocket", "nothing") == missing.value.public


async def test_no_requests_left(opened: Opened, hub: FakeGitHub, clock: Clock) -> None:
    """A used up quota is an error with the time of its reset, which is neither waited for nor asked for again."""
    hub.limits.anonymous["search"] = 0
    github = opened(token=None)
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            await github.find("rocket")
    assert caught.value.resets_at
    assert "12:06 UTC" in str(caught.value)
    assert "GITHUB_TOKEN" in caught.value.remedy
    assert (clock.slept, len(hub.log)) == ([], 1)


async def test_after_the_reset(opened: Opened, hub: FakeGitHub, clock: Clock) -> None:
    """Once a quota is full again, it is used again."""
    hub.limits.anonymous["search"] = 1
    github = opened(token=None)
    await github.find("rocket")
    with pytest.raises(RateLimited):
        await github.find("rocket")
    await clock.sleep(61)
    assert (await github.find("rocket")).repository.name == "acme/rocket"


async def test_a_long_secondary_limit(github: GitHub, hub: FakeGitHub, clock: Clock) -> None:
    """A secondary limit beyond the longest wait is an error that says for how long."""
    hub.faults.add(secondary_limit(3600))
    with pytest.raises(RateLimited) as caught:
        await github.find("rocket")
    assert caught.value.retry_after
    assert (caught.value.retry_after.total_seconds(), clock.slept) == (3600, [])


async def test_a_search_that_was_cut_short(github: GitHub, hub: FakeGitHub) -> None:
    """A search that GitHub did not finish decides nothing."""
    hub.faults.add(Answer(200, {"total_count": 0, "incomplete_results": True, "items": []}))
    with pytest.raises(CodeHostUnavailable):
        await github.find("rocket")


@pytest.mark.parametrize(
    "name", ["", "--upload-pack=x", "rocket user:acme", "/etc/passwd", "../x", "https://evil.example/a/b"]
)
async def test_no_names(github: GitHub, hub: FakeGitHub, name: str) -> None:
    """What is no name is refused without a request."""
    with pytest.raises(UnsafeName):
        await github.find(name)
    assert hub.log == []


async def test_answers_of_another_shape(github: GitHub, hub: FakeGitHub) -> None:
    """An answer that is not what it should be is a failure of GitHub, not an empty result."""
    hub.faults.add(Answer(200, {"items": []}), Answer(200, b"<html>Welcome to the hotel</html>"), Answer(200, []))
    for _ in range(3):
        with pytest.raises(CodeHostUnavailable):
            await github.find("rocket")


async def test_a_redirection_elsewhere(github: GitHub, hub: FakeGitHub) -> None:
    """GitHub's credentials are not taken to another host, whatever a redirection says."""
    hub.faults.add(Answer(301, {}, {"location": "http://evil.example/repos/acme/rocket"}))
    with pytest.raises(ConfigurationError, match="GITHUB_API_URL"):
        await github.find("acme/rocket")


async def test_a_server_of_another_kind(github: GitHub, hub: FakeGitHub) -> None:
    """A server that does not understand the request is no server without the repository."""
    hub.faults.add(error(400, "This version of the API is not supported."))
    with pytest.raises(ConfigurationError, match="GITHUB_API_URL"):
        await github.find("acme/rocket")


async def test_enterprise(opened: Opened, hub: FakeGitHub, commits: list[Commit]) -> None:
    """GitHub Enterprise has both its APIs beneath a path, and its pages and clones beside it."""
    github = opened(api_url=f"{hub.url}/api/v3")
    found = await github.find("rocket")
    assert found.repository.location == f"{hub.url}/acme/rocket.git"
    assert len((await github.pull_requests(found.repository, commits)).found) == 3
    assert [exchange.path.partition("?")[0] for exchange in hub.log] == [
        "/api/v3/search/repositories",
        "/api/graphql",
    ]


async def test_the_first_of_many_pages(github: GitHub, world: World, rocket: Repository) -> None:
    """Among more repositories than a page holds, the most starred of the exact name is still found."""
    world.repositories += [beside(rocket, f"x{n}/rocket-{n}", 10 + n) for n in range(150)]
    assert (await github.find("rocket")).repository.name == "acme/rocket"
