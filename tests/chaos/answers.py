"""Kills processes at random while they answer, and counts what went wrong.

In the threads of some digests people ask all the time, and each process hears all of it again. When all kills are done,
and everything is answered or the time is up, each question has to have one whole answer in its thread, and one exchange
in its conversation.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from string import ascii_lowercase

from bot.engine.answering import Heard
from bot.engine.wishes import to_json
from bot.model import Place
from bot.store import Store, open_store
from tests.chaos.asked import AskedSettings
from tests.chaos.chats import opened
from tests.chaos.clock import NOON, SharedClock
from tests.chaos.platforms import Platform, running
from tests.chaos.workers import Workers
from tests.engine.asking import assembled, working, written
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_calls import Call

PROGRAM = "tests.chaos.asked"
_PATIENCE = 120
_IDLE = 10
"""Seconds without a call after which a process is killed all the same."""
_MOMENT = 0.2
_NUMBER = re.compile(r"[Nn]umber (\d+)")


@dataclass(frozen=True)
class AskedPlan:
    """What a run does.

    `questions` are asked `interval` seconds apart, by turns in `threads`; `factor` is how much faster the clock goes,
    `faults` the share of chat calls that go wrong, and `pace` how many seconds each piece of an answer takes. A process
    is killed after a few calls, `most_calls` at most: however fast the machine is, that is somewhere in an answer.
    """

    kills: int
    processes: int = 1
    questions: int = 20
    threads: int = 2
    interval: float = 6.0
    factor: float = 4.0
    faults: float = 0.3
    pace: float = 0.01
    seed: int = 1
    seconds: float = 120.0
    most_calls: int = 10
    chat: str = "plain"


@dataclass
class AskedResult:
    """What a run came to.

    `missing` are questions without an answer, `broken` those with more or less than one. `left` is what else stands in
    the threads, and `miskept` counts exchanges that are kept too often or not at all. `again` are the answers for which
    the model was asked once more.
    """

    kills: int = 0
    answered: int = 0
    again: int = 0
    missing: int = 0
    broken: int = 0
    left: int = 0
    miskept: int = 0
    seconds: float = 0.0
    evidence: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How much is wrong."""
        return self.missing + self.broken + self.left + self.miskept


def answer(number: int, sha: str) -> str:
    """Return the answer to the question of a number; every third has more than one post."""
    parts, more = (20, " and so on" * 24) if number % 3 == 0 else (3, "")
    said = (
        f"Number {number}, part {letter}: requests are ordered{more} [{sha}]." for letter in ascii_lowercase[:parts]
    )
    return " ".join(said)


