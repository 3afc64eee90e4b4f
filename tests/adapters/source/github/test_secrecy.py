"""Where a token must not appear."""

import logging

import pytest

from bot.errors import DigestbotError
from bot.model import Commit
from tests.adapters.source.github.conftest import OUTSIDER, TOKEN, WRONG, Opened
from tests.adapters.source.github.test_pull_requests import asked
from tests.fakes.github import FakeGitHub
from tests.fakes.github_answers import Answer, server_error
from tests.fakes.github_faults import Truncate


async def test_logs_and_errors(
    opened: Opened, hub: FakeGitHub, commits: list[Commit], caplog: pytest.LogCaptureFixture
) -> None:
    """With every library logging all it can, a token is in no log, no error, no note and no address."""
    caplog.set_level(logging.DEBUG)
    said = []
    hub.faults.add(server_error(), Truncate(), Answer(403, {"message": TOKEN}), Answer(302, {}, {"location": "/x"}))
    for token in (TOKEN, OUTSIDER, WRONG):
        github = opened(token=token)
        for name in ("rocket", "acme/rocket", "acme/nothing"):
            try:
                said.append(repr(await github.find(name)))
            except DigestbotError as error:
                said += [str(error), error.public, repr(error), repr(error.__context__)]
        said.append(repr(await asked(github, commits)))
    everything = "\n".join([caplog.text, *said, *(exchange.path for exchange in hub.log)])
    assert "graphql" in everything
    for token in (TOKEN, OUTSIDER, WRONG):
        assert token not in everything


async def test_fresh_tokens(opened: Opened, hub: FakeGitHub, caplog: pytest.LogCaptureFixture) -> None:
    """PyGithub logs whole answers when it debugs; it is kept from that, since one holds the token of an app."""
    caplog.set_level(logging.DEBUG)
    await opened().find("acme/rocket")
    assert hub.log
    assert not [record for record in caplog.records if record.name == "github.Requester"]


async def test_git_of_another_host(opened: Opened, hub: FakeGitHub) -> None:
    """The token is for clone URLs of the server alone."""
    github = opened()
    assert await github.credential(f"{hub.url}/acme/rocket.git")
    for url in (
        "https://evil.example/acme/rocket.git",
        f"{hub.url}.evil.example/acme/rocket.git",
        f"{hub.url}@evil.example/acme/rocket.git",
        hub.url.replace("http", "https") + "/acme/rocket.git",
        "/acme/rocket.git",
        "acme/rocket",
    ):
        assert await github.credential(url) is None


async def test_git_without_a_token(opened: Opened, hub: FakeGitHub) -> None:
    """Without a token git is given none."""
    assert await opened(token=None).credential(f"{hub.url}/acme/rocket.git") is None
