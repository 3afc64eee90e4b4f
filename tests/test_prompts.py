"""What models are told is checked when it is loaded."""

from pathlib import Path

import pytest

from bot.digest.analyst.answers import SHAPES, schema_of
from bot.digest.analyst.tasks import task
from bot.prompts import BadPrompt, load, load_from
from bot.tokens import estimate

GOOD = '+++\nversion = 1\ninputs = ["language"]\n+++\nIn $language, for $$2.\n'


def folder(path: Path, text: str, **parts: str) -> Path:
    """Write a prompt "it" and its parts."""
    (path / "it.md").write_text(text)
    (path / "parts").mkdir()
    for name, part in parts.items():
        (path / "parts" / f"{name}.md").write_text(part)
    return path


def test_a_prompt_is_filled_with_exactly_its_variables(tmp_path: Path) -> None:
    """A variable too many or too few is a mistake of ours, said loudly."""
    prompt = load_from(folder(tmp_path, GOOD), "it")
    assert prompt.fill(language="English") == "In English, for $2.\n"
    with pytest.raises(BadPrompt):
        prompt.fill()
    with pytest.raises(BadPrompt):
        prompt.fill(language="English", tone="kind")


def test_what_tasks_share_comes_first(tmp_path: Path) -> None:
    """Parts stand before the text, with their variables."""
    text = '+++\nversion = 2\ninputs = []\nparts = ["voice"]\n+++\nDo it.\n'
    prompt = load_from(folder(tmp_path, text, voice=GOOD), "it")
    assert prompt.fill(language="English") == "In English, for $2.\n\nDo it.\n"


def test_the_version_differs_whenever_the_text_does(tmp_path: Path) -> None:
    """An edit of a prompt or of a part cannot bring back what was written by another text."""
    text = '+++\nversion = 1\ninputs = []\nparts = ["voice"]\n+++\nDo it.\n'
    versions = set()
    for number, (own, shared) in enumerate(((text, GOOD), (text + "Well.", GOOD), (text, GOOD + "Well."))):
        path = tmp_path / str(number)
        path.mkdir()
        versions.add(load_from(folder(path, own, voice=shared), "it").version)
    assert len(versions) == 3


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("version = 1", "version = 0"),
        GOOD.replace("version = 1\n", ""),
        GOOD.replace("version = 1", 'version = "1"'),
        GOOD.replace("inputs", "input"),
        GOOD.replace('["language"]', "[]"),
        GOOD.replace('["language"]', '["language", "tone"]'),
        GOOD.replace("$$2", "$2"),
        "Well. " + GOOD,
        GOOD.partition("In ")[0],
        GOOD.replace("+++", "---"),
        GOOD.replace("version", "colour = 1\nversion"),
        GOOD.replace("version", 'parts = ["none"]\nversion'),
    ],
)
def test_a_wrong_file_is_not_loaded(tmp_path: Path, text: str) -> None:
    """Unknown properties, missing ones, and variables that are not told are all mistakes."""
    with pytest.raises(BadPrompt):
        load_from(folder(tmp_path, text), "it")


def test_every_task_is_short_and_has_a_strict_shape() -> None:
    """Instructions stay below 1,000 tokens, and schemas are what OpenAI calls strict."""
    for name in SHAPES:
        assert estimate(task(name).instructions("zh")) < 1_000
        closed(task(name).schema)
    assert load("repair").inputs == {"error", "wrong"}
    assert load("shorten").fill()


def closed(schema: object) -> None:
    """Assert that objects require all that they have, and nothing refers to elsewhere."""
    if isinstance(schema, list):
        for each in schema:
            closed(each)
    elif isinstance(schema, dict):
        assert "$ref" not in schema
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert set(schema["required"]) == set(schema["properties"])
        for each in schema.values():
            closed(each)


def test_the_version_of_a_task_differs_with_its_shape() -> None:
    """Two tasks never share what was written, nor does one whose answer has another shape."""
    assert len({task(name).version for name in SHAPES}) == len(SHAPES)
    assert schema_of(SHAPES["high"]) != schema_of(SHAPES["medium"])
