"""The platform of docs/extend.md hears people, although its answers cannot be posted."""

import asyncio
import importlib
import json
import re
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest

from bot.contracts.chat import said
from bot.errors import ChatUnavailable
from bot.model import Place, PostReference
from bot.ports import Acknowledgement, Asker, Body, Suggesting
from bot.present.blocks import Message
from tests.docs.blocks import FILE
from tests.extend.workshop import sections
from tests.fakes.digests import NOON


class Clock:
    """A clock that stands still, and lets others go on."""

    def now(self) -> datetime:
        """Return noon."""
        return NOON

    async def sleep(self, seconds: float) -> None:  # noqa: ARG002 - no time passes
        """Do not wait."""
        await asyncio.sleep(0)


class Echo:
    """Requests whose answers say what was asked. It is `over` when `last` was."""

    def __init__(self, last: str) -> None:
        self._last = last
        self.over = asyncio.Event()

    def acknowledge(self, text: str, asker: Asker) -> Acknowledgement:  # noqa: ARG002 - everybody is told the same
        """Say that it was heard."""
        return Acknowledgement(said(f"heard {text}"))

    async def command(self, text: str, asker: Asker) -> Message:  # noqa: ARG002 - likewise
        """Say what it was."""
        if text == self._last:
            self.over.set()
        return said(f"answer {text}")

    async def suggestions(self, kind: Suggesting, typed: str, asker: Asker) -> Sequence[str]:
        """Nobody types."""
        raise NotImplementedError

    async def question(self, text: str, asker: Asker, message: str, *, addressed: bool) -> Message | None:
        """Nobody asks in threads."""
        raise NotImplementedError

    async def pressed(self, action: str, value: str, asker: Asker) -> Message | None:
        """Nobody presses anything."""
        raise NotImplementedError

    async def deleted(self, place: Place, message: str) -> None:
        """Nobody deletes anything."""
        raise NotImplementedError


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the modules of the platform, as the page writes them down."""
    for block in sections()["A platform"].blocks:
        if block.language == FILE and block.path.startswith("digestbot-pages/digestbot_pages/"):
            path = tmp_path / block.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path / "digestbot-pages")
    return importlib.import_module("digestbot_pages")


async def test_answers_that_cannot_be_posted(
    pages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request is done though its acknowledgement is lost, and an answer whose outcome is not known comes once."""
    folder, clock = tmp_path / "pages", Clock()
    lost = ["not posted"] * pages.inbox.ATTEMPTS
    outcomes = deque([*lost, "posted", "not posted", "posted unseen"])

    chat = pages.chat.PagesChat(folder, "", clock)
    post = chat.post

    async def failing(place: Place, body: Body, token: str) -> PostReference:
        outcome = outcomes.popleft() if outcomes else "posted"
        if outcome == "not posted":
            raise ChatUnavailable("No connection.", unknown=False)
        posted: PostReference = await post(place, body, token)
        if outcome == "posted unseen":
            raise ChatUnavailable("No answer.", unknown=True)
        return posted

    monkeypatch.setattr(chat, "post", failing)
    inbox = folder / "team" / "rocket" / "inbox"
    inbox.mkdir(parents=True)
    for name in "123":
        (inbox / f"{name}.txt").write_text(name)
    requests = Echo("3")
    listening = asyncio.create_task(pages.inbox.Inbox(chat, folder, clock).listen(requests))
    over = asyncio.create_task(requests.over.wait())
    done, _ = await asyncio.wait({listening, over}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    assert done == {over}
    await asyncio.sleep(0)
    listening.cancel()
    posts = json.loads((inbox.parent / "posts.json").read_text("utf-8"))
    assert [re.sub("<[^>]*>", "", post["html"]) for post in posts][:4] == ["answer 1", "heard 2", "answer 2", "heard 3"]
