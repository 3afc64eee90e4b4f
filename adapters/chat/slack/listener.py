"""Hearing what people say on Slack, through Bolt: on a socket, or by HTTP."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiohttp import web
from pydantic import SecretStr
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.conversation import Conversation, Json
from adapters.chat.slack.settings import SlackSettings
from bot.errors import ChatUnavailable, ConfigurationError, CredentialRefused, NotAllowed
from bot.ports import Clock, Requests

_LOG = logging.getLogger(__name__)

_ANYTHING = re.compile("")
_PING = 10.0
_LONGEST_WAIT = 60.0
_BACKLOG = 1024
"""Connections that may wait to be accepted: who has to knock again waits a second, of the three that Slack allows."""

_Answer = TypeVar("_Answer")


class SlackListener:
    """Hands over what people say. `ping` is how many seconds lie between two looks at whether a socket is alive."""

    def __init__(self, settings: SlackSettings, chat: SlackChat, clock: Clock, *, ping: float = _PING) -> None:
        self._settings = settings
        self._chat = chat
        self._clock = clock
        self._ping = ping
        self._sdk_log = logging.getLogger(f"{__name__}.sdk")
        self._sdk_log.addFilter(_in_a_line)
        self._handler: AsyncSocketModeHandler | None = None
        self.port: int | None = None
        self.ready = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether people are heard at the moment."""
        if self._handler is None:
            return self.ready.is_set()
        session = self._handler.client.current_session
        return session is not None and not session.closed

    async def listen(self, requests: Requests) -> None:
        """Hand requests over until cancelled. `port` is where HTTP mode listens, once it is `ready`.

        Raises CredentialRefused, ConfigurationError and ChatError.
        """
        me = await self._patiently(lambda: self._chat.call(self._chat.client.auth_test))
        threads = self._settings.answer_threads
        conversation = Conversation(requests, self._chat, self._clock, str(me["user_id"]), threads=threads)
        app = self._app(conversation, me)
        try:
            async with self._on_socket(app) if self._settings.mode == "socket" else self._behind_address(app):
                _LOG.info("Listening to Slack as %s in %s", me.get("user"), me.get("team"))
                self.ready.set()
                await asyncio.Event().wait()
        finally:
            self.ready.clear()
            await conversation.close()

    def _app(self, conversation: Conversation, me: Any) -> AsyncApp:  # noqa: ANN401 - an answer of Slack's
        """Return an app that knows who it is without asking Slack for each of the first requests."""
        known = AuthorizeResult.from_auth_test_response(
            bot_token=_secret(self._settings.bot_token), auth_test_response=me
        )

        async def authorize() -> AuthorizeResult:
            return known

        app = AsyncApp(
            client=AsyncWebClient(base_url=self._settings.api_url, timeout=self._settings.timeout, retry_handlers=[]),
            signing_secret=_secret(self._settings.signing_secret),
            authorize=authorize,
            logger=self._sdk_log,
            name="digestbot",
            # What takes time is begun, not waited for; otherwise Bolt would look every 10 ms whether it acknowledged.
            process_before_response=True,
        )

        async def command(ack: AsyncAck, body: Json) -> None:
            await conversation.command(ack, body)

        async def event(body: Json) -> None:
            await conversation.event(body)

        async def press(ack: AsyncAck, body: Json) -> None:
            await conversation.press(ack, body)

        app.command(_ANYTHING)(command)
        app.event(_ANYTHING)(event)
        app.action(_ANYTHING)(press)
        return app

    @asynccontextmanager
    async def _on_socket(self, app: AsyncApp) -> AsyncIterator[None]:
        # The client connects again for ever, also with a token that Slack refuses: so that is tried before.
        url = await self._patiently(lambda: open_socket(self._settings, self._chat))
        handler = AsyncSocketModeHandler(
            app, _secret(self._settings.app_token), self._sdk_log, app.client, ping_interval=self._ping
        )
        handler.client.wss_uri = url
        self._handler = handler
        await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it so
        try:
            yield
        finally:
            self._handler = None
            await handler.close_async()  # type: ignore[no-untyped-call]  # likewise

    @asynccontextmanager
    async def _behind_address(self, app: AsyncApp) -> AsyncIterator[None]:
        async def serve(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

        application = web.Application()
        application.router.add_post(self._settings.path, serve)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, self._settings.host, self._settings.port, backlog=_BACKLOG).start()
            except OSError as error:
                where = f"{self._settings.host}:{self._settings.port}"
                message = f"Slack's requests cannot be awaited at {where}: {error.strerror or error}."
                raise ConfigurationError(message, remedy="Set another port or host in [slack].") from None
            self.port = runner.addresses[0][1]
            yield
        finally:
            await runner.cleanup()

    async def _patiently(self, call: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Return the answer to a call that is made until Slack can be reached."""
        wait = 1.0
        while True:
            try:
                return await call()
            except ChatUnavailable as error:
                _LOG.warning("%s It is tried again.", error)
                await self._clock.sleep(error.retry_after.total_seconds() if error.retry_after else wait)
                wait = min(2 * wait, _LONGEST_WAIT)


async def open_socket(settings: SlackSettings, chat: SlackChat) -> str:
    """Return the address of a new socket. Raises CredentialRefused, NotAllowed and ChatUnavailable."""
    try:
        answer = await chat.call(chat.client.apps_connections_open, app_token=_secret(settings.app_token))
    except (CredentialRefused, NotAllowed) as error:
        message = f"Slack opens no socket with SLACK_APP_TOKEN: {error.message}"
        raise type(error)(message, remedy="Set it to an app-level token with the scope connections:write.") from None
    return str(answer["url"])


def _secret(setting: SecretStr | None) -> str:
    return setting.get_secret_value() if setting else ""


def _in_a_line(record: logging.LogRecord) -> bool:
    """Let the SDK say what went wrong without a traceback, and drop its remark on a variable that it reads."""
    if record.exc_info and record.exc_info[1]:
        record.msg, record.args = f"{record.getMessage()} ({record.exc_info[1]!r})", ()
        record.exc_info = None
    return not record.getMessage().startswith("As you gave `client`")
