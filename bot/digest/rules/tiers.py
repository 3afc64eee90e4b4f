"""Draws the lines between high, medium and low: by the fitted chances, within bounds that no chance may cross.

The bounds are what a reader takes for granted: documentation, tests, upkeep and rearranged code are never high; what
its author calls breaking is never low.
"""

from bot.digest.rules.facts import Facts
from bot.digest.rules.paths import Role
from bot.model import ChangeType, Tier

_NOTABLE = 0.42
"""The chance of being notable from which a change is not low. Lines between 0.35 and 0.55 do about as well on projects
that were left out; this one is low enough for a plain fix without a test in a project without pull requests."""
_HIGH = 0.4
"""The chance of being high from which a notable change is."""

_NEVER_HIGH = frozenset(
    {
        ChangeType.DOCUMENTATION,
        ChangeType.TEST,
        ChangeType.CI,
        ChangeType.DEPENDENCIES,
        ChangeType.RELEASE,
        ChangeType.BUILD,
    }
)
_LOW = frozenset({ChangeType.TEST, ChangeType.CI, ChangeType.RELEASE})


def rank(facts: Facts, notable: float, high: float) -> tuple[float, Tier]:
    """Return a change's score and its tier, by the chances that it is notable, and then that it is high.

    The score is the first chance alone: mixing the second in was tried, and orders notable changes against low ones
    worse in most projects.
    """
    return round(notable, 6), _bounded(facts, _tier(notable, high))


def _tier(notable: float, high: float) -> Tier:
    if notable < _NOTABLE:
        return Tier.LOW
    return Tier.HIGH if high >= _HIGH else Tier.MEDIUM


def _bounded(facts: Facts, tier: Tier) -> Tier:
    sourced = Role.SOURCE in facts.shape.roles or not facts.shape.roles
    if facts.breaking and sourced and not facts.bot:
        return Tier.HIGH
    if facts.change_type in _LOW or facts.surface.comments_only:
        return Tier.LOW
    if facts.change_type is ChangeType.SECURITY and sourced and tier is not Tier.LOW:
        return Tier.HIGH
    rearranges = facts.change_type is ChangeType.REFACTOR and facts.words.verb != "remove"
    if tier is Tier.HIGH and (facts.change_type in _NEVER_HIGH or rearranges or not sourced):
        return Tier.MEDIUM
    return tier
