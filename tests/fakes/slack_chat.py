"""The methods chat.*, and what a message has to be like."""

from typing import Any

from tests.fakes import slack_shapes as shapes
from tests.fakes.slack_answers import Refusal
from tests.fakes.slack_blocks import MARKDOWN, check_message
from tests.fakes.slack_limits import POSTS
from tests.fakes.slack_methods import Call, method
from tests.fakes.slack_world import Channel, Json, Message

POSTED_TEXT = 40_000
"""Characters beyond which a posted text is cut."""
EDITED_TEXT = 4_000
"""Characters beyond which a text is not taken by an edit."""

_CONTENT = "text blocks:json attachments:json markdown_text"
_LOOK = "icon_emoji icon_url username as_user:bool"
_PARSING = "link_names:bool parse"


def content(call: Call) -> dict[str, Any]:
    """Return the fields of a message that say what it shows. Raises Refusal."""
    if call.get("attachments"):
        raise Refusal("invalid_arguments", ["attachments are not known here [json-pointer:/attachments]"])
    markdown = call.get("markdown_text")
    if markdown is not None:
        if call.get("text") or call.get("blocks"):
            raise Refusal("markdown_text_conflict")
        if len(markdown) > MARKDOWN:
            raise Refusal("msg_too_long")
        return {"text": markdown, "blocks": [], "markdown": True}
    found: dict[str, Any] = {}
    if "text" in call.arguments:
        found["text"] = call.get("text")
    if "blocks" in call.arguments:
        found["blocks"] = check_message(call.get("blocks"))
    if not found.get("blocks") and not found.get("text"):
        raise Refusal("no_text")
    return found


def metadata(call: Call) -> Json | None:
    """Return the metadata of a message; None where an empty object says so. Raises Refusal."""
    given = call.get("metadata")
    if given in (None, {}):
        return None
    known = isinstance(given, dict) and given.keys() == {"event_type", "event_payload"}
    if not known or not isinstance(given["event_type"], str) or not isinstance(given["event_payload"], dict):
        raise Refusal("invalid_metadata_format")
    return dict(given)


def thread(call: Call, channel: Channel) -> str | None:
    """Return the thread that a message goes to. Raises Refusal."""
    ts: str | None = call.get("thread_ts")
    if ts is None:
        return None
    parent = channel.messages.get(ts)
    if parent is None:
        raise Refusal("thread_not_found")
    if parent.is_reply:
        raise Refusal("cannot_reply_to_message")
    return ts


def event(call: Call, kept: Message, subtype: str | None = None, **more: object) -> None:
    """Tell of a message, or with a subtype of what became of one."""
    channel = call.world.channels[kept.channel]
    body = shapes.event(call.world, kept)
    if subtype:
        ts = call.world.next_ts()
        body = {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts, **more}
        body |= {"channel": channel.id, "channel_type": channel.kind}
    call.events.append((f"message.{channel.kind}", body))


def changed(call: Call, kept: Message, before: Json) -> None:
    """Tell that a message is not what it was."""
    now = shapes.event(call.world, kept)
    event(call, kept, "message_changed", message=now, previous_message=before)


@method(
    "chat.postMessage",
    f"channel! {_CONTENT} thread_ts reply_broadcast:bool unfurl_links:bool unfurl_media:bool mrkdwn:bool "
    f"metadata:json {_PARSING} {_LOOK}",
    scope="chat:write",
    tier=POSTS,
)
def post(call: Call) -> Json:
    """Keep a message of the bot's."""
    world = call.world
    channel = call.addressed()
    fields = content(call)
    thread_ts = thread(call, channel)
    message = world.add(
        Message(
            channel.id,
            world.next_ts(),
            world.bot_user,
            str(fields.get("text", ""))[:POSTED_TEXT],
            fields.get("blocks", []),
            world.bot_id,
            thread_ts,
            "thread_broadcast" if thread_ts and call.get("reply_broadcast") else None,
            metadata(call),
            markdown=fields.get("markdown", False),
            **parsing(call),
        )
    )
    event(call, message)
    return {"channel": channel.id, "ts": message.ts, "message": shapes.answer(world, message, metadata=True)}


def parsing(call: Call) -> dict[str, Any]:
    """Return how a message asks to be interpreted."""
    names = ("mrkdwn", "parse", "link_names", "unfurl_links", "unfurl_media")
    return {name: call.get(name) for name in names if name in call.arguments}


@method(
    "chat.update",
    f"channel! ts! {_CONTENT} metadata:json {_PARSING} as_user:bool file_ids:json reply_broadcast:bool",
    scope="chat:write",
)
def update(call: Call) -> Json:
    """Edit a message of the bot's. What is not given stays as it was."""
    world = call.world
    channel = call.visible()
    message = call.own(channel, str(call.get("ts")), "cant_update_message")
    if message.streaming == "in_progress":
        raise Refusal("streaming_state_conflict")
    if len(str(call.get("text") or "")) > EDITED_TEXT:
        raise Refusal("msg_too_long")
    fields = content(call)
    meant = metadata(call) if "metadata" in call.arguments else message.metadata
    before = shapes.event(world, message)
    message.revisions.append(message.text)
    message.text = fields.get("text", message.text)
    message.blocks = fields.get("blocks", message.blocks)
    message.markdown = fields.get("markdown", message.markdown and "text" not in fields)
    message.metadata = meant
    message.edited = {"user": world.bot_user, "ts": world.next_ts()}
    changed(call, message, before)
    shape = shapes.answer(world, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


@method("chat.delete", "channel! ts! as_user:bool", scope="chat:write")
def delete(call: Call) -> Json:
    """Remove a message of the bot's; of one with replies a tombstone stays."""
    channel = call.visible()
    message = call.own(channel, str(call.get("ts")), "cant_delete_message")
    remove(call, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def remove(call: Call, channel: Channel, message: Message) -> None:
    """Remove a message, and tell so."""
    before = shapes.event(call.world, message)
    channel.pins = [pin for pin in channel.pins if pin.ts != message.ts]
    if message.thread_ts == message.ts and channel.replies(message.ts):
        message.subtype, message.text, message.blocks = "tombstone", "This message was deleted.", []
        message.metadata = message.bot_id = None
        message.user, message.files = "USLACKBOT", []
    else:
        del channel.messages[message.ts]
    event(call, message, "message_deleted", deleted_ts=message.ts, previous_message=before)


@method("chat.postEphemeral", f"channel! user! {_CONTENT} thread_ts {_PARSING} {_LOOK}", scope="chat:write", tier=4)
def post_ephemeral(call: Call) -> Json:
    """Show a message to one person."""
    world = call.world
    channel = call.addressed()
    if call.get("user") not in channel.members:
        raise Refusal("user_not_in_channel")
    fields = content(call)
    message = world.add(
        Message(
            channel.id,
            world.next_ts(),
            world.bot_user,
            fields.get("text", ""),
            fields.get("blocks", []),
            world.bot_id,
            thread(call, channel),
            markdown=fields.get("markdown", False),
            only_for=call.get("user"),
            **parsing(call),
        )
    )
    return {"message_ts": message.ts}


@method("chat.getPermalink", "channel! message_ts!", tier=None)
def get_permalink(call: Call) -> Json:
    """Return the address of a message."""
    channel = call.visible()
    message = call.message(channel, str(call.get("message_ts")))
    return {"channel": channel.id, "permalink": shapes.permalink(message)}
