"""Posting on Slack. See `bot.ports.Chat`."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.chat.slack.failures import code_of, translated
from adapters.chat.slack.rendering import BLOCKS, CHARACTERS, render
from adapters.chat.slack.settings import SlackSettings
from bot.errors import ChatError
from bot.model import Place, PostReference
from bot.ports import Asking, Body, Call, ChatTraits
from bot.present.blocks import Message

PLATFORM = "slack"
_Method = Callable[..., Awaitable[AsyncSlackResponse]]

_EVENT = "digestbot_post"
"""The type of the metadata that bears a token."""

_PAGE = 200
"""Messages of a page of history; Slack recommends no more."""
_SMALLEST = 200
"""Characters of a message that is not halved any more."""
_SKEW = timedelta(seconds=60)
_STREAMING = "streaming_state_conflict"
_STREAMED = "message_not_in_streaming_state"

# https://docs.slack.dev/apis/web-api/rate-limits: tiers 2, 3 and 4; posts go by the second and channel.
_CALLS = {
    Call.EDIT: 50,
    Call.DELETE: 50,
    Call.FIND: 50,
    Call.PIN: 20,
    Call.ATTACH: 20,
    Call.BEGIN: 20,
    Call.GROW: 100,
}
_STREAM = 240.0
"""Seconds for which a stream is added to; Slack ends one after about 300."""
_MARK = "digestbot-"
"""What the id of a block begins with that bears a token. A stream takes no metadata before its end."""


class SlackChat:
    """Posts, edits, pins and finds again. An asynchronous context manager: leaving it closes the connections."""

    def __init__(self, settings: SlackSettings) -> None:
        """Connect to nothing yet. Each call is sent once: repeating it is the business of whoever knows what it did."""
        token = settings.bot_token.get_secret_value() if settings.bot_token else ""
        self._api_host = urlsplit(settings.api_url).hostname or ""
        self._streams = settings.streams
        self._asking = Asking.MESSAGE if settings.answer_threads else Asking.MENTION
        self.timeout = settings.timeout
        self._session: aiohttp.ClientSession | None = None
        self._bot: str | None = None
        self.client = AsyncWebClient(token, base_url=settings.api_url, timeout=settings.timeout, retry_handlers=[])

    async def __aenter__(self) -> Self:
        """Open a session that all calls share."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.timeout))
        self.client.session = self._session
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.session.close()

    @property
    def traits(self) -> ChatTraits:
        """One post a second and channel, an edit a second, and the tiers of the methods."""
        growth = _STREAM if self._streams else 0.0
        return ChatTraits(post_interval=1.0, calls=_CALLS, edit_interval=1.0, growth=growth, asking=self._asking)

    def render(self, place: Place, message: Message, halvings: int = 0) -> tuple[Body, ...]:  # noqa: ARG002 # alike everywhere
        """Return the message as blocks with an accessible text, in as many pieces as it takes."""
        characters = max(_SMALLEST, CHARACTERS >> halvings)
        blocks = max(1, BLOCKS >> halvings)
        return tuple(asdict(payload) for payload in render(message, characters=characters, blocks=blocks))

    async def post(self, place: Place, body: Body, token: str) -> PostReference:
        """Post a message, beneath another where the place has a thread."""
        answer = await self.call(
            self.client.chat_postMessage,
            channel=place.channel,
            thread_ts=place.thread,
            unfurl_links=False,
            unfurl_media=False,
            **_content(body, token),
        )
        return PostReference(place, str(answer["ts"]))

    async def beneath(self, post: PostReference, title: str) -> Place:  # noqa: ARG002 # threads have no names
        """Return the thread of a post, which needs no making."""
        return post.place if post.place.thread else replace(post.place, thread=post.message)

    async def find(self, place: Place, token: str, since: datetime) -> PostReference | None:
        """Return our post or file that bears the token, from whatever page of the history it is on."""
        bot = await self._user()
        cursor = ""
        while True:
            answer = await self._history(place, since - _SKEW, cursor)
            # The replies of a thread begin with the message that it hangs on, which is not in it.
            for message in (each for each in answer.get("messages") or () if each.get("ts") != place.thread):
                for borne, name in _ours(message, bot):
                    if borne == token:
                        return PostReference(place, name)
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return None

    async def edit(self, post: PostReference, body: Body, token: str) -> None:
        """Put a body in place of that of a post, which ends if it is a stream."""
        where = {"channel": post.place.channel, "ts": post.message}
        if not await self._unless(_STREAMING, self.client.chat_update, **where, **_content(body, token)):
            await self._unless(_STREAMED, self.client.chat_stopStream, **where)
            await self.call(self.client.chat_update, **where, **_content(body, token))

    async def delete(self, post: PostReference) -> None:
        """Delete a post or a file."""
        if _is_file(post):
            await self.call(self.client.files_delete, file=post.message)
        else:
            await self.call(self.client.chat_delete, channel=post.place.channel, ts=post.message)

    async def begin(self, place: Place, body: Body, token: str, reader: str) -> PostReference:
        """Begin a stream. Its text comes as blocks, where nothing is markup: Slack's Markdown knows no escape."""
        answer = await self.call(
            self.client.chat_startStream,
            channel=place.channel,
            thread_ts=place.thread,
            recipient_user_id=reader,
            recipient_team_id=place.workspace,
            chunks=_chunks({"type": "divider", "block_id": f"{_MARK}{token}"}, *_blocks(body)),
        )
        return PostReference(place, str(answer["ts"]))

    async def grow(self, post: PostReference, body: Body) -> None:
        """Add blocks to a stream."""
        where = {"channel": post.place.channel, "ts": post.message}
        await self.call(self.client.chat_appendStream, **where, chunks=_chunks(*_blocks(body)))

    async def pin(self, post: PostReference) -> bool:
        """Pin a post."""
        return await self._unless("already_pinned", self.client.pins_add, **_pinned(post))

    async def unpin(self, post: PostReference) -> None:
        """Unpin a post."""
        await self._unless("no_pin", self.client.pins_remove, **_pinned(post))

    async def link(self, post: PostReference) -> str | None:
        """Return the address of a post; a file has none of its own."""
        if _is_file(post):
            return None
        answer = await self.call(self.client.chat_getPermalink, channel=post.place.channel, message_ts=post.message)
        return str(answer["permalink"])

    async def attach(self, place: Place, name: str, text: str, token: str) -> PostReference:
        """Upload a text and share it. What bears the token is the name that it is saved by; its title is its name."""
        data = text.encode("utf-8", "backslashreplace")
        stem, dot, ending = name.rpartition(".")
        saved_as = f"{stem}.{token}{dot}{ending}" if dot else f"{name}.{token}"
        ticket = await self.call(self.client.files_getUploadURLExternal, filename=saved_as, length=len(data))
        await self._upload(str(ticket["upload_url"]), data)
        files = [{"id": str(ticket["file_id"]), "title": name}]
        await self.call(
            self.client.files_completeUploadExternal, files=files, channel_id=place.channel, thread_ts=place.thread
        )
        return PostReference(place, str(ticket["file_id"]))

    async def _user(self) -> str:
        """Return the bot's own user, which is asked for once."""
        if self._bot is None:
            self._bot = str((await self.call(self.client.auth_test))["user_id"])
        return self._bot

    async def _upload(self, url: str, data: bytes) -> None:
        # Where the bytes go is what an answer said: to Slack itself, and to nobody else.
        host = urlsplit(url).hostname or ""
        if host != self._api_host and not (host == "slack.com" or host.endswith(".slack.com")):
            raise ChatError("Slack named a foreign host to upload a file to.")
        with translated("files.upload"):
            async with self.session.post(url, data=data, allow_redirects=False) as answer:
                answer.raise_for_status()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections that all calls share."""
        if self._session is None:
            raise RuntimeError("the chat was not entered")
        return self._session

    async def _history(self, place: Place, oldest: datetime, cursor: str) -> Mapping[str, Any]:
        method = self.client.conversations_replies if place.thread else self.client.conversations_history
        return await self.call(
            method,
            channel=place.channel,
            ts=place.thread,
            oldest=f"{oldest.timestamp():.6f}",
            include_all_metadata=True,
            limit=_PAGE,
            cursor=cursor or None,
        )

    async def _unless(self, harmless: str, method: _Method, **arguments: object) -> bool:
        """Call a method; return False if Slack refuses it with what is no error here."""
        with translated(_name(method)):
            try:
                await method(**arguments)
            except SlackApiError as error:
                if code_of(error) == harmless:
                    return False
                raise
        return True

    async def call(self, method: _Method, **arguments: object) -> Mapping[str, Any]:
        """Call a method of the client, and return what Slack answers. Raises what every method of a chat does."""
        given = {name: value for name, value in arguments.items() if value is not None}
        with translated(_name(method)):
            answer = await method(**given)
        if not isinstance(answer.data, dict):
            raise ChatError(f"Slack's answer to {_name(method)} cannot be read.")
        return answer.data


def _name(method: _Method) -> str:
    return method.__name__.replace("_", ".", 1)


def _pinned(post: PostReference) -> dict[str, str]:
    return {"channel": post.place.channel, "timestamp": post.message}


def _blocks(body: Body) -> Sequence[Mapping[str, object]]:
    return cast("Sequence[Mapping[str, object]]", body["blocks"])


def _chunks(*blocks: Mapping[str, object]) -> list[Mapping[str, object]]:
    return [{"type": "blocks", "blocks": blocks}]


def _content(body: Body, token: str) -> dict[str, object]:
    return {**body, "metadata": {"event_type": _EVENT, "event_payload": {"token": token}}}


def _is_file(post: PostReference) -> bool:
    return post.message.startswith("F")


def _ours(message: Mapping[str, Any], bot: str) -> Iterator[tuple[str, str]]:
    """Yield the token and the name of every post or file of the bot that a message is."""
    if message.get("user") != bot:
        return
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") == _EVENT:
        yield str(metadata.get("event_payload", {}).get("token", "")), str(message.get("ts"))
    for block in message.get("blocks") or ():
        if str(block.get("block_id", "")).startswith(_MARK):
            yield str(block["block_id"]).removeprefix(_MARK), str(message.get("ts"))
    for file in message.get("files") or ():
        yield from ((part, str(file.get("id"))) for part in str(file.get("name", "")).split("."))
