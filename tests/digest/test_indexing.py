"""What of a digest can be searched for afterwards."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.source.git import GitSettings, GitSource
from bot.contracts.repositories import Story
from bot.contracts.source import DAY, Steps, window
from bot.digest.build import DigestBuilder, Wish
from bot.digest.indexing import indexed
from bot.lexemes import terms
from bot.model import Analysis, Audience, ChangeType, DepthText, Entry, Insight, Person, PullRequest, Tier
from bot.ports import FoundRepository
from bot.store import Store, open_store
from tests.store.support import StoppedClock, change


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Return a store in a folder."""
    async with open_store(tmp_path / "data", clock=StoppedClock()) as store:
        yield store


async def test_whatever_was_digested_is_found(store: Store, tmp_path: Path) -> None:
    """A digest's changes can be searched for afterwards, also those that its audience does not want to see."""
    story = Story()
    mark = story.commit("feat: order requests by deadline (#7)", {"engine/queue.py": "1\n"}, at=DAY)
    built = story.write(tmp_path / "rocket")
    source = GitSource(GitSettings(), data_dir=tmp_path / "mirrors")
    found = FoundRepository(await source.find(str(built.path)))
    nobody = Audience(exclude_authors=("Ada Lovelace",))

    digest = await DigestBuilder(source, index=store.change_index).build(Wish(found, window(), "en", nobody), Steps())
    matches = await store.change_index.matching([found.repository.full_name], terms("deadlines in queue.py"))

    assert digest.entries == ()
    ((_, known),) = matches.changes
    assert (known.sha, known.subject, known.pull_request) == (
        built.sha(mark),
        "feat: order requests by deadline (#7)",
        7,
    )
    assert (known.headline, known.change_type, known.paths) == (
        "order requests by deadline",
        ChangeType.FEATURE,
        ("engine/queue.py",),
    )


def test_what_a_model_wrote_can_be_found() -> None:
    """The words of a model, of the pull request and of everybody who took part are kept to be searched."""
    commit = change(1)
    request = PullRequest(9, title="Deadlines", body="Why: starvation.")
    depth = DepthText(
        insight=(Insight("performance", "Fewer stalls."),), summary="Orders requests.", conclusion="Good."
    )
    analysis = Analysis(ChangeType.FEATURE, None, False, Tier.HIGH, 1.0, (), "m", "Ordered requests", "Old.", depth)
    person = Person("Grace", "grace@acme.example", "gracehopper")

    known = indexed(Entry(replace(commit, pull_request=request, co_authors=(person,)), analysis))

    assert known.summary == "Orders requests. Fewer stalls. Good."
    assert (known.title, known.request_body) == ("Deadlines", "Why: starvation.")
    assert known.authors == ("Ada", "Grace", "gracehopper")
