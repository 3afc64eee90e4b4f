"""Loads and checks `prompts/`: what language models are told, as data.

A prompt is a Markdown file that begins with its properties, in TOML between two lines `+++`:

    version   a number, to be raised when the meaning changes
    inputs    the names of the variables of the text, `$name` each; `$$` is a dollar sign
    parts     texts of `prompts/parts/` that come before it, if any: what tasks have in common
    answer    the name of the answer's shape, if it is asked for one

A package may bring a prompt that takes the place of ours (docs/extend.md), of the same inputs and answer.

Every mistake in a file is an error when it is loaded: an unknown property, a variable that is not named or not used.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import plugins
from bot.errors import ConfigurationError
from bot.plugins import Kind

_FENCE = "+++\n"
_ROOT = files("prompts")


class BadPrompt(ValueError):
    """A prompt's file is wrong, or it is filled with other variables than it has: a mistake of ours."""


class _Properties(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    version: int = Field(ge=1)
    inputs: list[str]
    parts: list[str] = []
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told for a task.

    `version` is that of the file with a hash of the whole text, so that it differs whenever the text does. `answer`
    names the shape of the answer; it is empty where there is none.
    """

    name: str
    version: str
    inputs: frozenset[str]
    answer: str
    text: str

    def fill(self, **values: str) -> str:
        """Return the text with its variables. Raises BadPrompt if they are not exactly those that it has."""
        if values.keys() != self.inputs:
            raise BadPrompt(f"{self.name} takes {sorted(self.inputs)}, not {sorted(values)}")
        return Template(self.text).substitute(values)


@cache
def names() -> tuple[str, ...]:
    """Return the names of all prompts, sorted."""
    return tuple(sorted(entry.name.removesuffix(".md") for entry in _ROOT.iterdir() if entry.name.endswith(".md")))


@cache
def load(name: str) -> Prompt:
    """Return the prompt of a task.

    Raises BadPrompt, and ConfigurationError for one of another package that cannot take the place of ours.
    """
    ours = load_from(_ROOT, name)
    one = plugins.named(Kind.PROMPT, name)
    if not one:
        return ours
    with plugins.blamed(one):
        theirs = load_from(files(one.point.module), name)
    if (theirs.inputs, theirs.answer) != (ours.inputs, ours.answer):
        message = f"The {one} has other inputs, or another answer, than ours."
        raise ConfigurationError(message, remedy="Correct its properties, or uninstall it.")
    return theirs


def load_from(root: Traversable, name: str) -> Prompt:
    """Return a prompt of a folder. Parts that it does not have are ours. Raises BadPrompt."""
    properties, text = _read(root, name)
    texts, inputs = [], set(properties.inputs)
    for part in properties.parts:
        own = root.joinpath(f"parts/{part}.md").is_file()
        shared, words = _read(root if own else _ROOT, f"parts/{part}")
        if shared.parts or shared.answer:
            raise BadPrompt(f"{part}: a part has neither parts nor an answer")
        texts.append(words)
        inputs |= set(shared.inputs)
    whole = "\n".join([*texts, text])
    digest = hashlib.sha256(whole.encode()).hexdigest()[:10]
    return Prompt(name, f"{properties.version}-{digest}", frozenset(inputs), properties.answer or "", whole)


def _read(root: Traversable, name: str) -> tuple[_Properties, str]:
    try:
        raw = root.joinpath(f"{name}.md").read_text(encoding="utf-8")
        before, head, text = raw.split(_FENCE, 2)
        properties = _Properties.model_validate(tomllib.loads(head))
    except (OSError, ValueError, ValidationError) as error:
        raise BadPrompt(f"{name}: {error}") from error
    template = Template(text)
    if before or not text.strip() or not template.is_valid():
        raise BadPrompt(f"{name}: text before the properties, none after them, or a `$` that names no variable")
    if set(template.get_identifiers()) != set(properties.inputs):
        raise BadPrompt(f"{name}: uses {template.get_identifiers()}, but says {properties.inputs}")
    return properties, text.strip() + "\n"
