"""Each set-up that is broken is named, with what to do."""

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from adapters.chat.slack.checkup import check
from adapters.chat.slack.settings import SlackSettings
from bot.model import Place
from bot.ports import Finding
from tests.adapters.chat.slack.conftest import GENERAL
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_answers import Answer
from tests.fakes.slack_client import bolt, on_socket
from tests.fakes.slack_faults import Fault
from tests.fakes.slack_socket import CONNECTIONS
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, World

RANDOM = Place("slack", "T0ROCKET", "C0RANDOM")


async def found(settings: SlackSettings, *places: Place) -> list[Finding]:
    """Return what is wrong."""
    return [finding async for finding in check(settings, places) if finding.problem]


@dataclass(frozen=True)
class Broken:
    """A set-up: what is done to Slack, which settings are other ones, and a word of what is wrong and of the remedy."""

    problem: str
    remedy: str
    world: Callable[[World], object] = lambda _: None
    settings: dict[str, object] = field(default_factory=dict)
    place: Place = GENERAL


def _revoke(token: str, problem: str) -> Callable[[World], object]:
    return lambda world: setattr(world.tokens[token], "problem", problem)


def _without(token: str, scope: str) -> Callable[[World], object]:
    def drop(world: World) -> None:
        scopes = world.tokens[token].scopes.split(",")
        world.tokens[token].scopes = ",".join(each for each in scopes if each != scope)

    return drop


def _archive(world: World) -> None:
    world.channels["C0GENERAL"].archived = True


BROKEN = {
    "the bot's token is the app's": Broken(
        "SLACK_BOT_TOKEN does not begin with xoxb-",
        "Bot User OAuth Token",
        settings={"bot_token": SecretStr(APP_TOKEN)},
    ),
    "the app's token is the bot's": Broken(
        "SLACK_APP_TOKEN does not begin with xapp-", "app-level token", settings={"app_token": SecretStr(BOT_TOKEN)}
    ),
    "the signing secret is a token": Broken(
        "SLACK_SIGNING_SECRET is a token", "Signing Secret", settings={"signing_secret": SecretStr(BOT_TOKEN)}
    ),
    "the bot's token is revoked": Broken(
        "revoked", "Install the app to the workspace again", _revoke(BOT_TOKEN, "token_revoked")
    ),
    "the app was removed": Broken("removed from the workspace", "Install", _revoke(BOT_TOKEN, "account_inactive")),
    "the token is of nobody": Broken(
        "does not know the bot's token", "SLACK_BOT_TOKEN", settings={"bot_token": SecretStr("xoxb-mistyped")}
    ),
    "it may not pin": Broken("pins:write", "Add pins:write", _without(BOT_TOKEN, "pins:write")),
    "it may not attach": Broken("attach the full report", "Add files:write", _without(BOT_TOKEN, "files:write")),
    "it may not open sockets": Broken(
        "SLACK_APP_TOKEN", "scope connections:write", _without(APP_TOKEN, "connections:write")
    ),
    "the app's token is revoked": Broken("SLACK_APP_TOKEN", "app-level token", _revoke(APP_TOKEN, "token_revoked")),
    "nobody is there": Broken("cannot be reached", "Try again", settings={"api_url": "http://127.0.0.1:9/api/"}),
    "it is not in the channel": Broken("not in slack:T0ROCKET/C0RANDOM", "/invite @digestbot", place=RANDOM),
    "the channel is archived": Broken("is archived", "Unarchive", _archive),
    "there is no such channel": Broken("does not show", "/invite", place=Place("slack", "T0ROCKET", "C0NOWHERE")),
    "the channel is of another workspace": Broken(
        "workspace T0ROCKET", "slack:T0ROCKET/C0GENERAL", place=Place("slack", "T0OTHER", "C0GENERAL")
    ),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_set_up(slack: FakeSlack, settings: SlackSettings, name: str) -> None:
    """It is the one thing that is said to be wrong, and what to do is said."""
    broken = BROKEN[name]
    broken.world(slack.world)
    (wrong,) = await found(settings.model_copy(update=broken.settings), broken.place)
    assert broken.problem in wrong.problem
    assert broken.remedy in wrong.remedy
    for secret in (BOT_TOKEN, APP_TOKEN):
        assert secret not in f"{wrong}"


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_set_up_in_order(slack: FakeSlack, settings: SlackSettings, mode: str) -> None:
    """Nothing is wrong where nothing is, and each part is named."""
    settings = settings.model_copy(update={"mode": mode, "port": 0})
    findings = [finding async for finding in check(settings, [GENERAL])]
    assert [finding.problem for finding in findings] == [""] * 4
    assert findings[-1].subject == "Slack: slack:T0ROCKET/C0GENERAL"
    assert not slack.sockets.connections


async def test_a_port_that_is_taken(slack: FakeSlack, settings: SlackSettings) -> None:
    """By HTTP, what is wrong may be that somebody else listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        update = {"mode": "http", "port": taken.getsockname()[1]}
        (wrong,) = await found(settings.model_copy(update=update))
    assert "Nothing can listen at" in wrong.problem
    assert slack.calls("auth.test")


async def test_a_socket_that_cannot_be_opened(slack: FakeSlack, settings: SlackSettings) -> None:
    """A machine that may call Slack and may not open sockets is told of the other mode."""
    answer = Answer(200, {"ok": True, "url": "ws://127.0.0.1:9/link?ticket=secret"})
    slack.faults.add(Fault(answer), on="apps.connections.open")
    (wrong,) = await found(settings)
    assert "HTTP mode" in wrong.remedy
    assert "secret" not in f"{wrong}"


async def test_too_many_sockets(slack: FakeSlack, settings: SlackSettings) -> None:
    """An app whose sockets are all taken is told so."""
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(CONNECTIONS):
            await stack.enter_async_context(on_socket(slack, bolt(slack)))
        (wrong,) = await found(settings)
    assert "ten sockets" in wrong.remedy
