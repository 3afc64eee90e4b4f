"""Many questions at once."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from concurrent.futures import ThreadPoolExecutor

from adapters.source.github import GitHub, GitHubSettings
from tests.adapters.source.github.conftest import TOKEN, Clock, Opened
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository, World

IN_A_PROCESS = """
import asyncio, sys
from adapters.source.github import GitHub, GitHubSettings
from tests.adapters.source.github.conftest import Clock

async def main(url, token, *names):
    settings = GitHubSettings.model_validate({"api_url": url, "token": token, "seconds_between_requests": 0})
    async with GitHub(settings, clock=Clock()) as github:
        for found in await asyncio.gather(*(github.find(name) for name in names)):
            print(found.repository.name)

asyncio.run(main(*sys.argv[1:]))
"""
NAMES = [f"acme/rocket-{number}" for number in range(60)]


def populate(world: World, rocket: Repository) -> None:
    """Add many repositories."""
    world.repositories += [Repository(name, rocket.path) for name in NAMES]


async def test_no_crossed_answers(opened: Opened, hub: FakeGitHub, world: World, rocket: Repository) -> None:
    """Of many questions that are asked at once on several threads, each gets its own answer."""
    populate(world, rocket)
    github = opened(threads=8)
    found = await asyncio.gather(*(github.find(name) for name in NAMES))
    assert [each.repository.name for each in found] == NAMES
    assert len(hub.log) == len(NAMES)


async def test_two_event_loops(hub: FakeGitHub, world: World, rocket: Repository) -> None:
    """Two adapters in two threads do not get in each other's way."""
    populate(world, rocket)

    async def find_all() -> list[str]:
        settings = GitHubSettings.model_validate({"api_url": hub.url, "token": TOKEN, "seconds_between_requests": 0})
        async with GitHub(settings, clock=Clock()) as github:
            return [each.repository.name for each in await asyncio.gather(*(github.find(name) for name in NAMES))]

    with ThreadPoolExecutor(2) as threads:
        loop = asyncio.get_running_loop()
        both = await asyncio.gather(*(loop.run_in_executor(threads, asyncio.run, find_all()) for _ in range(2)))
    assert both == [NAMES, NAMES]


async def test_two_processes(hub: FakeGitHub, world: World, rocket: Repository) -> None:
    """Two processes at once each get their own answers."""
    populate(world, rocket)
    command = (sys.executable, "-c", IN_A_PROCESS, hub.url, TOKEN, *NAMES)
    running = [await asyncio.create_subprocess_exec(*command, stdout=PIPE) for _ in range(2)]
    said = [(await process.communicate())[0].decode().split() for process in running]
    assert said == [NAMES, NAMES]


async def test_closing_twice(opened: Opened) -> None:
    """An adapter that was closed can be closed again, and opens again when it is asked."""
    github = opened()
    for _ in range(2):
        assert (await github.find("rocket")).repository.name == "acme/rocket"
        await github.__aexit__(None, None, None)
        await github.__aexit__(None, None, None)
