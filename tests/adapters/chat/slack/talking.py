"""A bot that hears what people say on a fake Slack, by a socket or by HTTP."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.listener import SlackListener
from adapters.chat.slack.settings import SlackSettings
from bot.model import Place
from bot.ports import Acknowledgement, Asker, Requests, Suggesting
from bot.present.blocks import Message, Paragraph, Text
from tests.adapters.chat.slack.conftest import GENERAL
from tests.engine.support import QuickClock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_client import eventually
from tests.fakes.slack_delivery import Delivery
from tests.fakes.slack_world import Message as Shown


def said(text: str) -> Message:
    """Return an answer."""
    return Message("answer", text, (Paragraph((Text(text),)),))


@dataclass
class Echo:
    """Repeats what is asked, and remembers who asked. `refused` are texts that the grammar does not know."""

    asked: list[tuple[str, str, Asker]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    length: int = 1
    questions: list[tuple[str, str]] = field(default_factory=list)
    gone: list[tuple[Place, str]] = field(default_factory=list)
    presses: list[tuple[str, str, Asker]] = field(default_factory=list)

    def acknowledge(self, text: str, asker: Asker) -> Acknowledgement:
        """Say that it was heard."""
        self.asked.append(("acknowledge", text, asker))
        return Acknowledgement(said(f"Heard: {text}"), over=text in self.refused)

    async def command(self, text: str, asker: Asker) -> Message:
        """Answer a command."""
        self.asked.append(("command", text, asker))
        await asyncio.sleep(0)
        return said(" ".join([f"Done: {text}"] * self.length))

    async def suggestions(self, kind: Suggesting, typed: str, asker: Asker) -> Sequence[str]:  # noqa: ARG002 - none
        """Suggest nothing."""
        return ()

    async def question(self, text: str, asker: Asker, message: str, *, addressed: bool) -> Message | None:
        """Answer a question that somebody asks of the bot; the others are remembered."""
        self.asked.append(("question", text, asker))
        self.questions.append((text, message))
        return said(f"Asked: {text}") if addressed else None

    async def pressed(self, action: str, value: str, asker: Asker) -> Message | None:
        """Remember what was pressed, and thank for it unless it is nothing of ours."""
        self.presses.append((action, value, asker))
        return said("thanks") if action == "useful" else None

    async def deleted(self, place: Place, message: str) -> None:
        """Remember what was deleted."""
        self.gone.append((place, message))

    def of(self, kind: str) -> list[tuple[str, Asker]]:
        """Return what was asked in one of the three ways."""
        return [(text, asker) for way, text, asker in self.asked if way == kind]


@asynccontextmanager
async def talking(
    slack: FakeSlack, settings: SlackSettings, requests: Requests, *, ping: float = 10
) -> AsyncIterator[SlackListener]:
    """Let requests be handed over, in the mode of the settings."""
    if settings.mode == "http":
        settings = settings.model_copy(update={"port": 0})
    async with SlackChat(settings) as chat:
        listener = SlackListener(settings, chat, QuickClock(), ping=ping)
        task = asyncio.create_task(listener.listen(requests))
        ready = asyncio.create_task(listener.ready.wait())
        await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            ready.cancel()
            task.result()
        if settings.mode == "socket":
            await slack.sockets.connected(1)
        else:
            slack.tell_by_http(f"http://127.0.0.1:{listener.port}{settings.path}")
        try:
            yield listener
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def whispers(slack: FakeSlack, channel: str = GENERAL.channel) -> list[str]:
    """Return what single people were told in a channel."""
    return [message.text for message in slack.world.channels[channel].ephemeral]


async def typed_at_once(slack: FakeSlack, many: int) -> list[Delivery]:
    """Let so many commands be typed at once, and return how they came to the bot when each is answered."""
    deliveries = await asyncio.gather(*(slack.people.command("/digest", f"number {each}") for each in range(many)))
    await eventually(lambda: len(whispers(slack)) == 2 * many)
    return deliveries


def answers(slack: FakeSlack, message: Shown) -> list[str]:
    """Return what the bot said beneath a message."""
    replies = slack.world.channels[message.channel].replies(message.thread_ts or message.ts)
    return [reply.text for reply in replies if reply.user == slack.world.bot_user]
