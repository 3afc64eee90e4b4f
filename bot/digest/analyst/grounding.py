"""Keeps of a model's words what the change supports and what is whole; counts the rest. Pure.

A number, link or file that the change does not have goes with its clause, or with its sentence where it is the main
one. A text that does not end as a sentence ends with its last whole one. What is left is plain text in one line.
"""

import re
from collections.abc import Iterable, Sequence

from bot.asking import Dropped
from bot.digest.analyst.answers import Affected, Insight, Judged, Risk, Written, WrittenInFull
from bot.digest.analyst.characters import one_line, without_emoji
from bot.digest.analyst.evidence import Evidence
from bot.digest.analyst.sentences import clauses, ending, joined, whole_sentences
from bot.digest.analyst.sheets import Sheet
from bot.model import DepthText
from bot.model import Insight as InsightText
from bot.model import Risk as RiskText

HEADLINE, SENTENCE, PARAGRAPH = 200, 400, 1_200
"""Characters that a text may have at most; what is longer ends with an earlier sentence."""
_LONGEST_READ = 8_000
_MOST_SCOPE, _MOST_RISKS, _MOST_ADVICE = 8, 4, 4

_LINK = re.compile(r"!?\[([^\]\[]{0,300})\]\s?\([^()\s]{0,2000}(?:\s[^()]{0,300})?\)")
_REFERENCE = re.compile(r"!?\[([^\]\[]{1,300})\]\[[^\]]{0,100}\]")
_MARKS = re.compile(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1")
_LEAD = re.compile(r"^(?:#{1,6}\s+|[-*+•>]\s+|\d{1,2}[.)]\s+)+")
_GROUP = re.compile(r"\s+\([^()]*\)|\s*（[^（）]*）")
_CONDITION = re.compile(r"(?:unless|if|when|while|without|except|only|not|除非|如果|若|当|只有|除了|仅)", re.IGNORECASE)
_FILLER = re.compile(
    r"^(?:(?:overall|in summary|总的来说|总之|总体而言)[,，]? )?"
    r"(?:this (?:commit|change|pr|pull request|update|patch) (?:improves|enhances|increases) (?:the )?(?:overall )?"
    r"(?:code )?(?:quality|readability|maintainability|clarity|stability|robustness)(?: and (?:\w+ )?\w+)?"
    r"|(?:add|write|consider adding|run|extend|include) (?:more |the |unit |regression |some )*tests?"
    r"(?: coverage| cases?| suite)?"
    r"|(?:update|review|check) (?:the )?(?:docs|documentation|changelog|code)(?: accordingly)?"
    r"|(?:monitor|watch|test|review|check) (?:\w+ )?(?:closely|carefully|thoroughly|regularly)"
    r"|(?:no (?:risks?|advice|action|insights?)[^.]{0,30}|none|n/?a|not applicable)"
    r"|nothing(?: to (?:do|add|say|report))?"
    r"|(?:建议)?(?:增加|添加|补充|完善)(?:更多)?(?:的)?(?:单元|回归)?测试(?:用例|覆盖)?|(?:更新|完善)(?:相关)?文档"
    r"|(?:无|暂无|没有)(?:明显)?(?:风险|建议|影响)?|密切关注|持续关注)\s*[.!。！]*$",
    re.IGNORECASE,
)


class Grounding:
    """Reads what a model says of one change. `dropped` grows with what is not kept."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._evidence = Evidence(sheet)
        self.dropped: list[Dropped] = []

    def text(self, raw: str, most: int = PARAGRAPH) -> str:
        """Return the whole sentences of a text that the change supports, as many as fit; empty if there are none."""
        plain = _plain(raw)
        sentences = whole_sentences(plain)
        if plain and len("".join("".join(sentences).split())) < len("".join(plain.split())):
            self._drop(plain, "not a whole sentence")
        kept: list[str] = []
        for sentence in filter(None, map(self._supported, sentences)):
            if len(joined([*kept, sentence])) > most:
                self._drop(sentence, "too long")
                break
            kept.append(sentence)
        return joined(kept)

    def headline(self, raw: str) -> str:
        """Return a headline, without its full stop; empty if it is not whole or not supported."""
        text = self.text(raw, HEADLINE)
        sentences = whole_sentences(text)
        return sentences[0].rstrip(".。") if sentences else ""

    def sentence(self, raw: str) -> str:
        """Return the first whole sentence of a text that is supported; empty if there is none."""
        sentences = whole_sentences(self.text(raw, SENTENCE))
        return sentences[0] if sentences else ""

    def depth(self, written: Written) -> DepthText:
        """Return what was written, as much of it as is supported; `change_type` as the model says."""
        full = written if isinstance(written, WrittenInFull) else None
        return DepthText(
            scope=self._scope(written.scope),
            insight=self._insight(full.insight) if full else (),
            risks=self._risks(full.risks) if full else (),
            advice=self._advice(written.advice),
            conclusion=(self.text(full.conclusion, SENTENCE) or None) if full else None,
            change_type=written.change_type,
            summary=self.text(written.summary),
        )

    def words(self, judged: Judged) -> tuple[str, str, str]:
        """Return the reason, the headline and the line of a verdict; empty is what is not whole or not supported."""
        return self.sentence(judged.reason), self.headline(judged.headline), self.text(judged.line, SENTENCE)

    def _scope(self, parts: Sequence[Affected]) -> tuple[str, ...]:
        told: dict[str, str] = {}
        for part in parts:
            place = self._evidence.path(_plain(part.path)[:1_000])
            if place is None:
                self._drop(f"{part.path}: {part.what}", "no such file")
            elif place[0] not in told:
                what = self.text(part.what, SENTENCE)
                name = f"`{place[0]}`" if "`" not in place[0] else place[0]
                told[place[0]] = f"{name}: {what}" if what else name
        return self._most(list(told.values()), _MOST_SCOPE)

    def _insight(self, insights: Sequence[Insight]) -> tuple[InsightText, ...]:
        told: dict[str, InsightText] = {}
        for insight in insights:
            text = self.text(insight.text, SENTENCE)
            if text and insight.aspect not in told:
                told[insight.aspect] = InsightText(insight.aspect.value, text)
        return tuple(told.values())

    def _risks(self, risks: Sequence[Risk]) -> tuple[RiskText, ...]:
        told: list[RiskText] = []
        for risk in risks[:_MOST_RISKS]:
            place = self._evidence.path(_plain(risk.path)[:1_000])
            if place is None:
                self._drop(f"{risk.path}: {risk.what}", "no such file")
                continue
            what = self.text(risk.what, SENTENCE)
            text = joined(list(filter(None, (what, self.text(risk.consequence, SENTENCE) if what else ""))))
            if text:
                told.append(RiskText(risk.severity, text, place[0], self._line(place, risk)))
        return tuple(told)

    def _line(self, place: tuple[str, int | None], risk: Risk) -> int | None:
        claimed = risk.line if risk.line is not None else place[1]
        line = self._evidence.line(place[0], claimed)
        if claimed is not None and line is None:
            self._drop(f"{place[0]}:{claimed}", "no such line in the diff")
        return line

    def _advice(self, advice: Iterable[str]) -> tuple[str, ...]:
        return self._most(
            list(dict.fromkeys(filter(None, (self.text(each, SENTENCE) for each in advice)))), _MOST_ADVICE
        )

    def _most(self, texts: list[str], most: int) -> tuple[str, ...]:
        for text in texts[most:]:
            self._drop(text, "too many")
        return tuple(texts[:most])

    def _supported(self, sentence: str) -> str:
        """Return a sentence without the clauses that say what the change does not support."""
        if _FILLER.match(sentence):
            self._drop(sentence, "says nothing of this change")
            return ""
        kept = _GROUP.sub(lambda group: "" if self._doubtful(group[0]) else group[0], sentence)
        parts = clauses(kept)
        doubtful = [self._doubtful(text) for _, text in parts]
        if not any(doubtful):
            return kept
        # Without its main clause, or without a condition, a sentence would say something else.
        if doubtful[0] or any(bad and _CONDITION.match(text) for bad, (_, text) in zip(doubtful, parts, strict=True)):
            return ""
        end = ending(kept)
        rest = "".join(mark + text for bad, (mark, text) in zip(doubtful, parts, strict=True) if not bad)
        rest = rest.removesuffix(end).rstrip(" ,;:，；：、—–-") + end
        whole = whole_sentences(rest)
        return whole[0] if len(whole) == 1 and whole[0] == rest else ""

    def _doubtful(self, text: str) -> bool:
        reasons = {reason for _, _, reason in self._evidence.unsupported(text)}
        for reason in sorted(reasons):
            self._drop(text.strip(), f"{reason} that the change does not have")
        return bool(reasons)

    def _drop(self, text: str, reason: str) -> None:
        self.dropped.append(Dropped(self._sheet.commit.sha, text[:500], reason))


def _plain(raw: str) -> str:
    """Return text in one line, without markup but for backticks."""
    # A text that is cut here must not end with what looks like a full stop by chance.
    text = one_line(without_emoji(raw if len(raw) <= _LONGEST_READ else f"{raw[:_LONGEST_READ]}…"))
    text = _REFERENCE.sub(r"\1", _LINK.sub(r"\1", text))
    return _LEAD.sub("", _MARKS.sub(r"\2", text)).strip()
