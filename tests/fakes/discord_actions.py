"""What happens on the fake Discord, whoever causes it, and what the gateway tells of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fakes import discord_shapes as shapes
from tests.fakes.discord_answers import refuse
from tests.fakes.discord_forms import Draft
from tests.fakes.discord_permissions import Permission, permissions
from tests.fakes.discord_reading import wanted_pings
from tests.fakes.discord_world import (
    HAS_THREAD,
    JSON,
    LOADING,
    Channel,
    ChannelType,
    Event,
    Guild,
    Interaction,
    Message,
    MessageType,
    Pings,
    Role,
    Thread,
    User,
    World,
    moment,
)

GUILDS, GUILD_MESSAGES, GUILD_REACTIONS, GUILD_TYPING = 1 << 0, 1 << 9, 1 << 10, 1 << 11
DIRECT_MESSAGES, DIRECT_REACTIONS, DIRECT_TYPING = 1 << 12, 1 << 13, 1 << 14


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a message has beyond its words: its type, the interaction it answers, the mentions parsed by default."""

    type: MessageType = MessageType.DEFAULT
    flags: int = 0
    interaction: Interaction | None = None
    reference: JSON | None = None
    files: Sequence[JSON] = ()
    seen_by: int | None = None
    id: int | None = None
    default_mentions: Sequence[str] = field(default=("users", "roles", "everyone"))


def tell(world: World, name: str, data: JSON, intents: int, channel: Channel, message: Message | None = None) -> None:
    """Publish what happened in a channel."""
    world.publish(Event(name, data, intents, channel.guild_id, channel, message))


def _by_place(channel: Channel, guild: int, direct: int) -> int:
    return guild if channel.guild_id else direct


def tell_message(world: World, name: str, message: Message) -> None:
    """Publish a message that is new or changed; nobody but one person learns of an ephemeral one."""
    channel = world.channels[message.channel_id]
    data = shapes.message(message, world)
    if channel.guild_id:
        guild = world.guilds[channel.guild_id]
        author = world.users[message.author_id]
        who = {key: value for key, value in shapes.member(guild, author, world).items() if key != "user"}
        data |= {"guild_id": str(channel.guild_id), "member": who}
    if message.seen_by is None:
        tell(world, name, data, _by_place(channel, GUILD_MESSAGES, DIRECT_MESSAGES), channel, message)


def post(world: World, channel: Channel, author: User, draft: Draft, how: Circumstances | None = None) -> Message:
    """Store a message and tell of it. A thread that is archived is opened by it."""
    how = how or Circumstances()
    message = Message(
        how.id or world.snowflake(),
        channel.id,
        author.id,
        world.now(),
        draft.content,
        draft.embeds,
        draft.components,
        list(how.files),
        how.type,
        draft.flags | how.flags,
        draft.nonce,
        reference=how.reference,
        interaction=how.interaction,
        seen_by=how.seen_by,
    )
    message.pings = _granted_pings(world, channel, author, message, draft.allowed_mentions, how.default_mentions)
    channel.messages[message.id] = message
    if channel.thread and message.seen_by is None:
        channel.thread.sent += 1
        channel.thread.members.add(author.id)
        _open(world, channel)
    tell_message(world, "MESSAGE_CREATE", message)
    return message


def _open(world: World, channel: Channel) -> None:
    assert channel.thread
    if channel.thread.archived:
        channel.thread.archived, channel.thread.archived_at = False, world.now()
        tell(world, "THREAD_UPDATE", shapes.channel(channel, world), GUILDS, channel)


def _granted_pings(
    world: World, channel: Channel, author: User, message: Message, allowed: JSON | None, default: Sequence[str]
) -> Pings:
    """Return whom a message notifies: members, roles that may be mentioned, and everyone only by those who may."""
    wanted = wanted_pings(message, allowed, default)
    users = set(wanted.users)
    if message.type is MessageType.REPLY and message.reference and (allowed or {}).get("replied_user", allowed is None):
        users.add(channel.messages[int(message.reference["message_id"])].author_id)
    if channel.guild_id is None:
        return Pings(frozenset(users & {channel.recipient_id, world.bot.id}))
    guild = world.guilds[channel.guild_id]
    powerful = bool(permissions(world, author, channel) & Permission.MENTION_EVERYONE)
    roles = {each for each in wanted.roles if each in guild.roles and (powerful or guild.roles[each].mentionable)}
    return Pings(frozenset(users & guild.members.keys()), frozenset(roles), wanted.everyone and powerful)


