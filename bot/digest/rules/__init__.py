"""The rule analyst: the type, area, tier and summary of a change, without a model.

    message, prose      what the author says, without the marks around it
    vocabulary, words   what the words of a subject say
    authors             people and machines
    paths, files        what is touched, and what that is for
    patches             what of the surface comes and goes
    kinds, areas        the type of a change, and its area
    facts               all of that, gathered once
    signals, weights    the same as numbers, and what the fitted weights make of them
    tiers, reasons      the lines between high, medium and low, and why
    summary             the author's own sentences

Everything here is pure, and knows one change at a time: a tier does not depend on the day around it.
"""

from bot.digest.rules.areas import area_of
from bot.digest.rules.facts import gather
from bot.digest.rules.patches import PATCH_LIMITS
from bot.digest.rules.reasons import reasons_for
from bot.digest.rules.signals import signals_of
from bot.digest.rules.summary import summarise
from bot.digest.rules.tiers import rank
from bot.digest.rules.weights import fitted
from bot.model import RULES, Analysis, Commit, Patch

__all__ = ["PATCH_LIMITS", "analyse"]


def analyse(commit: Commit, patch: Patch | None) -> Analysis:
    """Return what the rules say of a change; without its patch, or with one that is unread, they say a little less."""
    facts = gather(commit, patch)
    signals, models = signals_of(facts), fitted()
    score, tier = rank(facts, models.notable.chance(signals), models.high.chance(signals))
    return Analysis(
        change_type=facts.change_type,
        area=area_of(facts.message, facts.shape, commit.files),
        breaking=facts.breaking,
        tier=tier,
        score=score,
        reasons=reasons_for(facts, tier),
        analyst=RULES,
        headline=facts.message.headline,
        summary="" if facts.mechanical else summarise(facts.message, facts.prose),
    )
