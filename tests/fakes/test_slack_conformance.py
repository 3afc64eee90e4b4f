"""What goes over the wire, against Slack's own description of its API and events."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from tests.fakes.slack import FakeSlack
from tests.fakes.slack_client import bolt, client, on_socket, refusal
from tests.fakes.slack_methods import METHODS
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN

CONFORM = Path(__file__).parents[3] / "shared" / "conform"
CHECK_EVENTS = """
import json, sys, slackv
checker = slackv.Slack()
found = [problem for line in open(sys.argv[1]) for problem in checker.check_event(json.loads(line))]
print(*found, sep="\\n")
sys.exit(bool(found))
"""

pytestmark = pytest.mark.skipif(not CONFORM.is_dir(), reason="Slack's description is not beside this project")


async def run(*arguments: str) -> str:
    """Run the checker, and return what it says."""
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=CONFORM, stdout=PIPE, stderr=STDOUT)
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def call_everything(slack: FakeSlack) -> None:
    """Call every method, and let some of the calls be refused."""
    api = client(slack)
    general = "C0GENERAL"
    for token in slack.world.tokens.values():
        token.scopes += ",pins:read,channels:join,im:write,im:read,reactions:write"
    await api.auth_test()
    await api.bots_info(bot="B0DIGEST")
    await api.users_info(user="U0LIN", include_locale=True)
    await api.users_conversations(types="public_channel,im")
    await api.conversations_join(channel="C0RANDOM")
    direct = (await api.conversations_open(users="U0ADA", return_im=True))["channel"]["id"]
    await api.conversations_list(limit=1)
    for channel in (general, direct):
        await api.conversations_info(channel=channel, include_num_members=True)
    await api.conversations_members(channel=general, limit=1)
    cell = {"type": "raw_text", "text": "x"}
    button = {"type": "button", "text": {"type": "plain_text", "text": "More"}, "action_id": "more"}
    blocks: list[dict[str, object]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Today"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*x*"}},
        {"type": "actions", "elements": [button]},
        {"type": "table", "rows": [[cell]]},
    ]
    metadata = {"event_type": "part", "event_payload": {"part": "root"}}
    root = (await api.chat_postMessage(channel=general, text="x", blocks=blocks, metadata=metadata))["ts"]
    reply = (await api.chat_postMessage(channel=general, text="y", thread_ts=root, reply_broadcast=True))["ts"]
    await api.chat_update(channel=general, ts=reply, text="z")
    await api.chat_getPermalink(channel=general, message_ts=reply)
    await api.pins_add(channel=general, timestamp=root)
    await api.pins_list(channel=general)
    await api.reactions_add(channel=general, timestamp=root, name="eyes")
    await api.files_upload_v2(channel=general, thread_ts=root, content="x", filename="report.md")
    await api.files_delete(file=next(iter(slack.world.files)))
    await api.conversations_history(channel=general, include_all_metadata=True, limit=1)
    await api.conversations_replies(channel=general, ts=root, include_all_metadata=True)
    await api.assistant_threads_setStatus(channel_id=general, thread_ts=root, status="is reading")
    stream = await api.chat_stream(
        channel=general, thread_ts=root, recipient_user_id="U0ADA", recipient_team_id="T0ROCKET", buffer_size=1
    )
    await stream.append(markdown_text="one")
    await stream.append(markdown_text="two")
    await stream.stop(metadata=metadata)
    await api.chat_postEphemeral(channel=general, user="U0ADA", text="x")
    await api.views_publish(user_id="U0ADA", view={"type": "home", "blocks": blocks[:2]})
    await api.blocks_validate(blocks=blocks)
    await api.pins_remove(channel=general, timestamp=root)
    await api.chat_delete(channel=general, ts=root)
    await refusal(api.chat_delete(channel=general, ts="1.000001"))
    await refusal(api.auth_test(token="xoxb-of-nobody"))  # noqa: S106 - good for nothing
    slack.limits.tiers[2] = 0
    await refusal(api.conversations_list())


async def test_calls_and_answers(tmp_path: Path) -> None:
    """Every method, called by the SDK, and its answer are as Slack describes them, and no token is recorded."""
    traffic = tmp_path / "traffic.jsonl"
    async with FakeSlack(scale=1000, record_to=traffic) as slack:
        slack.limits.posts_a_second = 1e6
        async with on_socket(slack, bolt(slack)):
            await call_everything(slack)
        assert {exchange.method for exchange in slack.log} >= METHODS.keys()
        calls = sum(exchange.method != "upload" for exchange in slack.log)
    said = await run("conform.py", "--waivers", "waivers.json", str(traffic))
    assert f"exchanges={calls} " in said
    recorded = traffic.read_text()
    assert BOT_TOKEN not in recorded
    assert APP_TOKEN not in recorded


async def test_events(tmp_path: Path) -> None:
    """Every kind of event is as Slack describes it."""
    async with FakeSlack(scale=1000) as slack:
        slack.people.subscribed |= {"pin_added", "pin_removed"}
        slack.deliveries.acknowledge_within = 0.02  # nobody listens
        async with on_socket(slack, bolt(slack)):
            mention = await slack.people.say("@digestbot hello")
            await slack.people.say("again", thread=mention.ts)
            await slack.people.edit(mention, "changed")
            await slack.people.remove(mention)
            await slack.people.say("psst", channel="U0ADA")
            await slack.people.open_home()
            await call_everything(slack)
            await slack.deliveries.settled()
    events = [delivery.payload for delivery in slack.deliveries.log if delivery.what == "events_api"]
    kinds = {(event["event"]["type"], event["event"].get("subtype")) for event in events}
    assert kinds == {
        ("app_mention", None),
        ("app_home_opened", None),
        ("message", None),
        ("message", "message_changed"),
        ("message", "message_deleted"),
        ("message", "thread_broadcast"),
        ("pin_added", None),
        ("pin_removed", None),
    }
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(json.dumps(event) for event in events))
    await run("-c", CHECK_EVENTS, str(file))
