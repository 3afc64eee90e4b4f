"""What is traced around the parts of the program that need not know of it. See `bot.ports.tracing`."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from bot.digest.build import BuildDigest, Wish
from bot.model import Collection, Commit, Digest, Patch, Period, Repository, Usage
from bot.ports import (
    AnsweringModel,
    Branches,
    CodeHost,
    Conversation,
    Finish,
    FoundPullRequests,
    FoundRepository,
    LanguageModel,
    ModelAnswer,
    ModelRequest,
    OpenedModel,
    PatchLimits,
    Progress,
    Source,
    Span,
    SpanKind,
    TextPiece,
    ToolCall,
    Tracer,
    TurnEnd,
)
from bot.ports.tracing import CHANGES, REPOSITORY, Attributes, spanning, spanning_steps
from bot.watching import watched_model

_FINISHES = {Finish.COMPLETE: "stop", Finish.LENGTH: "length", Finish.REFUSED: "content_filter"}


def traced_build(build: BuildDigest, tracer: Tracer) -> BuildDigest:
    """Return what builds the same digests, traced."""

    async def traced(wish: Wish, progress: Progress) -> Digest:
        with spanning(tracer, "digest", {REPOSITORY: wish.found.repository.name}) as span:
            digest = await build(wish, progress)
            receipt = digest.receipt
            span.add({CHANGES: receipt.found, "digestbot.analyst": digest.analyst})
            span.add({"digestbot.fallback": bool(receipt.fallback)})
            return digest

    return traced


class TracedSource:
    """A source whose reading is traced. See `bot.ports.Source`."""

    def __init__(self, source: Source, tracer: Tracer) -> None:
        self._source = source
        self._tracer = tracer

    async def find(self, name: str) -> Repository:
        """Return the repository that a location names."""
        return await self._source.find(name)

    async def collect(
        self, repository: Repository, period: Period, progress: Progress, *, after: str | None = None
    ) -> Collection:
        """Return every landed change of the period."""
        with spanning(self._tracer, "collect", {REPOSITORY: repository.name}) as span:
            collection = await self._source.collect(repository, period, progress, after=after)
            span.add({CHANGES: len(collection.commits)})
            return collection

    def read(
        self, repository: Repository, commits: Sequence[Commit], limits: PatchLimits
    ) -> AsyncGenerator[tuple[Commit, Patch], None]:
        """Yield each of the commits with its lines counted, and its patch."""
        about: Attributes = {REPOSITORY: repository.name, CHANGES: len(commits)}
        return spanning_steps(self._tracer, "read", about, self._source.read(repository, commits, limits))


class TracedBranches:
    """Knows the tips of branches, and is traced as it asks for them. See `bot.ports.Branches`."""

    def __init__(self, branches: Branches, tracer: Tracer) -> None:
        self._branches = branches
        self._tracer = tracer

    async def tip(self, repository: Repository) -> str | None:
        """Return the commit that the default branch is at now."""
        with spanning(self._tracer, "find tip", {REPOSITORY: repository.name}, kind=SpanKind.CLIENT):
            return await self._branches.tip(repository)


class TracedHost:
    """A code host whose answers are traced. See `bot.ports.CodeHost`."""

    def __init__(self, host: CodeHost, tracer: Tracer) -> None:
        self._host = host
        self._tracer = tracer

    def locate(self, name: str) -> Repository | None:
        """Return the repository that an owner/name or an address must be."""
        return self._host.locate(name)

    async def find(self, name: str) -> FoundRepository:
        """Return the repository that a name means. The name is somebody's own words: what was found is told alone."""
        with spanning(self._tracer, "find repository", kind=SpanKind.CLIENT) as span:
            found = await self._host.find(name)
            span.add({REPOSITORY: found.repository.name})
            return found

    async def pull_requests(self, repository: Repository, commits: Sequence[Commit]) -> FoundPullRequests:
        """Return the pull requests behind changes."""
        about: Attributes = {REPOSITORY: repository.name, CHANGES: len(commits)}
        with spanning(self._tracer, "list pull requests", about, kind=SpanKind.CLIENT):
            return await self._host.pull_requests(repository, commits)


def traced_model(opened: OpenedModel, tracer: Tracer) -> OpenedModel:
    """Return the same model, its calls traced."""
    return watched_model(opened, _Tracing(opened.provider, tracer))


class _Tracing:
    """Traces the calls of a language model. See `bot.watching.Watch`."""

    def __init__(self, provider: str, tracer: Tracer) -> None:
        self._provider = provider
        self._tracer = tracer

    async def call(self, model: LanguageModel, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer."""
        name = model.name(light=request.light)
        about = {**self._about(name, request), "gen_ai.output.type": "json", "gen_ai.prompt.name": request.task}
        with spanning(self._tracer, f"chat {name}", about, kind=SpanKind.CLIENT) as span:
            answer = await model.ask(request)
            _add_end(span, answer.finish, answer.usage)
            return answer

    def turn(
        self, model: AnsweringModel, conversation: Conversation
    ) -> AsyncGenerator[TextPiece | ToolCall | TurnEnd, None]:
        """Yield the model's next turn."""

        def told(span: Span, piece: TextPiece | ToolCall | TurnEnd) -> None:
            if isinstance(piece, TurnEnd):
                _add_end(span, piece.finish, piece.usage)

        name = model.name(light=conversation.light)
        about: Attributes = {**self._about(name, conversation), "gen_ai.request.stream": True}
        turn = model.converse(conversation)
        return spanning_steps(self._tracer, f"chat {name}", about, turn, kind=SpanKind.CLIENT, told=told)

    def _about(self, name: str, request: ModelRequest | Conversation) -> dict[str, Any]:
        return {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": self._provider,
            "gen_ai.request.model": name,
            "gen_ai.request.max_tokens": request.longest,
        }


def _add_end(span: Span, finish: Finish, usage: Usage) -> None:
    """Say how a call ended, and what it took."""
    span.add(
        {
            "gen_ai.response.finish_reasons": (_FINISHES[finish],),
            "gen_ai.usage.input_tokens": usage.input_tokens,
            "gen_ai.usage.output_tokens": usage.output_tokens,
            "gen_ai.usage.cache_read.input_tokens": usage.cached_tokens,
        }
    )
