"""Whether everything is as it has to be for a bot on Discord, and what to do about what is not."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import aiohttp
from discord import Permissions
from yarl import URL

from adapters.chat.discord.chat import ASKS_FOR_A_TAG, FORUMS, free_tags
from adapters.chat.discord.invite import PERMISSIONS
from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.discord.transport import Transport
from bot.errors import DigestbotError, PlaceGone
from bot.model import Place
from bot.ports import Finding

_TOKEN, _INTENT, _GATEWAY, _SERVERS = "the bot's token", "message content intent", "gateway", "servers"
_PATIENCE = 10.0
_READS_MESSAGES = 1 << 18 | 1 << 19
"""The flags of an application with the intent: approved for it, and small enough to need no approval."""
_HELLO = 10
_CHANNEL = "/channels/{channel_id}"
_THREADS = (10, 11, 12)
_INVITE = "Invite it: digestbot discord invite prints the link."
_WITHOUT = "commands, mentions and direct messages are answered without it, other messages in a thread are not"

_Json = Mapping[str, Any]


async def check(settings: DiscordSettings, places: Sequence[Place]) -> AsyncIterator[Finding]:
    """Yield what is found of the token, the intent, the gateway, the servers, and the channels (`places`)."""
    transport = Transport(settings)
    try:
        try:
            application = await transport.send("GET", "/oauth2/applications/@me")
        except DigestbotError as error:
            yield _found(_TOKEN, error)
            return
        yield Finding(f"Discord: {_TOKEN}")
        yield _intent(settings, application)
        yield await _gateway(settings)
        async for finding in _servers(transport, settings, places):
            yield finding
    finally:
        await transport.close()


def _intent(settings: DiscordSettings, application: _Json) -> Finding:
    """Say whether the bot may read what it is to read: the intent is needed for answer_threads alone."""
    if int(application.get("flags") or 0) & _READS_MESSAGES:
        return Finding(f"Discord: {_INTENT}")
    if not settings.answer_threads:
        return Finding(f"Discord: {_INTENT} (off: {_WITHOUT})")
    problem = "answer_threads is on, and the message content intent is off."
    remedy = f"Switch it on for the application, under Bot, or answer_threads off: {_WITHOUT}."
    return Finding(f"Discord: {_INTENT}", problem, remedy)


async def _gateway(settings: DiscordSettings) -> Finding:
    """Say whether the gateway opens, and greets; nothing is begun there."""
    try:
        url = URL(settings.gateway_url).update_query(v=10, encoding="json")
        async with asyncio.timeout(_PATIENCE), aiohttp.ClientSession() as session, session.ws_connect(url) as opened:
            greeting = await opened.receive_json()
    except (aiohttp.ClientError, TimeoutError, OSError, TypeError, ValueError):
        greeting = None
    if isinstance(greeting, dict) and greeting.get("op") == _HELLO:
        return Finding(f"Discord: {_GATEWAY}")
    remedy = "Let this machine open WebSockets (wss) to it, or correct DISCORD_GATEWAY_URL."
    return Finding(f"Discord: {_GATEWAY}", "Discord's gateway cannot be reached from here.", remedy)


async def _servers(transport: Transport, settings: DiscordSettings, places: Sequence[Place]) -> AsyncIterator[Finding]:
    """Yield what is found of each server that is named, and of the channels there; of none, whether there is one."""
    named = [place for place in places if _is_of_ids(place)]
    for place in places:
        if place not in named:
            problem = f"{place.channel_key} does not name a channel by ids."
            remedy = "Write discord:SERVER/CHANNEL by their ids, which Discord copies in developer mode."
            yield Finding(f"Discord: {place.channel_key}", problem, remedy)
    servers = dict.fromkeys([*map(str, settings.guilds), *(place.workspace for place in named)])
    if not servers:
        yield await _any_server(transport)
    for server in servers:
        async for finding in _server(transport, server, [place for place in named if place.workspace == server]):
            yield finding


def _is_of_ids(place: Place) -> bool:
    """Tell whether a place is named by numbers; one in direct messages is on no server."""
    return f"{place.workspace}{place.channel}".isdecimal()


async def _any_server(transport: Transport) -> Finding:
    try:
        guilds = await transport.query("/users/@me/guilds", {"limit": 1})
    except DigestbotError as error:
        return _found(_SERVERS, error)
    if not guilds:
        return Finding(f"Discord: {_SERVERS}", "The bot is on no server.", _INVITE)
    return Finding(f"Discord: {_SERVERS}")


async def _server(transport: Transport, server: str, places: Sequence[Place]) -> AsyncIterator[Finding]:
    """Yield whether the bot is on a server, and what is found of the channels there; "" are the direct messages."""
    guild: _Json = {}
    if server:
        subject = f"server {server}"
        try:
            guild = await _introduced(transport, server)
        except PlaceGone:
            yield Finding(f"Discord: {subject}", f"The bot is not on the server {server}.", _INVITE)
            return
        except DigestbotError as error:
            yield _found(subject, error)
            return
        yield Finding(f"Discord: {subject}")
    for place in places:
        try:
            yield await _channel(transport, place, guild)
        except DigestbotError as error:
            yield _found(place.channel_key, error)


async def _introduced(transport: Transport, server: str) -> _Json:
    """Return a server, and in it as `member` what it knows of the bot."""
    guild: _Json = await transport.send("GET", "/guilds/{guild_id}", guild_id=server)
    path = "/guilds/{guild_id}/members/{member_id}"
    return {**guild, "member": await transport.send("GET", path, guild_id=server, member_id=await transport.user())}


async def _channel(transport: Transport, place: Place, guild: _Json) -> Finding:
    """Say whether the bot may post to a channel all that a digest takes; a thread is judged by its channel."""
    key = place.channel_key
    channel = await transport.send("GET", _CHANNEL, channel_id=place.channel)
    if channel["type"] in _THREADS:
        channel = await transport.send("GET", _CHANNEL, channel_id=channel["parent_id"])
    if (where := channel.get("guild_id", "")) != place.workspace:
        problem = f"The channel {place.channel} is not where {key} says."
        return Finding(f"Discord: {key}", problem, f"Write discord:{where}/{place.channel}.")
    if guild and (lacking := _lacking(guild, channel)):
        named = [name.replace("_", " ").title().replace(" In ", " in ") for name in lacking]
        purposes = "; ".join(f"{name}, to {PERMISSIONS[each]}" for name, each in zip(named, lacking, strict=True))
        remedy = f"Allow it to the bot's role in that channel: {', '.join(named)}."
        return Finding(f"Discord: {key}", f"The bot lacks in {key}: {purposes}.", remedy)
    if channel["type"] in FORUMS and channel.get("flags", 0) & ASKS_FOR_A_TAG and not free_tags(channel):
        problem = f"The forum {key} asks for a tag, and has none that the bot may use."
        return Finding(f"Discord: {key}", problem, "Make a tag there, best one that the setting forum_tags names.")
    return Finding(f"Discord: {key}")


def _lacking(guild: _Json, channel: _Json) -> Sequence[str]:
    """Return the permissions that the bot lacks in a channel; who may send to a forum may begin its threads."""
    granted = _permissions(guild, channel)
    idle = {"create_public_threads"} if channel["type"] in FORUMS else set()
    return [name for name in PERMISSIONS if name not in idle and not Permissions(**{name: True}) <= granted]


def _permissions(guild: _Json, channel: _Json) -> Permissions:
    """Return what the bot may do in a channel.

    It is computed as https://discord.com/developers/docs/topics/permissions says.
    """
    everyone, roles, own = {guild["id"]}, set(guild["member"]["roles"]), {guild["member"]["user"]["id"]}
    granted = 0
    for role in guild["roles"]:
        if role["id"] in everyone | roles:
            granted |= int(role["permissions"])
    if Permissions(granted).administrator:
        return Permissions.all()
    for whose in (everyone, roles, own):
        applying = [each for each in channel["permission_overwrites"] if each["id"] in whose]
        for each in applying:
            granted &= ~int(each["deny"])
        for each in applying:
            granted |= int(each["allow"])
    return Permissions(granted)


def _found(subject: str, error: DigestbotError) -> Finding:
    return Finding.of(f"Discord: {subject}", error)
