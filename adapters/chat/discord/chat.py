"""Posting on Discord. See `bot.ports.Chat`.

A thread is a channel of its own, and has the id of the message that it was made on. In a forum a digest is a post: a
thread whose first message, with the same id, is the root.
"""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from discord import AllowedMentions
from discord.utils import time_snowflake

from adapters.chat.discord.failures import ARCHIVED, HAS_THREAD, NO_THREADS_HERE, code_of
from adapters.chat.discord.rendering import CHARACTERS, render
from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.discord.transport import Transport
from bot.errors import ChatError, DigestbotError, PlaceGone, PostGone
from bot.model import Place, PostReference
from bot.ports import Asking, Body, Call, ChatTraits
from bot.present.blocks import Message
from bot.present.characters import visible

PLATFORM = "discord"
_LOG = logging.getLogger(__name__)
_Json = Mapping[str, Any]
_T = TypeVar("_T")

_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = _MESSAGES + "/{message_id}"
_PINNED = _MESSAGES + "/pins/{message_id}"
_CHANNEL = "/channels/{channel_id}"
_THREADS = "/channels/{channel_id}/threads"

_NOBODY = AllowedMentions.none().to_dict()
FORUMS = (15, 16)
_NAME = 100
"""Characters of a thread's name."""
_ARCHIVE_AFTER = 4_320
"""Minutes without a message after which a thread is folded away; it is opened again by the next one."""
_TAGS = 5
ASKS_FOR_A_TAG = 1 << 4
_PAGE = 100
_RECENT = 10
_PIN_NOTICE = 6
_SMALLEST = 250
"""Characters of a message that is not halved any more."""
_SKEW = timedelta(seconds=60)

# Discord publishes no limits of single calls; those that its headers were seen to tell are for each channel apart.
_CALLS = {Call.EDIT: 50, Call.DELETE: 50, Call.FIND: 50, Call.PIN: 50, Call.ATTACH: 50}


