"""python -m tests.docs.pictures: makes docs/*.png anew, from the pages of the fake chats. Takes chromium.

They show an invented day as the adapters post it: whole, or its root, its first high change, a question and its answer.
"""

import asyncio
import subprocess
import tempfile
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from adapters.chat.discord.chat import DiscordChat
from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.settings import SlackSettings
from bot.engine.delivery import Delivery
from bot.model import DepthText, Digest, Entry, Insight, Place, Risk, Severity, Usage
from bot.ports import Chat
from bot.present.answers import said
from bot.present.blocks import Code, Link, Text
from bot.present.labels import Labels
from bot.present.layout import lay_out
from bot.store import open_store
from tests.chaos.clock import FastClock
from tests.docs.blocks import ROOT
from tests.fakes.digests import DEPTH, day
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_town import Town
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, World

_GENERAL = Place("slack", "T0ROCKET", "C0GENERAL")
_EXCERPT = "<style>.count{display:none}</style>"
"""The thread is an excerpt, whose number of replies would mislead."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture says in its language; the headlines are those of the high changes, with the texts of the first."""

    file: str
    language: str
    headlines: Sequence[str]
    first: DepthText
    reason: str
    summary: str
    question: str
    answer: Sequence[Text | Code]


ENGLISH = Picture(
    "overview.png",
    "en",
    (
        "Order requests by deadline; `--fifo` is gone",
        "New `/v1/fuel` endpoint, without authentication so far",
        "Load weights twice as fast on ARM",
    ),
    DEPTH,
    "removes the public flag `--fifo`; every request passes through here",
    "Requests carry a deadline and the queue is a heap; first-in-first-out is no longer available.",
    "@digestbot does #1412 change a default?",
    (Text("Yes: a request without a deadline now counts as due at once, since "), Code("deadline"), Text(" is 0 ")),
)
CHINESE = Picture(
    "overview.zh.png",
    "zh",
    (
        "请求改为按截止时间排序，移除 `--fifo`",
        "新增 `/v1/fuel` 接口，目前没有鉴权",
        "ARM 上权重加载速度提升一倍",
    ),
    DepthText(
        scope=("所有请求路径", "带 `--fifo` 的启动脚本"),
        insight=(
            Insight("性能", "出队从 O(1) 变为 O(log n)"),
            Insight("兼容性", "带 `--fifo` 的启动脚本会报错退出"),
        ),
        risks=(Risk(Severity.HIGH, "不带截止时间按 0 处理，旧客户端会插到队首", "engine/queue.py", 58),),
        advice=("升级前先设好默认截止时间", "从启动脚本中去掉 `--fifo`"),
        conclusion="高负载下值得升级，但要先设默认值。",
    ),
    "移除公开参数 `--fifo`；所有请求都经过这里",
    "请求带有截止时间，队列改为堆；不再支持先进先出。",
    "@digestbot #1412 改了默认行为吗？",
    (Text("改了：不带截止时间的请求视为立即到期，因为 "), Code("deadline"), Text(" 默认为 0 ")),
)


def digest(picture: Picture) -> Digest:
    """Return the invented day, in the words of a picture."""
    invented = day(depth=True)
    words = dict(zip(("#1412", "#1398", ""), picture.headlines, strict=True))
    entries = tuple(_entry(entry, picture, words) for entry in invented.entries)
    receipt = replace(invented.receipt, analysed=20, failed=0, usage=Usage(9, 61_200, 0, 5_400, 0.04))
    return replace(invented, entries=entries, receipt=receipt, analyst="model-x", language=picture.language)


def _entry(entry: Entry, picture: Picture, words: Mapping[str, str]) -> Entry:
    pull = entry.commit.pull_request
    key = f"#{pull.number}" if pull else ""
    if entry.analysis.tier.value != "high":
        return entry
    analysis = replace(entry.analysis, headline=words[key])
    if key == "#1412":
        analysis = replace(analysis, depth=picture.first, reasons=(picture.reason,), summary=picture.summary)
    return replace(entry, analysis=analysis)


async def draw(picture: Picture) -> None:
    """Post what a picture shows to a fake Slack, and take its page."""
    labels, shown = Labels(picture.language), digest(picture)
    async with FakeSlack(World.with_people(), scale=1000) as slack:
        async with SlackChat(_settings(slack)) as chat:
            thread = lay_out(shown, labels, chat.traits.asking)
            (body,) = chat.render(_GENERAL, thread.root)
            root = await chat.post(_GENERAL, body, "root")
            beneath = await chat.beneath(root, "day")
            (high,) = chat.render(beneath, thread.replies[0])
            await chat.pin(await chat.post(beneath, high, "high"))
            await slack.people.say(picture.question, thread=slack.world.channels["C0GENERAL"].timeline()[0].ts)
            cited = Link("c6007c6 engine/queue.py:58", "https://github.com/acme/rocket")
            (answer,) = chat.render(
                beneath, said((*picture.answer, cited, Text("." if picture.language == "en" else "。")))
            )
            await chat.post(beneath, answer, "answer")
        await asyncio.to_thread(_take, f"{slack.url}/view/general", picture.file, (800, 930), _EXCERPT)


async def draw_slack() -> None:
    """Deliver the day to a fake Slack, and take the page of its channel."""
    async with FakeSlack(World.with_people(), scale=1000) as slack:
        async with SlackChat(_settings(slack)) as chat:
            await _deliver(chat, _GENERAL)
        await asyncio.to_thread(_take, f"{slack.url}/view/general", "slack-thread.png", (760, 1180))


async def draw_discord() -> None:
    """Deliver the day to a fake Discord, and take the pages of its channel and of the thread."""
    town = Town(lambda: datetime.now(UTC).timestamp())
    general = next(each for each in town.world.channels.values() if each.name == "general")
    async with FakeDiscord(town.world, speed=1000) as discord:
        given = {"token": town.world.application.token, "api_url": discord.api_url, "gateway_url": discord.gateway_url}
        async with DiscordChat(DiscordSettings.model_validate(given)) as chat:
            await _deliver(chat, Place("discord", str(town.guild.id), str(general.id)))
        (thread,) = town.world.threads(parent_id=general.id)
        pages = {general.id: ("discord-channel.png", (760, 470)), thread.id: ("discord-thread.png", (760, 1000))}
        for number, (file, size) in pages.items():
            await asyncio.to_thread(_take, f"{discord.url}/view/{number}", file, size)


def _settings(slack: FakeSlack) -> SlackSettings:
    given = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "signing_secret": SIGNING_SECRET}
    return SlackSettings.model_validate(given | {"api_url": slack.api})


async def _deliver(chat: Chat, place: Place) -> None:
    clock = FastClock(1000)
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder), clock=clock) as store:
            thread = lay_out(digest(ENGLISH), Labels("en"), chat.traits.asking)
            outcome = await Delivery(chat, store.outbox, clock, "one").deliver("day", place, thread, repository="")
            if outcome.ended:
                raise RuntimeError(outcome)


def _take(address: str, file: str, size: tuple[int, int], more: str = "") -> None:
    """Take a page in so many pixels; `more` is added to it."""
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - it is the fake's
        page = answer.read().decode()
    width, height = size
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(page + more, "utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={width},{height}"]
        command += [f"--screenshot={ROOT / 'docs' / file}", path.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


async def main() -> None:
    """Make all pictures."""
    for picture in (ENGLISH, CHINESE):
        await draw(picture)
    await draw_slack()
    await draw_discord()


if __name__ == "__main__":
    asyncio.run(main())
