"""docs/configure.md, made from the settings classes: `python -m tests.docs.configure` writes it anew.

What a setting is for is said once, as the description of its field.
"""

import inspect
import types
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.slack.settings import SlackSettings
from adapters.health import HealthSettings
from adapters.model.openai import ModelSettings
from adapters.source.git import GitSettings
from adapters.source.github import GitHubSettings
from adapters.traces import TracesSettings
from bot.settings import LogSettings, Settings

PAGE = Path(__file__).parents[2] / "docs" / "configure.md"
SECTIONS: Mapping[str, type[BaseSettings]] = {
    "git": GitSettings,
    "github": GitHubSettings,
    "model": ModelSettings,
    "slack": SlackSettings,
    "discord": DiscordSettings,
    "health": HealthSettings,
    "logs": LogSettings,
    "traces": TracesSettings,
}
"""The tables of adapters, in the order of the page."""

_HEAD = """\
<!-- Made by `make docs` from the settings classes: change the descriptions there. -->

# Configure

Nothing has to be set to try digestbot. What you set comes from, in this order:

1. the environment,
2. `digestbot.toml` in the working directory, or the file that `DIGESTBOT_CONFIG` names,
3. the defaults below.

A wrong setting stops the program at once, with its name and what is wrong about it; so does one that does not exist.
Its value is not repeated, since it may be a secret. `digestbot doctor` checks what is set against the services.

```sh
export DIGESTBOT_TIMEZONE=Asia/Shanghai
export DIGESTBOT_ANSWERS='{"calls": 4}'
digestbot doctor
```

What is a table or a list in the file is JSON in a variable, as above. A setting marked **secret** appears in no log,
post, prompt or error; keep it in the environment rather than in the file.

Two variables are not settings: `DIGESTBOT_CONFIG` names the file, and `DIGESTBOT_DEBUG=1` shows where a fault of
digestbot itself is.
"""
_WORDS: Mapping[Any, str] = {
    bool: "`true` or `false`",
    float: "number",
    int: "whole number",
    str: "text",
    Path: "path",
    time: 'time, such as `"09:00"`',
    timedelta: "seconds",
    SecretStr: "text",
}
_BOUNDS = {"ge": "at least {}", "gt": "more than {}", "le": "at most {}"}


def page() -> str:
    """Return the page."""
    parts = [_HEAD]
    parts += _described("The top of the file", "At the top, before any table.", Settings)
    for name, section in SECTIONS.items():
        parts += _described(f"`[{name}]`", "", section, name)
    return "\n".join(parts)


def _described(
    heading: str, intro: str, model: type[BaseModel], path: str = "", *, nested: bool = False
) -> Iterator[str]:
    """Yield the part of the page about a table, and then those about the tables in it."""
    fields = _own_fields(model)
    tables = {name: found for name, field in fields.items() if (found := table(field.annotation))}
    yield f"## {heading}\n"
    yield f"{intro or _about(model)}\n"
    if nested:
        yield "| setting | type | default | what for |\n|---|---|---|---|"
    else:
        yield "| setting | in the environment | type | default | what for |\n|---|---|---|---|---|"
    for name, field in fields.items():
        if name not in tables:
            variable = "" if nested else f" `{_variable(model, name, field)}` |"
            yield f"| `{name}` |{variable} {_kind(field)} | {_default(field)} | {_what_for(field)} |"
    yield ""
    for name, (below, form) in tables.items():
        title = form.format(f"{path}.{name}" if path else name)
        in_json = f"As JSON in the environment: `{_variable(model, name, fields[name])}`."
        yield from _described(f"`{title}`", f"{_about(below)} {in_json}", below, name, nested=True)


def _own_fields(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """Return the settings that a class brings itself; what it inherits is described with its parent."""
    own = inspect.get_annotations(model)
    return {name: field for name, field in model.model_fields.items() if name in own}


def _about(model: type[BaseModel]) -> str:
    """Return what the docstring of a settings class says, a paragraph a line."""
    paragraphs = inspect.cleandoc(model.__doc__ or "").split("\n\n")
    return "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)


def table(annotation: Any) -> tuple[type[BaseModel], str] | None:  # noqa: ANN401 - any type may be annotated
    """Return the class of a setting that is a table or tables, and how its heading is written in the file."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, "[{}]"
    if origin is tuple and isinstance(inner[0], type) and issubclass(inner[0], BaseModel):
        return inner[0], "[[{}]]"
    if origin is dict and isinstance(inner[1], type) and issubclass(inner[1], BaseModel):
        return inner[1], '[{}."…"]'
    return None


def _variable(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    return field.alias or f"{model.model_config.get('env_prefix', '')}{name}".upper()


def _kind(field: FieldInfo) -> str:
    says_it_in_words = any(isinstance(each, BeforeValidator) for each in field.metadata)
    kind = "text" if says_it_in_words and field.annotation is int else _type(field.annotation)
    bounds = [
        words.format(getattr(each, bound))
        for each in field.metadata
        for bound, words in _BOUNDS.items()
        if hasattr(each, bound)
    ]
    return ", ".join([kind, *bounds])


def _type(annotation: Any) -> str:  # noqa: ANN401 - likewise
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _type(next(each for each in inner if each is not type(None)))
    if origin is Literal:
        return _one_of(inner)
    if origin is tuple:
        return f"list: {_type(inner[0])}"
    if origin is dict:
        return "table"
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return _one_of(annotation)
    return _WORDS.get(annotation, "text")


def _one_of(values: Any) -> str:  # noqa: ANN401 - the members of an enumeration, or literals
    return ", ".join(f"`{value}`" for value in values)


def _default(field: FieldInfo) -> str:
    value = field.default
    if field.is_required():
        return "**required**"
    if _kind(field) == "text" and not isinstance(value, str):
        return "–"
    match value:
        case bool():
            return f"`{value}`".lower()
        case timedelta():
            return f"`{value.total_seconds():.0f}`"
        case time():
            return f"`{value:%H:%M}`"
        case tuple() if value:
            return ", ".join(f"`{each}`" for each in value)
        case str() if value:
            return f"`{value}`"
        case int() | float():
            return f"`{value}`"
    return "–"


def _what_for(field: FieldInfo) -> str:
    secret = "**secret**; " if "SecretStr" in str(field.annotation) else ""
    return f"{secret}{field.description}".replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
