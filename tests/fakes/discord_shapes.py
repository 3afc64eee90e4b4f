"""What the fake knows, in the JSON of Discord's API."""

from tests.fakes.discord_permissions import permissions
from tests.fakes.discord_world import (
    JSON,
    Channel,
    ChannelType,
    Guild,
    Interaction,
    Message,
    MessageType,
    Role,
    User,
    World,
    moment,
)

MESSAGE_CONTENT = 1 << 15
"""The intent, of a session or of the application, without which the words of others are withheld."""
_CONTENT_LIMITED = 1 << 19
_REQUIRE_TAG = 1 << 4


def user(one: User) -> JSON:
    """Return an account."""
    shape: JSON = {
        "id": str(one.id),
        "username": one.name,
        "global_name": None if one.bot else one.name.title(),
        "avatar": None,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    return shape | ({"bot": True} if one.bot else {})


def own_user(one: User) -> JSON:
    """Return the account that asks."""
    return user(one) | {"mfa_enabled": False, "locale": one.locale, "verified": True, "email": None}


def member(guild: Guild, one: User, world: World) -> JSON:
    """Return a member of a server."""
    return {
        "user": user(one),
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(role) for role in sorted(guild.members.get(one.id, ()))],
        "joined_at": moment(world.now()),
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "flags": 0,
        "deaf": False,
        "mute": False,
    }


def role(one: Role, position: int) -> JSON:
    """Return a role."""
    return {
        "id": str(one.id),
        "name": one.name,
        "permissions": str(one.permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": one.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def guild(one: Guild) -> JSON:
    """Return a server, as REST shows it."""
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(one.owner_id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(each, place) for place, each in enumerate(one.roles.values())],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
        "approximate_member_count": len(one.members),
        "approximate_presence_count": len(one.members),
    }


def whole_guild(one: Guild, world: World) -> JSON:
    """Return a server as the gateway introduces it: with what the bot sees of it."""
    seen = [channel for channel in world.channels_of(one.id) if permissions(world, world.bot, channel)]
    active = [thread for thread in world.threads(guild_id=one.id) if thread.thread and not thread.thread.archived]
    return guild(one) | {
        "joined_at": moment(world.now()),
        "large": False,
        "unavailable": False,
        "member_count": len(one.members),
        "voice_states": [],
        "members": [member(one, world.bot, world)],
        "channels": [channel(each, world) for each in seen],
        "threads": [channel(each, world) for each in active if permissions(world, world.bot, each)],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "hub_type": None,
    }


def channel(one: Channel, world: World) -> JSON:
    """Return a channel, a thread or a conversation."""
    last = max(one.messages, default=None)
    shape: JSON = {"id": str(one.id), "type": int(one.type), "last_message_id": last and str(last), "flags": 0}
    if one.recipient_id:
        return shape | {"recipients": [user(world.users[one.recipient_id])]}
    shape |= {
        "guild_id": str(one.guild_id),
        "name": one.name,
        "parent_id": str(one.parent_id) if one.parent_id else None,
        "rate_limit_per_user": 0,
        "last_pin_timestamp": moment(max(one.pins.values())) if one.pins else None,
    }
    return shape | (_thread(one, world) if one.thread else _guild_channel(one))


def _guild_channel(one: Channel) -> JSON:
    overwrites = [
        {"id": str(each.id), "type": each.type, "allow": str(each.allow), "deny": str(each.deny)}
        for each in one.overwrites
    ]
    shape: JSON = {
        "topic": one.topic,
        "position": one.position,
        "permission_overwrites": overwrites,
        "nsfw": False,
        "default_auto_archive_duration": 1440,
    }
    if one.type is ChannelType.FORUM:
        tags = [
            {"id": str(tag.id), "name": tag.name, "moderated": False, "emoji_id": None, "emoji_name": None}
            for tag in one.tags
        ]
        shape |= {"available_tags": tags, "default_reaction_emoji": None, "default_sort_order": None}
        shape |= {"default_forum_layout": 0, "flags": _REQUIRE_TAG if one.requires_tag else 0}
    return shape


def _thread(one: Channel, world: World) -> JSON:
    thread = one.thread
    assert thread
    count = sum(message.type is not MessageType.THREAD_STARTER for message in one.visible)
    shape: JSON = {
        "owner_id": str(thread.owner_id),
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": moment(thread.archived_at),
            "auto_archive_duration": thread.auto_archive,
            "locked": thread.locked,
            "create_timestamp": moment(thread.created_at),
        },
        "message_count": count,
        "member_count": len(thread.members),
        "total_message_sent": thread.sent,
        "applied_tags": [str(tag) for tag in thread.tags],
    }
    if world.bot.id in thread.members:
        shape["member"] = thread_member(one, world.bot.id)
    return shape


def thread_member(one: Channel, user_id: int) -> JSON:
    """Return somebody who follows a thread."""
    assert one.thread
    joined = moment(one.thread.created_at)
    return {"id": str(one.id), "user_id": str(user_id), "join_timestamp": joined, "flags": 0}


