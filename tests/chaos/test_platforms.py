"""The fakes of Slack and Discord are chats that go wrong, with the real adapters; see `test_chaos`."""

from dataclasses import replace

import pytest
from discord.http import Route

from bot.contracts.chat import said as message
from tests.chaos.chat_server import Counts
from tests.chaos.chats import opened
from tests.chaos.clock import FastClock
from tests.chaos.harness import chaos
from tests.chaos.platforms import running, said
from tests.chaos.test_chaos import SHORT

fakes = pytest.mark.parametrize("name", ["slack", "discord"])


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget, after each test, where discord.py was led."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)


@pytest.mark.long
@fakes
async def test_kills(name: str) -> None:
    """Kills double, lose and reorder nothing on a platform whose calls go wrong."""
    result = await chaos(replace(SHORT, chat=name, kills=3))

    assert result.evidence == []
    assert result.wrong == 0, result
    assert result.kills == 3


@fakes
async def test_it_counts_what_is_wrong(name: str) -> None:
    """What is there twice, what is not there and what stands before what it should follow is counted."""
    factor = 1_000_000.0
    async with (
        running(name, FastClock(factor), factor, 1, 0.0, 1) as platform,
        opened(name, platform.url, platform.token, 1.0) as chat,
    ):
        place = platform.place(0)
        texts = {text: said(chat.render(place, message(text))[0]) for text in "abcde"}
        for token, text in enumerate("acbae"):
            (body,) = chat.render(place, message(text))
            await chat.post(place, body, f"token{token}")
        assert platform.counts(place.channel, list(texts.values())) == Counts(doubled=1, missing=1, out_of_order=1)
