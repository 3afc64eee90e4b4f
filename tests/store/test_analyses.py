"""What is kept of language models, on both databases."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from bot.model import ChangeType, DepthText, Insight, Risk, Severity, Tier, Usage, Verdict
from bot.ports import DepthKey
from bot.store import Retention, Store
from tests.store.support import NASTY, REPOSITORY, Location, StoppedClock, any_noun, sha

_MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
VERDICT = Verdict(Tier.HIGH, 0.9, "Removes `--fifo`.", ChangeType.FEATURE, NASTY, "Orders by deadline.", "model-x")
TEXT = DepthText(
    scope=("engine/queue.py",),
    insight=(Insight("performance", "Popping takes longer."),),
    risks=(Risk(Severity.HIGH, "Old clients jump the queue.", "engine/queue.py", 58),),
    advice=("Set a default.",),
    conclusion="Upgrade with care.",
    change_type=ChangeType.FEATURE,
    summary=NASTY,
)
KEY = DepthKey(REPOSITORY, Tier.HIGH, "high-1-abc", "model-x", "en")


async def test_a_verdict_stays(store: Store) -> None:
    """Of two verdicts on a change for the same day the first stays, since it may have been posted."""
    await store.analyses.keep_verdicts("monday", {sha(1): VERDICT})
    await store.analyses.keep_verdicts("monday", {sha(1): replace(VERDICT, tier=Tier.LOW), sha(2): VERDICT})

    assert await store.analyses.verdicts("monday", map(sha, range(4))) == {sha(1): VERDICT, sha(2): VERDICT}


async def test_a_verdict_belongs_to_its_day(store: Store) -> None:
    """What is said of a change on one day, or for one audience, says nothing of another."""
    await store.analyses.keep_verdicts("monday", {sha(1): VERDICT})

    assert await store.analyses.verdicts("tuesday", [sha(1)]) == {}


async def test_verdicts_that_are_kept_at_once_are_the_same_for_everybody(store: Store) -> None:
    """Of several that keep a verdict on the same change at once, everybody reads the same one afterwards."""
    rivals = [replace(VERDICT, headline=str(number)) for number in range(8)]
    await asyncio.gather(*(store.analyses.keep_verdicts("monday", {sha(1): rival}) for rival in rivals))

    first = await store.analyses.verdicts("monday", [sha(1)])
    assert first[sha(1)] in rivals
    assert await store.analyses.verdicts("monday", [sha(1)]) == first


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, repository="code.example/acme/other"),
        replace(KEY, depth=Tier.MEDIUM),
        replace(KEY, prompt="high-2-def"),
        replace(KEY, model="model-y"),
        replace(KEY, language="zh"),
    ],
)
async def test_a_text_is_found_by_all_that_it_depends_on(store: Store, other: DepthKey) -> None:
    """A text is not taken for one of another repository, depth, prompt, model or language."""
    await store.analyses.keep_texts(KEY, {sha(1): TEXT})

    assert await store.analyses.texts(KEY, [sha(1), sha(2)]) == {sha(1): TEXT}
    assert await store.analyses.texts(other, [sha(1)]) == {}


@_MANY
@given(any_noun(Verdict), any_noun(DepthText))
async def test_anything_that_a_model_says_survives(store: Store, verdict: Verdict, text: DepthText) -> None:
    """Verdicts and texts come back as they were, whatever is in them."""
    await store.analyses.keep_texts(KEY, {sha(1): text})
    await store.analyses.keep_verdicts(repr(verdict), {sha(1): verdict})

    assert await store.analyses.texts(KEY, [sha(1)]) == {sha(1): text}
    assert await store.analyses.verdicts(repr(verdict), [sha(1)]) == {sha(1): verdict}


async def test_texts_move_with_their_repository(store: Store) -> None:
    """A renamed repository keeps its texts, and where both names have one, that of the old name."""
    new = replace(KEY, repository="code.example/acme/capsule")
    await store.analyses.keep_texts(KEY, {sha(1): TEXT, sha(2): TEXT})
    await store.analyses.keep_texts(new, {sha(1): replace(TEXT, summary="other"), sha(3): TEXT})
    await store.rename(REPOSITORY, new.repository)

    assert await store.analyses.texts(new, map(sha, range(5))) == {sha(1): TEXT, sha(2): TEXT, sha(3): TEXT}
    assert await store.analyses.texts(KEY, [sha(1)]) == {}


async def test_what_models_said_is_dropped_by_age(location: Location, clock: StoppedClock) -> None:
    """Verdicts and texts are dropped once they are older than their retention."""
    retention = Retention(verdicts=timedelta(days=10), texts=timedelta(days=20))
    async with location.open(retention=retention) as store:
        await store.analyses.keep_verdicts("monday", {sha(1): VERDICT})
        await store.analyses.keep_texts(KEY, {sha(1): TEXT})
        clock.moment += timedelta(days=15)
        await store.prune()
        assert await store.analyses.verdicts("monday", [sha(1)]) == {}
        assert await store.analyses.texts(KEY, [sha(1)]) == {sha(1): TEXT}
        clock.moment += timedelta(days=15)
        await store.prune()
        assert await store.analyses.texts(KEY, [sha(1)]) == {}


async def test_usage_adds_up_by_the_day(store: Store) -> None:
    """What is counted at the same time is all counted, each day by itself; an unknown price makes the cost unknown."""
    day = date(2026, 1, 15)
    call = Usage(1, 1000, 200, 50, 0.25)
    await asyncio.gather(*(store.spending.add(day, call) for _ in range(8)))
    await store.spending.add(day + timedelta(1), replace(call, cost=None))

    assert await store.spending.spent(day) == Usage(8, 8000, 1600, 400, 2.0)
    assert await store.spending.spent(day + timedelta(1)) == replace(call, cost=None)
    assert await store.spending.spent(day + timedelta(2)) == Usage()
