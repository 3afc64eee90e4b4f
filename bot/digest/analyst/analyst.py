"""Analyses a day with a language model; what the model cannot do is the rules'."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.asking import Asker, Budget, Observer, unobserved
from bot.digest.analyst.answers import Judged, JudgedAlone
from bot.digest.analyst.bounds import bounded, surplus, type_of
from bot.digest.analyst.day import AnalystSettings, Change, Day, Findings
from bot.digest.analyst.depth import Depth, DepthWriting
from bot.digest.analyst.errands import notes_on
from bot.digest.analyst.grounding import Grounding
from bot.digest.analyst.sentences import whole_sentences
from bot.digest.analyst.sheets import Sheet, write_sheets
from bot.digest.analyst.triage import DayTriage, Judgement
from bot.digest.analyst.writing import Writer
from bot.digest.diffs import KEPT_TOKENS, PATCH_LIMITS, prepare
from bot.digest.keys import day_key
from bot.model import Analysis, ChangeType, Commit, DepthText, Patch, Phrase, Tier, Verdict
from bot.ports import NO_TRACER, Analyses, Clock, LanguageModel, Progress, Spending, Tracer
from bot.ports.tracing import CHANGES, spanning
from bot.prompts import OURS, Prompts

_NAMES_A_TIER = re.compile(r"\b(?:high|medium|low)\b|[高中低](?:级|優先|优先|重要|等级)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where is kept what models said, and what they took."""

    analyses: Analyses
    spending: Spending


