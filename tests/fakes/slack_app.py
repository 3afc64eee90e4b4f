"""The methods about the app itself, its Home, its status, its files, and its streams."""

from collections.abc import Sequence

from tests.fakes import slack_shapes as shapes
from tests.fakes.slack_answers import Refusal
from tests.fakes.slack_blocks import MARKDOWN, check_message, check_view, violations
from tests.fakes.slack_chat import changed, event, metadata, thread
from tests.fakes.slack_methods import Call, method
from tests.fakes.slack_schema import at
from tests.fakes.slack_world import File, Json, Message, Status

STREAM_SECONDS = 300
"""How long a stream lives."""
STATUS_SECONDS = 120
"""How long a status shows."""


@method("auth.test", by="any", tier=None)
def auth_test(call: Call) -> Json:
    """Return whose token it is."""
    world = call.world
    if call.token.kind == "app":
        return {"app_name": "digestbot", "app_id": world.app_id}
    return {
        "url": "https://rocket.slack.com/",
        "team": world.team,
        "user": world.users[world.bot_user].name,
        "team_id": world.team_id,
        "user_id": world.bot_user,
        "bot_id": world.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", scope="connections:write", by="app", tier=None)
def connections_open(call: Call) -> Json:
    """Return an address for one connection."""
    ticket = call.world.next_id("W").lower()
    call.tickets.add(ticket)
    return {"url": f"{call.url.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={call.world.app_id}"}


@method("bots.info", "bot team_id", scope="users:read")
def bots_info(call: Call) -> Json:
    """Return the bot."""
    world = call.world
    if call.get("bot", world.bot_id) != world.bot_id:
        raise Refusal("bot_not_found")
    bot = {
        "id": world.bot_id,
        "deleted": False,
        "name": world.users[world.bot_user].name,
        "updated": 1_700_000_000,
        "app_id": world.app_id,
        "user_id": world.bot_user,
        "icons": {"image_36": "", "image_48": "", "image_72": ""},
    }
    return {"bot": bot}


@method("views.publish", "user_id! view!:json hash", tier=4)
def publish(call: Call) -> Json:
    """Show somebody the Home of the app."""
    world = call.world
    user = str(call.get("user_id"))
    if user not in world.users:
        raise Refusal("user_not_found")
    view = check_view(call.get("view"))
    ids = {"id": world.next_id("V"), "team_id": world.team_id, "app_id": world.app_id, "bot_id": world.bot_id}
    world.homes[user] = ids | {"hash": world.next_ts()} | view
    return {"view": world.homes[user]}


@method("blocks.validate", "blocks:json message:json view:json", tier=None)
def validate(call: Call) -> Json:
    """Return nothing if blocks, a message or a view are as they should be."""
    if len(call.arguments) != 1:
        raise Refusal("invalid_arguments", [at("", "exactly one of blocks, message and view is required")])
    ((what, value),) = call.arguments.items()
    inner = value.get("blocks", []) if isinstance(value, dict) else value
    found = violations(inner, "" if what == "blocks" else "/blocks", 100 if what == "view" else 50)
    if found:
        pointers = (complaint.rpartition(" [json-pointer:") for complaint in found)
        errors = [
            {"pointer": pointer.rstrip("]"), "code": "failed_constraint", "message": words}
            for words, _, pointer in pointers
        ]
        raise Refusal(f"invalid_{what}", errors=errors)
    return {}


@method("assistant.threads.setStatus", "channel_id! thread_ts! status! loading_messages:json", scope="chat:write")
def set_status(call: Call) -> Json:
    """Show in a thread what the bot is doing, until its next message there, and for two minutes at most."""
    channel = call.writable(str(call.get("channel_id")))
    ts = str(call.get("thread_ts"))
    if ts not in channel.messages:
        raise Refusal("thread_not_found")
    channel.statuses[ts] = Status(str(call.get("status")), call.world.clock() + STATUS_SECONDS)
    return {}


@method(
    "files.getUploadURLExternal", "filename! length!:int alt_txt alt_text snippet_type", scope="files:write", tier=4
)
def upload_address(call: Call) -> Json:
    """Return where a file of so many bytes can be sent."""
    if call.get("length") < 1:
        raise Refusal("invalid_arguments", [at("/length", "must be greater than 0")])
    id_ = call.world.next_id("F")
    call.world.files[id_] = File(id_, str(call.get("filename")), call.get("length"))
    return {"upload_url": f"{call.url}/upload/v1/{id_}", "file_id": id_}


@method(
    "files.completeUploadExternal",
    "files!:json channel_id channels thread_ts initial_comment blocks:json",
    scope="files:write",
    tier=4,
)
def complete_upload(call: Call) -> Json:
    """Share files that were sent, in a message."""
    world = call.world
    files = [_sent(call, given) for given in call.get("files")]
    name = call.get("channel_id") or call.get("channels")
    channel = call.writable(str(name)) if name else None
    if channel:
        message = Message(
            channel.id,
            world.next_ts(),
            world.bot_user,
            str(call.get("initial_comment") or ""),
            check_message(call.get("blocks")) if call.get("blocks") else [],
            world.bot_id,
            thread(call, channel),
            files=[file.id for file in files],
        )
        event(call, world.add(message))
    for file in files:
        file.shared = True
    return {"files": [shapes.file(world, file, channel) for file in files]}


@method("files.delete", "file!", scope="files:write", tier=3)
def delete_file(call: Call) -> Json:
    """Take a file away, and the message that did nothing but share it."""
    world = call.world
    if world.files.pop(str(call.get("file")), None) is None:
        raise Refusal("file_not_found")
    for channel in world.channels.values():
        for message in list(channel.messages.values()):
            if call.get("file") in message.files:
                message.files.remove(call.get("file"))
                if not (message.files or message.text or message.blocks):
                    del channel.messages[message.ts]
    return {}


def _sent(call: Call, given: Json) -> File:
    file = call.world.files.get(str(given.get("id")))
    if file is None or file.content is None or file.shared:
        raise Refusal("file_not_found")
    if len(file.content.encode("utf-8", "surrogateescape")) != file.length:
        raise Refusal("file_upload_size_mismatch")
    file.title = str(given.get("title") or file.name)
    return file


_WRITTEN = "markdown_text chunks:json"


def _written(call: Call, before: Sequence[Json] = ()) -> tuple[str, list[Json]]:
    """Return the text and all the blocks that a stream has after a call, of those before it. Raises Refusal."""
    chunks = call.get("chunks") or []
    if not isinstance(chunks, list) or not all(isinstance(chunk, dict) for chunk in chunks):
        raise Refusal("invalid_chunks")
    text, blocks = str(call.get("markdown_text") or ""), list(before)
    for chunk in chunks:
        match chunk:
            case {"type": "markdown_text", "text": str(more)}:
                text += more
            case {"type": "blocks", "blocks": [*more]}:
                blocks += more
            case _:
                raise Refusal("invalid_chunks")
    if len(text) > MARKDOWN:
        raise Refusal("msg_too_long")
    return text, check_message(blocks) if blocks else []


def _stream(call: Call) -> Message:
    channel = call.visible()
    message = call.own(channel, str(call.get("ts")), "message_not_owned_by_app")
    if message.streaming == "in_progress" and call.limits.time.now() > message.stream_until:
        message.streaming = "errored"
    if message.streaming != "in_progress":
        raise Refusal("message_not_in_streaming_state")
    return message


@method(
    "chat.startStream",
    f"channel! thread_ts! {_WRITTEN} recipient_user_id recipient_team_id task_display_mode icon_emoji icon_url "
    "username",
    scope="chat:write",
    tier=2,
)
def start_stream(call: Call) -> Json:
    """Begin a message that grows while it is read."""
    world = call.world
    channel = call.writable()
    text, blocks = _written(call)
    for name in ("recipient_team_id", "recipient_user_id"):
        if channel.kind != "im" and not call.get(name):
            raise Refusal(f"missing_{name}")
    message = world.add(
        Message(
            channel.id,
            world.next_ts(),
            world.bot_user,
            text,
            blocks,
            bot_id=world.bot_id,
            thread_ts=thread(call, channel),
            markdown=True,
            streaming="in_progress",
            stream_until=call.limits.time.now() + STREAM_SECONDS,
        )
    )
    event(call, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.appendStream", f"channel! ts! {_WRITTEN}", scope="chat:write", tier=4)
def append_stream(call: Call) -> Json:
    """Let a stream grow."""
    message = _stream(call)
    added, blocks = _written(call, message.blocks)
    if not added and blocks == message.blocks:
        raise Refusal("no_text")
    message.text += added
    message.blocks = blocks
    return {"channel": message.channel, "ts": message.ts}


@method(
    "chat.stopStream", f"channel! ts! {_WRITTEN} blocks:json metadata:json session_status", scope="chat:write", tier=2
)
def stop_stream(call: Call) -> Json:
    """End a stream, with blocks beneath it where they are given."""
    message = _stream(call)
    (added, streamed), meant = _written(call, message.blocks), metadata(call)
    blocks = check_message(call.get("blocks")) if call.get("blocks") else []
    before = shapes.event(call.world, message)
    message.text += added
    message.blocks, message.metadata = [*streamed, *blocks], meant or message.metadata
    message.streaming = "completed"
    changed(call, message, before)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "message": shapes.answer(call.world, message, metadata=True),
    }
