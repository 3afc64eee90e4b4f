"""The Web API through the real SDK: messages, threads, pins, files, people, and what is refused."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack
from tests.fakes.slack_client import client, refusal
from tests.fakes.slack_conversations import PINS
from tests.fakes.slack_world import APP_TOKEN, Pin

GENERAL, RANDOM, SECRET = "C0GENERAL", "C0RANDOM", "G0SECRET"
METADATA = {"event_type": "part", "event_payload": {"part": "root"}}


@pytest.fixture(autouse=True)
def _unhurried(slack: FakeSlack) -> None:
    """Let everything be asked as fast as a quick machine asks; what is too fast is tested elsewhere."""
    slack.limits.enforced = False


def widen(slack: FakeSlack, scopes: str) -> None:
    """Give the bot more scopes."""
    for token in slack.world.tokens.values():
        token.scopes += f",{scopes}"


async def posted(api: AsyncWebClient, text: str = "hello", **more: Any) -> str:  # noqa: ANN401 - any argument
    """Return the ts of a new message."""
    return str((await api.chat_postMessage(channel=GENERAL, text=text, **more))["ts"])


async def test_who_the_bot_is(api: AsyncWebClient) -> None:
    """A token says whose it is."""
    answer = await api.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == ("U0DIGEST", "B0DIGEST")
    assert (await api.bots_info(bot=answer["bot_id"]))["bot"]["user_id"] == answer["user_id"]


@pytest.mark.parametrize(
    ("token", "problem", "word"),
    [
        ("", None, "not_authed"),
        ("xoxb-of-nobody", None, "invalid_auth"),
        ("xoxb-of-the-bot", "token_revoked", "token_revoked"),
        ("xoxb-of-the-bot", "account_inactive", "account_inactive"),
        (APP_TOKEN, None, "not_allowed_token_type"),
    ],
)
async def test_tokens(slack: FakeSlack, token: str, problem: str | None, word: str) -> None:
    """A token that is missing, wrong, revoked or of another kind is refused with Slack's word for it."""
    for known in slack.world.tokens.values():
        known.problem = problem
    assert (await refusal(client(slack, token).bots_info()))["error"] == word


