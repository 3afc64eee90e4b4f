"""What chat adapters call. See `bot.ports.Requests`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar, assert_never
from weakref import WeakValueDictionary

from bot import request_id
from bot.access import Access
from bot.engine.answering import USEFUL, USELESS, Answering, Heard
from bot.errors import ASKERS_OWN, ConfigurationError, DigestbotError, ImpossiblePeriod, RequestError
from bot.model import Place, Standing
from bot.ports import NO_TRACER, Acknowledgement, Asker, Clock, SpanKind, Suggesting, Tracer
from bot.ports.tracing import CHANNEL, spanning
from bot.present import answers, notices
from bot.present.blocks import Code, Message, Spans, Text
from bot.present.subscriptions import listing
from bot.redaction import redact
from bot.requests.digesting import Digesting
from bot.requests.reading import Reader, Readers
from bot.requests.status import StatusDesk
from bot.settings import Settings
from bot.subscriptions import SubscriptionDesk
from bot.talk import commands, periods
from bot.talk.commands import Command, find_verb, parse_command

_LOG = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")

_MOST_SUGGESTED = 25
"""Discord shows no more, and nobody reads more."""


class RequestDesk:
    """Takes what people say, and answers. `host` is the code host whose addresses name repositories."""

    def __init__(
        self,
        digesting: Digesting,
        status: StatusDesk,
        desk: SubscriptionDesk,
        readers: Readers,
        access: Access,
        answering: Answering,
        settings: Settings,
        clock: Clock,
        *,
        host: str = "github.com",
        tracer: Tracer = NO_TRACER,
    ) -> None:
        self._digesting = digesting
        self._status = status
        self._desk = desk
        self._readers = readers
        self._access = access
        self._answering = answering
        self._settings = settings
        self._clock = clock
        self._host = host
        self._tracer = tracer
        self._turns: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()

    def acknowledge(self, text: str, asker: Asker) -> Acknowledgement:
        """Return what the grammar alone knows."""
        reader = self._readers.at_once(asker)
        try:
            self._access.check_asker(asker)
            command = self._parse(text, reader)
        except ImpossiblePeriod:
            # Where it is today is known for certain once the zone is.
            return Acknowledgement(None)
        except DigestbotError as error:
            return Acknowledgement(answers.refusal(_public(error, reader)), over=True)
        match command:
            case commands.Digest(names, period):
                return Acknowledgement(answers.heard(names, period, reader.labels))
            case commands.Help(verbs, examples):
                return Acknowledgement(answers.manual(verbs, examples, reader.labels), over=True)
            case _:
                return Acknowledgement(None)

    async def command(self, text: str, asker: Asker) -> Message:
        """Do what a text asks for."""

        async def act() -> Message:
            # Within what makes an answer of an error, so that the span has the error.
            about = {CHANNEL: asker.place.channel_key}
            with spanning(self._tracer, "command", about, kind=SpanKind.SERVER):
                return await self._do(self._parse(text, reader), reader)

        with request_id.following():
            reader = await self._readers.of(asker)
            return await self._answered(reader, act)

    async def question(self, text: str, asker: Asker, message: str, *, addressed: bool) -> Message | None:
        """Do what a command in a thread asks for, let a question be answered, or say where one is."""
        if addressed and _is_command(text):
            return await self.command(text, asker)
        # Before anything is waited for, so that what is said in a thread goes on in the order in which it came.
        async with self._turn(asker.place):
            with request_id.following():
                reader = await self._readers.of(asker)
                answer = await self._answered(reader, lambda: self._hear(text, message, reader))
        return answer if addressed else None

    async def pressed(self, action: str, value: str, asker: Asker) -> Message | None:
        """Keep what somebody thinks of an answer."""
        if action not in (USEFUL, USELESS):
            return None

        async def judge() -> Message:
            known = await self._answering.judge(asker.place, value, asker.user, useful=action == USEFUL)
            return answers.line(reader.labels, "judged" if known else "judged-too-late")

        with request_id.following():
            reader = await self._readers.of(asker)
            return await self._guarded(reader, judge)

    async def deleted(self, place: Place, message: str) -> None:
        """Let a question be taken back."""
        async with self._turn(place):
            try:
                await self._answering.withdraw(place, message)
            except DigestbotError as error:
                _LOG.warning("What was deleted in %s may still be answered: %s", place.channel_key, error)
            except Exception:  # noqa: BLE001 - nobody waits for this, and the adapter goes on listening
                _LOG.exception("What was deleted in %s is not taken back", place.channel_key)

    async def suggestions(self, kind: Suggesting, typed: str, asker: Asker) -> Sequence[str]:
        """Return what may be meant."""
        reader = self._readers.at_once(asker)
        try:
            self._access.check_asker(asker)
            known = await self._known(kind, reader)
        except DigestbotError as error:
            _log(error, reader)
            return ()
        wanted = typed.casefold()
        found = [each for each in dict.fromkeys(known) if wanted in each.casefold()]
        return sorted(found, key=lambda each: not each.casefold().startswith(wanted))[:_MOST_SUGGESTED]

    def _turn(self, place: Place) -> asyncio.Lock:
        return self._turns.setdefault(place, asyncio.Lock())

    async def _answered(self, reader: Reader, act: Callable[[], Awaitable[_Answer]]) -> _Answer | Message:
        """Return the answer to somebody who may ask, whatever happens."""

        async def check_and_act() -> _Answer:
            self._access.check_asker(reader.asker)
            return await act()

        return await self._guarded(reader, check_and_act)

    async def _guarded(self, reader: Reader, act: Callable[[], Awaitable[_Answer]]) -> _Answer | Message:
        """Return an answer, whatever happens."""
        try:
            return await act()
        except DigestbotError as error:
            return answers.refusal(_told(error, reader))
        except Exception:  # noqa: BLE001 - somebody waits for an answer, whatever happened
            _LOG.exception("An answer to somebody in %s has a fault", reader.channel.channel_key)
            return answers.refusal(_traced(reader.labels.text("answer-fault"), reader))

    async def _hear(self, text: str, message: str, reader: Reader) -> Message | None:
        asker, labels = reader.asker, reader.labels
        heard = Heard(message, asker.place, asker.user, text, reader.timezone, labels.language)
        if text and await self._answering.answer(heard):
            return None
        return answers.line(labels, "answer-no-questions", help=(Code(commands.HELP.usage),))

    def _parse(self, text: str, reader: Reader) -> Command:
        return parse_command(text, self._clock.now(), reader.timezone, host=self._host)

    async def _do(self, command: Command, reader: Reader) -> Message:
        _LOG.info("Asked in %s: %s", reader.channel.channel_key, type(command).__name__.lower())
        match command:
            case commands.Digest():
                return await self._digesting.ask(command, reader, lambda error: _told(error, reader))
            case commands.Help(verbs, examples):
                return answers.manual(verbs, examples, reader.labels)
            case commands.Status():
                return await self._status.of(reader)
            case commands.Cancel(names):
                return await self._digesting.cancel(names, reader)
            case commands.Repos():
                return await self._repositories(reader)
            case commands.List():
                return self._shown(await self._desk.standing(reader.channel), reader)
            case _:
                self._access.check_subscriber(reader.asker)
                return await self._change(command, reader)

    async def _change(
        self,
        command: commands.Subscribe | commands.Pause | commands.Resume | commands.Unsubscribe | commands.Set,
        reader: Reader,
    ) -> Message:
        place = reader.channel
        match command:
            case commands.Subscribe(names, terms):
                self._access.spend(reader.asker, self._clock.now())
                terms = replace(
                    terms,
                    timezone=terms.timezone or reader.timezone,
                    language=terms.language or reader.labels.language,
                )
                return self._shown([await self._desk.subscribe(place, await self._named(names, reader), terms)], reader)
            case commands.Pause(id):
                return self._shown([await self._desk.pause(id, place)], reader)
            case commands.Resume(id):
                return self._shown([await self._desk.resume(id, place)], reader)
            case commands.Unsubscribe(id):
                ended = await self._desk.unsubscribe(id, place)
                return answers.line(reader.labels, "subscription-ended", id=ended.id)
            case commands.Set("", _, terms):
                now = await self._readers.prefer(place, terms.timezone, terms.language)
                parts = {"timezone": now.timezone or "–", "language": now.language or "–"}
                return answers.line(reader.labels, "answer-channel", **parts)
            case commands.Set(id, names, terms):
                return self._shown([await self._desk.set(id, await self._named(names, reader), terms, place)], reader)
            case _:
                assert_never(command)

    async def _named(self, names: Sequence[str], reader: Reader) -> list[str]:
        """Return repositories by names that mean the same for good, after looking each of them up."""
        named = []
        for name in names:
            found = await self._digesting.found(name, reader)
            is_alias = name.casefold() in {alias.casefold() for alias in self._settings.aliases}
            named.append(name if is_alias or not found.repository.web_url else found.repository.name)
        return named

    async def _repositories(self, reader: Reader) -> Message:
        allowed = self._access.repositories
        items: list[Spans] = [(Code(alias),) for alias in self._settings.aliases]
        items += [(Code(name),) for name in (*allowed, *self._access.of_channel(reader.channel))]
        if not allowed:
            items.append((Text(reader.labels.text("answer-any-repository", host=self._host)),))
        return answers.listed("answer-repositories", items, reader.labels)

    def _shown(self, standings: Sequence[Standing], reader: Reader) -> Message:
        return listing(standings, reader.labels)

    async def _known(self, kind: Suggesting, reader: Reader) -> list[str]:
        match kind:
            case Suggesting.PERIOD:
                return list(periods.examples(self._clock.now(), reader.timezone))
            case Suggesting.SUBSCRIPTION:
                return [each.subscription.id for each in await self._desk.standing(reader.channel)]
            case Suggesting.REPOSITORY:
                standings = await self._desk.standing(reader.channel)
                subscribed = [name for each in standings for name in each.subscription.repositories]
                named = (*self._access.of_channel(reader.channel), *self._access.repositories)
                return [*subscribed, *self._settings.aliases, *(name for name in named if "*" not in name)]
            case _:
                assert_never(kind)


def _is_command(text: str) -> bool:
    """Tell whether a text in a thread is a command: "list" is one, "list what touches the queue" a question."""
    first, *rest = text.split() or [""]
    verb = find_verb(first)
    return verb is not None and bool(verb.parameters or not rest)


def _told(error: DigestbotError, reader: Reader) -> str:
    """Log an error, and return what is said of it to who asked."""
    _log(error, reader)
    said = _public(error, reader)
    return said if isinstance(error, ASKERS_OWN) else _traced(said, reader)


def _traced(sentence: str, reader: Reader) -> str:
    return notices.traced(sentence, request_id.current(), reader.labels)


def _public(error: DigestbotError, reader: Reader) -> str:
    """Return what who asked is told. What only the operator can put right is for them to read, in the log."""
    if isinstance(error, ConfigurationError) and error.public == redact.known(str(error)):
        return reader.labels.text("answer-operator")
    return error.public


def _log(error: DigestbotError, reader: Reader) -> None:
    """Log what is not the asker's own business."""
    if not isinstance(error, RequestError):
        _LOG.warning("Asked in %s: %s", reader.channel.channel_key, error)
