"""All that goes over the wire, against Slack's own description of it."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.checkup import check
from adapters.chat.slack.settings import SlackSettings
from bot.present.labels import Labels
from bot.present.layout import lay_out
from tests.adapters.chat.slack.conftest import GENERAL
from tests.adapters.chat.slack.talking import Echo, answers, talking
from tests.fakes.digests import busy, day
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_client import eventually
from tests.fakes.slack_world import BOT_TOKEN

CONFORM = Path(__file__).parents[5] / "shared" / "conform"


@pytest.mark.skipif(not CONFORM.is_dir(), reason="Slack's description is not beside this checkout")
async def test_every_call_is_as_slack_describes_it(tmp_path: Path, settings: SlackSettings) -> None:
    """Digests of every kind, posted, streamed, found, edited, pinned, attached and deleted, break no rule."""
    record = tmp_path / "traffic.jsonl"
    async with FakeSlack(scale=1000, record_to=record) as slack:
        slack.limits.enforced = False
        async with SlackChat(settings.model_copy(update={"api_url": slack.api})) as chat:
            await _exercise(chat)
    await _conforms(record)


async def _conforms(record: Path) -> None:
    assert BOT_TOKEN not in record.read_text()
    command = [sys.executable, "conform.py", "--waivers", "waivers.json", str(record)]
    done = await asyncio.to_thread(subprocess.run, command, cwd=CONFORM, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(not CONFORM.is_dir(), reason="Slack's description is not beside this checkout")
async def test_what_is_called_to_listen_is_as_slack_describes_it(tmp_path: Path, settings: SlackSettings) -> None:
    """Listening, looking at who asks, answers of any length and the check of the set-up break no rule of Slack's."""
    record = tmp_path / "traffic.jsonl"
    async with FakeSlack(scale=1000, record_to=record) as slack:
        settings = settings.model_copy(update={"api_url": slack.api})
        async with talking(slack, settings, Echo(length=4000)):
            await slack.people.command("/digest", "sglang")
            message = await slack.people.say("@digestbot sglang")
            await eventually(lambda: bool(slack.calls("chat.postEphemeral") and answers(slack, message)))
        assert [finding.problem for finding in [each async for each in check(settings, [GENERAL])]] == [""] * 4
    called = {exchange.method for exchange in slack.log}
    assert {"users.info", "conversations.info", "apps.connections.open", "auth.test"} < called
    await _conforms(record)


async def _exercise(chat: SlackChat) -> None:
    for number, digest in enumerate((day(depth=True), busy(70, highs=8))):
        thread = lay_out(digest, Labels("zh"))
        (body,) = chat.render(GENERAL, thread.root)
        root = await chat.post(GENERAL, body, f"root{number}")
        beneath = await chat.beneath(root, "name")
        for at, message in enumerate(thread.replies):
            for part, piece in enumerate(chat.render(beneath, message)):
                await chat.post(beneath, piece, f"t{number}x{at}x{part}")
        stream = await chat.begin(beneath, body, f"stream{number}", "U0ADA")
        await chat.grow(stream, body)
        await chat.edit(stream, body, f"stream{number}")
        await chat.edit(root, body, f"root{number}")
        await chat.pin(root)
        await chat.unpin(root)
        await chat.link(root)
        file = await chat.attach(beneath, "report.md", "# Report\n", f"file{number}")
        for place in (GENERAL, beneath):
            await chat.find(place, "nothing", datetime(2026, 1, 1, tzinfo=UTC))
        await chat.delete(file)
        await chat.delete(replace(root, place=GENERAL))
