"""Posting on Slack: what is sent, what is found again, and what each refusal means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.settings import SlackSettings
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
from bot.model import Place, PostReference
from bot.ports import Asking
from bot.present.blocks import Message, Paragraph, Text
from tests.adapters.chat.slack.conftest import GENERAL
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_faults import HANG, RESET, STORED_RESET, Fault, error, server_error, too_fast

LONG_AGO = datetime.now(UTC) - timedelta(days=1)


async def post(chat: SlackChat, token: str = "t1", place: Place = GENERAL, text: str = "hello") -> PostReference:  # noqa: S107 - names a post
    """Post a paragraph."""
    (body,) = chat.render(place, Message("root", "title", (Paragraph((Text(text),)),)))
    return await chat.post(place, body, token)


async def test_posts_are_found_again(chat: SlackChat) -> None:
    """What was posted is found by its token in the channel or thread where it is, and nowhere else."""
    root = await post(chat, "t1")
    thread = await chat.beneath(root, "name")
    reply = await post(chat, "t2", thread)
    assert [await chat.find(GENERAL, token, LONG_AGO) for token in ("t1", "t2", "t3")] == [root, None, None]
    assert [await chat.find(thread, token, LONG_AGO) for token in ("t2", "t3")] == [reply, None]


async def test_a_post_of_somebody_else_is_not_ours(chat: SlackChat, slack: FakeSlack) -> None:
    """A message with our metadata that somebody else posted is not taken for ours."""
    await post(chat, "t1")
    (message,) = slack.world.channels["C0GENERAL"].messages.values()
    message.user = "U0ADA"
    assert await chat.find(GENERAL, "t1", LONG_AGO) is None


async def test_posts_are_found_on_every_page(chat: SlackChat, slack: FakeSlack) -> None:
    """A post is found behind more messages than a page of history has."""
    slack.limits.enforced = False
    first = await post(chat, "t0")
    for _ in range(230):
        await slack.people.say("noise")
    assert await chat.find(GENERAL, "t0", LONG_AGO) == first


async def test_a_reply_is_not_shown_in_the_channel(chat: SlackChat, slack: FakeSlack) -> None:
    """Nothing in a thread is broadcast, and no link is unfurled."""
    await post(chat, "t2", await chat.beneath(await post(chat), "name"))
    root, reply = slack.world.channels["C0GENERAL"].messages.values()
    assert slack.world.channels["C0GENERAL"].timeline() == [root]
    assert not any((reply.unfurl_links, reply.unfurl_media))


async def test_an_edit_keeps_the_token(chat: SlackChat) -> None:
    """A post that was edited has its new text, and is found by the same token."""
    root = await post(chat)
    (body,) = chat.render(GENERAL, Message("root", "title", (Paragraph((Text("changed"),)),)))
    await chat.edit(root, body, "t1")
    assert await chat.find(GENERAL, "t1", LONG_AGO) == root


async def test_the_longest_piece_can_be_edited(chat: SlackChat) -> None:
    """Every piece of a message of 100 kB is one that Slack takes as an edit."""
    pieces = chat.render(GENERAL, Message("root", "t", (Paragraph((Text("<&> words. " * 10_000),)),)))
    root = await post(chat)
    for body in (pieces[0], max(pieces, key=lambda piece: len(str(piece["text"])))):
        await chat.edit(root, body, "t1")


async def test_pins(chat: SlackChat, slack: FakeSlack) -> None:
    """Pinning twice is no error and says so; unpinning twice is none either."""
    root = await post(chat)
    assert [await chat.pin(root), await chat.pin(root)] == [True, False]
    assert [pin.ts for pin in slack.world.channels["C0GENERAL"].pins] == [root.message]
    await chat.unpin(root)
    await chat.unpin(root)
    assert slack.world.channels["C0GENERAL"].pins == []


async def test_a_report_is_attached(chat: SlackChat, slack: FakeSlack) -> None:
    """A file stands in the thread under its name, with all of its text, is found again, and can be deleted."""
    thread = await chat.beneath(await post(chat), "name")
    file = await chat.attach(thread, "rocket 15 Jan.md", "# Report\n汉字 \ud800", "t9")
    (kept,) = slack.world.files.values()
    assert (kept.title, kept.content) == ("rocket 15 Jan.md", "# Report\n汉字 \\ud800")
    assert kept.name.endswith(".t9.md")
    assert await chat.find(thread, "t9", LONG_AGO) == file
    assert await chat.link(file) is None
    await chat.delete(file)
    assert not slack.world.files


async def test_a_link(chat: SlackChat) -> None:
    """A post has an address."""
    link = await chat.link(await post(chat))
    assert link
    assert link.startswith("https://")


@pytest.mark.parametrize(
    ("fault", "kind", "unknown"),
    [
        (RESET, ChatUnavailable, True),
        (STORED_RESET, ChatUnavailable, True),
        (server_error(), ChatUnavailable, True),
        (server_error(503), ChatUnavailable, True),
        (error("internal_error"), ChatUnavailable, True),
        (too_fast(7), ChatUnavailable, False),
        (error("invalid_auth"), CredentialRefused, None),
        (error("token_revoked"), CredentialRefused, None),
        (error("account_inactive"), CredentialRefused, None),
        (error("missing_scope", needed="chat:write"), NotAllowed, None),
        (error("restricted_action"), NotAllowed, None),
        (error("not_in_channel"), PlaceGone, None),
        (error("channel_not_found"), PlaceGone, None),
        (error("is_archived"), PlaceGone, None),
        (error("msg_blocks_too_long"), MessageTooLong, None),
        (error("message_not_found"), PostGone, None),
        (error("too_many_pins"), TooManyPins, None),
        (error("something_new"), ChatError, None),
    ],
    ids=repr,
)
async def test_what_a_failure_means(
    chat: SlackChat, slack: FakeSlack, fault: Fault, kind: type[DigestbotError], unknown: bool | None
) -> None:
    """Each failure is the error that says what to do, and whether the message may have been posted all the same."""
    slack.faults.add(fault, on="chat.postMessage")
    with pytest.raises(kind) as raised:
        await post(chat)
    assert type(raised.value) is kind
    assert getattr(raised.value, "unknown", None) == unknown
    assert len(slack.calls("chat.postMessage")) == 1


async def test_a_slack_that_stays_silent(slack: FakeSlack, settings: SlackSettings) -> None:
    """After the seconds that are set it cannot be reached, and the message may have been posted all the same."""
    slack.faults.add(HANG, on="chat.postMessage")
    async with SlackChat(settings.model_copy(update={"timeout": 1})) as chat:
        with pytest.raises(ChatUnavailable) as raised:
            await post(chat)
    assert raised.value.unknown
    assert len(slack.calls("chat.postMessage")) == 1


async def test_patience_is_as_long_as_slack_asks_for(chat: SlackChat, slack: FakeSlack) -> None:
    """A limit that was hit carries the time after which the same call may succeed."""
    slack.faults.add(too_fast(7), on="chat.postMessage")
    with pytest.raises(ChatUnavailable) as raised:
        await post(chat)
    assert raised.value.retry_after == timedelta(seconds=7)


async def test_a_server_that_is_not_there(chat: SlackChat, slack: FakeSlack) -> None:
    """Where no connection can be made, nothing was posted, and that is known."""
    async with slack.refusing():
        with pytest.raises(ChatUnavailable) as raised:
            await post(chat)
    assert not raised.value.unknown


async def test_where_the_bot_is_not(chat: SlackChat) -> None:
    """A channel without the bot, and one that it may not know of, are places that it cannot post to."""
    for channel in ("C0RANDOM", "G0SECRET", "C0NOWHERE"):
        with pytest.raises(PlaceGone, match="invite"):
            await post(chat, place=replace(GENERAL, channel=channel))


async def test_a_file_goes_to_slack_alone(chat: SlackChat, slack: FakeSlack) -> None:
    """An answer that names a foreign host to upload to is refused before anything is sent."""
    ticket = error("ignored").answer
    assert ticket
    answer = replace(ticket, body={"ok": True, "upload_url": "https://evil.example/up", "file_id": "F1"})
    slack.faults.add(Fault(answer), on="files.getUploadURLExternal")
    with pytest.raises(ChatError, match="foreign host"):
        await chat.attach(GENERAL, "report.md", "secret", "t1")


@pytest.mark.parametrize(("every_message", "asking"), [(False, Asking.MENTION), (True, Asking.MESSAGE)])
async def test_how_people_ask(settings: SlackSettings, every_message: bool, asking: Asking) -> None:
    """They mention the bot, unless every message in the thread of a digest is set to be a question."""
    async with SlackChat(settings.model_copy(update={"answer_threads": every_message})) as chat:
        assert chat.traits.asking is asking
