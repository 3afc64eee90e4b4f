"""One answer of a model on its way: its turns, what it reads between them, and what of it is shown."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from bot.answer.checking import Checker, Refused, Silence
from bot.answer.material import Reading
from bot.answer.memory import Memory
from bot.answer.overview import overview
from bot.answer.question import AnswerLimits, Question
from bot.answer.readings import Readings
from bot.answer.remarks import Remarks
from bot.answer.sentence import Sentence
from bot.answer.showing import Shown, show
from bot.answer.streaming import Raw, Sentences
from bot.answer.tools import TOOLS, UnusableCall, read
from bot.asking import Budget, Dropped, Observer, Spoken, unobserved
from bot.errors import AnswerTooLong, ModelError
from bot.model import Passage, Repository, Usage
from bot.ports import (
    NO_TRACER,
    AnsweringModel,
    Conversation,
    Finish,
    Speaker,
    TextPiece,
    ToolCall,
    Tracer,
    Turn,
    TurnEnd,
)
from bot.prompts import OURS, Prompts
from bot.tokens import estimate

_LOG = logging.getLogger(__name__)
_LONGEST = 2_000
"""Tokens that one turn may have; thoughts count."""
_MOST_SENTENCES = 24
_MOST_FOUND = 12
_MOST_APART = 2
_ROOM = 12_000
"""Tokens that the digests may take, what was cited before, and (half of it) what a tool says."""

_TOOL_TOKENS = 700
_LEAST_RESULT = 600
"""Tokens: with less room than that, a tool is of no use."""
_SHARE = 0.85
"""Tokens are estimated; this much of a model's context is used."""

Piece = TextPiece | ToolCall | TurnEnd


@dataclass(slots=True)
class _Heard:
    """All that was said in a turn, shown or not."""

    texts: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    end: TurnEnd | None = None

    @property
    def finish(self) -> Finish:
        """Why it ended."""
        return self.end.finish if self.end else Finish.COMPLETE


