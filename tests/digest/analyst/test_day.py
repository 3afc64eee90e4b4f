"""A day as a whole: what is asked, what is kept, and what comes of it."""

from dataclasses import replace

import pytest

from bot.digest.keys import day_key
from bot.model import Audience, ChangeType, Tier
from bot.ports import ModelRequest
from tests.digest.analyst.support import (
    ROCKET,
    THURSDAY,
    Given,
    bench,
    busy,
    day,
    honest,
    landed,
    sections,
    verdict,
)
from tests.digest.written import file


async def test_a_cold_day_takes_one_triage_and_the_depth_of_what_deserves_it() -> None:
    """A day of 24 changes is one call for all, one a high change, and one for every four medium ones."""
    at = bench()
    found = await at.analyse(busy(24))
    assert at.model.tasks() == ["triage"] + ["high"] * 4 + ["medium"] * 2
    assert found.usage.calls == len(at.model.history) <= 14
    assert at.model.peak == 6
    assert not found.fallback
    assert not found.notes
    assert at.steps.done == 24


async def test_every_change_has_what_its_tier_deserves() -> None:
    """High has everything, medium has no risks, and low has the one line of the triage."""
    found = await bench().analyse(busy(6))
    by_tier = {found.analyses[change.commit.sha].tier: found.analyses[change.commit.sha] for change in busy(6)}
    high, medium, low = (by_tier[tier] for tier in Tier)
    assert high.depth is not None
    assert high.depth.risks[0].path == "engine/part6.py"
    assert high.depth.risks[0].line == 2
    assert high.depth.risks[0].text == "Old clients jump the queue. Others wait longer."
    assert high.depth.conclusion == "Set a default deadline first."
    assert medium.depth is not None
    assert not medium.depth.risks
    assert medium.depth.scope[0].startswith("`engine/part")
    assert medium.summary.startswith("Requests see")
    assert low.depth is None
    assert low.summary.startswith("Callers now see")
    assert (low.analyst, medium.analyst, low.score) == ("model-light", "model-x", 0.1)


async def test_the_same_day_again_costs_nothing() -> None:
    """What was said of a day is said again without a call, word for word."""
    at = bench()
    first = await at.analyse(busy(24))
    calls = len(at.model.history)
    second = await at.analyse(busy(24))
    assert len(at.model.history) == calls
    assert second.analyses == first.analyses
    assert second.usage.calls == 0
    assert second.masked == second.dropped == 0


async def test_a_day_that_grew_asks_only_about_what_is_new() -> None:
    """Three new changes are one triage, which is told the tiers of the others, and one call for the medium one."""
    at = bench()
    await at.analyse(busy(24))
    calls = len(at.model.history)
    found = await at.analyse(busy(27))
    triage, depth = at.model.history[calls:]
    assert set(sections(triage)) == {"00190019", "001a001a", "001b001b"}
    assert triage.material.count("[judged: high]") == 4
    assert set(sections(depth)) == {"00190019"}
    assert len(found.analyses) == 27


async def test_another_audience_has_its_own_tiers_and_the_same_texts() -> None:
    """The interests of an audience go into its triage; what was written of a change is shared by all."""
    at = bench()
    await at.analyse(busy(24))
    calls = len(at.model.history)
    await at.analyse(day(*busy(24), audience=Audience(interests=("we run on AMD",))))
    assert at.model.tasks()[calls:] == ["triage"]
    assert 'Readers\' interests: ["we run on AMD"]' in at.model.history[calls].material
    assert "AMD" not in at.model.history[calls].instructions


async def test_another_language_is_written_anew() -> None:
    """Texts are kept by their language, and the model is told its name."""
    at = bench()
    await at.analyse(busy(6))
    await at.analyse(day(*busy(6), language="zh"))
    assert at.model.tasks() == ["triage", "high", "medium"] * 2
    assert "In Chinese" in at.model.history[3].instructions


async def test_a_crash_loses_nothing_that_was_finished() -> None:
    """What was written before a crash is there afterwards, and only the rest is asked for."""

    class Crash(Exception):
        pass

    at = bench()
    later = [landed(7, "Order requests [high] twice")]

    def answer(request: ModelRequest) -> Given:
        return Crash() if request.task == "high" and "twice" in request.material else honest(request)

    at.model.answer = answer
    with pytest.raises(Crash):
        await at.analyse([*busy(6), *later])
    at.model.answer = honest
    calls = len(at.model.history)
    found = await at.analyse([*busy(6), *later])
    assert "triage" not in at.model.tasks()[calls:]
    assert not found.fallback