def message(one: Message, world: World, *, granted: bool = True) -> JSON:
    """Return a message; where the intent is not granted, without the words of others that do not concern the bot."""
    where = world.channels[one.channel_id]
    mentioned = [user(world.users[each]) for each in sorted(one.pings.users) if each in world.users]
    shape: JSON = {
        "id": str(one.id),
        "channel_id": str(one.channel_id),
        "type": int(one.type),
        "author": user(world.users[one.author_id]),
        "content": one.content,
        "embeds": one.embeds,
        "components": one.components,
        "attachments": one.attachments,
        "mentions": mentioned,
        "mention_roles": [str(each) for each in sorted(one.pings.roles)],
        "mention_everyone": one.pings.everyone,
        "timestamp": moment(one.sent_at),
        "edited_timestamp": moment(one.edited_at) if one.edited_at else None,
        "flags": one.flags,
        "pinned": one.id in where.pins,
        "tts": False,
    }
    if one.nonce is not None:
        shape["nonce"] = one.nonce
    if one.reactions:
        shape["reactions"] = [_reaction(emoji, who, world) for emoji, who in one.reactions.items()]
    shape |= _relations(one, world, granted=granted)
    return shape if granted or _concerns(one, where, world) else shape | _WITHHELD


_WITHHELD: JSON = {"content": "", "embeds": [], "attachments": [], "components": []}


def _concerns(one: Message, where: Channel, world: World) -> bool:
    mine = one.author_id == world.bot.id or world.bot.id in one.pings.users
    return mine or where.type is ChannelType.DM


def _relations(one: Message, world: World, *, granted: bool) -> JSON:
    """Return what a message hangs on: an answered or pinned message, a thread, a command."""
    shape: JSON = {}
    if one.reference:
        shape["message_reference"] = one.reference
        where = world.channels.get(int(one.reference["channel_id"]))
        answered = where and where.messages.get(int(one.reference.get("message_id", 0)))
        if one.type in (MessageType.REPLY, MessageType.THREAD_STARTER):
            shape["referenced_message"] = message(answered, world, granted=granted) if answered else None
            if answered:
                shape["referenced_message"].pop("referenced_message", None)
                shape["referenced_message"].pop("reactions", None)
    if one.thread_id in world.channels:
        shape["thread"] = channel(world.channels[one.thread_id], world)
    if one.interaction:
        shape |= {
            "application_id": str(world.application.id),
            "webhook_id": str(world.application.id),
            "interaction_metadata": _metadata(one.interaction, world),
        }
    return shape


def _metadata(one: Interaction, world: World) -> JSON:
    shape: JSON = {
        "id": str(one.id),
        "type": one.type,
        "user": user(world.users[one.user_id]),
        "authorizing_integration_owners": {"0": str(world.channels[one.channel_id].guild_id or 0)},
    }
    return shape | ({"interacted_message_id": str(one.message_id)} if one.type == 3 else {})


def _reaction(emoji: str, who: list[int], world: World) -> JSON:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(who),
        "count_details": {"burst": 0, "normal": len(who)},
        "burst_colors": [],
        "me_burst": False,
        "me": world.bot.id in who,
    }


def application(world: World) -> JSON:
    """Return the application that asks."""
    one = world.application
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "description": "Ranked digests",
        "type": None,
        "bot": user(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": application_flags(world),
        "flags_new": str(application_flags(world)),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(world.users[one.owner_id]),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def application_flags(world: World) -> int:
    """Return the flags of the application: whether it may read the words of others."""
    return _CONTENT_LIMITED if world.application.message_content else 0


def partial_application(world: World) -> JSON:
    """Return the application as READY names it."""
    return {key: application(world)[key] for key in ("id", "flags", "flags_new")}


def interaction(one: Interaction, world: World) -> JSON:
    """Return what the gateway tells of a command or a button."""
    where = world.channels[one.channel_id]
    person = world.users[one.user_id]
    shape: JSON = {
        "id": str(one.id),
        "application_id": str(world.application.id),
        "type": one.type,
        "token": one.token,
        "version": 1,
        "data": one.data,
        "channel_id": str(one.channel_id),
        "channel": channel(where, world),
        "app_permissions": str(int(permissions(world, world.bot, where))),
        "locale": person.locale,
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(where.guild_id or 0)},
        "context": 0 if where.guild_id else 1,
        "attachment_size_limit": 10 << 20,
    }
    if one.message_id:
        shape["message"] = message(where.messages[one.message_id], world)
    if where.guild_id is None:
        return shape | {"user": user(person)}
    home = world.guilds[where.guild_id]
    who = member(home, person, world) | {"permissions": str(int(permissions(world, person, where)))}
    return shape | {
        "guild_id": str(where.guild_id),
        "guild": {"id": str(where.guild_id), "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": who,
    }
