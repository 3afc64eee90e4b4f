"""What is heard on Slack, through Bolt: on a socket and by HTTP, with all that goes wrong on the way."""

import asyncio
import logging
from dataclasses import replace
from io import StringIO

import pytest

from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.listener import SlackListener, open_socket
from adapters.chat.slack.seen import Seen
from adapters.chat.slack.settings import SlackSettings
from bot import logs
from bot.errors import ConfigurationError, CredentialRefused
from bot.model import Place
from bot.present.blocks import Actions, Button, Message, Paragraph, Text
from bot.settings import LogSettings
from tests.adapters.chat.slack.conftest import GENERAL
from tests.adapters.chat.slack.talking import Echo, answers, talking, typed_at_once, whispers
from tests.engine.support import QuickClock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_client import eventually
from tests.fakes.slack_faults import RESET, STORED_RESET, Slow, server_error, too_fast
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Token, User


@pytest.fixture(params=["socket", "http"])
def both(request: pytest.FixtureRequest, settings: SlackSettings) -> SlackSettings:
    """Return settings of each mode."""
    return settings.model_copy(update={"mode": request.param})


async def test_a_command(slack: FakeSlack, both: SlackSettings) -> None:
    """A command is acknowledged with what is known at once, and answered to who typed it, whose profile is known."""
    echo = Echo()
    async with talking(slack, both, echo):
        delivery = await slack.people.command("/digest", "a & <b>", user="U0LIN")
        await eventually(lambda: len(whispers(slack)) == 2)

    assert delivery.acknowledged
    assert whispers(slack) == ["Heard: a &amp; &lt;b&gt;", "Done: a &amp; &lt;b&gt;"]
    [(text, asker)] = echo.of("command")
    assert text == "a & <b>"
    assert (asker.place, asker.user, asker.direct) == (GENERAL, "U0LIN", False)
    assert (asker.timezone, asker.language) == ("Asia/Shanghai", "zh-CN")


async def test_a_command_that_is_not_understood(slack: FakeSlack, settings: SlackSettings) -> None:
    """What the grammar refuses is answered with the acknowledgement, and nothing follows."""
    echo = Echo(refused={"frobnicate"})
    async with talking(slack, settings, echo):
        await slack.people.command("/digest", "frobnicate")
        await slack.people.command("/digest", "next")
        await eventually(lambda: len(whispers(slack)) == 3)
    assert whispers(slack) == ["Heard: frobnicate", "Heard: next", "Done: next"]


async def test_a_long_answer(slack: FakeSlack, settings: SlackSettings) -> None:
    """An answer of several messages comes whole and in order."""
    echo = Echo(length=1000)
    async with talking(slack, settings, echo):
        await slack.people.command("/digest", "x")
        await eventually(lambda: sum(map(len, whispers(slack)[1:])) >= 7_900)
    assert len(whispers(slack)) > 2


async def test_a_mention(slack: FakeSlack, both: SlackSettings) -> None:
    """A mention is answered once beneath itself, though Slack tells of it in two events, each of them twice."""
    echo = Echo()
    slack.faults.duplicates = 1.0
    async with talking(slack, both, echo):
        message = await slack.people.say("@digestbot sglang yesterday")
        await slack.deliveries.settled()
        await eventually(lambda: answers(slack, message) != [])
    assert answers(slack, message) == ["Done: sglang yesterday"]
    assert [text for text, _ in echo.of("command")] == ["sglang yesterday"]


async def test_in_a_thread(slack: FakeSlack, settings: SlackSettings) -> None:
    """A mention in a thread is a question there."""
    echo = Echo()
    async with talking(slack, settings, echo):
        root = await slack.people.say("something")
        await slack.people.say("@digestbot why?", thread=root.ts)
        await eventually(lambda: answers(slack, root) != [])
    [(text, asker)] = echo.of("question")
    assert (text, asker.place) == ("why?", Place("slack", "T0ROCKET", "C0GENERAL", root.ts))
    assert answers(slack, root) == ["Asked: why?"]


