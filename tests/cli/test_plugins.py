"""Packages of others beside the program: what is shown of them, and that a broken one hurts nobody but its users."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.contracts.language import parts
from bot.contracts.repositories import Story
from bot.present.labels import resource
from tests.fakes.packages import install

Result = subprocess.CompletedProcess[str]
Run = Callable[..., Result]

PLUGIN = """\
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.ports import {kind}Plugin

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LETTERS_", extra="forbid")
    folder: str = ""

PLUGIN = {kind}Plugin(api={api}, settings=Settings, configured=lambda settings: bool(settings.folder), connect=None)
"""
CHAT = PLUGIN.format(kind="Chat", api=1)
CONNECTED = """\
import sys
from contextlib import asynccontextmanager

from adapters.chat.console import ConsoleChat
from bot.errors import CredentialRefused
from bot.ports import OpenedModel, OpenedSource, Platform

class Mute(ConsoleChat):
    pin = traits = property()  # has none

def yielding(opened):
    @asynccontextmanager
    async def connect(settings, surroundings):
        yield opened()
    return connect

"""
ALONE = {"LETTERS_FOLDER": "out", "DIGESTBOT_HEALTH_PORT": "0", "GITHUB_API_URL": "http://127.0.0.1:1"}
"""What keeps a process from all but the plugin, which is set up."""


@pytest.fixture
def digestbot(tmp_path: Path) -> Run:
    """Return the program, in an empty folder, with what is installed in `tmp_path/packages`."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DIGESTBOT_", "LETTERS_"))},
        "DIGESTBOT_DATA_DIR": str(tmp_path / "data"),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), str(tmp_path / "packages")]),
        "PYTHONWARNINGS": "error",
    }

    def run(*arguments: str, **variables: str) -> Result:
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env=environment | variables,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


def add(folder: Path, name: str, text: str, points: Mapping[str, Mapping[str, str]]) -> None:
    """Install a package that has all its code in one file."""
    install(folder / "packages", name, {f"{name}/__init__.py": text}, points)


def letters(folder: Path, text: str, group: str = "chat", name: str = "letters") -> None:
    """Install a package whose plugin is `letters`."""
    add(folder, "letterbox", text, {f"digestbot.{group}": {name: "letterbox:PLUGIN"}})


def columns(run: Result) -> list[list[str]]:
    """Return what is shown, by column."""
    return [re.split(" {2,}", line) for line in run.stdout.splitlines()]


def test_what_is_installed(digestbot: Run, tmp_path: Path) -> None:
    """All that is installed is shown with its kind, its name, its package and whether it is set up."""
    letters(tmp_path, CHAT)
    esperanto = {"esperanto/__init__.py": "", "esperanto/eo.ftl": "quiet = Nenio.\nwhere = Kie\n"}
    install(tmp_path / "packages", "esperanto", esperanto, {"digestbot.language": {"eo": "esperanto"}}, version="2.1b1")
    run = digestbot("plugins", LETTERS_FOLDER="out")
    assert (run.returncode, run.stderr) == (0, "")
    missing = len(parts(resource("en"))) - 2
    assert columns(run) == [
        ["chat", "slack", "digestbot 0.1.0", "not set up"],
        ["chat", "discord", "digestbot 0.1.0", "not set up"],
        ["chat", "letters", "letterbox 1.0", "set up"],
        ["model", "model", "digestbot 0.1.0", "not set up"],
        ["language", "eo", "esperanto 2.1b1", f"{missing} of its messages are missing, and shown in English"],
    ]
    assert columns(digestbot("plugins"))[2] == ["chat", "letters", "letterbox 1.0", "not set up"]


