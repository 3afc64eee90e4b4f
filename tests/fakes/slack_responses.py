"""Addresses to respond to: five answers within half an hour, to one command or interaction."""

import json
from dataclasses import dataclass

from tests.fakes.slack_answers import Refusal
from tests.fakes.slack_blocks import check_message
from tests.fakes.slack_limits import Time
from tests.fakes.slack_schema import anything, at, boolean, fields, one_of, text
from tests.fakes.slack_world import Json, Message, World

USES = 5
SECONDS = 1800.0

_BODY = fields(
    {
        "text": text(),
        "blocks": anything,
        "response_type": one_of("ephemeral", "in_channel"),
        "replace_original": boolean,
        "delete_original": boolean,
        "thread_ts": text(),
        "unfurl_links": boolean,
        "unfurl_media": boolean,
        "metadata": anything,
    }
)


@dataclass(slots=True)
class _Address:
    channel: str
    user: str
    until: float
    message: str | None
    left: int = USES


class Responses:
    """The addresses that were handed out."""

    def __init__(self, world: World, time: Time) -> None:
        """Take where the answers go, and the time in which addresses grow old."""
        self._world = world
        self._time = time
        self._addresses: dict[str, _Address] = {}

    def issue(self, channel: str, user: str, message: str | None = None) -> str:
        """Return the last part of a new address, which answers somebody in a channel, perhaps about a message."""
        id_ = self._world.next_id("R")
        self._addresses[id_] = _Address(channel, user, self._time.now() + SECONDS, message)
        return id_

    def use(self, id_: str, body: bytes) -> None:
        """Take an answer, which is JSON. Raises Refusal."""
        address = self._addresses.get(id_)
        if address is None or self._time.now() > address.until:
            raise Refusal("expired_url")
        if not address.left:
            raise Refusal("used_url")
        address.left -= 1
        try:
            answer: Json = json.loads(body)
        except ValueError:
            raise Refusal("invalid_payload") from None
        self.show(answer, address.channel, address.user, address.message)

    def show(self, body: Json, channel: str, user: str, original: str | None = None) -> Message | None:
        """Show an answer to whom it is for; return it where one is shown. Raises Refusal."""
        if problems := list(_BODY(body, "")):
            raise Refusal("invalid_payload", problems)
        world = self._world
        if original and (body.get("delete_original") or body.get("replace_original")):
            return self._change(body, channel, original)
        blocks = check_message(body["blocks"]) if body.get("blocks") else []
        if not blocks and not body.get("text"):
            raise Refusal("no_text")
        return world.add(
            Message(
                channel,
                world.next_ts(),
                world.bot_user,
                str(body.get("text", "")),
                blocks,
                world.bot_id,
                body.get("thread_ts"),
                only_for=None if body.get("response_type") == "in_channel" else user,
            )
        )

    def _change(self, body: Json, channel: str, original: str) -> Message | None:
        place = self._world.channels[channel]
        message = next((m for m in (*place.messages.values(), *place.ephemeral) if m.ts == original), None)
        if message is None:
            raise Refusal("message_not_found", [at("", "the original is gone")])
        if body.get("delete_original"):
            place.messages.pop(original, None)
            place.ephemeral = [m for m in place.ephemeral if m.ts != original]
            return None
        message.revisions.append(message.text)
        message.text = str(body.get("text", ""))
        message.blocks = check_message(body["blocks"]) if body.get("blocks") else []
        return message
