"""The endpoints of channels and threads."""

from tests.fakes import discord_actions as actions
from tests.fakes import discord_shapes as shapes
from tests.fakes.discord_actions import NewThread
from tests.fakes.discord_answers import Answer, refuse
from tests.fakes.discord_call import Call, Route
from tests.fakes.discord_forms import ARCHIVE_AFTER, THREAD_NAME, Form, read_message, read_thread, refuse_empty
from tests.fakes.discord_messages import shown, store
from tests.fakes.discord_permissions import Permission, permissions, require
from tests.fakes.discord_types import CHANNEL, checked
from tests.fakes.discord_world import JSON, Channel, ChannelType, MessageType

_TAGS = 5


def get(call: Call) -> Answer:
    """Return a channel or a thread."""
    return Answer(200, shapes.channel(call.channel(), call.world))


def change(call: Call) -> Answer:
    """Change a thread: its name, its tags, whether it is archived or locked; or the name and topic of a channel."""
    channel = call.channel()
    checked(call.form, CHANNEL)
    form = Form()
    if "name" in call.form:
        form.text("name", call.form["name"], THREAD_NAME, 1)
    if call.form.get("auto_archive_duration"):
        form.choice("auto_archive_duration", call.form["auto_archive_duration"], ARCHIVE_AFTER)
    form.done()
    if channel.thread:
        _change_thread(call, channel)
    else:
        require(call.world, call.bot, channel, Permission.MANAGE_CHANNELS)
        channel.name, channel.topic = call.form.get("name", channel.name), call.form.get("topic", channel.topic)
    actions.update_channel(call.world, channel)
    return Answer(200, shapes.channel(channel, call.world))


def _change_thread(call: Call, channel: Channel) -> None:
    thread, body = channel.thread, call.form
    assert thread
    granted = permissions(call.world, call.bot, channel)
    moderator = bool(granted & Permission.MANAGE_THREADS)
    opens = body.keys() == {"archived"} and not body["archived"] and not thread.locked
    may = moderator or (opens and granted & Permission.SEND_MESSAGES_IN_THREADS)
    if not may and (thread.owner_id != call.bot.id or "locked" in body or thread.locked):
        raise refuse(50013)
    if thread.archived and body.get("archived", True) and not body.keys() <= {"archived"}:
        raise refuse(50083)
    if "applied_tags" in body:
        thread.tags = _tags(body, call.world.channels[channel.parent_id or 0])
    if "archived" in body and thread.archived != body["archived"]:
        thread.archived, thread.archived_at = bool(body["archived"]), call.world.now()
    thread.locked = bool(body.get("locked", thread.locked))
    thread.auto_archive = body.get("auto_archive_duration") or thread.auto_archive
    if body.get("name", channel.name) != channel.name:
        channel.name = body["name"]
        how = actions.Circumstances(MessageType.NAME_CHANGED)
        actions.post(call.world, channel, call.bot, read_message({"content": channel.name}), how)


def _tags(body: JSON, forum: Channel) -> list[int]:
    form = Form()
    wanted = [int(each) for each in form.items("applied_tags", body.get("applied_tags"), _TAGS)]
    for place, each in enumerate(wanted):
        if each not in {tag.id for tag in forum.tags}:
            form.wrong(f"applied_tags.{place}", ("CHANNEL_UNKNOWN_TAG", "Unknown tag"))
    form.done()
    return wanted


def remove(call: Call) -> Answer:
    """Delete a channel or a thread."""
    channel = call.channel()
    require(call.world, call.bot, channel, Permission.MANAGE_THREADS if channel.thread else Permission.MANAGE_CHANNELS)
    shape = shapes.channel(channel, call.world)
    actions.remove_channel(call.world, channel)
    return Answer(200, shape)


def begin_on_message(call: Call) -> Answer:
    """Begin a thread on a message."""
    channel = call.channel(Permission.CREATE_PUBLIC_THREADS)
    if channel.type is not ChannelType.TEXT:
        raise refuse(50024)
    message = call.message(channel)
    name, archive = read_thread(call.form)
    thread = actions.begin_thread(call.world, channel, call.bot, NewThread(name, archive), message)
    return Answer(201, shapes.channel(thread, call.world))


def begin(call: Call) -> Answer:
    """Begin a thread without a message, or in a forum a post with its first message."""
    channel = call.channel()
    if channel.type is ChannelType.FORUM:
        return _begin_post(call, channel)
    if channel.type is not ChannelType.TEXT:
        raise refuse(50024)
    name, archive = read_thread(call.form)
    form = Form()
    kind = call.form.get("type") or ChannelType.PRIVATE_THREAD
    form.choice("type", kind, (ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD))
    form.done()
    public = kind == ChannelType.PUBLIC_THREAD
    needed = Permission.CREATE_PUBLIC_THREADS if public else Permission.CREATE_PRIVATE_THREADS
    require(call.world, call.bot, channel, needed)
    thread = actions.begin_thread(call.world, channel, call.bot, NewThread(name, archive, ChannelType(kind)))
    if public:
        actions.announce_thread(call.world, channel, thread, call.bot)
    return Answer(201, shapes.channel(thread, call.world))


