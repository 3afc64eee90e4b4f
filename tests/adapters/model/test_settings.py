"""What may be set about the language model, and where."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from adapters.model.openai import ModelSettings, OpenAIModel, Price
from bot.errors import ConfigurationError
from bot.settings import ConfigurationFile
from tests.adapters.model.conftest import Clock

ROOT = Path(__file__).parents[3]


def read(**table: object) -> ModelSettings:
    """Return the settings of a file with this table, and of the environment."""
    return ConfigurationFile(Path("digestbot.toml"), {"model": table}).section(ModelSettings, "model")


def test_defaults() -> None:
    """Without any settings there is no model, and an adapter for none cannot be made."""
    assert not read().configured
    with pytest.raises(ConfigurationError, match="No language model") as caught:
        OpenAIModel(read(), clock=Clock())
    assert "DIGESTBOT_MODEL" in caught.value.remedy


@pytest.mark.parametrize(
    ("table", "configured"),
    [
        ({"name": "gpt-5", "key": "sk-1"}, True),
        ({"name": "qwen3", "base_url": "http://127.0.0.1:11434/v1"}, True),
        ({"name": "gpt-5"}, False),
        ({"name": "gpt-5", "base_url": "https://api.openai.com/v1/"}, False),
        ({"key": "sk-1"}, False),
    ],
)
def test_configured(table: dict[str, object], configured: bool) -> None:
    """A model has a name, and a key or a server of its own."""
    assert read(**table).configured is configured


def test_the_conventional_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that other tools read are read, ours have a prefix, and all win over the file."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1\n")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1/")
    monkeypatch.setenv("DIGESTBOT_MODEL", "large")
    monkeypatch.setenv("DIGESTBOT_MODEL_LIGHT", "small")
    monkeypatch.setenv("DIGESTBOT_MODEL_PRICES", '{"large": {"input": 1, "output": 2}}')
    settings = read(name="other", key="sk-2", light="other", seed=3)
    assert settings.key
    assert settings.key.get_secret_value() == "sk-1"
    assert (settings.name, settings.light, settings.seed) == ("large", "small", 3)
    assert (settings.base_url, settings.host) == ("http://127.0.0.1:8000/v1", "127.0.0.1:8000")
    assert settings.prices == {"large": Price(input=1, output=2)}


def test_empty_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is empty is not set."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DIGESTBOT_MODEL"):
        monkeypatch.setenv(name, "")
    settings = read()
    assert (settings.key, settings.base_url, settings.name) == (None, "https://api.openai.com/v1", "")


def test_the_limit_of_an_answer() -> None:
    """OpenAI is given the limit by its new name, every other server by the old one, unless it is set."""
    assert read().length_parameter == "max_completion_tokens"
    assert read(base_url="http://127.0.0.1/v1").length_parameter == "max_tokens"
    assert (
        read(base_url="http://127.0.0.1/v1", limit="max_completion_tokens").length_parameter == "max_completion_tokens"
    )


@pytest.mark.parametrize(
    "table",
    [
        {"key": "sk secret"},
        {"key": "sk-secret\r\nX-Other: 1"},
        {"base_url": "https://ada:secret@host/v1"},
        {"base_url": "https://host/v1?api-key=secret"},
        {"base_url": "ftp://secret/v1"},
        {"base_url": "https:///secret"},
        {"base_url": "secret"},
        {"prices": {"secret": {"input": -1, "output": 1}}},
        {"concurrency": 0},
        {"nonesuch": "secret"},
    ],
)
def test_what_cannot_be(table: dict[str, object]) -> None:
    """What cannot be meant is refused when the settings are read, and not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        read(**table)
    assert "secret" not in str(caught.value).replace("prices.secret", "")


def test_secrets_do_not_show() -> None:
    """The key is not in what the settings print as."""
    assert "sk-1" not in f"{read(key='sk-1')!r}"


def test_the_documentation() -> None:
    """The table in the documentation is one that can be read, with the defaults where it names them."""
    documented = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/model.md").read_text("utf-8"), re.DOTALL)
    tables = tomllib.loads("".join(documented))
    settings = ConfigurationFile(Path("digestbot.toml"), tables).section(ModelSettings, "model")
    assert settings.name in settings.prices
    for name in ("context", "concurrency", "timeout", "connect_timeout", "attempts", "longest_wait"):
        assert getattr(settings, name) == getattr(ModelSettings(), name)


def test_nothing_is_loaded() -> None:
    """The SDK, which takes a second to load, is not loaded before something is asked."""
    made = "OpenAIModel(ModelSettings(name='m', base_url='http://127.0.0.1:9/v1'), clock=None)"
    code = f"from adapters.model.openai import *; {made}; import sys; sys.exit('openai' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
