"""Answers questions in the thread of digests, sentence by sentence, each checked before anybody sees it.

A model reads the digests and what was cited before, then what it asks the tools for, within a budget of calls, tokens
and time; one whose server knows no tools gets what a search finds. Whatever could instruct it is read apart, in a
conversation of its own whose sentences can cite nothing else. Without a model, a search answers.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

from bot.answer.memory import MOST_EXCHANGES, Memory
from bot.answer.question import AnswerLimits, Question
from bot.answer.readings import Readings
from bot.answer.remarks import Remarks
from bot.answer.searching import found_by_search
from bot.answer.sentence import Sentence
from bot.answer.talking import Talk
from bot.asking import Budget, Limit, Observer, unobserved
from bot.errors import AccessDenied, ConfigurationError, ModelError, ModelUnavailable, StoreError
from bot.model import Exchange
from bot.ports import NO_TRACER, AnsweringModel, Clock, Conversations, Spending, Tracer
from bot.ports.tracing import REPOSITORY, spanning_steps
from bot.prompts import OURS, Prompts

_HOUR = timedelta(hours=1)
_LONGEST_QUESTION = 2_000
_FAILURES = (ModelUnavailable, ModelError, ConfigurationError, TimeoutError)


class Answerer:
    """Answers; without a model, with what a search finds."""

    def __init__(
        self,
        model: AnsweringModel | None,
        conversations: Conversations,
        spending: Spending,
        clock: Clock,
        limits: AnswerLimits | None = None,
        prompts: Prompts = OURS,
        tracer: Tracer = NO_TRACER,
        observe: Observer = unobserved,
    ) -> None:
        self._model = model
        self._conversations = conversations
        self._spending = spending
        self._clock = clock
        self._limits = limits or AnswerLimits()
        self._prompts = prompts
        self._tracer = tracer
        self._observe = observe

    async def answer(self, question: Question) -> AsyncGenerator[Sentence, None]:
        """Yield the answer, each sentence as soon as it is whole and checked, and keep it when it is at its end.

        What a model or its server does wrong ends the answer with a sentence that says so. Raises AccessDenied if too
        much was asked, StoreUnavailable and StoreError.
        """
        question = replace(question, text=question.text.strip()[:_LONGEST_QUESTION])
        await self._check_limits(question)
        asked_at = self._clock.now()
        budget = Budget(Limit(self._limits.tokens), self._limits.day, self._spending, self._clock)
        memory = Memory(await self._conversations.exchanges(question.conversation, MOST_EXCHANGES, question.id))
        readings = Readings()
        told: list[Sentence] = []
        about = {REPOSITORY: [digest.repository.name for digest in question.digests]}
        answer = spanning_steps(self._tracer, "answer", about, self._told(question, budget, memory, readings))
        async with aclosing(answer) as sentences:
            async for sentence in sentences:
                told.append(sentence)
                yield sentence
        exchange = Exchange(
            user=question.user,
            asked_at=asked_at,
            question=question.text,
            answer="\n".join(each.text for each in told),
            passages=readings.borne(place for each in told for place in each.cited),
            usage=budget.used,
        )
        await self._conversations.keep(question.conversation, exchange, MOST_EXCHANGES, question.id)

    async def forget(self, conversation: str, question: str) -> None:
        """Drop a question (by its own name) and its answer from what is remembered; limits count it all the same."""
        await self._conversations.forget(conversation, question)

    async def _check_limits(self, question: Question) -> None:
        since = self._clock.now() - _HOUR
        remarks = Remarks(question.text)
        if await self._conversations.asked(since, user=question.user, but=question.id) >= self._limits.of_user:
            raise AccessDenied(remarks.text("asked-too-often-by-user", count=self._limits.of_user))
        in_thread = await self._conversations.asked(since, conversation=question.conversation, but=question.id)
        if in_thread >= self._limits.of_conversation:
            raise AccessDenied(remarks.text("asked-too-often-in-thread", count=self._limits.of_conversation))

    async def _told(
        self, question: Question, budget: Budget, memory: Memory, readings: Readings
    ) -> AsyncGenerator[Sentence, None]:
        remarks = Remarks(question.text)
        if self._model is None:
            for sentence in await found_by_search(question, "answer-no-model", readings):
                yield sentence
            return
        talk = Talk(
            self._model, question, budget, memory, readings, self._limits, self._prompts, self._tracer, self._observe
        )
        shown = False
        try:
            async with aclosing(talk.sentences()) as sentences:
                async for sentence in sentences:
                    shown = True
                    yield sentence
        except _FAILURES as error:
            if isinstance(error, StoreError):
                raise
            why = remarks.why(error)
            closing = [remarks.ended(error)] if shown else await found_by_search(question, why, readings)
        else:
            closing = talk.closing()
        for sentence in closing:
            yield sentence