def _begin_post(call: Call, forum: Channel) -> Answer:
    name, archive = read_thread(call.form)
    form = Form()
    if not isinstance(call.form.get("message"), dict):
        form.wrong("message", ("BASE_TYPE_REQUIRED", "This field is required"))
    form.done()
    draft = read_message(call.form["message"], "message.")
    needed = [Permission.SEND_MESSAGES] + ([Permission.EMBED_LINKS] if draft.embeds else [])
    require(call.world, call.bot, forum, *needed)
    tags = _tags(call.form, forum)
    if forum.requires_tag and not tags:
        raise refuse(40067)
    files = store(call, draft.attachments)
    refuse_empty(draft.content, draft.embeds, draft.components, files)
    thread = actions.begin_thread(call.world, forum, call.bot, NewThread(name, archive, tags=tags))
    first = actions.post(call.world, thread, call.bot, draft, actions.Circumstances(files=files, id=thread.id))
    return Answer(201, shapes.channel(thread, call.world) | {"message": shown(call, first)})


def join(call: Call) -> Answer:
    """Follow a thread."""
    thread = call.channel().thread
    if thread is None:
        raise refuse(50024)
    thread.members.add(call.bot.id)
    return Answer(204)


def leave(call: Call) -> Answer:
    """Follow a thread no more."""
    thread = call.channel().thread
    if thread is None:
        raise refuse(50024)
    thread.members.discard(call.bot.id)
    return Answer(204)


def active(call: Call) -> Answer:
    """List the threads of a server that are not archived."""
    found = [each for each in call.world.threads(guild_id=call.guild().id) if each.thread and not each.thread.archived]
    return Answer(200, _listed(call, found) | {"has_more": False})


def archived(call: Call) -> Answer:
    """List the archived threads of a channel, the last archived first."""
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    limit = call.number("limit", 50, 100)
    found = [
        (each.thread.archived_at, each)
        for each in call.world.threads(parent_id=channel.id)
        if each.thread and each.thread.archived and each.type is ChannelType.PUBLIC_THREAD
    ]
    before = call.seconds_of("before")
    found = [each for each in found if each[0] < before]
    found.sort(key=lambda each: -each[0])
    return Answer(200, _listed(call, [each for _, each in found[:limit]]) | {"has_more": len(found) > limit})


def _listed(call: Call, threads: list[Channel]) -> JSON:
    seen = [each for each in threads if permissions(call.world, call.bot, each)]
    mine = [each for each in seen if each.thread and call.bot.id in each.thread.members]
    return {
        "threads": [shapes.channel(each, call.world) for each in seen],
        "members": [shapes.thread_member(each, call.bot.id) for each in mine],
    }


def guild(call: Call) -> Answer:
    """Return a server."""
    return Answer(200, shapes.guild(call.guild()))


def guild_channels(call: Call) -> Answer:
    """List the channels of a server."""
    return Answer(200, [shapes.channel(each, call.world) for each in call.world.channels_of(call.guild().id)])


def guild_roles(call: Call) -> Answer:
    """List the roles of a server."""
    return Answer(200, [shapes.role(each, place) for place, each in enumerate(call.guild().roles.values())])


def guild_member(call: Call) -> Answer:
    """Return a member of a server."""
    where = call.guild()
    name = call.part["user"]
    who = call.bot if name == "@me" else call.world.users.get(int(name))
    if who is None or who.id not in where.members:
        raise refuse(10007)
    return Answer(200, shapes.member(where, who, call.world))


_CHANNEL = "/channels/{channel}"
ROUTES: tuple[Route, ...] = (
    ("GET", _CHANNEL, get),
    ("PATCH", _CHANNEL, change),
    ("DELETE", _CHANNEL, remove),
    ("POST", _CHANNEL + "/messages/{message}/threads", begin_on_message),
    ("POST", _CHANNEL + "/threads", begin),
    ("PUT", _CHANNEL + "/thread-members/@me", join),
    ("DELETE", _CHANNEL + "/thread-members/@me", leave),
    ("GET", _CHANNEL + "/threads/archived/public", archived),
    ("GET", "/guilds/{guild}", guild),
    ("GET", "/guilds/{guild}/channels", guild_channels),
    ("GET", "/guilds/{guild}/roles", guild_roles),
    ("GET", "/guilds/{guild}/members/{user}", guild_member),
    ("GET", "/guilds/{guild}/threads/active", active),
)
