"""What a model may ask to read. Every tool only reads, and only what the material of the question holds."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.answer.material import Material, Reading
from bot.ports import NO_TRACER, Tool, ToolCall, Tracer
from bot.ports.tracing import spanning

DIFF_TOKENS = 3_000
_MOST_FOUND = 10
_LONGEST_NAME = 400


class UnusableCall(ValueError):
    """A call of a tool that does not exist, or with arguments that it does not take. The message is for the model."""


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Commit(_Arguments):
    sha: str = Field(max_length=_LONGEST_NAME)


class _Diff(_Commit):
    path: str | None = Field(default=None, max_length=_LONGEST_NAME)


class _File(_Commit):
    path: str = Field(max_length=_LONGEST_NAME)
    first: int = Field(default=1, ge=1, le=10_000_000)
    last: int | None = Field(default=None, ge=1, le=10_000_000)


class _History(_Arguments):
    path: str = Field(max_length=_LONGEST_NAME)


class _Search(_Arguments):
    query: str = Field(max_length=_LONGEST_NAME)
    since: datetime | None = None
    until: datetime | None = None


class _Find(_Arguments):
    names: list[str] = Field(max_length=_MOST_FOUND)


_Read = Callable[[Material, Any], Awaitable[Reading]]
_TOOLS: Mapping[str, tuple[str, type[_Arguments], _Read]] = {
    "find_changes": (
        "What is known of changes, by the first digits of a sha or by #number of a pull request.",
        _Find,
        lambda material, asked: material.changes([name[:_LONGEST_NAME] for name in asked.names]),
    ),
    "search_changes": (
        "The changes, of all days, that some words are about; `since` and `until` are dates such as 2026-01-15.",
        _Search,
        lambda material, asked: material.search(asked.query, _MOST_FOUND, _aware(asked.since), _aware(asked.until)),
    ),
    "read_commit": (
        "The full message of a commit, and the text of its pull request.",
        _Commit,
        lambda material, asked: material.commit(asked.sha),
    ),
    "read_diff": (
        "What a commit changes, of all files or of one.",
        _Diff,
        lambda material, asked: material.diff(asked.sha, asked.path or None, DIFF_TOKENS),
    ),
    "read_file": (
        "Lines of a file as it is at a commit.",
        _File,
        lambda material, asked: material.file(asked.sha, asked.path, asked.first, asked.last),
    ),
    "path_history": (
        "The newest changes that touch a file or a folder.",
        _History,
        lambda material, asked: material.history(asked.path, _MOST_FOUND),
    ),
}

TOOLS = tuple(Tool(name, description, shape.model_json_schema()) for name, (description, shape, _) in _TOOLS.items())
"""What is offered to a model."""


async def read(call: ToolCall, material: Material, tracer: Tracer = NO_TRACER) -> Reading:
    """Return what a call asks for. Raises UnusableCall, StoreUnavailable and StoreError."""
    if call.tool not in _TOOLS:
        raise UnusableCall(f"There is no such tool. There are: {', '.join(_TOOLS)}.")
    _, shape, act = _TOOLS[call.tool]
    try:
        asked = shape.model_validate(json.loads(call.arguments or "{}"))
    except RecursionError:
        raise UnusableCall("The arguments are nested too deeply.") from None
    except ValidationError as error:
        names = ", ".join(".".join(map(str, each["loc"])) or "all" for each in error.errors(include_input=False))
        raise UnusableCall(f"The arguments are not those of the tool: {names[:200]}.") from None
    except ValueError:
        raise UnusableCall("The arguments are not JSON.") from None
    about = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": call.tool}
    with spanning(tracer, f"execute_tool {call.tool}", about):
        return await act(material, asked)


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
