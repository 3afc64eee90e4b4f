"""Whether everything is as it has to be for a bot on Slack, and what to do about what is not."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

import aiohttp

from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.failures import translated
from adapters.chat.slack.listener import open_socket
from adapters.chat.slack.manifest import SCOPES
from adapters.chat.slack.settings import SlackSettings
from bot.errors import DigestbotError
from bot.model import Place
from bot.ports import Finding

_TOKEN, _SCOPES, _SOCKET, _ADDRESS = "the bot's token", "scopes", "socket", "address"
_PATIENCE = 10.0
_INVITE = "Write /invite @digestbot in that channel."


async def check(settings: SlackSettings, places: Sequence[Place]) -> AsyncIterator[Finding]:
    """Yield what is found of the secrets, the scopes, the way in, and the channels (`places`), in this order."""
    wrong = list(_mistaken(settings))
    for finding in wrong:
        yield finding
    if wrong:
        return
    async with SlackChat(settings) as chat:
        try:
            team, granted = await _introduced(chat)
        except DigestbotError as error:
            yield _found(_TOKEN, error)
            return
        yield Finding(f"Slack: {_TOKEN}")
        for finding in _lacking(granted):
            yield finding
        yield await (_socket(settings, chat) if settings.mode == "socket" else _address(settings))
        for place in places:
            yield await _channel(chat, place, team)


def _mistaken(settings: SlackSettings) -> Iterator[Finding]:
    """Yield the secrets that are certainly not what they should be, since Slack's begin like this."""
    for secret, name, prefix, what in (
        (settings.bot_token, "SLACK_BOT_TOKEN", "xoxb-", "the Bot User OAuth Token, under OAuth & Permissions"),
        (settings.app_token, "SLACK_APP_TOKEN", "xapp-", "an app-level token, under Basic Information"),
    ):
        if secret and not secret.get_secret_value().startswith(prefix):
            problem = f"{name} does not begin with {prefix}."
            yield Finding(f"Slack: {name}", problem, f"Set it to {what}.")
    signing = settings.signing_secret.get_secret_value() if settings.signing_secret else ""
    if signing.startswith(("xoxb-", "xapp-")):
        remedy = "Set it to the Signing Secret, under Basic Information."
        yield Finding("Slack: SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRET is a token.", remedy)


async def _introduced(chat: SlackChat) -> tuple[str, set[str]]:
    """Return the workspace that the token is of, and what it may do."""
    with translated("auth.test"):
        answer = await chat.client.auth_test()
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return str(answer["team_id"]), {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}


def _lacking(granted: set[str]) -> Iterator[Finding]:
    for scope in sorted(SCOPES.keys() - granted):
        problem = f"The bot's token lacks the scope {scope}, with which the bot could {SCOPES[scope]}."
        remedy = f"Add {scope} under OAuth & Permissions, and install the app to the workspace again."
        yield Finding(f"Slack: {_SCOPES}", problem, remedy)
    if granted >= SCOPES.keys():
        yield Finding(f"Slack: {_SCOPES}")


async def _socket(settings: SlackSettings, chat: SlackChat) -> Finding:
    """Say whether a socket opens, and greets."""
    try:
        url = await open_socket(settings, chat)
        async with asyncio.timeout(_PATIENCE), chat.session.ws_connect(url) as opened:
            greeting = await opened.receive_json()
    except DigestbotError as error:
        return _found(_SOCKET, error)
    except (aiohttp.ClientError, TimeoutError, OSError, TypeError, ValueError):
        remedy = "Let this machine open WebSockets (wss) to Slack, or use HTTP mode."
        return Finding(f"Slack: {_SOCKET}", "The socket that Slack offers cannot be opened from here.", remedy)
    if greeting.get("type") != "hello":
        remedy = "Stop other programs that use this app: it may have ten sockets."
        return Finding(f"Slack: {_SOCKET}", "Slack closes the socket as soon as it is open.", remedy)
    return Finding(f"Slack: {_SOCKET}")


async def _address(settings: SlackSettings) -> Finding:
    """Say whether Slack's requests could be awaited: the port is free, or the bot has it already."""
    try:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), settings.host, settings.port)
    except OSError as error:
        problem = f"Nothing can listen at {settings.host}:{settings.port}: {error.strerror or error}."
        return Finding(f"Slack: {_ADDRESS}", problem, "Stop what listens there, or set another port in [slack].")
    server.close()
    return Finding(f"Slack: {_ADDRESS}")


async def _channel(chat: SlackChat, place: Place, team: str) -> Finding:
    subject = place.channel_key
    if place.workspace != team:
        problem = f"The bot is in the workspace {team}, and not in that of {subject}."
        return Finding(f"Slack: {subject}", problem, f"Write slack:{team}/{place.channel}, or install the app there.")
    try:
        answer = await chat.call(chat.client.conversations_info, channel=place.channel)
    except DigestbotError as error:
        return _found(subject, error)
    channel = answer["channel"]
    if channel.get("is_archived"):
        return Finding(f"Slack: {subject}", f"The channel {subject} is archived.", "Unarchive it, or use another.")
    if not channel.get("is_member") and not channel.get("is_im"):
        return Finding(f"Slack: {subject}", f"The bot is not in {subject}.", _INVITE)
    return Finding(f"Slack: {subject}")


def _found(subject: str, error: DigestbotError) -> Finding:
    return Finding.of(f"Slack: {subject}", error)
