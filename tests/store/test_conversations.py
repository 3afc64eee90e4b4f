"""Questions, answers and opinions are kept on both databases as the ports promise."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings

from bot.model import Exchange, Leaning, Tier, TierOpinion
from bot.store import Store
from tests.store.support import NASTY, NOON, REPOSITORY, Location, StoppedClock, any_noun, sha

_MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ASKED = Exchange("ada", NOON, f"What? {NASTY}", "That [a1b2c3d].")
OPINION = TierOpinion("ada", REPOSITORY, sha(1), Tier.HIGH, Leaning.TOO_HIGH, f"Order requests {NASTY}", NOON)


async def test_a_conversation_is_kept_in_order_and_bounded(store: Store) -> None:
    """The newest exchanges are there, the oldest of them first, in any process; the others still count."""
    for number in range(1, 6):
        kept = await store.conversations.keep("slack:1", replace(ASKED, question=str(number)), 3)
        assert kept == number
    assert [each.question for each in await store.conversations.exchanges("slack:1", 9)] == ["3", "4", "5"]
    assert [each.question for each in await store.conversations.exchanges("slack:1", 2)] == ["4", "5"]
    assert await store.conversations.exchanges("slack:2", 9) == []
    assert await store.conversations.asked(NOON) == 5


async def test_a_question_is_kept_once(store: Store) -> None:
    """What is answered anew takes the place of what was kept of the question, and is not counted against itself."""
    for name in ("one", "two", None, None):
        await store.conversations.keep("slack:1", replace(ASKED, question=str(name)), 3, name)
    assert await store.conversations.keep("slack:1", replace(ASKED, answer="more"), 3, "two") == 2
    assert await store.conversations.keep("slack:2", ASKED, 3, "two") == 1
    kept = await store.conversations.exchanges("slack:1", 9)
    assert [each.answer == "more" for each in kept] == [True, False, False]
    assert len(await store.conversations.exchanges("slack:1", 9, "two")) == 2
    assert await store.conversations.asked(NOON, conversation="slack:1") == 4
    assert await store.conversations.asked(NOON, conversation="slack:1", but="two") == 3


@given(any_noun(Exchange))
@_MANY
async def test_any_exchange_survives(store: Store, exchange: Exchange) -> None:
    """What was asked and answered comes back as it was, whatever it holds."""
    await store.conversations.keep("any", exchange, 1)
    assert await store.conversations.exchanges("any", 1) == [exchange]


async def test_questions_are_counted_by_person_and_by_conversation(store: Store, clock: StoppedClock) -> None:
    """Both within a time; a conversation that begins anew counts what was asked before."""
    await store.conversations.keep("one", ASKED, 9)
    await store.conversations.keep("one", replace(ASKED, user="grace", asked_at=NOON + timedelta(hours=2)), 9)
    await store.conversations.keep("two", ASKED, 9)
    await store.conversations.forget("one")
    assert await store.conversations.exchanges("one", 9) == []
    assert await store.conversations.asked(clock.now(), conversation="one") == 2
    assert await store.conversations.asked(clock.now(), user="ada") == 2
    assert await store.conversations.asked(clock.now(), user="ada", conversation="two") == 1
    assert await store.conversations.asked(clock.now() + timedelta(hours=1)) == 1


async def test_ratings_are_those_of_each_person(store: Store) -> None:
    """Whoever changes their mind is counted once."""
    assert not await store.conversations.rate("one", "ada", useful=True)
    for question in ("first", "second"):
        await store.conversations.keep("one", ASKED, 9, question)
    assert await store.conversations.rate("one", "ada", useful=True)
    assert await store.conversations.rate("one", "ada", useful=False)
    assert await store.conversations.rate("one", "grace", useful=True)
    assert await store.conversations.rate("one", "grace", useful=True, question="first")
    assert not await store.conversations.rate("one", "grace", useful=True, question="third")
    assert await store.conversations.ratings() == (2, 1)


async def test_opinions_of_a_channel_are_those_before_a_moment(store: Store) -> None:
    """A change has one opinion of each person; the newest come first, and those of other channels do not."""
    later = replace(OPINION, sha=sha(2), leaning=Leaning.TOO_LOW, tier=Tier.LOW, at=NOON + timedelta(days=1))
    await store.tier_opinions.keep("slack:T1/C1", replace(OPINION, leaning=Leaning.TOO_LOW))
    await store.tier_opinions.keep("slack:T1/C1", OPINION)
    await store.tier_opinions.keep("slack:T1/C1", later)
    await store.tier_opinions.keep("slack:T1/C2", OPINION)
    soon = NOON + timedelta(days=2)
    assert await store.tier_opinions.of_channel("slack:T1/C1", soon, 9) == [later, OPINION]
    assert await store.tier_opinions.of_channel("slack:T1/C1", soon, 1) == [later]
    assert await store.tier_opinions.of_channel("slack:T1/C1", later.at, 9) == [OPINION]
    agreement = await store.tier_opinions.agreement()
    assert (agreement.too_high, agreement.too_low) == (2, 1)


async def test_conversations_are_forgotten_by_age(folder: Location, clock: StoppedClock) -> None:
    """What was asked is there for 90 days, what people think of tiers for longer."""
    async with folder.open() as store:
        await store.conversations.keep("one", ASKED, 9)
        await store.tier_opinions.keep("slack:T1/C1", OPINION)
        clock.moment = NOON + timedelta(days=91)
        assert await store.prune() == 1
        assert await store.conversations.asked(NOON) == 0
