"""Texts that want to be more than text, in every place of a digest, as readers of Slack get them."""

from typing import Any

import pytest

from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.rendering import render
from bot.present.labels import Labels
from bot.present.layout import lay_out
from tests.adapters.chat.attacks import TEXTS, attacked, is_seen
from tests.adapters.chat.slack.conftest import GENERAL
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_reading import Reading, read
from tests.fakes.slack_world import Message, World

OURS = "https://github.com/"


def readings(text: str) -> tuple[list[Reading], tuple[str, ...]]:
    """Return what readers get of a digest that has a text everywhere, and the texts that it has."""
    made, marked = attacked(text)
    thread = lay_out(made, Labels("en"))
    world = World.with_people()
    payloads = [payload for message in (thread.root, *thread.replies) for payload in render(message)]
    posts = [Message("C0GENERAL", "1", "U0DIGEST", each.text, each.blocks) for each in payloads]
    return [read(post, world) for post in posts], marked


def test_the_corpus_is_large() -> None:
    """There are at least two hundred texts, and each stands in some twenty places."""
    assert len(TEXTS) >= 200
    assert len(attacked("x")[1]) >= 20


@pytest.mark.parametrize("part", range(8))
def test_no_text_is_more_than_text(part: int) -> None:
    """Nobody is pinged, no link is made that is not ours, and every character is read where it belongs."""
    for text in TEXTS[part::8]:
        read, marked = readings(text)
        assert [ping for reading in read for ping in reading.pings] == [], text
        foreign = [link for reading in read for link in reading.links if not link.url.startswith(OURS)]
        assert foreign == [], text
        assert [name for reading in read for name in reading.emoji] == [], text
        seen = "".join("".join(reading.text.split()) for reading in read)
        missing = [place for place in marked if not is_seen(place, seen)]
        assert missing == [], text


@pytest.mark.parametrize("text", ["<!channel>", "https://evil.example/x", "lone \ud800 surrogate", "\x00\u202e`*_~"])
async def test_the_same_over_the_wire(chat: SlackChat, slack: FakeSlack, text: str) -> None:
    """What is posted through the SDK does to its readers what was rendered for them."""
    slack.limits.enforced = False
    thread = lay_out(attacked(text)[0], Labels("zh"))
    for number, message in enumerate((thread.root, *thread.replies)):
        for at, body in enumerate(chat.render(GENERAL, message)):
            await chat.post(GENERAL, body, f"t{number}x{at}")
    posted: list[Any] = list(slack.world.channels["C0GENERAL"].messages.values())
    read_back = [read(message, slack.world) for message in posted]
    assert not [ping for reading in read_back for ping in reading.pings]
    assert not [link for reading in read_back for link in reading.links if not link.url.startswith(OURS)]
