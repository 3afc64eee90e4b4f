"""The methods about conversations, people, pins and reactions."""

from tests.fakes import slack_shapes as shapes
from tests.fakes.slack_answers import Refusal
from tests.fakes.slack_methods import KINDS, Call, method, page, timestamps
from tests.fakes.slack_world import Channel, Json, Message, Pin

PINS = 100
"""Pins of a conversation."""

_PAGE = "cursor limit:int"
_RANGE = f"{_PAGE} oldest latest inclusive:bool include_all_metadata:bool"
_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def _shown(call: Call, messages: list[Message]) -> list[Json]:
    metadata = bool(call.get("include_all_metadata"))
    return [shapes.answer(call.world, message, metadata=metadata) for message in messages]


@method("conversations.info", "channel! include_locale:bool include_num_members:bool")
def info(call: Call) -> Json:
    """Return a conversation."""
    call.scope(*(f"{kind}:read" for kind in KINDS.values()))
    channel = call.visible(right="read")
    shape = shapes.channel(call.world, channel)
    if call.get("include_num_members"):
        shape["num_members"] = len(channel.members)
    if call.get("include_locale"):
        shape["locale"] = "en-US"
    return {"channel": shape}


@method("conversations.history", f"channel! {_RANGE}")
def history(call: Call) -> Json:
    """Return what a channel itself shows, newest first."""
    channel = call.readable()
    found, cursor = page(timestamps(reversed(channel.timeline()), call), call)
    answer: Json = {
        "messages": _shown(call, found),
        "has_more": bool(cursor),
        "pin_count": len(channel.pins),
        "channel_actions_ts": 0,
        "channel_actions_count": 0,
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


@method("conversations.replies", f"channel! ts! {_RANGE}")
def replies(call: Call) -> Json:
    """Return a thread: its root, and a page of its replies, oldest first."""
    channel = call.readable()
    root = channel.messages.get(str(call.get("ts")))
    if root is None:
        raise Refusal("thread_not_found")
    if root.is_reply:
        return {"messages": _shown(call, [root]), "has_more": False}
    found, cursor = page(timestamps(channel.replies(root.ts), call), call, default=1000)
    answer: Json = {"messages": _shown(call, [root, *found]), "has_more": bool(cursor)}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


@method("conversations.members", f"channel! {_PAGE}", tier=4)
def members(call: Call) -> Json:
    """Return who is in a conversation."""
    call.scope(*(f"{kind}:read" for kind in KINDS.values()))
    found, cursor = page(call.visible(right="read").members, call)
    return {"members": found, "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", "channel!", scope="channels:join")
def join(call: Call) -> Json:
    """Let the bot enter a public channel."""
    channel = call.visible()
    if channel.kind != "channel":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    already = call.is_member(channel)
    if not already:
        channel.members.append(call.world.bot_user)
    shape = {"channel": shapes.channel(call.world, channel)}
    said = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return shape | (said if already else {})


def _listed(call: Call) -> list[Channel]:
    kinds = []
    for name in str(call.get("types") or "public_channel").split(","):
        if name.strip() not in _TYPES:
            raise Refusal("invalid_types")
        kinds.append(_TYPES[name.strip()])
    call.scope(*(f"{KINDS[kind]}:read" for kind in kinds if kind in KINDS))
    return [
        channel
        for channel in call.world.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channel" or call.is_member(channel))
        and not (call.get("exclude_archived") and channel.archived)
    ]


def _channels(call: Call, channels: list[Channel]) -> Json:
    found, cursor = page(channels, call)
    shown = [shapes.channel(call.world, channel) for channel in found]
    return {"channels": shown, "response_metadata": {"next_cursor": cursor}}


@method("conversations.list", f"exclude_archived:bool types team_id {_PAGE}", tier=2)
def list_channels(call: Call) -> Json:
    """Return the conversations that the bot may know of."""
    return _channels(call, _listed(call))


@method("users.conversations", f"exclude_archived:bool types team_id user {_PAGE}")
def conversations(call: Call) -> Json:
    """Return the conversations that somebody, or the bot, is in."""
    user = str(call.get("user") or call.world.bot_user)
    return _channels(call, [channel for channel in _listed(call) if user in channel.members])


@method("conversations.open", "channel users return_im:bool prevent_creation:bool", scope="im:write")
def open_direct(call: Call) -> Json:
    """Return the direct conversation with somebody."""
    users = [user for user in str(call.get("users") or "").split(",") if user]
    if call.get("channel"):
        channel = call.visible()
        if channel.kind != "im":
            raise Refusal("method_not_supported_for_channel_type")
    elif len(users) != 1:
        raise Refusal("users_list_not_supplied" if not users else "too_many_users")
    elif users[0] not in call.world.users:
        raise Refusal("user_not_found")
    else:
        channel = call.world.direct(users[0])
    return {"channel": shapes.channel(call.world, channel) if call.get("return_im") else {"id": channel.id}}


@method("users.info", "user! include_locale:bool", scope="users:read", tier=4)
def user_info(call: Call) -> Json:
    """Return a person, with the zone, and the language where asked."""
    user = call.world.users.get(str(call.get("user")))
    if user is None:
        raise Refusal("user_not_found")
    return {"user": shapes.user(call.world, user, locale=bool(call.get("include_locale")))}


def _pinnable(call: Call) -> tuple[Channel, str]:
    channel = call.visible()
    if not call.is_member(channel):
        raise Refusal("no_permission")
    ts = str(call.get("timestamp"))
    if ts not in channel.messages:
        raise Refusal("message_not_found")
    return channel, ts


def _pin_event(call: Call, channel: Channel, ts: str, what: str) -> None:
    now, bot = call.world.next_ts(), call.world.bot_user
    created = int(float(now))
    message = channel.messages[ts]
    shape = shapes.message(call.world, message) | {"permalink": shapes.permalink(message)}
    body: Json = {
        "type": what,
        "user": bot,
        "channel_id": channel.id,
        "item": {
            "type": "message",
            "channel": channel.id,
            "created": created,
            "created_by": bot,
            "message": shape,
        },
        "item_user": message.user,
        "pin_count": str(len(channel.pins)),
        "pinned_info": {"channel": channel.id, "pinned_by": bot, "pinned_ts": created},
        "event_ts": now,
    }
    call.events.append((what, body | ({"has_pins": bool(channel.pins)} if what == "pin_removed" else {})))


@method("pins.add", "channel! timestamp!", scope="pins:write", tier=2)
def pin(call: Call) -> Json:
    """Pin a message."""
    channel, ts = _pinnable(call)
    if any(pinned.ts == ts for pinned in channel.pins):
        raise Refusal("already_pinned")
    if channel.messages[ts].subtype in ("tombstone", "channel_join"):
        raise Refusal("not_pinnable")
    if len(channel.pins) >= PINS:
        raise Refusal("too_many_pins")
    channel.pins.append(Pin(ts, call.world.bot_user, int(call.world.clock())))
    _pin_event(call, channel, ts, "pin_added")
    return {}


@method("pins.remove", "channel! timestamp!", scope="pins:write", tier=2)
def unpin(call: Call) -> Json:
    """Unpin a message."""
    channel, ts = _pinnable(call)
    if all(pinned.ts != ts for pinned in channel.pins):
        raise Refusal("no_pin")
    channel.pins = [pinned for pinned in channel.pins if pinned.ts != ts]
    _pin_event(call, channel, ts, "pin_removed")
    return {}


@method("pins.list", "channel!", scope="pins:read", tier=2)
def pins(call: Call) -> Json:
    """Return what is pinned, newest pin first."""
    channel = call.visible()
    if not call.is_member(channel):
        raise Refusal("not_in_channel")
    return {
        "items": [
            {
                "type": "message",
                "channel": channel.id,
                "created": pinned.created,
                "created_by": pinned.user,
                "message": shapes.answer(call.world, channel.messages[pinned.ts]),
            }
            for pinned in reversed(channel.pins)
        ]
    }


@method("reactions.add", "channel! name! timestamp!", scope="reactions:write")
def react(call: Call) -> Json:
    """Let the bot react to a message."""
    channel = call.visible()
    if not call.is_member(channel):
        raise Refusal("not_in_channel")
    message = call.message(channel, str(call.get("timestamp")))
    name = str(call.get("name")).strip(":")
    found = next((reaction for reaction in message.reactions if reaction["name"] == name), None)
    if found is None:
        found = {"name": name, "users": [], "count": 0}
        message.reactions.append(found)
    if call.world.bot_user in found["users"]:
        raise Refusal("already_reacted")
    found["users"].append(call.world.bot_user)
    found["count"] = len(found["users"])
    return {}
