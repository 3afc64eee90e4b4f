"""How Slack shows what it knows: the objects in answers and in events."""

from tests.fakes.slack_world import Channel, File, Json, Message, User, World

_ANSWERED = frozenset({"actions", "divider", "image", "section", "video"})
"""Blocks that Slack's description has in answers, with all that may be in them. A client can rely on no others there;
events have all."""


def answer(world: World, kept: Message, *, metadata: bool = False) -> Json:
    """Return a message as answers have it; its metadata only where it was asked for."""
    shape = message(world, kept)
    if kept.blocks:
        shape["blocks"] = [block for block in kept.blocks if block["type"] in _ANSWERED]
    if kept.metadata and metadata:
        shape["metadata"] = kept.metadata
    return shape


def event(world: World, kept: Message) -> Json:
    """Return a message as events have it."""
    place = world.channels[kept.channel]
    shape = message(world, kept) | {"channel": place.id, "channel_type": place.kind, "event_ts": kept.ts}
    if kept.subtype == "thread_broadcast":
        shape |= {"root": event(world, place.messages[str(kept.thread_ts)]), "client_msg_id": f"m-{kept.ts}"}
    return shape


def permalink(kept: Message) -> str:
    """Return the address of a message."""
    address = f"https://rocket.slack.com/archives/{kept.channel}/p{kept.ts.replace('.', '')}"
    return f"{address}?thread_ts={kept.thread_ts}&cid={kept.channel}" if kept.is_reply else address


def message(world: World, kept: Message) -> Json:
    """Return what answers and events both have of a message."""
    channel = world.channels[kept.channel]
    shape: Json = {"type": "message", "user": kept.user, "text": kept.text, "ts": kept.ts, "team": world.team_id}
    if kept.subtype:
        shape["subtype"] = kept.subtype
    if kept.bot_id:
        shape["bot_id"] = kept.bot_id
    if kept.bot_id == world.bot_id:
        shape |= {"app_id": world.app_id, "bot_profile": bot_profile(world)}
    if kept.blocks:
        shape["blocks"] = kept.blocks
    if kept.edited:
        shape["edited"] = kept.edited
    if kept.files:
        shape |= {"files": [file(world, world.files[id_], channel) for id_ in kept.files], "upload": True}
    if kept.reactions:
        shape["reactions"] = kept.reactions
    if kept.streaming:
        shape["streaming_state"] = kept.streaming
    if any(pin.ts == kept.ts for pin in channel.pins):
        shape |= {"pinned_to": [channel.id]}
    return shape | _thread(channel, kept)


def _thread(channel: Channel, kept: Message) -> Json:
    if kept.thread_ts is None:
        return {}
    if kept.is_reply:
        parent = channel.messages.get(kept.thread_ts)
        return {"thread_ts": kept.thread_ts, **({"parent_user_id": parent.user} if parent else {})}
    replies = channel.replies(kept.ts)
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": kept.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts if replies else "0000000000.000000",
        "reply_users": users,
        "is_locked": False,
        "subscribed": False,
    }


def bot_profile(world: World) -> Json:
    """Return the bot as its messages name it."""
    return {
        "id": world.bot_id,
        "app_id": world.app_id,
        "user_id": world.bot_user,
        "name": world.users[world.bot_user].name,
        "icons": {"image_36": "", "image_48": "", "image_72": ""},
        "deleted": False,
        "updated": 1_700_000_000,
        "team_id": world.team_id,
    }


def file(world: World, kept: File, place: Channel | None) -> Json:
    """Return a file that was uploaded, and perhaps shared in a conversation."""
    shared: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
    if place:
        shared[f"{place.kind}s"].append(place.id)
    return {
        "id": kept.id,
        "created": 1_700_000_000,
        "timestamp": 1_700_000_000,
        "name": kept.name,
        "title": kept.title or kept.name,
        "mimetype": "text/plain",
        "filetype": "text",
        "pretty_type": "Plain Text",
        "user": world.bot_user,
        "size": kept.length,
        "mode": "snippet",
        "editable": True,
        "is_external": False,
        "external_type": "",
        "is_public": True,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"https://files.slack.com/files-pri/{world.team_id}-{kept.id}/{kept.name}",
        "url_private_download": f"https://files.slack.com/files-pri/{world.team_id}-{kept.id}/download/{kept.name}",
        "permalink": f"https://rocket.slack.com/files/{world.bot_user}/{kept.id}/{kept.name}",
        "permalink_public": f"https://slack-files.com/{world.team_id}-{kept.id}",
        "has_rich_preview": False,
        **shared,
    }


def channel(world: World, kept: Channel) -> Json:
    """Return a conversation."""
    if kept.kind == "im":
        return {
            "id": kept.id,
            "created": 1_700_000_000,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": world.team_id,
            "updated": 1_700_000_000_000,
            "user": kept.user,
            "is_open": True,
            "priority": 0,
        }
    words = {"value": "", "creator": "", "last_set": 0}
    return {
        "id": kept.id,
        "name": kept.name,
        "name_normalized": kept.name,
        "is_channel": kept.kind == "channel",
        "is_group": kept.kind == "group",
        "is_im": False,
        "is_mpim": False,
        "is_private": kept.kind == "group",
        "is_archived": kept.archived,
        "is_general": kept.name == "general",
        "is_member": world.bot_user in kept.members,
        "is_shared": False,
        "is_org_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "previous_names": [],
        "shared_team_ids": [world.team_id],
        "context_team_id": world.team_id,
        "created": 1_700_000_000,
        "creator": "U0ADA",
        "unlinked": 0,
        "updated": 1_700_000_000_000,
        "topic": words,
        "purpose": words,
    }


def user(world: World, kept: User, *, locale: bool = False) -> Json:
    """Return a person; the locale only where it was asked for."""
    real_name = kept.real_name or kept.name
    first_name, _, last_name = real_name.partition(" ")
    shape: Json = {
        "id": kept.id,
        "team_id": world.team_id,
        "name": kept.name,
        "deleted": kept.deleted,
        "color": "9f69e7",
        "real_name": real_name,
        "tz": kept.tz,
        "tz_label": kept.tz,
        "tz_offset": kept.tz_offset,
        "profile": {
            "real_name": real_name,
            "real_name_normalized": real_name,
            "display_name": kept.name,
            "display_name_normalized": kept.name,
            "first_name": first_name,
            "last_name": last_name,
            "avatar_hash": "g0",
            "fields": {},
            "phone": "",
            "skype": "",
            "status_emoji": "",
            "status_emoji_display_info": [],
            "status_expiration": 0,
            "status_text": "",
            "team": world.team_id,
            "title": "",
        },
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": kept.is_bot,
        "is_app_user": False,
        "is_email_confirmed": True,
        "updated": 1_700_000_000,
        "who_can_share_contact_card": "EVERYONE",
    }
    return shape | ({"locale": kept.locale} if locale else {})
