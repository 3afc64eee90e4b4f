"""The shapes of a model's answers, as it is told them and as they are read."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from bot.model import ChangeType, Severity, Tier

_OTHER_WORDS = {
    "feat": "feature",
    "enhancement": "feature",
    "bugfix": "fix",
    "bug": "fix",
    "perf": "performance",
    "refactoring": "refactor",
    "docs": "documentation",
    "tests": "test",
    "deps": "dependencies",
    "dependency": "dependencies",
    "chore": "other",
    "critical": "high",
}
"""What models say in place of the words that they are given."""


class Aspect(StrEnum):
    """In what respect an insight is one."""

    ARCHITECTURE = "architecture"
    PERFORMANCE = "performance"
    SECURITY = "security"
    MAINTAINABILITY = "maintainability"
    COMPATIBILITY = "compatibility"


def _word(value: object) -> object:
    if not isinstance(value, str):
        return value
    word = value.strip().lower()
    return _OTHER_WORDS.get(word, word)


def _percent(value: object) -> object:
    """Return an importance between 0 and 100; whoever thinks in fractions is understood."""
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
        return value
    return round(min(100.0, max(0.0, value * 100 if isinstance(value, float) and value <= 1 else value)))


def _line(value: object) -> object:
    """Return a line's number, or None for what is none: a wrong line costs no risk."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> object:
    return "" if value is None else value


def _several(value: object) -> object:
    """Return a list; a single text or nothing at all is understood."""
    if value is None or value == "":
        return []
    return [value] if isinstance(value, str) else value


Words = Annotated[str, BeforeValidator(_text)]
TypeWord = Annotated[ChangeType, BeforeValidator(_word)]
Sentences = Annotated[list[Words], BeforeValidator(_several)]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Affected(_Answer):
    """A part of the scope."""

    path: Words
    what: Words


class Insight(_Answer):
    """What follows in one respect."""

    aspect: Annotated[Aspect, BeforeValidator(_word)]
    text: Words


class Risk(_Answer):
    """Something that may go wrong."""

    severity: Annotated[Severity, BeforeValidator(_word)]
    what: Words
    consequence: Words
    path: Words
    line: Annotated[int | None, BeforeValidator(_line)]


class Judged(_Answer):
    """What the triage says of one change."""

    sha: str
    tier: Annotated[Tier, BeforeValidator(_word)]
    importance: Annotated[int, BeforeValidator(_percent)]
    change_type: TypeWord
    reason: Words
    headline: Words
    line: Words


class Written(_Answer):
    """What is written of a medium change."""

    sha: str
    change_type: TypeWord
    summary: Words
    scope: list[Affected]
    advice: Sentences


class WrittenInFull(Written):
    """What is written of a high change."""

    insight: list[Insight]
    risks: list[Risk]
    conclusion: Words


class JudgedAlone(Judged):
    """What is said of a change that no other may share a call with."""

    summary: Words
    scope: list[Affected]
    advice: Sentences

    @property
    def written(self) -> Written:
        """What is written of it, as of any medium change."""
        return Written.model_validate(self.model_dump())


class Triage(_Answer):
    """The answer of a triage."""

    changes: list[Judged]


class Medium(_Answer):
    """The answer for several medium changes."""

    changes: list[Written]


SHAPES: Mapping[str, type[BaseModel]] = {
    "triage": Triage,
    "alone": JudgedAlone,
    "high": WrittenInFull,
    "medium": Medium,
}
"""The shapes by the names that prompts call them."""


def schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of a shape as strict servers take it: nothing optional, nothing else, no references."""
    schema = shape.model_json_schema()
    definitions = schema.pop("$defs", {})
    return dict(_strict(schema, definitions))


def _strict(node: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a schema is any JSON
    if isinstance(node, list):
        return [_strict(each, definitions) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _strict(definitions[str(node["$ref"]).rpartition("/")[2]], definitions)
    kept = {
        key: {name: _strict(each, definitions) for name, each in value.items()}
        if key == "properties"
        else _strict(value, definitions)
        for key, value in node.items()
        if key not in ("title", "description", "default")
    }
    if kept.get("type") == "object":
        kept |= {"required": list(kept["properties"]), "additionalProperties": False}
    return kept