async def test_every_message_of_a_thread(slack: FakeSlack, settings: SlackSettings) -> None:
    """With answer_threads a person's message in a thread may be a question, once however often it is told."""
    echo = Echo()
    slack.faults.duplicates = 1.0
    slack.world.users["U0OTHER"] = User("U0OTHER", "otherbot", is_bot=True)
    async with talking(slack, settings.model_copy(update={"answer_threads": True}), echo):
        root = await slack.people.say("something")
        await slack.people.say("because", thread=root.ts, user="U0OTHER")
        asked = await slack.people.say("why?", thread=root.ts)
        mentioned = await slack.people.say("@digestbot why?", thread=root.ts)
        await slack.deliveries.settled()
        await eventually(lambda: len(echo.questions) == 2)
    assert sorted(echo.questions) == [("why?", asked.ts), ("why?", mentioned.ts)]
    assert answers(slack, root) == ["Asked: why?"]


async def test_in_order(slack: FakeSlack, settings: SlackSettings) -> None:
    """What is said in a thread is handed over in that order, though the first one's profile takes longer to come."""
    echo = Echo()
    slack.faults.add(Slow(0.3), on="users.info")
    async with talking(slack, settings, echo):
        root = await slack.people.say("something")
        await slack.people.say("@digestbot why?", thread=root.ts, user="U0LIN")
        await slack.people.say("@digestbot and how?", thread=root.ts, user="U0ADA")
        await eventually(lambda: len(echo.questions) == 2)
    assert [text for text, _ in echo.questions] == ["why?", "and how?"]


async def test_a_button(slack: FakeSlack, both: SlackSettings, chat: SlackChat) -> None:
    """A press is acknowledged at once, and whoever pressed is thanked in the thread, seen by nobody else."""
    echo = Echo()
    buttons = (Button("Useful", "useful", "1.2"), Button("Not useful", "useless", "1.2"))
    async with talking(slack, both, echo):
        root = await slack.people.say("something")
        place = replace(GENERAL, thread=root.ts)
        (body,) = chat.render(place, Message("root", "x", (Paragraph((Text("An answer."),)), Actions(buttons))))
        general = slack.world.channels[GENERAL.channel]
        answer = general.messages[(await chat.post(place, body, "t1")).message]
        for user, name in (("U0LIN", "useful:0"), ("U0ADA", "useless:1")):
            assert (await slack.people.press(answer, name, user=user)).acknowledged
        await eventually(lambda: bool(general.ephemeral) and len(echo.presses) == 2)
    assert answer.text == "An answer."
    pressed = [(action, value, asker.place, asker.user) for action, value, asker in echo.presses]
    assert sorted(pressed) == [("useful", "1.2", place, "U0LIN"), ("useless", "1.2", place, "U0ADA")]
    (thanks,) = general.ephemeral
    assert (thanks.text, thanks.only_for, thanks.thread_ts) == ("thanks", "U0LIN", root.ts)


async def test_a_direct_message(slack: FakeSlack, settings: SlackSettings) -> None:
    """In a direct conversation no mention is needed, and the answer stands beneath in the conversation itself."""
    echo = Echo()
    async with talking(slack, settings, echo):
        await slack.people.say("sglang", channel="U0ADA")
        conversation = slack.world.direct("U0ADA")
        await eventually(lambda: len(conversation.messages) == 2)
        await slack.people.command("/digest", "list", channel="U0ADA")
        await eventually(lambda: len(echo.of("command")) == 2)
    assert [message.text for message in conversation.timeline()] == ["sglang", "Done: sglang"]
    assert all(asker.direct for _, asker in echo.of("command"))


async def test_what_is_not_for_the_bot(slack: FakeSlack, settings: SlackSettings) -> None:
    """Messages without a mention, changed or deleted ones too, its own posts and those of other bots are left alone."""
    echo = Echo()
    slack.world.users["U0OTHER"] = User("U0OTHER", "otherbot", is_bot=True)
    async with talking(slack, settings, echo):
        plain = await slack.people.say("sglang today")
        await slack.people.edit(plain, "sglang yesterday")
        await slack.people.remove(plain)
        await slack.people.say("@digestbot hello", user="U0OTHER")
        await slack.people.say("hello", user="U0DIGEST", channel="U0ADA")
        await slack.people.open_home()
        await slack.deliveries.settled()
        last = await slack.people.say("@digestbot last")
        await eventually(lambda: answers(slack, last) != [])
    assert [text for text, _ in echo.of("command")] == ["last"]
    assert echo.gone == []


