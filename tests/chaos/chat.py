"""The adapter of the chat platform that goes wrong."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, assert_never

import aiohttp

from bot.errors import (
    ChatError,
    ChatUnavailable,
    MessageTooLong,
    NotAllowed,
    PlaceGone,
    PostGone,
    TooManyPins,
)
from bot.model import Place, PostReference
from bot.ports import Body, ChatTraits
from bot.present.blocks import (
    Actions,
    Block,
    BulletedList,
    Context,
    Divider,
    Heading,
    Link,
    Message,
    NumberedList,
    Paragraph,
    Quote,
    Spans,
    Table,
)
from bot.present.characters import visible
from bot.present.splitting import split_text

_REFUSALS: Mapping[int, type[ChatError]] = {
    403: NotAllowed,
    404: PostGone,
    409: TooManyPins,
    410: PlaceGone,
    413: MessageTooLong,
}


@dataclass
class ChaosChat:
    """Speaks to the server at a URL. `longest` is how long a message the adapter thinks that the server takes."""

    url: str
    session: aiohttp.ClientSession
    longest: int = 4000
    traits: ChatTraits = field(default_factory=ChatTraits)

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, url: str, *, patience: float = 30, longest: int = 4000, traits: ChatTraits | None = None
    ) -> AsyncIterator["ChaosChat"]:
        """Open it; a call is given up after `patience` seconds."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(patience)) as session:
            yield cls(url, session, longest, traits or ChatTraits())

    def render(self, place: Place, message: Message, halvings: int = 0) -> tuple[Body, ...]:  # noqa: ARG002 - all alike
        """Return the text in as many pieces as it takes, the addresses that its links lead to, and the buttons."""
        text = visible("\n".join(line for block in message.blocks for line in _lines(block)))
        urls = sorted({span.url for block in message.blocks for span in _spans(block) if isinstance(span, Link)})
        parts = split_text(text, max(1, self.longest >> halvings))
        rows = (block.buttons for block in message.blocks if isinstance(block, Actions))
        buttons = [button.text for row in rows for button in row]
        return tuple({"text": part, "urls": urls, "buttons": buttons} for part in parts)

    async def post(self, place: Place, body: Body, token: str) -> PostReference:
        """Post."""
        answer = await self._call("post", channel=place.channel, thread=place.thread, body=dict(body), token=token)
        return PostReference(place, answer["id"])

    async def beneath(self, post: PostReference, title: str) -> Place:  # noqa: ARG002 - threads have no names
        """Return the thread."""
        return post.place if post.place.thread else replace(post.place, thread=post.message)

    async def find(self, place: Place, token: str, since: datetime) -> PostReference | None:
        """Find by the token."""
        asked = {"channel": place.channel, "thread": place.thread, "token": token, "since": since.timestamp()}
        answer = await self._call("find", **asked)
        return PostReference(place, answer["id"]) if answer["id"] is not None else None

    async def edit(self, post: PostReference, body: Body, token: str) -> None:
        """Edit."""
        await self._call("edit", channel=post.place.channel, id=post.message, body=dict(body), token=token)

    async def delete(self, post: PostReference) -> None:
        """Delete."""
        await self._call("delete", channel=post.place.channel, id=post.message)

    async def pin(self, post: PostReference) -> bool:
        """Pin."""
        answer = await self._call("pin", channel=post.place.channel, id=post.message)
        return bool(answer["fresh"])

    async def unpin(self, post: PostReference) -> None:
        """Unpin."""
        await self._call("unpin", channel=post.place.channel, id=post.message)

    async def link(self, post: PostReference) -> str | None:
        """Return an address."""
        return f"{self.url}/{post.place.channel}/{post.message}"

    async def attach(self, place: Place, name: str, text: str, token: str) -> PostReference:
        """Post a file."""
        asked = {"channel": place.channel, "thread": place.thread, "body": {"text": text}, "token": token}
        answer = await self._call("attach", name=name, **asked)
        return PostReference(place, answer["id"])

    async def _call(self, method: str, **asked: object) -> dict[str, Any]:
        try:
            async with self.session.post(f"{self.url}/{method}", json=asked) as response:
                answer: dict[str, Any] = await response.json()
        except aiohttp.ClientConnectorError as error:
            raise ChatUnavailable("The chat cannot be reached.", unknown=False) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ChatUnavailable("The chat did not answer.", unknown=True) from error
        if response.status == 429:
            later = timedelta(seconds=float(response.headers["Retry-After"]))
            raise ChatUnavailable("The chat is busy.", unknown=False, retry_after=later)
        if response.status >= 500:
            raise ChatUnavailable("The chat failed.", unknown=True)
        if response.status >= 400:
            raise _REFUSALS.get(response.status, ChatError)(answer["error"])
        return answer


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(spans) | Paragraph(spans) | Quote(spans) | Context(spans):
            yield _text(spans)
        case BulletedList(items) | NumberedList(items):
            yield from map(_text, items)
        case Table(header, rows):
            yield " · ".join(header)
            yield from (" · ".join(map(_text, row)) for row in rows)
        case Divider():
            yield "———"
        case Actions():
            return
        case _:
            assert_never(block)


def _spans(block: Block) -> Spans:
    match block:
        case Heading(spans) | Paragraph(spans) | Quote(spans) | Context(spans):
            return spans
        case BulletedList(items) | NumberedList(items):
            return tuple(span for item in items for span in item)
        case Table(_, rows):
            return tuple(span for row in rows for cell in row for span in cell)
        case Divider() | Actions():
            return ()
        case _:
            assert_never(block)


def _text(spans: Spans) -> str:
    return "".join(span.text for span in spans)
