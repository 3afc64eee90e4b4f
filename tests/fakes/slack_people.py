"""What people do: they write, mention, type commands, press buttons, and open the Home of the app."""

import html
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from tests.fakes import slack_shapes as shapes
from tests.fakes.slack_answers import Refusal
from tests.fakes.slack_delivery import Deliveries, Delivery
from tests.fakes.slack_methods import KINDS
from tests.fakes.slack_responses import Responses
from tests.fakes.slack_world import Channel, Json, Message, World

EVENTS = ("app_mention", "message.channels", "message.groups", "message.im", "app_home_opened")
"""What the app subscribed to."""

_TYPED = re.compile(r"(?<![\w<])@(\w+)|(?<![\w<])#([\w-]+)|\bhttps?://[^\s<>|]+")
_ID = re.compile(r"<@(\w+)>")


class People:
    """The people of a world. Each of these methods returns once the world has it; events travel on their own.

    `failures` are the refusals of answers that came with an acknowledgement.
    """

    def __init__(self, world: World, deliveries: Deliveries, responses: Responses, url: Callable[[], str]) -> None:
        """Take the world, the way to the app, and the addresses that it may respond to."""
        self.subscribed = set(EVENTS)
        self.failures: list[Refusal] = []
        self._world = world
        self._deliveries = deliveries
        self._responses = responses
        self._url = url

    async def say(
        self, text: str, *, user: str = "U0ADA", channel: str = "C0GENERAL", thread: str | None = None
    ) -> Message:
        """Write a message, as it is typed: @digestbot mentions, #general and addresses are links, the rest is text.

        The channel is its id; the id of a person means the bot's conversation with them. The user may be another bot.
        """
        world = self._world
        place = world.channels.get(channel) or world.direct(channel)
        assert thread is None or thread in place.messages
        bot_id = f"B{user[1:]}" if world.users[user].is_bot else None
        message = Message(place.id, world.next_ts(), user, self._typed(text), bot_id=bot_id, thread_ts=thread)
        world.add(message)
        self._tell_of(place, message)
        return message

    async def edit(self, message: Message, text: str) -> None:
        """Change one's message."""
        before = shapes.event(self._world, message)
        message.revisions.append(message.text)
        message.text = self._typed(text)
        message.edited = {"user": message.user, "ts": self._world.next_ts()}
        now = shapes.event(self._world, message)
        self._tell_hidden(message, "message_changed", {"message": now, "previous_message": before})

    async def remove(self, message: Message) -> None:
        """Delete one's message."""
        before = shapes.event(self._world, message)
        del self._world.channels[message.channel].messages[message.ts]
        self._tell_hidden(message, "message_deleted", {"deleted_ts": message.ts, "previous_message": before})

    async def command(
        self, command: str, text: str = "", *, user: str = "U0ADA", channel: str = "C0GENERAL"
    ) -> Delivery:
        """Type a command, and return once the app has acknowledged or Slack gave up waiting."""
        world = self._world
        place = world.channels.get(channel) or world.direct(channel)
        names = {"im": "directmessage", "group": "privategroup"}
        payload = {
            "token": "verification",
            "team_id": world.team_id,
            "team_domain": world.team.lower(),
            "channel_id": place.id,
            "channel_name": names.get(place.kind, place.name),
            "user_id": user,
            "user_name": world.users[user].name,
            "command": command,
            "text": html.escape(text, quote=False),
            "api_app_id": world.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(place.id, user),
            "trigger_id": f"{secrets.randbelow(10**9)}.{world.next_id('')}",
        }
        delivery = await self._deliveries.deliver("slash_commands", payload)
        self._show(delivery, place.id, user)
        return delivery

    async def press(
        self, message: Message, action_id: str, *, user: str = "U0ADA", value: str | None = None
    ) -> Delivery:
        """Press a button, or choose the option with a value, in a message. Raises LookupError if there is none."""
        world = self._world
        found = [both for both in _elements(message.blocks) if both[1].get("action_id") == action_id]
        if not found:
            raise LookupError(action_id)
        block, element = found[0]
        place = world.channels[message.channel]
        action = {"action_id": action_id, "block_id": block["block_id"], "action_ts": world.next_ts()}
        container: Json = {"type": "message", "message_ts": message.ts, "channel_id": place.id}
        container |= {"is_ephemeral": message.only_for is not None}
        container |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
        payload: Json = {
            "type": "block_actions",
            "user": {"id": user, "username": world.users[user].name, "name": world.users[user].name}
            | {"team_id": world.team_id},
            "api_app_id": world.app_id,
            "token": "verification",
            "container": container,
            "trigger_id": f"{secrets.randbelow(10**9)}.{world.next_id('')}",
            "team": {"id": world.team_id, "domain": world.team.lower()},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": place.id, "name": place.name or "directmessage"},
            "message": shapes.message(world, message),
            "state": {"values": {}},
            "response_url": self._response_url(place.id, user, message.ts),
            "actions": [action | _chosen(element, value)],
        }
        return await self._deliveries.deliver("interactive", payload)

    async def open_home(self, user: str = "U0ADA") -> None:
        """Look at the Home of the app."""
        event = {"type": "app_home_opened", "user": user, "channel": self._world.direct(user).id, "tab": "home"}
        self._begin("app_home_opened", {**event, "event_ts": self._world.next_ts()})

    def tell(self, about: str, event: Json) -> None:
        """Tell the app of an event in a conversation, if it subscribed, is a member and has the scope."""
        place = self._world.channels.get(str(event.get("channel") or event.get("channel_id")))
        kind = about.removeprefix("message.")
        name = f"message.{KINDS[kind]}" if kind in KINDS else about
        needed = {"app_mention": "app_mentions:read", "pin_added": "pins:read", "pin_removed": "pins:read"}
        scope = needed.get(about) or (f"{KINDS[kind]}:history" if kind in KINDS else None)
        member = place is None or self._world.bot_user in place.members
        scopes = {s for token in self._world.tokens.values() for s in token.scopes.split(",") if not token.problem}
        if member and (scope is None or scope in scopes):
            self._begin(name, event)

    def _tell_of(self, place: Channel, message: Message) -> None:
        shape = shapes.event(self._world, message) | {"client_msg_id": f"m-{message.ts}"}
        self.tell(f"message.{place.kind}", shape)
        if place.kind != "im" and self._world.bot_user in _ID.findall(message.text):
            mention: Json = {name: shape[name] for name in ("user", "text", "ts", "team") if name in shape}
            mention |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
            self.tell("app_mention", {**mention, "type": "app_mention", "channel": place.id, "event_ts": message.ts})

    def _tell_hidden(self, message: Message, subtype: str, more: Json) -> None:
        place, ts = self._world.channels[message.channel], self._world.next_ts()
        event: Json = {"type": "message", "subtype": subtype, "hidden": True, "channel": place.id}
        event |= {"channel_type": place.kind, "ts": ts, "event_ts": ts, **more}
        self.tell(f"message.{place.kind}", event)

    def _begin(self, name: str, event: Json) -> None:
        if name not in self.subscribed:
            return
        world = self._world
        authorization = {"enterprise_id": None, "team_id": world.team_id, "user_id": world.bot_user, "is_bot": True}
        self._deliveries.begin(
            {
                "token": "verification",
                "team_id": world.team_id,
                "api_app_id": world.app_id,
                "event": event,
                "type": "event_callback",
                "event_id": world.next_id("Ev"),
                "event_time": int(world.clock()),
                "authorizations": [authorization | {"is_enterprise_install": False}],
                "is_ext_shared_channel": False,
                "event_context": f"4-{world.next_id('')}",
            }
        )

    def _response_url(self, channel: str, user: str, message: str | None = None) -> str:
        return f"{self._url()}/response/{self._responses.issue(channel, user, message)}"

    def _show(self, delivery: Delivery, channel: str, user: str) -> None:
        """Show what came with an acknowledgement, or Slack's own words where none came."""
        answer = delivery.answer
        if not delivery.acknowledged:
            failed = "operation_timeout" if delivery.attempts[-1].failure == "http_timeout" else "dispatch_failed"
            answer = {"text": f'{delivery.payload["command"]} failed with the error "{failed}"'}
        if answer:
            try:
                self._responses.show(answer, channel, user)
            except Refusal as refusal:
                self.failures.append(refusal)

    def _typed(self, text: str) -> str:
        world = self._world
        names = {user.name: f"<@{user.id}>" for user in world.users.values()}
        names |= {name: f"<!subteam^{id_}|@{name}>" for id_, name in world.usergroups.items()}
        names |= {word: f"<!{word}>" for word in ("here", "channel", "everyone")}
        channels = {place.name: f"<#{place.id}|{place.name}>" for place in world.channels.values()}

        def live(found: re.Match[str]) -> str:
            if found[1]:
                return names.get(found[1], found[0])
            return channels.get(found[2], found[0]) if found[2] else f"<{found[0]}>"

        return _TYPED.sub(live, html.escape(text, quote=False))


def _elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        if block["type"] in ("actions", "context_actions"):
            yield from ((block, element) for element in block["elements"])
        elif "accessory" in block:
            yield block, block["accessory"]


def _chosen(element: Json, value: str | None) -> dict[str, Any]:
    """Return what an action says of its element, and of the option that was chosen."""
    kind = element["type"]
    if "options" in element:
        option = next(option for option in element["options"] if option["value"] == value)
        return {"type": kind, "selected_option": option}
    if kind == "feedback_buttons":
        button = next(
            button
            for button in (element["positive_button"], element["negative_button"])
            if value in (None, button["value"])
        )
        return {"type": kind, "text": button["text"], "value": button["value"]}
    return {"type": kind} | {name: element[name] for name in ("text", "value", "url", "style") if name in element}