class Talk:
    """One answer of a model on its way."""

    def __init__(
        self,
        model: AnsweringModel,
        question: Question,
        budget: Budget,
        memory: Memory,
        readings: Readings,
        limits: AnswerLimits,
        prompts: Prompts = OURS,
        tracer: Tracer = NO_TRACER,
        observe: Observer = unobserved,
    ) -> None:
        """Take the question, and what is counted and known of; `readings` grows by what is read.

        `observe` is told of every turn, and of every sentence that is left out.
        """
        self._model = model
        self._question = question
        self._budget = budget
        self._memory = memory
        self._readings = readings
        self._prompts = prompts
        self._tracer = tracer
        self._observe = observe
        self._remarks = Remarks(question.text)
        self._left = limits.seconds
        self._calls = limits.calls
        self._apart: dict[Passage, None] = {}
        self._silence: Silence | None = None
        self._refused = 0
        self._said = 0
        self._repositories: Mapping[str, Repository] = {
            digest.repository.full_name: digest.repository for digest in question.digests
        }

    async def sentences(self) -> AsyncGenerator[Sentence, None]:
        """Yield what is said. Raises what `ConversingModel.converse` raises, BudgetSpent and TimeoutError."""
        async with aclosing(self._main()) as said:
            async for sentence in said:
                self._said += 1
                yield sentence
                if self._said >= _MOST_SENTENCES:
                    raise AnswerTooLong("The answer has more sentences than it may have.")
        for passage in list(self._apart)[:_MOST_APART]:
            async with aclosing(self._about(passage)) as said:
                async for sentence in said:
                    self._said += 1
                    yield sentence

    def closing(self) -> list[Sentence]:
        """Return what is said at the end of what was not said."""
        silent = self._silence is not None or not self._said
        tells = self._silence.tells if self._silence else None
        last = [self._remarks.silence(tells, more=bool(self._said))] if silent else []
        return [*last, *([self._remarks.left_out(self._refused)] if self._refused else [])]

    async def _main(self) -> AsyncGenerator[Sentence, None]:
        instructions = self._prompts.load("answer").fill()
        turns = self._memory.turns(await self._before(), self._question.text, self._room // 2)
        while True:
            room = self._room_beside(turns, instructions)
            tools = TOOLS if self._model.tools and self._calls > 0 and room > _LEAST_RESULT else ()
            conversation = Conversation(instructions, tuple(turns), _LONGEST, tools)
            heard = _Heard()
            async with aclosing(self._turn(conversation, heard, self._readings)) as said:
                async for sentence in said:
                    yield sentence
            if not heard.calls or not tools:
                return
            calls = tuple(heard.calls[: self._calls])
            self._calls -= len(calls)
            turns.append(Turn(Speaker.MODEL, "".join(heard.texts), calls))
            room = min(_ROOM // 2, room // len(calls))
            turns += [Turn(Speaker.TOOL, await self._result(call, room), call=call.id) for call in calls]

    async def _about(self, passage: Passage) -> AsyncGenerator[Sentence, None]:
        """Yield what is said of a passage that could instruct: nothing else can be cited, and no tool be used."""
        material = show(Reading((passage,)), self._room, withhold=False)
        turns = (Turn(Speaker.PERSON, f"{material.text}\n\n{self._question.text}"),)
        conversation = Conversation(self._prompts.load("answer-apart").fill(), turns, _LONGEST)
        async with aclosing(self._turn(conversation, _Heard(), Readings(material.passages), apart=True)) as said:
            async for sentence in said:
                self._readings.add(material.passages)
                yield sentence

    async def _before(self) -> str:
        """Return what stands before the conversation: the digests, what was cited, and what a search finds."""
        passages, left_out = overview(self._question.digests, self._room)
        # To look for what could instruct takes a while on a busy day, in which others want to be heard.
        parts = [self._take(await asyncio.to_thread(show, Reading(tuple(passages)), self._room))]
        if left_out:
            parts.append(f"Left out: {left_out} changes of the digest.")
        if cited := self._memory.passages:
            parts.append(self._take(await asyncio.to_thread(show, Reading(cited), self._room // 2)))
        if not self._model.tools:
            found = await self._question.material.search(self._question.text, _MOST_FOUND)
            parts.append(self._take(await asyncio.to_thread(show, found, self._room), apart=True))
        return "\n".join(parts)

    @property
    def _room(self) -> int:
        return min(_ROOM, self._model.context // 5)

    def _room_beside(self, turns: Sequence[Turn], instructions: str) -> int:
        """Return how many tokens tools may say before the model can read no more of it."""
        said = sum(estimate(turn.text) for turn in turns) + estimate(instructions)
        return int(self._model.context * _SHARE) - said - _TOOL_TOKENS - _LONGEST

    def _take(self, shown: Shown, *, apart: bool = False) -> str:
        """Count what is shown as read; what could instruct is read later where it was asked for."""
        self._readings.add(shown.passages)
        self._apart |= dict.fromkeys(shown.apart if apart else ())
        return shown.text

    async def _result(self, call: ToolCall, room: int) -> str:
        """Return what a tool says, in so many tokens; of a call of no use, what is wrong with it."""
        try:
            reading = await read(call, self._question.material, self._tracer)
        except UnusableCall as error:
            return str(error)
        return self._take(await asyncio.to_thread(show, reading, room), apart=True)

    async def _turn(
        self, conversation: Conversation, heard: "_Heard", readings: Readings, *, apart: bool = False
    ) -> AsyncGenerator[Sentence, None]:
        """Yield the sentences of a turn that are shown, each when it is whole; `heard` grows by all that was said."""
        checker = Checker(readings, self._question.text, self._repositories.get)
        sentences = Sentences()
        try:
            async with aclosing(self._pieces(conversation)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, ToolCall):
                        heard.calls.append(piece)
                    elif isinstance(piece, TurnEnd):
                        heard.end = piece
                    else:
                        heard.texts.append(piece.text)
                        for sentence in self._shown(sentences.take(piece.text), checker, apart=apart):
                            yield sentence
        finally:
            said = Spoken(self._model.name(), conversation, "".join(heard.texts), tuple(heard.calls), heard.end)
            self._observe(said)
        if heard.finish is Finish.COMPLETE:
            for sentence in self._shown(sentences.end(), checker, apart=apart):
                yield sentence
        elif heard.finish is Finish.LENGTH:
            raise AnswerTooLong("The answer was cut by its length.")
        else:
            raise ModelError("The model refuses to answer.")

    async def _pieces(self, conversation: Conversation) -> AsyncGenerator[Piece, None]:
        """Yield what a model says, within the budget and the time. Raises TimeoutError when the latter is over."""
        said = sum(estimate(turn.text) for turn in conversation.turns)
        tokens = said + estimate(conversation.instructions) + (_TOOL_TOKENS if conversation.tools else 0)
        reserved = await self._budget.reserve(tokens, conversation.longest)
        used = Usage()
        loop = asyncio.get_running_loop()
        try:
            async with aclosing(self._model.converse(conversation)) as pieces:
                while True:
                    began = loop.time()
                    async with asyncio.timeout(self._left):
                        piece = await anext(pieces, None)
                    # Only the waiting counts: whoever shows the answer may be slow.
                    self._left -= loop.time() - began
                    if piece is None:
                        return
                    # A turn that breaks off is paid for, too; how much nobody says.
                    used = piece.usage if isinstance(piece, TurnEnd) else Usage(1, tokens, cost=None)
                    yield piece
        finally:
            await self._budget.settle(reserved, used)

    def _shown(self, raws: Sequence[Raw], checker: Checker, *, apart: bool) -> list[Sentence]:
        shown: list[Sentence] = []
        for raw in raws:
            match checker.check(raw):
                case Sentence() as sentence:
                    shown.append(sentence)
                case Silence() as silence if not apart:
                    self._silence = silence
                case Refused(text, reason) if not apart:
                    _LOG.debug("Left out of an answer, since it has %s: %s", reason, text)
                    self._observe(Dropped("", text, reason))
                    self._refused += 1
                case _:
                    pass
        return shown
