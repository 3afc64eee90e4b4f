"""What a default branch is at, without bringing anything here."""

from pathlib import Path

import pytest

from adapters.source.git import GitSource
from bot.contracts.repositories import Story
from bot.contracts.source import Offer
from bot.errors import RepositoryNotFound
from bot.model import Repository


async def test_the_tip_follows_the_branch(source: GitSource, folder: Path, data_dir: Path, served: Offer) -> None:
    """By path and by URL the tip is the newest commit of the default branch, and nothing is kept of it."""
    story = Story()
    story.commit("base", {"a": "1"})
    story.commit("newest", {"a": "2"})
    built = story.write(folder)
    expected = built.git("rev-parse", "HEAD").strip()

    for name in (str(built.path), built.url, served(built)):
        assert await source.tip(await source.find(name)) == expected

    assert not list(data_dir.glob("mirrors/*/HEAD"))


async def test_no_tip(source: GitSource, folder: Path, served: Offer) -> None:
    """An empty repository has no tip, and one that is not there is an error."""
    built = Story().write(folder)

    assert await source.tip(await source.find(built.url)) is None
    gone = served(built).replace("rocket", "gone")
    with pytest.raises(RepositoryNotFound):
        await source.tip(Repository("gone", gone))
