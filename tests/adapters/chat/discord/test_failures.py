"""What each refusal of Discord means, and that each call is sent once."""

from datetime import timedelta

import pytest

from adapters.chat.discord.chat import DiscordChat
from adapters.chat.discord.settings import DiscordSettings
from bot.errors import (
    ChatError,
    ChatUnavailable,
    CredentialRefused,
    DigestbotError,
    MessageTooLong,
    NotAllowed,
    PlaceGone,
    PostGone,
    TooManyPins,
)
from bot.model import Place
from tests.adapters.chat.discord.test_chat import post
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_answers import (
    Answer,
    banned,
    error,
    invalid_form,
    limited,
    server_error,
    too_long,
    unauthorized,
)
from tests.fakes.discord_faults import Afterwards, Drop, Fault, Hang

TOO_LONG = invalid_form({"embeds.0.description": too_long(4096)})
EMBEDS_TOO_LONG = invalid_form({"embeds": ("MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")})
WRONG = invalid_form({"embeds.0.description": too_long(4096), "nonce": ("NONCE_TYPE_INVALID", "No.")})


def answer(code: int, status: int = 400) -> Answer:
    """Return an error that the fake itself has no reason for."""
    return Answer(status, {"message": "Something", "code": code})


@pytest.fixture
def settings(settings: DiscordSettings) -> DiscordSettings:
    """Return settings by which a call is soon given up."""
    return settings.model_copy(update={"timeout": 1})


@pytest.mark.parametrize(
    ("fault", "kind", "unknown"),
    [
        (Drop(), ChatUnavailable, True),
        (Afterwards(Drop()), ChatUnavailable, True),
        (Hang(), ChatUnavailable, True),
        (server_error(), ChatUnavailable, True),
        (server_error(502), ChatUnavailable, True),
        (server_error(503), ChatUnavailable, True),
        (server_error(504), ChatUnavailable, True),
        (limited(7.5), ChatUnavailable, False),
        (limited(7.5, everywhere=True), ChatUnavailable, False),
        (banned(), ChatUnavailable, False),
        (unauthorized(), CredentialRefused, None),
        (error(50013), NotAllowed, None),
        (error(160005), NotAllowed, None),
        (answer(0, 403), NotAllowed, None),
        (error(50001), PlaceGone, None),
        (error(10003), PlaceGone, None),
        (error(10004), PlaceGone, None),
        (error(50008), PlaceGone, None),
        (error(50083), PlaceGone, None),
        (error(10008), PostGone, None),
        (TOO_LONG, MessageTooLong, None),
        (EMBEDS_TOO_LONG, MessageTooLong, None),
        (answer(40005, 413), MessageTooLong, None),
        (error(30003), TooManyPins, None),
        (WRONG, ChatError, None),
        (error(50006), ChatError, None),
        (answer(99999), ChatError, None),
        (Answer(404, b"<html>", {"content-type": "text/html"}), ChatError, None),
        (Answer(200, b"<html>", {"content-type": "text/html"}), ChatUnavailable, True),
        (Answer(204), ChatUnavailable, True),
    ],
    ids=repr,
)
async def test_what_a_failure_means(
    chat: DiscordChat, general: Place, fake: FakeDiscord, fault: Fault, kind: type[DigestbotError], unknown: bool | None
) -> None:
    """Each failure is the error that says what to do, and whether it may have been posted; none is repeated."""
    fake.faults.add(fault, on="POST .*/messages$")
    with pytest.raises(kind) as raised:
        await post(chat, general)
    assert type(raised.value) is kind
    assert getattr(raised.value, "unknown", None) == unknown
    assert len(fake.requests("POST .*/messages$")) == 1


@pytest.mark.parametrize("fault", [Drop(), Hang(), server_error(), server_error(503)], ids=repr)
async def test_what_is_only_asked_has_no_effect(
    chat: DiscordChat, general: Place, fake: FakeDiscord, fault: Fault
) -> None:
    """Where a question before a post gets no answer, nothing was posted, and that is known."""
    fake.faults.add(fault, fault, on="GET /channels")
    with pytest.raises(ChatUnavailable) as raised:
        await post(chat, general)
    assert not raised.value.unknown
    assert not fake.requests("POST")


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (limited(7.5), 7.5),
        (banned(), 600.0),
        (Answer(429, {"code": 0}, {"via": "1.1"}), 30.0),
        (Answer(429, {"retry_after": "soon"}, {"via": "1.1", "retry-after": "-1"}), 30.0),
        (Answer(429, {"retry_after": 1e300}, {"via": "1.1"}), 86_400.0),
    ],
    ids=repr,
)
async def test_patience_is_as_long_as_discord_asks_for(
    chat: DiscordChat, general: Place, fake: FakeDiscord, fault: Answer, seconds: float
) -> None:
    """A limit that was hit carries the time after which the same call may succeed."""
    fake.faults.add(fault, on="POST .*/messages$")
    with pytest.raises(ChatUnavailable) as raised:
        await post(chat, general)
    assert raised.value.retry_after == timedelta(seconds=seconds)


async def test_a_token_that_is_wrong(chat: DiscordChat, general: Place, fake: FakeDiscord) -> None:
    """A token that Discord does not know is said to be so, and is not shown."""
    fake.world.application.token, wrong = "another", fake.world.application.token
    with pytest.raises(CredentialRefused) as raised:
        await post(chat, general)
    assert wrong not in str(raised.value)
    assert "DISCORD_TOKEN" in str(raised.value)


async def test_a_server_that_is_not_there(chat: DiscordChat, general: Place, fake: FakeDiscord) -> None:
    """Where no connection can be made, nothing was posted, and that is known."""
    await fake.__aexit__(None, None, None)
    with pytest.raises(ChatUnavailable) as raised:
        await post(chat, general)
    assert not raised.value.unknown
