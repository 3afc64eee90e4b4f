"""What models are told is checked when it is loaded."""

from pathlib import Path

import pytest

from bot import plugins
from bot.digest.analyst.answers import SHAPES, schema_of
from bot.digest.analyst.tasks import task
from bot.errors import ConfigurationError
from bot.prompts import OURS, BadPrompt, Prompts, load_from, names
from bot.tokens import estimate
from tests.fakes.packages import install

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
    assert OURS.load("repair").inputs == {"error", "wrong"}
    assert OURS.load("shorten").fill()


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


EXTENDS = "+++\nversion = 1\ninputs = []\nextends = true\n+++\nThe loop is what we call the scheduler.\n"
ALL_OF_IT = '+++\nversion = 7\ninputs = []\nparts = ["data", "voice"]\nanswer = "high"\n+++\nRead it.\n'
VOICE = '+++\nversion = 1\ninputs = ["language"]\n+++\nIn $language, in rhymes.\n'


def operators(path: Path, **files: str) -> Prompts:
    """Return the prompts with a folder of the operator's."""
    for name, text in files.items():
        file = path / f"{name.replace('__', '/')}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return Prompts(path)


def test_an_operator_extends_a_prompt(tmp_path: Path) -> None:
    """What extends a prompt comes after it, and all else of it stays; only its version is another."""
    ours, theirs = OURS.load("high"), operators(tmp_path, high=EXTENDS).load("high")
    assert theirs.text == ours.text + "\nThe loop is what we call the scheduler.\n"
    assert (theirs.answer, theirs.inputs) == (ours.answer, ours.inputs)
    assert theirs.version != ours.version


def test_an_operator_replaces_a_prompt(tmp_path: Path) -> None:
    """A prompt of the operator's takes the place of ours, with the parts that it names."""
    theirs = operators(tmp_path, high=ALL_OF_IT).load("high")
    assert theirs.text.endswith("\n\nRead it.\n")
    assert "<material N>" in theirs.text


def test_an_operator_replaces_a_part(tmp_path: Path) -> None:
    """A part of the operator's takes the place of ours in every prompt that has it, and in no other."""
    theirs = operators(tmp_path, parts__voice=VOICE, high=ALL_OF_IT)
    changed = {name for name in names() if theirs.load(name) != OURS.load(name)}
    assert changed == {"alone", "high", "medium", "triage"}
    assert all("in rhymes" in theirs.load(name).text for name in changed)


def test_a_task_has_the_prompts_that_it_is_given(tmp_path: Path) -> None:
    """What a model is told of a task, and the version by which its texts are kept, are of the operator's prompt."""
    theirs = task("high", operators(tmp_path, high=EXTENDS))
    assert "The loop" in theirs.instructions("en")
    assert theirs.version != task("high").version


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"hihg": EXTENDS}, "There is no prompt, nor a part of one, that .*hihg.md could take the place of"),
        ({"parts__tone": VOICE}, "tone.md could take the place of. There are: data.md, voice.md"),
        (
            {"high": ALL_OF_IT.replace('"high"', '"medium"')},
            "has to have the inputs .'language'. and the answer 'high'",
        ),
        ({"high": ALL_OF_IT.replace(', "voice"', "")}, "has to have the inputs .'language'."),
        (
            {"high": EXTENDS.replace("[]", '["team"]').replace("what", "what $team")},
            "has to have the inputs .'language'.",
        ),
        ({"high": EXTENDS.replace("[]", '[]\nanswer = "high"')}, "what extends a prompt has its parts and its answer"),
        ({"high": "Be kind."}, "The prompts in .* cannot be used: high: not enough values"),
        ({"parts__voice": EXTENDS}, "extends nothing"),
    ],
)
def test_a_wrong_folder_is_refused(tmp_path: Path, files: dict[str, str], said: str) -> None:
    """Every mistake in a folder of prompts is told before anything is asked."""
    with pytest.raises(ConfigurationError, match=said):
        operators(tmp_path, **files)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A folder that does not exist is no folder without prompts."""
    with pytest.raises(ConfigurationError, match="does not exist"):
        Prompts(tmp_path / "none")


def test_a_package_replaces_a_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prompt of a package takes the place of ours, with parts of its own; the operator's comes after it."""
    files = {"loops/__init__.py": "", "loops/high.md": ALL_OF_IT, "loops/parts/voice.md": VOICE}
    install(tmp_path, "loops", files, {"digestbot.prompt": {"high": "loops"}})
    monkeypatch.syspath_prepend(tmp_path)
    plugins.installed.cache_clear()
    try:
        assert "in rhymes" in Prompts().load("high").text
        assert Prompts().load("medium") == OURS.load("medium")
        both = operators(tmp_path / "ours", high=EXTENDS).load("high").text
        assert both.endswith("Read it.\n\nThe loop is what we call the scheduler.\n")
    finally:
        monkeypatch.undo()
        plugins.installed.cache_clear()
