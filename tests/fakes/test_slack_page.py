"""The page of a channel, and the command line."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE
from html.parser import HTMLParser
from pathlib import Path

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack
from tests.fakes.slack_client import bolt, client, eventually, on_socket
from tests.fakes.slack_console import Console
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, World

GENERAL = "C0GENERAL"
HOSTILE = '<script>alert(1)</script> & "quotes" <img src=x onerror=alert(1)>'


class Tags(HTMLParser):
    """Collects the tags of a page, its text, and its links."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and where it leads."""
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


async def page(slack: FakeSlack, channel: str = GENERAL) -> Tags:
    """Return the page of a channel."""
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}/view/{channel}") as response:
        return Tags(await response.text())


async def test_a_channel(slack: FakeSlack, api: AsyncWebClient) -> None:
    """The page shows messages, threads, pins, tables, buttons, files and statuses, and links as links."""
    cells = [{"type": "raw_text", "text": text} for text in ("Time", "Author")]
    button = {"type": "button", "text": {"type": "plain_text", "text": "Retry"}, "action_id": "retry"}
    blocks: list[dict[str, object]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "acme/rocket"}},
        {"type": "table", "rows": [cells, cells]},
        {"type": "divider"},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*High* <https://example.org|#1412> `--fifo`"}},
        {"type": "actions", "elements": [button]},
    ]
    root = str((await api.chat_postMessage(channel=GENERAL, text="x", blocks=blocks))["ts"])
    await api.chat_postMessage(channel=GENERAL, text="a reply", thread_ts=root)
    await api.pins_add(channel=GENERAL, timestamp=root)
    await api.files_upload_v2(channel=GENERAL, thread_ts=root, content="x", filename="report.md")
    await api.assistant_threads_setStatus(channel_id=GENERAL, thread_ts=root, status="is reading")
    await api.chat_postEphemeral(channel=GENERAL, user="U0ADA", text="psst")
    seen = await page(slack)
    now = slack.world.clock()
    for text in (
        "#general",
        "acme/rocket",
        "Time",
        "Retry",
        "a reply",
        "report.md",
        "digestbot is reading",
        "2 replies",
    ):
        assert text in seen.text
    assert "Pinned" in seen.text
    assert seen.links == ["https://example.org"]
    assert {"table", "hr", "b", "code"} <= set(seen.tags)
    assert seen.text.index("High") < seen.text.index("Author")
    slack.world.clock = lambda: now + 121
    assert "is reading" not in (await page(slack)).text


async def test_hostile_text(slack: FakeSlack, api: AsyncWebClient) -> None:
    """Whatever a message says is text on the page, and no address but one of the web is a link."""
    await slack.people.say(HOSTILE)
    await api.chat_postMessage(channel=GENERAL, text="<javascript:alert(1)|click>")
    await api.chat_postMessage(channel=GENERAL, markdown_text=f"{HOSTILE} [x](javascript:alert(1))")
    seen = await page(slack)
    assert {"script", "img"}.isdisjoint(seen.tags)
    assert seen.text.count(HOSTILE) == 2
    assert seen.links == []


async def test_the_list(slack: FakeSlack) -> None:
    """Without a channel the page lists them; one that there is not is not found."""
    assert (await page(slack, "")).links == [f"/view/{id_}" for id_ in slack.world.channels]
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}/view/C0NOWHERE") as response:
        assert response.status == 404


async def test_a_person_at_the_console(slack: FakeSlack) -> None:
    """A person types commands, mentions, replies and presses, and sees what the bot answers."""
    app = bolt(slack)
    button = {"type": "button", "text": {"type": "plain_text", "text": "More"}, "action_id": "more"}

    @app.command("/digest")
    async def digest(ack: AsyncAck) -> None:
        await ack("On it.")

    @app.event("app_mention")
    async def mention(event: dict[str, str], say: AsyncSay) -> None:
        blocks = [{"type": "actions", "elements": [button]}]
        await say("Yes?", thread_ts=event["ts"], blocks=blocks)

    @app.action("more")
    async def more(ack: AsyncAck, say: AsyncSay) -> None:
        await ack()
        await say("No more.")

    said: list[str] = []
    console = Console(slack, said.append)
    async with on_socket(slack, app):
        await console.take("/digest sglang today")
        assert said == ["#general digestbot (only to you):\n  On it."]
        await console.take(".as lin")
        await console.take("@digestbot are you there?")
        await eventually(lambda: "    #general digestbot:\n      More" in said)
        await console.take("> thanks")
        assert said[-1] == "    #general lin:\n      thanks"
        await console.take(".press more")
        await eventually(lambda: "#general digestbot:\n  No more." in said)
        await console.take(".press less")
        assert said[-1] == "There is no less here."
        await console.take(".in digestbot")
        await console.take(".in random")
        await console.take(".join")
        assert "U0DIGEST" in slack.world.channels["C0RANDOM"].members
        await console.take(".help")
        assert "/digest TEXT" in said[-1]


async def test_the_command_line(tmp_path: Path) -> None:
    """The program says where it is, takes what is typed, goes on when nobody types, and keeps everything in a file."""
    state, traffic = tmp_path / "slack.json", tmp_path / "traffic.jsonl"
    command = (sys.executable, "-m", "tests.fakes.slack", "--state", str(state), "--record", str(traffic))
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=Path(__file__).parents[2])
    assert process.stdin
    assert process.stdout
    try:
        url = (await process.stdout.readline()).decode().strip().removesuffix("/view/")
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        process.stdin.write(b"hello\n")
        process.stdin.close()
        while (await process.stdout.readline()) != b"  hello\n":
            pass
        api = AsyncWebClient(token=BOT_TOKEN, base_url=f"{url}/api/", retry_handlers=[])
        await api.chat_postMessage(channel=GENERAL, text="kept")
    finally:
        process.kill()
        await process.wait()
    assert [message.text for message in World.load(state).messages()] == ["hello", "kept"]
    assert BOT_TOKEN not in traffic.read_text()


async def test_everything_is_kept(tmp_path: Path) -> None:
    """What is kept in a file is the whole world, down to pins, files, ephemeral messages and tokens."""
    state = tmp_path / "slack.json"
    async with FakeSlack(state=state, scale=1000) as slack:
        api = client(slack)
        root = str((await api.chat_postMessage(channel=GENERAL, text="x", blocks=[{"type": "divider"}]))["ts"])
        await api.pins_add(channel=GENERAL, timestamp=root)
        await api.files_upload_v2(channel=GENERAL, thread_ts=root, content="x", filename="report.md")
        await api.chat_postEphemeral(channel=GENERAL, user="U0ADA", text="psst")
        assert World.load(state) == slack.world
    async with FakeSlack(state=state) as again:
        found = (await client(again).conversations_replies(channel=GENERAL, ts=root))["messages"]
        assert [bool(message.get("files")) for message in found] == [False, True]
        assert APP_TOKEN in again.world.tokens
