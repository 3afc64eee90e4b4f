"""The tasks that a model is given: its prompt, and the shape of the answer."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel

from bot.digest.analyst.answers import SHAPES, schema_of
from bot.ports import ModelRequest
from bot.prompts import OURS, BadPrompt, Prompt, Prompts


@dataclass(frozen=True, slots=True)
class Task:
    """What a model is asked to do. `version` differs whenever the prompt or the shape of the answer does."""

    name: str
    prompt: Prompt
    shape: type[BaseModel]
    schema: Mapping[str, object]
    version: str

    def instructions(self, language: str) -> str:
        """Return what the model is told: the same for every request of this task and language."""
        return self.prompt.fill(language=_language_name(language))

    def request(self, language: str, material: str, longest: int, *, light: bool = False) -> ModelRequest:
        """Return a request of this task."""
        return ModelRequest(self.name, self.instructions(language), material, self.schema, longest, light)


@cache
def task(name: str, prompts: Prompts = OURS) -> Task:
    """Return a task by the name of its prompt. Raises BadPrompt."""
    prompt = prompts.load(name)
    if prompt.answer not in SHAPES:
        raise BadPrompt(f"{name}: there is no shape {prompt.answer!r}")
    shape = SHAPES[prompt.answer]
    schema = schema_of(shape)
    digest = hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()[:6]
    return Task(name, prompt, shape, schema, f"{prompt.version}-{digest}")


@cache
def _language_name(language: str) -> str:
    """Return the English name of a language, or the tag itself if nobody knows it."""
    try:
        return Locale.parse(language.replace("-", "_")).get_display_name("en") or language
    except (ValueError, UnknownLocaleError):
        return language