@pytest.mark.parametrize(
    ("text", "group", "name", "said"),
    [
        ("import no_such_thing", "chat", "letters", "cannot be used: ModuleNotFoundError: No module named 'no_such"),
        ("import sys; sys.exit(3)", "chat", "letters", "cannot be used: SystemExit: 3"),
        ("", "source", "letters", "cannot be used: AttributeError: module 'letterbox' has no attribute 'PLUGIN'"),
        ("PLUGIN = 1", "model", "letters", "is no ModelPlugin."),
        (PLUGIN.format(kind="Source", api=1), "chat", "letters", "is no ChatPlugin."),
        (PLUGIN.format(kind="Chat", api=99), "chat", "letters", "was made with version 99 of the interface"),
        (PLUGIN.format(kind="Chat", api="'1'"), "chat", "letters", "was made with api='1', which has to be a number"),
        (CHAT, "chat", "slack", "has the name of the chat 'slack' of digestbot itself. Give its entry point another"),
        (CHAT, "chat", "model", "has the name of the model 'model' of digestbot itself. Give its entry point another"),
        (CHAT, "chat", "budget", "has a name that digestbot uses for something else. Give its entry point another"),
        (
            CHAT,
            "chat",
            "Letter-box",
            "has a name that cannot be one: it has to be 1 to 20 letters from a to z, all small.",
        ),
        ("", "language", "en", "has a name that digestbot uses for something else."),
        ("", "language", "eo", "cannot be used: FileNotFoundError"),
        ("", "prompt", "high", "cannot be used: BadPrompt"),
        ("", "prompt", "nothing", "has the name of no prompt. There are: alone, "),
    ],
)
def test_what_cannot_be_used(digestbot: Run, tmp_path: Path, text: str, group: str, name: str, said: str) -> None:
    """What cannot be used is named with its package, the reason and what to do, and what is ours goes on."""
    letters(tmp_path, text, group, name)
    run = digestbot("plugins")
    assert run.returncode == 5
    assert f"digestbot: The {group} {name!r} of letterbox 1.0 {said}" in run.stderr
    assert "Traceback" not in run.stderr
    assert [group, name, "letterbox 1.0", "cannot be used"] in columns(run)
    assert [row[:2] for row in columns(run) if row[3] == "not set up"] == [
        ["chat", "slack"],
        ["chat", "discord"],
        ["model", "model"],
    ]


def test_the_doctor(digestbot: Run, tmp_path: Path) -> None:
    """The doctor tells of what cannot be used, once, and goes on with all else."""
    letters(tmp_path, "1/0")
    run = digestbot("doctor", DISCORD_TOKEN="x", DISCORD_API_URL="http://127.0.0.1:1/api/v10")  # noqa: S106 - no real one
    assert run.returncode == 5
    assert run.stderr.count("ZeroDivisionError") == 1
    assert run.stdout.splitlines()[:2] == ["ok     the database", "wrong  chat 'letters' of letterbox 1.0"]
    assert "Discord" in run.stdout


def test_a_broken_platform_hurts_no_digest(digestbot: Run, tmp_path: Path) -> None:
    """A digest at the terminal needs no platform, no language but its own and no prompt, so none of them stops it."""
    for group, name in (("chat", "one"), ("language", "two"), ("prompt", "high")):
        add(tmp_path, f"broken{group}", "1/0", {f"digestbot.{group}": {name: f"broken{group}:PLUGIN"}})
    story = Story()
    story.commit("Order requests by deadline", {"engine.py": "1\n"}, at=datetime(2026, 1, 15, 12, tzinfo=UTC))
    path = story.write(tmp_path / "rocket").path
    run = digestbot("digest", str(path), "2026-01-15")
    assert (run.returncode, run.stderr) == (0, "")
    assert "Order requests by deadline" in run.stdout


def test_a_broken_platform_is_not_left_out(digestbot: Run, tmp_path: Path) -> None:
    """The service does not begin without a platform that is installed: digests would be posted nowhere."""
    letters(tmp_path, "1/0")
    run = digestbot("run")
    assert run.returncode == 5
    assert run.stderr.splitlines()[-1].startswith(
        "digestbot: The chat 'letters' of letterbox 1.0 cannot be used: ZeroDivisionError: division by zero"
    )


def platform(connect: str) -> str:
    """Return a platform that posts to the terminal, and listens and connects by this code."""
    return CONNECTED + connect + CHAT.replace("connect=None", "connect=connect")


@pytest.mark.parametrize(
    ("listen", "said"),
    [
        ("raise ExceptionGroup('', [KeyError('sender')])", "cannot be used: KeyError: 'sender'. DIGESTBOT_DEBUG=1"),
        ("raise CredentialRefused('No such key.', remedy='Set it.')", "cannot be used: No such key. Set it."),
        ("return", "does not listen any more: its `listen` has returned, and has to go on until it is cancelled."),
    ],
)
def test_a_platform_that_ceases_to_listen(digestbot: Run, tmp_path: Path, listen: str, said: str) -> None:
    """The service ends with an error that names the package, the cause and what to do, and is no clean end."""
    text = f"async def listen(requests):\n    {listen}\n"
    letters(tmp_path, platform(text + "connect = yielding(lambda: Platform(ConsoleChat(sys.stdout), listen))\n"))
    run = digestbot("run", **ALONE)
    assert run.returncode == 5
    assert run.stderr.splitlines()[-1].startswith(f"digestbot: The chat 'letters' of letterbox 1.0 {said}")
    faulty = "The chat 'letters' of letterbox 1.0 has a fault where it listens" in run.stderr
    assert faulty == ("letterbox/__init__.py" in run.stderr) == ("KeyError" in listen)


