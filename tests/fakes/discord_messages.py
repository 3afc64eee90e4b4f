"""The endpoints of messages: sending, history, editing, pins, reactions, typing."""

import mimetypes
from collections.abc import Sequence
from urllib.parse import quote, unquote

from tests.fakes import discord_actions as actions
from tests.fakes import discord_shapes as shapes
from tests.fakes.discord_actions import Circumstances
from tests.fakes.discord_answers import Answer, refuse
from tests.fakes.discord_call import Call, File, Route
from tests.fakes.discord_forms import Draft, Form, read_message, refuse_empty
from tests.fakes.discord_permissions import Permission, permissions, require, sending
from tests.fakes.discord_world import JSON, Channel, ChannelType, Message, MessageType, World, moment

NONCE_SECONDS = 180
"""How long a nonce is remembered: "a few minutes", as the documentation puts it."""
PINS = 250
_UPLOAD = 10 << 20


def send(call: Call) -> Answer:
    """Send a message."""
    channel = call.channel()
    draft = read_message(call.form)
    message = send_draft(call, channel, draft)
    return Answer(200, shown(call, message))


def send_draft(call: Call, channel: Channel, draft: Draft) -> Message:
    """Send a message to a channel, or find the one that was sent with its nonce. Raises Refusal."""
    if channel.type is ChannelType.FORUM:
        raise refuse(50008)
    require_sending(call.world, channel, draft, call.files)
    if draft.enforce_nonce and draft.nonce is not None:
        since = call.world.now() - NONCE_SECONDS
        if known := call.world.sent_with_nonce(call.bot.id, draft.nonce, since):
            return known
    files = store(call, draft.attachments)
    refuse_empty(draft.content, draft.embeds, draft.components, files)
    reference = _reference(channel, draft.reference)
    kind = MessageType.REPLY if reference else MessageType.DEFAULT
    return actions.post(call.world, channel, call.bot, draft, Circumstances(kind, reference=reference, files=files))


def require_sending(world: World, channel: Channel, draft: Draft, files: Sequence[File] = ()) -> None:
    """Raise Refusal unless the bot may send this, there, now."""
    needed = [sending(channel)]
    needed += [Permission.EMBED_LINKS] if draft.embeds else []
    needed += [Permission.ATTACH_FILES] if files else []
    require(world, world.bot, channel, *needed)
    require_open(world, channel)


def require_open(world: World, channel: Channel) -> None:
    """Raise Refusal for a locked thread, where only moderators send."""
    moderator = permissions(world, world.bot, channel) & Permission.MANAGE_THREADS
    if channel.thread and channel.thread.locked and not moderator:
        raise refuse(50083 if channel.thread.archived else 160005)


def store(call: Call, described: Sequence[JSON]) -> list[JSON]:
    """Return the attachments of a request, its uploads stored, as messages show them. Raises Refusal."""
    names = {f"files[{each.get('id')}]": each for each in described}
    kept: list[JSON] = []
    for file in call.files:
        if len(file.content) > _UPLOAD:
            raise refuse(40005)
        number = call.world.snowflake()
        call.world.files[number] = file.content
        name = names.get(file.field, {}).get("filename") or file.name
        url = f"{call.at}/attachments/{number}/{quote(name)}"
        shape: JSON = {"id": str(number), "filename": name, "size": len(file.content), "url": url, "proxy_url": url}
        if kind := mimetypes.guess_type(name)[0]:
            shape["content_type"] = kind
        kept.append(shape)
    return kept


def _reference(channel: Channel, given: JSON | None) -> JSON | None:
    """Return the reference of an answer, if the message is there. Raises Refusal where it has to be."""
    if not given:
        return None
    if int(given.get("message_id") or 0) in channel.messages:
        reference: JSON = {"type": 0, "channel_id": str(channel.id), "message_id": str(given["message_id"])}
        return reference | ({"guild_id": str(channel.guild_id)} if channel.guild_id else {})
    if given.get("fail_if_not_exists", True):
        form = Form()
        form.wrong("message_reference", ("MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message"))
        form.done()
    return None


def shown(call: Call, message: Message) -> JSON:
    """Return a message as the bot is shown it."""
    return shapes.message(message, call.world, granted=call.world.application.message_content)


