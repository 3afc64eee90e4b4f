"""Rate tiers, and faults on demand."""

import asyncio
import time

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack
from tests.fakes.slack_client import client, refusal
from tests.fakes.slack_faults import (
    HANG,
    RESET,
    STORED_HANG,
    STORED_RESET,
    Fault,
    Slow,
    error,
    server_error,
    too_fast,
)

GENERAL = "C0GENERAL"


@pytest.fixture
async def slow_slack() -> FakeSlack:
    """Return a fake whose time nearly stands still."""
    return FakeSlack(scale=0.001)


async def test_a_tier(slow_slack: FakeSlack) -> None:
    """A method of tier 2 is served twenty times a minute, and then names the seconds to wait."""
    async with slow_slack as slack:
        api = client(slack)
        for _ in range(20):
            await api.conversations_list()
        answer = await refusal(api.conversations_list())
        assert (answer.status_code, answer["error"]) == (429, "ratelimited")
        assert 59 <= int(answer.headers["retry-after"]) <= 60
        await api.conversations_info(channel=GENERAL)
        slack.time.skip(60)
        await api.conversations_list()


async def test_posts_a_second(slow_slack: FakeSlack) -> None:
    """A channel takes a message a second after a short burst, and other channels are not held up by that."""
    async with slow_slack as slack:
        api = client(slack)
        slack.world.channels["C0RANDOM"].members.append("U0DIGEST")
        for _ in range(slack.limits.burst):
            await api.chat_postMessage(channel=GENERAL, text="x")
        assert (await refusal(api.chat_postMessage(channel="#general", text="x"))).headers["retry-after"] == "1"
        await api.chat_postMessage(channel="C0RANDOM", text="x")
        slack.time.skip(1)
        await api.chat_postMessage(channel=GENERAL, text="x")
        assert len(slack.world.channels[GENERAL].messages) == slack.limits.burst + 1


@pytest.mark.parametrize(
    ("fault", "stored", "expected"),
    [
        (server_error(), 0, SlackApiError),
        (server_error(503, stored=True), 1, SlackApiError),
        (error("fatal_error"), 0, SlackApiError),
        (too_fast(7), 0, SlackApiError),
        (RESET, 0, aiohttp.ClientError),
        (STORED_RESET, 1, aiohttp.ClientError),
        (HANG, 0, TimeoutError),
        (STORED_HANG, 1, TimeoutError),
        (Fault(stored=True, slow=0.01), 1, aiohttp.ClientError),
    ],
)
async def test_faults(slack: FakeSlack, fault: Fault, stored: int, expected: type[Exception]) -> None:
    """A fault happens once, to the method that it is meant for, before or after the message is kept."""
    api = client(slack)
    slack.faults.add(fault, on=r"chat\.postMessage")
    await api.auth_test()
    with pytest.raises(expected):
        async with asyncio.timeout(0.3):
            await api.chat_postMessage(channel=GENERAL, text="x")
    assert len(slack.world.channels[GENERAL].messages) == stored
    await api.chat_postMessage(channel=GENERAL, text="x")
    assert [bool(exchange.fault) for exchange in slack.log] == [False, True, False]
    assert [exchange.ok for exchange in slack.log] == [True, False, True]


async def test_a_late_post(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A post whose connection was lost may still be travelling, and arrives after a look-up that did not find it."""
    slack.faults.add(Fault(stored=True, late=0.05))
    with pytest.raises(aiohttp.ClientError):
        await api.chat_postMessage(channel=GENERAL, text="x")
    assert (await api.conversations_history(channel=GENERAL))["messages"] == []
    await slack.deliveries.settled()
    assert len((await api.conversations_history(channel=GENERAL))["messages"]) == 1


async def test_the_sdk_posts_twice(slack: FakeSlack) -> None:
    """The SDK's own handler of lost connections makes two messages of one that was stored: what the bot must avoid."""
    api = AsyncWebClient(
        token="xoxb-of-the-bot",  # noqa: S106 - good for nothing but the fake
        base_url=slack.api,
        retry_handlers=[AsyncConnectionErrorRetryHandler()],
    )
    slack.faults.add(STORED_RESET)
    await api.chat_postMessage(channel=GENERAL, text="x")
    assert len(slack.world.channels[GENERAL].messages) == 2


async def test_slow(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A slow answer is the right one."""
    slack.faults.add(Slow(0.05))
    started = time.monotonic()
    assert (await api.auth_test())["ok"]
    assert time.monotonic() - started >= 0.05


async def test_by_chance(slack: FakeSlack, api: AsyncWebClient) -> None:
    """A share of the calls fails, the same ones for the same seed."""
    slack.faults.often(error("fatal_error"), 0.5)
    failed = []
    for _ in range(40):
        try:
            await api.auth_test()
            failed.append(False)
        except SlackApiError:
            failed.append(True)
    assert 10 <= sum(failed) <= 30
    slack.faults.clear()
    await api.auth_test()


async def test_refused_connections(slack: FakeSlack, api: AsyncWebClient) -> None:
    """Meanwhile nobody answers, and afterwards the same address does."""
    await api.auth_test()
    async with slack.refusing():
        with pytest.raises(aiohttp.ClientConnectionError):
            await api.auth_test()
    await api.auth_test()