class AskedHarness:
    """One run."""

    def __init__(self, plan: AskedPlan, database_url: str | None) -> None:
        self._plan = plan
        self._url = database_url
        self._before: dict[str, int] = {}
        self._threads: list[Place] = []
        self._said: list[Heard] = []
        self._sha = ""

    async def run(self, folder: Path) -> AskedResult:
        """Run, and return what it came to."""
        plan, began = self._plan, time.time()
        clock = SharedClock(began, plan.factor)
        async with (
            FakeOpenAI() as model,
            running(plan.chat, clock, plan.factor, plan.threads, plan.faults, plan.seed) as platform,
            open_store(folder / "data", self._url, clock=clock) as store,
        ):
            await self._post_digests(folder, platform, model, clock)
            self._said = [self._heard(number) for number in range(plan.questions)]
            model.answer, model.pace = self._answer, plan.pace
            settings = AskedSettings(
                str(folder),
                platform.url,
                began,
                plan.factor,
                self._url,
                platform=plan.chat,
                token=platform.token,
                model=model.url,
                said=[to_json(each) for each in self._said],
                first=clock.now().timestamp(),
                interval=plan.interval,
            )
            random = Random(plan.seed)  # noqa: S311 - no secret comes of it
            workers = Workers(settings, random, lambda: self._life(random, platform, model))
            try:
                # What is wrong when the time is up is counted.
                with suppress(TimeoutError):
                    async with asyncio.timeout(plan.seconds):
                        await self._strike(workers, platform, store)
            finally:
                await workers.stop()
            result = await self._judged(platform, store)
            result.again = len(model.calls()) - plan.questions
            result.kills = len(workers.killed)
        result.seconds = time.time() - began
        return result

    async def _post_digests(self, folder: Path, platform: Platform, model: FakeOpenAI, clock: SharedClock) -> None:
        """Let a digest be posted in every channel."""
        rocket, plan = written(folder / "rocket"), self._plan
        self._sha = rocket.sha(1)[:7]
        async with (
            opened(plan.chat, platform.url, platform.token, plan.factor) as chat,
            working(assembled("before", folder, chat, plan.chat, model.url, clock, database_url=self._url)) as bot,
        ):
            for number in range(plan.threads):
                place = platform.place(number)
                await bot.digest(rocket, place, _PATIENCE)
                posts = platform.shown(place.channel)
                self._threads.append(replace(place, thread=posts[0].id))
                self._before[place.channel] = len(posts)

    def _heard(self, number: int) -> Heard:
        place = self._threads[number % self._plan.threads]
        return Heard(f"{number}", place, f"u{number}", f"What is number {number}?", "UTC", "en")

    def _answer(self, call: Call) -> str:
        """Answer the last question of a conversation."""
        return answer(int(_NUMBER.findall(call.user)[-1]), self._sha)

    async def _strike(self, workers: Workers, platform: Platform, store: Store) -> None:
        """Start the processes and kill them, until the kills are done and all is answered."""
        for _ in range(self._plan.processes):
            await workers.start(PROGRAM)
        while len(workers.killed) < self._plan.kills:
            await workers.kill_one(PROGRAM)
        while (await self._judged(platform, store)).wrong:  # noqa: ASYNC110 - the processes tell nobody
            await asyncio.sleep(0.5)

    async def _life(self, random: Random, platform: Platform, model: FakeOpenAI) -> None:
        """Wait for a few calls, and a moment."""
        enough = _calls(platform, model) + random.randrange(self._plan.most_calls)
        with suppress(TimeoutError):
            async with asyncio.timeout(_IDLE):
                while _calls(platform, model) < enough:  # noqa: ASYNC110 - likewise
                    await asyncio.sleep(0.01)
        await asyncio.sleep(random.random() * _MOMENT)

    async def _judged(self, platform: Platform, store: Store) -> AskedResult:
        """Compare what stands in the threads and is remembered to what was asked."""
        result = AskedResult()
        for place in self._threads:
            asked = [int(heard.id) for heard in self._said if heard.place == place]
            texts = [str(post.body["text"]) for post in platform.shown(place.channel)[self._before[place.channel] :]]
            compare(asked, texts, self._sha, result)
            thread = await store.threads.at(place)
            assert thread
            kept = await store.conversations.asked(NOON, conversation=thread.key)
            recent = [each.question for each in await store.conversations.exchanges(thread.key, len(asked))]
            result.miskept += abs(kept - len(asked)) + len(recent) - len(set(recent))
        return result


def compare(asked: Sequence[int], texts: Sequence[str], sha: str, result: AskedResult) -> None:
    """Count what is wrong with the posts of a thread, where questions of these numbers were asked."""
    for number in asked:
        told = "".join(text for text in texts if f"Number {number}," in text)
        if not told:
            result.missing += 1
        elif _bare(told) == _bare(answer(number, sha)):
            result.answered += 1
        else:
            result.broken += 1
            result.evidence.append(told)
    left = [text for text in texts if not _NUMBER.search(text)]
    result.left += len(left)
    result.evidence += left


def _calls(platform: Platform, model: FakeOpenAI) -> int:
    return sum(platform.calls.values()) + len(model.history)


def _bare(text: str) -> str:
    """Return text without what platforms show in ways of their own."""
    return re.sub(r"[\s\[\]`]", "", text)


async def chaos(plan: AskedPlan, database_url: str | None = None) -> AskedResult:
    """Do a run in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="chaos") as folder:
        return await AskedHarness(plan, database_url).run(Path(folder))
