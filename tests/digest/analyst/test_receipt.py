"""What an analysis took, kept back and left undone is in its findings."""

from bot.asking import Limit
from bot.digest.analyst import AnalystSettings
from bot.model import Phrase, PullRequest, Tier, Usage
from bot.ports import Finish, ModelRequest
from tests.digest.analyst.support import Bench, Given, Model, bench, busy, honest, landed, says
from tests.digest.written import NOON

TOKEN = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"


def limited(limit: Limit, *, day: bool = False) -> Bench:
    """Return an analyst that may take no more than this."""
    settings = AnalystSettings(day_limit=limit) if day else AnalystSettings(digest_limit=limit)
    return Bench(Model(honest), settings=settings)


async def test_every_call_is_counted_and_told() -> None:
    """Usage is that of all calls, those that were of no use among them; the day's count is the same."""
    answers: list[Given] = [says("no JSON at all"), says("{", finish=Finish.LENGTH)]

    def answer(request: ModelRequest) -> Given:
        return answers.pop() if answers and request.task == "high" else honest(request)

    at = bench(answer)
    found = await at.analyse(busy(6))
    assert len(at.attempts) == found.usage.calls == len(at.model.history) == 5
    assert [attempt.problem for attempt in at.attempts if attempt.problem] == [
        "cut by its length",
        "there is no JSON object in it",
    ]
    usages = [attempt.answer.usage for attempt in at.attempts if attempt.answer]
    assert sum(usages, Usage()) == found.usage == at.memory.taken[NOON.date()]
    repeated = [request for request in at.model.history if request.task == "high"]
    assert "half as many words" in repeated[1].material
    assert "no JSON object" in repeated[2].material
    assert "no JSON at all" in repeated[2].material
    assert len({request.instructions for request in repeated}) == 1


async def test_a_digest_stops_within_its_budget() -> None:
    """What is not read by then is named; the tiers that were found stay, and a later run goes on from there."""
    whole = bench()
    everything = await whole.analyse(busy(24))
    enough = 18_000
    at = limited(Limit(tokens=enough))
    found = await at.analyse(busy(24))
    assert 0 < found.usage.input_tokens + found.usage.output_tokens <= enough
    assert found.fallback
    assert set(found.fallback.values()) == {Phrase.of("fallback-digest-spent")}
    assert found.notes == (Phrase.of("model-digest-spent", count=len(found.fallback)),)
    assert {sha: each.tier for sha, each in found.analyses.items()} == {
        sha: each.tier for sha, each in everything.analyses.items()
    }
    at.settings = AnalystSettings()
    assert (await at.analyse(busy(24))).analyses == everything.analyses
    assert at.steps.done == 48


async def test_a_day_stops_within_its_budget() -> None:
    """What other digests took counts, too; with nothing left, the whole digest is the rules'."""
    at = limited(Limit(cost=1.0), day=True)
    await at.memory.add(NOON.date(), Usage(9, 1_000, 0, 1_000, 1.0))
    found = await at.analyse(busy(6))
    assert not at.model.history or found.usage.calls <= 1
    later = await at.analyse(busy(12))
    assert set(later.fallback.values()) <= {Phrase.of("fallback-day-spent")}
    assert later.notes


async def test_secrets_are_masked_before_anything_is_sent() -> None:
    """A token in a message, a pull request or a diff reaches no model, and is counted."""
    request = PullRequest(3, title="Log in", body=f"With {TOKEN}")
    diff = f'@@ -1,1 +1,2 @@\n def log_in():\n+    token = "{TOKEN}"\n'
    change = landed(6, f"Order requests [high] with {TOKEN}", body=f"And {TOKEN}", diff=diff, pull_request=request)
    at = bench()
    found = await at.analyse([change])
    assert found.analyses[change.commit.sha].tier is Tier.HIGH
    assert not any(TOKEN in f"{sent.instructions}{sent.material}" for sent in at.model.history)
    assert any("[masked]" in sent.material for sent in at.model.history)
    assert found.masked >= 4


async def test_a_change_of_which_nothing_is_known_is_analysed_all_the_same() -> None:
    """Neither an empty message nor a change without files stops anything."""
    changes = [landed(1, ""), landed(2, "Empty [medium]", files=()), landed(3, "x" * 5_000, body="y" * 90_000)]
    at = bench()
    found = await at.analyse(changes)
    assert set(found.analyses) == {change.commit.sha for change in changes}
    assert all("characters more]" in sent.material for sent in at.model.history if "yyyy" in sent.material)


async def test_an_empty_day_asks_nothing() -> None:
    """Without changes there is nothing to say, and nothing to pay."""
    at = bench()
    found = await at.analyse([])
    assert not at.model.history
    assert not found.analyses
    assert found.usage == Usage()