def edit(world: World, message: Message, draft: Draft, files: Sequence[JSON] | None = None) -> Message:
    """Change what a draft names of a message, and tell of it."""
    for name in ("content", "embeds", "components"):
        if name in draft.given:
            setattr(message, name, getattr(draft, name))
    if files is not None:
        message.attachments = list(files)
    loaded = bool(message.flags & LOADING)
    message.flags = (draft.flags | message.flags) & ~LOADING
    if not loaded:
        message.edited_at = world.now()
    channel = world.channels[message.channel_id]
    default = ("users",) if message.interaction else ("users", "roles", "everyone")
    author = world.users[message.author_id]
    if not draft.given <= {"flags"}:
        message.pings = _granted_pings(world, channel, author, message, draft.allowed_mentions, default)
    tell_message(world, "MESSAGE_UPDATE", message)
    return message


def delete(world: World, message: Message) -> None:
    """Remove a message; a thread on it stays."""
    channel = world.channels[message.channel_id]
    del channel.messages[message.id]
    channel.pins.pop(message.id, None)
    if message.seen_by is None:
        data = {"id": str(message.id), "channel_id": str(channel.id)}
        intents = _by_place(channel, GUILD_MESSAGES, DIRECT_MESSAGES)
        tell(world, "MESSAGE_DELETE", data | _guild_id(channel), intents, channel)


def _guild_id(channel: Channel) -> JSON:
    return {"guild_id": str(channel.guild_id)} if channel.guild_id else {}


def pin(world: World, message: Message, by: User) -> None:
    """Pin a message: a line in the channel says so."""
    channel = world.channels[message.channel_id]
    last = max(channel.pins.values(), default=0.0)
    channel.pins[message.id] = max(world.now(), round(last + 0.001, 3))  # pages of pins are told apart by their times
    _tell_pins(world, channel)
    tell_message(world, "MESSAGE_UPDATE", message)
    reference = {"type": 0, "channel_id": str(channel.id), "message_id": str(message.id)} | _guild_id(channel)
    post(world, channel, by, Draft(frozenset()), Circumstances(MessageType.PINNED, reference=reference))


def unpin(world: World, message: Message) -> None:
    """Take a pin away."""
    channel = world.channels[message.channel_id]
    if channel.pins.pop(message.id, None) is not None:
        _tell_pins(world, channel)
        tell_message(world, "MESSAGE_UPDATE", message)


def _tell_pins(world: World, channel: Channel) -> None:
    last = moment(max(channel.pins.values())) if channel.pins else None
    data = {"channel_id": str(channel.id), "last_pin_timestamp": last} | _guild_id(channel)
    tell(world, "CHANNEL_PINS_UPDATE", data, _by_place(channel, GUILDS, DIRECT_MESSAGES), channel)