async def test_what_is_changed(slack: FakeSlack, settings: SlackSettings) -> None:
    """What is changed so that it mentions the bot is heard then; what mentioned it before is not heard again."""
    echo = Echo()
    async with talking(slack, settings, echo):
        root = await slack.people.say("something")
        asked = await slack.people.say("@digestbot why?", thread=root.ts)
        plain = await slack.people.say("and how?", thread=root.ts, user="U0LIN")
        await eventually(lambda: len(echo.questions) == 1)
    async with talking(slack, settings, echo):  # as after a restart: nothing is remembered
        await slack.people.edit(asked, "@digestbot why not?")
        await slack.people.edit(plain, "@digestbot and how?")
        await slack.people.edit(plain, "@digestbot and how on earth?")
        await slack.deliveries.settled()
        await eventually(lambda: len(echo.questions) == 2)
    assert echo.questions == [("why?", asked.ts), ("and how?", plain.ts)]
    assert echo.of("question")[-1][1].user == "U0LIN"


async def test_what_is_deleted(slack: FakeSlack, settings: SlackSettings) -> None:
    """What somebody deletes from a thread is handed over by its name, after what was said; the bot's own is not."""
    echo = Echo()
    async with talking(slack, settings, echo):
        root = await slack.people.say("something")
        asked = await slack.people.say("@digestbot why?", thread=root.ts)
        await slack.people.remove(asked)
        general = slack.world.channels["C0GENERAL"]
        await eventually(lambda: bool(echo.gone and general.replies(root.ts)))
        await slack.people.remove(general.replies(root.ts)[-1])
        await slack.deliveries.settled()
    assert echo.questions == [("why?", asked.ts)]
    assert echo.gone == [(Place("slack", "T0ROCKET", "C0GENERAL", root.ts), asked.ts)]


async def test_two_hundred_commands_at_once(slack: FakeSlack, both: SlackSettings) -> None:
    """All are acknowledged, and each is answered; `tests.bench.acknowledging` says how soon."""
    async with talking(slack, both, Echo()):
        deliveries = await typed_at_once(slack, 200)
    assert all(delivery.acknowledged for delivery in deliveries)


async def test_signatures(slack: FakeSlack, settings: SlackSettings) -> None:
    """By HTTP, what is forged or six minutes old is refused, and nothing of it is done."""
    echo = Echo()
    async with talking(slack, settings.model_copy(update={"mode": "http"}), echo) as listener:
        sender = slack.tell_by_http(f"http://127.0.0.1:{listener.port}/slack/events")
        sender.age = 360
        assert not (await slack.people.command("/digest", "old")).acknowledged
        sender.age, sender.secret = 0, "another"
        assert not (await slack.people.command("/digest", "forged")).acknowledged
    assert sender.statuses == [401, 401]
    assert echo.asked == []


async def test_a_port_that_is_taken(slack: FakeSlack, settings: SlackSettings) -> None:
    """A port that somebody else listens at is named."""
    taken = int(slack.url.rpartition(":")[2])
    with pytest.raises(ConfigurationError, match=f"127.0.0.1:{taken}"):
        await _listen_at(settings, taken)


async def _listen_at(settings: SlackSettings, port: int) -> None:
    settings = settings.model_copy(update={"mode": "http", "port": port})
    async with SlackChat(settings) as chat:
        await SlackListener(settings, chat, QuickClock()).listen(Echo())


@pytest.mark.parametrize(("token", "named"), [(BOT_TOKEN, "SLACK_BOT_TOKEN"), (APP_TOKEN, "SLACK_APP_TOKEN")])
async def test_a_token_that_is_refused(slack: FakeSlack, settings: SlackSettings, token: str, named: str) -> None:
    """A token that Slack refuses ends the listening, by the name of its setting."""
    slack.world.tokens[token].problem = "token_revoked"
    with pytest.raises(CredentialRefused, match=named):
        async with talking(slack, settings, Echo()):
            pass


