"""Who may do what: permissions of roles, of channels and of threads, computed as Discord documents it."""

from enum import IntFlag

from tests.fakes.discord_answers import refuse
from tests.fakes.discord_world import Channel, ChannelType, Guild, Overwrite, User, World


class Permission(IntFlag):
    """The permissions that the fake asks for."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    PIN_MESSAGES = 1 << 51


ALL = (1 << 53) - 1
MEMBER = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What @everyone may do on a new server, more or less: neither mention everyone nor pin."""


def permissions(world: World, user: User, channel: Channel) -> Permission:
    """Return what somebody may do in a channel; a thread has the permissions of its channel."""
    if channel.guild_id is None:
        mine = user.id in (channel.recipient_id, world.bot.id)
        return Permission(ALL if mine else 0)
    guild = world.guilds[channel.guild_id]
    base = _in_guild(guild, user)
    if base & Permission.ADMINISTRATOR:
        return Permission(ALL)
    allowed = _overwritten(base, world.parent(channel).overwrites, guild, user)
    hidden = channel.type is ChannelType.PRIVATE_THREAD and not _may_see_private(channel, user, allowed)
    return Permission(0 if hidden or not allowed & Permission.VIEW_CHANNEL else allowed)


def require(world: World, user: User, channel: Channel, *needed: Permission) -> None:
    """Raise Refusal unless somebody sees a channel (Missing Access) and may do this there (Missing Permissions)."""
    granted = permissions(world, user, channel)
    if not granted & Permission.VIEW_CHANNEL:
        raise refuse(50001)
    if any(not granted & permission for permission in needed):
        raise refuse(50013)


def sending(channel: Channel) -> Permission:
    """Return the permission that sending takes."""
    return Permission.SEND_MESSAGES_IN_THREADS if channel.thread else Permission.SEND_MESSAGES


def _in_guild(guild: Guild, user: User) -> int:
    if user.id not in guild.members:
        return 0
    if user.id == guild.owner_id:
        return ALL
    granted = guild.roles[guild.id].permissions
    for role in guild.members[user.id]:
        granted |= guild.roles[role].permissions
    return ALL if granted & Permission.ADMINISTRATOR else granted


def _overwritten(base: int, overwrites: list[Overwrite], guild: Guild, user: User) -> int:
    """Apply @everyone's overwrite, then those of the roles together, then the member's own."""
    roles = guild.members.get(user.id, set())
    groups = (
        [one for one in overwrites if one.id == guild.id],
        [one for one in overwrites if one.type == 0 and one.id in roles],
        [one for one in overwrites if one.type == 1 and one.id == user.id],
    )
    for group in groups:
        for one in group:
            base &= ~one.deny
        for one in group:
            base |= one.allow
    return base


def _may_see_private(channel: Channel, user: User, allowed: int) -> bool:
    assert channel.thread
    return user.id in channel.thread.members or bool(allowed & Permission.MANAGE_THREADS)
