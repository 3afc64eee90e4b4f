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
        (CHAT, "chat", "slack", "has the name of the chat 'slack' of digestbot itself. Uninstall one of them."),
        (CHAT, "chat", "model", "has the name of the model 'model' of digestbot itself. Uninstall one of them."),
        (CHAT, "chat", "budget", "has a name that digestbot uses for something else."),
        (CHAT, "chat", "github", "has a name that digestbot uses for something else."),
        (CHAT, "chat", "Letter-box", "has a name that cannot be one."),
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


def test_a_platform_that_fails_as_it_listens(digestbot: Run, tmp_path: Path) -> None:
    """The service ends when a platform of a package cannot listen any more, and it is that package which it names."""
    listening = """
from contextlib import asynccontextmanager
from types import SimpleNamespace
from bot.ports import ChatTraits, Platform

async def listen(requests):
    raise KeyError("sender")

@asynccontextmanager
async def connect(settings, surroundings):
    yield Platform(SimpleNamespace(traits=ChatTraits()), listen)
"""
    letters(tmp_path, listening + CHAT.replace("connect=None", "connect=connect"))
    run = digestbot("run", LETTERS_FOLDER="out", DIGESTBOT_HEALTH_PORT="0", GITHUB_API_URL="http://127.0.0.1:1")
    assert run.returncode == 5
    assert "The chat 'letters' of letterbox 1.0 cannot be used: KeyError: 'sender'. Install" in run.stderr


def test_wrong_settings_of_a_plugin(digestbot: Run, tmp_path: Path) -> None:
    """A setting that a plugin does not have is told as every other."""
    letters(tmp_path, CHAT)
    (tmp_path / "digestbot.toml").write_text('[letters]\nfolders = "out"\n')
    run = digestbot("plugins")
    assert run.returncode == 5
    assert "The setting folders is wrong: there is no such setting." in run.stderr


def test_a_source_that_is_not_set_up(digestbot: Run, tmp_path: Path) -> None:
    """What only a source of another package can read is not taken for the address of a server."""
    letters(tmp_path, PLUGIN.format(kind="Source", api=1), "source")
    run = digestbot("digest", "letters:rocket", GITHUB_API_URL="http://127.0.0.1:1")
    assert run.returncode == 5
    assert "What begins with letters: is for a source to read that is installed, and not set up." in run.stderr