def react(world: World, message: Message, emoji: str, by: User, *, add: bool) -> None:
    """Add or take away somebody's reaction."""
    who = message.reactions.setdefault(emoji, [])
    if (by.id in who) is not add:
        (who.append if add else who.remove)(by.id)
        channel = world.channels[message.channel_id]
        data: JSON = {
            "user_id": str(by.id),
            "channel_id": str(channel.id),
            "message_id": str(message.id),
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        if channel.guild_id and add:
            data["member"] = shapes.member(world.guilds[channel.guild_id], by, world)
        name = "MESSAGE_REACTION_ADD" if add else "MESSAGE_REACTION_REMOVE"
        intents = _by_place(channel, GUILD_REACTIONS, DIRECT_REACTIONS)
        tell(world, name, data | _guild_id(channel), intents, channel)
    if not who:
        del message.reactions[emoji]


def show_typing(world: World, channel: Channel, by: User) -> None:
    """Tell that somebody is typing."""
    world.typing.append((channel.id, by.id))
    data = {"channel_id": str(channel.id), "user_id": str(by.id), "timestamp": int(world.now())} | _guild_id(channel)
    if channel.guild_id:
        data["member"] = shapes.member(world.guilds[channel.guild_id], by, world)
    tell(world, "TYPING_START", data, _by_place(channel, GUILD_TYPING, DIRECT_TYPING), channel)


@dataclass(frozen=True, slots=True)
class NewThread:
    """What a thread is begun with."""

    name: str
    auto_archive: int = 1440
    type: ChannelType = ChannelType.PUBLIC_THREAD
    tags: Sequence[int] = ()


def begin_thread(world: World, parent: Channel, owner: User, new: NewThread, on: Message | None = None) -> Channel:
    """Begin a thread: on a message it has the message's name, and shows it first. Raises Refusal if there is one."""
    if on and on.id in world.channels:
        raise refuse(160004)
    now = world.now()
    thread = Thread(owner.id, now, now, auto_archive=new.auto_archive, tags=list(new.tags), members={owner.id})
    number = on.id if on else world.snowflake()
    channel = Channel(number, new.type, new.name, parent.guild_id, parent.id, thread=thread)
    world.channels[channel.id] = channel
    if on:
        on.thread_id, on.flags = channel.id, on.flags | HAS_THREAD
        reference = {"type": 0, "channel_id": str(parent.id), "message_id": str(on.id)} | _guild_id(parent)
        starter = Message(world.snowflake(), channel.id, on.author_id, now, type=MessageType.THREAD_STARTER)
        starter.reference = reference
        channel.messages[starter.id] = starter
    data = shapes.channel(channel, world) | {"newly_created": True}
    tell(world, "THREAD_CREATE", data, GUILDS, channel)
    if on:
        tell_message(world, "MESSAGE_UPDATE", on)
    return channel


def announce_thread(world: World, parent: Channel, thread: Channel, owner: User) -> None:
    """Say in the channel that a thread without a message was begun."""
    reference = {"type": 0, "channel_id": str(thread.id)} | _guild_id(parent)
    how = Circumstances(MessageType.THREAD_CREATED, reference=reference)
    post(world, parent, owner, Draft(frozenset(), thread.name), how)


def archive_idle(world: World) -> None:
    """Archive the threads in which nothing happened for as long as they are kept open."""
    now = world.now()
    for channel in world.threads():
        thread = channel.thread
        if thread and not thread.archived:
            latest = next(reversed(channel.messages.values()), None)
            last = max(thread.archived_at, latest.sent_at if latest else 0)
            if now - last >= thread.auto_archive * 60:
                thread.archived, thread.archived_at = True, now
                update_channel(world, channel)


def update_channel(world: World, channel: Channel) -> None:
    """Tell that a channel or a thread is not what it was."""
    name = "THREAD_UPDATE" if channel.thread else "CHANNEL_UPDATE"
    tell(world, name, shapes.channel(channel, world), GUILDS, channel)


def create_channel(world: World, channel: Channel) -> None:
    """Tell of a channel that was added."""
    tell(world, "CHANNEL_CREATE", shapes.channel(channel, world), GUILDS, channel)


def update_role(world: World, guild: Guild, role: Role) -> None:
    """Tell that a role is not what it was: discord.py keeps what the bot may do."""
    place = list(guild.roles).index(role.id)
    data = {"guild_id": str(guild.id), "role": shapes.role(role, place)}
    world.publish(Event("GUILD_ROLE_UPDATE", data, GUILDS, guild.id))


def install(world: World, guild: Guild) -> None:
    """Tell the bot of a server that it was added to while it ran."""
    world.publish(Event("GUILD_CREATE", shapes.whole_guild(guild, world), GUILDS, guild.id))


def expel(world: World, guild: Guild) -> None:
    """Remove the bot from a server, of which it sees nothing then."""
    del guild.members[world.bot.id]
    world.publish(Event("GUILD_DELETE", {"id": str(guild.id), "unavailable": False}, GUILDS, guild.id))


def remove_channel(world: World, channel: Channel) -> None:
    """Delete a channel with its threads, or a thread."""
    for thread in list(world.threads(parent_id=channel.id)):
        del world.channels[thread.id]
    data = shapes.channel(channel, world)
    if channel.thread:
        data = {key: data[key] for key in ("id", "guild_id", "parent_id", "type")}
    tell(world, "THREAD_DELETE" if channel.thread else "CHANNEL_DELETE", data, GUILDS, channel)
    del world.channels[channel.id]