async def test_a_missing_scope(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A scope that is missing is named beside those that there are."""
    slack.world.tokens[str(api.token)].scopes = "chat:write"
    answer = await refusal(api.pins_add(channel=GENERAL, timestamp="1"))
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "pins:write", "chat:write")


async def test_a_thread(slack: FakeSlack, api: AsyncWebClient) -> None:
    """Replies stand in their thread, in order, and in the channel only where that was asked for."""
    root = await posted(api, "root", metadata=METADATA)
    replies = [await posted(api, f"reply {n}", thread_ts=root) for n in range(3)]
    await posted(api, "everybody", thread_ts=root, reply_broadcast=True)
    found = (await api.conversations_replies(channel=GENERAL, ts=root))["messages"]
    assert [message["ts"] for message in found[:4]] == [root, *replies]
    assert (found[0]["reply_count"], found[0]["latest_reply"]) == (4, found[-1]["ts"])
    assert "metadata" not in found[0]
    shown = (await api.conversations_history(channel=GENERAL, include_all_metadata=True))["messages"]
    assert [message["text"] for message in shown] == ["everybody", "root"]
    assert shown[1]["metadata"] == METADATA
    assert sorted(slack.world.channels[GENERAL].messages) == list(slack.world.channels[GENERAL].messages)


async def test_pages(api: AsyncWebClient) -> None:
    """A long thread comes in pages, each with the root, and a window is between two moments."""
    root = await posted(api)
    replies = [await posted(api, str(n), thread_ts=root) for n in range(5)]
    first = await api.conversations_replies(channel=GENERAL, ts=root, limit=2)
    assert first["has_more"]
    rest = await api.conversations_replies(
        channel=GENERAL, ts=root, limit=9, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [m["ts"] for m in (*first["messages"], *rest["messages"])] == [root, *replies[:2], root, *replies[2:]]
    window = await api.conversations_replies(channel=GENERAL, ts=root, oldest=replies[1], latest=replies[4])
    assert [m["ts"] for m in window["messages"][1:]] == replies[2:4]


async def test_an_edit(slack: FakeSlack, api: AsyncWebClient) -> None:
    """An edit keeps what it does not give, and only the bot's own messages can be edited."""
    blocks = [{"type": "divider"}]
    ts = await posted(api, "before", metadata=METADATA, blocks=blocks)
    answer = await api.chat_update(channel=GENERAL, ts=ts, text="after")
    assert (answer["message"]["metadata"], answer["message"]["edited"]["user"]) == (METADATA, "U0DIGEST")
    message = slack.world.channels[GENERAL].messages[ts]
    assert (message.text, message.revisions, message.blocks[0]["type"]) == ("after", ["before"], "divider")
    other = await slack.people.say("mine")
    assert (await refusal(api.chat_update(channel=GENERAL, ts=other.ts, text="x")))["error"] == "cant_update_message"
    assert (await refusal(api.chat_delete(channel=GENERAL, ts=other.ts)))["error"] == "cant_delete_message"


async def test_lengths(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A post is cut at 40,000 characters; an edit of more than 4,000 fails."""
    ts = await posted(api, "x" * 40_001)
    assert len(slack.world.channels[GENERAL].messages[ts].text) == 40_000
    await api.chat_update(channel=GENERAL, ts=ts, text="x" * 4_000)
    assert (await refusal(api.chat_update(channel=GENERAL, ts=ts, text="x" * 4_001)))["error"] == "msg_too_long"


async def test_a_deleted_root(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A deleted message is gone with its pin; a root with replies leaves a tombstone."""
    root = await posted(api)
    reply = await posted(api, thread_ts=root)
    await api.pins_add(channel=GENERAL, timestamp=root)
    await api.chat_delete(channel=GENERAL, ts=root)
    found = (await api.conversations_replies(channel=GENERAL, ts=root))["messages"]
    assert [message.get("subtype") for message in found] == ["tombstone", None]
    assert slack.world.channels[GENERAL].pins == []
    await api.chat_delete(channel=GENERAL, ts=reply)
    assert (await refusal(api.chat_delete(channel=GENERAL, ts=reply)))["error"] == "message_not_found"


async def test_pins(slack: FakeSlack, api: AsyncWebClient) -> None:
    """Pins are by message, once, by members, and a hundred at most."""
    widen(slack, "pins:read,chat:write.public")
    ts = await posted(api)
    await api.pins_add(channel=GENERAL, timestamp=ts)
    assert (await refusal(api.pins_add(channel=GENERAL, timestamp=ts)))["error"] == "already_pinned"
    assert [item["message"]["ts"] for item in (await api.pins_list(channel=GENERAL))["items"]] == [ts]
    await api.pins_remove(channel=GENERAL, timestamp=ts)
    assert (await refusal(api.pins_remove(channel=GENERAL, timestamp=ts)))["error"] == "no_pin"
    slack.world.channels[GENERAL].pins = [Pin(str(n), "U0ADA", 0) for n in range(PINS)]
    assert (await refusal(api.pins_add(channel=GENERAL, timestamp=ts)))["error"] == "too_many_pins"
    elsewhere = (await api.chat_postMessage(channel=RANDOM, text="hello"))["ts"]
    assert (await refusal(api.pins_add(channel=RANDOM, timestamp=elsewhere)))["error"] == "no_permission"


async def test_membership(slack: FakeSlack, api: AsyncWebClient) -> None:
    """The bot posts where it is a member; a private channel that it is not in does not exist for it."""
    slack.world.channels[GENERAL].archived = True
    for channel, word in ((RANDOM, "not_in_channel"), (SECRET, "channel_not_found"), (GENERAL, "is_archived")):
        assert (await refusal(api.chat_postMessage(channel=channel, text="hello")))["error"] == word
    widen(slack, "channels:join")
    await api.conversations_join(channel=RANDOM)
    await api.chat_postMessage(channel="#random", text="hello")
    assert (await refusal(api.conversations_history(channel="random")))["error"] == "channel_not_found"
    assert (await api.users_conversations())["channels"][1]["name"] == "random"
    assert "U0DIGEST" in (await api.conversations_members(channel=RANDOM))["members"]


async def test_conversations(slack: FakeSlack, api: AsyncWebClient) -> None:
    """Conversations are listed by kind; a direct one needs its scope, and a private one shows to members only."""
    both = "public_channel,private_channel"
    assert [c["id"] for c in (await api.conversations_list(types=both))["channels"]] == [GENERAL, RANDOM]
    slack.world.channels[SECRET].members.append("U0DIGEST")
    assert [c["id"] for c in (await api.conversations_list(types=both))["channels"]] == [GENERAL, RANDOM, SECRET]
    assert (await api.conversations_info(channel=SECRET))["channel"]["is_private"]
    assert (await refusal(api.conversations_open(users="U0LIN")))["needed"] == "im:write"
    widen(slack, "im:write")
    direct = (await api.conversations_open(users="U0LIN"))["channel"]["id"]
    assert (await api.chat_postMessage(channel="U0LIN", text="psst"))["channel"] == direct


async def test_a_person(api: AsyncWebClient) -> None:
    """A person has a zone, and a language where it was asked for."""
    user = (await api.users_info(user="U0LIN", include_locale=True))["user"]
    assert (user["tz"], user["tz_offset"], user["locale"]) == ("Asia/Shanghai", 28800, "zh-CN")
    assert "locale" not in (await api.users_info(user="U0LIN"))["user"]
    assert (await refusal(api.users_info(user="U0NOBODY")))["error"] == "user_not_found"


async def test_a_file_in_a_thread(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A file is announced, sent, and shared in a message of the thread."""
    root = await posted(api)
    await api.files_upload_v2(
        channel=GENERAL, thread_ts=root, content="# 报告\n", filename="report.md", initial_comment="all of it"
    )
    message = slack.world.channels[GENERAL].replies(root)[0]
    file = slack.world.files[message.files[0]]
    assert (message.text, file.name, file.content, file.shared) == ("all of it", "report.md", "# 报告\n", True)
    answer = await refusal(api.files_completeUploadExternal(files=[{"id": file.id}], channel_id=GENERAL))
    assert answer["error"] == "file_not_found"


async def test_for_one_person(slack: FakeSlack, api: AsyncWebClient) -> None:
    """An ephemeral message is seen by one member, and is in no history."""
    await api.chat_postEphemeral(channel=GENERAL, user="U0ADA", text="only you")
    channel = slack.world.channels[GENERAL]
    assert ([m.only_for for m in channel.ephemeral], channel.messages) == (["U0ADA"], {})
    answer = await refusal(api.chat_postEphemeral(channel=GENERAL, user="U0EVE", text="x"))
    assert answer["error"] == "user_not_in_channel"


async def test_addresses_of_messages(api: AsyncWebClient) -> None:
    """A message has an address; that of a reply names its thread."""
    root = await posted(api)
    reply = await posted(api, thread_ts=root)
    link = (await api.chat_getPermalink(channel=GENERAL, message_ts=reply))["permalink"]
    assert (
        link == f"https://rocket.slack.com/archives/{GENERAL}/p{reply.replace('.', '')}?thread_ts={root}&cid={GENERAL}"
    )


async def test_a_reaction(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A reaction is there once."""
    widen(slack, "reactions:write")
    ts = await posted(api)
    await api.reactions_add(channel=GENERAL, name="eyes", timestamp=ts)
    assert (await refusal(api.reactions_add(channel=GENERAL, name="eyes", timestamp=ts)))["error"] == "already_reacted"


async def test_the_home(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A Home is shown to one person; it may not be another kind of view."""
    await api.views_publish(user_id="U0ADA", view={"type": "home", "blocks": [{"type": "divider"}]})
    assert slack.world.homes["U0ADA"]["blocks"] == [{"type": "divider"}]
    answer = await refusal(api.views_publish(user_id="U0ADA", view={"type": "modal", "blocks": []}))
    assert answer["error"] == "invalid_arguments"


async def test_a_stream(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A stream grows, cannot be edited meanwhile, and ends as a message with its metadata."""
    root = await posted(api)
    whom = {"recipient_user_id": "U0ADA", "recipient_team_id": "T0ROCKET"}
    assert (await refusal(api.chat_startStream(channel=GENERAL, thread_ts=root)))[
        "error"
    ] == "missing_recipient_team_id"
    stream = await api.chat_stream(channel=GENERAL, thread_ts=root, buffer_size=4, **whom)
    await stream.append(markdown_text="one **two**")
    ts = str(stream.ts)
    assert (await refusal(api.chat_update(channel=GENERAL, ts=ts, text="x")))["error"] == "streaming_state_conflict"
    await stream.stop(markdown_text=" three", metadata=METADATA)
    message = slack.world.channels[GENERAL].messages[ts]
    assert (message.text, message.streaming, message.metadata) == ("one **two** three", "completed", METADATA)
    answer = await refusal(api.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="x"))
    assert answer["error"] == "message_not_in_streaming_state"


async def test_a_stream_of_blocks(api: AsyncWebClient) -> None:
    """A stream takes blocks, which keep their ids and are fifty at most, and no chunks of other kinds."""
    root = await posted(api)
    divider = {"type": "divider"}
    begun = {"channel": GENERAL, "thread_ts": root, "recipient_user_id": "U0ADA", "recipient_team_id": "T0ROCKET"}

    def chunk(*blocks: dict[str, str]) -> list[dict[str, object]]:
        return [{"type": "blocks", "blocks": list(blocks)}]

    stream = await api.chat_startStream(**begun, chunks=chunk({**divider, "block_id": "mine"}))
    grown = {"channel": GENERAL, "ts": str(stream["ts"])}
    await api.chat_appendStream(**grown, chunks=chunk(divider))
    task = {"type": "task_update", "id": "1", "title": "x", "status": "pending"}
    for other in (task, {"type": "blocks"}):
        assert (await refusal(api.chat_appendStream(**grown, chunks=[other])))["error"] == "invalid_chunks"
    assert (await refusal(api.chat_appendStream(**grown, chunks=chunk(*[divider] * 49))))["error"] == "invalid_blocks"
    assert (await refusal(api.chat_appendStream(**grown, chunks=chunk({"type": "x"}))))["error"] == "invalid_blocks"
    replies = (await api.conversations_replies(channel=GENERAL, ts=root))["messages"]
    assert [block["type"] for block in replies[-1]["blocks"]] == ["divider", "divider"]
    assert replies[-1]["blocks"][0]["block_id"] == "mine"


async def test_a_stream_dies(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A stream dies after five minutes, and its text can be edited then."""
    root = await posted(api)
    ts = (
        await api.chat_startStream(
            channel=GENERAL,
            thread_ts=root,
            markdown_text="half",
            recipient_user_id="U0ADA",
            recipient_team_id="T0ROCKET",
        )
    )["ts"]
    slack.time.skip(301)
    answer = await refusal(api.chat_stopStream(channel=GENERAL, ts=ts))
    assert answer["error"] == "message_not_in_streaming_state"
    await api.chat_update(channel=GENERAL, ts=ts, text="whole")


async def test_a_status(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A status shows in a thread until the bot writes there."""
    root = await posted(api)
    await api.assistant_threads_setStatus(channel_id=GENERAL, thread_ts=root, status="is reading")
    assert slack.world.channels[GENERAL].statuses[root].text == "is reading"
    await posted(api, thread_ts=root)
    assert slack.world.channels[GENERAL].statuses == {}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"channel": GENERAL}, "no_text"),
        ({"text": "hello"}, "invalid_arguments"),
        ({"channel": GENERAL, "text": "hello", "colour": "red"}, "invalid_arguments"),
        ({"channel": GENERAL, "text": "hello", "reply_broadcast": "maybe"}, "invalid_arguments"),
        ({"channel": GENERAL, "text": "hello", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": GENERAL, "text": "hello", "metadata": {"part": 1}}, "invalid_metadata_format"),
        ({"channel": GENERAL, "text": "hello", "attachments": [{}]}, "invalid_arguments"),
        ({"channel": GENERAL, "text": "hello", "markdown_text": "hello"}, "markdown_text_conflict"),
        ({"channel": GENERAL, "markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"channel": "C0NOWHERE", "text": "hello"}, "channel_not_found"),
    ],
)
async def test_arguments(api: AsyncWebClient, arguments: dict[str, Any], word: str) -> None:
    """What is missing, unknown or makes no sense is refused with Slack's word for it."""
    assert (await refusal(api.api_call("chat.postMessage", json=arguments)))["error"] == word


async def test_no_json(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A body that is no JSON, or no object, is refused with Slack's word for it."""
    headers = {"authorization": f"Bearer {api.token}", "content-type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for body in (b"{", b"7"):
            async with session.post(f"{slack.api}auth.test", data=body) as response:
                assert (await response.json())["error"] == "invalid_json"


async def test_an_unknown_method(api: AsyncWebClient) -> None:
    """A method that the fake does not know is an error, and not an empty answer."""
    assert (await refusal(api.admin_users_list()))["error"] == "unknown_method"
