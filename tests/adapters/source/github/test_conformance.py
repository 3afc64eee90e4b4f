"""What goes over the wire, against GitHub's own description of its API."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from bot.errors import DigestbotError
from bot.model import Commit
from tests.adapters.source.github.conftest import OUTSIDER, TOKEN, WRONG, Opened
from tests.adapters.source.github.test_pull_requests import asked
from tests.fakes.github import FakeGitHub
from tests.fakes.github_faults import GraphQLErrors
from tests.fakes.github_world import Repository

CONFORM = Path(__file__).parents[5] / "shared" / "conform"


@pytest.mark.skipif(not CONFORM.is_dir(), reason="GitHub's description is not beside this project")
async def test_requests_and_answers(
    opened: Opened, hub: FakeGitHub, rocket: Repository, commits: list[Commit], traffic: Path
) -> None:
    """Every kind of request that the adapter sends, and its answer, is as GitHub describes it."""
    rocket.former_names = ("acme/former",)
    for token in (TOKEN, OUTSIDER, WRONG, None):
        github = opened(token=token, attempts=1)
        for name in ("rocket", "acme/rocket", "acme/former", "acme/nothing"):
            try:
                await github.find(name)
            except DigestbotError:
                assert token == WRONG or name == "acme/nothing"
        hub.faults.add(GraphQLErrors({("repository",): "Something went wrong"}))
        await asked(github, commits)
        hub.faults.take("")
        await asked(github, commits)
    command = (sys.executable, "conform.py", "--waivers", "waivers.json", str(traffic))
    run = await asyncio.create_subprocess_exec(*command, cwd=CONFORM, stdout=PIPE, stderr=STDOUT)
    said, _ = await run.communicate()
    assert run.returncode == 0, said.decode()
    assert f"exchanges={len(hub.log)} " in said.decode()