@pytest.mark.parametrize(
    ("opened", "said"),
    [
        (
            "ConsoleChat(sys.stdout)",
            "its `connect` has to yield a bot.ports.Platform, and yields something else (ConsoleChat).",
        ),
        ("Platform(Mute(sys.stdout))", "its chat (Mute) has no `pin` and no `traits`, as a bot.ports.Chat has."),
    ],
)
def test_a_platform_that_lacks_something(digestbot: Run, tmp_path: Path, opened: str, said: str) -> None:
    """What a chat lacks is named as it is connected, before anything is posted, and by the doctor."""
    letters(tmp_path, platform(f"connect = yielding(lambda: {opened})\n"))
    for command in ("run", "doctor"):
        run = digestbot(command, **ALONE)
        assert run.returncode == 5
        assert f"digestbot: The chat 'letters' of letterbox 1.0 cannot be used: {said} Correct" in run.stderr
    assert "wrong  Letters" in run.stdout.splitlines()


@pytest.mark.parametrize(("kind", "opened"), [("Source", "OpenedSource(1)"), ("Model", "OpenedModel(1)")])
def test_a_source_or_a_model_that_lacks_something(digestbot: Run, tmp_path: Path, kind: str, opened: str) -> None:
    """What a source or a model lacks is named by the doctor, who shows where if that is asked for."""
    text = PLUGIN.format(kind=kind, api=1).replace("connect=None", "connect=connect")
    letters(tmp_path, CONNECTED + f"connect = yielding(lambda: {opened})\n" + text, kind.lower())
    run = digestbot("doctor", DIGESTBOT_DEBUG="1", **ALONE)
    assert run.returncode == 5
    assert f"The {kind.lower()} 'letters' of letterbox 1.0 cannot be used: its " in run.stderr
    assert "(int) has no `" in run.stderr
    assert "bot/connecting.py" in run.stderr


def test_the_doctor_connects(digestbot: Run, tmp_path: Path) -> None:
    """A platform that is in order is connected, and one that cannot be is told of with its own remedy."""
    text = platform("connect = yielding(lambda: Platform(ConsoleChat(sys.stdout)))\n")
    letters(tmp_path, text)
    run = digestbot("doctor", **ALONE)
    assert "ok     Letters" in run.stdout.splitlines()
    (tmp_path / "packages" / "letterbox" / "__init__.py").write_text(text.replace("yield opened()", "yield 1 / 0"))
    run = digestbot("doctor", **ALONE)
    assert "wrong  Letters" in run.stdout.splitlines()
    assert "cannot be used: ZeroDivisionError: division by zero. DIGESTBOT_DEBUG=1 shows where." in run.stderr


def test_wrong_settings_of_a_plugin(digestbot: Run, tmp_path: Path) -> None:
    """A setting that a plugin does not have is told as every other, with the table and the package."""
    letters(tmp_path, CHAT)
    (tmp_path / "digestbot.toml").write_text('[letters]\nfolders = "out"\n')
    run = digestbot("plugins")
    assert run.returncode == 5
    assert "letterbox 1.0 cannot be used: The setting letters.folders is wrong: there is no such setting." in run.stderr


def test_a_setting_that_is_missing(digestbot: Run, tmp_path: Path) -> None:
    """A setting that a plugin needs is named as it is in the environment and in the file."""
    letters(tmp_path, CHAT.replace('folder: str = ""', "folder: str"))
    run = digestbot("plugins")
    assert run.returncode == 5
    assert (
        "The setting letters.folder is missing. Set LETTERS_FOLDER in the environment, or letters.folder" in run.stderr
    )


def test_settings_without_a_prefix(digestbot: Run, tmp_path: Path) -> None:
    """A plugin whose settings any variable of the machine could set is refused, with the variable."""
    letters(tmp_path, CHAT.replace('env_prefix="LETTERS_", ', ""))
    run = digestbot("plugins", FOLDER="somewhere")
    assert run.returncode == 5
    assert "letterbox 1.0 have no env_prefix: any variable FOLDER would set folder. Correct the package" in run.stderr


def test_a_group_that_is_none(digestbot: Run, tmp_path: Path) -> None:
    """An entry point whose group is nearly one of ours is told of, with the groups that there are."""
    letters(tmp_path, CHAT, "chats")
    for command in ("plugins", "doctor"):
        run = digestbot(command)
        assert run.returncode == 5
        assert (
            "The entry point 'letters' of letterbox 1.0 is in no group of digestbot: 'digestbot.chats'." in run.stderr
        )
        assert "Put it into one of digestbot.chat, " in run.stderr


def test_a_source_that_is_not_set_up(digestbot: Run, tmp_path: Path) -> None:
    """What only a source of another package can read is not taken for the address of a server."""
    letters(tmp_path, PLUGIN.format(kind="Source", api=1), "source")
    run = digestbot("digest", "letters:rocket", GITHUB_API_URL="http://127.0.0.1:1")
    assert run.returncode == 5
    assert "What begins with letters: is for a source to read that is installed, and not set up." in run.stderr
