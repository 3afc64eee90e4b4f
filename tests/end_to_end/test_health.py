"""`digestbot health` beside `digestbot run`, and what a process says of its chats."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import App
from bot.contracts.repositories import Story
from bot.engine.roles import Role
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_town import Town
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def port() -> int:
    """Return a port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    """Return what starts the program with a data directory of its own; all are ended."""
    started = []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIGESTBOT_")}
    environment |= {"DIGESTBOT_HEALTH_PORT": str(port), "PYTHONPATH": str(Path.cwd())}
    environment |= {"DIGESTBOT_DATA_DIR": str(tmp_path / "data")}

    def start(*arguments: str, at: str = "", **variables: str) -> "subprocess.Popen[str]":
        program = ["-m", "tests.end_to_end.timed", at] if at else ["-m", "bot"]
        process = subprocess.Popen(
            [sys.executable, *program, *arguments],
            cwd=tmp_path,
            env=environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _page(port: int) -> str:
    with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        page: bytes = answer.read()
        return page.decode()


def _looked_at(port: int, path: str) -> Mapping[str, object]:
    # Not through a proxy of the environment.
    try:
        with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            found: Mapping[str, object] = json.load(answer)
    except HTTPError as failing:
        with failing:
            found = json.load(failing)
    return found


def _wait_for(words: str, process: "subprocess.Popen[str]") -> None:
    assert process.stderr is not None
    said = ""
    while words not in said:
        line = process.stderr.readline()
        assert line, said
        said += line


def test_health_beside_run(start: Start, port: int) -> None:
    """While the bot runs `health` says that it is well and ends with 0; else it says so and ends with 1."""
    before = start("health")
    bot = start("run")
    _wait_for("Running", bot)
    beside = start("health")
    ready = _looked_at(port, "/readyz")
    (_, refused), (told, _) = before.communicate(timeout=120), beside.communicate(timeout=60)
    bot.send_signal(signal.SIGTERM)
    bot.communicate(timeout=120)
    _, gone = (after := start("health")).communicate(timeout=120)

    assert (before.returncode, beside.returncode, after.returncode, bot.returncode) == (1, 0, 1, 0)
    assert told == "ok (store: answers)\n"
    assert f"nothing answers at port {port}" in refused
    assert f"nothing answers at port {port}" in gone
    assert ready == {"status": "ok", "checks": {"store": "answers", "engine": "begun"}}


def test_a_taken_port_stops_nothing(start: Start, port: int) -> None:
    """A bot whose port is taken runs all the same, and says so; what answers there in its place is not believed."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        health = start("health")
        with taken.accept()[0] as asking:
            asking.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n\x1b[31mwell!")
        _, said = health.communicate(timeout=120)
        bot = start("run")
        _wait_for("DIGESTBOT_HEALTH_PORT", bot)
        _wait_for("Running", bot)
    bot.send_signal(signal.SIGTERM)
    bot.communicate(timeout=120)

    assert (health.returncode, bot.returncode) == (1, 0)
    assert "nothing answers" in said
    assert "\x1b" not in said


def test_switched_off(start: Start) -> None:
    """With port 0 `health` says that nothing can be asked."""
    health = start("health", DIGESTBOT_HEALTH_PORT="0")
    _, said = health.communicate(timeout=120)
    assert health.returncode == 1
    assert "[health]" in said


def test_a_digest_is_counted(start: Start, port: int, tmp_path: Path) -> None:
    """A digest that was due is counted with its posts and how late they came; nobody is named."""
    story = Story()
    story.commit("Add a stage", {"a.py": "x = 1\n"}, at=datetime(2026, 1, 14, 9, tzinfo=UTC))
    built = story.write(tmp_path / "rocket")
    file = f'[[subscriptions]]\nplace = "console:"\nrepositories = ["{built.path}"]\nat = "09:00"\n'
    (tmp_path / "digestbot.toml").write_text(file)
    bot = start("run", at="2026-01-15T08:59:50+00:00")
    _wait_for(" posted, ", bot)
    for _ in range(400):
        page = _page(port)
        if "digestbot_lag_seconds_count 1.0" in page:
            break
        time.sleep(0.05)
    bot.send_signal(signal.SIGTERM)
    bot.communicate(timeout=120)

    assert 'digestbot_digest_seconds_count{outcome="ok"} 1.0' in page
    assert 'digestbot_chat_calls_total{call="post",outcome="ok",platform="console"} ' in page
    assert "digestbot_lag_seconds_count 1.0" in page
    assert 'digestbot_work{queue="people",state="waiting"} 0.0' in page
    assert not [name for name in ("rocket", "Ada", "console:", str(tmp_path)) if name in page]


async def test_each_chat_by_its_name(port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process is ready while all its chats are connected, and else says which is not; none of it is an address."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    stop = asyncio.Event()

    async def until(**wanted: str) -> Mapping[str, object]:
        async with asyncio.timeout(120):
            while True:
                said = await asyncio.to_thread(_looked_at, port, "/readyz")
                checks = said["checks"]
                assert isinstance(checks, dict)
                if {name: checks.get(name) for name in wanted} == wanted:
                    return said
                await asyncio.sleep(0.05)

    town = Town(lambda: datetime.now(UTC).timestamp())
    async with FakeSlack() as slack, AsyncExitStack() as stack:
        discord = await stack.enter_async_context(FakeDiscord(town.world))
        given = {
            "DIGESTBOT_DATA_DIR": str(tmp_path / "data"),
            "DIGESTBOT_HEALTH_PORT": str(port),
            "SLACK_API_URL": slack.api,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "DISCORD_TOKEN": discord.world.application.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        async with App().process(Role.ALL) as process:
            beginning = await until(slack="not connected", discord="not connected", engine="beginning")
            work = asyncio.create_task(process.run(stop))
            connected = await until(slack="connected", discord="connected", engine="begun")
            await stack.aclose()
            without = await until(slack="connected", discord="not connected")
            stop.set()
            await work

    assert (beginning["status"], connected["status"], without["status"]) == ("failing", "ok", "failing")
    told = json.dumps([beginning, connected, without])
    assert not [value for value in given.values() if value in told]
