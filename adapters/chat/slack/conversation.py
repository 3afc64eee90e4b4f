"""What people say on Slack -> requests, and the answers to them."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from slack_bolt.async_app import AsyncAck

from adapters.chat.slack.chat import PLATFORM, SlackChat
from adapters.chat.slack.profiles import Profile, Profiles
from adapters.chat.slack.replies import Replies
from adapters.chat.slack.seen import Seen
from bot.model import Place
from bot.ports import Asker, Clock, Requests

_LOG = logging.getLogger(__name__)

_SPOKEN = frozenset({None, "file_share", "thread_broadcast"})
"""The subtypes of messages that are somebody's new words."""
_AT_ONCE = 8
"""Requests that are worked on at a time, so that the next ones are acknowledged in time."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said. `team`, `channel` and `ts` name the message for good; `addressed` says: to the bot."""

    team: str
    channel: str
    ts: str
    thread: str | None
    user: str
    text: str
    direct: bool
    addressed: bool


class Conversation:
    """Takes what Slack tells, and answers. `bot` is the bot's own user.

    `threads` says that what is said in a thread may be a question without a mention.
    """

    def __init__(self, requests: Requests, chat: SlackChat, clock: Clock, bot: str, *, threads: bool = False) -> None:
        self._requests = requests
        self._profiles = Profiles(chat, clock)
        self._replies = Replies(chat, clock)
        self._seen = Seen()
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._bot = bot
        self._threads = threads
        self._tasks: set[asyncio.Task[None]] = set()

    async def command(self, ack: AsyncAck, body: Json) -> None:
        """Acknowledge a command with what is known at once, and begin to do it."""
        place = Place(PLATFORM, body["team_id"], body["channel_id"])
        direct = body.get("channel_name") == "directmessage"
        text, user = _unescaped(body.get("text") or ""), str(body["user_id"])
        heard = self._requests.acknowledge(text, _asker(place, user, self._profiles.known(user), direct=direct))
        first, *rest = self._replies.pieces(place, heard.message) if heard.message else [{}]
        await ack(**first)
        self._begin(self._answer(text, place, user, str(body["response_url"]), rest, direct=direct, over=heard.over))

    async def event(self, body: Json) -> None:
        """Begin to answer what is said in a message, or to take back what was."""
        if place_and_name := deleted(body, self._bot):
            self._begin(self._take_back(*place_and_name))
            return
        said = heard(body, self._bot, threads=self._threads)
        if said and self._seen.is_new((said.team, said.channel, said.ts), str(body.get("event_id"))):
            self._begin(self._reply(said))

    async def press(self, ack: AsyncAck, body: Json) -> None:
        """Acknowledge that a button was pressed, and begin to do what it is for."""
        await ack()
        container = body.get("container") or {}
        for action in body.get("actions") or ():
            name = str(action.get("action_id")).rpartition(":")[0]
            place = Place(PLATFORM, body["team"]["id"], body["channel"]["id"], container.get("thread_ts"))
            self._begin(self._obey(name, str(action.get("value")), place, str(body["user"]["id"])))

    async def close(self) -> None:
        """Give up what is not answered yet."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            _LOG.error("Somebody could not be answered", exc_info=fault)

    async def _answer(
        self, text: str, place: Place, user: str, url: str, pieces: list[Json], *, direct: bool, over: bool
    ) -> None:
        """Answer a command, to who typed it alone."""
        if not over:
            async with self._room:
                asker = _asker(place, user, await self._profiles.of(user), direct=direct)
                pieces += self._replies.pieces(place, await self._requests.command(text, asker))
        await self._replies.whisper(url, pieces, place, user)

    async def _reply(self, said: Said) -> None:
        """Answer a message, where it is; those of a thread one after the other, whoever's profile is known first."""
        async with self._turn(said.channel, said.thread or said.ts), self._room:
            profile = await self._profiles.of(said.user)
            if profile.is_bot:
                return
            place = Place(PLATFORM, said.team, said.channel, said.thread)
            asker = _asker(place, said.user, profile, direct=said.direct)
            message = await (
                self._requests.question(said.text, asker, said.ts, addressed=said.addressed)
                if said.thread
                else self._requests.command(said.text, asker)
            )
        if message is None:
            return
        # Beneath what was said, so that a channel is not filled with it; a direct conversation has nobody to disturb.
        beneath = said.thread or (None if said.direct else said.ts)
        where = Place(PLATFORM, said.team, said.channel, beneath)
        await self._replies.post(where, message, said.team, said.channel, said.ts)

    async def _obey(self, action: str, value: str, place: Place, user: str) -> None:
        """Do what a button is for, and tell who pressed it."""
        async with self._room:
            asker = _asker(place, user, await self._profiles.of(user), direct=False)
            answer = await self._requests.pressed(action, value, asker)
        if answer:
            await self._replies.whisper_in_thread(place, answer, user)

    async def _take_back(self, place: Place, name: str) -> None:
        """Let what was deleted not be answered."""
        async with self._turn(place.channel, place.thread):
            await self._requests.deleted(place, name)

    def _turn(self, channel: str, thread: str | None) -> asyncio.Lock:
        return self._turns.setdefault((channel, thread or ""), asyncio.Lock())


