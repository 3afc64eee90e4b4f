"""What no model decides: the least and the most that a change can be, and how many of a day are high. Pure."""

from collections.abc import Mapping, Sequence

from bot.digest.rules.files import Shape, shape_of
from bot.digest.rules.paths import Role
from bot.model import Analysis, ChangeType, Commit, Tier

_AT_LEAST_HIGH, _SHARE_HIGH = 3, 0.2
_AT_MOST_MEDIUM = (Role.LOCK, Role.GENERATED, Role.TEST, Role.BENCHMARK)
_CERTAIN = (
    (ChangeType.TEST, (Role.TEST, Role.BENCHMARK)),
    (ChangeType.DOCUMENTATION, (Role.DOCUMENTATION, Role.ASSET, Role.CHANGELOG)),
    (ChangeType.CI, (Role.CI,)),
    (ChangeType.DEPENDENCIES, (Role.LOCK,)),
    (ChangeType.DEPENDENCIES, (Role.LOCK, Role.MANIFEST)),
)
"""The types that the touched files leave no doubt about."""


def most_high(changes: int) -> int:
    """Return how many changes of a day may be high."""
    return max(_AT_LEAST_HIGH, int(changes * _SHARE_HIGH))


def type_of(commit: Commit, rules: Analysis, said: ChangeType) -> ChangeType:
    """Return the type that a model says, or that of the rules where what is touched cannot be mistaken."""
    if rules.change_type in (ChangeType.REVERT, ChangeType.RELEASE):
        return rules.change_type
    shape = shape_of(commit.files)
    certain = any(rules.change_type is kind and shape.only(*roles) for kind, roles in _CERTAIN)
    return rules.change_type if certain else said


def bounded(commit: Commit, rules: Analysis, change_type: ChangeType, tier: Tier) -> Tier:
    """Return the tier within what a change of this kind can have."""
    if tier is Tier.LOW and (rules.breaking or ChangeType.SECURITY in (change_type, rules.change_type)):
        return Tier.MEDIUM
    return Tier.MEDIUM if tier is Tier.HIGH and _minor(shape_of(commit.files)) else tier


def surplus(order: Sequence[str], tiers: Mapping[str, Tier], taken: int, changes: int) -> frozenset[str]:
    """Return which high changes are too many, given how many places are taken; `order` has the first first."""
    high = [sha for sha in order if tiers[sha] is Tier.HIGH]
    return frozenset(high[max(0, most_high(changes) - taken) :])


def _minor(shape: Shape) -> bool:
    return shape.only(*_AT_MOST_MEDIUM)
