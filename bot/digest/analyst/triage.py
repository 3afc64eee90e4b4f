"""The day as a whole: every change gets a tier, a type, a headline and a line, compared with all others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from bot.asking import fence
from bot.digest.analyst.answers import Judged
from bot.digest.analyst.errands import FAILURES, together, why
from bot.digest.analyst.matching import by_sha
from bot.digest.analyst.sheets import Sheet, interests
from bot.digest.analyst.tasks import task
from bot.digest.analyst.writing import Writer
from bot.digest.diffs import TRIAGE_TOKENS, estimate
from bot.errors import AnswerTooLong, ModelError, PromptTooLong
from bot.model import Phrase, Verdict
from bot.ports import ModelRequest

_MOST_AT_ONCE = 60
"""Changes that one call judges: more would make an answer that takes minutes to write."""
_ANSWER, _ANSWER_EACH = 2_000, 240
_REST_SHARE = 0.25
"""How much of what a model can read the rest of the period may take."""
_SHARE = 0.9
"""Tokens are estimated; this much of a model's context is used."""


@dataclass(slots=True)
class Judgement:
    """What the triage found: what was said by sha, and why nothing could be."""

    judged: dict[str, Judged] = field(default_factory=dict)
    failed: dict[str, Phrase] = field(default_factory=dict)


class DayTriage:
    """Triages one day, with what is known of it already."""

    def __init__(self, sheets: Sequence[Sheet], known: Mapping[str, Verdict], writer: Writer) -> None:
        self._day = writer.day
        self._sheets = sheets
        self._known = known
        self._asker = writer.asker
        self._writer = writer
        self._task = task("triage", writer.asker.prompts)
        self._found = Judgement()

    async def judge(self) -> Judgement:
        """Return what a model says of the changes that are not known. Raises StoreUnavailable and StoreError."""
        new = [sheet for sheet in self._sheets if sheet.commit.sha not in self._known]
        shared = [sheet for sheet in new if not sheet.suspicious]
        alone = [sheet for sheet in new if sheet.suspicious]
        await together(chain(map(self._part, self._parts(shared)), map(self._alone, alone)))
        return self._found

    async def _part(self, part: Sequence[Sheet]) -> None:
        """Judge changes in one call; what is missing in the answer is asked for once more, by itself."""
        try:
            missing = await self._ask(part)
            if missing:
                missing = await self._ask(missing, again=True)
        except (PromptTooLong, AnswerTooLong) as error:
            await self._halves(part, error)
        except FAILURES as error:
            self._failed(part, why(error))
        else:
            self._failed(missing, Phrase.of("fallback-unusable"))

    async def _halves(self, part: Sequence[Sheet], error: ModelError) -> None:
        middle = len(part) // 2
        if middle:
            await together(map(self._part, (part[:middle], part[middle:])))
        else:
            self._failed(part, why(error))

    async def _ask(self, part: Sequence[Sheet], *, again: bool = False) -> Sequence[Sheet]:
        """Ask about changes, and return those of which nothing valid was said."""
        read = partial(by_sha, sheets=part, shape=Judged)
        request = self._request(part, ", which an earlier answer left out, named twice or got wrong" if again else "")
        said = await self._asker.ask(request, read, repair=not again)
        self._found.judged |= said
        return [sheet for sheet in part if sheet.commit.sha not in said]

    async def _alone(self, sheet: Sheet) -> None:
        try:
            self._found.judged[sheet.commit.sha] = await self._writer.alone(sheet)
        except FAILURES as error:
            self._failed([sheet], why(error))

    def _failed(self, part: Sequence[Sheet], reason: Phrase) -> None:
        for sheet in part:
            if sheet.commit.sha not in self._found.judged:
                self._found.failed[sheet.commit.sha] = reason

    def _request(self, part: Sequence[Sheet], remark: str) -> ModelRequest:
        judged = [(f"change {sheet.id}", sheet.for_triage(TRIAGE_TOKENS)) for sheet in part]
        rest = [("the rest of the period, for comparison", text)] if (text := self._rest(part)) else []
        material = f"{interests(self._day)}To judge: {len(part)} changes{remark}.\n{fence([*judged, *rest])}"
        longest = min(_ANSWER + _ANSWER_EACH * len(part), self._asker.model.context // 2)
        return self._task.request(self._day.language, material, longest, light=True)

    def _rest(self, part: Sequence[Sheet]) -> str:
        """Return the changes that are not to be judged here, a line each, as many as there is room for."""
        here = {sheet.id for sheet in part}
        others = sorted((each for each in self._sheets if each.id not in here), key=lambda each: -each.rules.score)
        room = int(self._asker.model.context * _REST_SHARE)
        lines: list[str] = []
        for sheet in others:
            known = self._known.get(sheet.commit.sha)
            line = f"{sheet.outline()} [judged: {known.tier}]" if known else sheet.outline()
            room -= estimate(line)
            if room < 0:
                lines.append(f"[… {len(others) - len(lines)} changes more]")
                break
            lines.append(line)
        return "\n".join(lines)

    def _parts(self, sheets: Sequence[Sheet]) -> list[list[Sheet]]:
        """Split the changes into as few calls as there is room for, of about the same size."""
        fixed = _ANSWER + estimate(self._task.instructions(self._day.language) + interests(self._day))
        fixed += estimate(str(dict(self._task.schema)))
        fixed += min(
            sum(estimate(sheet.outline()) for sheet in self._sheets), int(self._asker.model.context * _REST_SHARE)
        )
        room = int(self._asker.model.context * _SHARE) - fixed
        costs = [estimate(sheet.for_triage(TRIAGE_TOKENS)) + _ANSWER_EACH for sheet in sheets]
        least = max(-(-len(sheets) // _MOST_AT_ONCE), -(-sum(costs) // max(room, 1)), 1)
        most = -(-len(sheets) // least)
        parts: list[list[Sheet]] = []
        left = 0
        for sheet, cost in zip(sheets, costs, strict=True):
            if not parts or len(parts[-1]) >= most or cost > left:
                parts.append([])
                left = room
            parts[-1].append(sheet)
            left -= cost
        return parts
