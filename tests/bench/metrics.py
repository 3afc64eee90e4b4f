"""The measures of a ranking: how well a score orders, and how well tiers agree."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from bot.model import Tier


def area_under_curve(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """Return the chance that a positive scores above a negative (ROC-AUC); ties count half, an empty side gives nan."""
    count = sum(positive)
    others = len(positive) - count
    if not count or not others:
        return float("nan")
    ranks = below = 0.0
    for _, tied in groupby(sorted(zip(scores, positive, strict=True)), key=lambda pair: pair[0]):
        members = [is_positive for _, is_positive in tied]
        ranks += sum(members) * (below + (len(members) + 1) / 2)
        below += len(members)
    return (ranks - count * (count + 1) / 2) / (count * others)


def macro_f1(truth: Sequence[Tier], said: Sequence[Tier]) -> float:
    """Return the mean over the tiers of F1, the harmonic mean of precision and recall."""
    hits = Counter(a for a, b in zip(truth, said, strict=True) if a is b)
    sizes = Counter(truth) + Counter(said)
    return sum(2 * hits[tier] / sizes[tier] for tier in Tier if sizes[tier]) / len(Tier)


def kappa(truth: Sequence[Tier], said: Sequence[Tier]) -> float:
    """Return Cohen's kappa: agreement beyond what chance alone would give."""
    total = len(truth)
    agreed = sum(a is b for a, b in zip(truth, said, strict=True)) / total
    chance = sum(Counter(truth)[tier] * Counter(said)[tier] for tier in Tier) / total**2
    return (agreed - chance) / (1 - chance) if chance < 1 else 0.0
