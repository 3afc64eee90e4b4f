"""Texts that want to be more than text, in every place of a digest, as readers of Discord get them."""

import pytest

from adapters.chat.discord.chat import DiscordChat
from adapters.chat.discord.rendering import render
from bot.model import Place
from bot.present.labels import Labels
from bot.present.layout import lay_out
from tests.adapters.chat.attacks import TEXTS, attacked, is_seen
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_forms import read_message
from tests.fakes.discord_markdown import parse
from tests.fakes.discord_reading import links, pings, visible, wanted_pings
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Message

OURS = "https://github.com/"
MARKS = {"mention", "emoji", "underline", "strike", "spoiler", "em", "block"}
"""What nothing of ours is set as."""


def readings(text: str) -> tuple[list[Message], tuple[str, ...]]:
    """Return what is posted for a digest that has a text everywhere, and the texts that it has."""
    made, marked = attacked(text)
    thread = lay_out(made, Labels("en"))
    payloads = [payload for message in (thread.root, *thread.replies) for payload in render(message)]
    drafts = [read_message({"embeds": payload["embeds"]}) for payload in payloads]
    return [Message(1, 1, 1, 0.0, draft.content, draft.embeds) for draft in drafts], marked


@pytest.mark.parametrize("part", range(8))
def test_no_text_is_more_than_text(part: int, town: Town) -> None:
    """Nobody is pinged, no link is made that is not ours, and every character is read where it belongs."""
    for text in TEXTS[part::8]:
        posts, marked = readings(text)
        assert not any(wanted_pings(post, None) for post in posts), text
        assert [link for post in posts for link in links(post) if not link.startswith(OURS)] == [], text
        nodes = [node for post in posts for top in parse(post.embeds[0]["description"]) for node in top.walk()]
        assert not {node.kind for node in nodes} & MARKS, text
        seen = "".join("".join(visible(post, town.world).split()) for post in posts)
        assert [place for place in marked if not is_seen(place, seen)] == [], text


@pytest.mark.parametrize(
    "text", ["@everyone <@1>", "https://evil.example/x", "lone \ud800 surrogate", "\x00\u202e`*_~"]
)
async def test_the_same_over_the_wire(chat: DiscordChat, general: Place, fake: FakeDiscord, text: str) -> None:
    """What is posted through the SDK does to its readers what was rendered for them, also as the name of a thread."""
    thread = lay_out(attacked(text)[0], Labels("zh"))
    place = general
    for number, message in enumerate((thread.root, *thread.replies)):
        for at, body in enumerate(chat.render(place, message)):
            posted = await chat.post(place, body, f"t{number}x{at}")
        place = await chat.beneath(posted, thread.title)
    channels = (fake.world.channels[int(number)] for number in (general.channel, place.thread or "0"))
    read_back = [message for channel in channels for message in channel.messages.values()]
    assert len(read_back) > len(thread.replies)
    assert not any(pings(message) for message in read_back)
    assert not [link for message in read_back for link in links(message) if not link.startswith(OURS)]
