"""What the app is told, through Bolt: on sockets and by HTTP, with acknowledgements, retries, and answers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest, AsyncRespond, AsyncSay

from tests.fakes.slack import FakeSlack
from tests.fakes.slack_client import behind_address, bolt, client, eventually, on_socket
from tests.fakes.slack_world import User

GENERAL = "C0GENERAL"


class Heard:
    """An app that writes down what it hears, and answers."""

    def __init__(self, slack: FakeSlack) -> None:
        """Build the app."""
        self.app: AsyncApp = bolt(slack)
        self.commands: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.bodies: list[dict[str, Any]] = []
        self.actions: list[dict[str, Any]] = []
        self.app.command("/digest")(self.command)
        self.app.event("app_mention")(self.mention)
        self.app.event("message")(self.message)
        self.app.event("app_home_opened")(self.message)
        self.app.action("more")(self.action)

    async def command(self, ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]) -> None:
        """Hear a command."""
        self.commands.append(command)
        await ack("On it.")
        await respond("Done.")

    async def mention(self, event: dict[str, Any], body: dict[str, Any], say: AsyncSay) -> None:
        """Hear a mention."""
        self.events.append(event)
        self.bodies.append(body)
        await say("Yes?", thread_ts=event["ts"])

    async def message(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Hear a message."""
        self.events.append(event)
        self.bodies.append(body)

    async def action(self, ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        """Hear of a button."""
        self.actions.append(body)
        await ack()
        await respond(text="Pressed.", replace_original=True)


async def heard_everything(slack: FakeSlack, heard: Heard) -> None:
    """Type, mention, write, press and look, and see that each arrives and is answered."""
    delivery = await slack.people.command("/digest", "sglang <today>")
    assert (delivery.acknowledged, delivery.answer) == (True, {"text": "On it."})
    assert heard.commands[0]["text"] == "sglang &lt;today&gt;"
    mention = await slack.people.say("@digestbot what of https://example.org/x?")
    await eventually(lambda: len(heard.events) >= 2)
    assert {event["type"] for event in heard.events} == {"app_mention", "message"}
    assert {(event["ts"], event["text"]) for event in heard.events} == {
        (mention.ts, "<@U0DIGEST> what of <https://example.org/x?>")
    }
    assert len({body["event_id"] for body in heard.bodies}) == 2
    button = {"type": "button", "text": {"type": "plain_text", "text": "More"}, "action_id": "more", "value": "17"}
    blocks = [{"type": "actions", "elements": [button]}]
    answer = await client(slack).chat_postMessage(channel=GENERAL, text="x", blocks=blocks)
    message = slack.world.channels[GENERAL].messages[answer["ts"]]
    assert (await slack.people.press(message, "more")).acknowledged
    await eventually(lambda: len(heard.actions) >= 1)
    assert heard.actions[0]["actions"][0]["value"] == "17"
    await eventually(lambda: message.text == "Pressed.")
    await slack.people.open_home()
    await eventually(lambda: len(heard.events) >= 3)
    assert heard.events[-1]["type"] == "app_home_opened"
    shown = {message.text for message in slack.world.channels[GENERAL].ephemeral}
    assert shown == {"On it.", "Done."}
    replies = slack.world.channels[GENERAL].replies(mention.ts)
    assert [reply.text for reply in replies] == ["Yes?"]


async def test_socket_mode(slack: FakeSlack) -> None:
    """On a socket every kind of payload arrives, and is acknowledged."""
    heard = Heard(slack)
    async with on_socket(slack, heard.app):
        await heard_everything(slack, heard)


async def test_http_mode(slack: FakeSlack) -> None:
    """By HTTP every kind of payload arrives signed, and is acknowledged."""
    heard = Heard(slack)
    async with behind_address(heard.app) as url:
        sender = slack.tell_by_http(url)
        await heard_everything(slack, heard)
        assert set(sender.statuses) == {200}
        challenge = {"type": "url_verification", "token": "verification", "challenge": "3eZbrw1a"}
        assert (await slack.deliveries.deliver("events_api", challenge)).answer == {"challenge": "3eZbrw1a"}


async def test_bad_signatures_and_old_timestamps(slack: FakeSlack) -> None:
    """What is signed with another secret, or six minutes old, is refused with 401."""
    heard = Heard(slack)
    async with behind_address(heard.app) as url:
        sender = slack.tell_by_http(url)
        sender.age = 360
        assert not (await slack.people.command("/digest", "old")).acknowledged
        sender.age, sender.secret = 0, "another"
        assert not (await slack.people.command("/digest", "forged")).acknowledged
        await slack.people.say("@digestbot forged")
        await slack.deliveries.settled()
    assert sender.statuses == [401] * (2 + 2 * 4)
    assert (heard.commands, heard.events) == ([], [])
    failed = [message.text for message in slack.world.channels[GENERAL].ephemeral]
    assert failed == ['/digest failed with the error "dispatch_failed"'] * 2


async def test_an_address_that_nobody_serves(slack: FakeSlack) -> None:
    """An address where nobody answers is tried as often as one that refuses."""
    slack.tell_by_http("http://127.0.0.1:9/slack/events")
    await slack.people.say("hello")
    await slack.deliveries.settled()
    assert [attempt.failure for attempt in slack.deliveries.log[0].attempts] == ["connection_failed"] * 4


async def test_retries(slack: FakeSlack) -> None:
    """An event without an acknowledgement comes again at once, after one and after five minutes, with a reason."""
    heard = Heard(slack)
    retries = []

    @heard.app.middleware
    async def note(req: AsyncBoltRequest, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        retries.append([req.headers.get(f"x-slack-retry-{name}", [""])[0] for name in ("num", "reason")])
        return await next()

    async with on_socket(slack, heard.app):
        slack.faults.lost_acknowledgements = 1.0
        await slack.people.say("hello")
        await slack.deliveries.settled()
        await eventually(lambda: len(heard.events) >= 4)
    assert retries == [["0", ""], *([str(number), "http_timeout"] for number in (1, 2, 3))]
    assert len({body["event_id"] for body in heard.bodies}) == 1
    attempts = slack.deliveries.log[-1].attempts
    assert [attempt.failure for attempt in attempts] == ["http_timeout"] * 4


async def test_duplicates(slack: FakeSlack) -> None:
    """An event may come twice, under one id."""
    heard = Heard(slack)
    async with on_socket(slack, heard.app):
        slack.faults.duplicates = 1.0
        await slack.people.say("hello")
        await slack.deliveries.settled()
        await eventually(lambda: len(heard.events) >= 2)
    assert len({body["event_id"] for body in heard.bodies}) == 1


async def test_no_acknowledgement(slack: FakeSlack) -> None:
    """A command without an acknowledgement in time fails with Slack's words, and is not repeated."""
    app = bolt(slack)

    @app.command("/digest")
    async def digest(ack: AsyncAck) -> None:
        await asyncio.sleep(0.2)
        await ack()

    slack.deliveries.acknowledge_within = 0.05
    async with on_socket(slack, app):
        delivery = await slack.people.command("/digest")
        assert [attempt.failure for attempt in delivery.attempts] == ["http_timeout"]
        assert "operation_timeout" in slack.world.channels[GENERAL].ephemeral[0].text


async def test_a_dropped_socket(slack: FakeSlack) -> None:
    """A client whose socket is cut or asked to leave connects again, and is told what it missed."""
    heard = Heard(slack)
    async with on_socket(slack, heard.app, ping_interval=0.05):
        slack.sockets.drop()
        await slack.people.say("during")
        async with asyncio.timeout(120):
            await slack.sockets.connected()
        await eventually(lambda: len(heard.events) >= 1)
        first = slack.sockets.connections[0]
        await slack.sockets.disconnect()
        async with asyncio.timeout(120):
            await slack.sockets.connected()
        assert slack.sockets.connections[-1] is not first
        assert (await slack.people.command("/digest")).acknowledged


async def test_several_connections(slack: FakeSlack) -> None:
    """Any of several connections gets a payload, and an eleventh is sent away."""
    first, second = Heard(slack), Heard(slack)
    async with on_socket(slack, first.app), on_socket(slack, second.app):
        for _ in range(16):
            await slack.people.command("/digest")
        assert len(first.commands) + len(second.commands) == 16
        assert first.commands
        assert second.commands
        slack.sockets.connections *= 5
        slack.sockets.tickets.add("eleventh")
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{slack.url}/link?ticket=eleventh") as socket,
        ):
            assert (await socket.receive_json())["reason"] == "too_many_websockets"
        slack.sockets.connections = slack.sockets.connections[:2]


async def test_a_ticket(slack: FakeSlack) -> None:
    """An address for a connection is good for one."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"{slack.url}/link?ticket=forged")


async def test_response_urls(slack: FakeSlack) -> None:
    """An address to respond to takes five answers, within half an hour."""
    async with aiohttp.ClientSession() as session:

        async def respond(id_: str, **body: object) -> int:
            async with session.post(f"{slack.url}/response/{id_}", json=body) as response:
                return response.status

        used = slack.responses.issue(GENERAL, "U0ADA")
        assert [await respond(used, text="x") for _ in range(6)] == [200] * 5 + [404]
        late = slack.responses.issue(GENERAL, "U0ADA")
        assert await respond(late, text="x", colour="red") == 400
        async with session.post(f"{slack.url}/response/{late}", data=b"{") as response:
            assert response.status == 400
        assert await respond(late, text="everybody", response_type="in_channel") == 200
        slack.time.skip(1801)
        assert await respond(late, text="x") == 404
    assert [message.text for message in slack.world.messages()] == ["everybody"]


async def test_only_what_was_asked_for(slack: FakeSlack) -> None:
    """An event reaches the app if it subscribed to it, is a member, and has the scope."""
    heard = Heard(slack)
    async with on_socket(slack, heard.app):
        await slack.people.say("@digestbot not here", channel="C0RANDOM")
        slack.people.subscribed.discard("app_mention")
        await slack.people.say("@digestbot here")
        for token in slack.world.tokens.values():
            token.scopes = token.scopes.replace("channels:history,", "")
        await slack.people.say("unheard")
        direct = await slack.people.say("psst", channel="U0ADA")
        await slack.people.edit(direct, "changed")
        await slack.people.remove(direct)
        await slack.deliveries.settled()
        await eventually(lambda: len(heard.events) >= 4)
    assert [event.get("text") or event["subtype"] for event in heard.events] == [
        "<@U0DIGEST> here",
        "psst",
        "message_changed",
        "message_deleted",
    ]
    assert heard.events[1]["channel_type"] == "im"


async def test_another_bot(slack: FakeSlack) -> None:
    """A message of another bot names it."""
    slack.world.users["U0CI"] = User("U0CI", "ci", is_bot=True)
    slack.world.channels[GENERAL].members.append("U0CI")
    heard = Heard(slack)
    async with on_socket(slack, heard.app):
        await slack.people.say("the build is green", user="U0CI")
        await eventually(lambda: len(heard.events) >= 1)
    assert (heard.events[0]["bot_id"], heard.events[0].get("bot_profile")) == ("B0CI", None)


async def test_in_a_thread_of_its_own() -> None:
    """The fake also runs in a thread, for those whose loop it would hold up."""
    with FakeSlack().in_thread() as slack:
        await client(slack).chat_postMessage(channel=GENERAL, text="x")
        slack.do(slack.people.say("hello"))
        assert [message.text for message in slack.world.messages()] == ["x", "hello"]