async def test_three_hundred_changes_take_half_a_call_each() -> None:
    """The triage of a long day is split into parts that each know of all changes and run at the same time."""
    at = bench()
    found = await at.analyse(busy(300))
    triages = [request for request in at.model.history if request.task == "triage"]
    assert len(triages) == 5
    assert at.model.tasks()[:5] == ["triage"] * 5
    assert len(at.model.history) <= 150
    for request in triages:
        assert all(f"deadline {number}" in request.material for number in range(1, 301))
    assert len(found.analyses) == 300
    assert sum(each.tier is Tier.HIGH for each in found.analyses.values()) == 50


async def test_a_small_context_splits_the_day() -> None:
    """Where a model reads little, every call is within what it can read."""
    at = bench(context=8_000)
    found = await at.analyse(busy(60))
    assert at.model.tasks().count("triage") > 1
    assert not found.fallback


async def test_tiers_stay_within_their_bounds() -> None:
    """Breaking and security are at least medium; locks, generated files and tests are at most medium."""
    changes = [
        landed(1, "feat!: drop the flag [low]"),
        landed(2, "Close a hole [low]"),
        landed(3, "Bump [high]", "poetry.lock"),
        landed(4, "Try more [high]", file("tests/test_queue.py")),
    ]

    def answer(request: ModelRequest) -> Given:
        if request.task != "triage":
            return honest(request)
        kinds = {"00020002": "security"}
        asked = sections(request).items()
        return {"changes": [verdict(name, text, change_type=kinds.get(name, "fix")) for name, text in asked]}

    found = await bench(answer).analyse(changes)
    assert {each.tier for each in found.analyses.values()} == {Tier.MEDIUM}
    assert found.analyses[changes[0].commit.sha].breaking
    assert found.analyses[changes[3].commit.sha].change_type is ChangeType.TEST


async def test_at_most_a_fifth_of_a_day_is_high_by_the_models_own_order() -> None:
    """The most important three of ten stay high; the others become medium, for a reason that stays true."""
    changes = [landed(number, f"Change it [high] {number}") for number in range(1, 11)]

    def answer(request: ModelRequest) -> Given:
        if request.task != "triage":
            return honest(request)
        asked = enumerate(sections(request).items())
        return {"changes": [verdict(n, t, importance=50 + i, reason="It is high risk.") for i, (n, t) in asked]}

    at = bench(answer)
    found = await at.analyse(changes)
    high = {sha for sha, each in found.analyses.items() if each.tier is Tier.HIGH}
    assert high == {change.commit.sha for change in changes[-3:]}
    assert not any("high" in str(each.reasons) for sha, each in found.analyses.items() if sha not in high)

    more = [landed(number, f"Change it [high] {number}") for number in range(11, 13)]
    later = await at.analyse([*changes, *more])
    assert {sha for sha, each in later.analyses.items() if each.tier is Tier.HIGH} == high


def test_the_key_of_a_day_outlives_its_growth() -> None:
    """A day's key depends on repository, start, zone, language and audience, and not on the end."""
    audience = Audience(interests=("a", "b"))
    key = day_key(ROCKET, THURSDAY, "en", audience)
    assert key == day_key(ROCKET, replace(THURSDAY, end=THURSDAY.end.replace(hour=1)), "en", audience)
    assert key == day_key(ROCKET, THURSDAY, "en", Audience(interests=("b", "a")))
    others = {
        day_key(replace(ROCKET, web_url=None), THURSDAY, "en", audience),
        day_key(ROCKET, replace(THURSDAY, start=THURSDAY.start.replace(hour=1)), "en", audience),
        day_key(ROCKET, replace(THURSDAY, timezone="Asia/Shanghai"), "en", audience),
        day_key(ROCKET, THURSDAY, "zh", audience),
        day_key(ROCKET, THURSDAY, "en", Audience(exclude_bots=True)),
    }
    assert len(others | {key}) == 6


async def test_instructions_are_the_same_for_every_request_of_a_task() -> None:
    """What stands first is shared by all days, so that a server may keep it read."""
    at = bench()
    await at.analyse(busy(24))
    await at.analyse([landed(99, "Another day [medium]")])
    for task in ("triage", "high", "medium"):
        assert len({request.instructions for request in at.model.history if request.task == task}) == 1
