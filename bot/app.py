"""The composition root: the one place that builds adapters and hands them to the core."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, TextIO

from adapters.chat.console import ConsoleChat
from adapters.health import HealthSettings
from adapters.source.git import GitArchive, GitSettings, GitSource
from adapters.traces import TracesSettings, tracing
from adapters.traces import check as check_traces
from bot import connecting, plugins, request_id
from bot.connecting import Connector, Standing
from bot.digest.build import DigestBuilder
from bot.engine.delivery import Delivery, show
from bot.engine.roles import Role
from bot.errors import AlreadyRunning, ConfigurationError, DigestbotError
from bot.model import Digest, Origin, Place, Subscription
from bot.plugins import Kind
from bot.ports import (
    NO_TRACER,
    Archive,
    Clock,
    Conversations,
    Finding,
    FoundRepository,
    LanguageModel,
    ModelRequest,
    OpenedModel,
    Platform,
    RunningProcess,
    Source,
    SourcePlugin,
    SpanKind,
    Tracer,
)
from bot.ports.tracing import spanning
from bot.present.blocks import Message
from bot.present.labels import Labels
from bot.present.layout import lay_out
from bot.prompts import Prompts
from bot.service import Service
from bot.settings import ConfigurationFile, LogSettings
from bot.sources import CodeHosts, Repositories, first_of, is_elsewhere
from bot.talk.places import parse_place
from bot.tracing import TracedBranches, TracedHost, TracedSource, traced_build, traced_model

if TYPE_CHECKING:
    from bot.answer.hearing import Hearing
    from bot.answer.library import Shelves
    from bot.asking import Limit, Observer
    from bot.digest.analyst import ModelAnalyst
    from bot.digest.collect import EnrichedSource
    from bot.engine.process import Process
    from bot.engine.under_way import UnderWay
    from bot.names import RepositoryNames
    from bot.status import Status
    from bot.store import Restored, Store
    from bot.subscriptions import SubscriptionDesk


def sections() -> frozenset[str]:
    """Return the tables of digestbot.toml that belong to adapters, ours and those of other packages."""
    return frozenset({"git", "github", "health", "logs", "traces"}) | connecting.sections()


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class App:
    """The program, put together from its settings."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Read the settings. Raises ConfigurationError."""
        self._file = ConfigurationFile.read()
        self.settings = self._file.settings(sections())
        self.log_settings = self._file.section(LogSettings, "logs")
        self.clock = clock or SystemClock()
        self.prompts = Prompts(self.settings.prompts)
        self._connector = Connector(self._file, self.clock, self.settings.data_dir)
        self._git_settings = self._file.section(GitSettings, "git")
        self._git = GitSource(self._git_settings, data_dir=self.settings.data_dir)
        self._traces = self._file.section(TracesSettings, "traces")
        self._tracer: Tracer = NO_TRACER

    @asynccontextmanager
    async def request(self, command: str) -> AsyncIterator[None]:
        """Do what the block does as one request of somebody at a terminal, and trace it if that is set.

        Raises ConfigurationError.
        """
        async with tracing(self._traces) as self._tracer:
            about = {"digestbot.command": command}
            with request_id.following(), spanning(self._tracer, "command", about, kind=SpanKind.SERVER):
                yield

    @asynccontextmanager
    async def service(self, names: Sequence[str], observe: "Observer | None" = None) -> AsyncIterator[Service]:
        """Open what it takes to digest these repositories, and close it afterwards.

        `observe` is told of what a language model is asked and answers. Raises ConfigurationError, StoreUnavailable
        and StoreError.
        """
        on_disk = await self._on_disk(names)
        if on_disk is not None and not self._connector.has_model:
            source = TracedSource(self._git, self._tracer)
            yield Service(traced_build(DigestBuilder(source).build, self._tracer), on_disk)
            return
        async with self._opened(on_disk, observe) as opened:
            yield opened.service

    @asynccontextmanager
    async def answers(self, name: str, observe: "Observer | None" = None) -> AsyncIterator["Answers"]:
        """Open what it takes to answer questions about a repository, and close it afterwards. See `service`."""
        async with self._opened(await self._on_disk([name]), observe) as opened:
            hearing = self._hearing(opened.store, opened.model, opened.builder, opened.shelves, observe)
            yield Answers(opened.service, hearing, opened.store.conversations)

    @asynccontextmanager
    async def _opened(self, on_disk: "OnDisk | None", observe: "Observer | None" = None) -> AsyncIterator["_Opened"]:
        """Open the store, and the code host unless all repositories are on this disk."""
        # Loading the store and the code host takes as long as a digest of a repository on this disk.
        from bot.answer.library import Shelves  # noqa: PLC0415 - see above
        from bot.store import open_store  # noqa: PLC0415 - see above

        async with AsyncExitStack() as stack:
            opened = open_store(self.settings.data_dir, self._database, clock=self.clock)
            store = await stack.enter_async_context(opened)
            await store.prune()
            model = await self._model(stack)
            analyst = self._analyst(model.writes, store, observe) if model else None
            source: Source = self._git
            archive: Archive = GitArchive(self._git_settings, data_dir=self.settings.data_dir)
            find: Callable[[str], Awaitable[FoundRepository]]
            if on_disk is not None:
                find = on_disk
            else:
                hosted = await self._hosted(stack, store)
                source, archive, find = hosted.source, hosted.git, partial(hosted.names.find, anywhere=True)
            traced = TracedSource(source, self._tracer)
            builder = DigestBuilder(traced, analyst, store.past_changes, store.change_index)
            shelves = Shelves(store.change_index, archive, traced, store.pull_requests)
            yield _Opened(store, model, builder, shelves, Service(traced_build(builder.build, self._tracer), find))

    async def _model(self, stack: AsyncExitStack) -> OpenedModel | None:
        """Return the language model that is set up, if one is, until the stack is left."""
        model = await self._connector.model(stack)
        return traced_model(model, self._tracer) if model else None

    def _analyst(self, model: LanguageModel, store: "Store", observe: "Observer | None") -> "ModelAnalyst":
        from bot.asking import Limit  # noqa: PLC0415 - as the store
        from bot.digest.analyst import AnalystSettings, Kept, ModelAnalyst  # noqa: PLC0415 - likewise

        budget = self.settings.budget
        limits = AnalystSettings(
            digest_limit=Limit(budget.digest_tokens, budget.digest_cost),
            day_limit=self._day_limit,
        )
        kept = Kept(store.analyses, store.spending)
        return ModelAnalyst(model, kept, limits, self.clock, observe, self.prompts, self._tracer)

    def _hearing(
        self,
        store: "Store",
        model: OpenedModel | None,
        builder: DigestBuilder,
        shelves: "Shelves",
        observe: "Observer | None" = None,
    ) -> "Hearing":
        """Return what answers people in the threads of digests."""
        from bot.answer.answering import Answerer  # noqa: PLC0415 - as the store
        from bot.answer.commanding import ThreadDesk  # noqa: PLC0415 - likewise
        from bot.answer.hearing import Hearing  # noqa: PLC0415 - likewise
        from bot.answer.question import AnswerLimits  # noqa: PLC0415 - likewise
        from bot.asking import unobserved  # noqa: PLC0415 - likewise

        answers = self.settings.answers
        limits = AnswerLimits(
            calls=answers.calls,
            tokens=answers.tokens,
            seconds=answers.seconds,
            day=self._day_limit,
            of_user=answers.per_hour_of_user,
            of_conversation=answers.per_hour_of_thread,
        )
        answers_with = model.answers if model else None
        answerer = Answerer(
            answers_with,
            store.conversations,
            store.spending,
            self.clock,
            limits,
            self.prompts,
            self._tracer,
            observe or unobserved,
        )
        desk = ThreadDesk(store.conversations, store.tier_opinions, builder.deepen, self.clock)
        return Hearing(answerer, desk, shelves, self.clock)

    async def _hosted(self, stack: AsyncExitStack, store: "Store") -> "_Hosted":
        """Open the code host."""
        from adapters.source.github import GitHub, GitHubSettings  # noqa: PLC0415 - as the store
        from bot.digest.collect import EnrichedSource, Kept  # noqa: PLC0415 - likewise
        from bot.names import RepositoryNames  # noqa: PLC0415 - likewise

        host_settings = self._file.section(GitHubSettings, "github")
        github = await stack.enter_async_context(GitHub(host_settings, clock=self.clock))
        others = await self._connector.connect(stack, Kind.SOURCE, SourcePlugin)
        hosts = [other.host for other in others.values() if other.host]
        host = TracedHost(CodeHosts([*hosts, github]), self._tracer)
        known = [other.credential for other in others.values() if other.credential]
        credential, data_dir = first_of([*known, github.credential]), self.settings.data_dir
        git = Repositories(
            GitSource(self._git_settings, data_dir=data_dir, credential=credential),
            GitArchive(self._git_settings, data_dir=data_dir, credential=credential),
            others,
        )
        source = EnrichedSource(git, host, Kept(store.pull_requests, store.changes, store))
        names = RepositoryNames(
            source,
            host,
            store.names,
            store,
            self.clock,
            aliases=self.settings.aliases,
            public_only=not (host_settings.token or host_settings.app_id or hosts),
        )
        return _Hosted(git, source, names)

    @asynccontextmanager
    async def subscriptions(self) -> AsyncIterator["SubscriptionDesk"]:
        """Open what it takes to see and to change subscriptions, and close it afterwards.

        Raises ConfigurationError, StoreUnavailable and StoreError.
        """
        from bot.store import open_store  # noqa: PLC0415 - takes as long to load as all the rest
        from bot.subscriptions import SubscriptionDesk  # noqa: PLC0415 - likewise

        opened = open_store(self.settings.data_dir, self._database, clock=self.clock)
        async with opened as store:
            yield SubscriptionDesk(store.subscriptions, self.settings, self.clock)

    @asynccontextmanager
    async def process(self, role: Role) -> AsyncIterator["Process"]:
        """Put the process together that does the work of this database, and take it apart afterwards.

        Raises AlreadyRunning and what `service` raises.
        """
        from adapters.health.metrics import PrometheusMeter  # noqa: PLC0415 - as the store
        from adapters.health.server import served  # noqa: PLC0415 - likewise
        from bot.access import Access  # noqa: PLC0415 - the engine takes as long to load as all the rest
        from bot.answer.library import Shelves  # noqa: PLC0415 - likewise
        from bot.asking import spent_today  # noqa: PLC0415 - likewise
        from bot.engine.answering import Answering  # noqa: PLC0415 - likewise
        from bot.engine.jobs import Jobs  # noqa: PLC0415 - likewise
        from bot.engine.kit import Kit  # noqa: PLC0415 - likewise
        from bot.engine.orders import Orders  # noqa: PLC0415 - likewise
        from bot.engine.places import Places  # noqa: PLC0415 - likewise
        from bot.engine.process import Process  # noqa: PLC0415 - likewise
        from bot.engine.vitals import ProcessVitals  # noqa: PLC0415 - likewise
        from bot.engine.workflows import Engine  # noqa: PLC0415 - likewise
        from bot.metering import metered_build, metered_model  # noqa: PLC0415 - likewise
        from bot.requests import Digesting, Readers, RequestDesk, StatusDesk  # noqa: PLC0415 - likewise
        from bot.store import engine_url, open_processes, open_store  # noqa: PLC0415 - likewise
        from bot.subscriptions import SubscriptionDesk  # noqa: PLC0415 - likewise

        data_dir, database = self.settings.data_dir, self._database
        if role is not Role.ALL and database is None:
            message = f"The role {role} needs a PostgreSQL database: on SQLite one process does everything."
            raise ConfigurationError(message, remedy="Set DATABASE_URL, or leave --role out.")
        async with AsyncExitStack() as stack:
            tracer = self._tracer = await stack.enter_async_context(tracing(self._traces))
            processes = await stack.enter_async_context(open_processes(data_dir, database, role))
            store = await stack.enter_async_context(open_store(data_dir, database, clock=self.clock))
            meter = PrometheusMeter()
            model = await self._model(stack)
            model = metered_model(model, meter) if model else None
            analyst = self._analyst(model.writes, store, None) if model else None
            hosted = await self._hosted(stack, store)
            git, source, names = hosted.git, hosted.source, hosted.names

            access = Access(self.settings)

            async def find(name: str, subscription: Subscription) -> FoundRepository:
                # A chat could otherwise read whatever folder of the machine has the name that is subscribed to.
                if subscription.origin is Origin.CHAT:
                    return await find_for_people(name, subscription.place)
                return await names.find(name, scope=subscription.place.channel_key, anywhere=True)

            async def find_for_people(name: str, place: Place) -> FoundRepository:
                found = await names.find(name, scope=place.channel_key)
                access.check_repository(name, found, place)
                return found

            chats = {"console": Platform(ConsoleChat(sys.stdout))}
            chats |= await self._connector.chats(stack)
            deliveries = {
                name: Delivery(platform.chat, store.outbox, self.clock, processes.name, meter, tracer)
                for name, platform in chats.items()
            }
            traced = TracedSource(source, tracer)
            builder = DigestBuilder(traced, analyst, store.past_changes, store.change_index)
            shelves = Shelves(store.change_index, git, traced, store.pull_requests)
            kit = Kit(
                find,
                metered_build(traced_build(builder.build, tracer), meter),
                TracedBranches(git, tracer),
                store.builds,
                Places(deliveries),
                store.subscriptions,
                self.clock,
                opinions=store.tier_opinions,
                threads=store.threads,
                hearing=self._hearing(store, model, builder, shelves),
                upkeep=store,
                meter=meter,
                tracer=tracer,
            )
            engine = Engine(await engine_url(data_dir, database), processes.name, tracer=tracer)
            Jobs(kit, engine)
            answering = Answering(kit, engine)
            desk = SubscriptionDesk(store.subscriptions, self.settings, self.clock)
            await desk.adopt_file()
            orders = Orders(engine, kit)
            digesting = Digesting(orders, find_for_people, access, self.clock)
            spent = partial(spent_today, store.spending, self._day_limit, self.clock)
            requests = RequestDesk(
                digesting,
                StatusDesk(digesting, orders, desk, _name_of(model), spent),
                desk,
                Readers(store.preferences, self.settings),
                access,
                answering,
                self.settings,
                self.clock,
                host=self._host,
                tracer=tracer,
            )
            listeners = [partial(platform.listen, requests) for platform in chats.values() if platform.listen]
            process = Process(engine, orders, processes, store, self.clock, role, listeners)
            connections = {name: platform.connected for name, platform in chats.items() if platform.connected}
            vitals = ProcessVitals(store, process.begun.is_set, connections if role.talks else {})

            async def depths() -> Mapping[tuple[str, str], int]:
                return await engine.depths() if process.begun.is_set() else {}

            settings = self._file.section(HealthSettings, "health")
            await stack.enter_async_context(served(settings, vitals, partial(meter.page, depths)))
            yield process

    @property
    def _day_limit(self) -> "Limit":
        """How much of a language model may be taken in a day."""
        from bot.asking import Limit  # noqa: PLC0415 - as the store

        return Limit(self.settings.budget.day_tokens, self.settings.budget.day_cost)

    @property
    def _database(self) -> str | None:
        """The URL of the database; None for the file in the data directory."""
        url = self.settings.database_url
        return url.get_secret_value() if url else None

    @property
    def _host(self) -> str:
        """The code host whose addresses people may name repositories by."""
        from adapters.source.github import GitHubSettings, Server  # noqa: PLC0415 - as the store

        return Server.of(self._file.section(GitHubSettings, "github").api_url).host

    def installed(self) -> Iterator[Standing]:
        """Yield all that is installed, and what is wrong with it or with its settings."""
        return self._connector.inventory()

    async def check(self) -> AsyncIterator[Finding]:
        """Yield what is found of the set-up: of the database, the model, the traces and the chats."""
        from bot.store import open_store  # noqa: PLC0415 - takes as long to load as all the rest

        opened = open_store(self.settings.data_dir, self._database, clock=self.clock)
        places = [parse_place(wanted.place) for wanted in self.settings.subscriptions]
        places += [parse_place(key) for key in self.settings.channels]
        try:
            async with opened as store:
                places += [subscription.place for subscription in await store.subscriptions.all()]
            yield Finding("the database")
        except DigestbotError as error:
            yield Finding.of("the database", error)
        standings = list(self.installed())
        for standing in (standing for standing in standings if standing.one.package):
            yield standing.finding
        for stray in plugins.strays():
            yield Finding.of("the packages beside digestbot", stray)
        # What cannot be used is told of once.
        broken = [standing.one for standing in standings if standing.error and standing.one.package]
        if not any(one.kind is Kind.MODEL for one in broken):
            async for finding in self._check_model():
                yield finding
        async for finding in self._connector.check_sources(besides=broken):
            yield finding
        async for finding in check_traces(self._traces):
            yield finding
        async for finding in self._connector.check_chats(list(dict.fromkeys(places)), besides=broken):
            yield finding

    async def _check_model(self) -> AsyncIterator[Finding]:
        fields = {"properties": {"ok": {"type": "boolean"}}, "required": ["ok"], "additionalProperties": False}
        schema: dict[str, object] = {"type": "object", **fields}
        request = ModelRequest("check", 'Answer {"ok": true}, in JSON.', "Are you there?", schema, longest=200)
        try:
            async with AsyncExitStack() as stack:
                model = await self._connector.model(stack)
                if model is None:
                    return
                await model.writes.ask(request)
        except DigestbotError as error:
            yield Finding.of("the language model", error)
        else:
            yield Finding("the language model")

    async def invite_discord(self) -> str:
        """Return the link that invites the bot to a Discord server. Raises ConfigurationError and ChatUnavailable."""
        from adapters.chat.discord.invite import invite  # noqa: PLC0415 - takes long to load
        from adapters.chat.discord.settings import DiscordSettings  # noqa: PLC0415 - only for this

        return await invite(self._file.section(DiscordSettings, "discord"))

    async def status(self) -> "Status":
        """Return how the bot is doing. Raises what `service` raises."""
        from bot.asking import spent_today  # noqa: PLC0415 - takes as long to load as all the rest
        from bot.status import Status  # noqa: PLC0415 - likewise
        from bot.store import open_store  # noqa: PLC0415 - likewise
        from bot.subscriptions import SubscriptionDesk  # noqa: PLC0415 - likewise

        processes = await self.running()
        async with open_store(self.settings.data_dir, self._database, clock=self.clock) as store:
            standings = await SubscriptionDesk(store.subscriptions, self.settings, self.clock).standing()
            spent = await spent_today(store.spending, self._day_limit, self.clock)
            tiers = await store.tier_opinions.agreement()
            useful, useless = await store.conversations.ratings()
        return Status(
            at=self.clock.now(),
            processes=processes,
            model=await self._name_of_model(),
            spent=spent,
            work=await self._under_way([standing.subscription for standing in standings]),
            standings=sorted(standings, key=lambda standing: not standing.in_trouble),
            tiers=tiers,
            useful=useful,
            useless=useless,
        )

    async def _name_of_model(self) -> str | None:
        async with AsyncExitStack() as stack:
            return _name_of(await self._connector.model(stack))

    async def _under_way(self, subscriptions: Sequence[Subscription]) -> "Sequence[UnderWay] | DigestbotError":
        """Return what waits or is being made, or why that cannot be told."""
        from bot.engine.under_way import under_way  # noqa: PLC0415 - takes as long to load as all the rest
        from bot.engine.workflows import TABLE, unfinished_works  # noqa: PLC0415 - likewise
        from bot.store import begun_engine_url, reading_engine  # noqa: PLC0415 - likewise

        try:
            url = await begun_engine_url(self.settings.data_dir, self._database, TABLE)
            if url is None:
                return ()
            with reading_engine():
                return under_way(await unfinished_works(url), subscriptions)
        except DigestbotError as error:
            return error

    async def running(self) -> Sequence[RunningProcess]:
        """Return the processes that do the work. Raises what `service` raises."""
        from bot.store import running_processes  # noqa: PLC0415 - takes as long to load as all the rest

        return await running_processes(self.settings.data_dir, self._database)

    async def back_up(self, stream: IO[bytes]) -> None:
        """Write a backup to a stream, also while a process works.

        Raises ConfigurationError where the database is PostgreSQL, StoreError, StoreUnavailable, and the OSError of a
        stream that cannot be written.
        """
        from bot.store import back_up  # noqa: PLC0415 - takes as long to load as all the rest

        self._refuse_postgresql("pg_dump takes its backups")
        await asyncio.to_thread(back_up, self.settings.data_dir, stream, self.clock.now())

    async def restore(self, stream: IO[bytes]) -> "Restored":
        """Bring a backup back, in place of what is there. Raises what `bot.store.restore` raises."""
        from bot.store import restore  # noqa: PLC0415 - as above

        self._refuse_postgresql("pg_restore brings its backups back")
        return await restore(self.settings.data_dir, stream, self.clock)

    async def mark_restored(self) -> datetime:
        """Tell the database that it was brought back by other means; return since when (UTC) nothing is known.

        Raises AlreadyRunning while a process works, and what `service` raises.
        """
        from bot.store import open_store  # noqa: PLC0415 - as above

        if running := await self.running():
            names = [process.name for process in running]
            raise AlreadyRunning(f"digestbot runs: {', '.join(names)}.", remedy="Stop it first.", holder=names[0])
        async with open_store(self.settings.data_dir, self._database, clock=self.clock) as store:
            return (await store.mark_restored()).since

    def _refuse_postgresql(self, what: str) -> None:
        if self._database is not None:
            message = f"DATABASE_URL names a PostgreSQL database: {what}."
            raise ConfigurationError(message, remedy="See docs/operate.md.")

    async def _on_disk(self, names: Sequence[str]) -> "OnDisk | None":
        """Return the repositories if all of them are on this disk."""
        on_disk = OnDisk()
        aliases = {alias.casefold(): location for alias, location in self.settings.aliases.items()}
        for name in names:
            location = aliases.get(name.casefold(), name)
            if is_elsewhere(location):
                return None
            try:
                repository = await self._git.find(location)
            except DigestbotError:
                return None
            if not PurePath(repository.location).is_absolute():
                return None
            on_disk[name] = FoundRepository(repository)
        return on_disk

    async def say(self, message: Message, stream: TextIO) -> None:
        """Show a message on a terminal."""
        chat, place = ConsoleChat(stream), Place(platform="console", workspace="", channel="")
        for body in chat.render(place, message):
            await chat.post(place, body, message.part)

    async def show(self, digests: Sequence[Digest], labels: Labels, stream: TextIO) -> None:
        """Show each digest as the thread that a channel would see, on a terminal or in a file."""
        chat = ConsoleChat(stream)
        place = Place(platform="console", workspace="", channel="")
        for digest in digests:
            await show(chat, place, lay_out(digest, labels))


def _name_of(model: OpenedModel | None) -> str | None:
    return model.writes.name(light=False) if model else None


@dataclass(frozen=True, slots=True)
class Answers:
    """What it takes to answer questions at a terminal."""

    service: Service
    hearing: "Hearing"
    conversations: Conversations


@dataclass(frozen=True, slots=True)
class _Opened:
    """What digests and answers are made with."""

    store: "Store"
    model: OpenedModel | None
    builder: DigestBuilder
    shelves: "Shelves"
    service: Service


@dataclass(frozen=True, slots=True)
class _Hosted:
    """What reads repositories, the same with what code hosts know, and who finds repositories there."""

    git: Repositories
    source: "EnrichedSource"
    names: "RepositoryNames"


class OnDisk(dict[str, FoundRepository]):
    """Repositories by the names that were asked for."""

    async def __call__(self, name: str) -> FoundRepository:
        """Return the repository of a name."""
        return self[name]