async def test_a_slack_that_is_down(slack: FakeSlack, settings: SlackSettings) -> None:
    """Listening begins once Slack can be reached."""
    slack.faults.add(RESET, server_error(503), too_fast(), on="auth.test")
    slack.faults.add(server_error(500), on="apps.connections.open")
    async with talking(slack, settings, Echo()):
        assert (await slack.people.command("/digest", "x")).acknowledged
    assert slack.faults.left == 0


async def test_a_socket_that_is_cut(settings: SlackSettings) -> None:
    """After a cut the socket connects again, and what was said meanwhile is answered once."""
    async with FakeSlack(scale=60) as slack:
        async with talking(slack, settings.model_copy(update={"api_url": slack.api}), Echo(), ping=0.3):
            slack.sockets.drop()
            message = await slack.people.say("@digestbot sglang")
            await eventually(lambda: answers(slack, message) != [])
        assert answers(slack, message) == ["Done: sglang"]


@pytest.mark.parametrize("fault", [STORED_RESET, RESET, too_fast(), server_error(500), server_error(500, stored=True)])
async def test_an_answer_is_posted_once(slack: FakeSlack, settings: SlackSettings, fault: object) -> None:
    """Whatever becomes of the call, the answer to a mention is there once."""
    slack.faults.add(fault, on="chat.postMessage")  # type: ignore[arg-type]
    async with talking(slack, settings, Echo()):
        message = await slack.people.say("@digestbot sglang")
        await eventually(lambda: answers(slack, message) != [])
        await asyncio.sleep(0.1)
    assert slack.faults.left == 0
    assert answers(slack, message) == ["Done: sglang"]


async def test_profiles_are_asked_for_once(slack: FakeSlack, settings: SlackSettings) -> None:
    """A profile is asked for once a day; without the right to, people are answered all the same."""
    echo = Echo()
    async with talking(slack, settings, echo):
        for number in range(3):
            await slack.people.command("/digest", f"{number}")
            await eventually(lambda number=number: len(whispers(slack)) == 2 * number + 2)  # type: ignore[misc]
    assert len(slack.calls("users.info")) == 1
    slack.world.tokens[BOT_TOKEN] = Token("bot", "commands,chat:write,app_mentions:read")
    async with talking(slack, settings, echo):
        await slack.people.command("/digest", "more")
        await eventually(lambda: len(whispers(slack)) == 8)
    assert echo.of("command")[-1][1].timezone is None


@pytest.mark.usefixtures("logging_restored")
async def test_no_secret_is_logged(slack: FakeSlack, settings: SlackSettings) -> None:
    """Whatever is said and goes wrong, no token, ticket or address to answer at is in the log, and no traceback."""
    log = StringIO()
    logs.begin(LogSettings(), log)
    slack.faults.add(*[server_error(500)] * 5, on="response_url")
    slack.faults.often(server_error(500), 0.5, on="connections.open")
    async with talking(slack, settings, Echo(), ping=0.3):
        await slack.people.command("/digest", "x")
        await slack.people.say("@digestbot x")
        async with slack.refusing():
            await asyncio.sleep(0.3)
        await slack.sockets.connected(1)
        await eventually(lambda: "Somebody could not be answered" in log.getvalue())
        slack.faults.clear()
        async with SlackChat(settings) as chat:
            address = await open_socket(settings, chat)
        logging.getLogger("adapters.chat.slack.listener.sdk").error("Cannot connect to %s", address)
    said = log.getvalue()
    for secret in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, "ticket=w", "/response/R", "Traceback"):
        assert secret not in said
    assert "ticket=[secret]" in said


def test_what_was_seen_is_forgotten_in_time() -> None:
    """Of what was heard the newest is remembered, by any of its names."""
    seen = Seen(most=4)
    assert seen.is_new("ts1", "event1")
    assert not seen.is_new("ts1", "event2")
    assert not seen.is_new("ts2", "event2")
    assert seen.is_new("ts3", "event3")
    assert seen.is_new("event1")