def heard(body: Mapping[str, Any], bot: str, *, threads: bool) -> Said | None:
    """Return what an event says to the bot, or in a thread (where `threads` is set); None if no person says new words.

    A mention is told of in two events, and either may be the first. Words are new, too, if they were changed so that
    they mention the bot.
    """
    event = _texts(_with_changed(_parts(body.get("event")), bot))
    if event.get("type") not in ("app_mention", "message") or event.get("subtype") not in _SPOKEN:
        return None
    user, text, channel, ts = (event.get(name, "") for name in ("user", "text", "channel", "ts"))
    team = _texts(body).get("team_id") or event.get("team", "")
    if not (user and channel and ts and team) or user == bot or event.get("bot_id"):
        return None
    direct, mention = event.get("channel_type") == "im", f"<@{bot}>"
    thread, addressed = event.get("thread_ts") or None, direct or mention in text
    if not addressed and not (threads and thread):
        return None
    return Said(
        team=team,
        channel=channel,
        ts=ts,
        thread=thread,
        user=user,
        text=_unescaped(text.replace(mention, " ")).strip(),
        direct=direct,
        addressed=addressed,
    )


def deleted(body: Mapping[str, Any], bot: str) -> tuple[Place, str] | None:
    """Return the thread in which an event says that somebody's message was deleted, and the name of that message."""
    event = _parts(body.get("event"))
    said, before = _texts(event), _texts(event.get("previous_message"))
    thread, ours = before.get("thread_ts"), before.get("user") == bot
    team = _texts(body).get("team_id") or before.get("team")
    channel, message = said.get("channel"), said.get("deleted_ts")
    if said.get("subtype") != "message_deleted" or ours or not (team and channel and thread and message):
        return None
    return Place(PLATFORM, team, channel, thread), message


def _with_changed(event: Mapping[str, Any], bot: str) -> Mapping[str, Any]:
    """Return the event of a message that was changed so that it mentions the bot as if it was said now."""
    now, before = _parts(event.get("message")), _parts(event.get("previous_message"))
    mention = f"<@{bot}>"
    if event.get("subtype") != "message_changed" or mention not in str(now.get("text")):
        return event
    if mention in str(before.get("text")):
        return event
    return {**now, "type": "message", "channel": event.get("channel"), "channel_type": event.get("channel_type")}


def _parts(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> dict[str, str]:
    """Return those parts of a payload that are text, which is all that is read of it."""
    return {name: part for name, part in _parts(value).items() if isinstance(part, str)}


def _asker(place: Place, user: str, profile: Profile, *, direct: bool) -> Asker:
    return Asker(place, user, profile.timezone, profile.language, direct)


def _unescaped(text: str) -> str:
    """Return what was typed: Slack escapes three characters, and nothing else."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
