"""Asks a language model for an answer of a certain shape, and does what can be done if it comes otherwise.

An answer that is of no use is asked for once more, with what is wrong with it; one that was cut by its length is asked
for once more, shorter, and never used. Everything that is said either way is told to whoever observes, and counted.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import ValidationError

from bot.asking.budget import Budget
from bot.asking.circuit import Circuit
from bot.asking.fence import fence
from bot.asking.reading import find
from bot.errors import AnswerTooLong, DigestbotError, ModelError
from bot.model import Usage
from bot.ports import Conversation, Finish, LanguageModel, ModelAnswer, ModelRequest, ToolCall, TurnEnd
from bot.prompts import OURS, Prompts
from bot.tokens import estimate

_Result = TypeVar("_Result")
_SHOWN = 1_500
"""Characters of a wrong answer that are shown when it is asked for again."""
_MOST_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call: the name of the model, what was asked, what came back, and what is wrong with it.

    `answer` is None if nothing came back, and `problem` is empty if the answer is of use.
    """

    model: str
    request: ModelRequest
    answer: ModelAnswer | None
    problem: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn of a model: its name, what was said before, what it said, and which tools it called.

    `end` is None if the turn broke off.
    """

    model: str
    conversation: Conversation
    text: str
    calls: tuple[ToolCall, ...]
    end: TurnEnd | None


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that a model said of a subject (a sha, or empty) and that is not shown, with the reason."""

    subject: str
    text: str
    reason: str


Observer = Callable[[Attempt | Spoken | Dropped], None]


def unobserved(_: object) -> None:
    """Observe nothing."""


class _Unusable(Exception):
    """The answer is not what was asked for; `again` is what to say when it is asked for again."""

    def __init__(self, problem: str, again: str) -> None:
        super().__init__(problem)
        self.again = again


class _Cut(Exception):
    """The answer was cut by its length."""


class Asker:
    """Asks one model, within a budget, until its server is down."""

    def __init__(self, model: LanguageModel, budget: Budget, observe: Observer, prompts: Prompts = OURS) -> None:
        self.model = model
        self.observe = observe
        self.prompts = prompts
        self._budget = budget
        self._circuit = Circuit()

    @property
    def used(self) -> Usage:
        """What was taken so far."""
        return self._budget.used

    async def ask(self, request: ModelRequest, read: Callable[[object], _Result], *, repair: bool = True) -> _Result:
        """Return the answer, as `read` makes it of a JSON value; it raises ValueError for what is not the answer.

        Raises what LanguageModel.ask raises, ModelError also where the answer is of no use, AnswerTooLong, BudgetSpent,
        StoreUnavailable and StoreError.
        """
        try:
            return await self._shortened(request, read)
        except _Unusable as error:
            if not repair:
                raise ModelError(f"The model's answer is of no use: {error}") from None
            again = f"{request.material}\n{error.again}"
        try:
            return await self._shortened(replace(request, material=again), read)
        except _Unusable:
            raise ModelError("The model's answer is of no use, nor was the one it gave when asked again.") from None

    async def _shortened(self, request: ModelRequest, read: Callable[[object], _Result]) -> _Result:
        try:
            return await self._once(request, read)
        except _Cut:
            shorter = f"{request.material}\n{self.prompts.load('shorten').fill()}"
        try:
            return await self._once(replace(request, material=shorter), read)
        except _Cut:
            raise AnswerTooLong("The model's answer was cut by its length, twice.") from None

    async def _once(self, request: ModelRequest, read: Callable[[object], _Result]) -> _Result:
        answer: ModelAnswer | None = None
        problem = ""
        try:
            answer = await self._call(request)
            return self._read(answer, request, read)
        except (DigestbotError, _Unusable, _Cut) as error:
            problem = str(error) or type(error).__name__
            raise
        finally:
            self.observe(Attempt(self.model.name(light=request.light), request, answer, problem))

    async def _call(self, request: ModelRequest) -> ModelAnswer:
        tokens = estimate(request.instructions) + estimate(request.material)
        reserved = await self._budget.reserve(tokens, request.longest)
        used = Usage()
        try:
            answer = await self._circuit.through(self.model.ask(request))
            used = answer.usage
        finally:
            await self._budget.settle(reserved, used)
        return answer

    def _read(self, answer: ModelAnswer, request: ModelRequest, read: Callable[[object], _Result]) -> _Result:
        if answer.finish is Finish.LENGTH:
            raise _Cut("cut by its length")
        if answer.finish is Finish.REFUSED:
            raise ModelError("The model refuses to answer.")
        if not answer.text.strip():
            raise ModelError("The model's answer is empty.")
        try:
            return find(answer.text, request.material, read)
        except ValueError as error:
            problem = _described(error)
            wrong = fence([("an answer of no use", answer.text[:_SHOWN])])
            raise _Unusable(problem, self.prompts.load("repair").fill(error=problem, wrong=wrong)) from None


def _described(error: ValueError) -> str:
    """Return what is wrong in one line, without anything that the answer itself said."""
    if not isinstance(error, ValidationError):
        return str(error)[:_SHOWN]
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    told = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problems[:_MOST_PROBLEMS]]
    return "; ".join(told)