class ModelAnalyst:
    """Analyses days with a language model. `observe` is told of every call, and of every claim that is dropped."""

    def __init__(
        self,
        model: LanguageModel,
        kept: Kept,
        settings: AnalystSettings,
        clock: Clock,
        observe: Observer | None = None,
        prompts: Prompts = OURS,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        self._model = model
        self._kept = kept
        self._settings = settings
        self._clock = clock
        self._observe = observe or unobserved
        self._prompts = prompts
        self._tracer = tracer

    limits = PATCH_LIMITS
    """How much of a patch `prepare` chooses from."""

    async def prepare(self, commit: Commit, rules: Analysis, patch: Patch) -> Change:
        """Return a change as `analyse` takes it: of its patch no more is kept than could be shown."""
        # Masking and ranking a large patch takes a while, in which others want to be heard.
        return Change(commit, rules, await asyncio.to_thread(prepare, commit, patch, KEPT_TOKENS))

    async def analyse(self, day: Day, progress: Progress) -> Findings:
        """Return what is found out about every change; what was found out before costs nothing.

        Progress is advanced once a change. What a model or its server does wrong is said in the findings. Raises
        StoreUnavailable and StoreError.
        """
        asker = self._asker()
        # Masking and ranking a busy day takes a while, in which others want to be heard.
        sheets = await asyncio.to_thread(write_sheets, day)
        return await _Analysis(day, sheets, asker, self._kept.analyses, progress, self._tracer).findings()

    async def write_in_full(self, day: Day) -> Depth:
        """Return what is written of a day's changes as of high ones, whatever their tiers; it is kept like any text.

        What a model or its server does wrong is said in it. Raises StoreUnavailable and StoreError.
        """
        sheets = await asyncio.to_thread(write_sheets, day)
        writer = Writer(self._asker(), day)
        return await DepthWriting(writer, self._kept.analyses, Grounding, lambda: None).write(sheets, [], {})

    def _asker(self) -> Asker:
        budget = Budget(self._settings.digest_limit, self._settings.day_limit, self._kept.spending, self._clock)
        return Asker(self._model, budget, self._observe, self._prompts)


class _Analysis:
    """One day on its way."""

    def __init__(
        self,
        day: Day,
        sheets: Sequence[Sheet],
        asker: Asker,
        analyses: Analyses,
        progress: Progress,
        tracer: Tracer,
    ) -> None:
        self._day = day
        self._sheets = {sheet.commit.sha: sheet for sheet in sheets}
        self._asker = asker
        self._analyses = analyses
        self._progress = progress
        self._tracer = tracer
        self._groundings: dict[str, Grounding] = {}
        self._triaged: frozenset[str] = frozenset()
        self._writer = Writer(asker, day)
        self._writing = DepthWriting(self._writer, analyses, self._grounding, progress.advance)

    async def findings(self) -> Findings:
        """Triage, then depth."""
        with spanning(self._tracer, "triage", {CHANGES: len(self._sheets)}):
            verdicts, judgement = await self._triage()
        with spanning(self._tracer, "analyse", {CHANGES: len(self._sheets)}):
            depth = await self._depth(verdicts, judgement.judged)
        return self._found(verdicts, depth, judgement.failed)

    async def _triage(self) -> tuple[dict[str, Verdict], Judgement]:
        """Return what was judged, now or before, and what of it was judged now."""
        day = self._day
        key = day_key(day.repository, day.window, day.language, day.audience, day.examples)
        known = dict(await self._analyses.verdicts(key, self._sheets))
        self._triaged = frozenset(self._sheets) - known.keys()
        triage = DayTriage(list(self._sheets.values()), known, self._writer)
        judgement = await triage.judge()
        verdicts = known | self._verdicts(judgement.judged, known)
        await self._analyses.keep_verdicts(key, {sha: verdicts[sha] for sha in verdicts if sha not in known})
        # Whoever judged the same day at the same time may have been first; what was kept first holds.
        verdicts |= await self._analyses.verdicts(key, verdicts)
        return verdicts, judgement

    def _grounding(self, sheet: Sheet) -> Grounding:
        return self._groundings.setdefault(sheet.commit.sha, Grounding(sheet))

    def _verdicts(self, judged: Mapping[str, Judged], known: Mapping[str, Verdict]) -> dict[str, Verdict]:
        """Return the verdicts within their bounds: those that a model gave now."""
        types, tiers = {}, {}
        for sha, said in judged.items():
            commit, rules = self._sheets[sha].commit, self._sheets[sha].rules
            types[sha] = type_of(commit, rules, said.change_type)
            tiers[sha] = bounded(commit, rules, types[sha], said.tier)
            if self._sheets[sha].suspicious and tiers[sha] is Tier.HIGH and rules.tier is not Tier.HIGH:
                tiers[sha] = Tier.MEDIUM
        taken = sum(verdict.tier is Tier.HIGH for verdict in known.values())
        # A change whose text might speak for itself takes no place from another.
        order = sorted(
            judged,
            key=lambda sha: (
                self._sheets[sha].suspicious,
                -judged[sha].importance,
                -self._sheets[sha].rules.score,
                sha,
            ),
        )
        for sha in surplus(order, tiers, taken, len(self._sheets)):
            tiers[sha] = Tier.MEDIUM
        return {sha: self._verdict(said, types[sha], tiers[sha], self._sheets[sha]) for sha, said in judged.items()}

    def _verdict(self, said: Judged, change_type: ChangeType, tier: Tier, sheet: Sheet) -> Verdict:
        """Return a verdict in words that are whole and supported; the author's where the model's are not."""
        reason, headline, line = self._grounding(sheet).words(said)
        rules = sheet.rules
        told = whole_sentences(rules.summary)
        return Verdict(
            tier=tier,
            # A change whose text might speak for itself is put in order by what the rules think of it.
            importance=rules.score if sheet.suspicious else said.importance / 100,
            reason="" if tier is not said.tier and _NAMES_A_TIER.search(reason) else reason,
            change_type=change_type,
            headline=headline or rules.headline,
            line=line or (told[0] if told else rules.headline),
            model=self._asker.model.name(light=not isinstance(said, JudgedAlone)),
        )

    async def _depth(self, verdicts: Mapping[str, Verdict], judged: Mapping[str, Judged]) -> Depth:
        by_tier: dict[Tier, list[Sheet]] = {tier: [] for tier in Tier}
        for sha, verdict in verdicts.items():
            by_tier[verdict.tier].append(self._sheets[sha])
        self._progress.advance(len(self._sheets) - len(by_tier[Tier.HIGH]) - len(by_tier[Tier.MEDIUM]))
        given = {sha: said.written for sha, said in judged.items() if isinstance(said, JudgedAlone)}
        return await self._writing.write(by_tier[Tier.HIGH], by_tier[Tier.MEDIUM], given)

    def _found(self, verdicts: Mapping[str, Verdict], depth: Depth, failed: Mapping[str, Phrase]) -> Findings:
        analyses = self._by_rules(verdicts) | {
            sha: self._analysis(self._sheets[sha], verdict, depth.texts.get(sha)) for sha, verdict in verdicts.items()
        }
        fallback = {**failed, **depth.failed}
        dropped = [each for grounding in self._groundings.values() for each in grounding.dropped]
        for each in dropped:
            self._asker.observe(each)
        asked = self._triaged | depth.asked
        return Findings(
            analyses=analyses,
            fallback=fallback,
            dropped=len(dropped),
            masked=sum(self._sheets[sha].masked for sha in asked),
            usage=self._asker.used,
            notes=notes_on(fallback),
        )

    def _by_rules(self, verdicts: Mapping[str, Verdict]) -> dict[str, Analysis]:
        """Return what the rules say of changes without a verdict; no more are high than there are places."""
        rules = {sha: sheet.rules for sha, sheet in self._sheets.items() if sha not in verdicts}
        if not verdicts:
            return rules
        taken = sum(verdict.tier is Tier.HIGH for verdict in verdicts.values())
        order = sorted(rules, key=lambda sha: (-rules[sha].score, sha))
        many = surplus(order, {sha: each.tier for sha, each in rules.items()}, taken, len(self._sheets))
        return {sha: replace(each, tier=Tier.MEDIUM) if sha in many else each for sha, each in rules.items()}

    def _analysis(self, sheet: Sheet, verdict: Verdict, text: DepthText | None) -> Analysis:
        said = text.change_type if text and text.change_type else verdict.change_type
        return Analysis(
            change_type=type_of(sheet.commit, sheet.rules, said),
            area=sheet.rules.area,
            breaking=sheet.rules.breaking,
            tier=verdict.tier,
            score=verdict.importance,
            reasons=(verdict.reason,) if verdict.reason else sheet.rules.reasons,
            analyst=self._asker.model.name() if text else verdict.model,
            headline=verdict.headline,
            summary=(text.summary if text else "") or verdict.line,
            depth=text,
        )
