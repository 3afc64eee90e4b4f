"""The journey of a team on Slack, from the command to the daily post, through the program itself."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.contracts.repositories import BuiltRepository
from bot.engine.roles import Role
from tests.chaos.clock import FastClock
from tests.end_to_end.conftest import CHANGES, DAY, begin_afresh, of_hub
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository
from tests.fakes.openai import FakeOpenAI
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_reading import Reading, read
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Channel, Message, User

_FACTOR = 60


@pytest.fixture
async def slack(hub: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSlack]:
    """Return a running Slack, where a minute is a second, that the program's settings lead to."""
    async with FakeSlack(scale=_FACTOR) as slack:
        begin_afresh(
            monkeypatch,
            tmp_path,
            **of_hub(hub),
            SLACK_API_URL=slack.api,
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_APP_TOKEN=APP_TOKEN,
            SLACK_SIGNING_SECRET=SIGNING_SECRET,
        )
        yield slack


@asynccontextmanager
async def running(slack: FakeSlack) -> AsyncIterator[FastClock]:
    """Run the program until the end of the block, by a clock on which a minute is a second."""
    stop, clock = asyncio.Event(), FastClock(_FACTOR)
    async with App(clock).process(Role.ALL) as process:
        work = asyncio.create_task(process.run(stop))
        try:
            await until(lambda: work.done() or bool(slack.calls("auth.test")))
            if os.environ.get("DIGESTBOT_SLACK_MODE") != "http":
                await slack.sockets.connected(1)
            yield clock
        finally:
            stop.set()
            await work


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(120):
        while not holds():  # noqa: ASYNC110 - the program tells nobody
            await asyncio.sleep(0.02)


def roots(channel: Channel) -> list[Message]:
    """Return what the bot posted to a channel itself."""
    return [message for message in channel.timeline() if message.user == "U0DIGEST"]


