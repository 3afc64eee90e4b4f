"""What people thought of tiers is told to a triage, and told apart from other days."""

from dataclasses import replace

import pytest

from bot.digest.analyst.sheets import interests
from bot.digest.examples import MOST_EXAMPLES, examples_of
from bot.digest.keys import day_key
from bot.model import EVERYBODY, Leaning, Tier, TierOpinion
from tests.digest.analyst.attacks import ATTACKS, Attack
from tests.digest.analyst.support import ROCKET, THURSDAY, bench, busy, day
from tests.digest.written import NOON

OPINION = TierOpinion("ada", "acme/rocket", "1" * 40, Tier.HIGH, Leaning.TOO_HIGH, "Bump the linter", NOON)


def test_opinions_are_lines_once_each() -> None:
    """Two people who agree are one example, and there are no more than a triage has use for."""
    low = replace(OPINION, tier=Tier.LOW, leaning=Leaning.TOO_LOW, headline="Drop the flag")
    assert examples_of([OPINION, replace(OPINION, user="grace"), low]) == (
        "high was too high: Bump the linter",
        "low was too low: Drop the flag",
    )
    many = [replace(OPINION, headline=f"Bump {number}") for number in range(50)]
    assert len(examples_of(many)) == MOST_EXAMPLES


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_a_headline_that_could_instruct_is_no_example(attack: Attack) -> None:
    """A triage reads a whole day at once, so what a stranger wrote must not speak there."""
    assert not [line for line in examples_of([replace(OPINION, headline=attack.text)]) if attack.reaches(line)]


async def test_a_triage_reads_the_examples() -> None:
    """They stand before the changes, beside what the readers care about; without any there is no word of them."""
    changes = replace(day(*busy(3)), examples=examples_of([OPINION]))
    analyst = bench()
    await analyst.analyse(changes)
    triage = next(request for request in analyst.model.history if request.task == "triage")
    assert 'found wrong: ["high was too high: Bump the linter"]' in triage.material
    assert interests(day(*busy(3))) == ""


def test_a_day_without_examples_is_known_by_the_key_that_it_had() -> None:
    """With examples it is another day: what is high depends on them."""
    without = day_key(ROCKET, THURSDAY, "en", EVERYBODY)
    assert without == day_key(ROCKET, THURSDAY, "en", EVERYBODY, ())
    assert without != day_key(ROCKET, THURSDAY, "en", EVERYBODY, ("high was too high: Bump the linter",))
