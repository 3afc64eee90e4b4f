"""`python -m tests.bench.answers`: how long somebody waits who asks in a thread, on the fakes of Slack and of Discord.

Until a status is there, and from the last token of a sentence until the sentence is, by a model that speaks faster than
the chat may be written to, and by one that speaks slower. Everything is as fast as it really is: the chats' limits too.
"""

import asyncio
import tempfile
from bisect import bisect_left
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from bot.engine.answering import Heard
from bot.model import Place
from bot.ports import Chat
from bot.present.blocks import Message, Paragraph, Text
from tests.bench.rows import Bound, Row, parser, report
from tests.chaos.chats import opened
from tests.chaos.clock import FastClock
from tests.chaos.platforms import Platform, running
from tests.engine.asking import Running, assembled, working, written
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Says, pieces

STATUS_LIMIT = 1.5
WHOLE_LIMIT = 1.0
SENTENCE_LIMIT = 0.5
FAST, SLOW = 0.02, 0.5
"""Seconds for each piece of a sentence, of which it has about five."""

_WORDS = ("one", "two", "three", "four", "five")
_LOOK = 0.005
_PATIENCE = 60

_Result = TypeVar("_Result")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    options = parser("tests.bench.answers", __doc__).parse_args(arguments)
    return report(asyncio.run(_rows()), as_json=options.json)


async def _rows() -> list[Row]:
    found: list[Row] = []
    for name in ("slack", "discord"):
        with tempfile.TemporaryDirectory(prefix="digestbot-answers-") as folder:
            found += [row async for row in _measured(name, Path(folder))]
    return found


@dataclass
class Timed:
    """When a question was asked, and when each of some texts was first seen in the thread, in seconds of the loop.

    `late` is how long after its last token each sentence was seen, and after the last of all the whole.
    """

    asked: float
    seen: dict[str, float] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)


@dataclass
class Thread:
    """A thread to ask in."""

    platform: Platform
    chat: Chat
    bot: Running
    model: FakeOpenAI
    place: Place
    sha: str

    def sentence(self, number: int, word: str) -> str:
        """Return a sentence of the answer to a question."""
        return f"Number {number}, part {word}: requests are ordered by deadline, whatever came first [{self.sha}]."

    async def ask(self, number: int, pace: float) -> Timed:
        """Ask, and look at the thread until the whole answer is there."""
        sentences = [self.sentence(number, word) for word in _WORDS]
        self.model.pace = pace
        self.model.script(Says(" ".join(sentences)))
        wanted = [f"Number {number}, part {word}:" for word in _WORDS]
        loop = asyncio.get_running_loop()
        before = len(self._texts())
        timed = Timed(loop.time())
        heard = Heard(f"{number}", self.place, "ada", f"What is number {number}?", "UTC", "en")
        asking = asyncio.create_task(self.bot.answering.answer(heard))
        async with asyncio.timeout(_PATIENCE):
            while "whole" not in timed.seen:
                texts = self._texts()[before:]
                there = {"status": bool(texts), **{text: any(text in each for each in texts) for text in wanted}}
                there["whole"] = there[wanted[-1]] and not any("Reading" in text for text in texts)
                for text, is_there in there.items():
                    if is_there:
                        timed.seen.setdefault(text, loop.time())
                await asyncio.sleep(_LOOK)
        await asking
        timed.late = self._late(number, timed)
        return timed

    def _late(self, number: int, timed: Timed) -> list[float]:
        call = self.model.calls()[-1]
        text, ends = "", []
        for piece in pieces(Says(" ".join(self.sentence(number, word) for word in _WORDS)), "", "", usage=False):
            text += (piece["choices"][0]["delta"].get("content") or "") if piece["choices"] else ""
            ends.append(len(text))
        late = []
        for word in _WORDS:
            said = self.sentence(number, word)
            event = bisect_left(ends, text.index(said) + len(said))
            late.append(timed.seen[f"Number {number}, part {word}:"] - call.sent[event])
        return [*late, timed.seen["whole"] - call.sent[-1]]

    def _texts(self) -> list[str]:
        return [str(post.body["text"]) for post in self.platform.shown(self.place.channel)]


async def _measured(name: str, folder: Path) -> AsyncIterator[Row]:
    rocket, clock, most = written(folder / "rocket"), FastClock(1), Bound.OURS_AT_MOST
    async with (
        FakeOpenAI() as model,
        running(name, clock, 1, 1, 0.0, 1) as platform,
        opened(name, platform.url, platform.token, 1) as chat,
        working(assembled("one", folder, chat, name, model.url, clock)) as bot,
    ):
        place = platform.place(0)
        await bot.digest(rocket, place, _PATIENCE)
        place = replace(place, thread=platform.shown(place.channel)[0].id)
        thread = Thread(platform, chat, bot, model, place, rocket.sha(1)[:7])
        await thread.ask(0, FAST)  # what is done once in a process is not measured
        post, edit = await _bare(chat, place)
        pace = chat.traits.edit_interval
        fast, slow = await thread.ask(1, FAST), await thread.ask(2, SLOW)
        status = max(timed.seen["status"] - timed.asked for timed in (fast, slow))
        yield Row(f"{name}: a status, after a question", status, "a bare post", post, STATUS_LIMIT, "s", most)
        said = f"{name}: a sentence, after its last token"
        *late, whole = slow.late
        yield Row(f"{said}, of a slow model", max(late), "a bare edit", edit, SENTENCE_LIMIT, "s", most)
        yield Row(f"{name}: the whole, after the last token", whole, "a bare edit", edit, WHOLE_LIMIT, "s", most)
        *late, _ = fast.late
        limit = pace + SENTENCE_LIMIT
        yield Row(f"{said}, of a fast model", max(late), "the platform's pace", pace, limit, "s", most)


async def _bare(chat: Chat, place: Place) -> tuple[float, float]:
    """Return the seconds of a post and of an edit by themselves."""
    (body,) = chat.render(place, Message("root", "bare", (Paragraph((Text("bare"),)),)))
    posted, post = await _timed(lambda: chat.post(place, body, "bare"))
    edited, _ = await _timed(lambda: chat.edit(post, body, "bare"))
    await chat.delete(post)
    return posted, edited


async def _timed(act: Callable[[], Awaitable[_Result]]) -> tuple[float, _Result]:
    loop = asyncio.get_running_loop()
    began = loop.time()
    result = await act()
    return loop.time() - began, result


if __name__ == "__main__":
    raise SystemExit(main())
