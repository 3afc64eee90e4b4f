"""Digests are kept whole, and so is how far the others are."""

from dataclasses import replace

from bot.model import Phrase
from bot.ports import BuildProgress, Stage
from bot.store import Store
from tests.fakes.digests import day
from tests.store.support import NASTY


async def test_a_digest_comes_back_as_it_was(store: Store) -> None:
    """A digest with all that a day can have is the same when it is read again, and a later one takes its place."""
    whole = day(depth=True)
    first, *rest = whole.entries
    said = replace(first.analysis, headline=NASTY, reasons=(Phrase.of("reason-files", count=31), NASTY))
    digest = replace(whole, entries=(replace(first, analysis=said), *rest))
    assert await store.builds.get("build:1") is None

    await store.builds.keep("build:1", digest)
    assert await store.builds.get("build:1") == digest

    await store.builds.keep("build:1", replace(digest, entries=()))
    assert await store.builds.get("build:1") == replace(digest, entries=())


async def test_progress_ends_with_the_digest(store: Store) -> None:
    """How far a build is can be read until the digest is there."""
    assert await store.builds.progress("build:1") is None

    await store.builds.advance("build:1", BuildProgress(Stage.FETCH))
    await store.builds.advance("build:1", BuildProgress(Stage.ANALYSE, 9, 24))
    assert await store.builds.progress("build:1") == BuildProgress(Stage.ANALYSE, 9, 24)
    assert await store.builds.get("build:1") is None

    await store.builds.keep("build:1", day())
    assert await store.builds.progress("build:1") is None