def files(channel: Channel) -> list[str]:
    """Return the files that are attached in a channel."""
    return [file for message in channel.messages.values() for file in message.files]


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_digest_by_command(slack: FakeSlack, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command leads to a root that shows progress and then the day, with its thread, table, pins and report."""
    monkeypatch.setenv("DIGESTBOT_SLACK_MODE", mode)
    if mode == "http":
        port = _free_port()
        monkeypatch.setenv("DIGESTBOT_SLACK_PORT", str(port))
        slack.tell_by_http(f"http://127.0.0.1:{port}/slack/events")
    general = slack.world.channels["C0GENERAL"]
    async with running(slack):
        if mode == "http":
            await until(lambda: _is_open(port))
        typed = await slack.people.command("/digest", "acme/rocket today", user="U0LIN")
        await until(lambda: bool(files(general) and general.pins))
        await until(lambda: len(general.ephemeral) == 2)
        again = await slack.people.command("/digest", "acme/rocket today", user="U0LIN")
        await until(lambda: len(general.ephemeral) == 4)

    (root,) = roots(general)
    replies = general.replies(root.ts)
    assert typed.acknowledged
    assert again.acknowledged
    assert f"{CHANGES}" in root.text
    assert typed.attempts[0].seconds < 0.5
    assert "acme/rocket" in general.ephemeral[0].text
    assert "15日" in general.ephemeral[1].text
    assert "Asia/Shanghai" in general.ephemeral[1].text
    assert "rocket" in root.revisions[0]
    assert str(CHANGES) not in root.revisions[0]
    assert any(block["type"] == "table" for reply in replies for block in reply.blocks)
    assert {pin.ts for pin in general.pins} <= {reply.ts for reply in replies}
    assert len(files(general)) == 1


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _is_open(port: int) -> bool:
    with socket.socket() as knocking:
        return knocking.connect_ex(("127.0.0.1", port)) == 0


async def test_by_mention_and_directly(slack: FakeSlack) -> None:
    """A mention and a direct message ask for the same; two who ask at once get one thread."""
    general, direct = slack.world.channels["C0GENERAL"], slack.world.direct("U0ADA")
    async with running(slack):
        first = await slack.people.say(f"@digestbot acme/rocket {DAY}", user="U0ADA")
        second = await slack.people.say(f"@digestbot rocket {DAY}", user="U0ADA")
        await slack.people.say(f"acme/rocket {DAY}", user="U0ADA", channel="U0ADA")
        await until(lambda: bool(files(general) and files(direct)))
        await until(lambda: all(general.replies(message.ts) for message in (first, second)))
    assert len(roots(general)) == 1
    assert "rocket is acme/rocket" in general.replies(second.ts)[0].text
    assert len(roots(direct)) == 2


async def test_questions(slack: FakeSlack, model: FakeOpenAI, built: BuiltRepository) -> None:
    """In a digest's thread a mention is answered once, with what it is from, and the next question goes on from there.

    What other bots say, what is said without a mention, and threads without a digest are left alone. The answer to what
    is deleted is deleted.
    """
    sha, general = built.sha(300)[:7], slack.world.channels["C0GENERAL"]
    slack.world.users["U0OTHER"] = User("U0OTHER", "otherbot", is_bot=True)
    model.script(f"Limits were raised [{sha}].", on="What was raised")
    model.script(f"The last of them was this one [{sha}].", on="Which was the last")
    async with running(slack):
        lunch = await slack.people.say("Lunch?", user="U0LIN")
        root, before = await _digested(slack, general)
        slack.faults.duplicates = 1.0
        await slack.people.say("@digestbot What was raised?", thread=root.ts, user="U0OTHER")
        await slack.people.say("What was raised?", thread=root.ts)
        question = await slack.people.say("@digestbot What was raised?", thread=root.ts)
        await until(lambda: _answers(general, root)[before:] == [f"Limits were raised {sha}."])
        await slack.people.say("@digestbot Which was the last?", thread=root.ts, user="U0LIN")
        last = f"The last of them was this one {sha}."
        await until(lambda: _answers(general, root)[before:] == [f"Limits were raised {sha}.", last])
        await slack.people.say("@digestbot What was raised?", thread=lunch.ts)
        await until(lambda: bool(_answers(general, lunch)))
        await slack.deliveries.settled()
        assert _answers(general, root)[before:] == [f"Limits were raised {sha}.", last]
        await slack.people.press(general.replies(root.ts)[-1], "useless:1", user="U0LIN")
        await until(lambda: general.ephemeral[-1].text == "谢谢，已记下。")
        await slack.people.remove(question)
        await until(lambda: _answers(general, root)[before:] == [last])

    asked = [call for call in model.calls() if call.body.get("stream")]
    assert len(asked) == 2
    assert "Limits were raised" in asked[1].prompt
    assert ["threads of digests" in text for text in _answers(general, lunch)] == [True]


async def test_questions_without_a_mention(
    slack: FakeSlack, built: BuiltRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With answer_threads, and in direct conversations, every message in a digest's thread is a question.

    Without a model a search answers. In other threads what is not said to the bot is left alone.
    """
    monkeypatch.setenv("DIGESTBOT_SLACK_ANSWER_THREADS", "true")
    channels = slack.world.channels["C0GENERAL"], slack.world.direct("U0ADA")
    async with running(slack):
        lunch = await slack.people.say("Lunch?", user="U0LIN")
        await slack.people.say("What raised limit 299?", thread=lunch.ts)
        for channel in channels:
            root, before = await _digested(slack, channel)
            await slack.people.say("What raised limit 299?", thread=root.ts, channel=channel.user or channel.id)
            await until(lambda: built.sha(300)[:7] in "".join(_answers(channel, root)[before:]))  # noqa: B023 - awaited
            (answer,) = _answers(channel, root)[before:]
            assert answer.startswith("No language model is configured")
    assert _answers(channels[0], lunch) == []


async def _digested(slack: FakeSlack, channel: Channel) -> tuple[Message, int]:
    """Let the day be posted, and return its root and how many replies the bot has beneath it."""
    await slack.people.command("/digest", f"acme/rocket {DAY}", channel=channel.user or channel.id)
    await until(lambda: bool(files(channel)))
    (root,) = roots(channel)
    return root, len(_answers(channel, root))


def _answers(channel: Channel, root: Message) -> list[str]:
    return [reply.text for reply in channel.replies(root.ts) if reply.user == "U0DIGEST"]


async def test_a_subscription(slack: FakeSlack) -> None:
    """What a channel subscribes to is posted there when it is due, complete at once, and is listed to who asks."""
    general = slack.world.channels["C0GENERAL"]
    async with running(slack) as clock:
        due = (clock.now() + timedelta(minutes=4)).strftime("%H:%M")
        await slack.people.command("/digest", f"subscribe acme/rocket daily at {due} in UTC")
        await until(lambda: bool(files(general)))
        await slack.people.command("/digest", "list", user="U0LIN")
        await until(lambda: "acme/rocket" in general.ephemeral[-1].text and general.ephemeral[-1].only_for == "U0LIN")
        (root,) = roots(general)
        told = await _status(slack, general)
    assert root.revisions == []
    assert "acme/rocket · next 16 Jan" in told.text
    assert any(root.ts.replace(".", "") in link.url for link in told.links)


async def _status(slack: FakeSlack, channel: Channel) -> Reading:
    """Ask how the bot is doing until the digest is done with, and return what it says."""
    async with asyncio.timeout(120):
        while not all(words in channel.ephemeral[-1].text for words in ("last digest", "· next")):
            await slack.people.command("/digest", "status")
            await asyncio.sleep(0.2)
    return read(channel.ephemeral[-1], slack.world)


async def test_a_subscription_of_the_file(slack: FakeSlack, tmp_path: Path) -> None:
    """The file alone leads to the daily post."""
    place = "slack:T0ROCKET/C0GENERAL"
    wish = f'[[subscriptions]]\nplace = "{place}"\nrepositories = ["acme/rocket"]\nat = "12:04"\ntimezone = "UTC"\n'
    (tmp_path / "digestbot.toml").write_text(wish)
    general = slack.world.channels["C0GENERAL"]
    async with running(slack):
        await until(lambda: bool(files(general)))
    assert len(roots(general)) == 1


async def test_a_private_repository(slack: FakeSlack, rocket: Repository, tmp_path: Path) -> None:
    """What is private is shown in the channel that names it, and elsewhere it is as if it were not there."""
    rocket.private = True
    (tmp_path / "digestbot.toml").write_text('[channels."slack:T0ROCKET/G0SECRET"]\nrepositories = ["acme/*"]\n')
    slack.world.channels["G0SECRET"].members.append("U0DIGEST")
    general, secret = slack.world.channels["C0GENERAL"], slack.world.channels["G0SECRET"]
    async with running(slack):
        await slack.people.command("/digest", f"acme/rocket {DAY}")
        await slack.people.command("/digest", f"acme/rocket {DAY}", channel="G0SECRET")
        await until(lambda: bool(files(secret)))
    assert "can be shown here" in general.ephemeral[-1].text
    assert roots(general) == []


async def test_where_the_bot_is_not(slack: FakeSlack, caplog: pytest.LogCaptureFixture) -> None:
    """Who asks in a channel that the bot is not in is told how to invite it, and the log says so too."""
    random = slack.world.channels["C0RANDOM"]
    async with running(slack):
        await slack.people.command("/digest", f"acme/rocket {DAY}", channel="C0RANDOM")
        await until(lambda: len(random.ephemeral) == 2)
        slack.world.channels["C0GENERAL"].archived = True
        await slack.people.command("/digest", f"acme/rocket {DAY}")
        await until(lambda: len(slack.world.channels["C0GENERAL"].ephemeral) == 2)
        slack.world.tokens[BOT_TOKEN].problem = "token_revoked"
        await slack.people.command("/digest", f"acme/rocket {DAY}", channel="U0ADA")
        direct = slack.world.direct("U0ADA")
        await until(lambda: len(direct.ephemeral) == 2)
    assert "/invite" in random.ephemeral[-1].text
    assert "archived" in slack.world.channels["C0GENERAL"].ephemeral[-1].text
    assert "finds the reason in its log" in direct.ephemeral[-1].text
    for said in ("/invite @digestbot", "archived", "token was revoked"):
        assert said in caplog.text
    assert BOT_TOKEN not in caplog.text


async def test_the_doctor(slack: FakeSlack, tmp_path: Path) -> None:
    """The program says which parts of the set-up are in order, and what to do about the others."""
    (tmp_path / "digestbot.toml").write_text('[channels."slack:T0ROCKET/C0RANDOM"]\nlanguage = "zh"\n')
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "doctor",
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 5
    assert out.decode().splitlines() == [
        "ok     the database",
        "ok     Slack: the bot's token",
        "ok     Slack: scopes",
        "ok     Slack: socket",
        "wrong  Slack: slack:T0ROCKET/C0RANDOM",
    ]
    assert "Write /invite @digestbot in that channel." in err.decode()
    assert slack.calls("apps.connections.open")