def history(call: Call) -> Answer:
    """List messages, the newest first: before, after or around one, or the last."""
    channel = call.channel()
    limit = call.number("limit", 50, 100)
    if not permissions(call.world, call.bot, channel) & Permission.READ_MESSAGE_HISTORY:
        return Answer(200, [])
    found = channel.visible
    if "around" in call.query:
        middle = call.id_of("around")
        before = [each for each in found if each.id < middle][-(limit // 2) :] if limit > 1 else []
        after = [each for each in found if each.id >= middle]
        found = before + after[: limit - len(before)]
    elif "after" in call.query:
        after_id = call.id_of("after")
        found = [each for each in found if each.id > after_id][:limit]
    else:
        before_id = call.id_of("before", 1 << 63)
        found = [each for each in found if each.id < before_id][-limit:]
    return Answer(200, [shown(call, each) for each in sorted(found, key=lambda each: -each.id)])


def get(call: Call) -> Answer:
    """Return one message."""
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    return Answer(200, shown(call, call.message(channel)))


def edit(call: Call) -> Answer:
    """Change a message of the bot's own."""
    channel = call.channel()
    message = call.message(channel)
    if message.author_id != call.bot.id:
        raise refuse(50005)
    if message.type not in (MessageType.DEFAULT, MessageType.REPLY, MessageType.COMMAND):
        raise refuse(50021)
    refuse_archived(channel)
    return Answer(200, shown(call, edit_with(call, message)))


def edit_with(call: Call, message: Message) -> Message:
    """Change a message by what the body names. Raises Refusal."""
    draft = read_message(call.form, flags=message.flags)
    files: list[JSON] | None = None
    if "attachments" in draft.given or call.files:
        kept = {str(each["id"]) for each in draft.attachments}
        files = [each for each in message.attachments if each["id"] in kept] + store(call, draft.attachments)
    after = {name: getattr(draft if name in draft.given else message, name) for name in ("embeds", "components")}
    content = draft.content if "content" in draft.given else message.content
    refuse_empty(content, *after.values(), message.attachments if files is None else files)
    return actions.edit(call.world, message, draft, files)


def refuse_archived(channel: Channel) -> None:
    """Raise Refusal for an archived thread, in which nothing changes."""
    if channel.thread and channel.thread.archived:
        raise refuse(50083)


def delete(call: Call) -> Answer:
    """Delete a message: the bot's own, or with the permission any."""
    channel = call.channel()
    message = call.message(channel)
    if message.author_id != call.bot.id:
        require(call.world, call.bot, channel, Permission.MANAGE_MESSAGES)
    refuse_archived(channel)
    actions.delete(call.world, message)
    return Answer(204)


def _pinnable(call: Call) -> Message:
    channel = call.channel(Permission.PIN_MESSAGES)
    number = int(call.part["message"])
    if number not in channel.messages and any(number in each.messages for each in call.world.channels.values()):
        raise refuse(50019)
    refuse_archived(channel)
    return call.message(channel)


def pin(call: Call) -> Answer:
    """Pin a message; a pinned one stays so."""
    message = _pinnable(call)
    channel = call.world.channels[message.channel_id]
    if message.type not in (MessageType.DEFAULT, MessageType.REPLY, MessageType.COMMAND):
        raise refuse(50021)
    if message.id not in channel.pins:
        if len(channel.pins) >= PINS:
            raise refuse(30003)
        actions.pin(call.world, message, call.bot)
    return Answer(204)


def unpin(call: Call) -> Answer:
    """Take a pin away."""
    actions.unpin(call.world, _pinnable(call))
    return Answer(204)


def _pinned(call: Call) -> list[tuple[float, Message]]:
    """Return the pins of a channel that may be read, the last one first."""
    channel = call.channel()
    if not permissions(call.world, call.bot, channel) & Permission.READ_MESSAGE_HISTORY:
        return []
    latest = sorted(channel.pins.items(), key=lambda pin: (-pin[1], -pin[0]))
    return [(at, channel.messages[number]) for number, at in latest]


def all_pins(call: Call) -> Answer:
    """List the pins as this was done once: the last fifty of them."""
    return Answer(200, [shown(call, message) for _, message in _pinned(call)][:50])


def pins(call: Call) -> Answer:
    """List the pins by pages, the last one first."""
    limit = call.number("limit", 50, 50)
    found = _pinned(call)
    before = call.seconds_of("before")
    found = [pin for pin in found if pin[0] < before]
    items = [{"pinned_at": moment(at), "message": _alone(shown(call, message))} for at, message in found[:limit]]
    return Answer(200, {"items": items, "has_more": len(found) > limit})


def _alone(shape: JSON) -> JSON:
    return {key: value for key, value in shape.items() if key != "reactions"}


def react(call: Call) -> Answer:
    """Add the bot's reaction."""
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    message, emoji = call.message(channel), unquote(call.part["emoji"])
    if emoji.isascii():
        raise refuse(10014)
    if emoji not in message.reactions:
        require(call.world, call.bot, channel, Permission.ADD_REACTIONS)
    refuse_archived(channel)
    actions.react(call.world, message, emoji, call.bot, add=True)
    return Answer(204)


def unreact(call: Call) -> Answer:
    """Take the bot's reaction away."""
    channel = call.channel()
    message, emoji = call.message(channel), unquote(call.part["emoji"])
    if emoji not in message.reactions:
        raise refuse(10014)
    actions.react(call.world, message, emoji, call.bot, add=False)
    return Answer(204)


def show_typing(call: Call) -> Answer:
    """Show that the bot is typing."""
    channel = call.channel()
    require(call.world, call.bot, channel, sending(channel))
    actions.show_typing(call.world, channel, call.bot)
    return Answer(204)


_MESSAGES = "/channels/{channel}/messages"
_REACTION = _MESSAGES + "/{message}/reactions/{emoji}/@me"
ROUTES: tuple[Route, ...] = (
    ("POST", _MESSAGES, send),
    ("GET", _MESSAGES, history),
    ("GET", _MESSAGES + "/pins", pins),
    ("PUT", _MESSAGES + "/pins/{message}", pin),
    ("DELETE", _MESSAGES + "/pins/{message}", unpin),
    ("GET", "/channels/{channel}/pins", all_pins),
    ("PUT", "/channels/{channel}/pins/{message}", pin),
    ("DELETE", "/channels/{channel}/pins/{message}", unpin),
    ("GET", _MESSAGES + "/{message}", get),
    ("PATCH", _MESSAGES + "/{message}", edit),
    ("DELETE", _MESSAGES + "/{message}", delete),
    ("PUT", _REACTION, react),
    ("DELETE", _REACTION, unreact),
    ("POST", "/channels/{channel}/typing", show_typing),
)
