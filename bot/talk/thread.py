"""What is said to the bot in the thread of a digest -> a command about a change; everything else is a question. Pure.

A change is named by the number of its pull request (`#17028`, `!12`) or by the first digits of its sha. Where none is
named, the one is meant that was spoken of last.
"""

import re
import unicodedata
from dataclasses import dataclass

from bot.model import Leaning, Tier

_LONGEST = 500
_NAME = r"(?:[#!][0-9]{1,9}|[0-9a-f]{7,40})"
_OPTIONAL = rf"(?:\s*(?:on|about|for|of)?\s*(?P<name>{_NAME}))?"
_TIERS = {
    "high": Tier.HIGH,
    "高": Tier.HIGH,
    "medium": Tier.MEDIUM,
    "中": Tier.MEDIUM,
    "low": Tier.LOW,
    "低": Tier.LOW,
}
_TIER = rf"(?P<tier>{'|'.join(_TIERS)})"
_TOO_HIGH = r"(?P<high>too high|(?:太|过|偏)高了?)"
_TOO_LOW = r"(?P<low>too low|(?:太|过|偏)低了?)"

_MORE = re.compile(
    rf"(?:more|tell me more|explain more)\s*(?:on|about|of)?\s*(?P<name>{_NAME})"
    rf"|(?:详细(?:说说|分析|讲讲)?|展开(?:说说|讲讲)?|更多关于|更多)\s*(?P<named>{_NAME})"
)
_WHY = re.compile(
    rf"(?:explain\s+)?why\s+(?:is\s+(?:it|this|(?P<before>{_NAME}))\s+)?{_TIER}{_OPTIONAL}"
    rf"|(?:解释一?下?)?\s*(?P<front>{_NAME})?\s*为什么(?:是|这么|评为)?\s*(?P<chinese>[高中低])级?\s*(?P<back>{_NAME})?"
)
_RATE = re.compile(
    rf"(?:(?P<front>{_NAME})\s*(?:is|的?级别|评得)?\s*)?(?:{_TOO_HIGH}|{_TOO_LOW})(?:\s*(?::|：|for)?\s*(?P<back>{_NAME}))?"
)
_DIFF = re.compile(rf"(?:diff|差异|改动)\s+(?P<name>{_NAME})(?:\s+(?P<path>\S(?:.*\S)?))?")
_USEFUL = re.compile(r"(?:(?:that|this) (?:is|was) )?(?:useful|helpful)|有用|有帮助")
_USELESS = re.compile(r"(?:(?:that|this) (?:is|was) )?(?:not (?:useful|helpful)|useless)|没有?用|没有?帮助|无用")
_END = " \t\n.!?。！？"


@dataclass(frozen=True, slots=True)
class More:
    """A wish for an analysis of a change in full depth."""

    name: str


@dataclass(frozen=True, slots=True)
class Why:
    """A wish to know why changes have their tier: a change, or else all of the tier."""

    tier: Tier
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """An opinion on the tier of a change."""

    leaning: Leaning
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ShowDiff:
    """A wish to see what a change does to a file, or to all of its files."""

    name: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """An opinion on the last answer."""

    useful: bool


ThreadCommand = More | Why | Rate | ShowDiff | Judge


def parse_thread_command(text: str) -> ThreadCommand | None:
    """Return the command that a text is, without the bot's name; None if it is a question."""
    if len(text) > _LONGEST:
        return None
    said = " ".join(unicodedata.normalize("NFKC", text).split()).strip(_END)
    folded = said.lower()
    if found := _MORE.fullmatch(folded):
        return More(found["name"] or found["named"])
    if found := _RATE.fullmatch(folded):
        return Rate(Leaning.TOO_HIGH if found["high"] else Leaning.TOO_LOW, found["front"] or found["back"])
    if found := _WHY.fullmatch(folded):
        tier = _TIERS[found["tier"] or found["chinese"]]
        return Why(tier, found["before"] or found["name"] or found["front"] or found["back"])
    if _USEFUL.fullmatch(folded) or _USELESS.fullmatch(folded):
        return Judge(_USEFUL.fullmatch(folded) is not None)
    if found := _DIFF.fullmatch(said):  # a path has its own case
        return ShowDiff(found["name"], found["path"])
    return None
