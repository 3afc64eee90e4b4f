"""What an operator's files hold: mistakes are errors that name the setting, and never its value."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from unittest import mock

from hypothesis import strategies as st
from pydantic_settings import BaseSettings

from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.slack.settings import SlackSettings
from adapters.model.openai.settings import ModelSettings
from adapters.source.git import GitSettings
from adapters.source.github import GitHubSettings
from bot import plugins
from bot.errors import ConfigurationError
from bot.plugins import Installed, Kind
from bot.secret_files import read_secrets
from bot.settings import ConfigurationFile
from tests.fuzz.inputs import edited, words
from tests.fuzz.target import target

_SECTIONS: dict[str, type[BaseSettings]] = {
    "slack": SlackSettings,
    "discord": DiscordSettings,
    "model": ModelSettings,
    "git": GitSettings,
    "github": GitHubSettings,
}
_SECRET = "xoxb-hunter2"  # noqa: S105 - of nobody
_FILES = (
    """
timezone = "Asia/Shanghai"
language = "zh"
[aliases]
vllm = "vllm-project/vllm"
[access]
repositories = ["acme/*"]
[channels."slack:T1/C1"]
repositories = ["acme/x"]
exclude_paths = ["docs/**"]
""",
    f"""
[slack]
bot_token = "{_SECRET}"
app_token = "{_SECRET}"
mode = "socket"
port = 3000
""",
    f"""
[github]
token = "{_SECRET}"
[discord]
token = "{_SECRET}"
guilds = [1]
[model]
key = "{_SECRET}"
name = "x"
prices = {{x = {{input = 1, output = 2}}}}
extra_body = {{a = 1}}
""",
    """
[budget]
day_cost = 1.5
[[subscriptions]]
place = "slack:T1/C1"
repositories = ["ruff"]
rhythm = "weekly"
weekday = "friday"
at = 09:00:00
""",
)
_PIECES = (
    "=",
    "[[",
    "]]",
    "nan",
    "inf",
    "1e999",
    "{}",
    "'''",
    "true",
    "1979-05-27T07:32:00Z",
    '"x"',
    _SECRET,
    "slack",
    "\ntoken = ",
)


@contextmanager
def _within(environment: dict[str, str]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, environment, clear=True):
        yield Path(folder)


@target(words(_FILES, _PIECES))
def configuration_files(text: str) -> None:
    """A settings file is read or refused in a sentence without any of its secrets."""
    with _within({}) as folder:
        path = folder / "digestbot.toml"
        path.write_text(text, "utf-8", "surrogatepass")
        path.chmod(0o600)
        os.environ["DIGESTBOT_CONFIG"] = str(path)
        try:
            file = ConfigurationFile.read()
        except ConfigurationError as error:
            assert "hunter2" not in str(error)
            return
        for name in ("", *_SECTIONS):
            try:
                settings = file.section(_SECTIONS[name], name) if name else file.settings(frozenset(_SECTIONS))
            except ConfigurationError as error:
                assert "hunter2" not in str(error)
            else:
                assert "hunter2" not in repr(settings).replace(repr(text), "")


@target(
    edited((b"hunter2\n", b"hunter2", b"\n", b""), st.sampled_from((b"\n", b"\r", b"\0", b"\xff", b" ")) | st.binary())
)
def secret_files(content: bytes) -> None:
    """A file is a secret of one line as it stands there, or refused without a word of it."""
    with _within({}) as folder:
        path = folder / "secret"
        path.write_bytes(content)
        try:
            found = read_secrets(["GITHUB_TOKEN"], {"GITHUB_TOKEN_FILE": str(path)})
        except ConfigurationError as error:
            assert "hunter2" not in str(error)
            return
    assert found["GITHUB_TOKEN"] == content.decode().rstrip("\r\n")
    assert found["GITHUB_TOKEN"].strip()


@target(
    st.tuples(
        st.sampled_from(list(Kind)),
        words(("slack", "teams", "console", "git", "x-y")),
        words(("a.b:C", "os:system", ":", "x")),
    )
)
def plugin_names(given: tuple[str, str, str]) -> None:
    """What other packages declare is taken by a plain name that nobody has, or refused in a line of text."""
    kind, name, value = Kind(given[0]), given[1], given[2]
    theirs = Installed(kind, name, EntryPoint(name, value, kind), "theirs 1.0")
    ours = plugins.installed(kind)
    with mock.patch.object(plugins, "installed", side_effect=lambda of: (*ours, theirs) if of is kind else ()):
        try:
            plugins.check_name(theirs)
        except ConfigurationError as error:
            assert str(error).isprintable()
            return
    assert name not in {each.name for each in ours}
    assert name.isascii()
    assert name.replace("-", "a").isalpha()
    assert name.islower()
