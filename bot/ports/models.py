"""Language models: one answer in JSON, or a conversation with tools."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.model import (
    Usage,
)


class Finish(StrEnum):
    """How an answer of a language model ended."""

    COMPLETE = "complete"
    LENGTH = "length"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a language model is asked for: one answer, in JSON.

    `instructions` are ours and the same for every request of a task, so that a server may keep them read; `material` is
    what they speak of, and holds text from outside. `schema` is the JSON schema of the answer; each of its objects
    requires all of its properties and allows no others, as OpenAI insists. `longest` is how many tokens the answer may
    have. `light` asks for the cheaper model, where there is one.
    """

    task: str
    instructions: str
    material: str
    schema: Mapping[str, object]
    longest: int
    light: bool = False


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a language model answered, as it came: `text` may be anything. `usage` counts this call."""

    text: str
    finish: Finish
    usage: Usage


class LanguageModel(Protocol):
    """Writes. How many calls are under way at once, their pace and their repetition are the adapter's business."""

    @property
    def context(self) -> int:
        """How many tokens a request and its answer may have together."""
        ...

    def name(self, *, light: bool = False) -> str:
        """Return the name of the model, by which what it wrote is kept."""
        ...

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return an answer.

        Raises ModelUnavailable, ModelError, PromptTooLong, CredentialRefused, ConfigurationError.
        """
        ...


class Speaker(StrEnum):
    """Whose turn of a conversation it is. What a tool says is the result of a call."""

    PERSON = "person"
    MODEL = "model"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a language model may ask to be done. `parameters` is the JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A language model asks for a tool. `arguments` should be JSON; like the name of the tool, they may be anything."""

    id: str
    tool: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said. `calls` are those of a turn of the model; a tool's turn answers the one whose id is `call`."""

    speaker: Speaker
    text: str
    calls: tuple[ToolCall, ...] = ()
    call: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation whose next turn is the model's: `turns` is not empty. See `ModelRequest` for the rest."""

    instructions: str
    turns: tuple[Turn, ...]
    longest: int
    tools: tuple[Tool, ...] = ()
    light: bool = False


@dataclass(frozen=True, slots=True)
class TextPiece:
    """The next characters of a turn."""

    text: str


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """The last of a turn. `usage` counts the call."""

    finish: Finish
    usage: Usage


class ConversingModel(Protocol):
    """Takes turns with a person, and asks for tools."""

    @property
    def tools(self) -> bool:
        """Whether tools can be offered; if not, those of a conversation are left out."""
        ...

    def converse(self, conversation: Conversation) -> AsyncGenerator[TextPiece | ToolCall | TurnEnd, None]:
        """Yield the next turn as it comes: pieces of text, then whole calls of tools, then its end.

        Raises what `LanguageModel.ask` raises. A turn that breaks off raises ModelUnavailable after some of its text;
        without a TurnEnd no turn is whole.
        """
        ...


class AnsweringModel(LanguageModel, ConversingModel, Protocol):
    """A language model that takes turns, with a name and a context."""
