"""The platform of docs/extend.md hears people, although its answers cannot be posted."""

import asyncio
import importlib
import json
import re
from collections import deque
from pathlib import Path
from types import ModuleType

import pytest

from bot.errors import ChatUnavailable
from bot.model import Place, PostReference
from bot.ports import Asker, Body
from bot.present.blocks import Message
from tests.adapters.chat.slack.talking import Echo
from tests.docs.blocks import FILE
from tests.engine.support import QuickClock
from tests.extend.workshop import sections


class Last(Echo):
    """Repeats what is asked; it is `over` when the last of it was."""

    def __init__(self, last: str) -> None:
        super().__init__()
        self._last = last
        self.over = asyncio.Event()

    async def command(self, text: str, asker: Asker) -> Message:
        """Answer a command."""
        if text == self._last:
            self.over.set()
        return await super().command(text, asker)


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
    folder, clock = tmp_path / "pages", QuickClock()
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
    requests = Last("3")
    listening = asyncio.create_task(pages.inbox.Inbox(chat, folder, clock).listen(requests))
    over = asyncio.create_task(requests.over.wait())
    done, _ = await asyncio.wait({listening, over}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    assert done == {over}
    await asyncio.sleep(0)
    listening.cancel()
    posts = json.loads((inbox.parent / "posts.json").read_text("utf-8"))
    assert [re.sub("<[^>]*>", "", post["html"]) for post in posts][:4] == [
        "Done: 1",
        "Heard: 2",
        "Done: 2",
        "Heard: 3",
    ]
