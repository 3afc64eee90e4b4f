"""Asks a model about single changes, and about a few at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from bot.asking import Asker, fence
from bot.digest.analyst.answers import JudgedAlone, Written, WrittenInFull
from bot.digest.analyst.day import Day
from bot.digest.analyst.matching import by_sha, only
from bot.digest.analyst.sheets import Sheet, interests
from bot.digest.analyst.tasks import Task, task
from bot.digest.diffs import HIGH_TOKENS, MEDIUM_TOKENS, estimate
from bot.errors import PromptTooLong

_ANSWER, _ANSWER_EACH, _ANSWER_HIGH = 2_000, 500, 2_000
"""How many tokens an answer may have: in any case (some models think aloud), and for every change."""
_SHARE = 0.9
"""Tokens are estimated; this much of a model's context is used."""
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Writer:
    """Asks for texts in the language of a day. All methods raise what `Asker.ask` raises."""

    asker: Asker
    day: Day

    async def alone(self, sheet: Sheet) -> JudgedAlone:
        """Return a verdict and a medium text of a change that no other may share a call with."""
        read = partial(only, sheet=sheet, shape=JudgedAlone)
        return await self._ask(self._task("alone"), [sheet], MEDIUM_TOKENS, _ANSWER_EACH, read, interests(self.day))

    async def high(self, sheet: Sheet) -> WrittenInFull:
        """Return what is written of a high change."""
        read = partial(only, sheet=sheet, shape=WrittenInFull)
        return await self._ask(self._task("high"), [sheet], HIGH_TOKENS, _ANSWER_HIGH, read)

    async def medium(self, sheets: Sequence[Sheet]) -> dict[str, Written]:
        """Return what is written of medium changes, by sha; what is not valid is left out."""
        read = partial(by_sha, sheets=sheets, shape=Written)
        return await self._ask(self._task("medium"), sheets, MEDIUM_TOKENS, _ANSWER_EACH, read)

    def _task(self, name: str) -> Task:
        return task(name, self.asker.prompts)

    async def _ask(
        self,
        task: Task,
        sheets: Sequence[Sheet],
        diff: int,
        answer: int,
        read: Callable[[object], _Answer],
        before: str = "",
    ) -> _Answer:
        """Ask with as much of each diff as there is room for; if it is too much all the same, with half of that."""
        longest = min(_ANSWER + answer * len(sheets), self.asker.model.context // 2)
        instructions = task.instructions(self.day.language)

        brief = diff < HIGH_TOKENS

        def material(tokens: int) -> str:
            return before + fence([(f"change {sheet.id}", sheet.for_depth(tokens, brief=brief)) for sheet in sheets])

        bare = estimate(instructions) + estimate(str(dict(task.schema))) + estimate(material(0)) + longest
        room = int(self.asker.model.context * _SHARE) - bare
        tokens = max(0, min(diff, room // len(sheets)))
        try:
            return await self.asker.ask(task.request(self.day.language, material(tokens), longest), read)
        except PromptTooLong:
            if not tokens:
                raise
        return await self.asker.ask(task.request(self.day.language, material(tokens // 2), longest), read)
