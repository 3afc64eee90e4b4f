"""Loads and checks `prompts/`: what language models are told, as data.

A prompt is a Markdown file that begins with its properties, in TOML between two lines `+++`:

    version   a number, to be raised when the meaning changes
    inputs    the names of the variables of the text, `$name` each; `$$` is a dollar sign
    parts     texts of `prompts/parts/` that come before it, if any: what tasks have in common
    answer    the name of the answer's shape, if it is asked for one
    extends   true if the text comes after that in whose place it would else be, and has its parts and its answer

A package may bring a prompt in the place of ours, and the operator a folder of prompts and parts in the place of both.
They have the inputs and the answer of ours (docs/extend.md).

Every mistake in a file is an error when it is loaded: an unknown property, a variable that is not named or not used.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import plugins
from bot.errors import ConfigurationError
from bot.plugins import Kind
from bot.present.characters import visible

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
    extends: bool = False


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
def _parts() -> tuple[str, ...]:
    """Return the names of all parts, sorted."""
    return _stems(_ROOT.joinpath("parts"))


@cache
def names() -> tuple[str, ...]:
    """Return the names of all prompts, sorted."""
    return _stems(_ROOT)


def _stems(root: Traversable) -> tuple[str, ...]:
    return tuple(sorted(entry.name.removesuffix(".md") for entry in root.iterdir() if entry.name.endswith(".md")))


class Prompts:
    """What models are told: ours, in their place those of other packages, and in the place of both the operator's.

    `folder` is the operator's. Raises ConfigurationError if it is not there, or holds what is no prompt: all of it is
    checked at once.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._load = cache(self._loaded)
        if folder:
            self._check(folder)

    def load(self, name: str) -> Prompt:
        """Return the prompt of a task.

        Raises BadPrompt, and ConfigurationError for one of another package that cannot take the place of ours.
        """
        return self._load(name)

    def _loaded(self, name: str) -> Prompt:
        roots = [self._folder, _ROOT] if self._folder else [_ROOT]
        prompt = load_from(_ROOT, name, roots)
        if one := plugins.named(Kind.PROMPT, name):
            with plugins.blamed(one):
                theirs = files(one.point.module)
                prompt = _in_place_of(prompt, theirs, name, [*roots[:-1], theirs, _ROOT])
        if self._folder and (self._folder / f"{name}.md").exists():
            prompt = _in_place_of(prompt, self._folder, name, roots)
        return prompt

    def _check(self, folder: Path) -> None:
        if not folder.is_dir():
            raise ConfigurationError(
                f"The folder of prompts {folder} does not exist.", remedy="Create it, or unset it."
            )
        remedy = "Correct the file, or take it out of that folder."
        for entry, known in [(folder, names()), (folder / "parts", _parts())]:
            for path in sorted(entry.iterdir() if entry.is_dir() else ()):
                if path.name.startswith(".") or path == folder / "parts":
                    continue
                if path.suffix != ".md" or path.stem not in known:
                    message = f"There is no prompt, nor a part of one, that {path} could take the place of."
                    raise ConfigurationError(message, remedy=f"There are: {', '.join(f'{name}.md' for name in known)}.")
        for name in names():
            try:
                self.load(name)
            except BadPrompt as error:
                problem = visible(str(error)).replace("\n", " ")
                raise ConfigurationError(f"The prompts in {folder} cannot be used: {problem}.", remedy=remedy) from None


OURS = Prompts()
"""The prompts of an operator who has none."""


def load_from(root: Traversable, name: str, roots: Sequence[Traversable] = ()) -> Prompt:
    """Return a prompt of a folder, each part of it from the first of the `roots` that has it. Raises BadPrompt.

    By default the only root is the folder; what no root has is ours.
    """
    properties, text = _read(root, name)
    texts, inputs = [], set(properties.inputs)
    for part in properties.parts:
        holder = next((each for each in roots or (root,) if each.joinpath(f"parts/{part}.md").is_file()), _ROOT)
        shared, words = _read(holder, f"parts/{part}")
        if shared.parts or shared.answer or shared.extends:
            raise BadPrompt(f"{part}: a part has neither parts nor an answer, and extends nothing")
        texts.append(words)
        inputs |= set(shared.inputs)
    whole = "\n".join([*texts, text])
    return Prompt(name, _version(properties, whole), frozenset(inputs), properties.answer or "", whole)


def _in_place_of(prompt: Prompt, root: Traversable, name: str, roots: Sequence[Traversable]) -> Prompt:
    """Return a prompt of a folder that takes the place of another, or extends it. Raises BadPrompt."""
    properties, text = _read(root, name)
    if properties.extends:
        if properties.parts or properties.answer:
            raise BadPrompt(f"{name}: what extends a prompt has its parts and its answer")
        whole = f"{prompt.text}\n{text}"
        theirs = replace(prompt, version=_version(properties, whole), text=whole)
        inputs = prompt.inputs | set(properties.inputs)
    else:
        theirs = load_from(root, name, roots)
        inputs = theirs.inputs
    if (inputs, theirs.answer) != (prompt.inputs, prompt.answer):
        takes = f"inputs {sorted(prompt.inputs)} and the answer {prompt.answer!r}"
        raise BadPrompt(f"{name}: it has to have the {takes}, parts included")
    return theirs


def _version(properties: _Properties, whole: str) -> str:
    return f"{properties.version}-{hashlib.sha256(whole.encode()).hexdigest()[:10]}"


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