class DiscordChat:
    """Posts, edits, pins and finds again. An asynchronous context manager: leaving it closes the connections."""

    def __init__(self, settings: DiscordSettings) -> None:
        """Connect to nothing yet."""
        self._transport = Transport(settings)
        self._asking = Asking.MESSAGE if settings.answer_threads else Asking.MENTION
        self._forum_tags = frozenset(tag.casefold() for tag in settings.forum_tags)
        self._plain: set[str] = set()

    async def __aenter__(self) -> Self:
        """Log in when there is something to do."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._transport.close()

    @property
    def traits(self) -> ChatTraits:
        """Five posts in five seconds and channel, and as many edits; a thread has pins of its own."""
        return ChatTraits(post_interval=1.0, calls=_CALLS, edit_interval=1.0, pins_by_thread=True, asking=self._asking)

    def render(self, place: Place, message: Message, halvings: int = 0) -> tuple[Body, ...]:  # noqa: ARG002 # alike everywhere
        """Return the message as embeds, in as many pieces as it takes."""
        return tuple(render(message, characters=max(_SMALLEST, CHARACTERS >> halvings)))

    async def post(self, place: Place, body: Body, token: str) -> PostReference:
        """Post a message: to a thread, a channel, or as a post of its own to a forum."""
        content = _content(body, token)
        if forum := await self._forum(place):
            return await self._begin(place, forum, str(body["title"]), content)
        answer = await self._transport.submit("POST", _MESSAGES, content | _once(token), channel_id=_where(place))
        return PostReference(place, str(answer["id"]))

    async def beneath(self, post: PostReference, title: str) -> Place:
        """Return the thread of a post, which is made if there is none."""
        if post.place.thread:
            return post.place
        form = {"name": _name(title), "auto_archive_duration": _ARCHIVE_AFTER}
        try:
            await self._transport.submit("POST", _MESSAGE + "/threads", form, **_named(post))
        except ChatError as error:
            if code_of(error) == NO_THREADS_HERE:
                return post.place
            if code_of(error) != HAS_THREAD:
                raise
        return replace(post.place, thread=post.message)

    async def find(self, place: Place, token: str, since: datetime) -> PostReference | None:
        """Return our post or file that bears the token in its footer."""
        user = await self._transport.user()
        oldest = since - _SKEW
        if await self._forum(place):
            for thread in await self._posts(place, oldest):
                found = await self._message(_first(place, thread))
                if found and _bears(found, token, user):
                    return _first(place, thread)
            return None
        async for message in self._history(_where(place), oldest):
            if _bears(message, token, user):
                return PostReference(place, str(message["id"]))
        return None

    async def edit(self, post: PostReference, body: Body, token: str) -> None:
        """Put a body in place of that of a post."""
        content = {"components": [], **_content(body, token)}
        await self._opened(post, lambda: self._transport.submit("PATCH", _MESSAGE, content, **_named(post)))

    async def delete(self, post: PostReference) -> None:
        """Delete a post or a file; what is posted beneath it stays."""
        await self._opened(post, lambda: self._transport.send("DELETE", _MESSAGE, **_named(post)))

    async def pin(self, post: PostReference) -> bool:
        """Pin a post, in its thread if it is in one."""
        known = await self._transport.send("GET", _MESSAGE, **_named(post))
        if known.get("pinned"):
            return False
        await self._opened(post, lambda: self._transport.send("PUT", _PINNED, **_named(post)))
        await self._hush(post)
        return True

    async def unpin(self, post: PostReference) -> None:
        """Unpin a post."""
        await self._opened(post, lambda: self._transport.send("DELETE", _PINNED, **_named(post)))

    async def link(self, post: PostReference) -> str | None:
        """Return the address of a post, which follows from its ids."""
        return f"https://discord.com/channels/{post.place.workspace or '@me'}/{_where(post.place)}/{post.message}"

    async def attach(self, place: Place, name: str, text: str, token: str) -> PostReference:
        """Upload a text. What bears the token is the footer of an embed, which has nothing else."""
        content = {
            "embeds": [_footer(token)],
            "allowed_mentions": _NOBODY,
            "attachments": [{"id": 0, "filename": name}],
        }
        data = text.encode("utf-8", "backslashreplace")
        form = (
            {"name": "payload_json", "value": json.dumps(content | _once(token))},
            {"name": "files[0]", "value": data, "filename": name, "content_type": "text/plain; charset=utf-8"},
        )
        answer = await self._transport.upload(_MESSAGES, form, channel_id=_where(place))
        return PostReference(place, str(answer["id"]))

    async def _hush(self, post: PostReference) -> None:
        """Delete the line by which Discord tells of a pin, if that can be done: the digest is what is to be read."""
        try:
            recent = await self._transport.query(_MESSAGES, {"limit": _RECENT}, channel_id=_where(post.place))
            for message in recent:
                about = (message.get("message_reference") or {}).get("message_id")
                if message.get("type") == _PIN_NOTICE and about == post.message:
                    await self.delete(PostReference(post.place, str(message["id"])))
        except DigestbotError as error:
            _LOG.info("The notice of a pin stays: %s", error)

    async def _forum(self, place: Place) -> _Json | None:
        """Return the forum that a place is; None if it is a thread or another channel, which is asked for once."""
        if place.thread or place.channel in self._plain:
            return None
        channel: _Json = await self._transport.send("GET", _CHANNEL, channel_id=place.channel)
        if channel.get("type") in FORUMS:
            return channel
        self._plain.add(place.channel)
        return None

    async def _begin(self, place: Place, forum: _Json, title: str, content: _Json) -> PostReference:
        """Make a post in a forum: it has no nonce, and so a lost answer has to be looked up."""
        form = {"name": _name(title), "auto_archive_duration": _ARCHIVE_AFTER, "message": content}
        if tags := self._tags(forum):
            form["applied_tags"] = tags
        answer = await self._transport.submit("POST", _THREADS, form, channel_id=place.channel)
        return _first(place, str(answer["id"]))

    def _tags(self, forum: _Json) -> Sequence[str]:
        """Return the tags of a digest; where a forum asks for a tag and has none of ours, its first."""
        tags = free_tags(forum)
        ours = [str(tag["id"]) for tag in tags if str(tag["name"]).casefold() in self._forum_tags]
        asked = int(forum.get("flags", 0)) & ASKS_FOR_A_TAG
        return ours[:_TAGS] or [str(tag["id"]) for tag in tags[:1] if asked]

    async def _posts(self, place: Place, oldest: datetime) -> Sequence[str]:
        """Return the threads of a forum that were begun by then, the open ones and the archived ones."""
        answer = await self._transport.send("GET", "/guilds/{guild_id}/threads/active", guild_id=place.workspace)
        threads = [thread for thread in answer["threads"] if thread.get("parent_id") == place.channel]
        query: dict[str, str | int] = {"limit": _PAGE}
        while True:
            answer = await self._transport.query(_THREADS + "/archived/public", query, channel_id=place.channel)
            threads += answer["threads"]
            # They come by when they were archived, which is never before they were begun.
            last = answer["threads"][-1]["thread_metadata"]["archive_timestamp"] if answer["threads"] else ""
            if not answer.get("has_more") or not last or datetime.fromisoformat(last) < oldest:
                break
            query["before"] = last
        return [str(thread["id"]) for thread in threads if int(thread["id"]) >= time_snowflake(oldest)]

    async def _history(self, channel: str, oldest: datetime) -> AsyncIterator[_Json]:
        """Yield the messages of a channel or a thread from then on."""
        after = time_snowflake(oldest)
        while True:
            query = {"limit": _PAGE, "after": after}
            page = await self._transport.query(_MESSAGES, query, channel_id=channel)
            if not page:
                # To whom may not read the history Discord shows an empty one: asking for one message tells.
                await self._message(PostReference(Place(PLATFORM, "", channel), channel))
                return
            for message in page:
                yield message
            if len(page) < _PAGE:
                return
            after = max(int(message["id"]) for message in page)

    async def _message(self, post: PostReference) -> _Json | None:
        """Return a message, or None if there is none of that id."""
        try:
            message: _Json = await self._transport.send("GET", _MESSAGE, **_named(post))
        except PostGone:
            return None
        return message

    async def _opened(self, post: PostReference, call: Callable[[], Awaitable[_T]]) -> _T:
        """Make a call about a post; if its thread is archived, open it first."""
        try:
            return await call()
        except PlaceGone as error:
            if code_of(error) != ARCHIVED:
                raise
        await self._transport.submit("PATCH", _CHANNEL, {"archived": False}, channel_id=_where(post.place))
        return await call()


def free_tags(forum: _Json) -> Sequence[_Json]:
    """Return the tags of a forum that anybody may use."""
    return [tag for tag in forum.get("available_tags", ()) if not tag.get("moderated")]


def _where(place: Place) -> str:
    return place.thread or place.channel


def _named(post: PostReference) -> dict[str, str]:
    return {"channel_id": _where(post.place), "message_id": post.message}


def _first(forum: Place, thread: str) -> PostReference:
    """Return the first message of a post in a forum."""
    return PostReference(replace(forum, thread=thread), thread)


def _content(body: Body, token: str) -> dict[str, Any]:
    """Return what is sent for a body: it bears the token in the footer of its last embed, and notifies nobody."""
    content: dict[str, Any] = {name: value for name, value in body.items() if name in ("embeds", "components")}
    *others, last = content["embeds"]
    return content | {"embeds": [*others, last | _footer(token)], "allowed_mentions": _NOBODY}


def _footer(token: str) -> dict[str, Any]:
    return {"footer": {"text": token}}


def _once(token: str) -> dict[str, Any]:
    """Return what lets Discord answer the same message to the same token, for a few minutes."""
    return {"nonce": token, "enforce_nonce": True}


def _bears(message: _Json, token: str, user: str) -> bool:
    footers = (embed.get("footer") or {} for embed in message.get("embeds") or ())
    return message["author"]["id"] == user and any(footer.get("text") == token for footer in footers)


def _name(title: str) -> str:
    """Return the name of a thread, which is plain text of one line."""
    name = " ".join(visible(title).split()) or "digest"
    return name if len(name) <= _NAME else name[: _NAME - 1].rstrip() + "…"
