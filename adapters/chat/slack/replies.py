"""Answers to people: to one alone, or in the conversation, where each is posted once."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.chat.slack.chat import SlackChat
from bot.errors import ChatUnavailable, DigestbotError
from bot.model import Place
from bot.ports import Body, Clock
from bot.present.blocks import Message

_LOG = logging.getLogger(__name__)

Json = dict[str, Any]

_USES = 5
"""Answers that one address takes."""
_ATTEMPTS = 10
_TRAVELLING = 10.0
"""Seconds after which a post whose call was not answered is there, if it will be at all."""
_HARMLESS = frozenset({429, 500, 502, 503})
_FIRST_WAIT = 2.0


class Replies:
    """Answers, and logs what cannot be answered: whoever asked is not there to be told."""

    def __init__(self, chat: SlackChat, clock: Clock) -> None:
        self._chat = chat
        self._clock = clock

    def pieces(self, place: Place, message: Message) -> list[Json]:
        """Return an answer as Slack takes it from an acknowledgement and at a `response_url`."""
        return [{"response_type": "ephemeral", **body} for body in self._chat.render(place, message)]

    async def whisper(self, url: str, pieces: Sequence[Json], place: Place, user: str) -> None:
        """Answer one person alone, at the address that came with what they said, as long as it takes answers."""
        client = AsyncWebhookClient(url, timeout=self._chat.timeout, session=self._chat.session, retry_handlers=[])
        for piece in pieces[:_USES]:
            if not await self._sent(client, piece):
                return
        await self._show(pieces[_USES:], replace(place, thread=None), user)

    async def whisper_in_thread(self, place: Place, message: Message, user: str) -> None:
        """Answer one person alone, in the thread where they are: what is said at a `response_url` is not in it."""
        await self._show(self._chat.render(place, message), place, user)

    async def _show(self, pieces: Sequence[Body], place: Place, user: str) -> None:
        where = {"channel": place.channel, "thread_ts": place.thread, "user": user}
        for piece in pieces:
            body = {"text": piece["text"], "blocks": piece["blocks"]}
            try:
                await self._chat.call(self._chat.client.chat_postEphemeral, **where, **body)
            except DigestbotError as error:
                _LOG.warning("In %s somebody could not be answered: %s", place.channel_key, error)
                return

    async def post(self, place: Place, message: Message, *about: str) -> None:
        """Answer in the conversation; `about` names what is answered for good, so that no answer comes twice."""
        for number, body in enumerate(self._chat.render(place, message)):
            token = hashlib.sha256("/".join([*about, str(number)]).encode()).hexdigest()[:24]
            try:
                await self._post_once(place, body, token)
            except DigestbotError as error:
                _LOG.warning("In %s nobody could be answered: %s", place.channel_key, error)
                return

    async def _post_once(self, place: Place, body: Body, token: str) -> None:
        begun = self._clock.now()
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await self._chat.post(place, body, token)
            except ChatUnavailable as error:
                if attempt == _ATTEMPTS:
                    raise
                wait = error.retry_after.total_seconds() if error.retry_after else _TRAVELLING
                await self._clock.sleep(wait)
                if error.unknown and await self._is_there(place, token, begun):
                    return
            else:
                return

    async def _is_there(self, place: Place, token: str, begun: datetime) -> bool:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._chat.find(place, token, begun) is not None
            except ChatUnavailable:
                if attempt == _ATTEMPTS:
                    raise
                await self._clock.sleep(_FIRST_WAIT * attempt)
        raise AssertionError

    async def _sent(self, client: AsyncWebhookClient, piece: Json) -> bool:
        """Send one piece; it is sent again where Slack says that it did not take it, and not where it says nothing."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = await client.send_dict(piece)
            except (TimeoutError, OSError) as error:
                _LOG.warning("Somebody could not be answered: Slack did not answer (%s)", type(error).__name__)
                return False
            if answer.status_code not in _HARMLESS or attempt == _ATTEMPTS:
                break
            await self._clock.sleep(_FIRST_WAIT * attempt)
        if answer.status_code != 200:
            _LOG.warning("Somebody could not be answered: Slack answered %d", answer.status_code)
        return answer.status_code == 200
