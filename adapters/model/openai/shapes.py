"""The parts of OpenAI's answers that are read. Servers that imitate it leave things out, or set them to null."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from adapters.model.openai.settings import Price
from bot.model import Usage
from bot.ports import Finish, ModelAnswer, ToolCall

_TOKENS_OF_A_PRICE = 1_000_000


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", from_attributes=True)


class _InputDetails(_Shape):
    cached_tokens: NonNegativeInt | None = None


class Count(_Shape):
    """What a call took."""

    prompt_tokens: NonNegativeInt | None = None
    completion_tokens: NonNegativeInt | None = None
    prompt_tokens_details: _InputDetails | None = None


class _Function(_Shape):
    name: str | None = None
    arguments: str | None = None


class _CallPart(_Shape):
    index: NonNegativeInt = 0
    id: str | None = None
    function: _Function | None = None


class _Words(_Shape):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_CallPart] | None = None


class _Choice(_Shape):
    message: _Words | None = None
    delta: _Words | None = None
    finish_reason: str | None = None

    @property
    def words(self) -> _Words:
        return self.message or self.delta or _Words()


class Completion(_Shape):
    """An answer, or a piece of one that comes in pieces."""

    choices: list[_Choice] | None = None
    usage: Count | None = None
    error: object = None

    @property
    def choice(self) -> _Choice:
        """The only choice: no more than one is ever asked for, and there may be none."""
        return self.choices[0] if self.choices else _Choice()


def usage_of(count: Count | None, price: Price | None) -> Usage:
    """Return what a call took; what it costs is not known without a price, or where the server does not count."""
    if count is None or count.prompt_tokens is None or count.completion_tokens is None:
        return Usage(calls=1, cost=None)
    details = count.prompt_tokens_details or _InputDetails()
    cached = min(details.cached_tokens or 0, count.prompt_tokens)
    cost = None
    if price:
        cached_price = price.input if price.cached_input is None else price.cached_input
        fresh = count.prompt_tokens - cached
        dollars = fresh * price.input + cached * cached_price + count.completion_tokens * price.output
        cost = dollars / _TOKENS_OF_A_PRICE
    return Usage(1, count.prompt_tokens, cached, count.completion_tokens, cost)


def answer_of(completion: Completion, price: Price | None) -> ModelAnswer:
    """Return the answer that a completion is; empty text where there is none."""
    choice = completion.choice
    finish = finish_of(choice.finish_reason, refused=bool(choice.words.refusal))
    return ModelAnswer(choice.words.content or "", finish, usage_of(completion.usage, price))


def finish_of(reason: str | None, *, refused: bool) -> Finish:
    """Return how an answer ended. Servers have reasons of their own for what is complete."""
    if refused or reason == "content_filter":
        return Finish.REFUSED
    return Finish.LENGTH if reason == "length" else Finish.COMPLETE


class Pieces:
    """Puts an answer that comes in pieces together."""

    def __init__(self) -> None:
        self._reason: str | None = None
        self._refused = False
        self._calls: dict[int, list[str]] = {}
        self._count: Count | None = None

    def take(self, piece: Completion) -> str:
        """Take a piece, and return the text in it."""
        choice = piece.choice
        self._reason = choice.finish_reason or self._reason
        self._refused |= bool(choice.words.refusal)
        self._count = piece.usage or self._count
        for part in choice.words.tool_calls or ():
            # An id and a name come once, in the first part of a call; some servers repeat them in every part.
            call = self._calls.setdefault(part.index, ["", "", ""])
            function = part.function or _Function()
            call[0] = call[0] or part.id or ""
            call[1] = call[1] or function.name or ""
            call[2] += function.arguments or ""
        return choice.words.content or ""

    @property
    def whole(self) -> bool:
        """Whether the server has said that the answer is at its end."""
        return self._reason is not None

    @property
    def finish(self) -> Finish:
        """How the answer ended."""
        return finish_of(self._reason, refused=self._refused)

    @property
    def calls(self) -> Sequence[ToolCall]:
        """The calls of tools, in their order; none if the answer did not come to its own end, as they may be cut."""
        if self.finish is not Finish.COMPLETE:
            return ()
        return [ToolCall(*parts) for _, parts in sorted(self._calls.items())]

    def usage(self, price: Price | None) -> Usage:
        """Return what the call took."""
        return usage_of(self._count, price)
