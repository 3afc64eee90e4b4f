"""What people say on Discord, and what they are answered, through the gateway."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import discord
import pytest

from adapters.chat.discord.chat import DiscordChat
from adapters.chat.discord.listener import DiscordListener
from adapters.chat.discord.settings import DiscordSettings
from bot.errors import ConfigurationError, CredentialRefused
from bot.model import Place
from bot.ports import Acknowledgement, Asker, Requests, Suggesting
from bot.present.blocks import Actions, Button, Message, Paragraph, Text
from bot.present.labels import Labels
from bot.talk.commands import GRAMMAR
from tests.adapters.chat.discord.conftest import Clock
from tests.adapters.chat.discord.test_chat import post
from tests.chaos.clock import FastClock
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_actions import NewThread, begin_thread
from tests.fakes.discord_answers import server_error
from tests.fakes.discord_gateway import Trouble
from tests.fakes.discord_reading import pings, visible
from tests.fakes.discord_town import Town
from tests.fakes.discord_world import Channel, MessageType
from tests.fakes.discord_world import Message as Stored


def said(text: str) -> Message:
    """Return a message of one text."""
    return Message("answer", text, (Paragraph((Text(text),)),))


@dataclass
class Heard:
    """Requests that remember what was asked and answer with what they are told to."""

    at_once: Acknowledgement = field(default_factory=lambda: Acknowledgement(said("one moment")))
    answer: Message = field(default_factory=lambda: said("done"))
    suggested: Sequence[str] = ()
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    commands: list[tuple[str, Asker]] = field(default_factory=list)
    questions: list[tuple[str, Asker]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    gone: list[tuple[Place, str]] = field(default_factory=list)
    presses: list[tuple[str, str, Asker]] = field(default_factory=list)
    typed: list[tuple[Suggesting, str, Asker]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Answer without waiting."""
        self.goes_on.set()

    def acknowledge(self, text: str, asker: Asker) -> Acknowledgement:  # noqa: ARG002 - the port's
        """Say something at once."""
        return self.at_once

    async def command(self, text: str, asker: Asker) -> Message:
        """Remember, and answer when told to."""
        self.commands.append((text, asker))
        await self.goes_on.wait()
        return self.answer

    async def suggestions(self, kind: Suggesting, typed: str, asker: Asker) -> Sequence[str]:
        """Remember, and suggest when told to."""
        self.typed.append((kind, typed, asker))
        await self.goes_on.wait()
        return self.suggested

    async def question(self, text: str, asker: Asker, message: str, *, addressed: bool) -> Message | None:
        """Remember, and answer what is said to the bot."""
        self.questions.append((text, asker))
        self.ids.append(message)
        return self.answer if addressed else None

    async def pressed(self, action: str, value: str, asker: Asker) -> Message | None:
        """Remember what was pressed, and thank for it unless it is nothing of ours."""
        self.presses.append((action, value, asker))
        return said("thanks") if action == "useful" else None

    async def deleted(self, place: Place, message: str) -> None:
        """Remember what was deleted."""
        self.gone.append((place, message))


def words(language: str, name: str) -> str:
    """Return our words."""
    return Labels(language).text(name)


@pytest.fixture
def heard() -> Heard:
    """Return what hears."""
    return Heard()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second session be identified at once: discord.py waits for five seconds before it."""

    async def identify(self: discord.Client, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for nothing."""

    monkeypatch.setattr(discord.Client, "before_identify_hook", identify)


@asynccontextmanager
async def listening(fake: FakeDiscord, settings: DiscordSettings, heard: Requests) -> AsyncIterator[None]:
    """Listen until the end, which has to come by being cancelled."""
    listener = DiscordListener(settings, FastClock(1000), GRAMMAR, words)
    running = asyncio.create_task(listener.listen(heard))
    try:
        await fake.until(lambda: running.done() or (fake.gateway.connected and fake.world.commands))
        if running.done():
            await running
        yield
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def listener(fake: FakeDiscord, settings: DiscordSettings, heard: Heard) -> AsyncIterator[None]:
    """Listen during a test."""
    async with listening(fake, settings, heard):
        yield


