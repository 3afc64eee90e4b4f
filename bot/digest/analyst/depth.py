"""What is written of high and medium changes, kept as soon as it is there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from bot.digest.analyst.answers import Written
from bot.digest.analyst.errands import FAILURES, together, why
from bot.digest.analyst.grounding import Grounding
from bot.digest.analyst.sheets import Sheet
from bot.digest.analyst.tasks import task
from bot.digest.analyst.writing import Writer
from bot.digest.diffs import MEDIUM_TOKENS, estimate
from bot.errors import BudgetSpent, ModelError
from bot.model import DepthText, Phrase, Tier
from bot.ports import Analyses, DepthKey

_TOGETHER = 4
"""Medium changes that one call writes about."""


@dataclass(slots=True)
class Depth:
    """What was written by sha, and why nothing could be; `asked` are those that a model was asked about."""

    texts: dict[str, DepthText] = field(default_factory=dict)
    failed: dict[str, Phrase] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)


class DepthWriting:
    """Writes about the changes of one day; `grounding` returns the reader of what is said of a change.

    `done` is called once a change, when all is said of it that will be.
    """

    def __init__(
        self, writer: Writer, analyses: Analyses, grounding: Callable[[Sheet], Grounding], done: Callable[[], None]
    ) -> None:
        self._writer = writer
        self._analyses = analyses
        self._grounding = grounding
        self._done = done
        self._found = Depth()

    async def write(self, high: Sequence[Sheet], medium: Sequence[Sheet], given: Mapping[str, Written]) -> Depth:
        """Return what is written of changes by their tiers; `given` was written of medium ones before.

        Raises StoreUnavailable and StoreError.
        """
        high = await self._unknown(high, Tier.HIGH)
        medium = await self._unknown(medium, Tier.MEDIUM)
        await self._keep(medium, Tier.MEDIUM, given)
        medium = [sheet for sheet in medium if sheet.commit.sha not in given]
        self._found.asked |= {sheet.commit.sha for sheet in (*high, *medium)}
        alone = [sheet for sheet in medium if sheet.suspicious]
        shared = [sheet for sheet in medium if not sheet.suspicious]
        batches = _batches(shared, self._writer.asker.model.context // 2)
        await together(chain(map(self._high, high), map(self._medium, batches), map(self._alone, alone)))
        return self._found

    async def _keep(self, sheets: Iterable[Sheet], tier: Tier, written: Mapping[str, Written]) -> None:
        """Keep what was written of some of the changes, by sha, as much of it as each supports."""
        texts: dict[bool, dict[str, DepthText]] = {False: {}, True: {}}
        for sheet in sheets:
            if sheet.commit.sha not in written:
                continue
            text = self._grounding(sheet).depth(written[sheet.commit.sha])
            if text == DepthText(change_type=text.change_type):
                self._failed([sheet], Phrase.of("fallback-unusable"))
            else:
                texts[sheet.suspicious][sheet.commit.sha] = text
        for suspicious, found in texts.items():
            if not found:
                continue
            await self._analyses.keep_texts(self._key(tier, suspicious=suspicious), found)
            self._found.texts |= found
            for _ in found:
                self._done()

    async def _unknown(self, sheets: Sequence[Sheet], tier: Tier) -> list[Sheet]:
        """Take what is known of changes, and return the others."""
        known: dict[str, DepthText] = {}
        for suspicious in (False, True):
            shas = [sheet.commit.sha for sheet in sheets if sheet.suspicious is suspicious]
            if shas:
                known |= await self._analyses.texts(self._key(tier, suspicious=suspicious), shas)
        self._found.texts |= known
        for sheet in sheets:
            if sheet.commit.sha in known:
                self._done()
        return [sheet for sheet in sheets if sheet.commit.sha not in known]

    async def _high(self, sheet: Sheet) -> None:
        try:
            written = await self._writer.high(sheet)
        except FAILURES as error:
            self._failed([sheet], why(error))
        else:
            await self._keep([sheet], Tier.HIGH, {sheet.commit.sha: written})

    async def _alone(self, sheet: Sheet) -> None:
        try:
            written = await self._writer.alone(sheet)
        except FAILURES as error:
            self._failed([sheet], why(error))
        else:
            await self._keep([sheet], Tier.MEDIUM, {sheet.commit.sha: written.written})

    async def _medium(self, batch: Sequence[Sheet]) -> None:
        """Write about changes in one call; if its answer is of no use, or says nothing of one, about each by itself."""
        try:
            written = await self._writer.medium(batch)
        except FAILURES as error:
            reason = why(error)
            if len(batch) == 1 or isinstance(error, BudgetSpent) or not isinstance(error, ModelError):
                self._failed(batch, reason)
                return
            written = {}
        await self._keep(batch, Tier.MEDIUM, written)
        missing = [sheet for sheet in batch if sheet.commit.sha not in written]
        if len(batch) > 1:
            await together(map(self._medium, ([sheet] for sheet in missing)))
        else:
            self._failed(missing, Phrase.of("fallback-unusable"))

    def _failed(self, sheets: Sequence[Sheet], reason: Phrase) -> None:
        for sheet in sheets:
            self._found.failed[sheet.commit.sha] = reason
            self._done()

    def _key(self, tier: Tier, *, suspicious: bool) -> DepthKey:
        name = "high" if tier is Tier.HIGH else "alone" if suspicious else "medium"
        day, asker = self._writer.day, self._writer.asker
        version = task(name, asker.prompts).version
        return DepthKey(day.repository.full_name, tier, version, asker.model.name(), day.language)


def _batches(sheets: Sequence[Sheet], room: int) -> list[list[Sheet]]:
    """Return changes by the calls that they share, with room for so many tokens in each.

    A diff that could instruct comes into a call of its own.
    """
    batches: list[list[Sheet]] = []
    left = 0
    for sheet in sheets:
        if sheet.suspicious_diff:
            continue
        cost = estimate(sheet.for_depth(MEDIUM_TOKENS, brief=True))
        if not batches or len(batches[-1]) >= _TOGETHER or cost > left:
            batches.append([])
            left = room
        batches[-1].append(sheet)
        left -= cost
    return [*batches, *([sheet] for sheet in sheets if sheet.suspicious_diff)]
