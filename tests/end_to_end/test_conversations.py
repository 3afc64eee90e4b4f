"""A conversation about a digest, on Slack, on Discord and at a terminal, with the program as a process of its own."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest

from bot.contracts.repositories import BuiltRepository
from bot.ports import ModelRequest
from tests.digest.analyst.support import honest
from tests.end_to_end.conftest import DAY, REPOSITORY, begin_afresh, of_hub, of_model
from tests.end_to_end.venues import DiscordThread, SlackThread, Terminal, Venue
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_town import Town
from tests.fakes.github import FakeGitHub
from tests.fakes.openai import FakeOpenAI, Given
from tests.fakes.openai_answers import Says
from tests.fakes.openai_calls import Call
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN

FIRST = "What is the limit of #300 now?"
SECOND = "And what was it before?"
THIRD = "In which file was that?"
PATH = "engine/part_5.py"


@pytest.fixture(autouse=True)
def _settings(hub: FakeGitHub, model: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_afresh(monkeypatch, tmp_path, **of_hub(hub), **of_model(model))


@asynccontextmanager
async def on_slack(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Venue]:
    """Ask on Slack."""
    async with FakeSlack() as slack:
        for name, value in {"API_URL": slack.api, "BOT_TOKEN": BOT_TOKEN, "APP_TOKEN": APP_TOKEN}.items():
            monkeypatch.setenv(f"SLACK_{name}", value)
        async with SlackThread.opened(slack) as thread:
            yield thread


@asynccontextmanager
async def on_discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Venue]:
    """Ask on Discord."""
    town = Town(lambda: datetime.now(UTC).timestamp())
    async with FakeDiscord(town.world) as discord:
        given = {"API_URL": discord.api_url, "GATEWAY_URL": discord.gateway_url, "TOKEN": town.world.application.token}
        for name, value in given.items():
            monkeypatch.setenv(f"DISCORD_{name}", value)
        async with DiscordThread.opened(discord, town) as thread:
            yield thread


@asynccontextmanager
async def at_a_terminal(_: pytest.MonkeyPatch) -> AsyncIterator[Venue]:
    """Ask at a terminal."""
    yield Terminal()


def attentive(sha: str) -> Callable[[Call], Given]:
    """Return a model that answers a question only with what was read and said before it."""

    def answer(call: Call) -> Given:
        if not call.body.get("stream"):
            return cast("Given", honest(ModelRequest(call.task, call.system, call.user, {}, 0)))
        said = [each for each in call.body["messages"] if each["role"] in ("user", "assistant") and each["content"]]
        before = "\n".join(each["content"] for each in said if each["role"] == "assistant")
        has_read = "limit = 299" in call.prompt and "limit = 292" in call.prompt
        match said[-1]["content"].rpartition("Question: ")[2]:
            case question if question == FIRST:
                asked = ("read_diff", json.dumps({"sha": sha, "path": PATH}))
                return f"The limit is 299 now [{sha[:7]} {PATH}:1]." if has_read else Says(None, calls=[asked])
            case question if question == SECOND and has_read and "is 299 now" in before:
                return f"It was 292 before [{sha[:7]} {PATH}:1]."
            case question if question == THIRD and has_read and "was 292 before" in before:
                return f"That was in {PATH} [{sha[:7]} {PATH}:1], like the 299 of today."
            case _:
                return "[none]"

    return answer


@pytest.mark.parametrize("venue", [on_slack, on_discord, at_a_terminal], ids=["slack", "discord", "terminal"])
async def test_a_conversation_goes_on_through_a_restart(
    venue: Callable[[pytest.MonkeyPatch], AbstractAsyncContextManager[Venue]],
    model: FakeOpenAI,
    built: BuiltRepository,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second question is answered from the context of the first, and the third from that of both after a restart.

    Each answer leads to the line of the commit of the day that it is from.
    """
    sha = built.sha(300)
    model.answer = attentive(sha)
    async with venue(monkeypatch) as asking:
        first = await asking.ask(FIRST)
        second = await asking.ask(SECOND)
        await asking.restart()
        third = await asking.ask(THIRD)

    assert "The limit is 299 now" in first.text
    assert "It was 292 before" in second.text
    assert f"That was in {PATH}" in third.text
    for answer in (first, second, third):
        assert answer.links
        for link in answer.links:
            assert_leads_to(link, built)


def assert_leads_to(link: str, built: BuiltRepository) -> None:
    """Assert that a link leads to a line of a file, as a commit of the day left it."""
    found = re.fullmatch(rf"/{REPOSITORY}/blob/([0-9a-f]{{40}})/(.+)", urlsplit(link).path)
    assert found, link
    sha, path = found.groups()
    line = int(urlsplit(link).fragment.removeprefix("L"))
    assert built.git("show", "-s", "--format=%cs", sha) == DAY
    assert built.git("show", f"{sha}:{path}").split("\n")[line - 1] == "limit = 299"
