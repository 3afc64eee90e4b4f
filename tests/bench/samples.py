"""Makes samples of a repository: what the rules see of each change, and the tier that its changelog gives it.

The changelog's files and fragments are taken out of a change before the rules see it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.digest.rules import PATCH_LIMITS
from bot.digest.rules.facts import Facts, gather
from bot.digest.rules.paths import Role, role_of
from bot.digest.rules.signals import signals_of
from bot.model import Commit, Patch, Tier
from tests.bench.history import newest_changes
from tests.bench.truth import label

_FEWEST = 50
_RARELY = 0.03


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled change as the rules see it. `hard` is whether a person made it and it touches source."""

    change: Commit
    patch: Patch | None
    facts: Facts
    signals: Mapping[str, float]
    tier: Tier
    hard: bool

    @property
    def notable(self) -> bool:
        """Whether the changelog lists it for its readers."""
        return self.tier is not Tier.LOW


def samples_of(repository: Path, limit: int) -> list[Sample]:
    """Return the samples of a repository's newest changes, as far as its changelog covers them."""
    changes, patches = newest_changes(repository, limit, PATCH_LIMITS)
    return [
        sample(item.change, patches.get(item.change.sha), item.tier) for item in label(repository, changes, patches)
    ]


def sample(change: Commit, patch: Patch | None, tier: Tier) -> Sample:
    """Return the sample of a change without its changelog."""
    bare = replace(change, files=tuple(file for file in change.files if role_of(file.path) is not Role.CHANGELOG))
    if patch:
        patch = replace(patch, files=tuple(file for file in patch.files if role_of(file.path) is not Role.CHANGELOG))
    facts = gather(bare, patch)
    hard = not facts.bot and facts.shape.roles[Role.SOURCE] > 0
    return Sample(bare, patch, facts, signals_of(facts), tier, hard)


def without_other_products(samples: list[Sample]) -> list[Sample]:
    """Return the samples without those of an area that the changelog leaves out: another product in the repository."""
    areas = Counter[str]()
    listed = Counter[str]()
    for one in samples:
        area = _area(one)
        areas[area] += 1
        listed[area] += one.notable
    others = {area for area, count in areas.items() if area and count >= _FEWEST and listed[area] < _RARELY * count}
    return [one for one in samples if _area(one) not in others]


def _area(one: Sample) -> str:
    return one.facts.message.areas[0].lower().strip("`") if one.facts.message.areas else ""
