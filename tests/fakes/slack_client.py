"""The real SDK, pointed at the fake: a client, and a Bolt app on sockets or behind an address."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET


def client(slack: FakeSlack, token: str = BOT_TOKEN) -> AsyncWebClient:
    """Return a client that repeats nothing on its own."""
    return AsyncWebClient(token=token, base_url=slack.api, retry_handlers=[])


def bolt(slack: FakeSlack) -> AsyncApp:
    """Return an app without listeners."""
    return AsyncApp(client=client(slack), signing_secret=SIGNING_SECRET)


@asynccontextmanager
async def on_socket(
    slack: FakeSlack, app: AsyncApp, ping_interval: float = 10
) -> AsyncIterator[AsyncSocketModeHandler]:
    """Connect an app in Socket Mode."""
    handler = AsyncSocketModeHandler(app, APP_TOKEN, ping_interval=ping_interval)
    connected = len(slack.sockets.connections)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it so
    await slack.sockets.connected(connected + 1)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # the SDK leaves it so


@asynccontextmanager
async def behind_address(app: AsyncApp) -> AsyncIterator[str]:
    """Serve an app in HTTP mode, and yield its address."""

    async def serve(request: web.Request) -> web.Response:
        response = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)

    application = web.Application()
    application.router.add_post("/slack/events", serve)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


async def eventually(condition: Callable[[], bool]) -> None:
    """Return once something is so."""
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110 - what the app does raises no event here
            await asyncio.sleep(0.005)


async def refusal(work: Any) -> Any:  # noqa: ANN401 - a call of the SDK, and whatever Slack answers
    """Return what Slack answers to a call that it refuses."""
    try:
        await work
    except SlackApiError as error:
        return error.response
    raise AssertionError("it was not refused")