def read(message: Stored | None, town: Town) -> str:
    """Return what a message says."""
    return visible(message, town.world) if message else ""


def spoken(channel: Channel, town: Town) -> list[str]:
    """Return what the bot said aloud in a channel."""
    return [read(each, town) for each in channel.visible if each.author_id == town.world.bot.id]


@pytest.mark.usefixtures("listener")
class TestCommands:
    """Commands."""

    async def test_a_digest(self, fake: FakeDiscord, town: Town, heard: Heard, general: Place) -> None:
        """A command is acknowledged at once and answered later, for the eyes of whoever gave it."""
        heard.goes_on.clear()
        used = fake.command(town.ada, town.general, "/digest repository:acme/rocket period:last week")
        await fake.until(lambda: read(used.original, town) == "one moment")
        heard.goes_on.set()
        await fake.until(lambda: read(used.original, town) == "done")
        assert used.original
        assert used.original.seen_by == town.ada.id
        asker = Asker(general, str(town.ada.id), language="en")
        assert heard.commands == [("digest acme/rocket last week", asker)]

    async def test_it_is_localised(self, fake: FakeDiscord, town: Town, heard: Heard) -> None:
        """People whose client is in Chinese find the commands and options by their Chinese names."""
        fake.command(town.bob, town.general, "/摘要 仓库:acme/rocket 时段:昨天")
        fake.command(town.bob, town.general, "/digestbot 退订 编号:s1")
        await fake.until(lambda: len(heard.commands) == 2)
        assert [text for text, _ in heard.commands] == ["digest acme/rocket 昨天", "unsubscribe s1"]
        assert {asker.language for _, asker in heard.commands} == {"zh"}

    async def test_every_verb(self, fake: FakeDiscord, town: Town, heard: Heard) -> None:
        """Every verb of the grammar can be asked for, with all that it takes."""
        expected = []
        for verb in GRAMMAR:
            command = "/digest" if verb is GRAMMAR[0] else f"/digestbot {verb.name}"
            options = "".join(f" {parameter.name}:x y" for parameter in verb.parameters)
            fake.command(town.ada, town.general, command + options)
            expected.append(" ".join([verb.name, *("x y" for _ in verb.parameters)]))
        await fake.until(lambda: len(heard.commands) == len(GRAMMAR))
        assert sorted(text for text, _ in heard.commands) == sorted(expected)

    async def test_without_a_word_the_bot_is_thinking(self, fake: FakeDiscord, town: Town, heard: Heard) -> None:
        """Where there is nothing to say at once, Discord shows that the bot is thinking."""
        heard.at_once = Acknowledgement(None)
        heard.goes_on.clear()
        used = fake.command(town.ada, town.general, "/digestbot status")
        await fake.until(lambda: used.loading)
        heard.goes_on.set()
        await fake.until(lambda: read(used.original, town) == "done")

    async def test_what_is_over_is_not_done(self, fake: FakeDiscord, town: Town, heard: Heard) -> None:
        """Where the grammar alone knows the answer, that is all."""
        heard.at_once = Acknowledgement(said("help"), over=True)
        used = fake.command(town.ada, town.general, "/digestbot help")
        await fake.until(lambda: read(used.original, town) == "help")
        await asyncio.sleep(0.05)
        assert heard.commands == []

    async def test_a_job_of_more_than_15_minutes(
        self, fake: FakeDiscord, town: Town, heard: Heard, clock: Clock
    ) -> None:
        """An answer that comes when the interaction is over is said in the channel, once."""
        heard.goes_on.clear()
        used = fake.command(town.ada, town.general, "/digestbot status")
        await fake.until(lambda: heard.commands)
        clock.seconds += 901
        heard.goes_on.set()
        await fake.until(lambda: spoken(town.general, town) == ["done"])
        assert read(used.original, town) == "one moment"

    async def test_a_long_answer(self, fake: FakeDiscord, town: Town, heard: Heard) -> None:
        """An answer that is too long for one message is all there, for the same eyes."""
        heard.answer = said("word. " * 2_000)
        fake.command(town.ada, town.general, "/digestbot list")
        mine = town.general.messages
        await fake.until(lambda: sum(len(read(each, town)) for each in mine.values()) > 11_900)
        assert {each.seen_by for each in mine.values()} == {town.ada.id}

    async def test_in_a_thread(
        self, fake: FakeDiscord, town: Town, heard: Heard, chat: DiscordChat, general: Place
    ) -> None:
        """What is asked for in a thread is asked for there; in direct messages nobody else reads it."""
        thread = await chat.beneath(await post(chat, general), "name")
        fake.command(town.ada, fake.world.channels[int(thread.thread or 0)], "/digestbot status")
        direct = fake.world.conversation(town.ada)
        fake.command(town.ada, direct, "/digestbot status")
        await fake.until(lambda: len(heard.commands) == 2)
        first, second = sorted((asker for _, asker in heard.commands), key=lambda asker: asker.direct)
        assert (first.place, first.direct) == (thread, False)
        assert (second.place, second.direct) == (Place("discord", "", str(direct.id)), True)

    async def test_suggestions(self, fake: FakeDiscord, town: Town, heard: Heard) -> None:
        """What is being typed is completed: the last of several repositories, a period as a whole."""
        heard.suggested = ("vllm", "vllm-omni", "x" * 101)
        used = fake.suggest(town.ada, town.general, "/digest repository:sglang vl")
        await fake.until(lambda: used.choices)
        assert [choice["value"] for choice in used.choices] == ["sglang vllm", "sglang vllm-omni"]
        heard.suggested = tuple(f"last {number} days" for number in range(40))
        used = fake.suggest(town.ada, town.general, "/digest period:last w")
        await fake.until(lambda: used.choices)
        assert len(used.choices) == 25
        fake.suggest(town.ada, town.general, "/digestbot pause id:s")
        await fake.until(lambda: len(heard.typed) == 3)
        assert [(kind, typed) for kind, typed, _ in heard.typed] == [
            (Suggesting.REPOSITORY, "vl"),
            (Suggesting.PERIOD, "last w"),
            (Suggesting.SUBSCRIPTION, "s"),
        ]

    async def test_suggestions_that_take_too_long(
        self, fake: FakeDiscord, town: Town, heard: Heard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where suggestions do not come in time, there are none, and Discord is told so."""
        monkeypatch.setattr("adapters.chat.discord.listener._SUGGESTING", 0.05)
        heard.goes_on.clear()
        used = fake.suggest(town.ada, town.general, "/digest period:t")
        await fake.until(lambda: used.callback)
        assert used.choices == []


@pytest.mark.usefixtures("listener")
class TestWords:
    """What is said in words."""

    async def test_a_mention(self, fake: FakeDiscord, town: Town, heard: Heard, general: Place) -> None:
        """Who mentions the bot is answered by a reply that notifies nobody; its name is no part of what was said."""
        fake.say(town.ada, town.general, f"<@{town.world.bot.id}> digest acme/rocket today")
        await fake.until(lambda: spoken(town.general, town) == ["done"])
        assert heard.commands == [("digest acme/rocket today", Asker(general, str(town.ada.id)))]
        (answer,) = [each for each in town.general.visible if each.author_id == town.world.bot.id]
        assert (answer.type, bool(pings(answer))) == (MessageType.REPLY, False)

    async def test_help_by_mention(self, fake: FakeDiscord, town: Town, heard: Heard) -> None:
        """A mention that the grammar alone can answer is answered without being done."""
        heard.at_once = Acknowledgement(said("help"), over=True)
        fake.say(town.ada, town.general, f"<@{town.world.bot.id}>")
        await fake.until(lambda: spoken(town.general, town) == ["help"])
        assert heard.commands == []

    async def test_a_direct_message(self, fake: FakeDiscord, town: Town, heard: Heard) -> None:
        """In direct messages the bot is meant without being mentioned."""
        direct = fake.world.conversation(town.ada)
        fake.say(town.ada, direct, "status")
        await fake.until(lambda: spoken(direct, town) == ["done"])
        assert heard.commands == [
            ("status", Asker(Place("discord", "", str(direct.id)), str(town.ada.id), direct=True))
        ]

    async def test_a_question(
        self, fake: FakeDiscord, town: Town, heard: Heard, chat: DiscordChat, general: Place
    ) -> None:
        """What mentions the bot in a thread of its own is a question; what does not, it neither reads nor answers."""
        place = await chat.beneath(await post(chat, general), "name")
        thread = fake.world.channels[int(place.thread or 0)]
        fake.say(town.ada, thread, "what do you think, bob?")
        fake.say(town.ada, thread, f"<@{town.world.bot.id}> why is it high?")
        await fake.until(lambda: spoken(thread, town)[-1:] == ["done"])
        assert [(text, asker.place) for text, asker in heard.questions] == [("why is it high?", place)]

    async def test_a_reply(
        self, fake: FakeDiscord, town: Town, heard: Heard, chat: DiscordChat, general: Place
    ) -> None:
        """A reply to the root, in the channel, is a question in its thread; one to anything else is none."""
        root = await post(chat, general)
        place = await chat.beneath(root, "name")
        mention, posted = f"<@{town.world.bot.id}>", town.general.messages[int(root.message)]
        fake.say(town.ada, town.general, f"{mention} list", reply_to=fake.say(town.bob, town.general, "hello"))
        asked = fake.say(town.ada, town.general, f"{mention} why?", reply_to=posted)
        await fake.until(lambda: heard.questions and heard.commands)
        assert heard.questions == [("why?", Asker(place, str(town.ada.id)))]
        assert heard.ids == [str(asked.id)]
        assert [text for text, _ in heard.commands] == ["list"]

    async def test_what_is_changed(
        self, fake: FakeDiscord, chat: DiscordChat, general: Place, town: Town, heard: Heard, clock: Clock
    ) -> None:
        """What is changed so that it mentions the bot is heard then and once; an hour later it is not."""
        place, me = await chat.beneath(await post(chat, general), "name"), f"<@{town.world.bot.id}>"
        thread = fake.world.channels[int(place.thread or 0)]
        said = [fake.say(town.ada, thread, text) for text in ("why?", f"{me} who?", "where?")]
        await fake.until(lambda: len(heard.questions) == 1)
        for message in said[:2]:
            fake.edit(message, f"{me} really?")
            fake.edit(message, f"{me} really, really?")
        await fake.until(lambda: len(heard.questions) == 2)
        clock.seconds += 3601
        fake.edit(said[2], f"{me} where?")
        fake.say(town.ada, thread, f"{me} last?")
        await fake.until(lambda: len(heard.questions) == 3)
        assert [text for text, _ in heard.questions] == ["who?", "really?", "last?"]

    async def test_what_is_deleted(
        self, fake: FakeDiscord, chat: DiscordChat, general: Place, town: Town, heard: Heard
    ) -> None:
        """What is deleted from a thread is handed over by its name, and so is a reply to the root; nothing else is."""
        root, me = await post(chat, general), f"<@{town.world.bot.id}>"
        place = await chat.beneath(root, "name")
        thread = fake.world.channels[int(place.thread or 0)]
        (shown,) = town.general.visible
        asked = fake.say(town.ada, thread, f"{me} why?")
        reply = fake.say(town.ada, town.general, f"{me} how?", reply_to=shown)
        lunch = fake.say(town.ada, town.general, "lunch?")
        await fake.until(lambda: len(heard.questions) == 2)
        for message in (lunch, asked, reply):
            fake.remove(message)
        await fake.until(lambda: len(heard.gone) == 2)
        assert heard.gone == [(place, str(asked.id)), (place, str(reply.id))]

    async def test_a_button(
        self, fake: FakeDiscord, chat: DiscordChat, general: Place, town: Town, heard: Heard
    ) -> None:
        """Whoever presses a button is thanked, seen by nobody else; one that means nothing any more says nothing."""
        place = await chat.beneath(await post(chat, general), "name")
        buttons = Actions((Button("Useful", "useful", "12"), Button("Old", "gone", "12")))
        (body,) = chat.render(place, Message("root", "x", (Paragraph((Text("An answer."),)), buttons)))
        posted = await chat.post(place, body, "t2")
        thread = fake.world.channels[int(place.thread or 0)]
        answer = thread.messages[int(posted.message)]
        thanked = fake.press(town.bob, answer, "useful:12")
        await fake.until(lambda: thanked.original and read(thanked.original, town) == "thanks")
        old = fake.press(town.ada, answer, "gone:12")
        await fake.until(lambda: old.original and old.original.id not in thread.messages)
        pressed = [(action, value, asker.place, asker.user) for action, value, asker in heard.presses]
        assert pressed == [("useful", "12", place, str(town.bob.id)), ("gone", "12", place, str(town.ada.id))]
        assert thanked.original
        assert thanked.original.seen_by == town.bob.id

    async def test_a_thread_of_somebody_else(self, fake: FakeDiscord, town: Town, heard: Heard) -> None:
        """A mention there is a question too, so that no sentence is looked through for repositories."""
        lunch = begin_thread(town.world, town.general, town.bob, NewThread("lunch"))
        fake.say(town.ada, lunch, f"<@{town.world.bot.id}> where?")
        await fake.until(lambda: spoken(lunch, town) == ["done"])
        assert [text for text, _ in heard.questions] == ["where?"]

    async def test_others_are_left_alone(self, fake: FakeDiscord, town: Town, heard: Heard) -> None:
        """What is said to others, and by other bots, is not for the bot."""
        other = town.world.add_user("other", bot=True)
        town.guild.members[other.id] = set()
        fake.say(other, town.general, f"<@{town.world.bot.id}> digest x")
        fake.say(town.ada, town.general, "digest x")
        fake.say(town.ada, town.general, f"<@{town.world.bot.id}> list")
        await fake.until(lambda: heard.commands)
        assert [text for text, _ in heard.commands] == ["list"]

    async def test_what_is_told_twice_is_done_once(self, fake: FakeDiscord, town: Town, heard: Heard) -> None:
        """The gateway may tell of a thing twice."""
        fake.gateway.duplicates = 2
        fake.say(town.ada, town.general, f"<@{town.world.bot.id}> one")
        fake.command(town.ada, town.general, "/digestbot status")
        await fake.until(lambda: len(heard.commands) == 2 and len(spoken(town.general, town)) == 1)
        await asyncio.sleep(0.05)
        assert sorted(text for text, _ in heard.commands) == ["one", "status"]

    async def test_an_answer_that_cannot_be_given(
        self, fake: FakeDiscord, town: Town, caplog: pytest.LogCaptureFixture
    ) -> None:
        """What cannot be answered is logged, and the next thing that is said is answered."""
        fake.faults.add(*[server_error(503)] * 2, on="POST .*/typing")
        fake.say(town.ada, town.general, f"<@{town.world.bot.id}> one")
        await fake.until(lambda: "cannot be answered" in caplog.text)
        fake.faults.stop()
        fake.say(town.ada, town.general, f"<@{town.world.bot.id}> two")
        await fake.until(lambda: spoken(town.general, town) == ["done"])


class TestConnection:
    """The connection to the gateway."""

    async def test_every_message_of_a_thread(
        self, fake: FakeDiscord, town: Town, settings: DiscordSettings, heard: Heard, chat: DiscordChat, general: Place
    ) -> None:
        """With answer_threads, and the privileged intent that it takes, our threads are answered without a mention."""
        town.world.application.message_content = True
        place = await chat.beneath(await post(chat, general), "name")
        lunch = begin_thread(town.world, town.general, town.bob, NewThread("lunch"))
        async with listening(fake, settings.model_copy(update={"answer_threads": True}), heard):
            fake.say(town.ada, lunch, "where?")
            fake.say(town.ada, town.general, "why is it high?")
            fake.say(town.ada, fake.world.channels[int(place.thread or 0)], "why is it high?")
            await fake.until(lambda: heard.questions)
        assert [(text, asker.place) for text, asker in heard.questions] == [("why is it high?", place)]
        assert spoken(lunch, town) == []

    async def test_an_intent_that_is_off(self, fake: FakeDiscord, settings: DiscordSettings, heard: Heard) -> None:
        """Where the privileged intent is asked for and is not switched on, the error says where."""
        with pytest.raises(ConfigurationError, match="message content intent"):
            async with listening(fake, settings.model_copy(update={"answer_threads": True}), heard):
                pass

    async def test_a_wrong_token(self, fake: FakeDiscord, settings: DiscordSettings, heard: Heard) -> None:
        """A token that Discord does not know ends it."""
        fake.world.application.token = "another"  # noqa: S105 - of nobody
        with pytest.raises(CredentialRefused, match="DISCORD_TOKEN"):
            async with listening(fake, settings, heard):
                pass

    async def test_where_commands_are(
        self, fake: FakeDiscord, town: Town, settings: DiscordSettings, heard: Heard, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Commands are everywhere, or only on the servers that are named, as far as the bot is on them."""
        async with listening(fake, settings, heard):
            assert {each.get("guild_id") for each in town.world.commands.values()} == {None}
        there = settings.model_copy(update={"guilds": (1, town.guild.id)})
        async with listening(fake, there, heard):
            await fake.until(lambda: {each.get("guild_id") for each in town.world.commands.values()} != {None})
            assert {each.get("guild_id") for each in town.world.commands.values()} == {str(town.guild.id)}
        assert "The server 1 is not given the commands" in caplog.text

    async def test_it_begins_when_discord_is_there(
        self, fake: FakeDiscord, town: Town, settings: DiscordSettings, heard: Heard
    ) -> None:
        """A Discord that is not there when the bot begins is waited for."""
        fake.faults.add(server_error(503), on="GET /users/@me")
        async with listening(fake, settings, heard):
            fake.say(town.ada, town.general, f"<@{town.world.bot.id}> list")
            await fake.until(lambda: heard.commands)

    async def test_a_resume_that_is_refused(
        self, fake: FakeDiscord, town: Town, settings: DiscordSettings, heard: Heard
    ) -> None:
        """After a dropped connection and a refused RESUME the bot hears again."""
        async with listening(fake, settings, heard):
            fake.gateway.refuse_resumes = 1
            fake.gateway.drop()
            await fake.until(lambda: not fake.gateway.refuse_resumes)
            await fake.until(lambda: fake.gateway.connected)
            fake.say(town.ada, town.general, f"<@{town.world.bot.id}> list")
            await fake.until(lambda: heard.commands)

    async def test_nothing_is_lost_or_doubled(
        self, fake: FakeDiscord, town: Town, settings: DiscordSettings, heard: Heard
    ) -> None:
        """However often the connection is cut and events are told twice, each is heard once and answered once."""
        async with listening(fake, settings, heard):
            fake.gateway.trouble = Trouble(Random(3), cut=0.3, twice=0.3)  # noqa: S311 - repeatable dice
            for number in range(20):
                fake.say(town.ada, town.general, f"<@{town.world.bot.id}> {number}")
                await asyncio.sleep(0.01)
            await fake.until(lambda: len(spoken(town.general, town)) == 20)
            await asyncio.sleep(0.05)
        assert sorted(int(text) for text, _ in heard.commands) == list(range(20))
        assert len(spoken(town.general, town)) == 20
