"""The fake under random faults: it tells a poster that doubles from one that does not."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack
from tests.fakes.slack_client import client
from tests.fakes.slack_faults import RESET, STORED_RESET, server_error, too_fast
from tests.fakes.slack_world import Json

GENERAL = "C0GENERAL"
PARTS = [f"part {n}" for n in range(40)]
FAULTS = (RESET, STORED_RESET, server_error(), server_error(stored=True), too_fast())

Poster = Callable[[AsyncWebClient, str, str], Awaitable[None]]


async def until_it_works(work: Callable[[], Awaitable[None]]) -> None:
    """Do something again until it does not fail."""
    async with asyncio.timeout(120):
        while True:
            try:
                return await work()
            except (SlackApiError, aiohttp.ClientError):
                continue


async def naive(api: AsyncWebClient, root: str, part: str) -> None:
    """Post a part, again if there is no answer."""
    await until_it_works(lambda: post(api, root, part))


async def careful(api: AsyncWebClient, root: str, part: str) -> None:
    """Post a part unless it is there already."""

    async def unless_there() -> None:
        found = await api.conversations_replies(channel=GENERAL, ts=root, include_all_metadata=True)
        if all(message.get("metadata", {}).get("event_payload") != {"part": part} for message in found["messages"]):
            await post(api, root, part)

    await until_it_works(unless_there)


async def post(api: AsyncWebClient, root: str, part: str) -> None:
    """Post a part in a thread."""
    metadata: Json = {"event_type": "part", "event_payload": {"part": part}}
    await api.chat_postMessage(channel=GENERAL, thread_ts=root, text=part, metadata=metadata)


@pytest.mark.parametrize(("poster", "doubles"), [(naive, True), (careful, False)])
async def test_posting_through_faults(slack: FakeSlack, poster: Poster, doubles: bool) -> None:
    """Through lost answers and limits, who looks first posts once and in order, and who does not doubles."""
    slack.limits.enforced = False
    api = client(slack)
    root = str((await api.chat_postMessage(channel=GENERAL, text="root"))["ts"])
    for fault in FAULTS:
        slack.faults.often(fault, 0.1)
    for part in PARTS:
        await poster(api, root, part)
    posted = [message.text for message in slack.world.channels[GENERAL].replies(root)]
    assert list(dict.fromkeys(posted)) == PARTS
    assert (max(Counter(posted).values()) > 1) == doubles
