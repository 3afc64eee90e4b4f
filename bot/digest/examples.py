"""What people thought of earlier tiers, as examples for a triage. Pure."""

from collections.abc import Iterable

from bot.digest.analyst.characters import one_line
from bot.digest.analyst.quarantine import hides, instructs
from bot.model import Leaning, TierOpinion

MOST_EXAMPLES = 12
_LONGEST = 160


def examples_of(opinions: Iterable[TierOpinion]) -> tuple[str, ...]:
    """Return opinions in a line each, once each.

    A headline may be in the words of whoever wrote the change: one that could instruct a model is left out, since the
    triage reads a whole day at once.
    """
    lines = (
        f"{_told(opinion)}: {one_line(opinion.headline)[:_LONGEST]}"
        for opinion in opinions
        if not (instructs(opinion.headline) or hides(opinion.headline))
    )
    return tuple(dict.fromkeys(lines))[:MOST_EXAMPLES]


def _told(opinion: TierOpinion) -> str:
    return f"{opinion.tier} was too {'high' if opinion.leaning is Leaning.TOO_HIGH else 'low'}"
